#!/usr/bin/env node
/** The command line. Each command stands in a file of its own; here errors become messages and exit codes. */
import { Command, CommanderError } from "commander";
import { EcitonError, exitCodeOf } from "../core/errors.ts";
import { ecitonVersion } from "../workflows/provenance.ts";
import { registerPool } from "./pool.ts";
import { registerPredict } from "./predict.ts";
import { registerRun } from "./run.ts";
import { registerSchema } from "./schema.ts";

function createProgram(): Command {
  const program = new Command("eciton")
    .description(
      "How atoms and vacancies arrange themselves: cluster expansions from DFT tables, and Monte Carlo.",
    )
    .version(ecitonVersion())
    .showHelpAfterError("(eciton <command> --help says more)")
    .exitOverride();
  registerRun(program);
  registerPredict(program);
  registerPool(program);
  registerSchema(program);
  return program;
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof EcitonError) {
    if (json)
      process.stdout.write(`${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`);
    process.stderr.write(`eciton: ${error.message}\n`);
    return exitCodeOf(error.code);
  }
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
