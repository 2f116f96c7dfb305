/** `eciton hop`: the lowest minima of the atoms of a study, by basin hopping or from independent structures. */
import { join } from "node:path";
import { mergeArchives } from "../../dynamics/hop/archive.ts";
import { numPairs } from "../../dynamics/hop/distances.ts";
import type { FinishedPath, HopPayload } from "../../dynamics/hop/hop-task.ts";
import { movingAtoms } from "../../dynamics/moving-atoms.ts";
import { count, duration } from "../../report/numbers.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, TRAJECTORIES } from "../output-files.ts";
import { partFinished, runPart } from "../part-run.ts";
import { placeOf, runTasks } from "../run-tasks.ts";
import { HOP_STREAM } from "../streams.ts";
import type { AnyPotentialSpec } from "./create-any-potential.ts";
import { foundMinima, writeHop } from "./hop-files.ts";
import { hopTask } from "./hop-path-task.ts";
import { type HopPlan, methodText, pathFile } from "./hop-plan.ts";
import { hopReport } from "./hop-report.ts";
import { settingsText } from "./relax-settings.ts";

export { plan } from "./hop-plan.ts";

export function describe({ section, first, potential, settings }: HopPlan, workers: number): string[] {
  const atoms = first.species.length;
  const quenches = section.paths * settings.steps;
  const threads = Math.max(1, Math.min(workers, section.paths));
  const seconds = (quenches * EVALUATIONS * (SECONDS_EACH + atoms * SECONDS_PER_ATOM)) / threads;
  const kept = settings.keep * 8 * (6 * atoms + Math.min(1000, numPairs(atoms)));
  return [
    `hop: ${methodText(section.paths, settings)}`,
    `start: ${first.name}, ${count(atoms, "atom")}; relaxed by ${settingsText(settings.relax)}`,
    `potential: ${potential.name}`,
    `memory: some ${Math.max(1, Math.ceil((kept + atoms * BYTES_PER_ATOM) / 2 ** 20))} MiB for each thread`,
    `time: very roughly ${duration(Math.ceil(seconds))} on ${count(threads, "thread")}`,
  ];
}

/** Of an evaluation of a classical potential, and usual numbers of evaluations: for a first idea of the time. */
const SECONDS_EACH = 3e-6;
const SECONDS_PER_ATOM = 5e-7;
const EVALUATIONS = 120;
/** Neighbours, and vectors that minimisers remember. */
const BYTES_PER_ATOM = 4000;

export function finished(part: HopPlan, context: RunContext): boolean {
  return partFinished("hop", part, context);
}

/**
 * Writes minima.extxyz, minima.csv, paths.csv, structures of the paths where they are wanted, and the report.
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written
 */
export async function run(part: HopPlan, context: RunContext) {
  const start = performance.now();
  return runPart("hop", part, context, async (provenance) => {
    const { section, settings, first } = part;
    context.say(`${part.potential.name}: ${methodText(section.paths, settings)}; ${placeOf(context)}`);
    const paths = await runPaths(part, context);
    const merged = mergeArchives(
      movingAtoms(first, part.fixed),
      settings.keep,
      settings.same,
      paths.map(({ minima }) => minima),
    );
    const minima = foundMinima(first, merged);
    writeHop(first, minima, paths, context.outDir);
    const seconds = (performance.now() - start) / 1000;
    return hopReport(part, paths, minima, provenance, seconds, context.outDir);
  });
}

function runPaths(part: HopPlan, context: RunContext): Promise<FinishedPath[]> {
  const { loaded, section, settings, potential } = part;
  const { study, folder } = loaded;
  const payloads = Array.from(
    { length: section.paths },
    (_, path): HopPayload<AnyPotentialSpec> => ({
      potential: potential.spec,
      atoms: { spec: study.atoms!, seed: study.seed, folder },
      fix: study.relax?.fix,
      settings,
      path,
      paths: section.paths,
      seed: study.seed,
      stream: HOP_STREAM + path,
      save:
        section.save === "minima"
          ? null
          : { what: section.save, path: join(context.outDir, TRAJECTORIES, `${pathFile(path)}.extxyz`) },
      checkpoint: {
        path: join(context.outDir, CHECKPOINTS, `${pathFile(path)}.json`),
        resume: context.resume,
        everySeconds: CHECKPOINT_S,
      },
    }),
  );
  return runTasks<HopPayload<AnyPotentialSpec>, FinishedPath>(
    {
      task: hopTask,
      payloads,
      names: payloads.map(({ path }) => pathFile(path).replace("-", " ")),
      noun: "paths",
      steps: settings.steps,
      label: "hopping",
    },
    context,
  );
}

/** What a kill may lose. */
const CHECKPOINT_S = 10;
