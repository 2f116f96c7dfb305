/** Random small lattices and occupations for properties. */
import fc from "fast-check";
import type { RandomStream } from "../../src/core/random.ts";
import { createParentLattice, neighbourPairs, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import type { Supercell } from "../../src/lattice/supercell.ts";

const h = Math.sqrt(3) / 2;
const cells: Record<string, number[]> = {
  cubic: [3, 0, 0, 0, 3, 0, 0, 0, 3],
  fcc: [0, 2, 2, 2, 0, 2, 2, 2, 0],
  bcc: [-1.6, 1.6, 1.6, 1.6, -1.6, 1.6, 1.6, 1.6, -1.6],
  hexagonal: [3, 0, 0, -1.5, 3 * h, 0, 0, 0, 4],
  leftHanded: [3, 0, 0, 1.5, -3 * h, 0, 0, 0, 4],
  monoclinic: [3, 0, 0, 0, 3.4, 0, 0.7, 0, 3.9],
  triclinic: [3.1, 0.2, -0.4, 0.6, 3.3, 0.3, -0.5, 0.9, 3.7],
};

const quarter = fc.constantFrom(0, 0.25, 0.5, 0.75);
const species = fc.constantFrom(["A", "B"], ["A", "B", "C"], ["C", "A"], ["X"]);

/** Lattices of 1 .. 3 sites in cells of every kind, periodic in any directions. */
export const randomLattice: fc.Arbitrary<ParentLattice> = fc
  .record({
    cell: fc.constantFrom(...Object.values(cells)),
    periodic: fc.oneof(
      { weight: 3, arbitrary: fc.constant([true, true, true] as const) },
      { weight: 2, arbitrary: fc.constant([true, true, false] as const) },
      { weight: 1, arbitrary: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()) },
    ),
    sites: fc.uniqueArray(fc.record({ position: fc.tuple(quarter, quarter, quarter), species }), {
      minLength: 1,
      maxLength: 3,
      selector: (site) => site.position.join(),
    }),
  })
  .filter(({ sites }) => sites.some((site) => site.species.length > 1))
  .map(({ cell, periodic, sites }) =>
    createParentLattice({
      cell,
      periodic,
      coordinates: "fractional",
      sites: sites.map((site, i) => ({ name: `s${i}`, ...site })),
    }),
  );

/** A cut-off with about so many neighbours, in a gap between shells so that rounding decides nothing. */
export function gapCutoff(lattice: ParentLattice, neighbours: number): number {
  const distances = neighbourPairs(lattice, 6)
    .map((pair) => pair.distance)
    .sort((a, b) => a - b);
  let at = Math.min(neighbours * lattice.sites.length, distances.length - 1);
  while (at > 0 && distances[at] - distances[at - 1] < 0.01) at--;
  return at <= 0 ? 0.5 : (distances[at] + distances[at - 1]) / 2;
}

/** Supercell matrices that repeat along periodic directions only, up to 4 cells, skewed ones among them. */
export function matricesFor(lattice: ParentLattice): fc.Arbitrary<number[]> {
  const entry = fc.integer({ min: -2, max: 2 });
  return fc
    .array(entry, { minLength: 9, maxLength: 9 })
    .map((m) =>
      m.map((x, i) => {
        const [row, column] = [Math.floor(i / 3), i % 3];
        if (lattice.periodic[row] && lattice.periodic[column]) return x;
        return row === column ? 1 : 0;
      }),
    )
    .filter((m) => {
      const volume = Math.abs(
        m[0] * (m[4] * m[8] - m[5] * m[7]) -
          m[1] * (m[3] * m[8] - m[5] * m[6]) +
          m[2] * (m[3] * m[7] - m[4] * m[6]),
      );
      return volume >= 1 && volume <= 4;
    });
}

export function randomOccupation(supercell: Supercell, random: RandomStream): Uint8Array {
  const { sites } = supercell.lattice;
  return Uint8Array.from({ length: supercell.numSites }, (_, i) =>
    random.nextIndex(sites[supercell.sublatticeOf(i)].species.length),
  );
}

/** Every occupation of a supercell. */
export function allOccupations(supercell: Supercell): Uint8Array[] {
  const { sites } = supercell.lattice;
  let all: number[][] = [[]];
  for (let i = 0; i < supercell.numSites; i++) {
    const count = sites[supercell.sublatticeOf(i)].species.length;
    all = all.flatMap((begun) => Array.from({ length: count }, (_, s) => [...begun, s]));
  }
  return all.map((occupation) => Uint8Array.from(occupation));
}
