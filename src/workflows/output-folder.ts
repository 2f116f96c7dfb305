/** The folder of results: made late, and never with parts of two runs in it. */
import { accessSync, constants, existsSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { EcitonError } from "../core/errors.ts";
import { readTextFile } from "../data/read-text.ts";
import { ioError, makeFolder, strictJson, writeFileAtomic } from "../exec/atomic-file.ts";
import { acquireLock, type LockPlan, type Owner, ownerOf, refuseWhileLocked } from "../exec/process-lock.ts";
import { removeTaskFolders } from "../exec/slurm.ts";
import type { RunContext } from "./context.ts";
import {
  CHECKPOINTS,
  checkpointFiles,
  filesOf,
  type OutputPart,
  outputParts,
  type Place,
  PROVENANCE,
} from "./output-files.ts";
import type { Provenance } from "./provenance.ts";

/** What stands in provenance.json. */
interface RunRecord extends Provenance {
  readonly parts: readonly OutputPart[];
  /** Names of all files of results, once they are there. */
  readonly results?: readonly string[];
}

/** Temporary files that a process left that was killed while it wrote. */
const TEMPORARY = /\.\d+\.part$/;

/** A process on another machine counts as dead when it was silent for so long. */
const SILENCE_S = 120;
const RENEWAL_MS = 10_000;

function lockOf(outDir: string): LockPlan {
  return {
    path: join(outDir, "running.json"),
    silence_s: SILENCE_S,
    refusal: `${outDir}: another run works in this folder`,
  };
}

/** The process that writes to the folder now; null where there is none. */
export function writerOf(outDir: string): Partial<Owner> | null {
  return ownerOf(lockOf(outDir));
}

/** A folder that belongs to this process until it is released. */
export interface OwnedOutput {
  /** Writes down that all results are there, and removes what is needed no more. */
  finish(): void;
  release(): void;
}

/**
 * Looks whether results can be written and, to resume, whether the folder holds the same run; changes nothing.
 * @throws {EcitonError} "usage" for a file in the place of the folder, a folder that another process writes to, or a run
 *   that cannot be resumed because its study or data were others; "io" without permission
 */
export function checkOutputFolder(
  context: RunContext,
  provenance: Provenance,
  parts: readonly OutputPart[],
): void {
  const { outDir } = context;
  let existing = resolve(outDir);
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory())
    throw new EcitonError("usage", `${outDir}: ${existing} is a file; --out needs a folder`, { outDir });
  try {
    accessSync(existing, constants.W_OK);
  } catch (error) {
    throw ioError("write", outDir, error);
  }
  refuseWhileLocked(lockOf(outDir));
  if (!context.resume) {
    refuseUnfinished(outDir, parts);
    return;
  }
  const earlier = readRecord(outDir);
  if (earlier === null) {
    context.say(`nothing to go on from in ${outDir}: beginning anew`);
    return;
  }
  refuseOther(outDir, earlier, { ...provenance, parts });
}

/** Checkpoints of another command would go without a word, and with them what it has done so far. */
function refuseUnfinished(outDir: string, parts: readonly OutputPart[]): void {
  if (filesIn(outDir, checkpointFiles).length === 0) return;
  const earlier = readRecord(outDir);
  if (!earlier || earlier.results || earlier.parts.some((part) => parts.includes(part))) return;
  throw new EcitonError(
    "usage",
    `${outDir} holds an unfinished run of ${earlier.command}: finish it with --resume, choose another folder with --out, or ` +
      "delete this one",
    { outDir },
  );
}

function refuseOther(outDir: string, earlier: RunRecord, now: RunRecord): void {
  const changed = differences(earlier, now);
  if (changed.length > 0)
    throw new EcitonError(
      "usage",
      `${outDir} holds another run (${changed.join("; ")}); begin anew without --resume, or choose another folder with --out`,
      { outDir, changed },
    );
}

/**
 * Before the first result is written: takes the folder for this process alone. What an earlier run left of these parts
 * goes, unless the run goes on from it.
 * @throws {EcitonError} "usage" while another process writes to the folder, or where one has just left another run in it
 */
export function beginOutput(
  context: RunContext,
  provenance: Provenance,
  parts: readonly OutputPart[],
): OwnedOutput {
  const { outDir } = context;
  try {
    makeFolder(outDir);
  } catch (error) {
    throw ioError("write", outDir, error);
  }
  const lock = acquireLock(lockOf(outDir));
  const renewal = setInterval(lock.renew, RENEWAL_MS).unref();
  const release = () => {
    clearInterval(renewal);
    lock.release();
  };
  const record = { ...provenance, parts };
  const write = (more: Partial<RunRecord> = {}) =>
    writeFileAtomic(join(outDir, PROVENANCE), `${strictJson({ ...record, ...more }, 2)}\n`);
  try {
    const earlier = context.resume ? readRecord(outDir) : null;
    if (earlier) refuseOther(outDir, earlier, record);
    if (!context.resume) {
      if (parts.includes("sample")) removeTaskFolders(outDir);
      const replaced = [...parts, "report" as const].flatMap((part) => removeFiles(outDir, part));
      if (replaced.includes("report.html") || replaced.includes("model.json"))
        context.say(`replacing the results of an earlier run in ${outDir}`);
    } else if ((context.chainExecutor ?? context.executor).sharesMemory) {
      // Room that a full disk may need; jobs of a cluster may still write theirs.
      removeTemporary(outDir);
    }
    write();
  } catch (error) {
    release();
    throw error;
  }
  const finish = () => {
    removeTemporary(outDir);
    // From here on the run is finished; checkpoints that a kill leaves now are removed when somebody resumes it.
    write({ results: resultsOf(outDir, parts) });
    removeCheckpoints(outDir);
  };
  return { finish, release };
}

/**
 * Whether the folder holds the finished results of this very run. Remains of a process that was killed just after are removed.
 * @throws {EcitonError} "data" for a provenance that cannot be read
 */
export function isFinished(
  context: RunContext,
  provenance: Provenance,
  parts: readonly OutputPart[],
): boolean {
  const { outDir } = context;
  const earlier = context.resume ? readRecord(outDir) : null;
  if (!earlier?.results?.every((name) => existsSync(join(outDir, name)))) return false;
  if (differences(earlier, { ...provenance, parts }).length > 0) return false;
  // The report shows what else stands in the study.
  const shown = ({ resolvedStudy }: Provenance) => {
    const { report, description } = parse(resolvedStudy) as Record<string, unknown>;
    return JSON.stringify({ report, description });
  };
  if (shown(earlier) !== shown(provenance)) return false;
  const lock = lockOf(outDir);
  if (!existsSync(lock.path) && !existsSync(join(outDir, CHECKPOINTS))) return true;
  const owned = acquireLock(lock);
  try {
    removeCheckpoints(outDir);
  } finally {
    owned.release();
  }
  return true;
}

/** Everything that the checkpoints could restore stands in the results by now. */
function removeCheckpoints(outDir: string): void {
  removeFrom(outDir, checkpointFiles);
  removeTaskFolders(outDir);
}

const placesOf = (parts: readonly OutputPart[]) =>
  [...parts, "report" as const].flatMap((part): readonly Place[] => filesOf[part]);

function resultsOf(outDir: string, parts: readonly OutputPart[]): string[] {
  return placesOf(parts)
    .filter(({ folder }) => folder !== CHECKPOINTS)
    .flatMap((place) => filesIn(outDir, place).map((name) => join(place.folder, name)))
    .filter((name) => name !== PROVENANCE)
    .sort();
}

function removeTemporary(outDir: string): void {
  for (const place of placesOf(outputParts))
    for (const name of filesIn(outDir, place))
      if (TEMPORARY.test(name)) rmSync(join(outDir, place.folder, name), { force: true });
}

function removeFiles(outDir: string, part: keyof typeof filesOf): string[] {
  return filesOf[part].flatMap((place) => removeFrom(outDir, place));
}

/** Only files by the names that a run gives them: the folder may hold a person's own beside them. */
function filesIn(outDir: string, { folder, pattern }: Place): string[] {
  const path = join(outDir, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((name) => pattern.test(name.replace(TEMPORARY, "")));
}

function removeFrom(outDir: string, place: Place): string[] {
  const path = join(outDir, place.folder);
  const own = filesIn(outDir, place);
  for (const name of own) rmSync(join(path, name));
  if (place.folder !== "" && own.length > 0 && readdirSync(path).length === 0) rmdirSync(path);
  return own;
}

function readRecord(outDir: string): RunRecord | null {
  const path = join(outDir, PROVENANCE);
  if (!existsSync(path)) return null;
  const fail = (what: string, cause?: unknown): never => {
    throw new EcitonError("data", `${path}: ${what}; delete it to begin anew`, { file: path }, cause);
  };
  const text = readTextFile(path);
  let found: Partial<RunRecord> | null;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return fail("not a JSON file", error);
  }
  // What decides whether a run may go on; the rest is for people.
  const { parts, inputs, resolvedStudy } = found ?? {};
  if (!Array.isArray(parts) || !Array.isArray(inputs) || typeof resolvedStudy !== "string")
    return fail("not the record of a run (it lacks parts, inputs or resolvedStudy)");
  return found as RunRecord;
}

/** In words, at most three: what decides the results and is not the same. */
function differences(earlier: RunRecord, now: RunRecord): string[] {
  const found: string[] = [];
  if (earlier.eciton !== now.eciton) found.push(`Eciton was ${earlier.eciton}, is ${now.eciton}`);
  const done = ({ parts }: RunRecord) => parts.join(" and ");
  if (done(earlier) !== done(now)) found.push(`it did ${done(earlier)}, this does ${done(now)}`);
  // The first input is the study file, of which only the meaning counts.
  const hashes = (p: RunRecord) => p.inputs.slice(1).map(({ file, sha256 }) => `${file} ${sha256}`);
  const others = [...difference(hashes(earlier), hashes(now)), ...difference(hashes(now), hashes(earlier))];
  const files = [...new Set(others.map((entry) => entry.replace(/ \w+$/, "")))];
  if (files.length > 0) found.push(`input files have changed: ${files.join(", ")}`);
  compare(relevant(earlier), relevant(now), "", found);
  return found.length > 3 ? [...found.slice(0, 3), `and ${found.length - 3} more`] : found;
}

function difference(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((entry) => !others.includes(entry));
}

/** What decides results: how often checkpoints are written does not, and engines other than nfold give the same bits. */
function relevant({ resolvedStudy }: RunRecord): unknown {
  const {
    report: _,
    description: __,
    slurm: ___,
    sample,
    dynamics,
    ...study
  } = parse(resolvedStudy) as Record<string, unknown>;
  const parts = { ...study, sample: withoutCheckpoints(sample), dynamics: withoutCheckpoints(dynamics) };
  if (!isTree(parts.sample)) return parts;
  const { engine } = parts.sample;
  return { ...parts, sample: { ...parts.sample, engine: engine === "nfold" ? "nfold" : "any but nfold" } };
}

function withoutCheckpoints(section: unknown): unknown {
  if (!isTree(section)) return section;
  const { checkpoint_every_steps: _, ...deciding } = section;
  return deciding;
}

function compare(a: unknown, b: unknown, path: string, found: string[]): void {
  if (isTree(a) && isTree(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      compare(a[key], b[key], path === "" ? key : `${path}.${key}`, found);
  } else if (areSections(a) && areSections(b) && a.length === b.length) {
    a.forEach((one, i) => {
      compare(one, b[i], `${path}[${i}]`, found);
    });
  } else if (JSON.stringify(a) !== JSON.stringify(b)) {
    found.push(`${path} was ${text(a)}, is ${text(b)}`);
  }
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function areSections(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isTree);
}

function text(value: unknown): string {
  const whole = value === undefined ? "absent" : JSON.stringify(value);
  return whole.length > 60 ? `${whole.slice(0, 57)}...` : whole;
}
