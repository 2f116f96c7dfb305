/** `eciton learn`: a neural network potential that asks for the structures that it needs. */
import type { Command } from "commander";
import { registerPart } from "./part-command.ts";

export function registerLearn(program: Command): void {
  registerPart(
    program,
    "learn",
    "train a potential in rounds, labeling what it does not know: potential/, dataset.extxyz, rounds.csv, a report; then search and move with it",
    () => import("../workflows/learn/learn.ts"),
  );
}
