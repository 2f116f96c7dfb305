import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluationFor, type Potential } from "../../../src/core/calculator.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { createAtoms } from "../../../src/data/generators/create-atoms.ts";
import type { AtomsSpec } from "../../../src/data/study/atoms-schema.ts";
import { parseStudy } from "../../../src/data/study/load-study.ts";
import { Hopper, type HopState } from "../../../src/dynamics/hop/hopper.ts";
import { relax } from "../../../src/dynamics/minimise/relax.ts";
import { type MovingAtoms, movingAtoms } from "../../../src/dynamics/moving-atoms.ts";
import { guptaPotential } from "../../../src/dynamics/potentials/gupta.ts";
import { lennardJonesPotential } from "../../../src/dynamics/potentials/lennard-jones.ts";
import { guptaSet } from "../../../src/dynamics/potentials/parameter-sets.ts";
import { failureOf } from "../../failure.ts";
import { hopSettings, hopToEnd, ljHopper, ljStarts, reducedLj } from "./hop-systems.ts";

const energiesFile = "../shared/data/clusters/lj_global_minima_energies.csv";
const published = new Map(
  existsSync(energiesFile)
    ? readFileSync(energiesFile, "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").map(Number) as [number, number])
    : [],
);
if (published.size === 0) console.warn(`skipped: ${energiesFile} is not there`);

describe.skipIf(published.size === 0)("Lennard-Jones clusters from random starts", () => {
  it.each([7, 10, 13, 15])("LJ%i reaches the published energy", (n) => {
    const energy = published.get(n)!;
    for (const seed of [1, 2, 3]) {
      const hopper = hopToEnd(ljHopper(n, seed, { targetEnergy: energy + 1e-5 }), 500);
      // The table has six decimals.
      expect(Math.abs(hopper.best! - energy)).toBeLessThan(1e-5);
    }
  });
});

describe("all minima of small Lennard-Jones clusters", () => {
  // Tsai and Jordan, J. Phys. Chem. 97, 11227 (1993), found 4, 8 and 21 of them for 7, 8 and 9 atoms.
  it.each([
    [7, 4, 300],
    [8, 8, 1500],
    [9, 21, 4000],
  ])("LJ%i has %i, each found once by the fingerprints", (n, count, steps) => {
    const settings = {
      temperature: Number.POSITIVE_INFINITY,
      moves: { displace: 1, displace_some: 1, surface: 1 },
      relax: { ...hopSettings().relax, forceTolerance: 1e-5 },
    };
    const hopper = hopToEnd(ljHopper(n, 1, settings), steps);
    expect(hopper.minima).toHaveLength(count);
    expect(hopper.minima[0].visits).toBeGreaterThan(1);
  });
});

const alloy: AtomsSpec = {
  icosahedron: { species: "Au", shells: 1 },
  ordering: { composition: { Ag: 3, Au: "rest" }, pattern: "random" },
  count: 1_000_000,
  frames: "last",
};

describe("exchanges of Ag and Au in an icosahedron of 13 atoms", () => {
  const potential = guptaPotential(guptaSet("noble-metal-alloys", ["Ag", "Au"], "none"));
  const starts = (index: number) => movingAtoms(createAtoms(alloy, { seed: 1, index }));
  const settings = hopSettings({
    temperature: 2000,
    moves: { exchange: 1 },
    relax: { ...hopSettings().relax, forceTolerance: 1e-5 },
  });

  /** Every way to put three Ag on the 13 sites, relaxed. */
  function enumerate(): number[] {
    const atoms = starts(0);
    const sites = atoms.positions.slice();
    const silver = atoms.species.flatMap((name, i) => (name === "Ag" ? [i] : []));
    const gold = atoms.species.flatMap((name, i) => (name === "Au" ? [i] : []));
    const calculator = potential.calculator(atoms);
    const energies: number[] = [];
    for (let a = 0; a < 13; a++)
      for (let b = a + 1; b < 13; b++)
        for (let c = b + 1; c < 13; c++) {
          const rest = Array.from(Array(13).keys()).filter((s) => s !== a && s !== b && s !== c);
          [a, b, c].forEach((site, k) => {
            atoms.positions.set(sites.subarray(3 * site, 3 * site + 3), 3 * silver[k]);
          });
          rest.forEach((site, k) => {
            atoms.positions.set(sites.subarray(3 * site, 3 * site + 3), 3 * gold[k]);
          });
          energies.push(relax(calculator, atoms, settings.relax).energy);
        }
    return energies.sort((x, y) => x - y);
  }

  it("find every ordering that is different, and the best of them", () => {
    const energies = enumerate();
    expect(energies).toHaveLength(286);
    const distinct = energies.filter((e, i) => i === 0 || e - energies[i - 1] > 1e-6);
    const hopper = new Hopper(potential, starts, settings, new RandomStream(5, 0), 0);
    hopToEnd(hopper, 400);
    // Orbits of three of twelve vertices under the icosahedral group: 5; of the centre and two vertices: 3.
    expect(distinct).toHaveLength(8);
    expect(hopper.minima).toHaveLength(8);
    hopper.minima.forEach(({ energy }, i) => {
      expect(Math.abs(energy - distinct[i])).toBeLessThan(1e-6);
    });
  });
});

describe("a path", () => {
  it("goes on from its state, as it stands in a file, to the last bit", () => {
    const changes = { targetAcceptance: 0.5, restartAfter: 15, keep: 20 };
    const whole = hopToEnd(ljHopper(19, 4, changes), 120);
    const random = new RandomStream(9, 9);
    let path = ljHopper(19, 4, changes);
    while (path.step < 120) {
      path.hop();
      if (random.nextIndex(3) > 0) continue;
      const state: HopState = structuredClone(path.state());
      path = ljHopper(19, 4, changes);
      path.restore(state);
    }
    expect(path.state()).toEqual(whole.state());
    expect(whole.counts.restarts).toBeGreaterThan(0);
  });

  it("does so with the neighbour lists of a slab, whose sums depend on where they were built", () => {
    const text =
      "name: slab\n" +
      "atoms: {slab: {crystal: {species: Cu}, miller: [1, 0, 0], layers: 3}, supercell: [3, 3, 1], rattle_A: 0.1, count: 100}\n";
    const { atoms: slab } = parseStudy(text, "slab.yaml");
    const potential = guptaPotential(guptaSet("cleri-rosato-1993", ["Cu"], "shells"));
    const fixed = Uint8Array.from({ length: 27 }, (_, i) => (i < 9 ? 1 : 0));
    const starts = (index: number) => movingAtoms(createAtoms(slab!, { seed: 2, index }), fixed);
    const settings = hopSettings({ temperature: 3000, moves: { displace: 1, displace_some: 1, surface: 1 } });
    const path = () => new Hopper(potential, starts, settings, new RandomStream(3, 0), 0);
    const whole = hopToEnd(path(), 12);
    let resumed = path();
    while (resumed.step < 12) {
      const state = structuredClone(resumed.state());
      resumed = path();
      resumed.restore(state);
      resumed.hop();
    }
    expect(resumed.state()).toEqual(whole.state());
    expect(whole.state().calculator).not.toBeNull();
    expect(Object.values(whole.counts.accepted).reduce((a, b) => a + b)).toBeGreaterThan(2);
  });

  it("has states that later hops leave as they are", () => {
    const hopper = hopToEnd(
      ljHopper(13, 9, { targetAcceptance: 0.5, restartAfter: 5, temperature: 30_000 }),
      5,
    );
    const state = hopper.state();
    const copy = structuredClone(state);
    hopToEnd(hopper, 80);
    expect(state).toEqual(copy);
    expect(hopper.improvements.length).toBeGreaterThan(copy.improvements.length);
  });

  it("counts every quench", () => {
    const hopper = hopToEnd(ljHopper(13, 2), 100);
    const { tried, accepted, ended, evaluations } = hopper.counts;
    expect(tried.start).toBe(1);
    expect(Object.values(tried).reduce((a, b) => a + b)).toBe(100);
    expect(Object.values(ended).reduce((a, b) => a + b)).toBe(100);
    for (const key of Object.keys(tried) as (keyof typeof tried)[])
      expect(accepted[key]).toBeLessThanOrEqual(tried[key]);
    expect(evaluations).toBeGreaterThan(1000);
    const visits = hopper.minima.reduce((sum, m) => sum + m.visits, 0);
    expect(visits).toBeLessThanOrEqual(100);
    expect(hopper.improvements.at(-1)!.energy).toBe(hopper.minima[0].energy);
  });

  it("of independent structures relaxes each start by itself", () => {
    const settings = { sampling: "independent", moves: {}, keep: 1000 } as const;
    const hopper = hopToEnd(ljHopper(10, 6, settings), 30);
    expect(hopper.counts.tried).toMatchObject({ start: 30, displace: 0 });
    const potential = lennardJonesPotential(reducedLj);
    const alone = Array.from({ length: 30 }, (_, index) => {
      const atoms = ljStarts(10, 6)(index);
      return relax(potential.calculator(atoms), atoms, hopSettings().relax).energy;
    });
    expect(hopper.best).toBeCloseTo(Math.min(...alone), 8);
  });

  it("begins anew where it finds nothing lower, and keeps what it found", () => {
    const hopper = hopToEnd(ljHopper(13, 3, { restartAfter: 20 }), 200);
    const { tried, restarts } = hopper.counts;
    expect(restarts).toBeGreaterThan(1);
    expect(tried.start).toBeGreaterThanOrEqual(restarts);
    expect(hopper.best).toBe(hopper.minima[0].energy);
  });

  it("adapts its displacements to the acceptance that is wanted", () => {
    const share = (targetAcceptance: number) => {
      const hopper = hopToEnd(
        ljHopper(13, 5, { moves: { displace: 1 }, targetAcceptance, temperature: 5000 }),
        1000,
      );
      const { tried, accepted } = hopper.counts;
      return { step: hopper.stepLength!, share: accepted.displace / tried.displace };
    };
    const [few, many] = [share(0.15), share(0.6)];
    expect(few.step).toBeGreaterThan(many.step);
    expect(few.share).toBeLessThan(many.share);
  });
});

/** Two tetrahedra so far apart that a potential with a cut-off does not pull them together. */
function apart(distance: number): MovingAtoms {
  const tetrahedron = [1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1].map((x) => 0.4 * x);
  return {
    species: new Array<string>(8).fill("X"),
    periodic: [false, false, false],
    positions: Float64Array.from([
      ...tetrahedron,
      ...tetrahedron.map((x, i) => x + (i % 3 === 0 ? distance : 0)),
    ]),
    cell: new Float64Array(9),
    fixed: null,
  };
}

const shortRanged: Potential = lennardJonesPotential({ ...reducedLj, cutoff: { from_A: 2, to_A: 2.5 } });

describe("quenches", () => {
  it("pull clusters together that fell apart", () => {
    const settings = hopSettings({ sampling: "independent", moves: {} });
    const hopper = new Hopper(shortRanged, () => apart(6), settings, new RandomStream(1, 0), 0);
    const trial = hopper.hop();
    expect(trial.refused).toBeNull();
    expect(trial.pulls).toBeGreaterThan(0);
    const alone = apart(6);
    const parts = relax(shortRanged.calculator(alone), alone, settings.relax);
    expect(trial.energy!).toBeLessThan(parts.energy - 0.5);
  });

  it("refuse atoms that collapsed and atoms beyond the container, and say so in the end", () => {
    const never = (changes: object, reason: string) => {
      const settings = hopSettings({ sampling: "independent", moves: {}, ...changes });
      const hopper = new Hopper(shortRanged, () => apart(3), settings, new RandomStream(1, 0), 0);
      expect(hopper.hop().refused).toBe(reason);
      const error = failureOf(() => hopToEnd(hopper, 1000));
      expect(error.code).toBe("data");
      expect(error.message).toContain(`100 ${reason}`);
    };
    never({ minDistance: 1.3 }, "collapsed");
    never({ container: 0.5 }, "outside");
  });

  it("of atoms that the potential refuses count as failed", () => {
    const settings = hopSettings({ sampling: "independent", moves: {} });
    const onTop = { ...apart(3), positions: new Float64Array(24) };
    const hopper = new Hopper(shortRanged, () => onTop, settings, new RandomStream(1, 0), 0);
    expect(hopper.hop()).toMatchObject({ refused: "failed", energy: null, ended: null });
  });
});

describe("moves that the atoms do not allow", () => {
  const cube = (periodic: MovingAtoms["periodic"], fixed: Uint8Array | null = null): MovingAtoms => ({
    ...apart(3),
    periodic,
    cell: Float64Array.from([9, 0, 0, 0, 9, 0, 0, 0, 9]),
    fixed,
  });
  it.each([
    ["exchange", cube([false, false, false]), "needs two species"],
    ["twist", cube([true, true, false]), "no direction is periodic"],
    ["surface", cube([true, true, true]), "no surface"],
    ["surface", cube([false, false, false], Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 0)), "three atoms"],
    ["displace", cube([false, false, false], new Uint8Array(8).fill(1)), "every atom is fixed"],
  ] as const)("%s is refused", (kind, atoms, message) => {
    const settings = hopSettings({ moves: { [kind]: 1 } });
    const error = failureOf(() => new Hopper(shortRanged, () => atoms, settings, new RandomStream(1, 0), 0));
    expect(error.code).toBe("study");
    expect(error.message).toContain(message);
  });
});

it("fixed atoms stay where they are to the last bit", () => {
  const start = ljStarts(20, 8)(0);
  const fixed = Uint8Array.from({ length: 20 }, (_, i) => (i < 6 ? 1 : 0));
  const settings = hopSettings({ moves: { displace: 1, displace_some: 1, surface: 1, twist: 1 } });
  const hopper = new Hopper(
    lennardJonesPotential(reducedLj),
    () => ({ ...start, positions: start.positions.slice(), fixed }),
    settings,
    new RandomStream(2, 0),
    0,
  );
  hopToEnd(hopper, 60);
  for (const { positions } of hopper.minima)
    expect([...positions.subarray(0, 18)]).toEqual([...start.positions.subarray(0, 18)]);
});

it("minima have the energies that the potential gives them", () => {
  const hopper = hopToEnd(ljHopper(16, 7), 60);
  const calculator = lennardJonesPotential(reducedLj).calculator(hopper.atoms);
  const out = evaluationFor(16);
  for (const { positions, cell, energy } of hopper.minima) {
    calculator.evaluate(positions, cell, out);
    expect(out.energy).toBeCloseTo(energy, 9);
    expect(Math.max(...out.forces.map(Math.abs))).toBeLessThan(1e-4 + 1e-9);
  }
});
