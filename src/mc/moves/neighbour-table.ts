/** Neighbours within an exchange group, kept for one parent cell only. */
import { studyError } from "../../core/errors.ts";
import { norm3, type Vec3 } from "../../core/linalg.ts";
import { type NeighbourPair, neighbourPairs, type ParentLattice } from "../../lattice/parent-lattice.ts";
import type { Supercell } from "../../lattice/supercell.ts";
import type { ExchangeGroup } from "../exchange-groups.ts";

/**
 * Every neighbour of a site of a group: on the infinite lattice, wrapped into the supercell when it is asked for. In
 * a small supercell a neighbour can therefore be the site itself, or stand at several places of the list.
 */
export class NeighbourTable {
  readonly #supercell: Supercell;
  readonly #bySublattice: readonly (readonly { readonly to: number; readonly cell: Vec3 }[])[];

  /** @param pairs every ordered pair of neighbours, as neighbourPairs gives them */
  constructor(supercell: Supercell, pairs: readonly NeighbourPair[]) {
    this.#supercell = supercell;
    this.#bySublattice = supercell.lattice.sites.map((_, s) =>
      pairs.filter(({ from }) => from === s).map(({ to, cell }) => ({ to, cell })),
    );
  }

  /** By parent site: parent site of each neighbour, and its cell by cell of the supercell. */
  tables(): { to: number; cells: Int32Array }[][] {
    const shifts = new Map<string, Int32Array>();
    return this.#bySublattice.map((list) =>
      list.map(({ to, cell }) => {
        const cells = shifts.get(cell.join()) ?? this.#supercell.shiftTable(cell);
        shifts.set(cell.join(), cells);
        return { to, cells };
      }),
    );
  }

  /** Number of neighbours of a supercell site. */
  count(site: number): number {
    return this.#bySublattice[this.#supercell.sublatticeOf(site)].length;
  }

  /** The neighbour at one of the places 0 .. count - 1. */
  neighbour(site: number, place: number): number {
    const { numCells } = this.#supercell;
    const s = this.#supercell.sublatticeOf(site);
    const { to, cell } = this.#bySublattice[s][place];
    const [u, v, w] = this.#supercell.cellOf(site - s * numCells);
    return to * numCells + this.#supercell.cellIndex(u + cell[0], v + cell[1], w + cell[2]);
  }
}

/**
 * Pairs of sites of one group that are no farther apart than the cut-off.
 * @param cutoff Å; undefined: the nearest distance within each group
 * @param path of the cut-off in the study, for errors
 * @throws {EcitonError} "study" for a cut-off that is not above 0, or below the nearest distance of a group
 */
export function groupNeighbours(
  lattice: ParentLattice,
  groups: readonly ExchangeGroup[],
  cutoff: number | undefined,
  path: string,
): NeighbourPair[] {
  if (cutoff !== undefined && !(Number.isFinite(cutoff) && cutoff > 0))
    throw studyError(path, `expected a distance above 0 Å, found ${cutoff}`);
  return groups.flatMap((group) => {
    const nearest = nearestDistance(lattice, group);
    if (nearest === null)
      throw studyError(path, `the group ${group.name} is a single site without neighbours`);
    if (cutoff === undefined) return neighbourPairs(lattice, nearest, group.sublattices);
    const pairs = neighbourPairs(lattice, cutoff, group.sublattices);
    if (pairs.length === 0)
      throw studyError(
        path,
        `no two sites of ${group.name} are within ${cutoff} Å; the nearest are ${nearest.toFixed(4)} Å apart`,
      );
    return pairs;
  });
}

/** Å; null for a group of one site on a lattice that is not periodic. */
function nearestDistance(lattice: ParentLattice, { sublattices }: ExchangeGroup): number | null {
  const rows = [0, 3, 6].map((at) => norm3(lattice.cell.subarray(at, at + 3)));
  // No distance within a cell, or to the next one, is larger.
  const farthest = rows.reduce((sum, length) => sum + length, 0);
  for (let cutoff = farthest / 16; ; cutoff *= 2) {
    const pairs = neighbourPairs(lattice, cutoff, sublattices);
    if (pairs.length > 0) return pairs.reduce((least, { distance }) => Math.min(least, distance), Infinity);
    if (cutoff > farthest) return null;
  }
}
