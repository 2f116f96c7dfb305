/**
 * The blocks of numbers that the swap kernel and its loader share. The compiled code is built from this same file, so the
 * two cannot disagree. A memory holds one model on one supercell, whose tables all threads read; each chain has a region
 * of it for what it changes.
 */

// Byte addresses in the memory, words of 32 bits. The first three are those of regions.ts: whether someone changes
// them, the first free stretch, and the end of all stretches.
export const REGION_LOCK = 1024;
export const REGION_FREE = 1028;
export const REGION_END = 1032;
/** Numbers of sublattices and of species (the largest), and how far a site's cell is shifted to the left. */
export const SUBLATTICE_COUNT = 1036;
export const SPECIES = 1040;
export const SITE_BITS = 1044;
/** Room that the species by padded cell and sublattice take. */
export const OCCUPATION_BYTES = 1048;
/** Home of each padded cell; copies of a home: COPIES[COPY_START[home] .. COPY_START[home + 1]]. */
export const HOME = 1052;
export const COPY_START = 1056;
export const COPIES = 1060;
/** Code of each home; the class of a difference of codes; neighbour + 1 by class and two sublattices. */
export const CODE = 1064;
export const CLASS = 1068;
export const CLASS_NEIGHBOUR = 1072;
export const SUBLATTICE_RECORDS = 1076;
export const OWN_RECORDS = 1080;
/** 64-bit words of a mask, and bytes of a trie's record. */
export const MASK_WORDS = 1084;
export const RECORD_BYTES = 1088;
/** Padded cells of the supercell, and how many there are. */
export const HOMES = 1092;
export const HOME_COUNT = 1096;
export const TABLES_END = 1104;

// Byte offsets in a region. Doubles.
export const ENERGY = 0;
export const BETA = 8;
export const BIN_ORIGIN = 16;
export const BIN_SUM = 24;
export const BIN_SQUARES = 32;
export const LOWEST_ENERGY = 40;
export const STEP = 48;
export const LOWEST_STEP = 56;
/** A lower energy counts as such when it is lower by more than this. */
export const ROUNDING = 64;

// Words of 32 bits; places are addresses in the memory. The number of the next block of random words takes two words.
export const NEXT_BLOCK = 72;
export const KEY_0 = 80;
export const KEY_1 = 84;
export const STREAM_0 = 88;
export const STREAM_1 = 92;
/** The next random word, and the buffer that it is in. */
export const RANDOM_AT = 96;
export const RANDOM_BUFFER = 100;
/** Channels: their records, their number, the sum of their weights, and what nextIndex rejects for it. */
export const CHANNELS = 104;
export const CHANNEL_COUNT = 108;
export const WEIGHT = 112;
export const WEIGHT_THRESHOLD = 116;
/** Species by padded cell and sublattice. */
export const OCCUPATION = 120;
/** Masks of the literals that are live around two sites. */
export const LIVE_A = 124;
export const LIVE_B = 128;
/** Doubles, (maxSpecies - 1) for each padded site. */
export const FIELDS = 132;
/** Numbers of each species on each sublattice. */
export const COUNTS = 136;
/** Changes of sites since the lowest state, and whether it is the present one with these undone. */
export const JOURNAL = 140;
export const JOURNAL_LENGTH = 144;
export const JOURNAL_CAPACITY = 148;
export const JOURNALING = 152;
export const LOWEST_OCCUPATION = 156;
/** Room for the addresses or positions of all live literals, and for sums by literal. */
export const LIVE_LIST = 160;
export const SUMS = 164;
export const BLOCK_END = 168;

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

// Journal entry: a site, and the species that it had.
export const JOURNAL_BYTES = 8;

/** Random words of a full buffer, and room before it for words that are left over. */
export const RANDOM_WORDS = 256;
export const RANDOM_MARGIN = 64;
