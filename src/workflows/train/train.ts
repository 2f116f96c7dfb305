/** `eciton train`: a neural network potential from a table of energies and forces. */
import { startProgress } from "../../exec/progress.ts";
import { weightsOf, withWeights } from "../../nn/training/weight-layout.ts";
import { count, duration } from "../../report/numbers.ts";
import type { RunContext } from "../context.ts";
import { partFinished, runPart } from "../part-run.ts";
import { placeOf } from "../run-tasks.ts";
import { covarianceBytes, numWeightsOf } from "./check-settings.ts";
import { evaluateMembers } from "./evaluate-members.ts";
import { type Prepared, prepareModels } from "./prepare-model.ts";
import { writeLearningCurve, writePotential, writePredictions } from "./train-files.ts";
import { trainMembers } from "./train-members.ts";
import type { TrainPlan } from "./train-plan.ts";
import { type TrainingOutcome, trainingReport } from "./train-report.ts";
import { methodText } from "./train-settings.ts";

export { plan } from "./train-plan.ts";

export function describe(plan: TrainPlan, workers: number): string[] {
  const { training, test, setup, settings, section, updates } = plan;
  const sizes = setup.elements.map(
    ({ element, functions, shape }) => `${element} ${[functions.length, ...shape.hidden, 1].join("-")}`,
  );
  const numWeights = setup.elements.reduce((sum, element) => sum + numWeightsOf(element), 0);
  const components = training.reduce((sum, { structure }) => sum + (structure.forces?.length ?? 0), 0);
  const each = updates.energy + updates.force + updates.stress;
  const covariance = covarianceBytes(settings, setup);
  const threads = Math.max(1, Math.min(workers, section.members));
  const seconds =
    (settings.epochs * each * (SECONDS_PER_UPDATE + covariance / BYTES_PER_SECOND) * section.members) /
    threads;
  return [
    `train: ${count(training.length, "structure")}, ${count(components, "force component")}; test: ${count(test.length, "structure")}`,
    `networks: ${sizes.join(", ")}; ${count(numWeights, "weight")}, ${count(section.members, "member")}`,
    `${methodText(settings)}, ${count(each, "update")} each`,
    `memory: at most ${section.memory_GiB} GiB for symmetry functions, ${Math.max(1, Math.round((covariance * threads) / 2 ** 20))} MiB for the optimiser`,
    `time: very roughly ${duration(Math.ceil(seconds))} on ${count(threads, "thread")}`,
  ];
}

/** Of the Jacobian of an update, and of memory that a covariance is read from and written to: for a first idea of the time. */
const SECONDS_PER_UPDATE = 5e-4;
const BYTES_PER_SECOND = 1e10;

export function finished(plan: TrainPlan, context: RunContext): boolean {
  return partFinished("train", plan, context);
}

/**
 * Writes the potential, learning-curve.csv, predictions.csv and the report.
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written; "not-converged" where weights diverge
 */
export async function run(plan: TrainPlan, context: RunContext) {
  const start = performance.now();
  return runPart("train", plan, context, async (provenance) => {
    const trained = await trainAll(plan, context);
    const { folders, remarks } = writePotential(context.outDir, trained.models, plan.settings);
    const outcome = { ...trained, folders, remarks: [...trained.remarks, ...remarks] };
    writeLearningCurve(
      context.outDir,
      outcome.members.map(({ epochs }) => epochs),
    );
    writePredictions(context.outDir, outcome.training, outcome.test);
    const seconds = (performance.now() - start) / 1000;
    return trainingReport(plan, outcome, provenance, seconds, context.outDir);
  });
}

/**
 * From the plan to trained members and what they predict for every structure.
 * @param stem begins the names of the checkpoints, which another training in the same folder must not share
 */
export async function trainAll(
  plan: TrainPlan,
  context: RunContext,
  stem = "train",
): Promise<Omit<TrainingOutcome, "folders">> {
  const { setup, training, test, settings } = plan;
  context.say(`symmetry functions of ${count(training.length + test.length, "structure")}`);
  const bar = startProgress("symmetry functions", training.length + test.length);
  let prepared: Prepared;
  try {
    prepared = await prepareModels(plan, context, bar.update);
  } finally {
    bar.end();
  }
  context.say(
    `${methodText(settings)}: ${count(weightsOf(prepared.models[0]).length, "weight")} ${placeOf(context)}`,
  );
  const members = await trainMembers(plan, prepared, context, stem);
  const models = members.map(({ weights }, k) => withWeights(prepared.models[k], weights));
  const evaluated = evaluateMembers(models, prepared.set, [...training, ...test]);
  return {
    members,
    models,
    training: evaluated.slice(0, training.length),
    test: evaluated.slice(training.length),
    remarks: [...setup.remarks, ...prepared.remarks],
  };
}
