/** Which random streams each kind of task draws from: ranges of stream numbers that cannot meet. */
import { RandomStream } from "../core/random.ts";

/** Monte Carlo chains: their index in the grid. */
export const CHAIN_STREAM = 0;
/** Synthetic configurations: this plus their number. */
export const SYNTHETIC_STREAM = 2 ** 40;
/** Seeds of parts that number their own streams: this plus the part. */
const PART_STREAM = 2 ** 41;
/** Tasks that draw several streams each: ranges of so many. */
const STREAMS_OF_TASK = 2 ** 16;
const LADDER_STREAM = 2 ** 42;
const WALKER_STREAM = 2 ** 43;
const COOLING_STREAM = 2 ** 44;
// From 2 ** 45 on: structures of the section atoms (ATOMS_STREAM of data/generators/create-atoms.ts).
/** Paths of basin hopping: this plus their number. */
export const HOP_STREAM = 2 ** 50;
const REPLICA_STREAM = 2 ** 51;
const REPLICAS_OF_STRUCTURE = 2 ** 20;
/** Samples of the environments of files of atoms: this plus the number of the file. */
export const ENVIRONMENT_STREAM = 2 ** 52;
const parts = ["cross-validation", "bootstrap", "training", "learning"] as const;

/** A seed for a part of a study that draws its own streams, none of which is a stream of the study itself. */
export function seedOfPart(seed: number, part: (typeof parts)[number]): number {
  const random = new RandomStream(seed, PART_STREAM + parts.indexOf(part));
  return random.nextUint32() * 2 ** 20 + (random.nextUint32() >>> 12);
}

/**
 * Seed of one system of active learning: its structures and explorations draw from it, so that systems that are alike do not
 * get the same random numbers.
 */
export function seedOfSystem(seed: number, system: number): number {
  return seedOfPart(seed, "learning") + system;
}

/** Stream of the dynamics of an exploration, of the seed of its system; those of its structures begin at ATOMS_STREAM. */
export function streamOfExploration(start: number): number {
  return REPLICA_STREAM + start;
}

/** First of the streams of a tempering ladder: one for each temperature, then one for the exchanges. */
export function streamOfLadder(ladder: number): number {
  return LADDER_STREAM + ladder * STREAMS_OF_TASK;
}

/** First of the streams of one density of states: one for the search of its range, then one for each walker. */
export function streamOfWalkers(state: number): number {
  return WALKER_STREAM + state * STREAMS_OF_TASK;
}

/** First of the streams of the coolings of one state: one for each restart. */
export function streamOfCoolings(state: number): number {
  return COOLING_STREAM + state * STREAMS_OF_TASK;
}

/** Stream of a replica of molecular dynamics: more replicas leave the others as they are. */
export function streamOfReplica(structure: number, replica: number): number {
  return REPLICA_STREAM + structure * REPLICAS_OF_STRUCTURE + replica;
}
