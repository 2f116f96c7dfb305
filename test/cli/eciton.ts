/** The command line as a person starts it: the built one, in a process and a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { onTestFinished } from "vitest";

const main = resolve("dist/cli/main.js");
const lock = resolve("build/cli-test.lock");

/** Brings dist up to date; test files that run at the same time wait for each other. */
export async function buildCli(): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > 60_000) rmSync(lock, { recursive: true, force: true });
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  try {
    execFileSync(join("node_modules", ".bin", "tsc"), ["-b"], { stdio: "pipe" });
  } catch (error) {
    throw new Error(`tsc -b: ${String((error as { stdout?: Buffer }).stdout)}`);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** What it has written on stderr so far. */
  readonly said: () => string;
}

export function startEciton(args: readonly string[], cwd: string): Running {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const outcome = new Promise<Outcome>((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { process: child, outcome, said: () => stderr };
}

export function eciton(args: readonly string[], cwd: string): Promise<Outcome> {
  return startEciton(args, cwd).outcome;
}

/**
 * A folder that is removed when the test ends.
 * @param finished the test's own `onTestFinished`: tests that run at the same time cannot be told apart otherwise
 */
export function scratch(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  finished: typeof onTestFinished = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), "eciton-"));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
