/** Files of a training: the potential, how its errors fell, and what it predicts for each structure. */
import { join } from "node:path";
import { GPA_EV_PER_A3 } from "../../core/units.ts";
import { writeFileAtomic } from "../../exec/atomic-file.ts";
import type { HdnnpModel } from "../../nn/hdnnp/model.ts";
import { trainingLines } from "../../nn/n2p2/training-keywords.ts";
import { writeN2p2Potential } from "../../nn/n2p2/write-potential.ts";
import type { EpochRecord, TrainingSettings } from "../../nn/training/training-settings.ts";
import { toCsv } from "../../report/csv.ts";
import { memberFolder, POTENTIAL } from "../output-files.ts";
import type { EvaluatedStructure } from "./evaluate-members.ts";

/** @returns folders of the members */
export function writePotential(
  outDir: string,
  models: readonly HdnnpModel[],
  training: TrainingSettings,
): { readonly folders: string[]; readonly remarks: string[] } {
  const folders = models.map((_, k) => join(outDir, models.length === 1 ? POTENTIAL : memberFolder(k + 1)));
  const remarks = models.flatMap((model, k) => writeN2p2Potential(folders[k], model, { training }));
  // That nnp-train could not go on as here matters to nobody who uses the potential.
  const ofTraining = trainingLines(training).remarks;
  return { folders, remarks: [...new Set(remarks)].filter((remark) => !ofTraining.includes(remark)) };
}

export function writeLearningCurve(outDir: string, members: readonly (readonly EpochRecord[])[]): void {
  const rows = members.flatMap((epochs, m) =>
    epochs.map(({ epoch, train, test, energyUpdates, forceUpdates, stressUpdates }) => [
      m + 1,
      epoch,
      train.energyRmse,
      test?.energyRmse,
      train.energyMae,
      test?.energyMae,
      train.forceRmse ?? undefined,
      test?.forceRmse ?? undefined,
      train.forceMae ?? undefined,
      test?.forceMae ?? undefined,
      gigapascals(train.stressRmse),
      gigapascals(test?.stressRmse ?? null),
      energyUpdates,
      forceUpdates,
      stressUpdates,
    ]),
  );
  writeFileAtomic(
    join(outDir, "learning-curve.csv"),
    toCsv(
      "learning curve",
      [
        "member",
        "epoch",
        "train_energy_rmse_eV_per_atom",
        "test_energy_rmse_eV_per_atom",
        "train_energy_mae_eV_per_atom",
        "test_energy_mae_eV_per_atom",
        "train_force_rmse_eV_per_A",
        "test_force_rmse_eV_per_A",
        "train_force_mae_eV_per_A",
        "test_force_mae_eV_per_A",
        "train_stress_rmse_GPa",
        "test_stress_rmse_GPa",
        "energy_updates",
        "force_updates",
        "stress_updates",
      ],
      rows,
    ),
  );
}

const gigapascals = (stress: number | null) => (stress === null ? undefined : stress / GPA_EV_PER_A3);

/** A row for each structure. */
export function writePredictions(
  outDir: string,
  training: readonly EvaluatedStructure[],
  test: readonly EvaluatedStructure[],
): void {
  const rowsOf = (set: string, evaluated: readonly EvaluatedStructure[]) =>
    evaluated.map(({ example: { structure, structureClass }, errors, spread }) => {
      const components = errors.forces?.reduce((sum, { count }) => sum + count, 0) ?? 0;
      const squares = errors.forces?.reduce((sum, one) => sum + one.squares, 0) ?? 0;
      return [
        structure.name,
        structure.source.file,
        structure.source.line ?? undefined,
        set,
        structureClass,
        structure.species.length,
        errors.energy!.reference,
        errors.energy!.predicted,
        components === 0 ? undefined : Math.sqrt(squares / components),
        spread,
      ];
    });
  writeFileAtomic(
    join(outDir, "predictions.csv"),
    toCsv(
      "predictions",
      [
        "structure",
        "file",
        "line",
        "set",
        "class",
        "atoms",
        "reference_eV_per_atom",
        "predicted_eV_per_atom",
        "force_rmse_eV_per_A",
        "spread_eV_per_atom",
      ],
      [...rowsOf("training", training), ...rowsOf("test", test)],
    ),
  );
}
