/**
 * The block of numbers that the swap kernel and its loader share: byte addresses in the kernel's memory. The compiled
 * code is built from this same file, so the two cannot disagree.
 */

// Doubles.
export const ENERGY = 1024;
export const BETA = 1032;
export const BIN_ORIGIN = 1040;
export const BIN_SUM = 1048;
export const BIN_SQUARES = 1056;
export const LOWEST_ENERGY = 1064;
export const STEP = 1072;
export const LOWEST_STEP = 1080;
/** A lower energy counts as such when it is lower by more than this. */
export const ROUNDING = 1088;

// Words of 32 bits. The number of the next block of random words takes two.
export const NEXT_BLOCK = 1096;
export const KEY_0 = 1104;
export const KEY_1 = 1108;
export const STREAM_0 = 1112;
export const STREAM_1 = 1116;
/** Address of the next random word, and of the buffer that it is in. */
export const RANDOM_AT = 1120;
export const RANDOM_BUFFER = 1124;
/** Channels: their records, their number, the sum of their weights, and what nextIndex rejects for it. */
export const CHANNELS = 1128;
export const CHANNEL_COUNT = 1132;
export const WEIGHT = 1136;
export const WEIGHT_THRESHOLD = 1140;
/** Numbers of sublattices and of species (the largest), and how far a site's cell is shifted to the left. */
export const SUBLATTICE_COUNT = 1144;
export const SPECIES = 1148;
export const SITE_BITS = 1152;
/** Species by padded cell and sublattice, and the room that it takes. */
export const OCCUPATION = 1156;
export const OCCUPATION_BYTES = 1160;
/** Home of each padded cell; copies of a home: COPIES[COPY_START[home] .. COPY_START[home + 1]]. */
export const HOME = 1164;
export const COPY_START = 1168;
export const COPIES = 1172;
/** Code of each home; the class of a difference of codes; neighbour + 1 by class and two sublattices. */
export const CODE = 1176;
export const CLASS = 1180;
export const CLASS_NEIGHBOUR = 1184;
export const SUBLATTICE_RECORDS = 1188;
export const OWN_RECORDS = 1192;
/** 64-bit words of a mask, and bytes of a trie's record. */
export const MASK_WORDS = 1196;
export const RECORD_BYTES = 1200;
/** Masks of the literals that are live around two sites. */
export const LIVE_A = 1204;
export const LIVE_B = 1208;
/** Doubles, (maxSpecies - 1) for each padded site. */
export const FIELDS = 1212;
/** Numbers of each species on each sublattice. */
export const COUNTS = 1216;
/** Moves since the lowest state, and whether it is the present one with these moves undone. */
export const JOURNAL = 1220;
export const JOURNAL_LENGTH = 1224;
export const JOURNAL_CAPACITY = 1228;
export const JOURNALING = 1232;
export const LOWEST_OCCUPATION = 1236;
/** Room for the addresses or positions of all live literals, and for sums by literal. */
export const LIVE_LIST = 1240;
export const SUMS = 1244;
export const BLOCK_END = 1248;

// Records. Channel: cumulated weight, species a and b, list of a, its length, its threshold, the same of b,
// numbers of proposals and acceptances since they were last taken.
export const CHANNEL_BYTES = 44;
export const CHANNEL_A = 4;
export const CHANNEL_B = 8;
export const CHANNEL_LIST_A = 12;
export const CHANNEL_COUNT_A = 16;
export const CHANNEL_THRESHOLD_A = 20;
export const CHANNEL_LIST_B = 24;
export const CHANNEL_COUNT_B = 28;
export const CHANNEL_THRESHOLD_B = 32;
export const CHANNEL_PROPOSED = 36;
export const CHANNEL_ACCEPTED = 40;

// Sublattice: byte offsets from a site to its neighbours (those of clusters of three or more sites, then those of
// pairs alone, filled up with the site itself to a multiple of four), cell steps and sublattices of the same.
export const SUBLATTICE_BYTES = 24;
export const SUBLATTICE_OFFSETS = 0;
export const SUBLATTICE_MANY = 4;
export const SUBLATTICE_PAIRS = 8;
export const SUBLATTICE_STEPS = 12;
export const SUBLATTICE_NEIGHBOURS = 16;
export const SUBLATTICE_SPECIES = 20;

// Own species: energy of the point (double); pair energies by neighbour and species, and the same without the
// background; of clusters of three or more sites: record of position 0 and energies of single literals (0 for none), roots
// through each literal, record of position 0 and single descriptors of the completions.
export const OWN_BYTES = 40;
export const OWN_PAIRS = 8;
export const OWN_LITERALS = 12;
export const OWN_ROOT = 16;
export const OWN_SINGLES = 20;
export const OWN_THROUGH = 24;
export const OWN_COMPLETION_ROOT = 28;
export const OWN_COMPLETION_SINGLES = 32;

// One word of a trie's record: mask, address of the first child's value (an energy, or a descriptor of completions),
// address of its record or 0. A descriptor is an address and a number of completions, a completion is the offset of a
// double and an energy.
export const WORD_BYTES = 16;
export const WORD_VALUES = 8;
export const WORD_RECORDS = 12;
export const COMPLETION_BYTES = 16;
export const COMPLETION_ENERGY = 8;

// Journal entry: two sites, and the species that they had.
export const JOURNAL_BYTES = 16;

/** Random words of a full buffer, and room before it for words that are left over. */
export const RANDOM_WORDS = 256;
export const RANDOM_MARGIN = 64;
