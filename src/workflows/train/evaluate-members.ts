/** What trained members predict for every structure: errors of their mean, and how far they lie apart. */
import { standardDeviation } from "../../core/statistics.ts";
import type { HdnnpModel } from "../../nn/hdnnp/model.ts";
import { type Prediction, predict, type StructureErrors, structureErrors } from "../../nn/training/errors.ts";
import { StructureEvaluator } from "../../nn/training/structure-evaluator.ts";
import type { TrainingSet } from "../../nn/training/training-set.ts";
import type { Example } from "./training-data.ts";

export interface EvaluatedStructure {
  readonly example: Example;
  /** The mean of the members. */
  readonly prediction: Prediction;
  readonly errors: StructureErrors;
  /** Standard deviation of the members' energies per atom, eV; 0 for one member. */
  readonly spread: number;
}

/** @param examples in the order of the set */
export function evaluateMembers(
  models: readonly HdnnpModel[],
  set: TrainingSet,
  examples: readonly Example[],
): EvaluatedStructure[] {
  const evaluators = models.map((model) => new StructureEvaluator(model, set.store.dependence));
  return examples.map((example, k) => {
    const sample = set.structures[k];
    const predictions = evaluators.map((evaluator, m) => predict(models[m], evaluator, sample));
    const prediction = meanOf(predictions);
    const { numAtoms } = sample;
    return {
      example,
      prediction,
      errors: structureErrors(models[0], sample, prediction),
      spread: standardDeviation(predictions.map(({ energy }) => energy / numAtoms)),
    };
  });
}

function meanOf(predictions: readonly Prediction[]): Prediction {
  if (predictions.length === 1) return predictions[0];
  const share = 1 / predictions.length;
  const mean = (arrays: readonly Float64Array[]) =>
    arrays[0].map((_, k) => share * arrays.reduce((sum, array) => sum + array[k], 0));
  const [{ stress }] = predictions;
  return {
    energy: share * predictions.reduce((sum, { energy }) => sum + energy, 0),
    forces: mean(predictions.map(({ forces }) => forces)),
    stress: stress && mean(predictions.map((one) => one.stress!)),
  };
}
