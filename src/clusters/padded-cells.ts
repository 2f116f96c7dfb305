/** The cells of a supercell in a box with a margin, where the way to a neighbour is one number for every cell. */
import type { Supercell } from "../lattice/supercell.ts";
import { sharedInts } from "./shared-arrays.ts";

/**
 * The parent cells (u, v, w) of the supercell fill a box; around it the box is continued periodically as far as
 * interactions reach. A cell of the supercell has its home in the inner box and copies in the margin, so that
 * a neighbour's cell is found by adding a constant step, without wrapping and without a table for each neighbour.
 */
export interface PaddedCells {
  /** Number of padded cells. */
  readonly count: number;
  /** Padded cell at the home of each cell of the supercell. */
  readonly home: Int32Array;
  /** Cell of the supercell that each padded cell stands for. */
  readonly cellOf: Int32Array;
  /** Number of cells of the supercell along u, v, w, and with the margin. */
  readonly box: readonly [number, number, number];
  readonly wide: readonly [number, number, number];
}

/** Step from a padded cell to the one at an offset of parent cells. */
export function paddedStep({ wide }: Pick<PaddedCells, "wide">, offset: readonly number[]): number {
  return offset[0] + wide[0] * (offset[1] + wide[1] * offset[2]);
}

/** @param offsets every offset that steps will be taken by */
export function padCells(supercell: Supercell, offsets: readonly (readonly number[])[]): PaddedCells {
  const { numCells } = supercell;
  const last = supercell.cellOf(numCells - 1);
  const box = [last[0] + 1, last[1] + 1, last[2] + 1] as const;
  const margin = [0, 1, 2].map((k) => offsets.reduce((most, o) => Math.max(most, Math.abs(o[k])), 0));
  const wide = [box[0] + 2 * margin[0], box[1] + 2 * margin[1], box[2] + 2 * margin[2]] as const;
  const count = wide[0] * wide[1] * wide[2];
  const home = sharedInts(numCells);
  for (let c = 0; c < numCells; c++) {
    const cell = supercell.cellOf(c);
    home[c] = paddedStep(
      { wide },
      cell.map((x, k) => x + margin[k]),
    );
  }
  const cellOf = sharedInts(count);
  for (let w = 0, at = 0; w < wide[2]; w++)
    for (let v = 0; v < wide[1]; v++)
      for (let u = 0; u < wide[0]; u++)
        cellOf[at++] = supercell.cellIndex(u - margin[0], v - margin[1], w - margin[2]);
  return { count, home, cellOf, box, wide };
}
