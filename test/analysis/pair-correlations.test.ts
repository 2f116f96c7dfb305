import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PairCorrelations } from "../../src/analysis/pair-correlations.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { gapCutoff, matricesFor, randomLattice, randomOccupation } from "../clusters/random-lattices.ts";
import { ceriaInput, fccInput } from "../lattice/lattices.ts";
import { distinct, imagePairs, measured, siteOf, speciesAt } from "./reference.ts";

/** g and α by their definitions, site by site and image by image. */
function plainValues(supercell: Supercell, cutoff: number, occupation: Uint8Array): Map<string, number> {
  const sites = Array.from({ length: supercell.numSites }, (_, i) => i);
  const active = sites.filter((i) => siteOf(supercell, i).species.length > 1);
  const all = imagePairs(supercell, cutoff);
  const kindOf = (i: number) => siteOf(supercell, i).kind;
  const kinds = [...new Set(active.map(kindOf))];
  const speciesOf = (kind: string) => [
    ...new Set(active.filter((i) => kindOf(i) === kind).flatMap((i) => siteOf(supercell, i).species)),
  ];
  const nameOf = (species: string, kind: string) =>
    kinds.filter((other) => speciesOf(other).includes(species)).length > 1 ? `${species}@${kind}` : species;
  const share = (species: string, kind: string) => {
    const allowed = active.filter(
      (i) => kindOf(i) === kind && siteOf(supercell, i).species.includes(species),
    );
    return allowed.filter((i) => speciesAt(supercell, occupation, i) === species).length / allowed.length;
  };
  const values = new Map<string, number>();
  kinds.forEach((one, x) => {
    for (const other of kinds.slice(x)) {
      const between = all.filter(({ i, j }) => kindOf(i) === one && kindOf(j) === other);
      distinct(between.map(({ distance }) => distance)).forEach((d, shell) => {
        const pairs = between.filter(
          ({ i, j, distance }) => Math.abs(distance - d) < 1e-4 && active.includes(i) && active.includes(j),
        );
        speciesOf(one).forEach((first, a) => {
          speciesOf(other).forEach((second, b) => {
            if (one === other && b < a) return;
            const holds = (i: number, species: string) => speciesAt(supercell, occupation, i) === species;
            const allows = (i: number, species: string) => siteOf(supercell, i).species.includes(species);
            const [c1, c2] = [share(first, one), share(second, other)];
            const possible = pairs.filter(({ i, j }) => allows(i, first) && allows(j, second)).length;
            if (possible === 0) return;
            const here = pairs.filter(({ i, j }) => holds(i, first) && holds(j, second)).length;
            const name = `${nameOf(first, one)}-${nameOf(second, other)} ${shell + 1}N`;
            const absent = c1 === 0 || c2 === 0;
            values.set(`pair ${name}`, absent ? 1 : here / (possible * c1 * c2));
            if (one !== other || a === b) return;
            const around = pairs.filter(({ i }) => holds(i, first)).length;
            values.set(`alpha ${name}`, absent || around === 0 ? 0 : 1 - here / around / c2);
          });
        });
      });
    }
  });
  return values;
}

function expectEqual(actual: Map<string, number>, expected: Map<string, number>) {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  // Ratios of whole numbers below 1e4: rounding only.
  for (const [name, value] of expected)
    expect(Math.abs(actual.get(name)! - value), name).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)));
}

/** The same lattice with all sites of one kind, though they hold different species. */
function oneKind({ cell, periodic, sites, fractional }: ParentLattice): ParentLattice {
  return createParentLattice({
    cell,
    periodic,
    coordinates: "fractional",
    sites: sites.map(({ name, species }, s) => ({
      name,
      species,
      kind: "k",
      position: [fractional[3 * s], fractional[3 * s + 1], fractional[3 * s + 2]],
    })),
  });
}

describe("PairCorrelations", () => {
  it("agree with the definition on any lattice, also where sites are neighbours of their own images", () => {
    let selfNeighbours = 0;
    let columns = 0;
    fc.assert(
      fc.property(
        randomLattice.chain((lattice) =>
          fc.record({
            lattice: fc.constantFrom(lattice, oneKind(lattice)),
            matrix: matricesFor(lattice),
            seed: fc.nat(1000),
          }),
        ),
        ({ lattice, matrix, seed }) => {
          const supercell = new Supercell(lattice, matrix);
          const cutoff = gapCutoff(lattice, 10);
          const pairs = imagePairs(supercell, cutoff).filter(
            ({ i, j }) => siteOf(supercell, i).species.length > 1 && siteOf(supercell, j).species.length > 1,
          );
          fc.pre(pairs.length > 0);
          if (pairs.some(({ i, j }) => i === j)) selfNeighbours++;
          const observer = new PairCorrelations(supercell, cutoff, "p");
          columns += observer.columns.length;
          const random = new RandomStream(seed, 0);
          for (const occupation of [
            new Uint8Array(supercell.numSites),
            randomOccupation(supercell, random),
            randomOccupation(supercell, random),
          ])
            expectEqual(measured(observer, occupation), plainValues(supercell, cutoff, occupation));
        },
      ),
      { numRuns: 60 },
    );
    expect(selfNeighbours).toBeGreaterThan(10);
    expect(columns).toBeGreaterThan(500);
  });

  it("agree with the definition on ceria, few vacancies and few ions", () => {
    const supercell = new Supercell(createParentLattice(ceriaInput), [3, 1, 0, -1, 3, 0, 0, 0, 1]);
    const observer = new PairCorrelations(supercell, 6.2, "p");
    const random = new RandomStream(4, 0);
    for (const share of [0.05, 0.3, 0.8]) {
      const occupation = Uint8Array.from({ length: supercell.numSites }, () =>
        random.nextFloat() < share ? 1 : 0,
      );
      expectEqual(measured(observer, occupation), plainValues(supercell, 6.2, occupation));
    }
    const names = observer.columns.map(({ name }) => name);
    // O-O distances are 2.731, 3.862, 4.731, 5.462, 6.107 Å, O-Ce 2.365, 4.529, 5.953 Å.
    expect(names).toContain("pair V-V 5N");
    expect(names).toContain("pair V-Ce3+ 3N");
    expect(names).toContain("alpha O-V 1N");
    expect(names).not.toContain("pair V-V 6N");
    expect(names).not.toContain("pair V-Ce3+ 4N");
    expect(observer.columns.find(({ name }) => name === "pair V-Ce3+ 2N")?.description).toContain("4.529 Å");
  });

  /** fcc with cubic cells: primitive vectors (0 h h), (h 0 h), (h h 0). */
  const cubic = [-1, 1, 1, 1, -1, 1, 1, 1, -1];

  it("give the Warren-Cowley parameters of L1_2 and L1_0", () => {
    const supercell = new Supercell(
      createParentLattice(fccInput(4)),
      cubic.map((x) => 2 * x),
    );
    const observer = new PairCorrelations(supercell, 5, "p");
    const positions = supercell.positions();
    // Places are multiples of a/2 = 2 Å.
    const place = (i: number, k: number) => Math.round(positions[3 * i + k] / 2) & 1;
    const l12 = Uint8Array.from({ length: supercell.numSites }, (_, i) =>
      place(i, 0) + place(i, 1) + place(i, 2) === 0 ? 1 : 0,
    );
    const l10 = Uint8Array.from({ length: supercell.numSites }, (_, i) => place(i, 2));
    for (const [state, share] of [
      [l12, 1 / 4],
      [l10, 1 / 2],
    ] as const) {
      expect(state.reduce((a, b) => a + b, 0) / state.length).toBe(share);
      const values = measured(observer, state);
      expect(values.get("alpha A-B 1N")).toBeCloseTo(-1 / 3, 12);
      expect(values.get("alpha A-B 2N")).toBeCloseTo(1, 12);
      expect(values.get("pair A-B 1N")).toBeCloseTo(4 / 3, 12);
    }
    // In L1_2 no B is nearest neighbour of another; all six second neighbours of a B are B.
    expect(measured(observer, l12).get("pair B-B 1N")).toBe(0);
    expect(measured(observer, l12).get("pair B-B 2N")).toBeCloseTo(4, 12);
  });

  it("average to the finite-size values over all arrangements of a ternary alloy", () => {
    const supercell = new Supercell(createParentLattice(fccInput(4, ["A", "B", "C"])), [2, 2, 2]);
    const observer = new PairCorrelations(supercell, 2.9, "p");
    const counts = [3, 3, 2];
    const sums = new Map<string, number>();
    let states = 0;
    const visit = (begun: number[]) => {
      if (begun.length === 8) {
        states++;
        for (const [name, value] of measured(observer, Uint8Array.from(begun)))
          sums.set(name, (sums.get(name) ?? 0) + value);
        return;
      }
      counts.forEach((count, k) => {
        if (begun.filter((x) => x === k).length < count) visit([...begun, k]);
      });
    };
    visit([]);
    expect(states).toBe(560); // 8! / (3! 3! 2!)
    const unlike = 1 / (1 - 1 / 8);
    for (const pair of ["A-B", "A-C", "B-C"]) {
      expect(sums.get(`pair ${pair} 1N`)! / states).toBeCloseTo(unlike, 10);
      expect(sums.get(`alpha ${pair} 1N`)! / states).toBeCloseTo(1 - unlike, 10);
    }
    expect(sums.get("pair A-A 1N")! / states).toBeCloseTo((1 - 1 / 3) * unlike, 10);
    expect(sums.get("pair C-C 1N")! / states).toBeCloseTo((1 - 1 / 2) * unlike, 10);
  });

  it("vanish for a large random alloy", () => {
    const supercell = new Supercell(createParentLattice(fccInput(4, ["A", "B", "C"])), [12, 12, 12]);
    const observer = new PairCorrelations(supercell, 4.1, "p");
    const random = new RandomStream(9, 0);
    const series = Array.from({ length: 40 }, () => measured(observer, randomOccupation(supercell, random)));
    for (const name of observer.columns.map((column) => column.name)) {
      const values = series.map((row) => row.get(name)!);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
      // Independent states; the finite-size value differs from 1 by 1/1728, far less than the error.
      const expected = name.startsWith("pair") ? 1 : 0;
      expect(Math.abs(mean - expected), name).toBeLessThan(4 * Math.sqrt(variance / values.length));
      expect(variance).toBeGreaterThan(0);
    }
  });

  it("say where no pair is near enough", () => {
    const supercell = new Supercell(createParentLattice(fccInput(4)), [2, 2, 2]);
    expect(() => new PairCorrelations(supercell, 2.5, "sample.observe.pairs.cutoff_A")).toThrow(
      /^sample\.observe\.pairs\.cutoff_A: no two sites/,
    );
    expect(() => new PairCorrelations(supercell, 1e5, "a.b")).toThrow(/^a\.b: .*lower this distance/);
  });
});
