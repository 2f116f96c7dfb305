#!/usr/bin/env node
/** The command line. Each command stands in a file of its own; here errors become messages and exit codes. */
import { Command, CommanderError } from "commander";
import { EcitonError, exitCodeOf } from "../core/errors.ts";
import { ecitonVersion } from "../workflows/provenance.ts";
import { registerAnalyze } from "./analyze.ts";
import { registerBuild } from "./build.ts";
import { registerDynamics } from "./dynamics.ts";
import { registerHop } from "./hop.ts";
import { registerLearn } from "./learn.ts";
import { registerPool } from "./pool.ts";
import { registerPredict } from "./predict.ts";
import { registerRelax } from "./relax.ts";
import { registerRun } from "./run.ts";
import { registerSchema } from "./schema.ts";
import { registerStatus } from "./status.ts";
import { registerTrain } from "./train.ts";

function createProgram(): Command {
  const program = new Command("eciton")
    .description(
      "How atoms and vacancies arrange themselves: cluster expansions from DFT tables and Monte Carlo on lattices; " +
        "relaxations, basin hopping, molecular dynamics and analyses of atoms that move; neural network potentials from tables of " +
        "energies and forces.",
    )
    .version(ecitonVersion())
    .showHelpAfterError("(eciton <command> --help says more)")
    .exitOverride();
  registerRun(program);
  registerBuild(program);
  registerRelax(program);
  registerDynamics(program);
  registerHop(program);
  registerTrain(program);
  registerLearn(program);
  registerPredict(program);
  registerAnalyze(program);
  registerPool(program);
  registerStatus(program);
  registerSchema(program);
  return program;
}

function report(error: unknown, json: boolean): number {
  const document = (code: string, message: string) => {
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Commander has told the person already.
    document("usage", error.message.replace(/^error: /, ""));
    return exitCodeOf("usage");
  }
  if (error instanceof EcitonError && error.details.detached === true) {
    // What was asked for is done: the work goes on elsewhere.
    const text = json
      ? JSON.stringify({ detached: { ...error.details, message: error.message } })
      : error.message;
    process.stdout.write(`${text}\n`);
    return 0;
  }
  if (error instanceof EcitonError) {
    document(error.code, error.message);
    process.stderr.write(`eciton: ${error.message}\n`);
    return exitCodeOf(error.code);
  }
  document("internal", error instanceof Error ? error.message : String(error));
  process.stderr.write("eciton: this is a mistake in Eciton itself; please report it with the lines below\n");
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 70;
}

// A reader that closes early (eciton ... | head) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error, process.argv.includes("--json"));
}
