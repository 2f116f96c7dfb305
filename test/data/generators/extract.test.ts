import { describe, expect, it } from "vitest";
import { openAtoms } from "../../../src/data/generators/create-atoms.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { atoms, count, neighbours, shortest, spec } from "./atoms.ts";

const a = 5.46; // Å: the paper's shells at 2.37, 3.86, 4.53 and 5.46 Å
const section = (more: string) =>
  `{count: 1000, extract: {crystal: {structure: fluorite, species: [Ce, O], a_A: ${a}}, center: Ce, ${more}}}`;
const distances = ({ positions }: Structure, from: number, to: readonly number[]) =>
  to.map((i) => Math.hypot(...[0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * from + k])));
const of = (structure: Structure, name: string) =>
  structure.species.flatMap((s, i) => (s === name ? [i] : []));
const connected = (structure: Structure, bond: number) => {
  const seen = new Set([0]);
  for (const i of seen)
    for (const j of neighbours(structure, i, bond))
      if (structure.species[i] !== structure.species[j]) seen.add(j);
  return seen.size === structure.species.length;
};

describe("clusters taken out of ceria", () => {
  it("by shells are the paper's: 8 nearest O, the rest of 24, and 13 of 18 Ce", () => {
    for (const oxygen of [27, 28, 29])
      for (let index = 0; index < 10; index++) {
        const cluster = atoms(section(`composition: {Ce: 14, O: ${oxygen}}, displacement_A: 0`), index);
        expect([count(cluster, "Ce"), count(cluster, "O")]).toEqual([14, oxygen]);
        const near = (d: number, from: number[]) => from.filter((x) => Math.abs(x - d) < 0.01).length;
        // The centre is the first atom.
        const toO = distances(cluster, 0, of(cluster, "O"));
        const toCe = distances(cluster, 0, of(cluster, "Ce").slice(1));
        const [o1, ce1, o2, ce2] = [Math.sqrt(3) / 4, Math.SQRT1_2, Math.sqrt(11) / 4, 1].map((x) => x * a);
        expect([near(o1, toO), near(o2, toO)]).toEqual([8, oxygen - 8]);
        expect(near(ce1, toCe) + near(ce2, toCe)).toBe(13);
      }
  });

  it("by shells take each of the outer sites equally often", () => {
    const source = openAtoms(spec(section("composition: {Ce: 14, O: 28}, displacement_A: 0, bond_A: 20")), {
      seed: 5,
    });
    const taken = new Map<string, number>();
    const runs = 300;
    for (let i = 0; i < runs; i++) {
      const cluster = source.create(i);
      for (const j of of(cluster, "Ce").slice(1)) {
        const site = [0, 1, 2]
          .map((k) => Math.round(2 * (cluster.positions[3 * j + k] - cluster.positions[k])) + 0)
          .join();
        taken.set(site, (taken.get(site) ?? 0) + 1);
      }
    }
    expect(taken.size).toBe(18);
    const p = 13 / 18;
    // Four standard errors of a binomial number; of 18 one is beyond with a chance of 0.1 %, and the seed is fixed.
    const limit = 4 * Math.sqrt(runs * p * (1 - p));
    for (const n of taken.values()) expect(Math.abs(n - runs * p)).toBeLessThan(limit);
  });

  it.each(["shells", "uniform"])(
    "by %s are connected, near their sites, and say how often they were drawn",
    (strategy) => {
      for (let index = 0; index < 5; index++) {
        const cluster = atoms(section(`strategy: ${strategy}, composition: {Ce: 14, O: 28}`), index);
        const still = atoms(
          section(`strategy: ${strategy}, composition: {Ce: 14, O: 28}, bond_A: 20`),
          index,
        );
        expect([count(cluster, "Ce"), count(cluster, "O")]).toEqual([14, 28]);
        expect(connected(cluster, (1.3 * Math.sqrt(3) * a) / 4)).toBe(true);
        expect(cluster.info.tries).toBeGreaterThanOrEqual(1);
        expect(still.info.tries).toBe(1);
        // Two neighbours come closer by 0.4 Å at most.
        expect(shortest(cluster)).toBeGreaterThan((Math.sqrt(3) * a) / 4 - 0.4 - 1e-9);
      }
    },
  );

  it("are moved off their sites by up to the given distance, evenly in a sphere", () => {
    const sites = openAtoms(spec(section("composition: {Ce: 14, O: 28}, displacement_A: 0, bond_A: 20")), {
      seed: 1,
    });
    const moved = openAtoms(spec(section("composition: {Ce: 14, O: 28}, displacement_A: 0.2, bond_A: 20")), {
      seed: 1,
    });
    const cubes: number[] = [];
    for (let i = 0; i < 30; i++) {
      // The choice of the sites comes first in the stream of random numbers.
      const [p, q] = [sites.create(i).positions, moved.create(i).positions];
      for (let j = 0; j < p.length; j += 3)
        cubes.push((Math.hypot(p[j] - q[j], p[j + 1] - q[j + 1], p[j + 2] - q[j + 2]) / 0.2) ** 3);
    }
    expect(Math.max(...cubes)).toBeLessThanOrEqual(1 + 1e-9);
    // (r / R)³ is uniform on 0 .. 1: mean 1/2, variance 1/12.
    const mean = cubes.reduce((sum, x) => sum + x, 0) / cubes.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * cubes.length));
  });

  it("by a moving sphere differ from those by shells: they reach farther sites", () => {
    const reach = (strategy: string) =>
      Math.max(
        ...Array.from({ length: 10 }, (_, i) => {
          const cluster = atoms(
            section(`strategy: ${strategy}, composition: {Ce: 14, O: 28}, displacement_A: 0, bond_A: 20`),
            i,
          );
          return Math.max(...distances(cluster, 0, of(cluster, "O")));
        }),
      );
    expect(reach("shells")).toBeCloseTo((Math.sqrt(11) / 4) * a, 6);
    expect(reach("uniform")).toBeGreaterThan((Math.sqrt(11) / 4) * a + 0.5);
  });
});

describe("clusters taken out of a metal", () => {
  it("have bonds of like atoms", () => {
    const cluster = atoms(
      "{extract: {crystal: {species: Cu}, center: Cu, composition: {Cu: 40}, strategy: uniform, displacement_A: 0}}",
    );
    expect(cluster.species).toHaveLength(40);
    expect(shortest(cluster)).toBeCloseTo(3.61 / Math.SQRT2, 9);
  });
});

describe("an extraction that cannot be", () => {
  it.each([
    ["composition: {Ce: 2, Zr: 1}", "atoms.extract.composition.Zr: the crystal has no Zr"],
    ["composition: {O: 2}", "the composition has no Ce"],
    ["composition: {Ce: 2, O: 4}, radius_A: 3", "belongs to the strategy uniform"],
    [
      "composition: {Ce: 14, O: 28}, bond_A: 1.5, tries: 7",
      "none of 7 clusters was connected by bonds of up to 1.50",
    ],
    ["composition: {Ce: 2, O: 4}, displacement_A: -1", "expected zero or more"],
  ])("%s is refused", (more, message) => {
    expect(() => atoms(section(more))).toThrow(message);
  });
});
