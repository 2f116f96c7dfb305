// Where things stand in the memory of a potential's kernel. Known to the kernels (assembly/_neighbours.ts, whose header
// explains them) and to neighbours.ts, which lays them out. Fields of the block, in bytes from BLOCK:

export const BLOCK = 1024;

// Doubles, written before `place`. Rows of directions that are not periodic are zero in CELL.
export const CELL = 0;
/** Of the cell at the last build to the cell now, 3x3. */
export const STRETCH = 72;
/** Square of the displacement from which on the list is built anew. */
export const FARTHEST = 144;
/** Written before `build`: inverse and face spacings of the completed cell, cut-off with the skin. */
export const INVERSE = 152;
export const SPACINGS = 224;
export const LIST_CUTOFF = 248;
/** Results. ENERGY and VIRIAL (9) of the whole, CLOSEST distance, ORIGIN the centre of the atoms. */
export const ENERGY = 256;
export const VIRIAL = 264;
export const CLOSEST = 336;
export const ORIGIN = 344;

// Words.
export const PERIODIC = 368;
export const NUM_ATOMS = 380;
export const NUM_GHOSTS = 384;
export const GHOST_ROOM = 388;
/** 1 for a half list, 0 for a full one. */
export const HALF = 392;
/** 1 where there is no cut-off: the list has all pairs, in the caller's order. */
export const ALL_PAIRS = 396;
/** Bins that may be used. */
export const BIN_ROOM = 400;
/** The atoms, by the caller's index, that a status or `closest` speaks of. */
export const ATOM_A = 404;
export const ATOM_B = 408;
/** Entries that the list would probably have, when it does not fit. */
export const ENTRIES_WANTED = 412;
// Addresses.
export const INPUT = 416;
export const KINDS = 420;
export const FORCES_OUT = 424;
export const ENERGIES_OUT = 428;
export const ORDER = 432;
export const WRAPS = 436;
export const REFERENCE = 440;
export const RECORDS = 444;
export const GHOSTS = 448;
export const ATOM_BINS = 452;
export const GHOST_BINS = 456;
export const ROWS = 460;
export const LIST = 464;
export const LIST_END = 468;
export const PARAMETERS = 472;
/** Up to eight arrays of one double for each record. */
export const SCALARS = 476;
/** As many bytes as the plan asks for, for each entry that the list has room for; only until `compute` returns. */
export const PAIRS = 508;
/** Room that the kernel uses as it likes, and keeps nothing in from one call to the next. */
export const WORK = 512;
export const WORK_END = 516;
/** Bytes of WORK that `compute` lacked, with what it has; it then returned without a result. */
export const WORK_WANTED = 520;
export const BLOCK_BYTES = 528;

/** Of one record: x, y, z, kind and caller's index (i32 each), then force and energy. */
export const RECORD_BYTES = 64;
export const KIND = 24;
export const CALLER = 28;
export const FORCE_X = 32;
export const FORCE_Y = 40;
export const FORCE_Z = 48;
export const ATOM_ENERGY = 56;

// What place and build return.
export const READY = 0;
export const REBUILD = 1;
/** The position of ATOM_A is not finite, or further than FAR from the origin. */
export const ASTRAY = 2;
export const GHOSTS_FULL = 3;
export const LIST_FULL = 4;

// What is asked of compute and finish, as bits.
export const WITH_ENERGIES = 1;
export const WITH_VIRIAL = 2;

/** Å */
export const FAR = 1e9;
/** Where the record stands that pads odd rows, Å: further from all atoms than any of them is from another. */
export const NOWHERE = 1e10;
/** Å²: above the square of any distance between atoms, below that to NOWHERE. A cut-off that leaves out padding alone. */
export const ANY_SQUARE = 5e19;
