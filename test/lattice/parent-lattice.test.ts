import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { det3, rowTimes } from "../../src/core/linalg.ts";
import {
  activeSites,
  createParentLattice,
  neighbourPairs,
  occupantLabel,
} from "../../src/lattice/parent-lattice.ts";
import { ceriaInput } from "./lattices.ts";

const two = {
  cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
  coordinates: "fractional" as const,
  sites: [
    { name: "a", position: [0, 0, 0] as const, species: ["A", "B"] },
    { name: "b", position: [0.5, 0.5, 0.5] as const, species: ["C"] },
  ],
};

describe("createParentLattice", () => {
  it("wraps positions into the cell along periodic directions only", () => {
    const lattice = createParentLattice({
      ...two,
      periodic: [true, true, false],
      sites: [
        { name: "a", position: [-0.25, 1 - 1e-12, -0.25], species: ["A"] },
        { name: "b", position: [2.5, -1, 3.5], species: ["A"] },
      ],
    });
    expect(Array.from(lattice.fractional)).toEqual([0.75, 0, -0.25, 0.5, 0, 3.5]);
    expect(Array.from(lattice.cartesian)).toEqual([3, 0, -1, 2, 0, 14]);
  });

  it("takes Cartesian and fractional positions for the same lattice", () => {
    const skewed = [3, 1, 0, -1, 4, 0.5, 0.2, 0.3, 5];
    const position = [0.2, 0.3, 0.4] as const;
    const site = { name: "a", species: ["A"] };
    const a = createParentLattice({
      cell: skewed,
      coordinates: "fractional",
      sites: [{ ...site, position }],
    });
    const cartesian = rowTimes(position, skewed);
    const b = createParentLattice({
      cell: skewed,
      coordinates: "cartesian",
      sites: [{ ...site, position: cartesian }],
    });
    a.fractional.forEach((x, i) => {
      expect(b.fractional[i]).toBeCloseTo(x, 12);
      expect(b.cartesian[i]).toBeCloseTo(cartesian[i], 12);
    });
  });

  it("knows active sites, default kinds and labels", () => {
    const lattice = createParentLattice({
      ...two,
      sites: [{ ...two.sites[0], labels: { B: "b1" } }, two.sites[1]],
    });
    expect(activeSites(lattice)).toEqual([0]);
    expect(lattice.sites.map((site) => site.kind)).toEqual(["A/B", "C"]);
    expect(occupantLabel(lattice.sites[0], "B")).toBe("b1");
    expect(occupantLabel(lattice.sites[0], "A")).toBe("A@a");
  });

  it.each([
    ["cell_A", { ...two, cell: [1, 0, 0, 0, 1, 0, 1, 1, 0] }],
    ["cell_A", { ...two, cell: [1, 0, 0] }],
    ["cell_A", { ...two, cell: [Number.NaN, 0, 0, 0, 1, 0, 0, 0, 1] }],
    ["sites", { ...two, sites: [] }],
    ["sites[1].name", { ...two, sites: [two.sites[0], { ...two.sites[1], name: "a" }] }],
    ["sites[1].species", { ...two, sites: [two.sites[0], { ...two.sites[1], species: [] }] }],
    ["sites[0].species", { ...two, sites: [{ ...two.sites[0], species: ["A", "A"] }] }],
    ["sites[0].labels.C", { ...two, sites: [{ ...two.sites[0], labels: { C: "c" } }] }],
    ["sites[0].position", { ...two, sites: [{ ...two.sites[0], position: [0, Number.NaN, 0] as const }] }],
    ["sites[1]", { ...two, sites: [two.sites[0], { ...two.sites[1], position: [1, 0, 0.9999] as const }] }],
  ])("refuses a mistake and names lattice.%s", (path, input) => {
    expect(() => createParentLattice(input)).toThrow(
      expect.objectContaining({ code: "study", details: { path: `lattice.${path}` } }),
    );
  });

  it("takes sites on opposite sides of a free direction as far apart", () => {
    const sites = [two.sites[0], { ...two.sites[1], position: [0, 0, 1] as const }];
    expect(() => createParentLattice({ ...two, sites })).toThrow();
    expect(createParentLattice({ ...two, periodic: [true, true, false], sites }).sites).toHaveLength(2);
  });
});

describe("neighbourPairs", () => {
  const cellEntry = fc.double({ min: -4, max: 4, noNaN: true });
  const arbitrary = fc
    .record({
      cell: fc.array(cellEntry, { minLength: 9, maxLength: 9 }),
      positions: fc.array(fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -1, max: 2, noNaN: true }))), {
        minLength: 1,
        maxLength: 3,
      }),
      periodic: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
    })
    .filter(({ cell }) => Math.abs(det3(cell)) > 10);

  it("finds what a search over far more cells finds, in skewed and left-handed cells too", () => {
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0.5, max: 4, noNaN: true }), (input, cutoff) => {
        let lattice: ReturnType<typeof createParentLattice>;
        try {
          lattice = createParentLattice({
            cell: input.cell,
            periodic: input.periodic,
            coordinates: "fractional",
            sites: input.positions.map((position, i) => ({
              name: `s${i}`,
              position: position as [number, number, number],
              species: ["A"],
            })),
          });
        } catch {
          return; // two of the random sites coincide
        }
        // |det| > 10 and rows below 7 Å long: face spacings exceed 10 / 49 Å, yet 12 cells do for nearly all;
        // cells beyond are rare and would show as extra pairs.
        const range = input.periodic.map((p) => (p ? 12 : 0));
        const expected: string[] = [];
        for (let from = 0; from < lattice.sites.length; from++)
          for (let to = 0; to < lattice.sites.length; to++)
            for (let u = -range[0]; u <= range[0]; u++)
              for (let v = -range[1]; v <= range[1]; v++)
                for (let w = -range[2]; w <= range[2]; w++) {
                  const f = [u, v, w].map(
                    (x, k) => lattice.fractional[3 * to + k] + x - lattice.fractional[3 * from + k],
                  );
                  const distance = Math.hypot(...rowTimes(f, lattice.cell));
                  if (distance <= cutoff && (from !== to || u !== 0 || v !== 0 || w !== 0))
                    expected.push([from, to, u, v, w].join());
                }
        const inside = (cell: readonly number[]) => cell.every((x, k) => Math.abs(x) <= range[k]);
        const found = neighbourPairs(lattice, cutoff)
          .filter((pair) => pair.distance <= cutoff && inside(pair.cell))
          .map((pair) => [pair.from, pair.to, ...pair.cell].join());
        expect(found.sort()).toEqual(expected.sort());
      }),
      { numRuns: 60 },
    );
  });

  it("has the shells of the fluorite surface: O-O 6 at 2.731 Å among them", () => {
    const lattice = createParentLattice(ceriaInput);
    const a = (15.45 / 4) * Math.SQRT2;
    const oxygen = [0, 2, 3];
    const pairs = neighbourPairs(lattice, a / 2, oxygen).filter((pair) => pair.from === 2);
    // Layer 2 of 3: three oxygen neighbours above at a/2, none in the own layer, three below (the next O-Ce-O
    // trilayer) at a/2.
    expect(pairs.map((pair) => pair.distance.toFixed(3))).toEqual(Array(6).fill((a / 2).toFixed(3)));
  });

  it("counts a distance that is the cut-off up to rounding", () => {
    const lattice = createParentLattice({
      ...two,
      cell: [0.1 + 0.2, 0, 0, 0, 5, 0, 0, 0, 5],
      sites: [two.sites[0]],
    });
    expect(neighbourPairs(lattice, 0.3)).toHaveLength(2);
  });
});
