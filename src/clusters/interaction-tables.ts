/** Interactions around one site of each sublattice of a supercell, as plain arrays in shared memory. */
import type { Supercell } from "../lattice/supercell.ts";
import { POINT_STRIDE } from "./cluster.ts";
import type { LatticeGas } from "./lattice-gas.ts";
import { type PaddedCells, padCells, paddedStep } from "./padded-cells.ts";
import { sharedBytes, sharedDoubles, sharedInts } from "./shared-arrays.ts";

/**
 * Sublattices here are those that can change, numbered from 0. By translation symmetry one table serves all sites of a
 * sublattice. Clusters are those of the finite supercell: points that fall on one site are one point, or the
 * cluster vanishes when they ask for different species.
 */
export interface InteractionTables {
  /** Parent site of each sublattice. */
  readonly sites: Int32Array;
  /** Sublattice of each parent site, -1 for one that cannot change. */
  readonly sublatticeOf: Int32Array;
  /** Number of species of each sublattice, and the largest of them. */
  readonly species: Int32Array;
  readonly maxSpecies: number;
  readonly cells: PaddedCells;
  /** Neighbours of sublattice s: neighbourStart[s] .. neighbourStart[s + 1]. */
  readonly neighbourStart: Int32Array;
  /** Step to the neighbour's cell in the padded box, and its sublattice. */
  readonly neighbourStep: Int32Array;
  readonly neighbourSublattice: Int32Array;
  /** So many of a sublattice's neighbours, the first ones, are in clusters of three or more sites. */
  readonly manyBody: Int32Array;
  /** Clusters through a site of sublattice s that holds species c: from entryStart[s * (maxSpecies - 1) + c - 1] on. */
  readonly entryStart: Int32Array;
  readonly entryEnergy: Float64Array;
  /** Other points of an entry: entryPoint[entry] .. entryPoint[entry + 1]. */
  readonly entryPoint: Int32Array;
  /** Number of the neighbour in its sublattice's list, and the species it must hold. */
  readonly pointNeighbour: Int32Array;
  readonly pointSpecies: Uint8Array;
}

interface Entry {
  energy: number;
  /** Wrapped site (parent site * cells + cell) and species of the other points, ascending. */
  readonly others: readonly (readonly [number, number])[];
}

export function compileTables(gas: LatticeGas, supercell: Supercell): InteractionTables {
  const { lattice } = supercell;
  const sites = Int32Array.from(lattice.sites.keys()).filter((s) => lattice.sites[s].species.length > 1);
  const sublatticeOf = new Int32Array(lattice.sites.length).fill(-1);
  sites.forEach((site, s) => {
    sublatticeOf[site] = s;
  });
  const species = sites.map((site) => lattice.sites[site].species.length);
  const maxSpecies = Math.max(2, ...species);

  const stars = lattice.sites.map((site) => site.species.map(() => new Map<string, Entry>()));
  const offsets = lattice.sites.map(() => new Map<number, readonly [number, number, number]>());
  for (const { points, energy } of gas.clusters)
    for (let self = 0; self < points.length; self += POINT_STRIDE) {
      const others = otherPoints(points, self, supercell, offsets[points[self]]);
      if (others === null) continue;
      const star = stars[points[self]][points[self + 4]];
      const key = others.join(";");
      const known = star.get(key);
      if (known) known.energy += energy;
      else star.set(key, { energy, others });
    }

  const lists = Array.from(sites, (site) => sortedNeighbours(stars[site], offsets[site]));
  const cells = padCells(
    supercell,
    lists.flatMap(({ neighbours }) => neighbours.map(({ offset }) => offset)),
  );
  const neighbourStart = [0];
  const neighbourStep: number[] = [];
  const neighbourSublattice: number[] = [];
  const entryStart = [0];
  const entryEnergy: number[] = [];
  const entryPoint = [0];
  const pointNeighbour: number[] = [];
  const pointSpecies: number[] = [];
  sites.forEach((site, s) => {
    const { neighbours } = lists[s];
    const numberOf = new Map(neighbours.map(({ wrapped }, k) => [wrapped, k]));
    for (const { wrapped, offset } of neighbours) {
      neighbourStep.push(paddedStep(cells, offset));
      neighbourSublattice.push(sublatticeOf[supercell.sublatticeOf(wrapped)]);
    }
    neighbourStart.push(neighbourStep.length);
    for (let c = 1; c < maxSpecies; c++) {
      for (const { energy, others } of stars[site][c]?.values() ?? []) {
        if (energy === 0) continue;
        for (const [wrapped, held] of others) {
          pointNeighbour.push(numberOf.get(wrapped)!);
          pointSpecies.push(held);
        }
        entryEnergy.push(energy);
        entryPoint.push(pointNeighbour.length);
      }
      entryStart.push(entryEnergy.length);
    }
  });
  return {
    sites: sharedInts(sites),
    sublatticeOf: sharedInts(sublatticeOf),
    species: sharedInts(species),
    maxSpecies,
    cells,
    neighbourStart: sharedInts(neighbourStart),
    neighbourStep: sharedInts(neighbourStep),
    neighbourSublattice: sharedInts(neighbourSublattice),
    manyBody: sharedInts(lists.map((list) => list.manyBody)),
    entryStart: sharedInts(entryStart),
    entryEnergy: sharedDoubles(entryEnergy),
    entryPoint: sharedInts(entryPoint),
    pointNeighbour: sharedInts(pointNeighbour),
    pointSpecies: sharedBytes(pointSpecies),
  };
}

/** The other points as seen from one of them on the supercell, or null where that makes no entry. */
function otherPoints(
  points: readonly number[],
  self: number,
  supercell: Supercell,
  offsets: Map<number, readonly [number, number, number]>,
): [number, number][] | null {
  const home = points[self] * supercell.numCells;
  const held = new Map([[home, points[self + 4]]]);
  for (let at = 0; at < points.length; at += POINT_STRIDE) {
    const offset = [1, 2, 3].map((k) => points[at + k] - points[self + k]) as [number, number, number];
    const wrapped = supercell.siteIndex(points[at], offset);
    // Points that meet are one point, which is entered once.
    if (wrapped === home && at < self) return null;
    const before = held.get(wrapped);
    if (before !== undefined && before !== points[at + 4]) return null;
    held.set(wrapped, points[at + 4]);
    const known = offsets.get(wrapped);
    if (wrapped !== home && (!known || lengthOf(offset) < lengthOf(known))) offsets.set(wrapped, offset);
  }
  held.delete(home);
  return [...held].sort((a, b) => a[0] - b[0]);
}

function lengthOf(offset: readonly number[]): number {
  return offset.reduce((sum, x) => sum + Math.abs(x), 0);
}

/** Neighbours in clusters of three or more first, so that tables over them are short. */
function sortedNeighbours(
  star: readonly ReadonlyMap<string, Entry>[],
  offsets: ReadonlyMap<number, readonly [number, number, number]>,
) {
  const inPairs = new Set<number>();
  const inMany = new Set<number>();
  for (const entries of star)
    for (const { energy, others } of entries.values())
      if (energy !== 0) for (const [wrapped] of others) (others.length > 1 ? inMany : inPairs).add(wrapped);
  for (const wrapped of inMany) inPairs.delete(wrapped);
  const list = (from: ReadonlySet<number>) =>
    [...from]
      .map((wrapped) => ({ wrapped, offset: offsets.get(wrapped)! }))
      .sort((a, b) => byOffset(a.offset, b.offset) || a.wrapped - b.wrapped);
  return { neighbours: [...list(inMany), ...list(inPairs)], manyBody: inMany.size };
}

/** In the order of memory, so that a walk over the neighbours goes forward. */
function byOffset(a: readonly number[], b: readonly number[]): number {
  return a[2] - b[2] || a[1] - b[1] || a[0] - b[0];
}
