// Records in the memory of the descriptor kernel, as offsets in bytes; known to assembly/descriptors.ts and to
// descriptors.ts. Whole numbers are u32 or i32, the others f64.

/** Where the header stands. */
export const HEADER = 1024;
export const NUM_KINDS = 0;
/** Of each element: address and number of its groups (u32 each), address of its values in OUT's order. */
export const KINDS = 4;
/** f64 for each kind: what weighted functions multiply with. */
export const WEIGHTS = 8;
export const NEIGHBOURS = 12;
/** u32(numKinds + 1): number of the first neighbour of each kind. */
export const KIND_STARTS = 16;
export const VALUES = 20;
/** The atom's own block of gradients, then those of its partners. */
export const GRADIENTS = 24;
/** Bytes of them that are in use. */
export const GRADIENT_BYTES = 28;
export const STRAINS = 32;
/** Scratch: rows of as many f64 as there may be neighbours, see assembly/descriptors.ts. */
export const ROW = 36;
export const MEMBERS = 40;
export const DISTANCES = 44;
export const CHANNEL_ROWS = 48;
export const CHOSEN = 52;
export const ANGLE_RECORDS = 56;
export const WEIGHT_RECORDS = 60;
export const HEADER_BYTES = 64;

/** An element: its groups and how many functions it has. */
export const KIND_GROUPS = 0;
export const KIND_GROUP_COUNT = 4;
export const KIND_FUNCTIONS = 8;
export const KIND_BYTES = 16;

/** A neighbour: vector (from 0 on) and distance, kind, and its partner's block of gradients, 0 for an image of the atom itself. */
export const NEIGHBOUR_DISTANCE = 24;
export const NEIGHBOUR_KIND = 32;
export const NEIGHBOUR_BLOCK = 36;
export const NEIGHBOUR_BYTES = 40;

/** Functions that differ in their curves only. */
export const GROUP_ROLE = 0;
/** Kinds of the neighbours, −1 for all. */
export const GROUP_FIRST = 4;
export const GROUP_SECOND = 8;
export const GROUP_WEIGHTED = 12;
export const GROUP_RADIUS = 16;
export const GROUP_CHANNELS = 24;
export const GROUP_CHANNEL_COUNT = 28;
/** Of the channels, so many from the first one on are those of narrow functions. */
export const GROUP_NARROW_CHANNELS = 32;
export const GROUP_ANGLES = 36;
export const GROUP_ANGLE_COUNT = 40;
/** Radial or wide functions, then narrow ones. */
export const GROUP_FUNCTIONS = 44;
export const GROUP_FUNCTION_COUNT = 48;
export const GROUP_NARROW = 52;
export const GROUP_NARROW_COUNT = 56;
export const GROUP_BYTES = 64;

// Values of GROUP_ROLE.
export const RADIAL = 0;
export const ANGULAR = 1;

/** A curve of distance. */
export const CHANNEL_KIND = 0;
/** Number of the cut-off function or of the bell's polynomial. */
export const CHANNEL_FORM = 4;
/** 1 where the cut-off function is that of the channel before. */
export const CHANNEL_SAME = 8;
export const CHANNEL_ETA = 16;
export const CHANNEL_SHIFT = 24;
/** Inner and outer radius, or the ends of a bell. */
export const CHANNEL_INNER = 32;
export const CHANNEL_OUTER = 40;
export const CHANNEL_BYTES = 48;

// Values of CHANNEL_KIND.
export const GAUSSIAN = 0;
export const BELL = 1;
export const ASYMMETRIC_BELL = 2;

/** A curve of angle. */
export const ANGLE_KIND = 0;
/** A whole exponent, or the number of the bell's polynomial. */
export const ANGLE_FORM = 4;
/** λ, ζ and 2^(1−ζ); or the ends of a bell, radians. */
export const ANGLE_LAMBDA = 8;
export const ANGLE_ZETA = 16;
export const ANGLE_FACTOR = 24;
export const ANGLE_BYTES = 32;

// Values of ANGLE_KIND.
export const WHOLE_POWER = 0;
export const REAL_POWER = 1;
export const ANGLE_BELL = 2;

/** A function: its number, channel and angle, then its place in the blocks of partners of each kind (u32 each). */
export const FUNCTION_INDEX = 0;
export const FUNCTION_CHANNEL = 4;
export const FUNCTION_ANGLE = 8;
export const FUNCTION_PLACES = 12;

/** What is asked for beside values. */
export const WITH_GRADIENTS = 1;
export const WITH_STRAINS = 2;

/** A neighbour that a group looks at: direction, distance, vector, and the address of the neighbour. */
export const MEMBER_BYTES = 64;
export const MEMBER_NEIGHBOUR = 56;
/** Two partners of a neighbour: their directions, x x y y z z. */
export const DIRECTION_BYTES = 48;
/** Value and slope in the cosine for two of them. */
export const ANGLE_RECORD_BYTES = 32;
/** Of a channel for two of them: the weight of wide functions, and three of narrow ones. */
export const WIDE_RECORD_BYTES = 16;
export const NARROW_RECORD_BYTES = 48;
