/** Configurations turned into relaxed structures and mapped back. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CountsEvaluator } from "../../../src/clusters/counts.ts";
import { buildPool } from "../../../src/clusters/pool.ts";
import { type Mat3, mul3, rowTimes } from "../../../src/core/linalg.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { StructureMapper } from "../../../src/data/mapping/map-structure.ts";
import type { MappingOptions } from "../../../src/data/mapping/options.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { neighbourPairs, type ParentLattice } from "../../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import { randomRotation } from "../../rotations.ts";
import { ceriaSlab, fcc, perovskite, rocksalt } from "./fixtures.ts";

/**
 * Displacements, as a fraction of the shortest distance between sites: the mean displacement is taken off as part
 * of the rigid shift, so atoms end up at most twice as far away, which must stay below the limit of a quarter.
 */
const AMPLITUDE = 0.12;

function randomMatrix(random: RandomStream, periodic: readonly boolean[], maxCells: number): Mat3 {
  const axes = [0, 1, 2].filter((k) => periodic[k]);
  let m: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  let cells = 1;
  for (const k of axes) {
    m[4 * k] = 1 + random.nextIndex(Math.max(1, Math.floor(maxCells / cells)));
    cells *= m[4 * k];
    for (const j of axes) if (j < k) m[3 * k + j] = random.nextIndex(m[4 * j]);
  }
  // Any other basis of the same cell will do as well: add rows to each other at random.
  for (let step = 0; step < 4; step++) {
    const [i, j] = [axes[random.nextIndex(axes.length)], axes[random.nextIndex(axes.length)]];
    if (i === j) continue;
    const change: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    change[3 * i + j] = random.nextIndex(5) - 2;
    m = mul3(change, m);
  }
  return m;
}

interface Case {
  readonly lattice: ParentLattice;
  readonly options: MappingOptions;
  readonly cutoffs: Record<number, number>;
  readonly maxCells: number;
}

/** Random occupation with every vacancy species at the given share of its sites. */
function randomOccupation(
  supercell: Supercell,
  vacancy: readonly string[],
  random: RandomStream,
): Uint8Array {
  const { sites } = supercell.lattice;
  return Uint8Array.from({ length: supercell.numSites }, (_, i) => {
    const { species } = sites[supercell.sublatticeOf(i)];
    const empty = species.findIndex((name) => vacancy.includes(name));
    if (empty >= 0 && random.nextFloat() < 0.25) return empty;
    for (;;) {
      const chosen = random.nextIndex(species.length);
      if (chosen !== empty) return chosen;
    }
  });
}

function relaxedStructure(
  supercell: Supercell,
  occupation: Uint8Array,
  vacancy: readonly string[],
  amplitude: number,
  random: RandomStream,
): Structure {
  const { lattice } = supercell;
  const rotation = randomRotation(random);
  const stretch: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const isotropic = 0.96 + 0.08 * random.nextFloat();
  for (let i = 0; i < 3; i++)
    for (let j = 0; j <= i; j++) {
      const value = 0.02 * (random.nextFloat() - 0.5) + (i === j ? isotropic : 0);
      // The height of a slab is not part of the strain that is taken off.
      const free = !lattice.periodic[i] || !lattice.periodic[j];
      stretch[3 * i + j] = stretch[3 * j + i] = free ? Number(i === j) : value;
    }
  const deformation = mul3(stretch, rotation);
  const cell = Float64Array.from(mul3(supercell.cell, deformation));
  const shift = Array.from({ length: 3 }, () => 10 * (random.nextFloat() - 0.5));
  const atoms: { name: string; x: number[] }[] = [];
  const positions = supercell.positions();
  occupation.forEach((chosen, i) => {
    const name = lattice.sites[supercell.sublatticeOf(i)].species[chosen];
    if (vacancy.includes(name)) return;
    const direction = Array.from({ length: 3 }, () => random.nextNormal());
    const length = (amplitude * random.nextFloat()) / Math.hypot(...direction);
    const site = rowTimes(positions.subarray(3 * i, 3 * i + 3), deformation);
    const image = [0, 1, 2].map(() => random.nextIndex(5) - 2);
    const translation = rowTimes(image, cell);
    atoms.push({
      name,
      x: site.map((y, k) => y + direction[k] * length + shift[k] + translation[k]),
    });
  });
  random.shuffle(atoms);
  return {
    cell,
    periodic: [true, true, true],
    species: atoms.map((atom) => atom.name),
    positions: Float64Array.from(atoms.flatMap((atom) => atom.x)),
    name: "relaxed",
    info: {},
    source: { file: "test", line: null },
  };
}

const cases: Record<string, Case> = {
  "fcc alloy": { lattice: fcc(4, ["A", "B"]), options: {}, cutoffs: { 2: 6, 3: 4 }, maxCells: 8 },
  "fcc alloy with vacancies": {
    lattice: fcc(4, ["A", "B", "Va"]),
    options: {},
    cutoffs: { 2: 5, 3: 3 },
    maxCells: 8,
  },
  perovskite: { lattice: perovskite(4), options: {}, cutoffs: { 2: 6, 3: 4 }, maxCells: 6 },
  "rocksalt with mixed cations and anions": {
    lattice: rocksalt(4.2, ["Li", "Mn"], ["O", "F"]),
    options: {},
    cutoffs: { 2: 5, 3: 3.1 },
    maxCells: 8,
  },
  "ceria slab": {
    lattice: ceriaSlab(),
    options: { vacancy: ["V"] },
    cutoffs: { 2: 6, 3: 4.7 },
    maxCells: 9,
  },
};

for (const [name, { lattice, options, cutoffs, maxCells }] of Object.entries(cases))
  test(`${name}: a relaxed, strained, turned, shifted, shuffled structure maps back`, () => {
    const pool = buildPool(lattice, "indicator", cutoffs);
    const vacancy = options.vacancy ?? ["Va"];
    const amplitude =
      AMPLITUDE * neighbourPairs(lattice, 3).reduce((d, { distance }) => Math.min(d, distance), 3);
    const mapper = new StructureMapper(lattice, options);
    const countsOf = (supercell: Supercell, occupation: Uint8Array) =>
      Array.from(
        new CountsEvaluator(supercell, "indicator", pool.orbits).counts(occupation),
        (n) => n / supercell.numCells,
      );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const random = new RandomStream(seed, 0);
        const supercell = new Supercell(lattice, randomMatrix(random, lattice.periodic, maxCells));
        const occupation = randomOccupation(supercell, vacancy, random);
        const structure = relaxedStructure(supercell, occupation, vacancy, amplitude, random);
        fc.pre(structure.species.length > 0);
        const result = mapper.map(structure);
        expect(result.accepted ? "accepted" : `${result.code}: ${result.reason}`).toBe("accepted");
        if (!result.accepted) return;
        const found = result.configuration;
        expect(found.supercell.numCells).toBe(supercell.numCells);
        const expected = countsOf(supercell, occupation);
        const counts = countsOf(found.supercell, found.occupation);
        // Whole numbers over the number of cells: equal up to rounding.
        counts.forEach((count, i) => {
          expect(count).toBeCloseTo(expected[i], 9);
        });
      }),
      { numRuns: 60 },
    );
  });
