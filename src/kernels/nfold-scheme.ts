/**
 * Numbers that fix the chain of the rejection-free engine: its plain and its compiled code are built from this one file.
 * Energies are sorted into classes of equal width in units of k_B T.
 */

/** Width of the classes of single changes, k_B T. */
export const CLASS_WIDTH = 1.5;
/** Classes of one list of sites; what lies above the last one is counted with it. */
export const CLASSES = 256;
/** Classes left free below the lowest energy when a list is laid out. */
export const CLASS_MARGIN = 32;
/** Bounds fall with the sum of two classes up to this one, from where on they stay the same. */
export const FAR_BOUNDS = 14;

/** The same for changes of pairs that share clusters, which are known exactly. */
export const NEAR_WIDTH = 0.25;
export const NEAR_BOUNDS = 128;

/** Sums of sums: so many numbers are added up to one of the next level. */
export const FAN_OUT = 16;

/** Where candidates come more often than this, plain proposals are cheaper. */
export const PLAIN_RATE = 0.25;
