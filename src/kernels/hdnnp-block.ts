// The parameters of the kernel hdnnp, as indices of doubles; known to assembly/hdnnp.ts and its parts and to
// nn/hdnnp/hdnnp-plan.ts, which writes them. "At" is the index where a table begins. Whole numbers stand as doubles.

// The head.
export const ELEMENTS = 0;
export const ELEMENTS_AT = 1;
/** Rows of values and slopes of factors that an atom needs room for. */
export const FACTOR_ROWS = 2;
/** Work space: a row of CHUNK doubles for each angle, value and slope, after OWN_ROWS others. */
export const ROWS_AT = 3;
export const ANGLE_ROWS = 4;
/** Work space: values of the functions of an atom, and slopes of its energy with them. */
export const VALUES_AT = 5;
export const SLOPES_AT = 6;
/** Work space of the networks: inputs, then sums, values and slopes of nodes. */
export const NODES_AT = 7;
/** Work space: for each kind of neighbour, KIND_FIELDS words; for each group, GROUP_FIELDS words. */
export const KINDS_AT = 8;
export const GROUPS_AT = 9;
/** Values outside their ranges in the last evaluation: their number, then the first of them, OUTSIDE_FIELDS each. */
export const OUTSIDE = 10;
export const OUTSIDE_AT = 11;
export const OUTSIDE_ROOM = 12;
/** Work space: for each angle of a patch the offset of its row (u32), then slopes of the energy with its products. */
export const WEIGHTS_OF_PATCH_AT = 13;
export const HEAD = 16;

/** Of a value outside: the caller's index of the atom, element, function, value. */
export const OUTSIDE_FIELDS = 4;

// An element.
export const ELEMENT = 16;
/** Squares of the longest radius of its functions, and of those of angles. */
export const REACH2 = 0;
export const ANGLE_REACH2 = 1;
export const FUNCTIONS = 2;
/** Energy that is not the network's. */
export const ENERGY_OF_ATOM = 3;
/** For each kind of neighbour NEAR doubles: factors (number, at), radial functions (number, at). */
export const NEAR_AT = 4;
export const GROUPS = 5;
export const GROUP_TABLES_AT = 6;
export const NETWORKS = 7;
export const NETWORKS_AT = 8;
/** Lowest and highest value of each function in the training set. */
export const LOWEST_AT = 9;
export const HIGHEST_AT = 10;

export const NEAR = 4;

/** A factor, a function of one distance. Gaussian: form of its cut-off, η, shift, inner and outer radius, 1 / (outer − inner). */
export const FACTOR = 8;
export const FACTOR_KIND = 0;
export const FORM = 1;
export const ETA = 2;
export const SHIFT = 3;
export const INNER = 4;
export const OUTER = 5;
export const RATE = 6;
/** 1 where the cut-off function is that of the Gaussian before. */
export const SAME_CUTOFF = 7;
/** Bells of compact support: form of the core, left and right end. */
export const LEFT = 2;
export const RIGHT = 3;
export const GAUSSIAN = 0;
export const BELL = 1;
export const ASYMMETRIC_BELL = 2;

/** A radial function, or a part of one: number of the factor, number of the function, coefficient. */
export const RADIAL = 4;

/**
 * A group: what the functions of one element have to do with one pair of kinds of neighbours. Functions that differ in the
 * angle only share a channel, the product of factors of two or, narrow, three distances.
 */
export const GROUP = 16;
export const KIND_A = 0;
export const KIND_B = 1;
/** Square of the longest radius of narrow functions; 0 without any. */
export const NARROW2 = 2;
export const ANGLES = 3;
export const ANGLES_AT = 4;
/** Channels, narrow ones first: rows of the factors of the first and of the second neighbour. */
export const NARROW_CHANNELS = 5;
export const WIDE_CHANNELS = 6;
export const CHANNELS_AT = 7;
/** Factors of the distance between the two neighbours, one for each narrow channel. */
export const BETWEEN_AT = 8;
export const NARROW_PATCHES = 9;
export const WIDE_PATCHES = 10;
export const PATCHES_AT = 11;
/**
 * The factors between neighbours as polynomials of t = r² − the lower end of an interval; 0 without. Intervals are numbered by
 * the leading bits of r² as a double, all but so many; from the first on, each has TABLE_DEGREE + 1 coefficients for each
 * factor. Below the lowest r² the factors themselves are taken.
 */
export const TABLE_AT = 12;
export const TABLE_SHIFT = 13;
export const TABLE_FIRST = 14;
export const TABLE_LOWEST2 = 15;
export const TABLE_DEGREE = 7;

export const CHANNEL = 2;

/**
 * A patch: up to MOST_CHANNELS channels of one sort and angles, nearly all of whose products are functions. Numbers of the
 * channels among those of the sort, numbers of the angles, and for each angle and channel function and coefficient (0 for
 * a product that is none).
 */
export const PATCH = 8;
export const PATCH_CHANNELS = 0;
export const FIRST_CHANNEL = 1;
export const PATCH_ANGLES = 4;
export const PATCH_ANGLES_AT = 5;
export const MEMBERS_AT = 6;
export const MEMBER = 2;
export const MOST_CHANNELS = 3;

/** An angle: (1 + λ cos θ)^ζ with ζ a power of two, whole, or any; or a bell of θ between two ends in radians. */
export const ANGLE = 4;
export const ANGLE_KIND = 0;
export const LAMBDA = 1;
export const ZETA = 2;
export const WHOLE_POWER = 0;
export const ANY_POWER = 1;
export const ANGLE_BELL = 2;
/** A power of two: λ, so many squarings of 1 + λ cos θ (0) or of what stands so many rows before. */
export const SQUARINGS = 3;
export const SQUARED = 2;
export const STEPS_BACK = 3;
/** Of a bell: form, left, right. */
export const ANGLE_FORM = 1;
export const ANGLE_LEFT = 2;
export const ANGLE_RIGHT = 3;

/** A network. x = base + factor (G − origin); energy and slopes are multiplied with the unit. */
export const NETWORK = 8;
export const LAYERS = 0;
export const LAYERS_AT = 1;
export const BASE = 2;
export const FACTORS_AT = 3;
export const ORIGINS_AT = 4;
export const UNIT = 5;

/** A layer. Weights in rows of the targets of one source, an even number of doubles, zero beyond the data; then biases. */
export const LAYER = 8;
export const INPUTS = 0;
export const OUTPUTS = 1;
export const ACTIVATION = 2;
/** 1, or 1 / inputs where nodes are normalised. */
export const NODE_SCALE = 3;
export const WEIGHTS_AT = 4;

/** Triplets that are worked on together. */
export const CHUNK = 64;
/** Bytes of a row of them. */
export const ROW = 512;
/** Rows of work space beside those of the angles. */
export const OWN_ROWS = 8;

/** Words of a kind of neighbour: slots of those for angles and of all, as begin and ends. */
export const KIND_FIELDS = 4;
/** Words of a group: room for triplets, number and address of those whose neighbours are near each other, and of others. */
export const GROUP_FIELDS = 8;
