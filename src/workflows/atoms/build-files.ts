/** Built structures in files: extended XYZ, a table, and other formats where the study asks for them. */
import { join } from "node:path";
import { studyError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import { covalentRadius } from "../../data/element-data.ts";
import { writeCif } from "../../data/formats/cif-write.ts";
import { writePoscar } from "../../data/formats/poscar-write.ts";
import { formulaOf } from "../../data/generators/built.ts";
import { shortestDistances } from "../../data/generators/layers.ts";
import type { Structure } from "../../data/structure.ts";
import type { AtomsSpec } from "../../data/study/atoms-schema.ts";
import { writeFileAtomic } from "../../exec/atomic-file.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import { toCsv } from "../../report/csv.ts";
import type { StructureRow } from "../../report/structures-model.ts";
import { numbered, STRUCTURES } from "../output-files.ts";
import { volumeOf, writeStructureFile } from "./part-report.ts";

type WriteFormat = NonNullable<AtomsSpec["write"]>[number];

const writers: Readonly<Record<WriteFormat, { ending: string; write: (structure: Structure) => string }>> = {
  poscar: { ending: "POSCAR", write: (structure) => writePoscar(structure) },
  cif: { ending: "cif", write: writeCif },
};

/** A line of the report, and what warnings need. */
export interface BuiltRow extends StructureRow {
  /** Least distance in units of the sum of the covalent radii; absent without neighbours or radii. */
  readonly closeness?: number;
  /** Number of atoms that a Wulff shape should have had. */
  readonly wanted?: number;
}

export function builtRow(structure: Structure): BuiltRow {
  const { name, species, positions, cell, periodic, info } = structure;
  const shortest = shortestDistances(positions, cell, periodic).reduce((a, b) => Math.min(a, b), Infinity);
  const { wanted_atoms: wanted, tries } = info;
  return {
    name,
    formula: formulaOf(species),
    atoms: species.length,
    shortest_A: Number.isFinite(shortest) ? shortest : undefined,
    volume_A3: volumeOf(structure),
    tries: typeof tries === "number" ? tries : undefined,
    closeness: closenessOf(structure),
    wanted: typeof wanted === "number" ? wanted : undefined,
  };
}

function closenessOf({ species, positions, cell, periodic }: Structure): number | undefined {
  const radii = species.map(covalentRadius);
  const largest = radii.reduce<number>((max, r) => Math.max(max, r ?? 0), 0);
  if (largest === 0) return undefined;
  // Farther than the largest sum no ratio is below one.
  const { first, index, distances } = neighbourList(positions, cell, periodic, 2 * largest);
  let least: number | undefined;
  for (let i = 0; i < species.length; i++)
    for (let n = first[i]; n < first[i + 1]; n++) {
      const [a, b] = [radii[i], radii[index[n]]];
      if (a !== null && b !== null) least = Math.min(least ?? Infinity, distances[n] / (a + b));
    }
  return least;
}

/** @throws {EcitonError} "study" at `atoms.write` for a format that cannot hold the structure */
export function checkWritable(structure: Structure, formats: AtomsSpec["write"]): void {
  if (formats !== undefined && !(Math.abs(det3(structure.cell)) > 0))
    throw studyError(
      "atoms.write",
      `${formats.join(" and ")} need a cell, which ${structure.name} does not have; vacuum_A makes one`,
    );
}

export function writeStructures(
  structures: readonly Structure[],
  rows: readonly BuiltRow[],
  formats: AtomsSpec["write"],
  outDir: string,
): void {
  writeStructureFile(join(outDir, "structures.extxyz"), structures);
  const columns = ["name", "formula", "atoms", "shortest_distance_A", "volume_A3", "tries"];
  const lines = rows.map((r) => [r.name, r.formula, r.atoms, r.shortest_A, r.volume_A3, r.tries]);
  writeFileAtomic(join(outDir, "structures.csv"), toCsv("structures", columns, lines));
  for (const format of formats ?? []) {
    const { ending, write } = writers[format];
    structures.forEach((structure, i) => {
      writeFileAtomic(
        join(outDir, STRUCTURES, `${numbered("structure", i + 1)}.${ending}`),
        write(structure),
      );
    });
  }
}
