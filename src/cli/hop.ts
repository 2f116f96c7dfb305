/** `eciton hop`: the lowest minima of a study's atoms. */
import type { Command } from "commander";
import { registerPart } from "./part-command.ts";

export function registerHop(program: Command): void {
  registerPart(
    program,
    "hop",
    "search the lowest minima of the study's atoms by basin hopping: minima.extxyz, minima.csv, paths.csv, a report",
    () => import("../workflows/atoms/hop.ts"),
  );
}
