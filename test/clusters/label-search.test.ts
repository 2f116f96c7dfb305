import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orbitOfLabel } from "../../src/clusters/label-search.ts";
import { buildPool, type Orbit } from "../../src/clusters/pool.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { findSymmetry } from "../../src/lattice/symmetry.ts";
import { ceriaInput, fccInput } from "../lattice/lattices.ts";
import { gapCutoff, randomLattice } from "./random-lattices.ts";

function find(lattice: ParentLattice, label: string) {
  return orbitOfLabel(lattice, findSymmetry(lattice).operations, label, "here");
}

/** Diameters are measured on one instance or another, and differ by rounding. */
function expectSame(found: Orbit, { label, size, diameter, instances }: Orbit) {
  expect(found).toEqual({ label, size, instances, diameter: expect.closeTo(diameter, 10) });
}

describe("orbitOfLabel", () => {
  it("finds every orbit of a pool by the pool's own label", () => {
    let found = 0;
    fc.assert(
      fc.property(randomLattice, (lattice) => {
        const pool = buildPool(lattice, "indicator", {
          2: gapCutoff(lattice, 14),
          3: gapCutoff(lattice, 8),
          4: gapCutoff(lattice, 6),
        });
        for (const orbit of pool.orbits.slice(1)) {
          expectSame(orbitOfLabel(lattice, pool.symmetry.operations, orbit.label, "here"), orbit);
          found++;
        }
      }),
      { numRuns: 25 },
    );
    expect(found).toBeGreaterThan(300);
  });

  it("finds orbits that only letters tell apart, and names that sites share", () => {
    const ceria = createParentLattice({
      ...ceriaInput,
      sites: ceriaInput.sites.map((site) => ({
        ...site,
        labels: (site.kind === "O" ? { V: "V" } : { "Ce3+": "Ce_x" }) as Record<string, string>,
      })),
    });
    const pool = buildPool(ceria, "indicator", { 2: 6.2, 3: 4.8 });
    const labels = pool.orbits.slice(1).map((orbit) => orbit.label);
    expect(labels).toContain("V_a");
    expect(labels).toContain("Ce_x_b");
    for (const orbit of pool.orbits.slice(1)) expectSame(find(ceria, orbit.label), orbit);
  });

  it("needs no cut-off", () => {
    const ceria = createParentLattice(ceriaInput);
    // In the plane the distances are L, √3 L, 2 L, √7 L; among all O-O distances 2 L is the seventh.
    expect(find(ceria, "VO2VO2_7N").diameter).toBeCloseTo(2 * (15.45 / 4), 10);
    const far = find(createParentLattice(fccInput(4)), "B@sB@s_14N");
    // The n-th fcc shell is at a √(n/2) up to n = 13; there is no vector with square 14, so the 14th has 15.
    expect(far.diameter).toBeCloseTo(4 * Math.sqrt(15 / 2), 10);
    expect(far.instances).toHaveLength(24);
  });

  it("says what there is instead", () => {
    const ceria = createParentLattice(ceriaInput);
    const message = (label: string) => {
      try {
        find(ceria, label);
      } catch (error) {
        expect((error as EcitonError).code).toBe("study");
        expect((error as EcitonError).details.path).toBe("here");
        return (error as EcitonError).message;
      }
      return "";
    };
    expect(message("VO2VO2_3N")).toContain("VO2VO2_2N (3.862 Å), VO2VO2_6N (6.690 Å), VO2VO2_7N (7.725 Å)");
    expect(message("VO2VO9_3N")).toContain("VO1, Ce1, VO2, VO3, Ce2");
    expect(message("VO3VO2_5N")).toContain("VO2VO3_5N");
    expect(message("VO2VO2_1000000N")).toContain("no shell 1000000");
    for (const label of ["", "VO2VO3", "VO2VO3_0N", "VO2VO3_5N.2N", "empty", "_1N", "VO2VO3_5N_b"])
      expect(message(label)).toMatch(/^here: no cluster has the label/);
  });

  it("knows that a molecule has few shells", () => {
    const dimer = createParentLattice({
      cell: [9, 0, 0, 0, 9, 0, 0, 0, 9],
      periodic: [false, false, false],
      coordinates: "cartesian",
      sites: [
        { name: "a", kind: "k", position: [0, 0, 0], species: ["A", "B"] },
        { name: "b", kind: "k", position: [0, 0, 2], species: ["A", "B"] },
      ],
    });
    expect(find(dimer, "B@aB@b_1N").instances).toHaveLength(1);
    expect(() => find(dimer, "B@aB@b_2N")).toThrow(EcitonError);
  });
});
