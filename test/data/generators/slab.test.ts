import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cross, det3, norm3 } from "../../../src/core/linalg.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { atoms, coordination, count } from "./atoms.ts";

const area = ({ cell }: Structure) => norm3(cross(cell.subarray(0, 3), cell.subarray(3, 6)));
const heights = ({ positions }: Structure) =>
  Array.from(positions.filter((_, i) => i % 3 === 2)).sort((a, b) => a - b);
const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

/** Distance between planes of lattice points, cubic lattices: textbook rules for centred ones. */
function spacing(lattice: "fcc" | "bcc" | "sc", a: number, hkl: readonly number[]): number {
  const divisor = hkl.reduce(gcd);
  const own = hkl.map((x) => x / divisor);
  const d = a / Math.hypot(...own);
  const odd = own.filter((x) => x % 2 !== 0).length;
  if (lattice === "fcc") return odd === 3 ? d : d / 2;
  if (lattice === "bcc") return odd % 2 === 0 ? d : d / 2;
  return d;
}

describe("slabs of cubic metals", () => {
  // Area of the surface cell: a² √3/4, a²/2, a²/√2 (fcc); a²/√2, a², a² √3 (bcc). Neighbours of a surface atom: textbook.
  const a = 4;
  it.each([
    ["fcc", [1, 1, 1], (a * a * Math.sqrt(3)) / 4, 9],
    ["fcc", [1, 0, 0], (a * a) / 2, 8],
    ["fcc", [1, 1, 0], (a * a) / Math.SQRT2, 7],
    ["fcc", [-1, 1, 1], (a * a * Math.sqrt(3)) / 4, 9],
    ["fcc", [0, 0, 2], (a * a) / 2, 8],
    ["bcc", [1, 1, 0], (a * a) / Math.SQRT2, 6],
    ["bcc", [1, 0, 0], a * a, 4],
    ["bcc", [1, 1, 1], a * a * Math.sqrt(3), 4],
  ] as const)(
    "%s(%j) have one atom for each layer, the area %f and %i neighbours",
    (lattice, hkl, cellArea, surface) => {
      const slab = atoms(
        `{slab: {crystal: {structure: ${lattice}, species: X, a_A: ${a}}, miller: [${hkl.join()}], layers: 9}, vacuum_A: 12}`,
      );
      expect(slab.species).toHaveLength(9);
      expect(slab.periodic).toEqual([true, true, false]);
      expect(area(slab)).toBeCloseTo(cellArea, 9);
      const d = spacing(lattice, a, hkl);
      const z = heights(slab);
      for (let i = 1; i < 9; i++) expect(z[i] - z[i - 1]).toBeCloseTo(d, 9);
      // A layer of its own area holds one atom: the density of the bulk.
      expect(1 / (area(slab) * d)).toBeCloseTo((lattice === "fcc" ? 4 : 2) / a ** 3, 12);
      const nearest = lattice === "fcc" ? a / Math.SQRT2 : (a * Math.sqrt(3)) / 2;
      const neighbours = coordination(slab, 1.01 * nearest);
      // Atoms stand in the order of their height.
      expect([neighbours[0], neighbours[8]]).toEqual([surface, surface]);
      expect(neighbours[4]).toBe(lattice === "fcc" ? 12 : 8);
      expect(slab.cell[8]).toBeCloseTo(8 * d + 12, 9);
      expect(z[0]).toBeCloseTo(6, 9);
    },
  );

  it("of any indices keep spacing, density and bulk neighbours", () => {
    const index = fc.integer({ min: -4, max: 4 });
    fc.assert(
      fc.property(
        fc.tuple(index, index, index).filter((hkl) => hkl.some((x) => x !== 0)),
        fc.constantFrom("fcc" as const, "bcc" as const),
        (hkl, lattice) => {
          const d = spacing(lattice, a, hkl);
          const nearest = lattice === "fcc" ? a / Math.SQRT2 : (a * Math.sqrt(3)) / 2;
          // So thick that the middle does not see the surfaces.
          const layers = 2 * Math.ceil(nearest / d) + 1;
          const slab = atoms(
            `{slab: {crystal: {structure: ${lattice}, species: X, a_A: ${a}}, miller: [${hkl.join()}], layers: ${layers}}}`,
          );
          expect(slab.species).toHaveLength(layers);
          expect(area(slab) * d).toBeCloseTo(a ** 3 / (lattice === "fcc" ? 4 : 2), 8);
          const z = heights(slab);
          for (let i = 1; i < layers; i++) expect(z[i] - z[i - 1]).toBeCloseTo(d, 8);
          const middle = coordination(slab, 1.01 * nearest)[(layers - 1) / 2];
          expect(middle).toBe(lattice === "fcc" ? 12 : 8);
          expect(det3(slab.cell)).toBeGreaterThan(0);
          // Reduced: the angle between the vectors is 60° to 120°.
          const [u, v] = [slab.cell.subarray(0, 3), slab.cell.subarray(3, 6)];
          expect(Math.abs(u[0] * v[0] + u[1] * v[1])).toBeLessThanOrEqual(0.5 * u[0] ** 2 + 1e-6);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("slabs of hcp", () => {
  const crystal = "crystal: {structure: hcp, species: X, a_A: 3}"; // ideal c: every atom has 12 neighbours at 3 Å
  const c = 3 * Math.sqrt(8 / 3);

  it("(0001) alternate A and B, c/2 apart, with 9 neighbours at the surface", () => {
    const slab = atoms(`{slab: {${crystal}, miller: [0, 0, 0, 1], layers: 5}}`);
    expect(slab.species).toHaveLength(5);
    expect(area(slab)).toBeCloseTo((9 * Math.sqrt(3)) / 2, 9);
    const z = heights(slab);
    for (let i = 1; i < 5; i++) expect(z[i] - z[i - 1]).toBeCloseTo(c / 2, 9);
    expect(coordination(slab, 3.03)).toEqual([9, 12, 12, 12, 9]);
  });

  it("take three or four indices, which say the same", () => {
    for (const [four, three] of [
      ["1, 0, -1, 0", "1, 0, 0"],
      ["1, 1, -2, 0", "1, 1, 0"],
      ["1, 0, -1, 1", "1, 0, 1"],
    ]) {
      const [p, q] = [four, three].map((m) => atoms(`{slab: {${crystal}, miller: [${m}], layers: 12}}`));
      expect(Array.from(p.positions)).toEqual(Array.from(q.positions));
      expect(Math.max(...coordination(p, 3.03))).toBe(12);
    }
  });

  it("(10-10) have the area a c, (11-20) √3 a c", () => {
    expect(area(atoms(`{slab: {${crystal}, miller: [1, 0, -1, 0], layers: 4}}`))).toBeCloseTo(3 * c, 9);
    expect(area(atoms(`{slab: {${crystal}, miller: [1, 1, -2, 0], layers: 4}}`))).toBeCloseTo(
      3 * Math.sqrt(3) * c,
      9,
    );
  });
});

describe("slabs of ceria", () => {
  const ceria = "crystal: {structure: fluorite, species: [Ce, O], a_A: 5.41}";

  it("(111) are cut at the wide gap: O Ce O, stoichiometric, Ce of the surface bonded to seven O", () => {
    const slab = atoms(`{slab: {${ceria}, miller: [1, 1, 1], layers: 9}}`);
    const byHeight = slab.species
      .map((name, i) => ({ name, z: slab.positions[3 * i + 2] }))
      .sort((p, q) => p.z - q.z);
    expect(byHeight.map(({ name }) => name).join("")).toBe("OCeOOCeOOCeO");
    expect([count(slab, "Ce"), count(slab, "O")]).toEqual([3, 6]);
    const bonds = coordination(slab, 2.4);
    expect(slab.species.flatMap((name, i) => (name === "Ce" ? [bonds[i]] : []))).toEqual([7, 8, 7]);
  });

  it("have other terminations for the asking, and no more than there are", () => {
    const lowest = (termination: number) => {
      const slab = atoms(`{slab: {${ceria}, miller: [1, 1, 1], layers: 3, termination: ${termination}}}`);
      return slab.species[
        slab.species.map((_, i) => slab.positions[3 * i + 2]).indexOf(Math.min(...heights(slab)))
      ];
    };
    expect([1, 2, 3].map(lowest)).toEqual(["O", "Ce", "O"]);
    expect(() => lowest(4)).toThrow("atoms.slab.termination: there are 3 different planes; found 4");
  });

  it("are at least as thick as asked, by whole planes", () => {
    const thick = (A: number) =>
      heights(atoms(`{slab: {${ceria}, miller: [1, 1, 1], thickness_A: ${A}}}`)).at(-1)!;
    const first = heights(atoms(`{slab: {${ceria}, miller: [1, 1, 1], thickness_A: 10}}`))[0];
    expect(thick(10) - first).toBeGreaterThanOrEqual(10 - 0.01);
    // The widest gap between planes is 1.56 Å.
    expect(thick(10) - first).toBeLessThan(11.6);
  });
});

describe("a slab that cannot be", () => {
  it.each([
    ["{slab: {crystal: {species: Cu}, miller: [0, 0, 0], layers: 3}}", "expected indices that are not all 0"],
    [
      "{slab: {crystal: {species: Cu}, miller: [1, 0, -1, 0], layers: 3}}",
      "four indices belong to hexagonal cells",
    ],
    ["{slab: {crystal: {species: Mg}, miller: [1, 0, 0, 0], layers: 3}}", "minus the sum of the first two"],
    ["{slab: {crystal: {species: Cu}, miller: [1, 0, 0]}}", "give either layers or thickness_A"],
    [
      "{slab: {crystal: {species: Cu}, miller: [1, 0, 0], layers: 3}, supercell: [1, 1, 2]}",
      "not periodic along vector 3",
    ],
  ])("%s is refused", (section, message) => {
    expect(() => atoms(section)).toThrow(message);
  });
});
