/** `eciton build`: the structures of a study's section `atoms`, in files for other programs and to look at. */
import { join } from "node:path";
import { EcitonError, studyError } from "../../core/errors.ts";
import { type AtomsSource, openAtoms } from "../../data/generators/create-atoms.ts";
import type { Structure } from "../../data/structure.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import { count, duration, integer } from "../../report/numbers.ts";
import type { RunContext } from "../context.ts";
import { type PartPlan, partFinished, runPart } from "../part-run.ts";
import { hashFile, type Provenance } from "../provenance.ts";
import type { Verdict } from "../verdict.ts";
import { atomsPictures } from "./atoms-pictures.ts";
import { type BuiltRow, builtRow, checkWritable, writeStructures } from "./build-files.ts";
import { writePage } from "./part-report.ts";

export interface BuildPlan extends PartPlan {
  readonly source: AtomsSource;
  /** The first structure: what can go wrong with one goes wrong here. */
  readonly first: Structure;
}

/** @throws {EcitonError} "study" for a missing section or one that cannot be built; "data" for its files */
export function plan(loaded: LoadedStudy): BuildPlan {
  const { study, folder } = loaded;
  if (!study.atoms) throw studyError("atoms", "this command needs this section: what to build");
  const source = openAtoms(study.atoms, { seed: study.seed, folder });
  const first = source.create(0);
  checkWritable(first, study.atoms.write);
  return { loaded, inputs: source.files.map(hashFile), source, first };
}

export function describe({ source, first }: BuildPlan): string[] {
  const start = performance.now();
  source.create(source.count - 1);
  const seconds = Math.ceil(((performance.now() - start) / 1000) * source.count);
  const megabytes = (source.count * first.species.length * BYTES_PER_ATOM) / 2 ** 20;
  return [
    `build: ${count(source.count, "structure")}; the first is ${first.name}, ${count(first.species.length, "atom")}`,
    `memory: some ${Math.max(1, Math.round(megabytes))} MiB`,
    `time: very roughly ${duration(seconds)}`,
  ];
}

/** Numbers and the names of species. */
const BYTES_PER_ATOM = 40;
/** How long a stretch of work takes before a wish to stop is heard, ms. */
const STRETCH_MS = 200;
/** Pictures are taken of so many, as they come. */
const MOST_PICTURES = 20;
/** A page with more lines is slow; the table beside it has all. */
const MOST_ROWS = 1000;
/** Of the sum of covalent radii: nearer than this are no atoms of a molecule or crystal. */
const TOO_CLOSE = 0.5;

export function finished(part: BuildPlan, context: RunContext): boolean {
  return partFinished("build", part, context);
}

/**
 * Writes structures.extxyz, structures.csv, the further formats that the study asks for, and the report.
 * @throws {EcitonError} "cancelled" after an interruption, with nothing written; as the generators do
 */
export async function run(part: BuildPlan, context: RunContext) {
  const start = performance.now();
  return runPart("build", part, context, async (provenance) => {
    const structures = await createAll(part, context);
    const rows = structures.map(builtRow);
    writeStructures(structures, rows, part.loaded.study.atoms!.write, context.outDir);
    const seconds = (performance.now() - start) / 1000;
    return reportOf(part, structures, rows, provenance, seconds, context.outDir);
  });
}

async function createAll({ source, first, loaded }: BuildPlan, context: RunContext): Promise<Structure[]> {
  const structures = [first];
  let stretch = performance.now();
  while (structures.length < source.count) {
    if (performance.now() - stretch > STRETCH_MS) {
      // Signals are heard between tasks of the event loop only.
      await new Promise((resume) => setImmediate(resume));
      if (context.signal.aborted)
        throw new EcitonError(
          "cancelled",
          `stopped after ${structures.length} of ${source.count} structures; none was written`,
        );
      stretch = performance.now();
    }
    const next = source.create(structures.length);
    checkWritable(next, loaded.study.atoms!.write);
    structures.push(next);
  }
  return structures;
}

function reportOf(
  { loaded, source }: BuildPlan,
  structures: readonly Structure[],
  rows: readonly BuiltRow[],
  provenance: Provenance,
  seconds: number,
  outDir: string,
) {
  const { study } = loaded;
  const warnings = [...source.warnings, ...warningsOf(rows)];
  const verdict = verdictOf(rows, warnings.length);
  const pictures = structures
    .slice(0, MOST_PICTURES)
    .map((structure, i) => ({ name: structure.name, label: rows[i].formula, structure }));
  const report = writePage(
    study,
    { verdict, warnings, provenance, seconds },
    {
      structures: { total: rows.length, rows: rows.slice(0, MOST_ROWS) },
      snapshots: atomsPictures("Pictures", "Structure", pictures),
    },
    outDir,
  );
  return {
    report,
    warnings,
    verdict,
    document: {
      structures: rows.map(({ name, formula, atoms, shortest_A, volume_A3 }) => ({
        name,
        formula,
        atoms,
        shortest_distance_A: shortest_A,
        volume_A3,
      })),
    },
    lines: [
      `structures: ${join(outDir, "structures.extxyz")}`,
      `table:      ${join(outDir, "structures.csv")}`,
    ],
    seconds,
    failure: null,
  };
}

function warningsOf(rows: readonly BuiltRow[]): string[] {
  const close = rows.filter(({ closeness }) => closeness !== undefined && closeness < TOO_CLOSE);
  const wrongSize = rows.filter(({ wanted, atoms }) => wanted !== undefined && wanted !== atoms);
  const warnings: string[] = [];
  if (close.length > 0) {
    const worst = close.reduce((a, b) => (b.closeness! < a.closeness! ? b : a));
    warnings.push(
      `${count(close.length, "structure")} ${close.length === 1 ? "has" : "have"} atoms closer than half the sum of their ` +
        `covalent radii; ${worst.name}: ${worst.shortest_A!.toFixed(3)} Å`,
    );
  }
  if (wrongSize.length > 0)
    warnings.push(
      `${integer(wrongSize[0].wanted!)} atoms were wanted; the closed shape nearest to that has ${integer(wrongSize[0].atoms)}`,
    );
  return warnings;
}

function verdictOf(rows: readonly BuiltRow[], warnings: number): Verdict {
  const [{ name, atoms, shortest_A }] = rows;
  const nearest = shortest_A === undefined ? "" : `, no two nearer than ${shortest_A.toFixed(3)} Å`;
  return {
    level: warnings > 0 ? "warning" : "ok",
    text:
      rows.length === 1
        ? `${name} is built: ${count(atoms, "atom")}${nearest}.`
        : `${count(rows.length, "structure")} are built, from ${name} to ${rows.at(-1)!.name}.`,
  };
}
