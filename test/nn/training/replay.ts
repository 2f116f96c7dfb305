/** Does again, update by update, what n2p2 did: the same candidates in the same order, from the same first weights. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { createOptimiser } from "../../../src/nn/training/create-optimiser.ts";
import { predict, setErrors, structureErrors } from "../../../src/nn/training/errors.ts";
import { FitTargets } from "../../../src/nn/training/fit-targets.ts";
import { StructureEvaluator } from "../../../src/nn/training/structure-evaluator.ts";
import { TrainingSet, type TrainingStructure } from "../../../src/nn/training/training-set.ts";
import type { SetErrors } from "../../../src/nn/training/training-settings.ts";
import { weightsOf } from "../../../src/nn/training/weight-layout.ts";
import type { WeightOptimiser } from "../../../src/nn/training/weight-optimiser.ts";
import { type Replay, replayModel, replayRows, replaySettings, replayStructures } from "./replay-data.ts";

interface LoggedUpdate {
  readonly kind: "energy" | "force";
  readonly epoch: number;
  /** Error of the candidate in units of the RMSE, three digits. */
  readonly error: number;
  /** Place of the structure in train.data. */
  readonly structure: number;
  /** 3 atom + component. */
  readonly component: number;
}

export interface Replayed {
  /** After this epoch, in n2p2's order of elements. */
  readonly weights: Float64Array;
  /** Largest distance to a weight that n2p2 printed. */
  readonly distance: number;
}

/** Every update of the log; its structures are numbered through training and test together. */
function loggedUpdates(name: Replay): LoggedUpdate[] {
  const rows = replayRows(name, "train-log.out");
  // An epoch uses the energy of every structure of the training set.
  const trained = [...new Set(rows.filter(([kind]) => kind === "E").map((row) => Number(row[6])))].sort(
    (a, b) => a - b,
  );
  // In a dimer all components of both atoms give the same update, but for signs that cancel.
  const forces: number[] =
    name === "LJ"
      ? []
      : JSON.parse(readFileSync("test/reference/n2p2-training/force-candidates.json", "utf8"))[name];
  let force = 0;
  return rows.map(([kind, epoch, , , , error, structure]) => ({
    kind: kind === "E" ? "energy" : "force",
    epoch: Number(epoch),
    error: Number(error),
    structure: trained.indexOf(Number(structure)),
    component: kind === "E" ? 0 : (forces[force++] ?? 0),
  }));
}

/**
 * All epochs of the log. Checks every logged error, and what n2p2 printed of the filter after each epoch.
 * @param start factor of all first weights
 */
export async function replay(name: Replay, start = 1): Promise<Replayed[]> {
  const model = replayModel(name, 0);
  const settings = replaySettings(name);
  const samples = replayStructures(name, "train").map((structure) => ({ structure }));
  const { structures, store } = await TrainingSet.create(model.elements, samples);
  const targets = new FitTargets(model, structures);
  const evaluator = new StructureEvaluator(model, store.dependence);
  const log = loggedUpdates(name);
  const epochs = log.at(-1)!.epoch;
  if (settings.optimiser.method !== "kalman") throw new Error("n2p2's replays use the Kalman filter");
  const filter = createOptimiser(model, settings.optimiser, 1, log.length / epochs);
  const weights = weightsOf(model).map((w) => start * w);
  evaluator.setWeights(weights);
  const firstForce = structures.map((_, s) =>
    structures.slice(0, s).reduce((sum, { numAtoms }) => sum + 3 * numAtoms, 0),
  );
  const replayed: Replayed[] = [];
  let errors = errorsOf(model, evaluator, structures);
  for (const [k, update] of log.entries()) {
    const { kind, structure, component } = update;
    const candidate = kind === "energy" ? structure : firstForce[structure] + component;
    const row = filter.row(0);
    const residual = targets.residual(evaluator, kind, candidate, row);
    const rmse = kind === "energy" ? errors.energyRmse : errors.forceRmse!;
    // Half of the third digit.
    if (start === 1)
      expect(Math.abs(targets.size(kind, candidate, residual) / rmse - update.error)).toBeLessThan(
        0.00501 * 10 ** Math.floor(Math.log10(update.error)),
      );
    const weight = kind === "energy" ? 1 : settings.forceWeight;
    row.forEach((slope, w) => {
      row[w] = weight * slope;
    });
    filter.update(1, Float64Array.of(weight * residual), weights);
    evaluator.setWeights(weights);
    if (log[k + 1]?.epoch === update.epoch) continue;
    if (start === 1) expectFilter(name, update.epoch, filter, weights.length);
    const printed = weightsOf(replayModel(name, update.epoch));
    const distance = printed.reduce((largest, w, i) => Math.max(largest, Math.abs(w - weights[i])), 0);
    replayed.push({ weights: weights.slice(), distance });
    errors = errorsOf(model, evaluator, structures);
  }
  return replayed;
}

function errorsOf(
  model: HdnnpModel,
  evaluator: StructureEvaluator,
  structures: readonly TrainingStructure[],
): SetErrors {
  return setErrors(structures.map((one) => structureErrors(model, one, predict(model, evaluator, one))));
}

/** updater.000.out: epoch, updates, means of |P| on and off the diagonal, asymmetry, mean of |K|, q, eta; nine digits. */
function expectFilter(name: Replay, epoch: number, filter: WeightOptimiser, size: number): void {
  const row = replayRows(name, "updater.000.out").find(([first]) => Number(first) === epoch)!;
  const { q, eta, "mean gain": gain } = filter.facts();
  const [triangle] = filter.state().arrays;
  let diagonal = 0;
  let others = 0;
  for (let i = 0, at = 0; i < size; i++)
    for (let j = 0; j <= i; j++, at++)
      if (i === j) diagonal += Math.abs(triangle[at]);
      else others += 2 * Math.abs(triangle[at]);
  const found = [diagonal / size, others / (size * (size - 1)), gain, q, eta];
  const printed = [2, 3, 5, 6, 7].map((column) => Number(row[column]));
  // The last of nine digits, and a little: it may be rounded the other way. K is of one update, and as uncertain as weights.
  found.forEach((value, k) => {
    expect(Math.abs(value / printed[k] - 1)).toBeLessThan(k === 2 ? 3e-8 : 6e-9);
  });
}
