/** What is said of active learning: the report, the verdict, the lines on the terminal. */
import { join } from "node:path";
import { EcitonError } from "../../core/errors.ts";
import { count, integer, significant } from "../../report/numbers.ts";
import { atomsPictures } from "../atoms/atoms-pictures.ts";
import { writePage } from "../atoms/part-report.ts";
import { MOTIONS, SEARCHES } from "../output-files.ts";
import type { Provenance } from "../provenance.ts";
import { summaryOf } from "../train/train-report.ts";
import type { Verdict } from "../verdict.ts";
import { errorOf } from "./check-minima.ts";
import { failureText } from "./label-round.ts";
import type { LearnPlan } from "./learn-plan.ts";
import { type Learned, learningSummary } from "./learn-summary.ts";
import { isDone, searchText } from "./round-record.ts";

/** Writes report.html; gives what the command line prints. */
export function learnReport(
  plan: LearnPlan,
  learned: Learned,
  provenance: Provenance,
  seconds: number,
  outDir: string,
) {
  const { study } = plan.loaded;
  const { rounds, checked, best, motions, outcome } = learned;
  const warnings = [
    ...plan.warnings,
    ...learned.plan.warnings,
    ...outcome.remarks,
    ...warningsOf(plan, learned),
  ];
  const verdict = verdictOf(plan, learned, warnings.length);
  const report = writePage(
    study,
    { verdict, warnings, provenance, seconds },
    {
      learning: learningSummary(plan, learned),
      training: summaryOf(learned.plan, outcome),
      ...(best.length === 0
        ? {}
        : {
            snapshots: atomsPictures(
              "Lowest minima",
              "System",
              best.map(({ system, rank, pointGroup, structure }) => ({
                name: system,
                label: `number ${rank}${pointGroup === null ? "" : `, ${pointGroup}`}`,
                structure,
              })),
            ),
          }),
    },
    outDir,
  );
  const last = rounds[rounds.length - 1];
  return {
    report,
    warnings,
    verdict,
    document: {
      target_met: isDone(last),
      rounds: rounds.map(
        ({ round, training, error, explorations, notTrusted, minima, candidates, labeled, failures }) => ({
          round,
          training_structures: training,
          energy_rmse_eV_per_atom: error,
          minima: minima.length,
          explorations,
          not_trusted: notTrusted,
          candidates,
          labeled,
          failures,
        }),
      ),
      potential: outcome.folders,
      systems: best.map(({ system, rank, structure, reference, pointGroup }) => ({
        system,
        best_rank: rank,
        energy_eV: structure.energy,
        label_eV: reference,
        point_group: pointGroup,
        mean_absolute_error_eV_per_atom: errorOf(checked.filter((one) => one.system === system)),
      })),
      motions: motions.map(({ system, replica, time_ps, above, rmsd, stayed }) => ({
        system,
        replica,
        time_ps,
        above_eV: above,
        rmsd_A: rmsd,
        stayed,
      })),
    },
    lines: [
      ...rounds.map(
        ({ round, error, training, minima }) =>
          `round ${round}:        ${error === null ? "no minimum" : `${significant(1000 * error, 3)} meV/atom`} at ${count(minima.length, "new minimum", "new minima")}, trained with ${count(training, "structure")}`,
      ),
      `potential:      ${join(outDir, "potential")}`,
      `structures:     ${join(outDir, "dataset.extxyz")}`,
      ...(checked.length === 0
        ? []
        : [`minima:         ${join(outDir, "best.extxyz")}, checked.csv, ${SEARCHES}`]),
      ...(motions.length === 0 ? [] : [`dynamics:       ${join(outDir, MOTIONS)}`]),
    ],
    seconds,
    failure: isDone(last) ? null : notMet(plan, learned),
  };
}

function notMet({ section }: LearnPlan, { rounds }: Learned): EcitonError {
  const { error, minima, explorations, met, search } = rounds[rounds.length - 1];
  const explored =
    error === null
      ? "none of the new minima has a label"
      : `minima of the last round have energies with an error of ${significant(1000 * error, 3)} meV/atom, and ` +
        `${minima.length} of ${count(explorations, "exploration")} came to a labeled minimum`;
  const found = met && search ? searchText(search) : explored;
  return new EcitonError(
    "not-converged",
    `after ${count(rounds.length, "round")} the target of ${section.target_meV_per_atom} meV/atom is not met: ${found}; ` +
      "the results are kept. More rounds or larger networks may help, or a potential that sees farther (train.descriptors.cutoff_A)",
  );
}

/** Labels that fail are worth a word from this share of the labeled on. */
const WORTH_A_WARNING = 0.1;

function warningsOf({ section, systems, loaded }: LearnPlan, learned: Learned): string[] {
  const { rounds, checked, motions, structures, startFailures } = learned;
  const warnings: string[] = [];
  const starts = structures.filter(({ round }) => round === 0).length;
  if (total(startFailures) > WORTH_A_WARNING * starts)
    warnings.push(
      `${count(total(startFailures), "structure")} to start with could not be labeled (${failureText(startFailures)}); ${integer(starts)} could`,
    );
  const last = rounds[rounds.length - 1];
  if (!isDone(last))
    warnings.push(
      `the target of ${section.target_meV_per_atom} meV/atom is not met after ${count(rounds.length, "round")}`,
    );
  const failed = rounds.reduce((sum, { failures }) => sum + total(failures), 0);
  if (failed > WORTH_A_WARNING * structures.length)
    warnings.push(
      `${count(failed, "structure")} that the rounds found could not be labeled, and were left out; see Labels`,
    );
  const unlabeled = checked.filter(({ reference }) => reference === null).length;
  if (unlabeled > 0)
    warnings.push(
      `${unlabeled} of ${count(checked.length, "checked minimum", "checked minima")} could not be labeled: collapsed structures, most often, ` +
        "which hop.min_distance_A keeps out of the search",
    );
  for (const { name } of loaded.study.hop ? systems : [])
    if (checked.every(({ system }) => system !== name))
      warnings.push(
        `the search of ${name} found no minimum that may be kept; see ${SEARCHES}/${name}/report.html`,
      );
  for (const system of new Set(checked.map((one) => one.system))) {
    const meanAbsolute = errorOf(checked.filter((one) => one.system === system));
    if (meanAbsolute !== null && 1000 * meanAbsolute > section.target_meV_per_atom)
      warnings.push(
        `the lowest minima of ${system} are off by ${significant(1000 * meanAbsolute, 3)} meV/atom, more than the target: the search ` +
          "went where learning had not been",
      );
  }
  const left = motions.filter(({ stayed }) => !stayed);
  if (left.length > 0)
    warnings.push(
      `dynamics left the best minimum of ${[...new Set(left.map(({ system }) => system))].join(", ")}`,
    );
  return warnings;
}

function total(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce((sum: number, n) => sum + (n ?? 0), 0);
}

function verdictOf({ section }: LearnPlan, { rounds, checked }: Learned, warnings: number): Verdict {
  const { error, round } = rounds[rounds.length - 1];
  const done = isDone(rounds[rounds.length - 1]);
  const target = `${section.target_meV_per_atom} meV/atom`;
  const meanAbsolute = errorOf(checked);
  const searched =
    meanAbsolute === null
      ? ""
      : ` The lowest minima of the searches are off by ${significant(1000 * meanAbsolute, 3)} meV/atom.`;
  if (error === null)
    return {
      level: "problem",
      text: `After ${count(round, "round")} no minimum of the potential could be labeled.${searched}`,
    };
  const text = `New minima have energies with an error of ${significant(1000 * error, 3)} meV/atom after ${count(round, "round")}; the target of ${target} is ${done ? "met" : "NOT met"}.${searched}`;
  return { level: done ? (warnings > 0 ? "warning" : "ok") : "problem", text };
}
