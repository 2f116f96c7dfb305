/** What `eciton analyze` is given: folders of lattice runs, or files and folders of atoms in data sets. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { EcitonError, studyError } from "../../../core/errors.ts";
import { readTextFile } from "../../../data/read-text.ts";
import { filesMatching } from "../../../data/study/file-patterns.ts";
import type { LoadedStudy } from "../../../data/study/load-study.ts";
import { count } from "../../../report/numbers.ts";
import { PROVENANCE, TRAJECTORIES } from "../../output-files.ts";
import { type FinishedDynamics, readDynamics } from "./finished-dynamics.ts";

/** Files that are taken together. */
export interface DataSet {
  readonly name: string;
  /** Folder, file or pattern that it was named by. */
  readonly place: string;
  readonly files: readonly string[];
  /** Dynamics that wrote some of the files; empty where there were none. */
  readonly runs: readonly FinishedDynamics[];
  readonly warnings: readonly string[];
}

/** Parts of a run that leave atoms, and where. */
const atomFiles = {
  build: ["", /^structures\.extxyz$/],
  relax: ["", /^relaxed\.extxyz$/],
  dynamics: [TRAJECTORIES, /^replica-\d+.*\.(extxyz|lammpstrj)$/],
  hop: ["", /^minima\.extxyz$/],
} as const;
type AtomPart = keyof typeof atomFiles;
const atomParts = Object.keys(atomFiles) as AtomPart[];

const provenanceRecord = z.object({
  study: z.string(),
  parts: z.array(z.string()),
  resolvedStudy: z.string(),
});

export type InputKind = "lattice" | "atoms" | "study";

/** What one argument is, told without reading more than the record of a folder. */
export function kindOf(input: string): InputKind {
  if (!existsSync(input)) return "lattice";
  if (!statSync(input).isDirectory()) return /\.(ya?ml|json)$/i.test(input) ? "study" : "atoms";
  return partsOf(input).length > 0 ? "atoms" : "lattice";
}

/**
 * @throws {EcitonError} "data" for what does not exist; "usage" for lattice runs among atoms, for two studies, or a study beside anything else
 */
export function kindOfAll(inputs: readonly string[]): InputKind {
  const missing = inputs.find((input) => !existsSync(input));
  if (missing !== undefined && basename(missing).includes("."))
    throw new EcitonError("data", `${missing}: there is no such file`);
  const kinds = inputs.map(kindOf);
  const [first] = kinds;
  if (kinds.every((kind) => kind === first) && (first !== "study" || inputs.length === 1)) return first;
  if (missing !== undefined) throw new EcitonError("data", `${missing}: there is no such file or folder`);
  if (kinds.includes("study"))
    throw new EcitonError(
      "usage",
      `${inputs[kinds.indexOf("study")]}: a study is analysed alone; for other files by its section analysis take --study`,
    );
  throw new EcitonError(
    "usage",
    `${inputs[kinds.indexOf("lattice")]} is a run on a lattice and ${inputs[kinds.indexOf("atoms")]} holds atoms: they have ` +
      "nothing in common to analyse; take them one after the other",
  );
}

function recordOf(folder: string): z.output<typeof provenanceRecord> | null {
  const path = join(folder, PROVENANCE);
  if (!existsSync(path)) return null;
  try {
    const parsed = provenanceRecord.safeParse(JSON.parse(readTextFile(path)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function partsOf(folder: string): AtomPart[] {
  const parts = recordOf(folder)?.parts ?? [];
  return atomParts.filter((part) => parts.includes(part));
}

/** Each argument is a data set of its own. */
export function setsOfInputs(inputs: readonly string[]): DataSet[] {
  const sets = inputs.flatMap((input) =>
    statSync(input).isDirectory()
      ? setsOfFolder(input)
      : [{ name: nameOfFile(input), place: input, files: [input], runs: [], warnings: [] }],
  );
  return withUniqueNames(sets);
}

/**
 * What the study's section names, or what its own runs wrote into the usual folder.
 * @throws {EcitonError} "study" for a pattern that no file matches, or where nothing was written yet
 */
export function setsOfStudy({ study, folder }: LoadedStudy): DataSet[] {
  const { files, sets } = study.analysis!.frames;
  const plain = (name: string, place: string, paths: string[]): DataSet => ({
    name,
    place,
    files: paths,
    runs: [],
    warnings: [],
  });
  if (sets)
    return Object.entries(sets).map(([name, patterns]) =>
      plain(
        name,
        name,
        patterns.flatMap((pattern, i) =>
          filesMatching(pattern, folder, `analysis.frames.sets.${name}[${i}]`),
        ),
      ),
    );
  if (files)
    return withUniqueNames(
      files.map((pattern, i) => {
        const found = filesMatching(pattern, folder, `analysis.frames.files[${i}]`);
        return plain(found.length === 1 ? nameOfFile(found[0]) : pattern, pattern, found);
      }),
    );
  const own = join("eciton-out", study.name);
  if (partsOf(own).length === 0)
    throw studyError(
      "analysis.frames.files",
      `the study has written no atoms into ${own} yet: name files here, or run its build, relax, dynamics or hop first`,
    );
  return withUniqueNames(setsOfFolder(own));
}

function setsOfFolder(folder: string): DataSet[] {
  const { study } = recordOf(folder)!;
  const parts = partsOf(folder);
  const sets = parts.map((part): DataSet => {
    const [below, pattern] = atomFiles[part];
    const place = join(folder, below);
    const files = existsSync(place)
      ? readdirSync(place)
          .filter((name) => pattern.test(name))
          .sort()
          .map((name) => join(place, name))
      : [];
    const run = part === "dynamics" ? readDynamics(folder) : null;
    const unfinished =
      part === "dynamics" && run === null
        ? [`${folder}: the run has not finished; what its trajectories have so far is measured as a whole`]
        : [];
    return {
      name: parts.length === 1 ? study : `${study} (${part})`,
      place: folder,
      files,
      runs: run ? [run] : [],
      warnings: unfinished,
    };
  });
  if (sets.every(({ files, runs }) => files.length === 0 && runs.length === 0))
    throw new EcitonError(
      "data",
      `${folder}: the run has not finished, or left no atoms: repeat its command with --resume, then analyse it`,
      { folder },
    );
  return sets.filter(({ files, runs }) => files.length > 0 || runs.length > 0);
}

function nameOfFile(path: string): string {
  return basename(path)
    .replace(/\.gz$/i, "")
    .replace(/\.(extxyz|xyz|cif|dump|lammpstrj|lammpsdump|vasp|poscar)$/i, "");
}

/** Where names are the same, the places tell the sets apart. */
function withUniqueNames(sets: readonly DataSet[]): DataSet[] {
  const all = sets.map(({ name }) => name);
  const once = sets.map((set) =>
    all.filter((name) => name === set.name).length === 1 ? set : { ...set, name: set.place },
  );
  const seen = new Map<string, number>();
  return once.map((set) => {
    const n = (seen.get(set.name) ?? 0) + 1;
    seen.set(set.name, n);
    return n === 1 ? set : { ...set, name: `${set.name} (${n})` };
  });
}

/** For people. */
export function setText({ name, files }: DataSet): string {
  return `${name}: ${count(files.length, "file")}`;
}
