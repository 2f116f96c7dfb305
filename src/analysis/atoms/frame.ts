/** One arrangement of atoms, as every measurement takes it; a Structure is one, and so are atoms on the move. */
import { EcitonError } from "../../core/errors.ts";
import { type NeighbourList, neighbourList } from "../../lattice/neighbour-list.ts";

export interface AtomFrame {
  /** Å, Float64Array(3N). */
  readonly positions: Float64Array;
  readonly species: readonly string[];
  /** Rows are lattice vectors, Å, Float64Array(9). */
  readonly cell: Float64Array;
  readonly periodic: readonly [boolean, boolean, boolean];
}

/**
 * @throws {EcitonError} "data" for no atoms or a position that is not finite, "shape" for arrays of different lengths
 */
export function checkAtoms(positions: Float64Array, species: readonly string[]): void {
  if (positions.length !== 3 * species.length)
    throw new EcitonError(
      "shape",
      `expected ${3 * species.length} coordinates for ${species.length} atoms, found ${positions.length}`,
    );
  if (species.length === 0) throw new EcitonError("data", "expected at least one atom, found none");
  const bad = positions.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new EcitonError(
      "data",
      `atom ${Math.floor(bad / 3) + 1}: expected finite coordinates, found ${positions[bad]}`,
      { atom: Math.floor(bad / 3) },
    );
}

export function neighboursOf(
  frame: AtomFrame,
  cutoff: number,
  kind: "full" | "half" = "full",
): NeighbourList {
  checkAtoms(frame.positions, frame.species);
  return neighbourList(frame.positions, frame.cell, frame.periodic, cutoff, kind);
}

/** Name of a pair of species, the same for both orders. */
export function pairName(a: string, b: string): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}

/**
 * Median over the atoms of the distance to the nearest other one, Å: the length that layers and local environments are
 * measured by, without any knowledge of the species.
 * @throws {EcitonError} "data" for a single atom that has no image, and for atoms that coincide
 */
export function typicalDistance(frame: AtomFrame): number {
  checkAtoms(frame.positions, frame.species);
  const count = frame.species.length;
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  // A list that reaches farther than any nearest neighbour can be long, so the reach grows from a small one.
  for (let reach = 2; reach < MOST_REACH; reach *= 1.5) {
    const { first, distances } = neighboursOf(frame, reach);
    for (let i = 0; i < count; i++)
      for (let n = first[i]; n < first[i + 1]; n++) nearest[i] = Math.min(nearest[i], distances[n]);
    const known = nearest.filter(Number.isFinite).sort();
    // The median is known as soon as more than half of the atoms have their neighbour.
    if (2 * known.length > count) {
      const typical = known[Math.floor(count / 2)];
      if (typical > 0) return typical;
      throw new EcitonError(
        "data",
        "expected atoms at different places: most of them coincide with another one",
      );
    }
  }
  throw new EcitonError(
    "data",
    `expected atoms with neighbours: most of the ${count} atoms have none within ${MOST_REACH} Å`,
  );
}

const MOST_REACH = 100;
