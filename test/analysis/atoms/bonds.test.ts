import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AngularDistribution } from "../../../src/analysis/atoms/angular-distribution.ts";
import { atomicEquivalenceIndices } from "../../../src/analysis/atoms/atomic-equivalence.ts";
import { BondLengths } from "../../../src/analysis/atoms/bond-lengths.ts";
import { BondCutoffs } from "../../../src/analysis/atoms/bonds.ts";
import { CoordinationDistribution, smoothCoordination } from "../../../src/analysis/atoms/coordination.ts";
import type { AtomFrame } from "../../../src/analysis/atoms/frame.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { bcc, cluster, diamond, fcc, fluorite, hcp } from "./crystals.ts";
import { icosahedron, mackay, molecule, ring, scaled, signs, tetrahedron } from "./molecules.ts";
import { moved } from "./moves.ts";

/** Bonds by covalent radii, as without any setting. */
const usual = new BondCutoffs();

/** Number of bonds of each atom. */
function coordinationNumbers(frame: AtomFrame, cutoffs: BondCutoffs): number[] {
  const { first } = cutoffs.bonds(frame);
  return frame.species.map((_, i) => first[i + 1] - first[i]);
}

describe("bonds", () => {
  it("are those of chemistry by covalent radii", () => {
    const bonded = (atoms: Parameters<typeof cluster>[0]) => coordinationNumbers(cluster(atoms), usual);
    expect(
      bonded(
        molecule(
          ["O", [[0, 0, 0]]],
          [
            "H",
            [
              [0.757, 0.586, 0],
              [-0.757, 0.586, 0],
            ],
          ],
        ),
      ),
    ).toEqual([2, 1, 1]);
    expect(bonded(molecule(["C", ring(6, 1.39)], ["H", ring(6, 2.48)]))).toEqual([
      ...Array(6).fill(3),
      ...Array(6).fill(1),
    ]);
    // The first shell only, in metals whose radii are small and large against their distances (Ca and Al; Ag).
    for (const [name, a] of [
      ["Cu", 3.615],
      ["Al", 4.05],
      ["Ag", 4.085],
      ["Au", 4.078],
      ["Pb", 4.95],
      ["Ca", 5.588],
      ["Pt", 3.924],
    ] as const)
      expect([...new Set(coordinationNumbers(fcc(a, 2, Array(4).fill(name)), usual))]).toEqual([12]);
    expect([...new Set(coordinationNumbers(diamond(5.431, 2), usual))]).toEqual([4]);
  });

  it("take the distance of a pair first, then that of all, then the radii", () => {
    const rule = new BondCutoffs({ cutoff: 3, pairs: { "O-Ce": 2.5 } });
    expect(rule.between("Ce", "O")).toBe(2.5);
    expect(rule.between("O", "O")).toBe(3);
    expect(new BondCutoffs({ factor: 1 }).between("Cu", "Au")).toBeCloseTo(1.32 + 1.36, 12);
    expect(new BondCutoffs().between("Ce3+", "O2-")).toBe(new BondCutoffs().between("Ce", "O"));
    expect(() => new BondCutoffs().between("X", "O")).toThrow(
      /no covalent radius is known for the species X/,
    );
  });

  it("are the same in a filtered list and in a search of all pairs", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new RandomStream(seed, 0);
        const species = Array.from({ length: 30 }, () => ["A", "B", "C"][random.nextIndex(3)]);
        const positions = Float64Array.from({ length: 90 }, () => 6 * random.nextFloat());
        const rule = new BondCutoffs({ cutoff: 1.5, pairs: { "A-B": 2.5, "C-C": 0.9 } });
        const frame = cluster({ species, positions });
        const expected = species.map(
          (a, i) =>
            species.filter((b, j) => {
              const away = Math.hypot(...[0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * j + k]));
              return i !== j && away <= rule.between(a, b);
            }).length,
        );
        expect(coordinationNumbers(frame, rule)).toEqual(expected);
        const { distances, vectors } = rule.bonds(frame);
        distances.forEach((d, n) => {
          expect(Math.hypot(...vectors.subarray(3 * n, 3 * n + 3))).toBeCloseTo(d, 12);
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe("bond lengths", () => {
  /** Two cerium atoms with three bonds each: 2.2, 2.3, 2.32 and 2.3, 2.41, 2.52 Å. */
  const lengths = [2.2, 2.3, 2.32, 2.3, 2.41, 2.52];
  const star = cluster(
    molecule(
      [
        "Ce",
        [
          [0, 0, 0],
          [50, 0, 0],
        ],
      ],
      [
        "O",
        lengths.map((d, i): [number, number, number] => [
          (i < 3 ? 0 : 50) + (i % 3 === 0 ? d : 0),
          i % 3 === 1 ? d : 0,
          i % 3 === 2 ? d : 0,
        ]),
      ],
    ),
  );

  it("are counted in bins of 0.1 Å with the longest, the second longest and the mean", () => {
    const bonds = new BondLengths(usual, { window: [2.2, 2.4] });
    bonds.add(star);
    const [only, ...more] = bonds.result();
    expect(more).toEqual([]);
    expect(only.pair).toBe("Ce-O");
    expect(only.bonds).toEqual({ mean: 6, error: null });
    expect(only.mean.mean).toBeCloseTo(14.05 / 6, 12);
    expect(only.shortest.mean).toBeCloseTo(2.2, 12);
    expect(only.longest.mean).toBeCloseTo(2.52, 12);
    expect(only.secondLongest?.mean).toBeCloseTo(2.41, 12);
    expect(only.inWindow?.mean).toBeCloseTo(4 / 6, 12);
    // From 2.2: one, then 2.3 2.32 2.3 (a length on an edge belongs above it), 2.41, 2.52.
    expect(only.histogram.width * only.histogram.first).toBeCloseTo(2.2, 12);
    expect(only.histogram.fraction.map((part) => 6 * part)).toEqual(
      [1, 3, 1, 1].map((n) => expect.closeTo(n, 12)),
    );
  });

  it("average over frames, those without a pair included in the number but not in the lengths", () => {
    const bonds = new BondLengths(usual);
    const short = cluster(molecule(["Ce", [[0, 0, 0]]], ["O", [[2, 0, 0]]]));
    const apart = cluster(molecule(["Ce", [[0, 0, 0]]], ["O", [[9, 0, 0]]]));
    const hydrogen = cluster(
      molecule([
        "H",
        [
          [0, 0, 0],
          [0, 0, 0.74],
        ],
      ]),
    );
    for (const frame of [apart, short, star, hydrogen]) bonds.add(frame);
    const [ceO, hH] = bonds.result();
    expect([ceO.pair, hH.pair]).toEqual(["Ce-O", "H-H"]);
    expect(ceO.bonds.mean).toBeCloseTo(7 / 4, 12);
    expect(hH.bonds.mean).toBeCloseTo(1 / 4, 12);
    expect(ceO.mean.mean).toBeCloseTo((14.05 + 2) / 7, 12);
    expect(ceO.longest.mean).toBeCloseTo((2.52 + 2) / 2, 12);
    expect(ceO.secondLongest?.mean).toBeCloseTo(2.41, 12);
    expect(hH.secondLongest).toBeNull();
    expect(ceO.histogram.fraction.reduce((a, x) => a + x, 0)).toBeCloseTo(1, 12);
  });

  it("of ceria are a√3/4, eight for each cerium", () => {
    const bonds = new BondLengths(new BondCutoffs({ pairs: { "Ce-O": 3 }, cutoff: 1 }));
    bonds.add(fluorite(5.411, 2));
    const [ceO] = bonds.result();
    expect(ceO.bonds.mean).toBe(32 * 8);
    expect(ceO.shortest.mean).toBeCloseTo((5.411 * Math.sqrt(3)) / 4, 10);
    expect(ceO.longest.mean).toBeCloseTo((5.411 * Math.sqrt(3)) / 4, 10);
  });
});

describe("coordination numbers", () => {
  it("are 12 in fcc and hcp for each and every atom, 8 + 6 in bcc", () => {
    for (const [frame, expected] of [
      [fcc(3.615, 3), 12],
      [fcc(3.615, 1), 12],
      [hcp(3.2, 3), 12],
      [bcc(2.87, 3), 14],
    ] as const) {
      const distribution = new CoordinationDistribution(usual);
      distribution.add(frame);
      const [all, own] = distribution.result();
      expect(all.species).toBe("all");
      expect(all.probability).toEqual([...Array(expected).fill(0), 1]);
      expect(all.mean.mean).toBe(expected);
      expect(own.partners).toEqual({ [own.species]: { mean: expected, error: null } });
    }
  });

  it("of an icosahedron of 55 are 12 inside, 9 without facet centres, 8 on edges, 6 on corners", () => {
    // 13 inside; on the surface 12 corners and 30 edge atoms.
    const distribution = new CoordinationDistribution(usual);
    distribution.add(cluster(molecule(["Cu", mackay(2, 2.6)])));
    const [{ probability }] = distribution.result();
    const count = (cn: number) => 55 * probability[cn];
    expect([6, 8, 12].map(count)).toEqual([12, 30, 13].map((n) => expect.closeTo(n, 10)));
  });

  it("by species and partner of ceria are 8 and 4", () => {
    const distribution = new CoordinationDistribution(new BondCutoffs({ pairs: { "Ce-O": 3 }, cutoff: 1 }));
    distribution.add(fluorite(5.411, 2));
    const [all, ce, o] = distribution.result();
    expect([ce.species, o.species]).toEqual(["Ce", "O"]);
    expect(ce.partners.O.mean).toBe(8);
    expect(o.partners.Ce.mean).toBe(4);
    expect(all.mean.mean).toBeCloseTo(16 / 3, 12);
    expect(all.atoms).toBe(96);
  });

  it("of frames with different atoms count every atom the same", () => {
    const distribution = new CoordinationDistribution(usual);
    const pair = cluster(
      molecule([
        "Cu",
        [
          [0, 0, 0],
          [2.5, 0, 0],
        ],
      ]),
    );
    const single = cluster(molecule(["Cu", [[0, 0, 0]]], ["O", [[0, 0, 1.9]]]));
    for (const frame of [pair, pair, single]) distribution.add(frame);
    const [all, cu, o] = distribution.result();
    expect(all.probability).toEqual([0, 1]);
    expect(cu.atoms).toBe(5);
    expect(cu.partners.Cu.mean).toBeCloseTo(4 / 5, 12);
    expect(cu.partners.O.mean).toBeCloseTo(1 / 5, 12);
    expect(o.mean).toEqual({ mean: 1, error: null });
  });

  it("in their smooth form meet the sharp ones and fall off by a cosine", () => {
    const frame = fcc(3.615, 2);
    for (const cn of smoothCoordination(frame, 3, 3.5)) expect(cn).toBe(12);
    const pair = (r: number) =>
      smoothCoordination(
        cluster(
          molecule([
            "Cu",
            [
              [0, 0, 0],
              [r, 0, 0],
            ],
          ]),
        ),
        2,
        4,
      )[0];
    expect(pair(2)).toBe(1);
    expect(pair(3)).toBeCloseTo(0.5, 12);
    expect(pair(2.5)).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
    expect(pair(4)).toBeCloseTo(0, 12);
    expect(() => smoothCoordination(frame, 3, 3)).toThrow("inner distance below");
  });
});

describe("bond angles", () => {
  const angles = (frame: Parameters<AngularDistribution["add"]>[0], rule = usual, width = 2) => {
    const distribution = new AngularDistribution(rule, width);
    distribution.add(frame);
    return distribution.result();
  };

  it("do not exist between atoms that coincide", () => {
    const twice = cluster({
      species: ["Cu", "Cu", "Cu"],
      positions: Float64Array.of(0, 0, 0, 0, 0, 0, 2.5, 0, 0),
    });
    expect(() => angles(twice)).toThrow("atoms 1 and 2 coincide");
  });

  it("of fcc are 24 of 60°, 12 of 90°, 24 of 120° and 6 of 180° for each atom", () => {
    const frame = fcc(3.615, 2);
    // Half a degree off the edges of bins, whatever the rounding.
    const [all, own] = angles(frame, usual, 180 / 101);
    expect(all.triplet).toBe("all");
    expect(own.triplet).toBe("Cu-Cu-Cu");
    expect(all.angles.mean).toBe(32 * 66);
    const at = (degrees: number) => {
      const bin = all.degrees.findIndex((middle) => Math.abs(middle - degrees) <= 90 / 101);
      return all.density[bin] * (180 / 101) * 66;
    };
    expect([60, 90, 120, 180].map(at)).toEqual([24, 12, 24, 6].map((n) => expect.closeTo(n, 8)));
    expect(all.mean.mean).toBeCloseTo((24 * 60 + 12 * 90 + 24 * 120 + 6 * 180) / 66, 8);
  });

  it("are told apart by species", () => {
    const water = cluster(
      molecule(
        ["O", [[0, 0, 0]]],
        [
          "H",
          [
            [0.757, 0.586, 0],
            [-0.757, 0.586, 0],
          ],
        ],
      ),
    );
    const found = angles(water);
    expect(found.map(({ triplet }) => triplet)).toEqual(["all", "H-O-H"]);
    expect(found[1].mean.mean).toBeCloseTo((2 * Math.atan(0.757 / 0.586) * 180) / Math.PI, 10);
    const methane = cluster(molecule(["C", [[0, 0, 0]]], ["H", scaled(tetrahedron, 1.09)]));
    expect(angles(methane)[1].mean.mean).toBeCloseTo((Math.acos(-1 / 3) * 180) / Math.PI, 10);
    const mixed = cluster(molecule(["Ce", [[0, 0, 0]]], ["O", [[2.3, 0, 0]]], ["F", [[0, 2.3, 0]]]));
    expect(angles(mixed)[1].triplet).toBe("F-Ce-O");
  });

  it("have a density that sums to one", () => {
    const atoms = moved(molecule(["Cu", mackay(2, 2.6)]), new RandomStream(3, 0), 0.4);
    const [{ density, degrees }] = angles(cluster(atoms));
    expect(degrees).toHaveLength(90);
    expect(density.reduce((sum, x) => sum + 2 * x, 0)).toBeCloseTo(1, 10);
  });
});

describe("atomic equivalence indices", () => {
  it("are sums of distances, equal for equivalent atoms and smallest in the middle", () => {
    const square = molecule(["C", signs(1, 1, 0)]);
    for (const index of atomicEquivalenceIndices(square.positions, square.species))
      expect(index).toBeCloseTo(2 + 2 + 2 * Math.SQRT2, 12);
    const edge = 2 / Math.sqrt(((1 + Math.sqrt(5)) / 2) * Math.sqrt(5));
    const thirteen = molecule(["Ar", [[0, 0, 0], ...scaled(icosahedron, 1)]]);
    const [middle, ...outer] = atomicEquivalenceIndices(thirteen.positions, thirteen.species);
    expect(middle).toBeCloseTo(12, 12);
    // A corner sees the middle, five neighbours, five next ones a golden ratio farther, and the opposite corner.
    for (const index of outer) expect(index).toBeCloseTo(1 + 5 * edge * (1 + (1 + Math.sqrt(5)) / 2) + 2, 10);
  });

  it("do not change when the cluster turns", () => {
    const atoms = molecule(["Au", mackay(2, 2.8)]);
    const turned = moved(atoms, new RandomStream(1, 0));
    const sorted = ({ positions, species }: typeof atoms) =>
      [...atomicEquivalenceIndices(positions, species)].sort((a, b) => a - b);
    const before = sorted(atoms);
    sorted(turned).forEach((index, i) => {
      expect(index).toBeCloseTo(before[i], 8);
    });
  });
});
