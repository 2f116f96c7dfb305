/** One task of an executor: one member of a committee, from untrained weights to those that are kept. */
import { minimise } from "../../dynamics/minimise/minimise.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { HdnnpModel } from "../../nn/hdnnp/model.ts";
import { helpTraining, leadTeam, type TeamMemory } from "../../nn/training/train-team.ts";
import { Trainer, type TrainerOptions, type TrainingData } from "../../nn/training/trainer.ts";
import type { TrainerState } from "../../nn/training/trainer-state.ts";
import { type SharedTrainingSet, TrainingSet } from "../../nn/training/training-set.ts";
import type { EpochRecord, TrainingSettings } from "../../nn/training/training-settings.ts";
import { weightsOf } from "../../nn/training/weight-layout.ts";

interface DataPayload {
  /** With the weights to begin with. */
  readonly model: HdnnpModel;
  /** Training structures, then those of the test. */
  readonly set: SharedTrainingSet;
  readonly numTraining: number;
}

/** For a thread that helps in a training. */
export interface HelpPayload extends DataPayload {
  readonly team: TeamMemory;
}

export interface TrainPayload extends DataPayload {
  readonly settings: TrainingSettings;
  /** Of this member alone. */
  readonly seed: number;
  /** Where epochs are told while they come; see epochsTold. */
  readonly told: Float64Array;
  /** What helping threads share; null: there are none. */
  readonly team: TeamMemory | null;
  readonly checkpoint: { readonly path: string; readonly resume: boolean; readonly everySeconds: number };
}

export interface TrainedMember {
  readonly interrupted: false;
  /** Those that are kept. */
  readonly weights: Float64Array;
  /** Errors before the training as epoch 0, then after each. */
  readonly epochs: readonly EpochRecord[];
  /** Epoch whose weights are kept. */
  readonly kept: number;
  /** In words. */
  readonly ended: string;
}

export const trainTask: TaskFunction = { module: import.meta.url, name: "trainMember" };
export const helpTask: TaskFunction = { module: import.meta.url, name: "helpMember" };

/** Works for the training of a member until that ends. */
export function helpMember(payload: HelpPayload, { cancel }: TaskContext): void {
  helpTraining(payload.team, trainingDataOf(payload), cancel);
}

export function trainingDataOf({ model, set, numTraining }: DataPayload): TrainingData {
  const { store, structures } = TrainingSet.open(set);
  return {
    model,
    dependence: store.dependence,
    train: structures.slice(0, numTraining),
    test: structures.slice(numTraining),
  };
}

/**
 * The result depends on the payload alone: how often it was interrupted and resumed leaves no trace in it.
 * @throws {EcitonError} "data" for a checkpoint of another training; "not-converged" where weights diverge; "io" when a
 *   checkpoint cannot be written
 */
export function trainMember(
  payload: TrainPayload,
  context: TaskContext,
): TrainedMember | { readonly interrupted: true } {
  const data = trainingDataOf(payload);
  const team = payload.team && leadTeam(payload.team, data);
  try {
    return train(payload, context, data, team ?? {});
  } finally {
    team?.end();
  }
}

function train(
  payload: TrainPayload,
  context: TaskContext,
  data: TrainingData,
  shared: Pick<TrainerOptions, "createCovariance" | "evaluate">,
): TrainedMember | { readonly interrupted: true } {
  const { settings, seed, checkpoint, told } = payload;
  const trainer = new Trainer(data, settings, seed, {
    ...shared,
    minimise: (loss, x, evaluations) =>
      minimise(loss, x, {
        method: "l-bfgs",
        residualTolerance: null,
        valueTolerance: null,
        maxEvaluations: evaluations,
        maxStep: LARGEST_WEIGHT_STEP,
      }),
  });
  const task = fingerprintOf(payload);
  const saved = checkpoint.resume ? readState<TrainerState>(checkpoint.path, task) : null;
  if (saved) trainer.restore(saved);
  const save = () => writeState(checkpoint.path, task, trainer.state());
  const all = settings.epochs + 1;
  let written = Date.now();
  const stopped = () => Atomics.load(context.cancel, 0) !== 0;
  const due = () => Date.now() - written >= 1000 * checkpoint.everySeconds;
  while (!trainer.finished) {
    const record = trainer.epoch({ pause: due, cancel: stopped });
    if (record) tell(told, record);
    if (stopped()) {
      save();
      return { interrupted: true };
    }
    if (due()) {
      save();
      written = Date.now();
    }
    Atomics.store(context.progress, context.index, Math.floor((1000 * trainer.history.length) / all));
  }
  save();
  const { history } = trainer;
  return {
    interrupted: false,
    weights: weightsOf(trainer.model()),
    epochs: history,
    kept: trainer.keptEpoch,
    ended:
      history.length > settings.epochs
        ? "all epochs done"
        : `no smaller error in ${settings.patience} epochs`,
  };
}

/** Longest change of a weight in one step of l-bfgs; weights are of size 1. */
const LARGEST_WEIGHT_STEP = 0.5;

/** Shared Float64Array: number of epochs told, then RMSE of energies (eV/atom) and of forces (eV/Å, −1 without) of each. */
export function epochsTold(epochs: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * (3 + 2 * epochs))).fill(-1);
}

function tell(told: Float64Array, { epoch, train, test }: EpochRecord): void {
  const { energyRmse, forceRmse } = test ?? train;
  told[1 + 2 * epoch] = energyRmse;
  told[2 + 2 * epoch] = forceRmse ?? -1;
  told[0] = epoch + 1;
}

/** Of what decides the result; the structures are guarded by the provenance of the run. */
function fingerprintOf({ model, settings, seed, numTraining }: TrainPayload): string {
  return fingerprint({
    settings,
    seed,
    numTraining,
    elements: model.elements.map(({ element, energy, functions, ranges, network }) => ({
      element,
      energy,
      functions,
      ranges: Object.values(ranges).map((numbers) => Array.from(numbers as Float64Array)),
      network: { ...network, weights: Array.from(network.weights) },
    })),
    scaling: model.scaling,
    normalisation: model.normalisation,
  });
}
