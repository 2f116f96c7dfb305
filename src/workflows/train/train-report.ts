/** What is said of a training: the report, the verdict, the lines on the terminal. */
import { join } from "node:path";
import { EcitonError } from "../../core/errors.ts";
import { GPA_EV_PER_A3 } from "../../core/units.ts";
import type { HdnnpModel } from "../../nn/hdnnp/model.ts";
import { scoreOf } from "../../nn/training/best-weights.ts";
import { type ErrorSummary, errorsByElement, errorsByGroup, summarise } from "../../nn/training/errors.ts";
import type { EpochRecord, TrainingSettings } from "../../nn/training/training-settings.ts";
import { weightsOf } from "../../nn/training/weight-layout.ts";
import { count, integer, significant } from "../../report/numbers.ts";
import type {
  ErrorRow,
  ForcePoint,
  TrainingDataRow,
  TrainingSet,
  TrainingSummary,
} from "../../report/training-model.ts";
import { writePage } from "../atoms/part-report.ts";
import type { Provenance } from "../provenance.ts";
import type { Verdict } from "../verdict.ts";
import type { EvaluatedStructure } from "./evaluate-members.ts";
import { functionLines } from "./model-setup.ts";
import type { TrainPlan } from "./train-plan.ts";
import { methodText } from "./train-settings.ts";
import type { TrainedMember } from "./train-task.ts";

export interface TrainingOutcome {
  readonly members: readonly TrainedMember[];
  readonly models: readonly HdnnpModel[];
  readonly folders: readonly string[];
  readonly training: readonly EvaluatedStructure[];
  readonly test: readonly EvaluatedStructure[];
  readonly remarks: readonly string[];
}

/** Writes report.html; gives what the command line prints. */
export function trainingReport(
  plan: TrainPlan,
  outcome: TrainingOutcome,
  provenance: Provenance,
  seconds: number,
  outDir: string,
) {
  const { study } = plan.loaded;
  const warnings = [...plan.warnings, ...outcome.remarks, ...qualityWarnings(plan, outcome)];
  const failure = nothingLearned(plan, outcome) ? new EcitonError("not-converged", NOTHING_LEARNED) : null;
  const verdict = verdictOf(outcome, warnings.length, failure);
  const report = writePage(
    study,
    { verdict, warnings, provenance, seconds },
    { training: summaryOf(plan, outcome) },
    outDir,
  );
  const document = { training: numbersOf(outcome.training), test: numbersOf(outcome.test) };
  return {
    report,
    warnings,
    verdict,
    document: {
      errors: document,
      potential: outcome.folders,
      epochs_kept: outcome.members.map(({ kept }) => kept),
    },
    lines: [
      ...(["training", "test"] as const).flatMap((set) => errorLine(set, outcome[set])),
      `potential:      ${outcome.folders.length === 1 ? outcome.folders[0] : join(outDir, "potential")}`,
      `learning curve: ${join(outDir, "learning-curve.csv")}`,
    ],
    seconds,
    failure,
  };
}

const NOTHING_LEARNED =
  "no epoch made the errors smaller than those of networks that have learned nothing: take a smaller step " +
  "(train.optimiser.eta), the standard Kalman filter, or look for errors in the data";

/** Whether the weights that are kept are no better than those at the beginning. */
function nothingLearned({ settings, setup }: TrainPlan, { members }: TrainingOutcome): boolean {
  const untrained = members.filter(({ epochs, kept }) => {
    const [begin, end] = [epochs[0], epochs[kept]].map((epoch) => scoreOf(epoch, settings));
    return !(end < begin);
  });
  return setup.start === null && untrained.length > 0;
}

function errorLine(set: TrainingSet, evaluated: readonly EvaluatedStructure[]): string[] {
  if (evaluated.length === 0) return [];
  const { energyRmse, forceRmse, stressRmse } = summarise(evaluated.map(({ errors }) => errors));
  const forces = forceRmse === null ? "" : `, forces ${significant(forceRmse, 3)} eV/Å`;
  const stresses = stressRmse === null ? "" : `, stresses ${significant(stressRmse / GPA_EV_PER_A3, 3)} GPa`;
  return [
    `${`${set}:`.padEnd(16)}RMSE of energies ${significant(1000 * energyRmse!, 3)} meV/atom${forces}${stresses} ` +
      `(${count(evaluated.length, "structure")})`,
  ];
}

/** A test error so many times that of the training means that the networks learned the data by heart. */
const BY_HEART = 3;

/** No potential is so wrong for data like its own, eV/atom. */
const STRANGE = 1;

function qualityWarnings(
  { setup, settings }: TrainPlan,
  { training, test, members }: TrainingOutcome,
): string[] {
  const warnings: string[] = [];
  const [learned, measured] = [training, test].map((set) => summarise(set.map(({ errors }) => errors)));
  if (test.length > 0 && measured.energyRmse! > BY_HEART * learned.energyRmse!)
    warnings.push(
      `energies of the test are ${significant(measured.energyRmse! / learned.energyRmse!, 2)} times as wrong as those of the training: ` +
        "the networks have learned the data by heart; give more structures, smaller networks, or train.patience",
    );
  const atFirst = members[0].epochs[0].train.energyRmse;
  if (setup.start && atFirst > STRANGE)
    warnings.push(
      `energies of the potential that the training began with were ${significant(atFirst, 3)} eV/atom off: it is of other data, or ` +
        "train.setup_units has to say that its files are not in Å and eV",
    );
  if (members.every(({ kept }) => kept === 0) && setup.start)
    warnings.push("no epoch made the errors smaller: this is the potential that the training began with");
  if (members.some(({ epochs }) => stillFalling(epochs.map((epoch) => scoreOf(epoch, settings)))))
    warnings.push("errors were still falling at the end: more epochs may make the potential better");
  return warnings;
}

/** Whether the last fifth of the epochs made the smallest error smaller by more than a few percent. */
function stillFalling(scores: readonly number[]): boolean {
  const before = scores.slice(0, Math.floor(0.8 * scores.length));
  return before.length > 2 && Math.min(...scores) < 0.95 * Math.min(...before);
}

function verdictOf(
  { training, test, models }: TrainingOutcome,
  warnings: number,
  failure: EcitonError | null,
): Verdict {
  const judged = test.length > 0 ? test : training;
  const { energyRmse, forceRmse } = summarise(judged.map(({ errors }) => errors));
  const what = models.length === 1 ? "The potential" : `The mean of ${models.length} networks`;
  const where =
    test.length > 0
      ? `${count(test.length, "structure")} that it was not trained with`
      : "the structures that it was trained with; there is no test";
  const forces = forceRmse === null ? "" : ` and ${significant(forceRmse, 3)} eV/Å`;
  return {
    level: failure ? "problem" : warnings > 0 || test.length === 0 ? "warning" : "ok",
    text:
      `${failure ? "Nothing was learned. " : ""}` +
      `${what} has errors of ${significant(1000 * energyRmse!, 3)} meV/atom${forces} ` +
      `(root mean square) for ${where}.`,
  };
}

function numbersOf(evaluated: readonly EvaluatedStructure[]) {
  if (evaluated.length === 0) return null;
  const { structures, atoms, energyRmse, energyMae, forceRmse, forceMae, stressRmse } = summarise(
    evaluated.map(({ errors }) => errors),
  );
  return {
    structures,
    atoms,
    energy_rmse_eV_per_atom: energyRmse,
    energy_mae_eV_per_atom: energyMae,
    force_rmse_eV_per_A: forceRmse,
    force_mae_eV_per_A: forceMae,
    ...(stressRmse === null ? {} : { stress_rmse_GPa: stressRmse / GPA_EV_PER_A3 }),
  };
}

/** What a report shows of a training. */
export function summaryOf(
  { settings, setup, updates, training: learned, test: tested }: TrainPlan,
  { members, models, training, test }: TrainingOutcome,
): TrainingSummary {
  const [model] = models;
  const numWeights = weightsOf(model).length;
  const sets = [
    ["training", training],
    ["test", test],
  ] as const;
  const { points, total } = forcePoints(sets);
  return {
    method:
      `High-dimensional neural network potential for ${model.elements.map(({ element }) => element).join(", ")}, ` +
      `${count(numWeights, "weight")}${models.length === 1 ? "" : `, a committee of ${models.length}`}. ` +
      `${capitalised(methodText(settings))}${updatesText(settings, updates)}`,
    data: [...dataRows("training", learned), ...dataRows("test", tested)],
    elements: model.elements.map(({ element, energy, functions, network }) => ({
      element,
      functions: functions.length,
      network: `${network.nodes.join("-")}, ${network.activations[0]}`,
      weights: network.weights.length,
      atomicEnergy_eV: energy,
    })),
    members: members.map(({ epochs, kept, ended }, k) => ({
      name: `member ${k + 1}`,
      epochs: epochs.map(epochPoint),
      kept,
      ended,
    })),
    errors: sets.flatMap(([set, evaluated]) => errorRows(set, evaluated, model)),
    energies: sets.flatMap(([set, evaluated]) =>
      evaluated.map(({ example, errors }) => ({
        name: example.structure.name,
        set,
        structureClass: example.structureClass,
        ...errors.energy!,
      })),
    ),
    forces: points,
    numForces: total,
    ...(models.length === 1
      ? {}
      : {
          spread: sets.flatMap(([set, evaluated]) =>
            evaluated.map(({ example, errors, spread }) => ({
              name: example.structure.name,
              set,
              spread_meV: 1000 * spread,
              error_meV: 1000 * Math.abs(errors.energy!.predicted - errors.energy!.reference),
            })),
          ),
        }),
    functions: setup.elements.flatMap((one) => [
      ...functionLines(one).map((text) => ({ element: one.element, text, fate: "used" })),
      ...one.dropped.map((line) => {
        const [text, ...why] = line.split(": ");
        return { element: one.element, text, fate: `left out: ${why.join(": ")}` };
      }),
    ]),
  };
}

/** " of 36 energy and 360 force updates" */
function updatesText({ optimiser }: TrainingSettings, updates: TrainPlan["updates"]): string {
  if (optimiser.method === "l-bfgs") return "";
  const kinds = (["energy", "force", "stress"] as const).filter((kind) => updates[kind] > 0);
  const texts = kinds.map((kind) => `${integer(updates[kind])} ${kind}`);
  return ` of ${texts.join(texts.length > 2 ? ", " : " and ")} updates`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function epochPoint({ epoch, train, test }: EpochRecord) {
  const gigapascals = (stress: number | null | undefined) =>
    stress === null || stress === undefined ? undefined : stress / GPA_EV_PER_A3;
  return {
    epoch,
    trainEnergy_meV: 1000 * train.energyRmse,
    ...(test ? { testEnergy_meV: 1000 * test.energyRmse } : {}),
    ...(train.forceRmse === null ? {} : { trainForce_eV_per_A: train.forceRmse }),
    ...(test && test.forceRmse !== null ? { testForce_eV_per_A: test.forceRmse } : {}),
    trainStress_GPa: gigapascals(train.stressRmse),
    testStress_GPa: gigapascals(test?.stressRmse),
  };
}

function dataRows(set: TrainingSet, examples: TrainPlan["training"]): TrainingDataRow[] {
  const classes = [...new Set(examples.map(({ structureClass }) => structureClass))].sort();
  return classes.map((structureClass) => {
    const own = examples.filter((example) => example.structureClass === structureClass);
    const sum = (of: (example: (typeof own)[number]) => number) =>
      own.reduce((all, example) => all + of(example), 0);
    return {
      set,
      structureClass,
      structures: own.length,
      atoms: sum(({ structure }) => structure.species.length),
      forces: sum(({ structure }) => structure.forces?.length ?? 0),
    };
  });
}

function errorRows(
  set: TrainingSet,
  evaluated: readonly EvaluatedStructure[],
  model: HdnnpModel,
): ErrorRow[] {
  if (evaluated.length === 0) return [];
  const rows = evaluated.map(({ errors }) => errors);
  const groups = errorsByGroup(rows);
  const elements = model.elements.length > 1 ? errorsByElement(model, rows) : [];
  return [
    errorRow(set, "all", summarise(rows)),
    ...(groups.size > 1
      ? Array.from(groups, ([group, summary]) => errorRow(set, group ?? "other", summary))
      : []),
    ...elements.map(({ element, forceRmse, forceMae }) => ({
      set,
      group: `forces on ${element}`,
      forceRmse_eV_per_A: forceRmse ?? undefined,
      forceMae_eV_per_A: forceMae ?? undefined,
    })),
  ];
}

function errorRow(set: TrainingSet, group: string, one: ErrorSummary): ErrorRow {
  const scaled = (value: number | null, factor: number) => (value === null ? undefined : value * factor);
  return {
    set,
    group,
    structures: one.structures,
    energyRmse_meV: scaled(one.energyRmse, 1000),
    energyMae_meV: scaled(one.energyMae, 1000),
    forceRmse_eV_per_A: scaled(one.forceRmse, 1),
    forceMae_eV_per_A: scaled(one.forceMae, 1),
    stressRmse_GPa: scaled(one.stressRmse, 1 / GPA_EV_PER_A3),
  };
}

/** A picture of more dots is a blot, and a page of more is large. */
const MOST_FORCES = 4000;

/** Every n-th component, so that no structure is favoured. */
function forcePoints(sets: readonly (readonly [TrainingSet, readonly EvaluatedStructure[]])[]) {
  const total = sets.reduce(
    (sum, [, evaluated]) =>
      sum + evaluated.reduce((all, { example }) => all + (example.structure.forces?.length ?? 0), 0),
    0,
  );
  const stride = Math.max(1, Math.ceil(total / MOST_FORCES));
  const points: ForcePoint[] = [];
  let number = 0;
  for (const [set, evaluated] of sets)
    for (const { example, prediction } of evaluated) {
      const { forces, species } = example.structure;
      for (let k = 0; k < (forces?.length ?? 0); k++)
        if (number++ % stride === 0)
          points.push({
            set,
            element: species[Math.floor(k / 3)],
            reference: forces![k],
            predicted: prediction.forces[k],
          });
    }
  return { points, total };
}
