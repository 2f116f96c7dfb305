/** A program that runs for one structure: with a limit of time, ended without a trace when it is no longer wanted. */
import { spawn } from "node:child_process";
import { EcitonError } from "../core/errors.ts";

export interface ProgramRun {
  /** Name on the PATH, or a path. */
  readonly command: string;
  readonly args: readonly string[];
  /** Working directory. */
  readonly folder: string;
  /** Added to the environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeLimit_s: number;
  /** Shared Int32Array(1); non-zero ends the program. */
  readonly cancel: Int32Array;
}

export interface ProgramEnd {
  /** Why it ended: by itself, at the limit of time, because of `cancel`, or by a signal from elsewhere. */
  readonly by: "itself" | "time-limit" | "cancel" | "others";
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Beginning and end if it is very long. */
  readonly output: string;
  readonly errors: string;
}

const POLL_MS = 20;
/** Characters kept of the beginning and of the end of an output. */
const KEPT = 2 ** 18;
/** What people, queues and a system without memory send; a program's own faults come as others. */
const SIGNALS_OF_OTHERS: readonly (NodeJS.Signals | null)[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGKILL",
];

/** Exit codes of a shell for a program that is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/**
 * The program has a process group of its own: an interruption at the terminal reaches only us, who then end it with all
 * that it has begun. Its share of the processor is limited too, so that it ends even if we are killed.
 * @throws {EcitonError} "io" for a program that cannot be started
 */
export function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const { command, args, folder, environment, timeLimit_s, cancel } = run;
  // Fortran programs keep large arrays on the stack.
  const shell = 'ulimit -s unlimited 2>/dev/null; ulimit -t "$0"; exec "$@"';
  const processorLimit = String(Math.ceil(timeLimit_s) + 1);
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", shell, processorLimit, command, ...args], {
      cwd: folder,
      env: { ...process.env, ...environment },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = new KeptText();
    const errors = new KeptText();
    child.stdout.on("data", (bytes: Buffer) => output.add(bytes));
    child.stderr.on("data", (bytes: Buffer) => errors.add(bytes));
    const end = performance.now() + 1000 * timeLimit_s;
    let by: ProgramEnd["by"] | null = null;
    const timer = setInterval(() => {
      if (by === null && Atomics.load(cancel, 0) !== 0) by = "cancel";
      else if (by === null && performance.now() > end) by = "time-limit";
      if (by !== null) endGroup(child.pid);
    }, POLL_MS);
    child.on("error", (error) => {
      clearInterval(timer);
      reject(new EcitonError("io", `${command}: cannot be started: ${error.message}`, {}, error));
    });
    child.on("close", (exitCode, signal) => {
      clearInterval(timer);
      if (exitCode === NOT_FOUND || exitCode === NOT_RUNNABLE) {
        reject(new EcitonError("io", `${command}: cannot be started: ${errors.text().trim()}`));
        return;
      }
      const other = SIGNALS_OF_OTHERS.includes(signal) ? "others" : "itself";
      const ended = by ?? (signal === "SIGXCPU" ? "time-limit" : other);
      resolve({ by: ended, exitCode, signal, output: output.text(), errors: errors.text() });
    });
  });
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** The beginning and the end of a text that may be endless. */
class KeptText {
  readonly #parts: string[] = [];
  #first = 0;
  #last = "";
  #dropped = 0;

  add(bytes: Buffer): void {
    const text = bytes.toString("latin1");
    const room = KEPT - this.#first;
    if (room > 0) {
      this.#parts.push(text.slice(0, room));
      this.#first += Math.min(room, text.length);
    }
    const rest = this.#last + text.slice(room > 0 ? room : 0);
    this.#dropped += Math.max(0, rest.length - KEPT);
    this.#last = rest.slice(-KEPT);
  }

  text(): string {
    const gap = this.#dropped > 0 ? `\n[${this.#dropped} characters left out]\n` : "";
    const all = this.#parts.join("") + gap + this.#last;
    return Buffer.from(all, "latin1").toString("utf8");
  }
}
