/** What a search for minima leaves for other programs: structures and tables. */
import { join } from "node:path";
import { pointGroup } from "../../analysis/atoms/point-group.ts";
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import type { Minimum } from "../../dynamics/hop/archive.ts";
import type { FinishedPath } from "../../dynamics/hop/hop-task.ts";
import { writeFileAtomic } from "../../exec/atomic-file.ts";
import { toCsv } from "../../report/csv.ts";
import { numbered } from "../output-files.ts";
import { writeKept, writeStructureFile } from "./part-report.ts";

export interface FoundMinimum extends Minimum {
  /** 1 is the lowest. */
  readonly rank: number;
  /** eV above the lowest. */
  readonly relative: number;
  /** null for periodic structures, and where the atoms are too close for the tolerance. */
  readonly pointGroup: string | null;
  readonly structure: Structure;
}

/** @param first a start, for names and species */
export function foundMinima(first: Structure, minima: readonly Minimum[]): FoundMinimum[] {
  return minima.map((minimum, i) => {
    const { positions, cell, energy, visits, path, step, converged } = minimum;
    const rank = i + 1;
    const relative = energy - minima[0].energy;
    const group = first.periodic.some(Boolean) ? null : groupOf(positions, first.species);
    const structure: Structure = {
      cell,
      periodic: first.periodic,
      species: first.species,
      positions,
      energy,
      converged,
      name: `minimum-${rank}`,
      info: {
        rank,
        relative_energy_eV: relative,
        ...(group === null ? {} : { point_group: group }),
        visits,
        path,
        step,
      },
      source: first.source,
    };
    return { ...minimum, rank, relative, pointGroup: group, structure };
  });
}

function groupOf(positions: Float64Array, species: readonly string[]): string | null {
  try {
    return pointGroup(positions, species).name;
  } catch (error) {
    // Atoms too close together for the tolerance have no group to tell.
    if (error instanceof EcitonError && error.code === "data") return null;
    throw error;
  }
}

/** @param first a start, for the species of all */
export function writeHop(
  first: Structure,
  minima: readonly FoundMinimum[],
  paths: readonly FinishedPath[],
  outDir: string,
): void {
  writeStructureFile(
    join(outDir, "minima.extxyz"),
    minima.map(({ structure }) => structure),
  );
  writeKept(
    outDir,
    paths.map(({ path, kept }) => ({ from: { ...first, name: numbered("path", path) }, kept })),
  );
  writeFileAtomic(
    join(outDir, "minima.csv"),
    toCsv(
      "minima",
      ["rank", "energy_eV", "relative_eV", "point_group", "visits", "path", "step", "converged"],
      minima.map((m) => [
        m.rank,
        m.energy,
        m.relative,
        m.pointGroup ?? undefined,
        m.visits,
        m.path,
        m.step,
        m.converged,
      ]),
    ),
  );
  writeFileAtomic(
    join(outDir, "paths.csv"),
    toCsv("paths", ["path", "step", "best_energy_eV"], paths.flatMap(descentOf)),
  );
}

/** Every step at which a path found a lower energy, and its last one. */
function descentOf({ path, steps, best, improvements }: FinishedPath): number[][] {
  const rows = improvements.map(({ step, energy }) => [path, step, energy]);
  if (best !== null && improvements[improvements.length - 1].step < steps) rows.push([path, steps, best]);
  return rows;
}
