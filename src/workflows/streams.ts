/** Which random streams each kind of task draws from: ranges of stream numbers that cannot meet. */
import { RandomStream } from "../core/random.ts";

/** Monte Carlo chains: their index in the grid. */
export const CHAIN_STREAM = 0;
/** Synthetic configurations: this plus their number. */
export const SYNTHETIC_STREAM = 2 ** 40;
/** Seeds of parts that number their own streams: this plus the part. */
const PART_STREAM = 2 ** 41;
const parts = ["cross-validation", "bootstrap"] as const;

/** A seed for a part of a study that draws its own streams, none of which is a stream of the study itself. */
export function seedOfPart(seed: number, part: (typeof parts)[number]): number {
  const random = new RandomStream(seed, PART_STREAM + parts.indexOf(part));
  return random.nextUint32() * 2 ** 20 + (random.nextUint32() >>> 12);
}
