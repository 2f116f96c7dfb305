/** Several kinds of moves in one chain. */
import { studyError } from "../../core/errors.ts";
import type { MoveProgram, PartProgram } from "../../kernels/move-programs.ts";
import type { Moves, RandomSource } from "../lattice-model.ts";
import type { SiteLists } from "./site-lists.ts";

/** Proposals that keep nothing of their own; what they need to know of the occupation is in shared SiteLists. */
export interface Proposals extends Omit<Moves, "state" | "restore"> {
  /** For compiled code. */
  part(): PartProgram;
}

export interface WeightedProposals {
  readonly proposals: Proposals;
  /** How often it is tried in proportion to the others, a positive whole number. */
  readonly weight: number;
}

/**
 * A kind is drawn with fixed weights, then a proposal of it. The weights are the same in every state, so a mixture of
 * kinds that each satisfy detailed balance satisfies it too.
 */
export class MixedMoves implements Moves {
  readonly kinds: readonly string[];
  kind = 0;
  energyChange = 0;
  logRatio = 0;
  readonly #lists: SiteLists;
  readonly #parts: readonly WeightedProposals[];
  /** Number of the first kind of each part. */
  readonly #firstKind: readonly number[];
  readonly #totalWeight: number;
  #drawn: Proposals;

  /** @param lists shared by all parts */
  constructor(lists: SiteLists, parts: readonly WeightedProposals[]) {
    this.#lists = lists;
    this.#parts = parts;
    this.kinds = parts.flatMap(({ proposals }) => proposals.kinds);
    let kinds = 0;
    this.#firstKind = parts.map(({ proposals }) => {
      const first = kinds;
      kinds += proposals.kinds.length;
      return first;
    });
    this.#totalWeight = parts.reduce((sum, { weight }) => sum + weight, 0);
    this.#drawn = parts[0].proposals;
  }

  /** For compiled code, which keeps the lists up to date. */
  program(): MoveProgram {
    return {
      parts: this.#parts.map(({ proposals, weight }, k) => ({
        part: proposals.part(),
        weight,
        firstKind: this.#firstKind[k],
      })),
      kinds: this.kinds.length,
      groups: this.#lists.groups.map(({ sublattices, species }) => ({
        sublattices,
        species: species.length,
      })),
      lists: true,
    };
  }

  propose(occupation: Uint8Array, random: RandomSource): number {
    let part = 0;
    if (this.#parts.length > 1) {
      let pick = random.nextIndex(this.#totalWeight);
      while (pick >= this.#parts[part].weight) pick -= this.#parts[part++].weight;
    }
    const { proposals } = this.#parts[part];
    this.#drawn = proposals;
    const change = proposals.propose(occupation, random);
    this.kind = this.#firstKind[part] + proposals.kind;
    this.energyChange = proposals.energyChange;
    this.logRatio = proposals.logRatio;
    return change;
  }

  commit(occupation: Uint8Array): void {
    this.#drawn.commit(occupation);
  }

  state(): Int32Array {
    return this.#lists.state();
  }

  restore(state: Int32Array): void {
    this.#lists.restore(state);
  }
}

/** Weights are taken to so many parts of their sum; any positive weights sample the same ensemble. */
const PARTS = 1_000_000;

/**
 * Whole numbers in the ratio of the weights: kinds are drawn by whole random numbers. Small whole weights stay what
 * they are; others are rounded to a millionth of their sum, but never to nothing.
 * @param path of the weights in the study, for errors
 * @throws {EcitonError} "study" for weights that are negative or not numbers, or all zero
 */
export function wholeWeights(
  weights: Readonly<Record<string, number>>,
  path: string,
): Record<string, number> {
  for (const [name, weight] of Object.entries(weights))
    if (!(Number.isFinite(weight) && weight >= 0))
      throw studyError(`${path}.${name}`, `expected a weight of at least 0, found ${weight}`);
  const entries = Object.entries(weights).filter(([, weight]) => weight > 0);
  if (entries.length === 0)
    throw studyError(path, "expected at least one kind of move with a weight above 0");
  const largest = Math.max(...entries.map(([, weight]) => weight));
  const relative = entries.map(([, weight]) => weight / largest);
  const sum = relative.reduce((a, b) => a + b, 0);
  const small = entries.every(([, weight]) => Number.isInteger(weight) && weight <= PARTS);
  return Object.fromEntries(
    entries.map(([name, weight], i) => [
      name,
      small ? weight : Math.max(1, Math.round((relative[i] / sum) * PARTS)),
    ]),
  );
}
