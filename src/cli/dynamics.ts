/** `eciton dynamics`: the atoms of a study on the move. */
import type { Command } from "commander";
import { registerPart } from "./part-command.ts";

export function registerDynamics(program: Command): void {
  registerPart(
    program,
    "dynamics",
    "molecular dynamics of the study's structures (section atoms): trajectories, segments.csv, caloric.csv, a report",
    () => import("../workflows/atoms/dynamics.ts"),
  );
}
