/** What is said of a relaxation: the report, the verdict, the lines on the terminal. */
import { join } from "node:path";
import { EcitonError } from "../../core/errors.ts";
import type { RelaxResult, RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";
import { count } from "../../report/numbers.ts";
import type { RelaxationRow } from "../../report/relaxation-model.ts";
import type { Provenance } from "../provenance.ts";
import type { Verdict } from "../verdict.ts";
import { atomsPictures, type Picture } from "./atoms-pictures.ts";
import { potentialNotes, volumeOf, writePage } from "./part-report.ts";
import { hasConverged, type Relaxed } from "./relax-files.ts";
import type { RelaxPlan } from "./relax-plan.ts";
import { settingsText } from "./relax-settings.ts";

/** Of many names a person reads so many. */
const MOST_NAMES = 5;

const endings: Record<RelaxResult["ended"], string> = {
  forces: "forces below the tolerance",
  energy: "energy changes below the tolerance",
  limit: "evaluations ran out",
  stuck: "no lower energy found, tolerance not met",
};

/** Writes report.html; gives what the command line prints. */
export function relaxationReport(
  part: RelaxPlan,
  relaxed: readonly Relaxed[],
  provenance: Provenance,
  seconds: number,
  outDir: string,
) {
  const { study } = part.loaded;
  const unconverged = relaxed.filter(({ end }) => end && !hasConverged(end.result));
  const failed = relaxed.filter(({ failure }) => failure);
  const warnings = [
    ...part.source.warnings,
    ...warningsOf(unconverged, failed, part.settings),
    ...potentialNotes(relaxed.map(({ start, end }) => ({ name: start.name, notes: end?.notes ?? [] }))),
  ];
  const verdict = verdictOf(relaxed, unconverged.length + failed.length, warnings.length);
  const report = writePage(
    study,
    { verdict, warnings, provenance, seconds },
    {
      relaxations: {
        method: capitalised(settingsText(part.settings)),
        potential: part.potential.name,
        rows: relaxed.map(rowOf),
      },
      snapshots: atomsPictures("Structures", "Structure", picturesOf(relaxed)),
    },
    outDir,
  );
  return {
    report,
    warnings,
    verdict,
    document: { structures: relaxed.map(documentOf) },
    lines: [`structures: ${join(outDir, "relaxed.extxyz")}`, `table:      ${join(outDir, "relaxed.csv")}`],
    seconds,
    failure: failureOf(relaxed, unconverged, failed),
  };
}

/** Nothing came out; something came out, but not all; all came out, but not all of it at rest. */
function failureOf(
  relaxed: readonly Relaxed[],
  unconverged: readonly Relaxed[],
  failed: readonly Relaxed[],
): EcitonError | null {
  if (failed.length > 0) {
    const { code, message } = failed[0].failure!;
    const which = relaxed.length === 1 ? "" : `${failed.length} of ${relaxed.length} structures failed; `;
    return new EcitonError(
      failed.length === relaxed.length ? code : "partial",
      `${which}${failed[0].start.name}: ${message}`,
    );
  }
  if (unconverged.length === 0) return null;
  return new EcitonError(
    "not-converged",
    `${unconverged.length} of ${count(relaxed.length, "structure")} did not converge: ${namesOf(unconverged)}`,
  );
}

function warningsOf(
  unconverged: readonly Relaxed[],
  failed: readonly Relaxed[],
  { maxEvaluations }: RelaxSettings,
): string[] {
  const warnings = failed.map(({ start, failure }) => `${start.name} failed: ${failure!.message}`);
  const limit = unconverged.filter(({ end }) => end!.result.ended === "limit");
  const stuck = unconverged.filter(({ end }) => end!.result.ended === "stuck");
  if (limit.length > 0)
    warnings.push(
      `${count(limit.length, "structure")} did not come to rest within ${count(maxEvaluations, "evaluation")}: ${namesOf(limit)}; raise relax.max_evaluations`,
    );
  if (stuck.length > 0)
    warnings.push(
      `no lower energy was found for ${count(stuck.length, "structure")} although the tolerance is not met: ${namesOf(stuck)}; ` +
        "it is finer than the rounding of the energy, or the potential is not smooth there",
    );
  return warnings;
}

function namesOf(relaxed: readonly Relaxed[]): string {
  const names = relaxed.slice(0, MOST_NAMES).map(({ start }) => start.name);
  return relaxed.length > MOST_NAMES
    ? `${names.join(", ")} and ${relaxed.length - MOST_NAMES} more`
    : names.join(", ");
}

function verdictOf(relaxed: readonly Relaxed[], bad: number, warnings: number): Verdict {
  const good = relaxed.length - bad;
  const lowest = lowestOf(relaxed);
  const what =
    lowest === null
      ? ""
      : relaxed.length === 1
        ? ` Its energy is ${lowest.energy.toFixed(6)} eV.`
        : ` The lowest energy per atom, ${(lowest.energy / lowest.atoms).toFixed(6)} eV, is that of ${lowest.name}.`;
  return {
    level: good === 0 ? "problem" : warnings > 0 ? "warning" : "ok",
    text: `${good === relaxed.length ? (good === 1 ? "The structure is" : `All ${good} structures are`) : `${good} of ${count(relaxed.length, "structure")} are`} relaxed.${what}`,
  };
}

function lowestOf(relaxed: readonly Relaxed[]) {
  let lowest: { name: string; energy: number; atoms: number } | null = null;
  for (const { start, end } of relaxed) {
    if (!end || !hasConverged(end.result)) continue;
    const { energy } = end.result;
    const atoms = start.species.length;
    if (!lowest || energy / atoms < lowest.energy / lowest.atoms)
      lowest = { name: start.name, energy, atoms };
  }
  return lowest;
}

function rowOf({ start, formula, end, failure }: Relaxed): RelaxationRow {
  const row = { name: start.name, formula, atoms: start.species.length };
  if (!end) return { ...row, ended: `failed: ${failure!.message}` };
  const { energy, largestForce, evaluations, ended } = end.result;
  return {
    ...row,
    energy_eV: energy,
    largestForce_eV_per_A: largestForce,
    evaluations,
    volume_A3: volumeOf(end.structure),
    ended: endings[ended],
  };
}

function documentOf({ start, formula, end, failure }: Relaxed) {
  const atoms = start.species.length;
  if (!end) return { name: start.name, formula, atoms, ended: "failed", failure };
  const { energy, largestForce, steps, evaluations, ended } = end.result;
  const volume_A3 = volumeOf(end.structure);
  return {
    name: start.name,
    formula,
    atoms,
    energy_eV: energy,
    largest_force_eV_per_A: largestForce,
    steps,
    evaluations,
    ended,
    ...(volume_A3 === undefined ? {} : { volume_A3 }),
  };
}

/** The lowest first: there may be more than a page can show. */
function picturesOf(relaxed: readonly Relaxed[]): Picture[] {
  const shown = relaxed.flatMap(({ start, end }) => (end ? [{ start, ...end }] : []));
  const perAtom = ({ start, result }: (typeof shown)[number]) => result.energy / start.species.length;
  return shown
    .sort((a, b) => perAtom(a) - perAtom(b))
    .flatMap(({ start, structure }) => [
      { name: start.name, label: "start", structure: start },
      { name: start.name, label: "relaxed", structure },
    ]);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
