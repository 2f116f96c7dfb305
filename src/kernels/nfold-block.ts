/**
 * What the rejection-free kernel and its loader share beside swap-block.ts: byte offsets in a chain's region, and records.
 * Places are addresses in the memory; the compiled code is built from this same file.
 */
import { BLOCK_END } from "./swap-block.ts";

const START = (BLOCK_END + 7) & ~7;

// Doubles: 1 / k_B T of the classes, 0 for none yet; steps up to the next candidate; steps at the present energy that are in
// no sum yet; candidates in vain since the lists were laid out, and how many are put up with.
export const CLASS_BETA = START;
export const WAIT = START + 8;
export const STAY = START + 16;
export const IN_VAIN = START + 24;
export const PATIENCE = START + 32;
/** Probability that a step has a candidate. */
export const RATE = START + 40;
/** The bound 1 in units. */
export const ONE = START + 48;

// Words. Whether classes and sums are to be found anew from the occupation and the order of the lists.
export const STALE = START + 56;
/** Records of sides and channels, two sides for each channel. */
export const SIDES = START + 60;
export const CHANNELS = START + 64;
export const CHANNEL_COUNT = START + 68;
export const WEIGHT = START + 72;
/** Tables of bounds. */
export const FAR = START + 76;
export const NEAR = START + 80;
/** By sublattice: its group. By group and species: number of sides and address of their addresses. */
export const GROUP_OF = START + 84;
export const SIDES_OF = START + 88;
/** By sublattice: address and number of its neighbours of its own group. */
export const GROUP_NEIGHBOURS = START + 92;
/** Most neighbours of one group that any sublattice has. */
export const MOST_NEIGHBOURS = START + 96;
/** Cell of the supercell by padded cell. */
export const CELL_OF = START + 100;
/** By padded site, the accepted swap that it was last looked at for; the number of the present one. */
export const STAMPS = START + 104;
export const STAMP = START + 108;
/** Sites whose near pairs have changed; room for one list of sites. */
export const ROWS = START + 112;
export const SORTED = START + 116;
/** Levels of every tree: their number, then for each its offset from the tree in bytes. */
export const LEVELS = START + 120;
/** By group: 64 bits for the species whose sites near pairs are kept with. */
export const FEW_OF = START + 124;
export const NFOLD_END = START + 128;

// Side: number of its first class from energy 0 (double); species held and put; number of sites, their list, the borders of the
// classes, and place and class by padded site; the channel if near pairs are kept with its sites, otherwise 0.
export const SIDE_BYTES = 40;
export const SIDE_FROM = 8;
export const SIDE_TO = 12;
export const SIDE_COUNT = 16;
export const SIDE_ORDER = 20;
export const SIDE_BEGIN = 24;
export const SIDE_PLACES = 28;
export const SIDE_ROWS = 32;

// Channel: probability of a pair for each unit of its bound, sums of the bounds of all pairs by classes and of near pairs
// (doubles); weight, sides of the first species, of the one with few sites, of the one with many; tree of near pairs; sums of
// far pairs by class of few; corrections of near pairs by sublattice and neighbour; acceptances since they were last taken.
export const CHANNEL_BYTES = 64;
export const CHANNEL_FAR = 8;
export const CHANNEL_NEAR = 16;
export const CHANNEL_WEIGHT = 24;
export const CHANNEL_A = 28;
export const CHANNEL_FEW = 32;
export const CHANNEL_MANY = 36;
export const CHANNEL_TREE = 40;
export const CHANNEL_SUMS = 44;
export const CHANNEL_CORRECTIONS = 48;
export const CHANNEL_ACCEPTED = 52;
export const CHANNEL_GROUP = 56;

// Neighbour of its own group: step to its cell, its sublattice, offset of its first sum.
export const NEIGHBOUR_BYTES = 12;
export const NEIGHBOUR_SUBLATTICE = 4;
export const NEIGHBOUR_SUM = 8;
