// Where things stand in the memory of the kernel of Ewald's reciprocal sum, in bytes from EWALD_BLOCK: known to
// assembly/ewald.ts and to ewald.ts, which lays them out.

export const EWALD_BLOCK = 1024;

// Doubles. Rows of RECIPROCAL are the reciprocal lattice vectors without 2π, so that r·b counts turns.
export const RECIPROCAL = 0;
export const WAVE_ENERGY = 72;
// Words: numbers of atoms (as given, and made even), of rows, largest |h|, |k|, |l|, 1 where energies are wanted.
export const ATOMS = 80;
export const EVEN_ATOMS = 84;
export const WAVE_ROWS = 88;
export const MOST_H = 92;
export const MOST_K = 96;
export const MOST_L = 100;
export const EACH_ENERGY = 104;
// Addresses. Arrays have one double for each of the even number of atoms; phases have two of them, real and imaginary, for
// each of 0..h, −k..k and −l..l.
export const POSITIONS = 108;
export const CHARGES = 112;
export const PHASES_H = 116;
export const PHASES_K = 120;
export const PHASES_L = 124;
export const WAVES = 128;
export const ROW_SUMS = 132;
export const SLOPES_H = 136;
export const SLOPES_K = 140;
export const SLOPES_L = 144;
export const SHARES = 148;
/** Four i32 a row: h, k, first l, number of waves. */
export const ROW_LIST = 152;
/** c of each wave, eV; what comes out is |S|². */
export const COEFFICIENTS = 156;
export const SQUARES = 160;
export const EWALD_BLOCK_BYTES = 168;
