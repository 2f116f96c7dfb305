import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layersFromCentre } from "../../../src/data/generators/layers.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { atoms, count, neighbours } from "./atoms.ts";

const radii = ({ positions, species }: Structure, name: string) =>
  species.flatMap((s, i) => (s === name ? [Math.hypot(...positions.subarray(3 * i, 3 * i + 3))] : []));
const icosahedron = "icosahedron: {species: Au, shells: 3}";

describe("layers", () => {
  const sizes = (section: string) => {
    const layers = layersFromCentre(atoms(section));
    return Array.from({ length: Math.max(...layers) + 1 }, (_, n) => layers.filter((x) => x === n).length);
  };
  it.each([
    // Shells of 10 s² + 2 atoms.
    ["{icosahedron: {species: Au, shells: 4}}", [1, 12, 42, 92, 162]],
    ["{cuboctahedron: {species: Au, shells: 3}}", [1, 12, 42, 92]],
    // Below the faces of LJ38 there is the octahedron of six.
    ["{octahedron: {species: Au, edge: 4, cut: 1}}", [6, 32]],
    // With half a lattice constant as unit its shells are |x| + |y| + |z| = 2 s, of 16 s² + 2 points.
    ["{octahedron: {species: Au, edge: 7}}", [1, 18, 66, 146]],
    ["{slab: {crystal: {species: Cu}, miller: [1, 1, 1], layers: 5}, supercell: [3, 2, 1]}", [6, 12, 12]],
    ["{slab: {crystal: {species: Fe}, miller: [1, 0, 0], layers: 4}}", [2, 2]],
    ["{crystal: {species: Cu}}", [4]],
  ] as [string, number[]][])("of %s are %j", (section, expected) => {
    expect(sizes(section)).toEqual(expected);
  });
});

describe("orderings", () => {
  it("have exact numbers, whatever the pattern", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 38 }),
        fc.constantFrom("random", "core-shell", "janus", "L1_0", "L1_2"),
        fc.nat(50),
        (silver, pattern, index) => {
          const mixed = atoms(
            `{count: 100, octahedron: {species: Cu, edge: 4, cut: 1}, ordering: {composition: {Ag: ${silver}, Au: rest}, pattern: ${pattern}}}`,
            index,
          );
          expect([count(mixed, "Ag"), count(mixed, "Au")]).toEqual([silver, 38 - silver]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("by shells put 35 Ag into the 42 atoms of the middle shell of Au147: Ag35Au112", () => {
    const cluster = atoms(`{${icosahedron}, ordering: {shells: [{Au: 13}, {Ag: 35, Au: 7}, {Au: 92}]}}`);
    expect([count(cluster, "Ag"), count(cluster, "Au")]).toEqual([35, 112]);
    // 4.08 / √2 Å between neighbours: the middle shell has its corners at two radial steps, the others at one and three.
    const step = (4.08 / Math.SQRT2) * Math.sin((72 * Math.PI) / 180);
    for (const r of radii(cluster, "Ag")) {
      expect(r).toBeLessThanOrEqual(2 * step + 1e-9);
      expect(r).toBeGreaterThan(step + 0.1);
    }
  });

  it("core-shell fill from the centre, in the order of the composition", () => {
    const cluster = atoms(
      `{${icosahedron}, ordering: {composition: {Ag: 13, Cu: 42, Au: 92}, pattern: core-shell}}`,
    );
    // The faces of a shell lie farther in than its corners, but not below the corners of the shell inside.
    expect(Math.max(...radii(cluster, "Ag"))).toBeLessThan(Math.min(...radii(cluster, "Cu")));
    expect(Math.max(...radii(cluster, "Cu"))).toBeLessThan(Math.max(...radii(cluster, "Au")));
    const layers = layersFromCentre(cluster);
    expect(cluster.species.every((name, i) => name === ["Ag", "Ag", "Cu", "Au"][layers[i]])).toBe(true);
  });

  it("janus split at a plane", () => {
    const cluster = atoms(
      `{${icosahedron}, ordering: {composition: {Ag: 60, Au: 87}, pattern: janus, direction: [1, 1, 0]}}`,
    );
    const along = (name: string) =>
      cluster.species.flatMap((s, i) =>
        s === name ? [cluster.positions[3 * i] + cluster.positions[3 * i + 1]] : [],
      );
    expect(Math.max(...along("Ag"))).toBeLessThanOrEqual(Math.min(...along("Au")) + 0.02);
  });

  it("L1_2 give every rare atom twelve neighbours of the other kind, L1_0 every atom eight", () => {
    const near = (structure: Structure, name: string, other: string) =>
      structure.species.flatMap((s, i) =>
        s === name
          ? [neighbours(structure, i, 2.6, 1).filter((j) => structure.species[j] === other).length]
          : [],
      );
    const crystal = "crystal: {species: Cu}, supercell: [2, 2, 2]";
    const cu3au = atoms(`{${crystal}, ordering: {composition: {Au: 8, Cu: 24}, pattern: L1_2}}`);
    expect(near(cu3au, "Au", "Cu")).toEqual(new Array(8).fill(12));
    const turned = atoms(`{${crystal}, ordering: {composition: {Cu: 24, Au: 8}, pattern: L1_2}}`);
    expect(near(turned, "Au", "Cu")).toEqual(new Array(8).fill(12));
    const cuau = atoms(
      `{${crystal}, ordering: {composition: {Au: 16, Cu: 16}, pattern: L1_0, direction: [1, 0, 0]}}`,
    );
    expect(near(cuau, "Au", "Cu")).toEqual(new Array(16).fill(8));
    const x = cuau.species.flatMap((s, i) => (s === "Au" ? [cuau.positions[3 * i]] : []));
    expect(new Set(x.map((t) => Math.round((2 * t) / 3.61) % 2)).size).toBe(1);
  });

  it("of some species leave the others alone: Ce3+ among Ce4+", () => {
    const ceria = atoms(
      "{crystal: {structure: fluorite, species: [Ce, O], a_A: 5.41}, ordering: {of: [Ce], composition: {Ce3+: 2, Ce4+: rest}}}",
    );
    expect(["Ce3+", "Ce4+", "O"].map((name) => count(ceria, name))).toEqual([2, 2, 8]);
  });

  it("at random take every site equally often", () => {
    const runs = 400;
    const taken = new Int32Array(13);
    for (let index = 0; index < runs; index++)
      atoms(
        "{count: 400, icosahedron: {species: Au, shells: 1}, ordering: {composition: {Ag: 4, Au: rest}}}",
        index,
      ).species.forEach((name, i) => {
        if (name === "Ag") taken[i]++;
      });
    const p = 4 / 13;
    const limit = 4 * Math.sqrt(runs * p * (1 - p));
    for (const n of taken) expect(Math.abs(n - runs * p)).toBeLessThan(limit);
  });
});

describe("an ordering that cannot be", () => {
  it.each([
    [
      `{${icosahedron}, ordering: {composition: {Ag: 35, Au: 100}}}`,
      "135 atoms are named, there are 147; one species can be the rest",
    ],
    [`{${icosahedron}, ordering: {composition: {Ag: 200, Au: rest}}}`, "200 atoms are named, there are 147"],
    [`{${icosahedron}, ordering: {composition: {Ag: rest, Au: rest}}}`, "only one species can be the rest"],
    [`{${icosahedron}, ordering: {shells: [{Ag: 13}]}}`, "13 atoms are named, there are 147"],
    [
      `{${icosahedron}, ordering: {composition: {Ag: 35, Au: rest}, pattern: L1_0}}`,
      "exists on an fcc lattice with its axes",
    ],
    [`{${icosahedron}, ordering: {pattern: janus}}`, "give either composition or shells"],
    [`{${icosahedron}, ordering: {of: [Cu], composition: {Ag: 1}}}`, "there is no Cu"],
    [
      "{crystal: {species: Cu}, ordering: {composition: {Ag: 1, Au: 1, Cu: 2}, pattern: L1_2}}",
      "L1_2 has two species; found 3",
    ],
    [
      "{crystal: {species: Cu}, ordering: {composition: {Ag: 2, Cu: 2}, pattern: L1_0, direction: [1, 1, 0]}}",
      "L1_0 needs one of the axes",
    ],
  ])("%s is refused", (section, message) => {
    expect(() => atoms(section)).toThrow(message);
  });
});
