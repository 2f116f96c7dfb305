/** The fitted model: a cluster expansion that any supercell of its lattice can be given to. */
import { EcitonError } from "../core/errors.ts";
import { type LatticeRecord, latticeFromRecord, latticeRecord } from "../lattice/lattice-record.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { findSymmetry } from "../lattice/symmetry.ts";
import { type Cluster, clusterSize, compareClusters, normalForm, orbitOf, POINT_STRIDE } from "./cluster.ts";
import type { Orbit } from "./pool.ts";
import { type BasisName, basisNames } from "./site-basis.ts";

export interface Term extends Orbit {
  /** Energy of one instance, eV. */
  readonly coefficient: number;
}

/** E(S) = Σ_α J_α N_α(S), the empty cluster included (its N is the number of parent cells). */
export interface ClusterExpansion {
  readonly lattice: ParentLattice;
  readonly basis: BasisName;
  readonly terms: readonly Term[];
}

/** A term as the model file holds it. */
export interface TermRecord {
  readonly label: string;
  /** One instance: site name, cell, and the species (indicator) or number of the site function. */
  readonly points: readonly {
    site: string;
    cell: readonly [number, number, number];
    function: string | number;
  }[];
  readonly diameter_A: number;
  readonly multiplicity: number;
  readonly coefficient_eV: number;
}

export interface ExpansionRecord {
  readonly lattice: LatticeRecord;
  readonly basis: BasisName;
  readonly terms: readonly TermRecord[];
}

/** The part of a model file that defines energies. Positions are fractional. */
export function expansionRecord(expansion: ClusterExpansion): ExpansionRecord {
  const { lattice, basis, terms } = expansion;
  return {
    lattice: latticeRecord(lattice),
    basis,
    terms: terms.map((term) => ({
      label: term.label,
      points: pointRecords(lattice, basis, term.instances[0]),
      diameter_A: term.diameter,
      multiplicity: term.instances.length,
      coefficient_eV: term.coefficient,
    })),
  };
}

function pointRecords(lattice: ParentLattice, basis: BasisName, cluster: Cluster): TermRecord["points"] {
  return Array.from({ length: clusterSize(cluster) }, (_, i) => {
    const [s, u, v, w, fn] = cluster.slice(POINT_STRIDE * i, POINT_STRIDE * (i + 1));
    const site = lattice.sites[s];
    return { site: site.name, cell: [u, v, w], function: basis === "indicator" ? site.species[fn] : fn };
  });
}

/**
 * Rebuilds a model from its record. Orbits are generated anew from one instance each, and must come out with the
 * multiplicity that the file states.
 * @param where named in errors, for example the file
 * @throws {EcitonError} "data" for a record that contradicts itself
 */
export function expansionFromRecord(record: ExpansionRecord, where: string): ClusterExpansion {
  const fail = (message: string): never => {
    throw new EcitonError("data", `${where}: ${message}`, { file: where });
  };
  if (!basisNames.includes(record.basis))
    fail(`basis: expected ${basisNames.join(", ")}, found "${record.basis}"`);
  const { lattice, operations } = latticeOf(record, where);
  const terms = record.terms.map((term): Term => {
    const places = new Set<string>();
    const points = term.points.flatMap((point) => {
      const s = lattice.sites.findIndex((site) => site.name === point.site);
      if (s < 0) fail(`term ${term.label}: the lattice has no site "${point.site}"`);
      if (point.cell.length !== 3 || !point.cell.every(Number.isSafeInteger))
        fail(`term ${term.label}: a cell is three integers, found ${point.cell.join(", ")}`);
      for (let k = 0; k < 3; k++)
        if (!lattice.periodic[k] && point.cell[k] !== 0)
          fail(
            `term ${term.label}: the lattice is not periodic along its vector ${k + 1}, the cell must be 0`,
          );
      const place = [s, ...point.cell].join();
      if (places.has(place)) fail(`term ${term.label}: two of its points are the same site "${point.site}"`);
      places.add(place);
      const { species } = lattice.sites[s];
      const fn =
        record.basis === "indicator" ? species.indexOf(String(point.function)) : Number(point.function);
      if (!Number.isInteger(fn) || fn < 1 || fn >= species.length)
        fail(`term ${term.label}: the site "${point.site}" has no function "${point.function}"`);
      return [s, ...point.cell, fn];
    });
    if (!Number.isFinite(term.coefficient_eV))
      fail(`term ${term.label}: its coefficient is not a finite number`);
    if (!Number.isFinite(term.diameter_A)) fail(`term ${term.label}: its diameter is not a finite number`);
    const instances: Cluster[] =
      points.length === 0
        ? [[]]
        : [...orbitOf(normalForm(points), operations).values()].sort(compareClusters);
    if (instances.length !== term.multiplicity)
      fail(
        `term ${term.label}: the file states ${term.multiplicity} instances for each cell, ` +
          `the lattice's symmetry gives ${instances.length}`,
      );
    return {
      label: term.label,
      size: term.points.length,
      diameter: term.diameter_A,
      instances,
      coefficient: term.coefficient_eV,
    };
  });
  return { lattice, basis: record.basis, terms };
}

function latticeOf(record: ExpansionRecord, where: string) {
  const lattice = latticeFromRecord(record.lattice, where);
  try {
    return { lattice, operations: findSymmetry(lattice).operations };
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    // Here the fault is in the file, not in the study.
    throw new EcitonError("data", `${where}: ${error.message}`, { ...error.details, file: where }, error);
  }
}
