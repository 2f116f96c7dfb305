/** The folder of results: made late, and never with parts of two runs in it. */
import { accessSync, constants, existsSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { EcitonError } from "../core/errors.ts";
import { readTextFile } from "../data/read-text.ts";
import { ioError, strictJson, writeFileAtomic } from "../exec/atomic-file.ts";
import { removeTaskFolders } from "../exec/slurm.ts";
import type { RunContext } from "./context.ts";
import type { Provenance } from "./provenance.ts";

/** Folder of the checkpoints below the output folder. */
export const CHECKPOINTS = "checkpoints";
/** File beside them by which a run on threads says how far it is. */
export const LIFE_SIGN = "progress.json";

/** What each part of a run leaves behind, by folder ("" is the output folder itself). */
const filesOf = {
  fit: [{ folder: "", pattern: /^(model\.json|training\.csv)$/ }],
  sample: [
    {
      folder: "",
      pattern:
        /^(sampling\.json|(sampling|layers|fractions|observations|maps|density-of-states|thermodynamics|ground-states)\.csv)$/,
    },
    { folder: "snapshots", pattern: /^(chain|search)-\d+.*\.(extxyz|POSCAR)$/ },
    { folder: "trajectories", pattern: /^chain-\d+\.traj$/ },
    { folder: CHECKPOINTS, pattern: /^([a-z]+-\d+.*|progress)\.json$/ },
  ],
  report: [
    { folder: "", pattern: /^(report\.html|provenance\.json)$/ },
    { folder: "report-csv", pattern: /\.csv$/ },
  ],
} as const;

/** A part of a run that leaves files of its own. */
export type OutputPart = "fit" | "sample";

/** What stands in provenance.json. */
interface RunRecord extends Provenance {
  readonly parts: readonly OutputPart[];
}

const PROVENANCE = "provenance.json";

/**
 * Looks whether results can be written and, to resume, whether the folder holds the same run; changes nothing.
 * @throws {EcitonError} "usage" for a file in the place of the folder, or a run that cannot be resumed because its study
 *   or data were others; "io" without permission
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
  if (!context.resume) return;
  const earlier = readRecord(outDir);
  if (earlier === null) {
    context.say(`nothing to go on from in ${outDir}: beginning anew`);
    return;
  }
  const changed = differences(earlier, { ...provenance, parts });
  if (changed.length > 0)
    throw new EcitonError(
      "usage",
      `${outDir} holds another run (${changed.join("; ")}); begin anew without --resume, or choose another folder with --out`,
      { outDir, changed },
    );
}

/** Before the first result is written: what an earlier run left of these parts goes, unless the run goes on from it. */
export function beginOutput(context: RunContext, provenance: Provenance, parts: readonly OutputPart[]): void {
  const { outDir } = context;
  if (!context.resume) {
    if (parts.includes("sample")) removeTaskFolders(outDir);
    const replaced = [...parts, "report" as const].flatMap((part) => removeFiles(outDir, part));
    if (replaced.includes("report.html") || replaced.includes("model.json"))
      context.say(`replacing the results of an earlier run in ${outDir}`);
  }
  writeFileAtomic(join(outDir, PROVENANCE), `${strictJson({ ...provenance, parts }, 2)}\n`);
}

/** Everything that the checkpoints could restore stands in the results by now. */
export function removeCheckpoints(outDir: string): void {
  removeFrom(outDir, filesOf.sample[3]);
  removeTaskFolders(outDir);
}

function removeFiles(outDir: string, part: keyof typeof filesOf): string[] {
  return filesOf[part].flatMap((place) => removeFrom(outDir, place));
}

/** Only files by the names that a run gives them: the folder may hold a person's own beside them. */
function removeFrom(
  outDir: string,
  { folder, pattern }: { readonly folder: string; readonly pattern: RegExp },
): string[] {
  const path = join(outDir, folder);
  if (!existsSync(path)) return [];
  const all = readdirSync(path);
  const own = all.filter((name) => pattern.test(name));
  for (const name of own) rmSync(join(path, name));
  if (folder !== "" && own.length > 0 && own.length === all.length) rmdirSync(path);
  return own;
}

function readRecord(outDir: string): RunRecord | null {
  const path = join(outDir, PROVENANCE);
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readTextFile(path)) as RunRecord;
  } catch (error) {
    if (error instanceof EcitonError) throw error;
    throw new EcitonError("data", `${path}: not a JSON file; delete it to begin anew`, { file: path }, error);
  }
}

/** In words, at most three: what decides the results and is not the same. */
function differences(earlier: RunRecord, now: RunRecord): string[] {
  const found: string[] = [];
  if (earlier.eciton !== now.eciton) found.push(`Eciton was ${earlier.eciton}, is ${now.eciton}`);
  const done = ({ parts }: RunRecord) => parts.join(" and ");
  if (done(earlier) !== done(now)) found.push(`it did ${done(earlier)}, this does ${done(now)}`);
  // The first input is the study file, of which only the meaning counts.
  const hashes = (p: RunRecord) => p.inputs.slice(1).map(({ file, sha256 }) => `${file} ${sha256}`);
  if (hashes(earlier).join() !== hashes(now).join()) found.push("the input files have changed");
  compare(relevant(earlier), relevant(now), "", found);
  return found.length > 3 ? [...found.slice(0, 3), `and ${found.length - 3} more`] : found;
}

function relevant({ resolvedStudy }: RunRecord): unknown {
  const {
    report: _,
    description: __,
    slurm: ___,
    ...study
  } = parse(resolvedStudy) as Record<string, unknown>;
  return study;
}

function compare(a: unknown, b: unknown, path: string, found: string[]): void {
  if (isTree(a) && isTree(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      compare(a[key], b[key], path === "" ? key : `${path}.${key}`, found);
  } else if (JSON.stringify(a) !== JSON.stringify(b)) {
    found.push(`${path} was ${text(a)}, is ${text(b)}`);
  }
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  const whole = value === undefined ? "absent" : JSON.stringify(value);
  return whole.length > 60 ? `${whole.slice(0, 57)}...` : whole;
}
