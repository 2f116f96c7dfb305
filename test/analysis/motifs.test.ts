import { describe, expect, it } from "vitest";
import { Motifs } from "../../src/analysis/motifs.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { ceriaInput, fccInput } from "../lattice/lattices.ts";
import { imagePairs, measured, siteOf, speciesAt } from "./reference.ts";

const ceria = createParentLattice(ceriaInput);

describe("Motifs", () => {
  it("agree with pairs, triangles and single sites counted by their distances", () => {
    const motifs = {
      far: ["VO2VO3_5N"],
      row: ["VO2VO2_2N", "VO2VO2_7N"],
      triangles: ["VO2VO2VO2_2N.2N.2N_a", "VO2VO2VO2_2N.2N.2N_b"],
      layer: ["VO2"],
      ions: ["VO2Ce1_2N"],
    };
    // The last cell joins sites to their own images.
    for (const cells of [
      [4, 4, 1],
      [5, 3, 1],
      [2, 1, 1],
    ]) {
      const supercell = new Supercell(ceria, cells);
      const observer = new Motifs(supercell, motifs, "m");
      expect(observer.columns.map(({ name }) => name)).toEqual(
        Object.keys(motifs).map((name) => `motif ${name}`),
      );
      const random = new RandomStream(cells[0], 0);
      const pairs = imagePairs(supercell, 7.8);
      for (let trial = 0; trial < 5; trial++) {
        const occupation = Uint8Array.from({ length: supercell.numSites }, () =>
          random.nextFloat() < 0.4 ? 1 : 0,
        );
        const is = (i: number, name: string, species: string) =>
          siteOf(supercell, i).name === name && speciesAt(supercell, occupation, i) === species;
        const near = (a: string, sa: string, b: string, sb: string, distance: number) =>
          pairs.filter(
            (pair) => is(pair.i, a, sa) && is(pair.j, b, sb) && Math.abs(pair.distance - distance) < 0.01,
          );
        const inRow = near("O2", "V", "O2", "V", 3.8625);
        let corners = 0;
        for (const one of inRow)
          for (const two of inRow)
            if (one.i === two.i) {
              const apart = Math.hypot(...one.vector.map((x, k) => x - two.vector[k]));
              if (Math.abs(apart - 3.8625) < 0.01) corners++;
            }
        const values = measured(observer, occupation);
        expect(values.get("motif far")).toBe(near("O2", "V", "O3", "V", 6.107).length);
        expect(values.get("motif row")).toBe((inRow.length + near("O2", "V", "O2", "V", 7.725).length) / 2);
        // Each triangle is met from three corners in two orders.
        expect(values.get("motif triangles")).toBe(corners / 6);
        expect(values.get("motif layer")).toBe(occupation.filter((_, i) => is(i, "O2", "V")).length);
        expect(values.get("motif ions")).toBe(near("O2", "V", "Ce1", "Ce3+", 4.529).length);
      }
    }
  });

  it("count a four-body cluster once for each of its instances", () => {
    // A regular tetrahedron of nearest neighbours on fcc: two for each site.
    const supercell = new Supercell(createParentLattice(fccInput(4)), [3, 3, 3]);
    const label = "B@sB@sB@sB@s_1N.1N.1N.1N.1N.1N";
    const observer = new Motifs(supercell, { tetrahedra: [label] }, "m");
    expect(measured(observer, new Uint8Array(27).fill(1)).get("motif tetrahedra")).toBe(2 * 27);
    const one = new Uint8Array(27);
    for (const cell of [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
      one[supercell.siteIndex(0, cell)] = 1;
    expect(measured(observer, one).get("motif tetrahedra")).toBe(1);
  });

  it("refuse labels that do not exist or are given twice", () => {
    const supercell = new Supercell(ceria, [2, 2, 1]);
    const failure = (motifs: Record<string, string[]>) => {
      try {
        new Motifs(supercell, motifs, "sample.observe.motifs");
      } catch (error) {
        return error as EcitonError;
      }
      return null;
    };
    const wrong = failure({ good: ["VO2"], bad: ["VO2VO3_5N", "VO2VO2_3N"] });
    expect(wrong).toBeInstanceOf(EcitonError);
    expect(wrong?.details.path).toBe("sample.observe.motifs.bad[1]");
    expect(failure({ twice: ["VO2", "VO2"] })?.details.path).toBe("sample.observe.motifs.twice[1]");
  });
});
