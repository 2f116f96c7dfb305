/** Moves in a cluster expansion in compiled code. */
import type { CompiledExpansion } from "../../clusters/compiled-expansion.ts";
import type { RandomStream } from "../../core/random.ts";
import type { ChainKernel } from "../../kernels/chain-kernel.ts";
import { SwapKernel } from "../../kernels/metropolis.ts";
import { MixtureKernel } from "../../kernels/mixture.ts";
import * as block from "../../kernels/swap-block.ts";
import type { Moves } from "../lattice-model.ts";
import { FlipMoves } from "../moves/flip-moves.ts";
import { MixedMoves } from "../moves/mixed-moves.ts";
import { SwapMoves } from "../moves/swap-moves.ts";
import { loadNumbers, loadState, type RunningNumbers, readNumbers } from "./running-numbers.ts";

/**
 * How moves are run: "reference" is the plain code; "direct" computes energies at every step; "field" keeps the energy
 * of every species on every site up to date, so that rejected steps cost next to nothing; "auto" goes from one of the
 * last two to the other by the acceptance. All give the same chain to the last bit. "nfold" skips rejections, which is the
 * same process with other random numbers; "nfold-reference" is its plain code.
 */
export const engines = ["auto", "direct", "field", "reference", "nfold", "nfold-reference"] as const;
export type EngineName = (typeof engines)[number];
/** The two ways between which "auto" chooses. */
type Way = "direct" | "field";

/** "auto" looks at the acceptance after so many steps at least, and no sooner than a step for each site. */
const LEAST_WINDOW_STEPS = 4096;
/**
 * Acceptance below which keeping fields up to date is cheaper than computing energies, by measurement: with pairs alone
 * and with larger clusters, whose energies cost more to compute than their changes to spread.
 */
const FIELD_ACCEPTANCE = { pairs: 0.2, larger: 0.4 };

/**
 * A place for a chain with these moves in the memory of the model; null for moves that compiled code does not know.
 * @throws {EcitonError} "memory" when there is no room
 */
export function kernelFor({ shared }: CompiledExpansion, moves: Moves): ChainKernel | null {
  const { kernel, interactions } = shared;
  if (moves instanceof SwapMoves)
    return new SwapKernel(kernel, interactions, moves.lists(), moves.state().length);
  const program = moves instanceof FlipMoves || moves instanceof MixedMoves ? moves.program() : null;
  return program && new MixtureKernel(kernel, interactions, program);
}

/** A chain whose steps compiled code runs. */
export class CompiledEngine {
  /** Steps done by each engine, to tell that it ran. */
  readonly steps: Record<Way, number> = { direct: 0, field: 0 };
  readonly #kernel: ChainKernel;
  readonly #moves: Moves;
  readonly #members: Int32Array;
  readonly #fixed: Way | null;
  readonly #window: number;
  readonly #fieldAcceptance: number;
  #engine: Way;
  #fieldsBuilt = false;
  #windowAccepted = 0;
  #windowSteps = 0;

  constructor(model: CompiledExpansion, moves: Moves, kernel: ChainKernel, engine: "auto" | Way) {
    this.#kernel = kernel;
    this.#moves = moves;
    this.#members = moves.state();
    this.#fixed = engine === "auto" ? null : engine;
    this.#engine = this.#fixed ?? "direct";
    this.#window = Math.max(LEAST_WINDOW_STEPS, 2 ** Math.ceil(Math.log2(model.supercell.numSites)));
    const larger = model.tables.manyBody.some((count) => count > 0);
    this.#fieldAcceptance = larger ? FIELD_ACCEPTANCE.larger : FIELD_ACCEPTANCE.pairs;
  }

  /** Takes a state over; what the kernel then does is read back by the other methods. */
  load(occupation: Uint8Array, lowest: Uint8Array, random: RandomStream, rounding: number): void {
    loadState(this.#kernel, occupation, lowest, random, rounding);
    this.#kernel.setMoves(this.#moves.state());
    this.#fieldsBuilt = false;
    this.#windowAccepted = 0;
    this.#windowSteps = 0;
  }

  /** Runs steps of a chain, changes its numbers in place and adds to its counts of moves. */
  run(
    steps: number,
    beta: number,
    numbers: RunningNumbers,
    proposed: Float64Array,
    accepted: Float64Array,
  ): void {
    const kernel = this.#kernel;
    loadNumbers(kernel, beta, numbers);
    for (let left = steps; left > 0; ) {
      const part = Math.min(left, this.#window - (kernel.get(block.STEP) % this.#window));
      this.#runPart(part);
      left -= part;
      this.#windowAccepted += kernel.takeCounts(proposed, accepted);
      this.#windowSteps += part;
      if (kernel.get(block.STEP) % this.#window === 0) this.#choose();
    }
    readNumbers(kernel, numbers);
  }

  #runPart(steps: number): void {
    if (this.#engine === "direct") {
      this.#kernel.runDirect(steps);
      this.#fieldsBuilt = false;
    } else {
      if (!this.#fieldsBuilt) this.#kernel.buildFields();
      this.#fieldsBuilt = true;
      this.#kernel.runField(steps);
    }
    this.steps[this.#engine] += steps;
  }

  #choose(): void {
    const acceptance = this.#windowAccepted / this.#windowSteps;
    this.#windowAccepted = 0;
    this.#windowSteps = 0;
    this.#engine = this.#fixed ?? (acceptance < this.#fieldAcceptance ? "field" : "direct");
  }

  readOccupation(out: Uint8Array): void {
    this.#kernel.readOccupation(out);
  }

  readLowest(out: Uint8Array): void {
    this.#kernel.readLowest(out);
  }

  /** Brings the lists of the moves and the random stream to where the kernel is. */
  release(random: RandomStream): void {
    this.#kernel.readMoves(this.#members);
    this.#moves.restore(this.#members);
    random.skipTo(this.#kernel.drawn());
  }

  /** Gives its memory back; nothing may be asked of the engine any more. */
  close(): void {
    this.#kernel.close();
  }

  /** Number of a species on one parent site's sublattice. */
  countOf(site: number, species: number): number {
    return this.#kernel.countOf(site, species);
  }
}
