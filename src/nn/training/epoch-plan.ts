/** Which updates an epoch consists of, in which order, and which candidates come next. */
import { EcitonError } from "../../core/errors.ts";
import type { FitTargets } from "./fit-targets.ts";
import {
  CandidateQueue,
  countUpdates,
  epochStream,
  orderOf,
  scheduleOf,
  type UpdateCount,
  type UpdateKind,
  updateKinds,
} from "./selection.ts";
import type { StructureEvaluator } from "./structure-evaluator.ts";
import type { BegunEpoch } from "./trainer-state.ts";
import type { TrainingSettings } from "./training-settings.ts";

export interface RunningEpoch {
  /** The kind of each update, by its number in `updateKinds`. */
  readonly schedule: Uint8Array;
  /** Candidates of each kind. */
  readonly queues: readonly CandidateQueue[];
  /** Updates that are done. */
  done: number;
  /** Of the one move of a method that has no updates, once it is done. */
  readonly facts: Readonly<Record<string, number>> | null;
}

/** An epoch of one move, which is done. */
export const movedEpoch = (facts: Readonly<Record<string, number>>): RunningEpoch => ({
  schedule: new Uint8Array(0),
  queues: [],
  done: 0,
  facts,
});

export class EpochPlan {
  /** Of each kind. */
  readonly counts: readonly UpdateCount[];
  /** Updates of an epoch. */
  readonly updates: number;
  /** Candidates of an update, at most. */
  readonly columns: number;
  readonly #settings: TrainingSettings;
  readonly #targets: FitTargets;
  readonly #seed: number;

  /** @throws {EcitonError} "study" where the settings make no update of these data */
  constructor(settings: TrainingSettings, targets: FitTargets, seed: number) {
    this.#settings = settings;
    this.#targets = targets;
    this.#seed = seed;
    this.counts = updateKinds.map((kind) => this.#countOf(kind));
    this.updates = this.counts.reduce((sum, { updates }) => sum + updates, 0);
    this.columns = Math.max(1, ...this.counts.map(({ updates, batch }) => (updates > 0 ? batch : 0)));
    if (this.updates === 0)
      throw new EcitonError(
        "study",
        `the fractions make no update of ${updateKinds.map((kind) => `${targets.count(kind)} ${kind} components`).join(", ")}; ` +
          "raise them, or take smaller batches",
      );
  }

  updatesOf(kind: UpdateKind): number {
    return this.counts[updateKinds.indexOf(kind)].updates;
  }

  /** @param evaluator with the weights at the beginning, which sorted candidates depend on */
  begin(epoch: number, evaluator: StructureEvaluator): RunningEpoch {
    const { mode } = this.#settings.selection;
    const random = epochStream(this.#seed, epoch);
    const schedule = scheduleOf(this.counts, random);
    const queues = updateKinds.map((kind, k) => {
      const used = this.counts[k].updates > 0;
      const sizes = used && mode === "sorted" ? this.#targets.sizes(evaluator, kind) : null;
      return new CandidateQueue(orderOf(used ? this.#targets.count(kind) : 0, sizes, random));
    });
    return { schedule, queues, done: 0, facts: null };
  }

  stateOf({ queues, done, facts }: RunningEpoch): BegunEpoch {
    return {
      done,
      positions: queues.map(({ position }) => position),
      orders: this.#settings.selection.mode === "sorted" ? queues.map(({ order }) => order) : null,
      facts,
    };
  }

  /** The epoch that was begun, where it was left. */
  resume(epoch: number, { done, positions, orders, facts }: BegunEpoch): RunningEpoch {
    if (facts) return movedEpoch(facts);
    const random = epochStream(this.#seed, epoch);
    const schedule = scheduleOf(this.counts, random);
    const queues = updateKinds.map((kind, k) => {
      const count = this.counts[k].updates > 0 ? this.#targets.count(kind) : 0;
      return new CandidateQueue(orders?.[k] ?? orderOf(count, null, random), positions[k]);
    });
    return { schedule, queues, done, facts: null };
  }

  #countOf(kind: UpdateKind): UpdateCount {
    const { optimiser, energyFraction, forceFraction, stressFraction } = this.#settings;
    const fraction = { energy: energyFraction, force: forceFraction, stress: stressFraction }[kind];
    if (optimiser.method === "l-bfgs") return { updates: fraction > 0 ? 1 : 0, batch: 0 };
    const batch = kind === "energy" ? optimiser.energyBatch : optimiser.forceBatch;
    return countUpdates(this.#targets.count(kind), fraction, batch);
  }
}
