/** From two cells of a supercell to the neighbour that one is of the other, in two look-ups. */
import { EcitonError } from "../core/errors.ts";
import type { Supercell } from "../lattice/supercell.ts";
import type { InteractionTables } from "./interaction-tables.ts";

/**
 * Differences of codes tell differences of cells apart before wrapping; `classes` wraps them and numbers those by which
 * there are neighbours from 1.
 */
export interface CellDifferences {
  /** By cell of the supercell. */
  readonly codes: Int32Array;
  /** By difference of codes + centre; 0 where nothing interacts. */
  readonly classes: Uint16Array;
  readonly centre: number;
  /** Neighbour + 1, at (class * sublattices + own sublattice) * sublattices + the other's; 0 for none. */
  readonly neighbours: Uint16Array;
}

/** @throws {EcitonError} "memory" for interactions with more than 65535 cells */
export function compileDifferences(tables: InteractionTables, supercell: Supercell): CellDifferences {
  const { cells, neighbourStart, neighbourStep, neighbourSublattice } = tables;
  const [n0, n1, n2] = cells.box;
  const strides = [1, 2 * n0 - 1, (2 * n0 - 1) * (2 * n1 - 1)];
  const codeOf = (u: number, v: number, w: number) => u + strides[1] * v + strides[2] * w;
  const codes = new Int32Array(supercell.numCells);
  for (let c = 0; c < codes.length; c++) codes[c] = codeOf(...supercell.cellOf(c));

  const count = tables.sites.length;
  const classOf = new Map<number, number>();
  const found: [number, number][] = [];
  for (let s = 0; s < count; s++)
    for (let k = neighbourStart[s]; k < neighbourStart[s + 1]; k++) {
      // Cell 0 is (0, 0, 0), so its neighbours are at the differences themselves.
      const difference = cells.cellOf[cells.home[0] + neighbourStep[k]];
      const known = classOf.get(difference) ?? classOf.size + 1;
      classOf.set(difference, known);
      found.push([(known * count + s) * count + neighbourSublattice[k], k - neighbourStart[s] + 1]);
    }
  if (classOf.size > 65535 || found.some(([, neighbour]) => neighbour > 65535))
    throw new EcitonError("memory", `a site interacts with ${found.length} others; reduce the cut-offs`);
  const neighbours = new Uint16Array((classOf.size + 1) * count * count);
  for (const [at, neighbour] of found) neighbours[at] = neighbour;

  const centre = codeOf(n0 - 1, n1 - 1, n2 - 1);
  const classes = new Uint16Array(2 * centre + 1);
  for (let w = 1 - n2, at = 0; w < n2; w++)
    for (let v = 1 - n1; v < n1; v++)
      for (let u = 1 - n0; u < n0; u++) classes[at++] = classOf.get(supercell.cellIndex(u, v, w)) ?? 0;
  return { codes, classes, centre, neighbours };
}
