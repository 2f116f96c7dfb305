/** Files of active learning: every label, what each round came to, the minima that were checked, the best of each system. */
import { join } from "node:path";
import type { Structure } from "../../data/structure.ts";
import { writeFileAtomic } from "../../exec/atomic-file.ts";
import { toCsv } from "../../report/csv.ts";
import { writeStructureFile } from "../atoms/part-report.ts";
import type { CheckedMinimum } from "./check-minima.ts";
import { failureText } from "./label-round.ts";
import type { LearnedStructure, RoundRecord } from "./round-record.ts";

/** All labeled structures, as `eciton train` reads them again. */
export function writeDataset(outDir: string, structures: readonly LearnedStructure[]): void {
  writeStructureFile(
    join(outDir, "dataset.extxyz"),
    structures.map(
      ({ structure, system, round }): Structure => ({ ...structure, info: { config_type: system, round } }),
    ),
  );
}

export function writeRounds(outDir: string, rounds: readonly RoundRecord[]): void {
  const columns = [
    "round",
    "training_structures",
    "test_structures",
    "explorations",
    "not_trusted",
    "gone_wrong",
    "labeled_minima",
    "energy_rmse_eV_per_atom",
    "candidates",
    "new_labels",
    "failed_labels",
    "target_met",
    "search_error_eV_per_atom",
    "search_unlabeled",
  ];
  const rows = rounds.map((r) => [
    r.round,
    r.training,
    r.test,
    r.explorations,
    r.notTrusted,
    r.goneWrong,
    r.minima.length,
    r.error ?? undefined,
    r.candidates,
    r.labeled,
    failureText(r.failures),
    r.met,
    r.search?.error ?? undefined,
    r.search?.unlabeled,
  ]);
  writeFileAtomic(join(outDir, "rounds.csv"), toCsv("rounds", columns, rows));
}

export function writeChecked(outDir: string, checked: readonly CheckedMinimum[]): void {
  const columns = [
    "system",
    "rank",
    "energy_eV",
    "label_eV",
    "error_eV_per_atom",
    "relaxed_label_eV",
    "moved_A",
    "point_group",
  ];
  const rows = checked.map(({ system, rank, structure, reference, relaxed, pointGroup }) => [
    system,
    rank,
    structure.energy!,
    reference ?? undefined,
    reference === null ? undefined : (structure.energy! - reference) / structure.species.length,
    relaxed?.energy,
    relaxed?.moved_A,
    pointGroup ?? undefined,
  ]);
  writeFileAtomic(join(outDir, "checked.csv"), toCsv("checked minima", columns, rows));
}

/** One structure of each system, with the potential's energy. */
export function writeBest(outDir: string, best: readonly CheckedMinimum[]): void {
  writeStructureFile(
    join(outDir, "best.extxyz"),
    best.map(({ structure, system, rank, reference }) => ({
      ...structure,
      name: system,
      info: {
        ...structure.info,
        config_type: system,
        rank,
        ...(reference === null ? {} : { label_eV: reference }),
      },
    })),
  );
}
