/**
 * What the kernel of mixed moves and its loader share beside swap-block.ts: byte offsets in a chain's region, and records.
 * Places are addresses in the memory; the compiled code is built from this same file.
 */
import { BLOCK_END } from "./swap-block.ts";

/** Parts: their records, their number, the sum of their weights. */
export const PARTS = BLOCK_END;
export const PART_COUNT = BLOCK_END + 4;
export const PART_WEIGHT = BLOCK_END + 8;
/** Proposals and acceptances by kind of move, two words each. */
export const KINDS = BLOCK_END + 12;
/** Sites by group and species, 0 where no lists are kept; the place of each site there; the beginnings of the lists. */
export const MEMBERS = BLOCK_END + 16;
export const MEMBER_PLACES = BLOCK_END + 20;
export const LIST_STARTS = BLOCK_END + 24;
/** Group of each sublattice, and records of groups. */
export const GROUP_OF = BLOCK_END + 28;
export const GROUPS = BLOCK_END + 32;
/** Records of the changes of the proposal at hand, and their number. */
export const CHANGES = BLOCK_END + 36;
export const CHANGE_COUNT = BLOCK_END + 40;
/** Kind of the proposal at hand. */
export const KIND = BLOCK_END + 44;
/** Doubles of the proposal at hand: ln of the ratio of probabilities, what the potential changes by beside the energy. */
export const LOG_RATIO = BLOCK_END + 48;
export const OFFSET = BLOCK_END + 56;
/** Places drawn from one list, ascending. */
export const DRAWN = BLOCK_END + 64;
/** ln n of whole numbers, as the plain code finds them. */
export const LOGARITHMS = BLOCK_END + 68;
export const MIXTURE_END = BLOCK_END + 72;

// Group: first entry among the starts, number of species, number of sites (a double at the end).
export const GROUP_BYTES = 16;
export const GROUP_SPECIES = 4;
export const GROUP_SIZE = 8;

// Change: site as it stands in lists, cell, sublattice, species before and after.
export const CHANGE_BYTES = 20;
export const CHANGE_CELL = 4;
export const CHANGE_SUBLATTICE = 8;
export const CHANGE_BEFORE = 12;
export const CHANGE_AFTER = 16;

// Part: what it proposes, cumulated weight, number of its first kind; the rest depends on what it is.
export const PART_BYTES = 48;
export const PART_CUMULATED = 4;
export const PART_FIRST_KIND = 8;
export const FLIP = 0;
export const SWAP = 1;
export const NEIGHBOUR_SWAP = 2;
export const REACTION = 3;

// Flips: sites, their number, its threshold; doubles by group and species (largest number of species): chemical
// potentials, ln of the ratio for losing and for gaining the species, φ; kappa. φ is 0 where nothing is constrained, and
// not a number for a species that is not.
export const FLIP_SITES = 12;
export const FLIP_COUNT = 16;
export const FLIP_THRESHOLD = 20;
export const FLIP_POTENTIALS = 24;
export const FLIP_LOSSES = 28;
export const FLIP_GAINS = 32;
export const FLIP_PHI = 36;
export const FLIP_KAPPA = 40;

// Swaps: pairs of species and their number. Pair: group, species a, species b, room for its weight.
export const SWAP_PAIRS = 12;
export const SWAP_PAIR_COUNT = 16;
export const PAIR_BYTES = 16;
export const PAIR_A = 4;
export const PAIR_B = 8;
export const PAIR_WEIGHT = 12;
// Neighbour swaps: the same, and by sublattice the number of neighbours and their records; doubles by two sublattices: ln
// of the ratio of these numbers. Neighbour: sublattice, table of cells by cell.
export const NEIGHBOUR_DEGREES = 20;
export const NEIGHBOUR_RATIOS = 24;
export const DEGREE_BYTES = 8;
export const DEGREE_NEIGHBOURS = 4;
export const NEIGHBOUR_BYTES = 8;
export const NEIGHBOUR_CELLS = 4;

// Reactions: two directions, chemical potential of one forward move. Direction: sources and products and their numbers.
// Source: group, species, number of sites, what they become. Product: group, species, number, gain.
export const REACTION_DIRECTIONS = 12;
export const REACTION_POTENTIAL = 16;
export const DIRECTION_BYTES = 16;
export const DIRECTION_SOURCE_COUNT = 4;
export const DIRECTION_PRODUCTS = 8;
export const DIRECTION_PRODUCT_COUNT = 12;
export const SOURCE_BYTES = 16;
export const SOURCE_SPECIES = 4;
export const SOURCE_COUNT = 8;
export const SOURCE_BECOME = 12;
export const PRODUCT_BYTES = 16;
export const PRODUCT_SPECIES = 4;
export const PRODUCT_COUNT = 8;
export const PRODUCT_GAIN = 12;
