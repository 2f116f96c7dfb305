/** Whether two configurations are one and the same up to the symmetry of the lattice. */
import { preservesSupercell, type SymmetryOperation } from "../../lattice/symmetry.ts";
import type { Configuration } from "../configuration.ts";

/**
 * Compares configurations on one supercell under all operations of the lattice that keep it, translations
 * included.
 */
export function areEquivalent(
  a: Pick<Configuration, "supercell" | "occupation">,
  b: Pick<Configuration, "supercell" | "occupation">,
  operations: readonly SymmetryOperation[],
): boolean {
  const { supercell } = a;
  const { numCells } = supercell;
  const numParents = supercell.lattice.sites.length;
  for (const { rotation, siteMap, shift } of operations) {
    if (!preservesSupercell({ rotation, siteMap, shift }, supercell.matrix)) continue;
    const [w0, w1, w2, w3, w4, w5, w6, w7, w8] = rotation;
    // Images of all cells, before any translation.
    const turned = Array.from({ length: numCells }, (_, c) => {
      const [u, v, w] = supercell.cellOf(c);
      return [w0 * u + w1 * v + w2 * w, w3 * u + w4 * v + w5 * w, w6 * u + w7 * v + w8 * w];
    });
    for (let t = 0; t < numCells; t++) {
      const [x, y, z] = supercell.cellOf(t);
      let same = true;
      for (let s = 0; s < numParents && same; s++)
        for (let c = 0; c < numCells && same; c++) {
          const [u, v, w] = turned[c];
          const image = supercell.cellIndex(
            u + shift[3 * s] + x,
            v + shift[3 * s + 1] + y,
            w + shift[3 * s + 2] + z,
          );
          same = a.occupation[s * numCells + c] === b.occupation[siteMap[s] * numCells + image];
        }
      if (same) return true;
    }
  }
  return false;
}
