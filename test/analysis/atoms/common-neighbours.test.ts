import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adaptiveCommonNeighbours,
  commonNeighbours,
  localStructures,
  StructureFractions,
} from "../../../src/analysis/atoms/common-neighbours.ts";
import type { AtomFrame } from "../../../src/analysis/atoms/frame.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { bcc, cluster, diamond, fcc, hcp } from "./crystals.ts";
import { icosahedron, mackay, molecule, scaled } from "./molecules.ts";

const names = (structure: Uint8Array) => [...new Set(structure)].map((kind) => localStructures[kind]);
const count = (structure: Uint8Array, name: (typeof localStructures)[number]) =>
  structure.filter((kind) => localStructures[kind] === name).length;

/** Frame, cut-off in the middle of the gap behind the first (bcc: second) shell, structure. */
const crystals: [string, AtomFrame, number, Record<string, number>][] = [
  ["fcc", fcc(3.615, 3), 3.615 * 0.854, { "421": 108 * 6 }],
  ["hcp", hcp(3.2, 3), 3.2 * 1.207, { "421": 108 * 3, "422": 108 * 3 }],
  ["bcc", bcc(2.87, 3), 2.87 * 1.207, { "666": 54 * 4, "444": 54 * 3 }],
];

describe("common neighbours", () => {
  it.each(crystals)(
    "of perfect %s have the signatures of the literature",
    (name, frame, cutoff, signatures) => {
      const found = commonNeighbours(frame, cutoff);
      expect(names(found.structure)).toEqual([name]);
      expect(found.signatures).toEqual(signatures);
      expect(names(adaptiveCommonNeighbours(frame))).toEqual([name]);
    },
  );

  it("work in cells so small that all neighbours are images", () => {
    expect(names(commonNeighbours(fcc(3.615, 1), 3.1).structure)).toEqual(["fcc"]);
    expect(commonNeighbours(fcc(3.615, 1), 3.1).signatures).toEqual({ "421": 24 });
    const primitive: AtomFrame = {
      species: ["Cu"],
      positions: new Float64Array(3),
      cell: Float64Array.of(0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0),
      periodic: [true, true, true],
    };
    expect(commonNeighbours(primitive, 3.1).signatures).toEqual({ "421": 6 });
    expect(names(adaptiveCommonNeighbours(primitive))).toEqual(["fcc"]);
    expect(names(adaptiveCommonNeighbours(bcc(2.87, 1)))).toEqual(["bcc"]);
    expect(names(adaptiveCommonNeighbours(hcp(3.2, 1)))).toEqual(["hcp"]);
  });

  it("make the middle of an icosahedron icosahedral: 12 bonds 555", () => {
    const frame = cluster(molecule(["Ar", [[0, 0, 0], ...scaled(icosahedron, 1.08)]]));
    const { structure, signatures } = commonNeighbours(frame, 1.4);
    expect(localStructures[structure[0]]).toBe("icosahedral");
    expect(count(structure, "other")).toBe(12);
    // From the middle 12 × 555; each of the 30 edges has the middle and two corners in common, each of these bound to it.
    expect(signatures).toEqual({ "555": 12, "322": 30 });
    const adaptive = adaptiveCommonNeighbours(frame);
    expect(localStructures[adaptive[0]]).toBe("icosahedral");
    expect(count(adaptive, "icosahedral")).toBe(1);
  });

  it("see the twenty tetrahedra of a large icosahedron: fcc inside, hcp on the twin planes between them", () => {
    const structure = adaptiveCommonNeighbours(cluster(molecule(["Cu", mackay(4, 2.6)])));
    // Only the middle is an icosahedron's: an atom on a five-fold axis has 555 along it but ten bonds 422 across.
    expect(count(structure, "icosahedral")).toBe(1);
    // A twin plane is an edge: shell n has 30 (n − 1) atoms on edges, shells 2 and 3 are inside.
    expect(count(structure, "hcp")).toBe(30 * 1 + 30 * 2);
    // And 20 (n − 1)(n − 2)/2 in facets.
    expect(count(structure, "fcc")).toBe(20);
    expect(count(structure, "other")).toBe(162 + 12 * 3);
    const fixed = commonNeighbours(cluster(molecule(["Cu", mackay(4, 2.6)])), 3.2);
    expect([...fixed.structure]).toEqual([...structure]);
    // The bonds along the twelve axes, from the middle to the corners: four on each.
    expect(fixed.signatures["555"]).toBe(12 * 4);
  });

  it("find a stacking fault: hcp in two planes of fcc", () => {
    // Close-packed planes along z in the order ABCABC|BCABC...: one C-B-C-B place; periodic along x and y only.
    const order = "ABCABCBCABCABC";
    const d = 2.5;
    const shift = { A: [0, 0], B: [0.5, Math.sqrt(3) / 6], C: [1, Math.sqrt(3) / 3] } as Record<
      string,
      number[]
    >;
    const points: [number, number, number][] = [];
    const edge = 4;
    [...order].forEach((plane, level) => {
      for (let i = 0; i < edge; i++)
        for (let j = 0; j < edge; j++)
          points.push([
            d * (i + 0.5 * j + shift[plane][0]),
            d * ((Math.sqrt(3) / 2) * j + shift[plane][1]),
            d * Math.sqrt(2 / 3) * level,
          ]);
    });
    const frame: AtomFrame = {
      ...cluster(molecule(["Cu", points])),
      cell: Float64Array.of(edge * d, 0, 0, 0.5 * edge * d, (Math.sqrt(3) / 2) * edge * d, 0, 0, 0, 100),
      periodic: [true, true, false],
    };
    const structure = adaptiveCommonNeighbours(frame);
    const planes = [...order].map((_, level) => names(structure.slice(16 * level, 16 * (level + 1))).join());
    // A plane is hcp if both neighbours are alike: B of C-B-C is plane 5's C (between B and B) and plane 6's B.
    const expected = [...order].map((_, k) =>
      k === 0 || k === order.length - 1 ? "other" : order[k - 1] === order[k + 1] ? "hcp" : "fcc",
    );
    expect(planes).toEqual(expected);
    expect(planes.filter((name) => name === "hcp")).toHaveLength(2);
  });

  it("survive strain and shaking in the adaptive form, where a fixed cut-off fails", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...crystals),
        fc.nat(),
        fc.double({ min: 0.8, max: 1.3, noNaN: true }),
        ([name, frame, cutoff], seed, scale) => {
          const random = new RandomStream(seed, 0);
          const shaken: AtomFrame = {
            ...frame,
            positions: frame.positions.map((x) => scale * (x + 0.05 * (2 * random.nextFloat() - 1))),
            cell: frame.cell.map((x) => scale * x),
          };
          expect(names(adaptiveCommonNeighbours(shaken))).toEqual([name]);
          if (scale > 1.25) expect(names(commonNeighbours(shaken, cutoff).structure)).toEqual(["other"]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("call other what is other: diamond, a gas, a pair, an atom", () => {
    const random = new RandomStream(6, 0);
    const gas = cluster({
      species: Array(60).fill("Ar"),
      positions: Float64Array.from({ length: 180 }, () => 9 * random.nextFloat()),
    });
    for (const frame of [
      diamond(5.43, 2),
      gas,
      cluster(
        molecule([
          "H",
          [
            [0, 0, 0],
            [0, 0, 0.7],
          ],
        ]),
      ),
      cluster(molecule(["H", [[0, 0, 0]]])),
    ])
      expect(names(adaptiveCommonNeighbours(frame))).toEqual(["other"]);
  });

  it("refuse a cut-off that makes everything a neighbour", () => {
    expect(() => commonNeighbours(fcc(3.615, 2), 6)).toThrow(/atom 1 has 78 bonds up to 6 Å, at most 31/);
  });

  it("are averaged over all atoms of all frames", () => {
    const fractions = new StructureFractions();
    expect(fractions.result()).toBeNull();
    fractions.add(adaptiveCommonNeighbours(fcc(3.6, 2)));
    fractions.add(adaptiveCommonNeighbours(bcc(2.87, 2)));
    const result = fractions.result()!;
    // 32 and 16 atoms.
    expect(result.fcc.mean).toBeCloseTo(2 / 3, 12);
    expect(result.bcc.mean).toBeCloseTo(1 / 3, 12);
    expect(result.hcp.mean).toBe(0);
    expect(result.fcc.error).toBeGreaterThan(0);
  });
});
