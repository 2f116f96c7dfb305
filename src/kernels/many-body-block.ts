// The parameters of the many-body kernel, as indices of doubles; known to assembly/many-body.ts and to those who write them.

export const FORM = 0;
export const SPECIES = 1;
export const CUTOFF_SQUARED = 2;
export const SWITCH_FROM = 3;
export const SWITCH_RATE = 4;
/** Powers: bits of the largest exponent, and 1 where exponents are of √(a/r) instead of a/r. */
export const BITS = 5;
export const ROOTS = 6;
/** Tables: intervals of functions of distance and their number per Å, then of the density. */
export const INTERVALS = 7;
export const RATE = 8;
export const DENSITY_INTERVALS = 9;
export const DENSITY_RATE = 10;
export const LARGEST_DENSITY = 11;
export const FIRST_ROOT = 12;

// Values of FORM.
export const EXPONENTIALS = 0;
export const POWERS = 1;
export const TABLE_OF_ONE = 2;
export const TABLES_OF_MANY = 3;

/** Bytes of the parameters of a pair of species of the analytic forms. */
export const ANALYTIC_ROW = 64;
/** Beyond all distances, Å. */
export const FAR_AWAY = 1e60;

/** Arrays over the records: densities, slopes of embedding energies, squares of distances, ends of kept pairs. */
export const SCALARS = 4;
/** Kept of each pair: the neighbour's address and two slopes, or three from tables of several species. */
export const PAIR_BYTES = 20;
export const MANY_TABLES_BYTES = 28;
