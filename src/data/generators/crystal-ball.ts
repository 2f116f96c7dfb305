/** The atoms of a crystal around a point. */
import { faceSpacings } from "../../core/linalg.ts";
import type { Crystal } from "./crystals.ts";

export interface Ball {
  readonly species: readonly string[];
  /** Å, relative to the centre, the nearest first. */
  readonly positions: Float64Array;
  /** Å from the centre, ascending. */
  readonly distances: Float64Array;
}

/** Distances that differ by less are the same, Å. */
const SAME = 1e-6;

/**
 * All atoms within a radius, by distance; those of one distance by position, so that rounding does not decide.
 * @param centre Å, in the crystal's axes
 */
export function crystalBall(crystal: Crystal, centre: ArrayLike<number>, radius: number): Ball {
  const { cell } = crystal;
  const spacings = faceSpacings(cell);
  // Atoms and centre may lie anywhere in, or just out of, a cell: two more on either side.
  const reach = spacings.map((s) => Math.ceil(radius / s) + 2);
  const found: { name: string; at: [number, number, number]; distance: number }[] = [];
  for (let atom = 0; atom < crystal.species.length; atom++)
    for (let i = -reach[0]; i <= reach[0]; i++)
      for (let j = -reach[1]; j <= reach[1]; j++)
        for (let k = -reach[2]; k <= reach[2]; k++) {
          const x = crystal.positions[3 * atom] + i * cell[0] + j * cell[3] + k * cell[6] - centre[0];
          const y = crystal.positions[3 * atom + 1] + i * cell[1] + j * cell[4] + k * cell[7] - centre[1];
          const z = crystal.positions[3 * atom + 2] + i * cell[2] + j * cell[5] + k * cell[8] - centre[2];
          const distance = Math.sqrt(x * x + y * y + z * z);
          if (distance <= radius + SAME) found.push({ name: crystal.species[atom], at: [x, y, z], distance });
        }
  const rounded = (x: number) => Math.round(x / SAME);
  found.sort(
    (p, q) =>
      rounded(p.distance) - rounded(q.distance) ||
      rounded(p.at[2]) - rounded(q.at[2]) ||
      rounded(p.at[1]) - rounded(q.at[1]) ||
      rounded(p.at[0]) - rounded(q.at[0]),
  );
  return {
    species: found.map(({ name }) => name),
    positions: Float64Array.from(found.flatMap(({ at }) => at)),
    distances: Float64Array.from(found, ({ distance }) => distance),
  };
}
