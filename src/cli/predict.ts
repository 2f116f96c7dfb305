/** `eciton predict`: apply a model file to structures or tables. */
import { join } from "node:path";
import type { Command } from "commander";
import { exitCodeOf } from "../core/errors.ts";
import { writeFileAtomic } from "../exec/atomic-file.ts";
import { toCsv } from "../report/csv.ts";
import { readModelFile } from "../workflows/model-file.ts";
import { type PredictionResult, predictEnergies, predictionErrors } from "../workflows/predict.ts";
import { printResult } from "./options.ts";

interface PredictOptions {
  readonly json?: boolean;
  readonly out?: string;
  readonly energyKey?: string;
}

export function registerPredict(program: Command): void {
  program
    .command("predict")
    .description("energies of a model for structures or tables it has not seen")
    .argument("<model>", "model file written by eciton fit or eciton run")
    .argument(
      "<input>",
      "occupation table (.csv, .json, .jsonl) or structures (POSCAR, extended XYZ, CIF, vasprun.xml, OUTCAR)",
    )
    .option("--json", "print one JSON document on stdout, all talk on stderr")
    .option("--out <dir>", "also write predictions.csv into this folder")
    .option("--energy-key <key>", "name of the energy in an extended XYZ file, eV for the whole structure")
    .action((modelPath: string, input: string, options: PredictOptions) => {
      const result = predictEnergies(readModelFile(modelPath), input, { energyKey: options.energyKey });
      if (options.out !== undefined)
        writeFileAtomic(join(options.out, "predictions.csv"), predictionsCsv(result));
      for (const text of [...result.warnings, ...result.rejected]) process.stderr.write(`warning: ${text}\n`);
      const errors = predictionErrors(result.predictions);
      printResult(options, { ...result, errors }, [
        "id                               cells        energy (eV)   per cell (eV)    reference (eV)",
        ...result.predictions.map(
          (p) =>
            `${p.id.padEnd(32)} ${String(p.cells).padStart(5)} ${p.energy_eV.toFixed(6).padStart(18)} ` +
            `${p.energy_per_cell_eV.toFixed(6).padStart(15)} ${(p.reference_eV?.toFixed(6) ?? "-").padStart(17)}`,
        ),
        ...(errors
          ? [
              `${errors.compared} compared with their own energies: RMSE ${errors.rmse_per_cell_eV.toPrecision(3)}, ` +
                `largest ${errors.max_per_cell_eV.toPrecision(3)} eV per cell`,
            ]
          : []),
      ]);
      // Some structures were left out: the work is done in part.
      if (result.rejected.length > 0) process.exitCode = exitCodeOf("partial");
    });
}

function predictionsCsv({ predictions }: PredictionResult): string {
  return toCsv(
    "predictions.csv",
    ["id", "cells", "energy_eV", "energy_per_cell_eV", "reference_eV", "charge_e"],
    predictions.map((p) => [
      p.id,
      p.cells,
      p.energy_eV,
      p.energy_per_cell_eV,
      p.reference_eV ?? undefined,
      p.charge_e ?? undefined,
    ]),
  );
}
