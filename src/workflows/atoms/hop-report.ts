/** What is said of a search for minima: the report, the verdict, the lines on the terminal. */
import { join } from "node:path";
import { EcitonError } from "../../core/errors.ts";
import { type HopCountsState, refusals, sources } from "../../dynamics/hop/hop-counts.ts";
import type { FinishedPath } from "../../dynamics/hop/hop-task.ts";
import type { HopMinimum, HopPath } from "../../report/hop-model.ts";
import { count, integer } from "../../report/numbers.ts";
import type { Provenance } from "../provenance.ts";
import type { Verdict } from "../verdict.ts";
import { atomsPictures } from "./atoms-pictures.ts";
import type { FoundMinimum } from "./hop-files.ts";
import { type HopPlan, methodText, pathFile } from "./hop-plan.ts";
import { potentialNotes, writePage } from "./part-report.ts";

/** In the viewer. */
const MOST_PICTURES = 20;
/** Relaxations that run out of evaluations are worth a warning from this share on. */
const WORTH_A_WARNING = 0.01;

const refusalWords = {
  evaporated: "in parts",
  collapsed: "atoms too close",
  outside: "beyond the container",
  failed: "refused by the potential",
} as const;

/** What is told of relaxations that did not come to rest. */
const endingWords = { limit: "out of evaluations", stuck: "no lower energy found" } as const;

/** Writes report.html; gives what the command line prints. */
export function hopReport(
  part: HopPlan,
  paths: readonly FinishedPath[],
  minima: readonly FoundMinimum[],
  provenance: Provenance,
  seconds: number,
  outDir: string,
) {
  const { study } = part.loaded;
  const counts = paths.map((path) => path.counts);
  const total = (value: (c: HopCountsState) => number) => counts.reduce((sum, c) => sum + value(c), 0);
  const quenches = paths.reduce((sum, { steps }) => sum + steps, 0);
  const agreeing = agreeingPaths(part, paths, minima);
  const warnings = [
    ...part.warnings,
    ...warningsOf(part, agreeing, quenches, total),
    ...potentialNotes(paths.map(({ path, notes }) => ({ name: pathFile(path).replace("-", " "), notes }))),
  ];
  const hits = paths.filter(({ reachedTarget }) => reachedTarget).length;
  const verdict = verdictOf(part, minima, hits, agreeing, warnings.length);
  const report = writePage(
    study,
    { verdict, warnings, provenance, seconds },
    {
      hop: {
        method: methodText(part.section.paths, part.settings),
        potential: part.potential.name,
        paths: paths.map((path) => pathOf(path, part)),
        minima: minima.map(minimumOf),
        quenches: quenchText(quenches, total),
        moves: sources
          .map((name) => ({
            name,
            tried: total((c) => c.tried[name]),
            accepted: total((c) => c.accepted[name]),
          }))
          .filter(({ tried }) => tried > 0),
      },
      ...(minima.length === 0 ? {} : { snapshots: picturesOf(minima) }),
    },
    outDir,
  );
  return {
    report,
    warnings,
    verdict,
    document: {
      minima: minima.map((m) => ({
        rank: m.rank,
        energy_eV: m.energy,
        relative_eV: m.relative,
        point_group: m.pointGroup,
        visits: m.visits,
        path: m.path,
        step: m.step,
        converged: m.converged,
      })),
      paths: paths.map(documentOf),
    },
    lines: [
      `structures: ${join(outDir, "minima.extxyz")}`,
      `tables:     ${join(outDir, "minima.csv")}, paths.csv`,
    ],
    seconds,
    failure: failureOf(part, minima, hits),
  };
}

function picturesOf(minima: readonly FoundMinimum[]) {
  const pictures = minima.slice(0, MOST_PICTURES).map(({ rank, relative, pointGroup, structure }) => ({
    name: `${rank}${pointGroup ? `, ${pointGroup}` : ""}`,
    label: `${relative.toFixed(4)} eV above the lowest`,
    structure,
  }));
  return atomsPictures("Structures", "Minimum", pictures);
}

function documentOf({ path, steps, best, reachedTarget, stepLength, counts }: FinishedPath) {
  const { badStarts: _, ...shown } = counts;
  return { path, steps, best_eV: best, reached_target: reachedTarget, step_A: stepLength, ...shown };
}

function failureOf(part: HopPlan, minima: readonly FoundMinimum[], hits: number): EcitonError | null {
  if (minima.length === 0)
    return new EcitonError("not-converged", "no relaxation led to a minimum that may be kept");
  const { target_eV: target } = part.section;
  if (target === undefined || hits > 0) return null;
  return new EcitonError(
    "not-converged",
    `no path found ${target} eV; the lowest energy is ${minima[0].energy.toFixed(6)} eV`,
  );
}

/** Paths that found the lowest minimum. */
function agreeingPaths(
  { settings }: HopPlan,
  paths: readonly FinishedPath[],
  minima: readonly FoundMinimum[],
): number {
  if (minima.length === 0) return 0;
  const highest = minima[0].energy + settings.same.energy;
  return paths.filter(({ best }) => best !== null && best <= highest).length;
}

type Total = (value: (c: HopCountsState) => number) => number;

function warningsOf(part: HopPlan, agreeing: number, quenches: number, total: Total): string[] {
  const limit = total((c) => c.ended.limit);
  const warnings: string[] = [];
  if (limit > WORTH_A_WARNING * quenches)
    warnings.push(
      `${integer(limit)} of ${integer(quenches)} relaxations ran out of evaluations (relax.max_evaluations ` +
        `${integer(part.settings.relax.maxEvaluations)}): their minima count as different ones too easily`,
    );
  const refused = total((c) => refusals.reduce((sum, kind) => sum + c.refused[kind], 0));
  if (refused > quenches / 2)
    warnings.push(
      `more than half of the relaxations were refused (${quenchText(quenches, total)}): the moves or the starts are too wild`,
    );
  if (part.section.paths > 1 && agreeing === 1 && part.section.target_eV === undefined)
    warnings.push(
      "only one path found the lowest minimum: there may well be lower ones; more paths or steps would tell",
    );
  return warnings;
}

function quenchText(quenches: number, total: Total): string {
  const parts = [
    ...refusals.map((kind) => [total((c) => c.refused[kind]), refusalWords[kind]] as const),
    ...(["limit", "stuck"] as const).map((kind) => [total((c) => c.ended[kind]), endingWords[kind]] as const),
  ].filter(([n]) => n > 0);
  const rest =
    parts.length === 0 ? "all ended at rest" : parts.map(([n, word]) => `${integer(n)} ${word}`).join(", ");
  const evaluations = total((c) => c.evaluations) / Math.max(1, quenches);
  return `${integer(quenches)} with ${evaluations.toFixed(0)} evaluations on average; ${rest}`;
}

function verdictOf(
  part: HopPlan,
  minima: readonly FoundMinimum[],
  hits: number,
  agreeing: number,
  warnings: number,
): Verdict {
  const { section } = part;
  if (minima.length === 0) return { level: "problem", text: "No minimum was found." };
  const { energy, pointGroup } = minima[0];
  const group = pointGroup ? ` (${pointGroup})` : "";
  const target =
    section.target_eV === undefined
      ? section.paths === 1
        ? ""
        : ` ${agreeing === section.paths ? "Every path" : `${agreeing} of ${section.paths} paths`} found it.`
      : hits > 0
        ? ` ${hits === section.paths ? "Every path" : `${hits} of ${section.paths} paths`} found the energy that was looked for.`
        : ` The energy that was looked for, ${section.target_eV} eV, was not found.`;
  return {
    level: section.target_eV !== undefined && hits === 0 ? "problem" : warnings > 0 ? "warning" : "ok",
    text: `The lowest of ${count(minima.length, "distinct minimum", "distinct minima")} kept has ${energy.toFixed(6)} eV${group}.${target}`,
  };
}

function pathOf(path: FinishedPath, { section }: HopPlan): HopPath {
  const { tried, accepted, restarts } = path.counts;
  const moved = sources.filter((name) => name !== "start");
  const trials = moved.reduce((sum, name) => sum + tried[name], 0);
  return {
    name: pathFile(path.path).replace("-", " "),
    steps: path.steps,
    ...(path.best === null ? {} : { best_eV: path.best }),
    improvements: path.improvements.map(({ step, energy }) => ({ step, energy_eV: energy })),
    ...(trials > 0 ? { acceptance: moved.reduce((sum, name) => sum + accepted[name], 0) / trials } : {}),
    restarts,
    ...(section.target_eV === undefined ? {} : { found: path.reachedTarget }),
  };
}

function minimumOf(m: FoundMinimum): HopMinimum {
  return {
    rank: m.rank,
    energy_eV: m.energy,
    relative_eV: m.relative,
    ...(m.pointGroup === null ? {} : { pointGroup: m.pointGroup }),
    visits: m.visits,
    path: pathFile(m.path).replace("-", " "),
    step: m.step,
    converged: m.converged,
  };
}
