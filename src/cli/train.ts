/** `eciton train`: a neural network potential from a table of energies and forces. */
import type { Command } from "commander";
import { registerPart } from "./part-command.ts";

export function registerTrain(program: Command): void {
  registerPart(
    program,
    "train",
    "train a neural network potential on energies and forces: potential/, learning-curve.csv, predictions.csv, a report",
    () => import("../workflows/train/train.ts"),
  );
}
