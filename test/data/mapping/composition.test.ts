import fc from "fast-check";
import { expect, test } from "vitest";
import { solveAssignment } from "../../../src/data/mapping/assignment.ts";
import { CompositionTest } from "../../../src/data/mapping/composition.ts";
import { createParentLattice } from "../../../src/lattice/parent-lattice.ts";

test("agrees with the existence of an assignment of atoms and vacancies to single sites", () => {
  const siteSpecies = fc.subarray(["A", "B", "C", "Va"], { minLength: 1 });
  fc.assert(
    fc.property(
      fc.array(siteSpecies, { minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom("A", "B", "C"), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      (lists, atoms, cells) => {
        const lattice = createParentLattice({
          cell: [10, 0, 0, 0, 10, 0, 0, 0, 10],
          coordinates: "cartesian",
          sites: lists.map((species, i) => ({ name: `S${i}`, position: [2 * i, 0, 0], species })),
        });
        const counts = new Map<string, number>();
        for (const name of atoms) counts.set(name, (counts.get(name) ?? 0) + 1);
        const sites = Array.from({ length: cells }, () => lists).flat();
        const rows = [...atoms, ...new Array<string>(Math.max(0, sites.length - atoms.length)).fill("Va")];
        const cost = Float64Array.from(
          rows.flatMap((name) => sites.map((list) => (list.includes(name) ? 0 : Number.POSITIVE_INFINITY))),
        );
        const exists = solveAssignment(cost, rows.length, sites.length) !== null;
        expect(new CompositionTest(lattice, new Set(["Va"])).fits(counts, cells)).toBe(exists);
      },
    ),
    { numRuns: 400 },
  );
});
