/** `eciton relax`: structures of a study to minima of its potential. */
import type { Command } from "commander";
import { registerPart } from "./part-command.ts";

export function registerRelax(program: Command): void {
  registerPart(
    program,
    "relax",
    "bring the study's structures (section atoms) to minima of its potential: relaxed.extxyz, relaxed.csv, a report",
    () => import("../workflows/atoms/relax.ts"),
  );
}
