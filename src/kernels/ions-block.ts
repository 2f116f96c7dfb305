// What the kernel of ions finds among its parameters, as numbers of doubles from their beginning.

/** Square of the cut-off, Å²; Infinity where all pairs have their Coulomb energy. */
export const CUT_SQUARED = 0;
/** 1 where the Coulomb energy of pairs is k q q' / r and not in the tables. */
export const BARE = 1;
export const SPECIES_COUNT = 2;
/** Where short-range interactions begin to end: squared and not, Å; 1 / width of that. */
export const SWITCH_FROM_SQUARED = 3;
export const SWITCH_FROM = 4;
export const SWITCH_RATE = 5;
/** The upper bits of r² in the first bin, and the r² at which tables end. */
export const FIRST_BIN = 6;
export const TABLE_END = 7;
/** For each two species: square of the least distance, of where the short-range part ends, k q q', and place of the table. */
export const PAIR_HEADERS = 8;
export const HEADER_LENGTH = 4;
/** Two polynomials of fifth degree a bin. */
export const BIN_LENGTH = 12;
/** Each octave of r² has 2^BIN_BITS bins. */
export const BIN_BITS = 7;
