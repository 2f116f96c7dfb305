import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atoms, count, neighbours, shortest } from "./atoms.ts";

describe("random clusters", () => {
  it("keep every atom within the bounds, whatever the composition", () => {
    const species = ["Cu", "Ag", "Au"];
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 })
          .filter((n) => n[0] + n[1] + n[2] > 1),
        fc.double({ min: 1.8, max: 2.4, noNaN: true }),
        fc.constantFrom("sphere", "cube"),
        fc.nat(1000),
        (numbers, min, within, index) => {
          const composition = species.map((name, i) => `${name}: ${numbers[i]}`).join(", ");
          const cluster = atoms(
            `{count: 2000, random: {composition: {${composition}}, min_A: ${min}, max_A: 3.2, within: ${within}}}`,
            index,
          );
          expect(species.map((name) => count(cluster, name))).toEqual(numbers);
          expect(shortest(cluster)).toBeGreaterThanOrEqual(min);
          for (let i = 0; i < cluster.species.length; i++)
            expect(neighbours(cluster, i, 3.2).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("hold together: from one atom bonds lead to all", () => {
    const cluster = atoms("{random: {composition: {Ag: 35, Au: 112}}}");
    // 1.25 of the sum of the radii of two Ag (Cordero: 1.45 Å), the largest upper bound there is.
    const seen = new Set([0]);
    for (const i of seen) for (const j of neighbours(cluster, i, 1.25 * 2.9)) seen.add(j);
    expect(seen.size).toBe(147);
    // The lower one: 0.8 of two Au (1.36 Å).
    expect(shortest(cluster)).toBeGreaterThanOrEqual(0.8 * 2.72);
  });

  it("lie in the shape whose volume was asked for", () => {
    const ball = atoms("{random: {composition: {Cu: 60}, volume_A3: 20, min_A: 2, max_A: 3.5}}");
    const cube = atoms(
      "{random: {composition: {Cu: 60}, volume_A3: 20, min_A: 2, max_A: 3.5, within: cube}}",
    );
    const radius = Math.cbrt((3 * 60 * 20) / (4 * Math.PI));
    // Centred by their mean, so extents are compared, not places.
    const extent = ({ positions }: typeof ball, k: number) => {
      const own = positions.filter((_, i) => i % 3 === k);
      return Math.max(...own) - Math.min(...own);
    };
    for (let k = 0; k < 3; k++) {
      expect(extent(ball, k)).toBeLessThanOrEqual(2 * radius);
      expect(extent(cube, k)).toBeLessThanOrEqual(Math.cbrt(60 * 20));
      // Of 60 points in 10.6 Å the outermost leave less than a third empty.
      expect(extent(cube, k)).toBeGreaterThan(0.67 * Math.cbrt(60 * 20));
    }
  });

  it("are another for each index and each seed, and the same again for the same", () => {
    const section = "{count: 3, random: {composition: {Cu: 38}}}";
    const [a, b, c] = [atoms(section, 0), atoms(section, 1), atoms(section, 0, 2)].map((s) =>
      s.positions.join(),
    );
    expect(new Set([a, b, c]).size).toBe(3);
    expect(atoms(section, 0).positions.join()).toBe(a);
    expect(atoms(section, 2).name).toBe("Cu38-random-3");
  });

  it("that do not fit are refused, with what to change", () => {
    expect(() => atoms("{random: {composition: {Cu: 30}, min_A: 2.5, max_A: 3, volume_A3: 4}}")).toThrow(
      /30 atoms found no place in a sphere of 120\.0 Å³ in 50 attempts; a larger volume_A3/,
    );
    expect(() => atoms("{random: {composition: {X: 3}}}")).toThrow("no covalent radius is known for X");
    expect(() => atoms("{random: {composition: {Cu: 3}, min_A: 3, max_A: 2}}")).toThrow(
      "expected more than min_A",
    );
    expect(() => atoms("{random: {composition: {Cu: 3}, max_A: 1}}")).toThrow(
      /upper bound, 1\.00 Å, has to be above/,
    );
    expect(() => atoms("{random: {composition: {Cu: 0}}}")).toThrow("at least one atom");
  });
});
