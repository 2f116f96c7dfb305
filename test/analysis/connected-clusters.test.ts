import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClusterChoice, ConnectedClusters } from "../../src/analysis/connected-clusters.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { gapCutoff, matricesFor, randomLattice, randomOccupation } from "../clusters/random-lattices.ts";
import { ceriaInput, squareInput } from "../lattice/lattices.ts";
import { distinct, type ImagePair, imagePairs, measured, siteOf, speciesAt } from "./reference.ts";

/** Words after the neighbours in the names of columns. */
const quantities = [
  "number",
  "mean size",
  "weighted size",
  "largest",
  "in 1",
  "in 2",
  "in 3",
  "in 4+",
  "chains",
  "straight",
  "compact",
  "percolating",
] as const;
type Quantity = (typeof quantities)[number];

function byQuantity(observer: ConnectedClusters, occupation: Uint8Array): Record<Quantity, number> {
  const values = [...measured(observer, occupation).values()];
  return Object.fromEntries(quantities.map((name, k) => [name, values[k]])) as Record<Quantity, number>;
}

const minus = (a: readonly number[], b: readonly number[]) => a.map((x, k) => x - b[k]);
const cross = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);

/**
 * Clusters walked through on the infinite crystal: nodes are sites in images of the supercell. A second image of a
 * site means that the cluster never ends; it is then walked a little farther, to see whether it is straight.
 */
function walk(supercell: Supercell, bonds: readonly ImagePair[], begin: number, members: Set<number>) {
  const positions = supercell.positions();
  const place = (i: number, image: readonly number[]) =>
    [0, 1, 2].map(
      (k) => positions[3 * i + k] + image.reduce((sum, n, row) => sum + n * supercell.cell[3 * row + k], 0),
    );
  const seen = new Map<string, { i: number; at: number[]; neighbours: number }>();
  const queue: [number, number[]][] = [[begin, [0, 0, 0]]];
  const note = (i: number, image: readonly number[]) => {
    const key = `${i} ${image.join()}`;
    if (seen.has(key)) return false;
    seen.set(key, { i, at: place(i, image), neighbours: 0 });
    return true;
  };
  note(begin, [0, 0, 0]);
  const limit = 4 * members.size + 40;
  while (queue.length > 0 && seen.size < limit) {
    const [i, image] = queue.shift()!;
    for (const bond of bonds)
      if (bond.i === i && members.has(bond.j)) {
        seen.get(`${i} ${image.join()}`)!.neighbours++;
        const next = image.map((n, k) => n + bond.image[k]);
        if (note(bond.j, next)) queue.push([bond.j, next]);
      }
  }
  const nodes = [...seen.values()];
  const sites = new Set(nodes.map(({ i }) => i));
  const wraps = nodes.length > sites.size;
  const [first, second] = nodes;
  const straight =
    nodes.length > 1 &&
    nodes.every(({ at }) => cross(minus(at, first.at), minus(second.at, first.at)) < 1e-3);
  const degrees = nodes.map(({ neighbours }) => neighbours);
  const tree = degrees.reduce((a, b) => a + b, 0) === 2 * (nodes.length - 1);
  return { sites, wraps, straight, chain: straight || (tree && Math.max(...degrees) <= 2) };
}

function plainValues(
  supercell: Supercell,
  bonds: readonly ImagePair[],
  members: Set<number>,
): Record<Quantity, number> {
  const values = Object.fromEntries(quantities.map((name) => [name, 0])) as Record<Quantity, number>;
  const left = new Set(members);
  const atoms = members.size;
  if (atoms === 0) return values;
  while (left.size > 0) {
    const cluster = walk(supercell, bonds, [...left][0], members);
    for (const i of cluster.sites) left.delete(i);
    const { size } = cluster.sites;
    values.number++;
    values["weighted size"] += size ** 2 / atoms;
    values.largest = Math.max(values.largest, size);
    values[`in ${size < 4 ? size : "4+"}` as Quantity] += size / atoms;
    if (cluster.wraps) values.percolating++;
    if (size >= 3 && cluster.straight) values.straight++;
    if (size >= 3 && !cluster.wraps) values[cluster.chain ? "chains" : "compact"]++;
  }
  values["mean size"] = atoms / values.number;
  return values;
}

function expectEqual(actual: Record<Quantity, number>, expected: Record<Quantity, number>) {
  // Sums of a few ratios of small whole numbers.
  for (const name of quantities) expect(actual[name], name).toBeCloseTo(expected[name], 12);
}

describe("ConnectedClusters", () => {
  it("agree with a walk on the infinite crystal, on any lattice and in the smallest cells", () => {
    const seen = { percolating: 0, chains: 0, straight: 0, compact: 0, shells: 0 };
    fc.assert(
      fc.property(
        randomLattice.chain((lattice) =>
          fc.record({
            lattice: fc.constant(lattice),
            matrix: matricesFor(lattice),
            seed: fc.nat(1000),
            byShell: fc.boolean(),
          }),
        ),
        ({ lattice, matrix, seed, byShell }) => {
          const supercell = new Supercell(lattice, matrix);
          const allowed = new Set(
            Array.from({ length: supercell.numSites }, (_, i) => i).filter((i) => {
              const { species } = siteOf(supercell, i);
              return species.length > 1 && species.includes("A");
            }),
          );
          fc.pre(allowed.size > 0);
          const cutoff = gapCutoff(lattice, 6);
          const pairs = imagePairs(supercell, cutoff).filter(({ i, j }) => allowed.has(i) && allowed.has(j));
          const distances = distinct(pairs.map(({ distance }) => distance));
          fc.pre(distances.length >= 2);
          const bonds = byShell
            ? pairs.filter(({ distance }) => Math.abs(distance - distances[1]) < 1e-4)
            : pairs;
          if (byShell) seen.shells++;
          const choice: ClusterChoice = { species: "A", ...(byShell ? { shell: 2 } : { cutoff_A: cutoff }) };
          const observer = new ConnectedClusters(supercell, choice, "c");
          const random = new RandomStream(seed, 0);
          for (let trial = 0; trial < 4; trial++) {
            const occupation = randomOccupation(supercell, random);
            const members = new Set([...allowed].filter((i) => speciesAt(supercell, occupation, i) === "A"));
            const expected = plainValues(supercell, bonds, members);
            expectEqual(byQuantity(observer, occupation), expected);
            for (const key of ["percolating", "chains", "straight", "compact"] as const)
              seen[key] += expected[key];
          }
        },
      ),
      { numRuns: 60 },
    );
    // The cells have up to 12 sites; some of every shape but many that percolate.
    expect(seen.percolating).toBeGreaterThan(50);
    expect(seen.shells).toBeGreaterThan(10);
  });

  it("agree with the walk on dilute layers, where all shapes occur", () => {
    const supercell = new Supercell(createParentLattice(squareInput(3)), [9, 8, 1]);
    const bonds = imagePairs(supercell, 3);
    const observer = new ConnectedClusters(supercell, { species: "B", shell: 1 }, "c");
    const random = new RandomStream(2, 0);
    const total = { percolating: 0, chains: 0, straight: 0, compact: 0 };
    for (let trial = 0; trial < 60; trial++) {
      const share = 0.2 + 0.4 * random.nextFloat();
      const occupation = Uint8Array.from({ length: supercell.numSites }, () =>
        random.nextFloat() < share ? 1 : 0,
      );
      const members = new Set([...occupation.keys()].filter((i) => occupation[i] === 1));
      const expected = plainValues(supercell, bonds, members);
      expectEqual(byQuantity(observer, occupation), expected);
      for (const key of ["percolating", "chains", "straight", "compact"] as const)
        total[key] += expected[key];
      const pairs = (members.size * expected["in 2"]) / 2;
      const singles = members.size * expected["in 1"];
      expect(singles + pairs + expected.chains + expected.compact + expected.percolating).toBeCloseTo(
        expected.number,
        9,
      );
    }
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(5);
  });

  describe("of vacancies in the second layer of ceria", () => {
    const supercell = new Supercell(createParentLattice(ceriaInput), [8, 8, 1]);
    const o2 = supercell.lattice.sites.findIndex(({ name }) => name === "O2");
    const vacancies = (...cells: [number, number][]) => {
      const occupation = new Uint8Array(supercell.numSites);
      for (const [u, v] of cells) occupation[supercell.siteIndex(o2, [u, v, 0])] = 1;
      return occupation;
    };
    // In the plane: L, √3 L, 2 L.
    const third = new ConnectedClusters(supercell, { species: "V", layers: ["O2"], shell: 3 }, "c");
    const nearest = new ConnectedClusters(supercell, { species: "V", layers: ["O2"], shell: 1 }, "c");

    it("know the third neighbours of the plane", () => {
      expect(third.columns[0].name).toBe("clusters V O2 3N number");
      expect(third.columns[0].description).toContain("7.725 Å");
      expect(nearest.columns[0].description).toContain("3.862 Å");
      const joined = (cell: [number, number]) => byQuantity(third, vacancies([0, 0], cell)).largest;
      expect(joined([2, 0])).toBe(2);
      expect(joined([1, 0])).toBe(1);
      expect(joined([3, 0])).toBe(1);
    });

    it("tell straight chains, bent chains, rings and rows through the whole cell apart", () => {
      const shape = (state: Uint8Array, observer = third) => {
        const { number, chains, straight, compact, percolating } = byQuantity(observer, state);
        return { number, chains, straight, compact, percolating };
      };
      const none = { chains: 0, straight: 0, compact: 0, percolating: 0 };
      // The axes of this cell make 120 degrees.
      expect(shape(vacancies([0, 0], [2, 0]))).toEqual({ ...none, number: 1 });
      expect(shape(vacancies([0, 0], [2, 0], [4, 0]))).toEqual({
        ...none,
        number: 1,
        chains: 1,
        straight: 1,
      });
      expect(shape(vacancies([0, 0], [2, 0], [4, 2]))).toEqual({ ...none, number: 1, chains: 1 });
      expect(shape(vacancies([0, 0], [2, 0], [2, 2]))).toEqual({ ...none, number: 1, compact: 1 });
      expect(shape(vacancies([0, 0], [2, 0], [4, 0], [6, 0]))).toEqual({
        ...none,
        number: 1,
        straight: 1,
        percolating: 1,
      });
      expect(shape(vacancies([0, 0], [2, 0], [4, 0], [2, 2]))).toEqual({
        ...none,
        number: 1,
        compact: 1,
      });
      // Six around an empty site: each has two neighbours, but they close a ring.
      expect(shape(vacancies([1, 0], [1, 1], [0, 1], [-1, 0], [-1, -1], [0, -1]), nearest)).toEqual({
        ...none,
        number: 1,
        compact: 1,
      });
      // Five of them are a bent chain.
      expect(shape(vacancies([1, 0], [1, 1], [0, 1], [-1, 0], [-1, -1]), nearest)).toEqual({
        ...none,
        number: 1,
        chains: 1,
      });
    });

    it("find a straight line also when neighbours beyond the next are joined", () => {
      const wide = new ConnectedClusters(supercell, { species: "V", layers: ["O2"], cutoff_A: 7.8 }, "c");
      expect(wide.columns[0].name).toBe("clusters V O2 7.8A number");
      const { chains, straight, compact } = byQuantity(wide, vacancies([0, 0], [1, 0], [2, 0]));
      expect({ chains, straight, compact }).toEqual({ chains: 1, straight: 1, compact: 0 });
    });

    it("give sizes and shares", () => {
      const state = vacancies([0, 0], [1, 0], [2, 0], [4, 4], [6, 4]);
      expect(byQuantity(nearest, state)).toMatchObject({
        number: 3,
        "mean size": 5 / 3,
        "weighted size": (9 + 1 + 1) / 5,
        largest: 3,
        "in 1": 2 / 5,
        "in 2": 0,
        "in 3": 3 / 5,
        "in 4+": 0,
      });
      for (const value of Object.values(byQuantity(nearest, vacancies()))) expect(value).toBe(0);
    });

    it("do not see other layers", () => {
      const state = vacancies([0, 0]);
      state[0] = 1; // O1
      expect(byQuantity(nearest, state).number).toBe(1);
      const all = new ConnectedClusters(supercell, { species: "V", cutoff_A: 8 }, "c");
      expect(byQuantity(all, state).number).toBe(1);
      expect(byQuantity(all, state).largest).toBe(2);
    });
  });

  it("refuse what cannot be measured", () => {
    const supercell = new Supercell(createParentLattice(ceriaInput), [2, 2, 1]);
    const failure = (choice: ClusterChoice) => {
      try {
        new ConnectedClusters(supercell, choice, "at[0]");
      } catch (error) {
        expect(error).toBeInstanceOf(EcitonError);
        return `${(error as EcitonError).code} ${(error as EcitonError).message}`;
      }
      return "";
    };
    expect(failure({ species: "V" })).toMatch(/^study at\[0\]: .*neither/);
    expect(failure({ species: "V", shell: 1, cutoff_A: 4 })).toMatch(/^study at\[0\]: .*both/);
    expect(failure({ species: "Pt", shell: 1 })).toMatch(/^study at\[0\]\.species: .*V.*Ce3\+/);
    expect(failure({ species: "V", shell: 1, layers: ["O2", "O9"] })).toMatch(
      /^study at\[0\]\.layers\[1\]: .*O1, O2, O3/,
    );
    expect(failure({ species: "V", shell: 1, layers: ["Ce1"] })).toMatch(/^study at\[0\]\.layers\[0\]/);
    expect(failure({ species: "V", shell: 1, layers: [] })).toMatch(/^study at\[0\]\.layers/);
    expect(failure({ species: "V", cutoff_A: 2 })).toMatch(/^study at\[0\]\.cutoff_A: .*2\.731 Å/);
    expect(failure({ species: "V", cutoff_A: 1e6 })).toMatch(/^memory at\[0\]\.cutoff_A: /);
    expect(failure({ species: "V", shell: 1e7 })).toMatch(/^memory at\[0\]\.shell: /);
  });
});
