/** `eciton learn`: a potential that asks for the structures that it needs, and what is found with it. */
import { join, relative } from "node:path";
import { count, integer } from "../../report/numbers.ts";
import * as dynamics from "../atoms/dynamics.ts";
import type { RunContext } from "../context.ts";
import { MOTIONS } from "../output-files.ts";
import { partFinished, runPart } from "../part-run.ts";
import { writeLearningCurve, writePotential, writePredictions } from "../train/train-files.ts";
import { bestOf, type CheckedMinimum } from "./check-minima.ts";
import { writeBest, writeChecked, writeDataset, writeRounds } from "./learn-files.ts";
import type { LearnPlan } from "./learn-plan.ts";
import { learnReport } from "./learn-report.ts";
import { learnRounds } from "./rounds.ts";
import { type SettledMotion, settledMotions } from "./settled-motion.ts";
import { runForSystem } from "./system-run.ts";

export { plan } from "./learn-plan.ts";

export function describe({ section, systems, train, labeler, loaded, given }: LearnPlan): string[] {
  const {
    start_structures,
    start_descent,
    rounds,
    per_round,
    explore,
    trust,
    target_meV_per_atom: target,
    check,
  } = section;
  const each = systems.length * explore.starts;
  const starts = systems.length * start_structures * (1 + start_descent);
  const most = starts + rounds * each + (rounds - 1) * per_round;
  const { hop: search, dynamics: motion } = loaded.study;
  const segments = motion?.segments?.reduce((sum, { duration_ps }) => sum + duration_ps, 0);
  return [
    `learn: ${systems.map(({ name }) => name).join(", ")}; ${count(systems.length * start_structures, "start")}` +
      `${given.length === 0 ? "" : ` and ${count(given.length, "structure")} of train.data`}`,
    `labels: ${labeler.labeler.name}; at most ${integer(most)}`,
    `at most ${count(rounds, "round")}: ${count(train.members, "network")} trained for ${count(train.epochs, "epoch")}; ` +
      `${count(each, "structure")} relaxed and then moved for ${explore.steps} fs at ${explore.temperature_K} K; ` +
      `labels between ${trust.low} and ${trust.high} eV/Å of disagreement`,
    `until minima have energies within ${target} meV/atom`,
    ...(search
      ? [
          `then a search for each system: ${count(search.paths, "path")} of ${count(search.steps, "relaxation")}; ${check} labeled`,
        ]
      : []),
    ...(motion
      ? [`then dynamics of the best of each${segments === undefined ? "" : `: ${segments} ps`}`]
      : []),
  ];
}

export function finished(plan: LearnPlan, context: RunContext): boolean {
  return partFinished("learn", plan, context);
}

/**
 * Writes the potential, dataset.extxyz, rounds.csv and the report; with a section hop checked.csv and best.extxyz.
 * @throws {EcitonError} "cancelled" after an interruption, everything done so far kept
 */
export async function run(plan: LearnPlan, context: RunContext) {
  const start = performance.now();
  return runPart("learn", plan, context, async (provenance) => {
    const { outDir } = context;
    const learned = await learnRounds(plan, context);
    const { outcome, plan: training, rounds, structures, checked } = learned;
    const { folders, remarks } = writePotential(outDir, outcome.models, training.settings);
    writeRounds(outDir, rounds);
    writeLearningCurve(
      outDir,
      outcome.members.map(({ epochs }) => epochs),
    );
    writePredictions(outDir, outcome.training, outcome.test);
    writeDataset(outDir, structures);
    const best = plan.systems.flatMap(({ name }) => {
      const own = checked.filter(({ system }) => system === name);
      return own.length === 0 ? [] : [bestOf(own)];
    });
    if (checked.length > 0) {
      writeChecked(outDir, checked);
      writeBest(outDir, best);
    }
    const motions = await moveAll(plan, best, context);
    const seconds = (performance.now() - start) / 1000;
    const whole = { ...outcome, folders, remarks: [...outcome.remarks, ...remarks] };
    return learnReport(plan, { ...learned, outcome: whole, best, motions }, provenance, seconds, outDir);
  });
}

async function moveAll(
  plan: LearnPlan,
  best: readonly CheckedMinimum[],
  context: RunContext,
): Promise<SettledMotion[]> {
  if (!plan.loaded.study.dynamics) return [];
  const motions: SettledMotion[] = [];
  for (const [k, { system: name, structure }] of best.entries()) {
    const system = plan.systems.find((one) => one.name === name)!;
    // As a study names files, so that results are the same wherever the folder lies.
    const file = relative(plan.loaded.folder, join(context.outDir, "best.extxyz"));
    const atoms = { file, frames: k + 1, count: 1 };
    const folder = await runForSystem(dynamics, "dynamics", MOTIONS, atoms, system, plan, context);
    motions.push(...(await settledMotions(plan, name, structure, folder, context)));
  }
  return motions;
}
