/** One temperature of a ladder: its chain, and everything that stays with it while states come and go. */
import type { RandomStream } from "../../core/random.ts";
import { type ChainState, type MetropolisChain, ROUNDING_EV } from "../engines/metropolis.ts";
import type { Ensemble } from "../ensemble.ts";
import type { ChainRecords, RecordState } from "../records/chain-records.ts";
import { summarizeChain } from "../records/chain-summary.ts";
import { ChainTrajectory, type TrajectoryPlan } from "../records/chain-trajectory.ts";
import { CompositionCounter } from "../records/layer-counts.ts";
import {
  acceptanceOf,
  type RecordedChain,
  type RecordedChainPlan,
  recordedChain,
  statesOf,
} from "../records/recorded-chain.ts";
import { POLL_STEPS, type System } from "../system.ts";
import type { FinishedChain } from "./chain-task.ts";
import type { Configuration } from "./ladder-board.ts";

export interface RungPlan {
  readonly temperature_K: number;
  readonly ensemble: Ensemble;
  readonly trajectory?: TrajectoryPlan;
}

export type RungOptions = Omit<RecordedChainPlan, "ensemble" | "temperature_K">;

export interface RungState {
  readonly frames: number | null;
  readonly chain: ChainState;
  readonly records: RecordState;
}

export class Rung {
  readonly #plan: RungPlan;
  readonly #chain: MetropolisChain;
  readonly #recorded: RecordedChain;
  readonly #records: ChainRecords;
  readonly #counter: CompositionCounter;
  readonly #counts: Int32Array;
  readonly #numCells: number;
  #trajectory: ChainTrajectory | null = null;

  constructor(system: System, plan: RungPlan, options: RungOptions, random: RandomStream) {
    const { supercell, groups } = system;
    const { ensemble, temperature_K } = plan;
    this.#plan = plan;
    this.#recorded = recordedChain(system, { ...options, ensemble, temperature_K }, random);
    this.#chain = this.#recorded.chain;
    this.#records = this.#recorded.records;
    this.#counter = new CompositionCounter(supercell, groups);
    this.#counts = new Int32Array(this.#counter.rows.length);
    this.#numCells = supercell.numCells;
  }

  get step(): number {
    return this.#chain.step;
  }

  /**
   * To be called once, before the first steps.
   * @param saved state to go on from; null at the start
   */
  begin(saved: RungState | null): void {
    if (saved) {
      this.#chain.restore(saved.chain);
      this.#records.restore(saved.records);
    }
    const { trajectory } = this.#plan;
    const { steps } = this.#records.plan;
    if (trajectory && this.step < steps)
      this.#trajectory = new ChainTrajectory(trajectory, steps, saved?.frames ?? null);
  }

  /**
   * Goes on up to a step.
   * @param every `save` is called at multiples of this step
   * @returns false as soon as the flag is set
   */
  advance(
    target: number,
    cancel: Int32Array,
    every: number,
    save: () => void,
    progress: () => void,
  ): boolean {
    const chain = this.#chain;
    while (chain.step < target) {
      if (Atomics.load(cancel, 0) !== 0) return false;
      const nextSave = (Math.floor(chain.step / every) + 1) * every;
      const due = Math.min(this.#records.nextStep(), this.#trajectory?.nextStep() ?? target);
      chain.run(Math.min(target, chain.step + POLL_STEPS, due, nextSave) - chain.step);
      this.#records.record(chain);
      this.#trajectory?.record(chain);
      if (chain.step === nextSave) save();
      progress();
    }
    return true;
  }

  /** Energy, then the number of each species. */
  writeNumbers(out: Float64Array): void {
    out[0] = this.#chain.energy;
    this.#counter.count(this.#chain, this.#counts);
    out.set(this.#counts, 1);
  }

  configuration(): Configuration {
    const { energy, occupation, moves } = this.#chain.state();
    return { energy, occupation, moves };
  }

  /** Goes on from a state of another temperature with the same numbers of steps, random numbers and averages. */
  put({ energy, occupation, moves }: Configuration): void {
    const own = this.#chain.state();
    const lower = energy < own.lowest.energy - ROUNDING_EV;
    const lowest = lower ? { step: own.step, energy, occupation } : own.lowest;
    this.#chain.restore({ ...own, energy, occupation, moves, lowest });
  }

  state(): RungState {
    this.#trajectory?.sync();
    return {
      frames: this.#trajectory?.frames ?? null,
      chain: this.#chain.state(),
      records: this.#records.state(),
    };
  }

  close(): void {
    this.#chain.close();
    this.#trajectory?.close();
    this.#trajectory = null;
  }

  /** @throws {EcitonError} "not-converged" when the kept energy has drifted */
  checkEnergy(): void {
    this.#chain.checkEnergy();
  }

  /** @param exchanges attempted and accepted with both neighbours */
  /** @param travelled whether states have come down the ladder more than once */
  result(
    index: number,
    exchanges: { readonly proposed: number; readonly accepted: number },
    travelled: boolean,
  ): FinishedChain {
    const acceptance = acceptanceOf(this.#recorded);
    // States that come from other temperatures are movement too: cold rungs may well have no other.
    const moving = acceptance.filter(({ accepted }) => accepted > 0);
    const moves = [...moving, { move: "exchange of temperatures", ...exchanges }];
    const summary = summarizeChain(this.#records, this.#plan.temperature_K, moves, travelled);
    return {
      interrupted: false,
      index,
      steps: this.#chain.step,
      numCells: this.#numCells,
      ...summary,
      acceptance,
      until: null,
      ...statesOf(this.#recorded),
    };
  }
}
