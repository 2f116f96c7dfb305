import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createObservers, type ObserveSection } from "../../src/analysis/create-observers.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { RandomStream } from "../../src/core/random.ts";
import { studySchema } from "../../src/data/study/schema.ts";
import type { Observers } from "../../src/lattice/observer.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { findSymmetry, preservesSupercell } from "../../src/lattice/symmetry.ts";
import { gapCutoff, matricesFor, randomLattice, randomOccupation } from "../clusters/random-lattices.ts";
import { ceriaInput, fccInput } from "../lattice/lattices.ts";
import { imagePairs, measured, siteOf, transformed, translated } from "./reference.ts";

const path = "sample.observe";

const everything: ObserveSection = {
  pairs: { cutoff_A: 8 },
  motifs: { far: ["VO2VO3_5N"], third: ["VO2VO2_7N"] },
  clusters: [
    { species: "V", layers: ["O2"], shell: 3 },
    { species: "V", cutoff_A: 4 },
  ],
  order: [
    {
      name: "2x2",
      species: "V",
      layers: ["O2"],
      k_points: [
        [1 / 2, 0, 0],
        [0, 1 / 2, 0],
        [1 / 2, 1 / 2, 0],
      ],
    },
  ],
  structure_factor: [{ species: "V", layers: ["O2"] }, { species: "Ce3+" }],
  site_map: true,
};

describe("createObservers", () => {
  const ceria = createParentLattice(ceriaInput);
  const supercell = new Supercell(ceria, [4, 4, 1]);

  it("makes what the samplers ask for, with names that are unique and safe in CSV", () => {
    const made = createObservers(everything, { supercell, path });
    // A type error here means that the interfaces of the samplers and of the observers have drifted apart.
    const observers: Observers = made;
    expect(observers.series).toHaveLength(5);
    expect(made.maps.map(({ name }) => name)).toEqual([
      "structure factor V O2",
      "structure factor Ce3+",
      "site occupation",
    ]);
    const columns = observers.series.flatMap((observer) => [...observer.columns]);
    const names = [...columns.map(({ name }) => name), ...made.maps.map(({ name }) => name)];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[^\s",;]+( [^\s",;]+)*$/);
    for (const { unit, description } of columns) {
      expect(unit).toBe("");
      expect(description).not.toBe("");
    }
  });

  it("takes the section as the schema gives it, and plain data make the same observers again", () => {
    const text = {
      name: "s",
      sample: {
        supercells: [[4, 4, 1]],
        temperatures_K: [300],
        compositions: [{ per_cell: { V: 0.25 } }],
        steps: 10,
        observe: JSON.parse(JSON.stringify(everything)) as unknown,
      },
    };
    const { observe } = studySchema().parse(text).sample!;
    expect(observe?.measurements).toBe(1000);
    const one = createObservers(observe!, { supercell, path });
    const other = createObservers(structuredClone(observe!), {
      supercell: new Supercell(ceria, [4, 4, 1]),
      path,
    });
    const occupation = randomOccupation(supercell, new RandomStream(1, 0));
    one.series.forEach((observer, n) => {
      expect([...measured(observer, occupation)]).toEqual([...measured(other.series[n], occupation)]);
    });
    expect(createObservers({ site_map: false }, { supercell, path })).toEqual({ series: [], maps: [] });
    expect(createObservers({ motifs: {}, site_map: false }, { supercell, path }).series).toEqual([]);
  });

  it("says what is wrong, and where in the study", () => {
    const failure = (section: Partial<ObserveSection>) => {
      try {
        createObservers({ site_map: false, ...section }, { supercell, path });
      } catch (error) {
        expect(error).toBeInstanceOf(EcitonError);
        return `${(error as EcitonError).details.path}`;
      }
      return "";
    };
    const k = (x: number): [number, number, number][] => [[x, 0, 0]];
    expect(failure({ pairs: { cutoff_A: 1 } })).toBe("sample.observe.pairs.cutoff_A");
    expect(failure({ motifs: { m: ["VO2", "VO9"] } })).toBe("sample.observe.motifs.m[1]");
    expect(failure({ clusters: [{ species: "V", shell: 1 }, { species: "V" }] })).toBe(
      "sample.observe.clusters[1]",
    );
    expect(failure({ clusters: [{ species: "W", shell: 1 }] })).toBe("sample.observe.clusters[0].species");
    const twice = { species: "V", shell: 1 };
    expect(failure({ clusters: [twice, twice] })).toBe("sample.observe.clusters[1]");
    expect(failure({ order: [{ name: "a", species: "V", k_points: k(1 / 3) }] })).toBe(
      "sample.observe.order[0].k_points[0]",
    );
    expect(failure({ order: [{ name: "a", species: "W", k_points: k(0) }] })).toBe(
      "sample.observe.order[0].species",
    );
    const named = { name: "a", species: "V", k_points: k(0) };
    expect(failure({ order: [named, named] })).toBe("sample.observe.order[1]");
    expect(failure({ structure_factor: [{ species: "V", layers: ["top"] }] })).toBe(
      "sample.observe.structure_factor[0].layers[0]",
    );
    expect(failure({ structure_factor: [{ species: "V" }, { species: "V" }] })).toBe(
      "sample.observe.structure_factor[1]",
    );
    expect(failure(everything)).toBe("");
  });

  it("measures numbers that neither translations nor symmetry operations change", () => {
    let operationsUsed = 0;
    fc.assert(
      fc.property(
        randomLattice.chain((lattice) =>
          fc.record({ lattice: fc.constant(lattice), matrix: matricesFor(lattice), seed: fc.nat(1000) }),
        ),
        ({ lattice, matrix, seed }) => {
          const cell = new Supercell(lattice, matrix);
          const cutoff = gapCutoff(lattice, 8);
          const holds = (i: number) => {
            const { species } = siteOf(cell, i);
            return species.length > 1 && species.includes("A");
          };
          fc.pre(imagePairs(cell, cutoff).some(({ i, j }) => holds(i) && holds(j)));
          const { series } = createObservers(
            {
              pairs: { cutoff_A: cutoff },
              clusters: [{ species: "A", cutoff_A: cutoff }],
              order: [{ name: "uniform", species: "A", k_points: [[0, 0, 0]] }],
              site_map: false,
            },
            { supercell: cell, path },
          );
          const occupation = randomOccupation(cell, new RandomStream(seed, 0));
          const operations = findSymmetry(lattice).operations.filter((op) =>
            preservesSupercell(op, cell.matrix),
          );
          operationsUsed += operations.length;
          const images = [
            ...Array.from({ length: cell.numCells }, (_, t) => translated(cell, occupation, cell.cellOf(t))),
            ...operations.map((op) => transformed(cell, op, occupation)),
          ];
          for (const observer of series) {
            const before = measured(observer, occupation);
            // Ratios of the same whole numbers; only sums can come in another order.
            for (const image of images)
              for (const [name, value] of measured(observer, image))
                expect(Math.abs(value - before.get(name)!), name).toBeLessThan(1e-12);
          }
        },
      ),
      { numRuns: 50 },
    );
    expect(operationsUsed).toBeGreaterThan(100);
  });
});

describe("SiteMap", () => {
  it("has a place for every site and species but the first, and says which", () => {
    const lattice = createParentLattice({
      ...fccInput(4, ["A", "B", "C"]),
      sites: [
        { name: "s", position: [0, 0, 0], species: ["A", "B", "C"], layer: "bottom" },
        { name: "fixed", position: [0.5, 0.5, 0.5], species: ["X"] },
        { name: "t", position: [0.25, 0.25, 0.25], species: ["D", "E"] },
      ],
    });
    const supercell = new Supercell(lattice, [2, 1, 1]);
    const {
      maps: [map],
    } = createObservers({ site_map: true }, { supercell, path });
    expect(map.size).toBe(2 * 2 + 2);
    const occupation = Uint8Array.from([0, 2, 0, 0, 1, 0]);
    const out = new Float64Array(map.size);
    map.measure(occupation, out, 0);
    const positions = supercell.positions();
    const found: string[] = [];
    out.forEach((value, entry) => {
      const label = map.labelOf(entry);
      expect(label).toHaveLength(map.labels.length);
      const [site, layer, species, u, v, w, x, y, z] = label as [string, string, string, ...number[]];
      const s = lattice.sites.findIndex(({ name }) => name === site);
      const i = supercell.siteIndex(s, [u, v, w]);
      expect([x, y, z]).toEqual([...positions.slice(3 * i, 3 * i + 3)]);
      expect(layer).toBe(lattice.sites[s].layer);
      expect(value).toBe(lattice.sites[s].species[occupation[i]] === species ? 1 : 0);
      found.push(`${i} ${species}`);
    });
    expect(found.sort()).toEqual(["0 B", "0 C", "1 B", "1 C", "4 E", "5 E"]);
    expect([...out].reduce((a, b) => a + b, 0)).toBe(2);
  });
});
