/** Writes report.html and the CSV files behind its plots. */
import { join } from "node:path";
import type { ClusterPool } from "../clusters/pool.ts";
import type { Study } from "../data/study/schema.ts";
import { writeFileAtomic } from "../exec/atomic-file.ts";
import { occupantLabel } from "../lattice/parent-lattice.ts";
import type { LatticeSummary, ReportModel } from "../report/model.ts";
import { renderReport } from "../report/render.ts";
import type { PoolResult } from "./pool.ts";
import type { Provenance } from "./provenance.ts";
import { cutoffsOfStudy } from "./study-lattice.ts";
import { supercellText } from "./supercell-text.ts";

/** @returns path of the page */
export function writeReport(model: ReportModel, outDir: string): string {
  const { html, csv } = renderReport(model);
  const path = join(outDir, "report.html");
  for (const [name, text] of csv) writeFileAtomic(join(outDir, name), text);
  writeFileAtomic(path, html);
  return path;
}

export function provenanceSummary(provenance: Provenance, wallSeconds: number) {
  return {
    version: provenance.eciton,
    seed: provenance.seed,
    date: provenance.date,
    command: provenance.command,
    cores: provenance.cores,
    wallTime_s: wallSeconds,
    inputs: provenance.inputs,
    resolvedStudy: provenance.resolvedStudy,
  };
}

const groupKinds = ["point group", "rod group", "layer group", "space group"] as const;

export function latticeSummary(study: Study, result: PoolResult): LatticeSummary {
  const { pool, folding, supercell, seconds } = result;
  const { lattice, symmetry } = pool;
  const dimensions = lattice.periodic.filter(Boolean).length;
  return {
    sites: lattice.sites.map((site, s) => ({
      name: site.name,
      species: site.species.map((species, k) =>
        k === 0 ? species : `${species} (${occupantLabel(site, species)})`,
      ),
      position_A: Array.from(lattice.cartesian.subarray(3 * s, 3 * s + 3)) as [number, number, number],
      spectator: site.species.length === 1,
    })),
    symmetry: {
      // Two-dimensional lattices are written small: p3m1.
      group: dimensions === 2 ? lowerFirst(symmetry.spaceGroup.symbol) : symmetry.spaceGroup.symbol,
      groupKind: groupKinds[dimensions],
      operationsKept: symmetry.operations.length,
      operationsFound: symmetry.operationsFound,
    },
    pool: {
      cutoff: cutoffText(study),
      basis: pool.basis,
      ...(supercell ? { supercell: supercellText(supercell.matrix.filter((_, i) => i % 4 === 0)) } : {}),
      rows: sizeRows(pool, folding?.clusters),
      merged: folding?.clusters
        .filter((c) => c.merged.length > 0)
        .map((c) => ({
          kept: pool.orbits[c.kept].label,
          merged: c.merged.map((i) => pool.orbits[i].label),
        })),
      seconds,
    },
  };
}

/** "P 3 m 1" -> "p3m1" */
function lowerFirst(symbol: string): string {
  return symbol.charAt(0).toLowerCase() + symbol.slice(1).replaceAll(" ", "");
}

function cutoffText(study: Study): string {
  const cutoffs = Object.entries(cutoffsOfStudy(study));
  return cutoffs.map(([size, cutoff]) => `${Number(cutoff.toFixed(4))} Å for ${size} points`).join(", ");
}

function sizeRows(pool: ClusterPool, folded: readonly { readonly size: number }[] | undefined) {
  const sizes = [...new Set(pool.orbits.map((orbit) => orbit.size))];
  return sizes.map((points) => ({
    points,
    infinite: pool.orbits.filter((orbit) => orbit.size === points).length,
    ...(folded ? { folded: folded.filter((cluster) => cluster.size === points).length } : {}),
  }));
}
