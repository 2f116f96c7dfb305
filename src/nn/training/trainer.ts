/**
 * Trains a model on structures, epoch by epoch, as n2p2 does: an epoch is a random sequence of energy, force and stress
 * updates, each of which moves the weights at once, and ends with the errors of all structures. Where a training stands can
 * be written down after every update.
 */
import { EcitonError } from "../../core/errors.ts";
import type { HdnnpModel } from "../hdnnp/model.ts";
import type { Dependence } from "../symmetry-functions/structure-descriptors.ts";
import { type BestState, BestWeights } from "./best-weights.ts";
import { type CreateCovariance, createOptimiser } from "./create-optimiser.ts";
import { EpochPlan, movedEpoch, type RunningEpoch } from "./epoch-plan.ts";
import { predict, type StructureErrors, setErrors, structureErrors } from "./errors.ts";
import { FitTargets } from "./fit-targets.ts";
import { type CandidateQueue, type UpdateKind, updateKinds } from "./selection.ts";
import { StructureEvaluator } from "./structure-evaluator.ts";
import type { TrainerState } from "./trainer-state.ts";
import { TrainingLoss } from "./training-loss.ts";
import type { TrainingStructure } from "./training-set.ts";
import type { EpochRecord, SetErrors, TrainingSettings } from "./training-settings.ts";
import { weightsOf, withWeights } from "./weight-layout.ts";
import type { WeightOptimiser } from "./weight-optimiser.ts";

export interface TrainingData {
  /** With the weights to begin with. */
  readonly model: HdnnpModel;
  readonly dependence: Dependence;
  readonly train: readonly TrainingStructure[];
  readonly test: readonly TrainingStructure[];
}

/**
 * Goes down from x, which is moved, with at most so many evaluations.
 * @returns evaluations done, and the value at the end
 */
export type MinimiseLoss = (
  loss: TrainingLoss,
  x: Float64Array,
  evaluations: number,
) => { readonly evaluations: number; readonly value: number };

export interface TrainerOptions {
  /** A minimiser, for l-bfgs. */
  readonly minimise?: MinimiseLoss;
  readonly createCovariance?: CreateCovariance;
  /** Other threads that share the errors of the structures. */
  readonly evaluate?: EvaluateErrors;
}

/**
 * Errors of structures with these weights, in their order.
 * @param first place of the first of them among those of the training and then of the test
 */
export type EvaluateErrors = (
  structures: readonly TrainingStructure[],
  first: number,
  weights: Float64Array,
) => StructureErrors[];

/** Ways to leave an epoch before its end. */
export interface EpochStops {
  /** Asked after every update: true leaves the epoch there, for a checkpoint perhaps. */
  readonly pause?: () => boolean;
  /** Asked after every structure of the errors as well, which are then begun anew. */
  readonly cancel?: () => boolean;
}

const never = () => false;

export class Trainer {
  readonly #data: TrainingData;
  readonly #settings: TrainingSettings;
  /** The one move of an epoch, for methods that have no updates. */
  readonly #move: ((loss: TrainingLoss) => ReturnType<MinimiseLoss>) | null;
  readonly #evaluate: EvaluateErrors | null;
  readonly #targets: FitTargets;
  readonly #plan: EpochPlan;
  readonly #evaluator: StructureEvaluator;
  readonly #optimiser: WeightOptimiser | null;
  readonly #best: BestWeights;
  readonly #weights: Float64Array;
  readonly #errors: Float64Array;
  #history: EpochRecord[] = [];
  #running: RunningEpoch | null = null;

  /**
   * @param seed of this training alone
   * @throws {EcitonError} "data" where there is nothing to learn or to test with; "study" for settings that contradict the
   *   data; "memory" where the covariance does not fit
   */
  constructor(data: TrainingData, settings: TrainingSettings, seed: number, options: TrainerOptions = {}) {
    this.#data = data;
    this.#settings = settings;
    this.#evaluate = options.evaluate ?? null;
    this.#targets = new FitTargets(data.model, data.train);
    this.#weights = weightsOf(data.model);
    this.#evaluator = new StructureEvaluator(data.model, data.dependence);
    this.#best = new BestWeights(settings);
    for (const [name, structures] of [["training", data.train] as const, ["test", data.test] as const])
      if ((name === "training" || structures.length > 0) && structures.every(({ energy }) => energy === null))
        throw new EcitonError("data", `none of the ${structures.length} ${name} structures has an energy`);
    this.#plan = new EpochPlan(settings, this.#targets, seed);
    this.#errors = new Float64Array(this.#plan.columns);
    const { columns, updates } = this.#plan;
    const { optimiser } = settings;
    if (optimiser.method === "l-bfgs") {
      const { minimise } = options;
      if (!minimise) throw new RangeError("l-bfgs needs a minimiser");
      this.#optimiser = null;
      this.#move = (loss) => minimise(loss, this.#weights, optimiser.evaluations);
    } else {
      this.#optimiser = createOptimiser(data.model, optimiser, columns, updates, options.createCovariance);
      this.#move = null;
    }
  }

  /** What happened so far: errors before the training as epoch 0, and after each epoch. */
  get history(): readonly EpochRecord[] {
    return this.#history;
  }

  /** All epochs are done, or the patience is at its end. */
  get finished(): boolean {
    return this.#history.length > this.#settings.epochs || this.#best.exhausted;
  }

  /** Updates that an epoch consists of, for progress; 0 for l-bfgs. */
  get updatesOfEpoch(): number {
    return this.#optimiser ? this.#plan.updates : 0;
  }

  /**
   * Does the next epoch; the first one (0) only evaluates the errors.
   * @returns null where it was left; the next call goes on there
   * @throws {EcitonError} "not-converged" where the weights diverge
   */
  epoch({ pause = never, cancel = never }: EpochStops = {}): EpochRecord | null {
    if (this.finished) throw new RangeError("an epoch after the end of the training");
    const first = this.#history.length === 0;
    const facts = first
      ? {}
      : this.#optimiser
        ? this.#updates(this.#optimiser, () => cancel() || pause())
        : this.#descend();
    if (!facts) return null;
    const train = this.#errorsOf(this.#data.train, cancel);
    const test = train && this.#errorsOf(this.#data.test, cancel);
    if (!train || test === null) return null;
    const updates = (kind: UpdateKind) => (first || !this.#optimiser ? 0 : this.#plan.updatesOf(kind));
    const record: EpochRecord = {
      epoch: this.#history.length,
      train,
      test: test ?? null,
      energyUpdates: updates("energy"),
      forceUpdates: updates("force"),
      stressUpdates: updates("stress"),
      optimiser: facts,
    };
    this.#running = null;
    this.#history.push(record);
    this.#best.observe(record, this.#weights);
    return record;
  }

  /** The model with the weights that the settings keep, as far as the training has come. */
  model(): HdnnpModel {
    return withWeights(this.#data.model, this.#kept?.weights ?? this.#weights);
  }

  /** The epoch that these weights are of. */
  get keptEpoch(): number {
    return this.#kept?.epoch ?? this.#history.length - 1;
  }

  get #kept(): BestState | null {
    return this.#settings.keep === "best" ? this.#best.best : null;
  }

  /** For a checkpoint; between any two updates. */
  state(): TrainerState {
    return {
      history: [...this.#history],
      weights: this.#weights.slice(),
      optimiser: this.#optimiser?.state() ?? null,
      best: this.#best.best,
      begun: this.#running && this.#plan.stateOf(this.#running),
    };
  }

  /** @throws {EcitonError} "data" for the state of another training */
  restore({ history, weights, optimiser, best, begun }: TrainerState): void {
    if (weights.length !== this.#weights.length || (optimiser === null) !== (this.#optimiser === null))
      throw new EcitonError(
        "data",
        `the checkpoint is of a training of ${weights.length} weights, expected ${this.#weights.length} and the same ` +
          "optimiser; begin anew without --resume",
      );
    if (optimiser) this.#optimiser?.restore(optimiser);
    this.#history = [...history];
    this.#weights.set(weights);
    this.#evaluator.setWeights(this.#weights);
    this.#best.restore(best, history.at(-1)?.epoch ?? 0);
    this.#running = begun && this.#plan.resume(history.length, begun);
  }

  /** The updates of an epoch that are not done yet; null where it was left. */
  #updates(optimiser: WeightOptimiser, stop: () => boolean): Record<string, number> | null {
    this.#running ??= this.#plan.begin(this.#history.length, this.#evaluator);
    const running = this.#running;
    const { schedule, queues } = running;
    while (running.done < schedule.length) {
      const kind = schedule[running.done];
      this.#update(optimiser, updateKinds[kind], queues[kind], this.#plan.counts[kind].batch);
      running.done++;
      if (stop()) return null;
    }
    return optimiser.facts();
  }

  #update(optimiser: WeightOptimiser, kind: UpdateKind, queue: CandidateQueue, batch: number): void {
    const { selection, forceWeight, stressWeight } = this.#settings;
    const targets = this.#targets;
    const evaluator = this.#evaluator;
    const rmse = this.#rmseOf(kind);
    const errorOf = (candidate: number) =>
      targets.size(kind, candidate, targets.residual(evaluator, kind, candidate, null)) / rmse;
    const threshold = kind === "energy" ? selection.energyThreshold : selection.forceThreshold;
    const ofKind = { energy: 1, force: forceWeight, stress: stressWeight }[kind];
    for (let column = 0; column < batch; column++) {
      const candidate = queue.choose(selection, threshold, errorOf);
      const row = optimiser.row(column);
      const weight = ofKind * targets.weight(kind, candidate);
      this.#errors[column] = weight * targets.residual(evaluator, kind, candidate, row);
      if (weight !== 1) for (let i = 0; i < row.length; i++) row[i] *= weight;
    }
    optimiser.update(batch, this.#errors, this.#weights);
    evaluator.setWeights(this.#weights);
  }

  /** At the end of the last epoch. */
  #rmseOf(kind: UpdateKind): number {
    const { energyRmse, forceRmse, stressRmse } = this.#history[this.#history.length - 1].train;
    return { energy: energyRmse, force: forceRmse ?? 1, stress: stressRmse ?? 1 }[kind];
  }

  /** Its facts; the weights have been moved once, also where the epoch was left before its errors were known. */
  #descend(): Readonly<Record<string, number>> {
    if (this.#running?.facts) return this.#running.facts;
    const loss = new TrainingLoss(this.#data.model, this.#data.train, this.#evaluator, this.#settings);
    const { value, evaluations } = this.#move!(loss);
    this.#evaluator.setWeights(this.#weights);
    const facts = { loss: value, evaluations };
    this.#running = movedEpoch(facts);
    return facts;
  }

  /** undefined for no structures; null where this was left. */
  #errorsOf(structures: readonly TrainingStructure[], cancel: () => boolean): SetErrors | null | undefined {
    if (this.#evaluate && structures.length > 0) {
      const first = structures === this.#data.train ? 0 : this.#data.train.length;
      return setErrors(this.#evaluate(structures, first, this.#weights));
    }
    const rows: StructureErrors[] = [];
    for (const structure of structures) {
      const predicted = predict(this.#data.model, this.#evaluator, structure);
      rows.push(structureErrors(this.#data.model, structure, predicted));
      if (cancel()) return null;
    }
    return rows.length === 0 ? undefined : setErrors(rows);
  }
}
