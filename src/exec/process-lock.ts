/** A file that says which process works here. The lock of a process that died is no lock. */
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { EcitonError } from "../core/errors.ts";
import { ioError, writeFileAtomic, writeWhole } from "./atomic-file.ts";

export interface ProcessLock {
  /** Says that this process still lives. */
  renew(): void;
  release(): void;
}

export interface LockPlan {
  readonly path: string;
  /** Without a sign of life for so long, seconds, a process on another machine counts as dead. */
  readonly silence_s: number;
  /** What a second process is told: "out/slab: another run works in this folder". */
  readonly refusal: string;
}

export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process began, as the system counts; null where that cannot be known. */
  readonly begun: string | null;
}

/** Time to write down an owner; a file without one is what a process left that died just then. */
const UNWRITTEN_S = 2;
/** Two processes that take over the lock of a dead one at the same moment see each other after this time. */
const TAKEOVER_MS = 100;

/** @throws {EcitonError} "usage" while another process has the lock; "io" when the file cannot be written */
export function acquireLock(plan: LockPlan): ProcessLock {
  const { path } = plan;
  const own = JSON.stringify(thisProcess());
  if (!createLock(path, own)) {
    refuseWhileLocked(plan);
    writeFileAtomic(path, own);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TAKEOVER_MS);
    if (textOf(path) !== own) refuseWhileLocked(plan);
  }
  return {
    renew: () => {
      const now = new Date();
      try {
        utimesSync(path, now, now);
      } catch {
        // Without its folder the process soon finds out more than a lock could tell.
      }
    },
    release: () => {
      if (textOf(path) === own) rmSync(path, { force: true });
    },
  };
}

/** @returns the process that has the lock, as far as it is known; null where none has it */
export function ownerOf({ path, silence_s }: Pick<LockPlan, "path" | "silence_s">): Partial<Owner> | null {
  const age = ageOf(path);
  if (age === null) return null;
  const owner = ownerIn(textOf(path));
  if (owner === null) return age >= UNWRITTEN_S ? null : {};
  return isAlive(owner, age, silence_s) ? owner : null;
}

/** @throws {EcitonError} "usage" while a process has the lock */
export function refuseWhileLocked(plan: LockPlan): void {
  const { path, refusal } = plan;
  const owner = ownerOf(plan);
  if (owner === null) return;
  const who = owner.pid === undefined ? "it has just begun" : `process ${owner.pid} on ${owner.host}`;
  const retry = `try again in ${Math.ceil(plan.silence_s - (ageOf(path) ?? 0))} s`;
  const elsewhere = owner.host !== undefined && owner.host !== hostname();
  throw new EcitonError(
    "usage",
    `${refusal} (${who}); wait for its end or end it first${elsewhere ? `; if it is dead, ${retry} or delete ${path}` : ""}`,
    { file: path, owner },
  );
}

/** @returns false where the file is there already */
function createLock(path: string, own: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw ioError("write", path, error);
  }
  try {
    writeWhole(descriptor, own);
  } catch (error) {
    rmSync(path, { force: true });
    throw ioError("write", path, error);
  } finally {
    closeSync(descriptor);
  }
  return true;
}

function thisProcess(): Owner {
  return { host: hostname(), pid: process.pid, begun: stateOf(process.pid)?.begun ?? null };
}

function isAlive({ host, pid, begun }: Owner, age: number, silence_s: number): boolean {
  if (host !== hostname()) return age < silence_s;
  if (!processExists(pid)) return false;
  const present = stateOf(pid);
  // One that has ended exists until its parent has taken notice.
  if (present?.state === "Z") return false;
  // The number of a process that died may have been given to another one since.
  return begun !== null && present ? begun === present.begun : age < silence_s;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Where the system tells it (Linux); times are in ticks since the machine started. */
function stateOf(pid: number): { readonly state: string; readonly begun: string } | null {
  // The name of the program comes second, in parentheses, and may hold spaces.
  const fields = textOf(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ");
  return fields ? { state: fields[0], begun: fields[19] } : null;
}

function ownerIn(text: string | null): Owner | null {
  try {
    const { host, pid, begun } = JSON.parse(text ?? "") as Partial<Owner>;
    return typeof host === "string" && typeof pid === "number" ? { host, pid, begun: begun ?? null } : null;
  } catch {
    return null;
  }
}

/** Seconds since the last sign of life; null where there is no file. */
function ageOf(path: string): number | null {
  const status = statSync(path, { throwIfNoEntry: false });
  return status ? (Date.now() - status.mtimeMs) / 1000 : null;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
