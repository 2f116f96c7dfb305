/** Which random streams each kind of task draws from: ranges of stream numbers that cannot meet. */

/** Monte Carlo chains: their index in the grid. */
export const CHAIN_STREAM = 0;
/** Synthetic configurations: this plus their number. */
export const SYNTHETIC_STREAM = 2 ** 40;
