/** `eciton relax`: the structures of a study, each brought to a minimum nearby. */
import { join } from "node:path";
import type { RelaxOutcome, RelaxPayload, RelaxTaskResult } from "../../dynamics/minimise/relax-task.ts";
import { type MovingAtoms, movingAtoms } from "../../dynamics/moving-atoms.ts";
import { count, duration, integer } from "../../report/numbers.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, numbered } from "../output-files.ts";
import { partFinished, runPart } from "../part-run.ts";
import { placeOf, runTasks } from "../run-tasks.ts";
import type { AnyPotentialSpec } from "./create-any-potential.ts";
import { relaxedStructures, writeRelaxation } from "./relax-files.ts";
import type { RelaxPlan } from "./relax-plan.ts";
import { relaxationReport } from "./relax-report.ts";
import { settingsText } from "./relax-settings.ts";
import { relaxTask } from "./relax-task.ts";

export { plan } from "./relax-plan.ts";

/** More structures than this share tasks, so that there are not as many checkpoints as structures. */
const MOST_TASKS = 200;

export function describe({ structures, potential, settings }: RelaxPlan, workers: number): string[] {
  const atoms = structures.map(({ species }) => species.length);
  const [fewest, most] = [Math.min(...atoms), Math.max(...atoms)];
  const all = atoms.reduce((sum, n) => sum + n, 0);
  const bytes = most * BYTES_PER_ATOM + (settings.method === "bfgs" ? 8 * (3 * most) ** 2 : 0);
  const threads = Math.max(1, Math.min(workers, structures.length));
  const seconds = Math.ceil((all * EVALUATIONS * SECONDS_PER_ATOM) / threads);
  return [
    `relax: ${count(structures.length, "structure")} of ${fewest === most ? "" : `${integer(fewest)} to `}${count(most, "atom")}, ` +
      `${settingsText(settings)}; at most ${count(settings.maxEvaluations, "evaluation")} each`,
    `potential: ${potential.name}`,
    `memory: some ${Math.max(1, Math.round(bytes / 2 ** 20))} MiB for each thread`,
    `time: very roughly ${duration(seconds)} on ${count(threads, "thread")}`,
  ];
}

/** Of an evaluation of a classical potential, and usual numbers of evaluations: for a first idea of the time. */
const SECONDS_PER_ATOM = 2e-6;
const EVALUATIONS = 200;
/** Neighbours, and vectors that minimisers remember. */
const BYTES_PER_ATOM = 4000;

export function finished(part: RelaxPlan, context: RunContext): boolean {
  return partFinished("relax", part, context);
}

/**
 * Writes relaxed.extxyz, relaxed.csv and the report.
 * @throws {EcitonError} "cancelled" after an interruption, with what is finished kept for --resume
 */
export async function run(part: RelaxPlan, context: RunContext) {
  const start = performance.now();
  return runPart("relax", part, context, async (provenance) => {
    context.say(`${part.potential.name}: ${count(part.structures.length, "structure")} ${placeOf(context)}`);
    const outcomes = await relaxAll(part, context);
    const relaxed = relaxedStructures(part, outcomes);
    writeRelaxation(relaxed, context.outDir);
    const seconds = (performance.now() - start) / 1000;
    return relaxationReport(part, relaxed, provenance, seconds, context.outDir);
  });
}

async function relaxAll(part: RelaxPlan, context: RunContext): Promise<RelaxOutcome[]> {
  const { structures, fixed, potential, settings } = part;
  const atoms = structures.map((structure, i): MovingAtoms => movingAtoms(structure, fixed[i]));
  const together = Math.ceil(structures.length / MOST_TASKS);
  const starts = Array.from({ length: Math.ceil(structures.length / together) }, (_, k) => k * together);
  const payloads = starts.map(
    (first, k): RelaxPayload<AnyPotentialSpec> => ({
      potential: potential.spec,
      settings,
      structures: atoms.slice(first, first + together),
      checkpoint: {
        path: join(context.outDir, CHECKPOINTS, `${numbered("relax", k)}.json`),
        resume: context.resume,
      },
    }),
  );
  const names = starts.map((first) =>
    together === 1
      ? structures[first].name
      : `structures ${first + 1} to ${Math.min(first + together, structures.length)}`,
  );
  const results = await runTasks<
    RelaxPayload<AnyPotentialSpec>,
    Extract<RelaxTaskResult, { interrupted: false }>
  >(
    {
      task: relaxTask,
      payloads,
      names,
      noun: together === 1 ? "structures" : "groups of structures",
      steps: null,
      label: "relaxing",
    },
    context,
  );
  return results.flatMap(({ outcomes }) => outcomes);
}
