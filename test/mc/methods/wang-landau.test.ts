/** Densities of states against exact ones. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { EcitonError } from "../../../src/core/errors.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import type { Ensemble } from "../../../src/mc/ensemble.ts";
import { joinDensities, normalised, thermodynamicsOf } from "../../../src/mc/methods/density-of-states.ts";
import { commonUnit } from "../../../src/mc/methods/energy-bins.ts";
import { logNumberOfStates } from "../../../src/mc/methods/number-of-states.ts";
import {
  type FinishedWalker,
  runWalker,
  type WalkerPayload,
  type WalkerResult,
  wangLandauTask,
} from "../../../src/mc/methods/wang-landau-task.ts";
import { publishedCeria } from "../ceria.ts";
import { type ExactLevel, isingLevels, momentsOf } from "../density-of-states.ts";
import { forEachState } from "../enumerate-states.ts";
import { isingModel, J } from "../ising-models.ts";

const flags = () => ({ cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 });

function finished(result: WalkerResult): FinishedWalker {
  if (result.interrupted) throw new Error(`interrupted at step ${result.step}`);
  return result;
}

/** k_B T in units of J. */
const isingTemperatures = [1.5, 2.3, 3, 6].map((t) => (t * J) / BOLTZMANN_EV_PER_K);

function isingWalker(size: number, changes: Partial<WalkerPayload> = {}): WalkerPayload {
  return {
    expansion: expansionRecord(isingModel("square", size).expansion),
    supercell: [size, size, 1],
    composition: { up: (size * size) / 2 },
    ensemble: { kind: "semi-grand", chemicalPotentials: {} },
    temperatures_K: isingTemperatures,
    finalLnF: 1e-5,
    flatness: 0.8,
    steps: 100_000_000,
    seed: 21,
    stream: 2 ** 43,
    walker: 0,
    index: 0,
    checkpoint: null,
    ...changes,
  };
}

const ceria = publishedCeria([2, 2, 1], 2);
function ceriaWalker(changes: Partial<WalkerPayload> = {}): WalkerPayload {
  return {
    ...isingWalker(4),
    expansion: expansionRecord(ceria.expansion),
    supercell: [2, 2, 1],
    composition: { V: 2, "Ce3+": 4 },
    ensemble: { kind: "canonical" },
    temperatures_K: [300, 800, 2000],
    ...changes,
  };
}

function walkersOf(payload: WalkerPayload, number: number): FinishedWalker[] {
  return Array.from({ length: number }, (_, walker) => finished(runWalker({ ...payload, walker }, flags())));
}

/**
 * Mean ln g of several walkers against exact levels, and their averages at all temperatures. The scatter of few walkers
 * is itself unsure, so a level's error is taken as at least the usual one of all levels; 5 errors are allowed because
 * there are up to two hundred levels.
 */
function expectDensity(
  walkers: readonly FinishedWalker[],
  exact: readonly ExactLevel[],
  unit: number,
  largestError: number,
): void {
  const joined = joinDensities(
    walkers.map(({ levels }) => levels),
    walkers[0].thermodynamics.map(({ temperature_K }) => temperature_K),
  );
  for (const { converged, exactLevels, bin_eV } of walkers) {
    expect(converged).toBe(true);
    expect(exactLevels).toBe(true);
    expect(bin_eV).toBeCloseTo(unit, 9);
  }
  const usual = Math.sqrt(
    joined.levels.reduce((sum, { lnStates }) => sum + lnStates.error! ** 2, 0) / joined.levels.length,
  );
  for (const { energy_eV, lnStates } of joined.levels) {
    const level = exact.find(({ energy }) => Math.abs(energy - energy_eV) < 1e-6)!;
    expect(level).toBeDefined();
    expect(Math.abs(lnStates.value - Math.log(level.states))).toBeLessThan(
      5 * Math.max(lnStates.error!, usual),
    );
  }
  expect(usual).toBeLessThan(largestError);
  // Levels may be missing only where random states do not go.
  const highest = joined.levels.at(-1)!.energy_eV;
  expect(joined.levels).toHaveLength(exact.filter(({ energy }) => energy < highest + 1e-6).length);
  const total = exact.reduce((sum, { states }) => sum + states, 0);
  expect(walkers[0].lnTotalStates).toBeCloseTo(Math.log(total), 9);
  for (const {
    temperature_K,
    freeEnergy_eV,
    energy_eV,
    heatCapacity_kB,
    entropy_kB,
  } of joined.thermodynamics) {
    const kT = BOLTZMANN_EV_PER_K * temperature_K;
    const { mean, variance } = momentsOf(exact, 1 / kT);
    const logZ = Math.log(
      exact.reduce((sum, { energy, states }) => sum + states * Math.exp(-(energy - exact[0].energy) / kT), 0),
    );
    const free = exact[0].energy - kT * logZ;
    const near = (found: { value: number; error: number | null }, value: number, most: number) => {
      expect(Math.abs(found.value - value)).toBeLessThan(6 * found.error!);
      expect(found.error).toBeLessThan(most);
    };
    near(energy_eV, mean, 0.1 * Math.sqrt(variance));
    near(heatCapacity_kB, variance / kT ** 2, (0.2 * variance) / kT ** 2);
    near(freeEnergy_eV, free, largestError * kT);
    near(entropy_kB, (mean - free) / kT, 2 * largestError);
  }
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-walker-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("ln g of the Ising square", () => {
  // With ln f = 1/t the error of ln g is about the root of the final ln f times the steps that a walk needs to cross
  // the bins, for each bin: sqrt(2e-5 x some 20) = 0.02 for one walker of 4 x 4, several times that for 6 x 6.
  it.each([
    [4, 2e-5, 0.02],
    [6, 5e-5, 0.06],
  ])("of side %i, all compositions, down to ln f = %f", (size, finalLnF, largestError) => {
    expectDensity(walkersOf(isingWalker(size, { finalLnF }), 6), isingLevels(size), 4 * J, largestError);
  });

  it("at half filling, by exchanges", () => {
    const { model, supercell, groups } = isingModel("square", 4);
    const payload = isingWalker(4, { ensemble: { kind: "canonical" }, finalLnF: 3e-5 });
    const levels = new Map<number, ExactLevel>();
    forEachState(model, supercell, groups, [[8, 8]], (_, energy) => {
      const key = Math.round(energy / J);
      levels.set(key, { energy: key * J, states: (levels.get(key)?.states ?? 0) + 1 });
    });
    const exact = [...levels.values()].sort((a, b) => a.energy - b.energy);
    expectDensity(walkersOf(payload, 6), exact, 4 * J, 0.04);
  });

  it("in a field is that of the potential", () => {
    const mu = 0.005;
    const ensemble: Ensemble = { kind: "semi-grand", chemicalPotentials: { up: mu } };
    const [walker] = walkersOf(isingWalker(4, { ensemble, finalLnF: 4e-5 }), 1);
    // Multiples of 4 J = 0.04 less multiples of 0.005.
    expect(walker.bin_eV).toBeCloseTo(0.005, 9);
    const { model } = isingModel("square", 4);
    const kT = BOLTZMANN_EV_PER_K * isingTemperatures[1];
    const occupation = new Uint8Array(16);
    let z = 0;
    let sum = 0;
    for (let code = 0; code < 2 ** 16; code++) {
      let up = 0;
      for (let site = 0; site < 16; site++) up += occupation[site] = (code >> site) & 1;
      const potential = model.energy(occupation) - mu * up;
      const weight = Math.exp(-(potential + 0.32) / kT);
      z += weight;
      sum += weight * potential;
    }
    // One walker of some hundred bins: about 0.03 in ln g, of which energies feel a part.
    expect(Math.abs(walker.thermodynamics[1].energy_eV - sum / z)).toBeLessThan(0.05 * kT);
    expect(walker.lowest.energy_eV).toBeCloseTo(-32 * J, 9);
    expect(walker.lowest.occupation.every((spin) => spin === 1)).toBe(true);
  });
});

describe("ln g of ceria against every configuration", () => {
  const exactOf = (vacancies: readonly number[]) => {
    const levels = new Map<number, ExactLevel>();
    for (const n of vacancies) {
      const counts = [
        [12 - n, n],
        [8 - 2 * n, 2 * n],
      ];
      forEachState(ceria.model, ceria.supercell, ceria.groups, counts, (_, energy) => {
        const key = Math.round(energy / 0.01);
        levels.set(key, { energy: key * 0.01, states: (levels.get(key)?.states ?? 0) + 1 });
      });
    }
    return [...levels.values()].sort((a, b) => a.energy - b.energy);
  };

  it("has levels at multiples of 0.01 eV with the right numbers of states", () => {
    const exact = exactOf([2]);
    const walkers = walkersOf(ceriaWalker({ finalLnF: 2e-4 }), 5);
    expectDensity(walkers, exact, 0.01, 0.4);
    for (const { lowest } of walkers) expect(lowest.energy_eV).toBeCloseTo(exact[0].energy, 9);
  });

  it("counts the states that a reservoir reaches", () => {
    const ensemble: Ensemble = {
      kind: "reservoir",
      deltaMu: -2,
      replace: [
        { from: "O", to: "V", count: 1 },
        { from: "Ce4+", to: "Ce3+", count: 2 },
      ],
    };
    const states = exactOf([0, 1, 2, 3, 4]).reduce((sum, level) => sum + level.states, 0);
    for (const n of [0, 2, 4]) {
      const counts = [
        [12 - n, n],
        [8 - 2 * n, 2 * n],
      ];
      expect(logNumberOfStates(ensemble, ceria.groups, counts)).toBeCloseTo(Math.log(states), 12);
    }
    const odd = [
      [11, 1],
      [7, 1],
    ];
    // From one vacancy and one Ce3+: O11 V1 with 8 Ce, then V2 with 3 Ce3+, V3 with 5, V4 with 7; not below.
    const sum = 12 * 8 + 66 * 56 + 220 * 56 + 495 * 8;
    expect(logNumberOfStates(ensemble, ceria.groups, odd)).toBeCloseTo(Math.log(sum), 12);
  });
});

describe("wide bins", () => {
  it("give averages that are right but for the width", () => {
    const kT = BOLTZMANN_EV_PER_K * 800;
    const [walker] = walkersOf(ceriaWalker({ bin_eV: 0.5 * kT, finalLnF: 5e-5 }), 1);
    expect(walker.bin_eV).toBe(0.5 * kT);
    expect(walker.exactLevels).toBe(false);
    const energies: number[] = [];
    forEachState(ceria.model, ceria.supercell, ceria.groups, ceria.counts, (_, energy) => {
      energies.push(energy);
    });
    const weights = energies.map((energy) => Math.exp(-energy / kT));
    const z = weights.reduce((a, w) => a + w, 0);
    const mean = weights.reduce((a, w, i) => a + w * energies[i], 0) / z;
    // Weights vary by e^(1/4) from the middle of a bin to its ends, which shifts its mean by about kT/50; and chance.
    expect(Math.abs(walker.thermodynamics[1].energy_eV - mean)).toBeLessThan(0.1 * kT);
  });
});

describe("units of energy changes", () => {
  it("are found where there are any", () => {
    expect(commonUnit([0.6, 0.4, 1])).toBeCloseTo(0.2, 9);
    expect(commonUnit([0.28, 0.19, 0.1 + 0.2])).toBeCloseTo(0.01, 9);
    expect(commonUnit([0.04])).toBe(0.04);
    expect(commonUnit([0.1, 0.1 * Math.SQRT2, 0.1 * Math.E])).toBeNull();
    expect(commonUnit([])).toBeNull();
  });
});

describe("averages from levels", () => {
  it("of two levels are Schottky's", () => {
    const levels = normalised(
      [
        { bin: 0, energy_eV: 0, lnStates: 5 },
        { bin: 1, energy_eV: 0.1, lnStates: 5 + Math.log(3) },
      ],
      Math.log(4),
    );
    expect(levels[0].lnStates).toBeCloseTo(0, 12);
    const kT = BOLTZMANN_EV_PER_K * 700;
    const x = 3 * Math.exp(-0.1 / kT);
    const found = thermodynamicsOf(levels, 700);
    expect(found.energy_eV).toBeCloseTo((0.1 * x) / (1 + x), 12);
    expect(found.heatCapacity_kB).toBeCloseTo(((0.1 / kT) ** 2 * x) / (1 + x) ** 2, 12);
    expect(found.freeEnergy_eV).toBeCloseTo(-kT * Math.log(1 + x), 12);
    expect(found.entropy_kB).toBeCloseTo(Math.log(1 + x) + (0.1 * x) / (1 + x) / kT, 12);
    // Far beyond what a plain sum of e^(ln g) could hold.
    const many = levels.map((level) => ({ ...level, lnStates: level.lnStates + 1e4 }));
    expect(thermodynamicsOf(many, 700).energy_eV).toBeCloseTo(found.energy_eV, 10);
  });
});

describe("a walker", () => {
  const payload = ceriaWalker({ finalLnF: 2e-3 });
  const whole = finished(runWalker(payload, flags()));

  it("does not care for threads", async () => {
    const executor = createExecutor(2);
    try {
      const tasks = [0, 1].map((walker) => ({ ...payload, walker }));
      const [first, second] = await executor.map<WalkerResult>(wangLandauTask, tasks);
      expect(first).toEqual(whole);
      expect(finished(second).levels).not.toEqual(whole.levels);
    } finally {
      await executor.close();
    }
  });

  it("goes on bit for bit after interruptions at random places", () => {
    const random = new RandomStream(4, 0);
    const path = join(folder, "walker.json");
    const task = { ...payload, checkpoint: { path, everySteps: 50_000, resume: true } };
    let stops = 0;
    for (;;) {
      const context = flags();
      // The flag is looked at before every stretch; here it is found set after so many looks.
      let left = stops < 12 ? 1 + random.nextIndex(8) : Number.POSITIVE_INFINITY;
      const looking = Atomics.load;
      Atomics.load = ((array: Int32Array, at: number) =>
        array === context.cancel && --left < 0 ? 1 : looking(array, at)) as typeof Atomics.load;
      let result: WalkerResult;
      try {
        result = runWalker(task, context);
      } finally {
        Atomics.load = looking;
      }
      if (!result.interrupted) {
        expect(result).toEqual(whole);
        break;
      }
      stops++;
    }
    expect(stops).toBeGreaterThan(5);
    expect(runWalker(task, flags())).toEqual(whole);
  });

  it("looks for no range where it is cancelled before", () => {
    const path = join(folder, "cancelled.json");
    const context = flags();
    context.cancel[0] = 1;
    const task = { ...payload, checkpoint: { path, everySteps: 50_000, resume: true } };
    expect(runWalker(task, context)).toEqual({ interrupted: true, index: payload.index, step: 0 });
    expect(existsSync(path)).toBe(false);
    expect(runWalker(task, flags())).toEqual(whole);
  });

  it("says when its steps were too few", () => {
    const short = finished(runWalker({ ...payload, steps: 30_000 }, flags()));
    expect(short.converged).toBe(false);
    expect(short.steps).toBe(30_000);
    expect(short.reason).toContain("allow more steps");
  });

  it.each([
    [
      { ensemble: { kind: "variance-constrained", kappa: 100, phi: { V: -0.2, "Ce3+": -0.2 } } },
      "sample.ensemble",
    ],
    [{ bin_eV: 1e-9 }, "sample.wang_landau.bin_eV"],
    [{ finalLnF: 0 }, "sample.wang_landau.final_ln_f"],
    [{ flatness: 1.5 }, "sample.wang_landau.flatness"],
    [{ temperatures_K: [] }, "sample.temperatures_K"],
    [{ temperatures_K: [300, -1] }, "sample.temperatures_K[1]"],
  ] as [Partial<WalkerPayload>, string][])("refuses %j", (changes, path) => {
    try {
      runWalker(ceriaWalker(changes), flags());
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(EcitonError);
      expect((error as EcitonError).details.path).toBe(path);
    }
  });
});
