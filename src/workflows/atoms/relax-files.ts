/** What a relaxation leaves for other programs: structures and a table. */
import { join } from "node:path";
import type { KeptState } from "../../core/calculator.ts";
import { formulaOf } from "../../data/generators/built.ts";
import type { Structure } from "../../data/structure.ts";
import type { RelaxResult } from "../../dynamics/minimise/relax-settings.ts";
import type { FailedRelaxation, RelaxOutcome } from "../../dynamics/minimise/relax-task.ts";
import { structureOf } from "../../dynamics/moving-atoms.ts";
import { writeFileAtomic } from "../../exec/atomic-file.ts";
import { type CsvValue, toCsv } from "../../report/csv.ts";
import { volumeOf, writeKept, writeStructureFile } from "./part-report.ts";

/** A structure of the study and what became of it. */
export interface Relaxed {
  readonly start: Structure;
  readonly formula: string;
  /** Null where it failed. */
  readonly end: {
    readonly structure: Structure;
    readonly result: RelaxResult;
    readonly notes: readonly string[];
    readonly kept: readonly KeptState[];
  } | null;
  readonly failure: FailedRelaxation | null;
}

export function relaxedStructures(
  { structures }: { readonly structures: readonly Structure[] },
  outcomes: readonly RelaxOutcome[],
): Relaxed[] {
  return structures.map((start, i) => {
    const outcome = outcomes[i];
    const formula = formulaOf(start.species);
    if ("message" in outcome) return { start, formula, end: null, failure: outcome };
    const { result, positions, cell, forces, stress, notes, kept } = outcome;
    const { species, periodic } = start;
    const moved = structureOf({ species, periodic, positions, cell, fixed: null }, start, result.energy);
    const structure: Structure = {
      ...moved,
      forces,
      ...(stress ? { stress } : {}),
      converged: hasConverged(result),
    };
    return { start, formula, end: { structure, result, notes, kept }, failure: null };
  });
}

export function hasConverged({ ended }: RelaxResult): boolean {
  return ended === "forces" || ended === "energy";
}

/** Structures that failed are in the table alone. */
export function writeRelaxation(relaxed: readonly Relaxed[], outDir: string): void {
  writeStructureFile(
    join(outDir, "relaxed.extxyz"),
    relaxed.flatMap(({ end }) => (end ? [end.structure] : [])),
  );
  writeKept(
    outDir,
    relaxed.map(({ start, end }) => ({ from: start, kept: end?.kept ?? [] })),
  );
  const columns = [
    "name",
    "formula",
    "atoms",
    "energy_eV",
    "energy_per_atom_eV",
    "largest_force_eV_per_A",
    "steps",
    "evaluations",
    "ended",
    "volume_A3",
    "note",
  ];
  const rows = relaxed.map(({ start, formula, end, failure }): CsvValue[] => {
    const atoms = start.species.length;
    if (!end)
      return [start.name, formula, atoms, ...new Array<undefined>(5), "failed", undefined, failure?.message];
    const { energy, largestForce, steps, evaluations, ended } = end.result;
    const numbers = [energy, energy / atoms, largestForce, steps, evaluations];
    return [start.name, formula, atoms, ...numbers, ended, volumeOf(end.structure), undefined];
  });
  writeFileAtomic(join(outDir, "relaxed.csv"), toCsv("relaxed structures", columns, rows));
}
