/** Neighbours of every site of a supercell, kept once for each sublattice: translations give the rest. */
import { OffsetTables } from "../clusters/counts.ts";
import { EcitonError, studyError } from "../core/errors.ts";
import { faceSpacings } from "../core/linalg.ts";
import { DISTANCE_TOLERANCE_A, type NeighbourPair, neighbourPairs } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";

/** Numbers in tables of neighbouring cells: 1 GiB. */
const MOST_ENTRIES = 2 ** 28;
/** Pairs of sites for a parent cell: about a second of work only to list them. */
const MOST_PAIRS = 1e6;

/**
 * Neighbour k of the site s * numCells + c, with k from start[s] to start[s + 1] - 1, is the site
 * first[k] + shift[table[k] + c].
 */
export interface NeighbourLists {
  readonly start: Int32Array;
  /** First site of the neighbour's sublattice. */
  readonly first: Int32Array;
  readonly table: Int32Array;
  /** Cells c + offset for every offset that occurs. */
  readonly shift: Int32Array;
  /** The pairs that were given, in the order of k. */
  readonly pairs: readonly NeighbourPair[];
}

/** @param pairs ordered pairs of parent sites; who is to see the other end needs both directions */
export function compileNeighbours(supercell: Supercell, pairs: readonly NeighbourPair[]): NeighbourLists {
  const cells = supercell.numCells;
  const sorted = [...pairs].sort((a, b) => a.from - b.from);
  const tables = new OffsetTables(supercell);
  const start = new Int32Array(supercell.lattice.sites.length + 1);
  for (const pair of sorted) start[pair.from + 1]++;
  for (let s = 0; s < start.length - 1; s++) start[s + 1] += start[s];
  const first = Int32Array.from(sorted, (pair) => pair.to * cells);
  const table = Int32Array.from(sorted, ({ cell: [u, v, w] }) => tables.indexOf(u, v, w) * cells);
  return { start, first, table, shift: tables.flatten(), pairs: sorted };
}

/**
 * All ordered pairs of these parent sites up to a distance.
 * @param cutoff Å
 * @param path of the distance in the study, for errors
 * @throws {EcitonError} "memory" before anything large is built
 */
export function pairsWithin(
  supercell: Supercell,
  cutoff: number,
  sites: readonly number[],
  path: string,
): NeighbourPair[] {
  const { cell, periodic } = supercell.lattice;
  const offsets = faceSpacings(cell).reduce(
    (product, spacing, k) => product * (periodic[k] ? (2 * cutoff) / spacing + 1 : 1),
    1,
  );
  const entries = Math.min(offsets, supercell.numCells) * supercell.numCells;
  if (offsets * sites.length ** 2 > MOST_PAIRS || entries > MOST_ENTRIES)
    throw new EcitonError(
      "memory",
      `${path}: sites have neighbours in about ${offsets.toExponential(1)} cells within ${cutoff} Å, too many for a ` +
        `supercell of ${supercell.numCells} cells; lower this distance`,
      { path, offsets, cells: supercell.numCells },
    );
  return neighbourPairs(supercell.lattice, cutoff, sites);
}

/**
 * All ordered pairs of these parent sites at their n-th distance.
 * @param shell from 1
 * @param path of the number in the study, for errors
 * @throws {EcitonError} "study" when there is no such shell, "memory" when it is too far away
 */
export function pairsOfShell(
  supercell: Supercell,
  shell: number,
  sites: readonly number[],
  path: string,
): NeighbourPair[] {
  if (shell > MOST_PAIRS)
    throw new EcitonError("memory", `${path}: shell ${shell} is too far away`, { path });
  const spacings = faceSpacings(supercell.lattice.cell);
  const extended = supercell.lattice.periodic.some((p) => p);
  for (let reach = Math.max(...spacings); ; reach *= 1.5) {
    const pairs = pairsWithin(supercell, reach, sites, path);
    const distances: number[] = [];
    for (const { distance } of [...pairs].sort((a, b) => a.distance - b.distance))
      if (distances.length === 0 || distance > distances[distances.length - 1] + DISTANCE_TOLERANCE_A)
        distances.push(distance);
    if (distances.length >= shell)
      return pairs.filter(
        ({ distance }) => Math.abs(distance - distances[shell - 1]) <= 2 * DISTANCE_TOLERANCE_A,
      );
    // Among finitely many sites there are no more pairs than those between all of them.
    if (!extended && pairs.length === sites.length * (sites.length - 1))
      throw studyError(path, `the sites have only ${distances.length} shells, found ${shell}`);
  }
}
