/** `eciton build`: structures of a study into files. */
import type { Command } from "commander";
import { registerPart } from "./part-command.ts";

export function registerBuild(program: Command): void {
  registerPart(
    program,
    "build",
    "make the study's structures (section atoms): structures.extxyz, structures.csv, a report",
    () => import("../workflows/atoms/build.ts"),
  );
}
