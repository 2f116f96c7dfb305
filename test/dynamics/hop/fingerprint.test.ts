import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { icosahedronPositions } from "../../../src/data/generators/polyhedra.ts";
import { Fingerprints, fingerprintDistance } from "../../../src/dynamics/hop/fingerprint.ts";

type Periodic = readonly [boolean, boolean, boolean];
const free: Periodic = [false, false, false];
const noCell = new Float64Array(9);

function cloud(n: number, kinds: number, random: RandomStream) {
  const species = Array.from({ length: n }, () => `S${random.nextIndex(kinds)}`);
  return { species, positions: Float64Array.from({ length: 3 * n }, () => 6 * random.nextFloat()) };
}

/** A random rotation (Shoemake's quaternions), on request with a reflection, and a shift. */
function moved(positions: Float64Array, mirror: boolean, random: RandomStream): Float64Array {
  const q = Array.from({ length: 4 }, () => random.nextNormal());
  const norm = Math.hypot(...q);
  const [w, x, y, z] = q.map((c) => c / norm);
  const m = [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
  const sign = mirror ? -1 : 1;
  const shift = [0, 1, 2].map(() => 20 * random.nextFloat());
  return positions.map((_, i) => {
    const p = positions.subarray(i - (i % 3), i - (i % 3) + 3);
    const row = m[i % 3];
    return sign * (row[0] * p[0] + row[1] * p[1] + row[2] * p[2]) + shift[i % 3];
  });
}

const cases = fc.record({
  seed: fc.nat(1e6),
  atoms: fc.integer({ min: 1, max: 60 }),
  kinds: fc.integer({ min: 1, max: 3 }),
  mirror: fc.boolean(),
});

describe("a fingerprint", () => {
  it("does not change by rotation, reflection, translation and renumbering of atoms of one species", () => {
    fc.assert(
      fc.property(cases, ({ seed, atoms, kinds, mirror }) => {
        const random = new RandomStream(seed, 0);
        const { species, positions } = cloud(atoms, kinds, random);
        const other = moved(positions, mirror, random);
        // Atoms of one species in another order, the list of species as it was.
        const order = Int32Array.from(species.keys());
        for (const kind of new Set(species)) {
          const members = [...order.keys()].filter((i) => species[i] === kind);
          const mixed = random.shuffle([...members]);
          members.forEach((i, k) => {
            order[i] = mixed[k];
          });
        }
        const renumbered = Float64Array.from(
          [...order].flatMap((i) => [...other.subarray(3 * i, 3 * i + 3)]),
        );
        const prints = new Fingerprints({ species, periodic: free });
        const a = prints.of(positions, noCell);
        // Rounding of coordinates of order 30 Å.
        expect(fingerprintDistance(a, prints.of(renumbered, noCell))).toBeLessThan(1e-12);
        expect(a).toHaveLength(prints.length);
      }),
    );
  });

  it("changes by at most twice the largest displacement", () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 1e-6, max: 1, noNaN: true }), ({ seed, atoms, kinds }, delta) => {
        const random = new RandomStream(seed, 1);
        const { species, positions } = cloud(atoms, kinds, random);
        const other = positions.slice();
        for (let i = 0; i < atoms; i++) {
          const d = [0, 1, 2].map(() => random.nextNormal());
          const scale = (delta * random.nextFloat()) / Math.hypot(...d);
          for (let c = 0; c < 3; c++) other[3 * i + c] += scale * d[c];
        }
        const prints = new Fingerprints({ species, periodic: free });
        const apart = fingerprintDistance(prints.of(positions, noCell), prints.of(other, noCell));
        expect(apart).toBeLessThanOrEqual(2 * delta + 1e-12);
      }),
    );
  });

  it("tells which atoms are of which species", () => {
    const positions = Float64Array.from([0, 0, 0, 1, 0, 0, 3, 0, 0]);
    const print = (species: string[]) => new Fingerprints({ species, periodic: free }).of(positions, noCell);
    expect(fingerprintDistance(print(["A", "A", "B"]), print(["A", "B", "A"]))).toBeGreaterThan(0.5);
  });

  it("tells structures apart that have all distances in common", () => {
    // A homometric pair: Patterson, Phys. Rev. 65, 195 (1944) showed that such exist; these are Golomb rulers of six marks.
    const rulers = [
      [0, 1, 4, 10, 12, 17],
      [0, 1, 8, 11, 13, 17],
    ].map((marks) => Float64Array.from(marks.flatMap((x) => [x, 0, 0])));
    const distances = rulers.map((p) =>
      [0, 1, 2, 3, 4, 5]
        .flatMap((i) => [0, 1, 2, 3, 4, 5].map((j) => Math.abs(p[3 * i] - p[3 * j])))
        .sort((a, b) => a - b),
    );
    expect(distances[0]).toEqual(distances[1]);
    const prints = new Fingerprints({ species: new Array<string>(6).fill("A"), periodic: free });
    const [a, b] = rulers.map((p) => prints.of(p, noCell));
    expect(fingerprintDistance(a, b)).toBeGreaterThan(0.1);
  });

  it("stays short for many atoms, and still moves with one of them", () => {
    const { positions, species } = cloud(200, 1, new RandomStream(3, 0));
    const prints = new Fingerprints({ species, periodic: free });
    expect(prints.length).toBe(1200);
    const before = prints.of(positions, noCell);
    // From one side of the cloud, 6 Å across, to the other.
    positions[0] += positions[0] < 3 ? 3 : -3;
    expect(fingerprintDistance(before, prints.of(positions, noCell))).toBeGreaterThan(0.01);
  });

  it("tells adatoms on neighbouring facets of an icosahedron from adatoms on opposite ones", () => {
    const core = icosahedronPositions(2, 2.5);
    // Above the middle of a facet: along the sum of its three corners, of the outer twelve.
    const corners = [...Array(55).keys()]
      .map((i) => [...core.subarray(3 * i, 3 * i + 3)])
      .sort((a, b) => Math.hypot(...b) - Math.hypot(...a))
      .slice(0, 12);
    const edge = Math.min(...corners.slice(1).map((p) => Math.hypot(...p.map((x, c) => x - corners[0][c]))));
    const near = (a: number[], b: number[]) => Math.hypot(...a.map((x, c) => x - b[c])) < 1.1 * edge;
    const facets = corners.flatMap((a, i) =>
      corners.flatMap((b, j) =>
        corners.flatMap((c, k) =>
          i < j && j < k && near(a, b) && near(b, c) && near(a, c) ? [a.map((x, q) => x + b[q] + c[q])] : [],
        ),
      ),
    );
    expect(facets).toHaveLength(20);
    const species = new Array<string>(57).fill("A");
    const prints = new Fingerprints({ species, periodic: free });
    const withAdatoms = (other: number) => {
      const places = [facets[0], facets[other]].flatMap((f) => f.map((x) => (6.2 * x) / Math.hypot(...f)));
      return prints.of(Float64Array.from([...core, ...places]), noCell);
    };
    const all = Array.from({ length: 19 }, (_, k) => withAdatoms(k + 1));
    // The angles between facets fall into five kinds: sharing an edge, a corner (two kinds), none, and opposite; so do the
    // fingerprints, in which the two adatoms are two of 57 atoms.
    const kinds: Float64Array[] = [];
    for (const print of all)
      if (kinds.every((kind) => fingerprintDistance(kind, print) > 0.02)) kinds.push(print);
    expect(kinds).toHaveLength(5);
    for (const print of all)
      expect(Math.min(...kinds.map((kind) => fingerprintDistance(kind, print)))).toBeLessThan(1e-9);
  });

  it("does not see lattice vectors in periodic directions, and takes the nearest images", () => {
    const random = new RandomStream(5, 0);
    const cell = Float64Array.from([5, 0, 0, 2, 6, 0, 0, 0, 20]);
    const { species, positions } = cloud(12, 2, random);
    const prints = new Fingerprints({ species, periodic: [true, true, false] });
    const other = positions.slice();
    for (let i = 0; i < 12; i++) {
      const [a, b] = [random.nextIndex(7) - 3, random.nextIndex(7) - 3];
      for (let c = 0; c < 3; c++) other[3 * i + c] += a * cell[c] + b * cell[3 + c];
    }
    // Rounding of coordinates of order 30 Å.
    expect(fingerprintDistance(prints.of(positions, cell), prints.of(other, cell))).toBeLessThan(1e-11);
    // Two atoms: the first number is their distance, here over all images by hand.
    const pair = Float64Array.from([0.2, 0.1, 1, 4.9, 5.8, 1.5]);
    let nearest = Number.POSITIVE_INFINITY;
    for (let a = -3; a <= 3; a++)
      for (let b = -3; b <= 3; b++)
        nearest = Math.min(nearest, Math.hypot(4.7 + 5 * a + 2 * b, 5.7 + 6 * b, 0.5));
    const two = new Fingerprints({ species: ["A", "A"], periodic: [true, true, false] });
    expect(two.of(pair, cell)[0]).toBeCloseTo(nearest, 12);
  });

  it("refuses coordinates of other atoms", () => {
    const prints = new Fingerprints({ species: ["A", "A"], periodic: free });
    expect(() => prints.of(new Float64Array(9), noCell)).toThrow("fingerprint of 2 atoms");
  });
});
