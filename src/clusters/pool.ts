/** The pool: the symmetry-distinct clusters of a lattice, with sizes, multiplicities and labels. */
import { freemem } from "node:os";
import { getHeapStatistics } from "node:v8";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { findSymmetry, type LatticeSymmetry } from "../lattice/symmetry.ts";
import { type Cluster, type Cutoffs, clusterSize, compareClusters, diameter } from "./cluster.ts";
import { enumerateOrbits } from "./enumerate.ts";
import { labelOrbits } from "./labels.ts";
import type { BasisName } from "./site-basis.ts";

export interface Orbit {
  readonly label: string;
  /** Number of points. */
  readonly size: number;
  /** Largest distance between two points, Å. */
  readonly diameter: number;
  /** Instances per parent cell, the first is the representative; the empty cluster has one without points. */
  readonly instances: readonly Cluster[];
}

export interface ClusterPool {
  readonly lattice: ParentLattice;
  readonly symmetry: LatticeSymmetry;
  readonly basis: BasisName;
  readonly cutoffs: Cutoffs;
  /** The empty cluster first, then by number of points and diameter. */
  readonly orbits: readonly Orbit[];
}

/**
 * Builds the pool.
 * @param memoryLimit bytes; default half of what is free on the machine and in the heap
 * @throws {EcitonError} "memory" before anything large is built
 */
export function buildPool(
  lattice: ParentLattice,
  basis: BasisName,
  cutoffs: Cutoffs,
  memoryLimit = Math.min(freemem(), getHeapStatistics().total_available_size) / 2,
): ClusterPool {
  const symmetry = findSymmetry(lattice);
  const found = enumerateOrbits(lattice, symmetry.operations, cutoffs, memoryLimit);
  return { lattice, symmetry, basis, cutoffs, orbits: describeOrbits(lattice, basis, found) };
}

/** Sorts orbits and gives them labels; the empty cluster is put first. */
export function describeOrbits(
  lattice: ParentLattice,
  basis: BasisName,
  found: readonly (readonly Cluster[])[],
): Orbit[] {
  const measured = found.map((instances) => ({
    instances: [...instances].sort(compareClusters),
    size: clusterSize(instances[0]),
    diameter: diameter(lattice, instances[0]),
  }));
  measured.sort(
    (a, b) =>
      a.size - b.size ||
      // Equal diameters differ by rounding only; a plain comparison would order them by noise.
      (Math.abs(a.diameter - b.diameter) > 1e-6 ? a.diameter - b.diameter : 0) ||
      a.instances.length - b.instances.length ||
      compareClusters(a.instances[0], b.instances[0]),
  );
  const labels = labelOrbits(
    lattice,
    basis,
    measured.map((orbit) => orbit.instances[0]),
  );
  const orbits = measured.map((orbit, i): Orbit => ({ label: labels[i], ...orbit }));
  return [{ label: "empty", size: 0, diameter: 0, instances: [[]] }, ...orbits];
}

/** How many orbits there are of each size: {"0": 1, "1": 5, ...}. */
export function countBySize(orbits: readonly { readonly size: number }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { size } of orbits) counts[size] = (counts[size] ?? 0) + 1;
  return counts;
}
