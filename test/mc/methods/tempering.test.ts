/** Ladders of temperatures against exact averages, and against themselves however they are run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { EcitonError } from "../../../src/core/errors.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import type { Ensemble } from "../../../src/mc/ensemble.ts";
import { shareOfRungs } from "../../../src/mc/methods/ladder-board.ts";
import { LadderFiles } from "../../../src/mc/methods/ladder-files.ts";
import { acceptsExchange, pairsOfAttempt, ReplicaFlow } from "../../../src/mc/methods/tempering.ts";
import {
  type FinishedLadder,
  joinMembers,
  type LadderPayload,
  type LadderResult,
  ladderMembers,
  runLadder,
  temperingTask,
} from "../../../src/mc/methods/tempering-task.ts";
import { ReducedPotential } from "../../../src/mc/potential.ts";
import { publishedCeria } from "../ceria.ts";
import { isingLevels, momentsOf, sharesOf } from "../density-of-states.ts";
import { forEachState } from "../enumerate-states.ts";
import { isingModel, J } from "../ising-models.ts";

const canonical: Ensemble = { kind: "canonical" };
const semiGrand = (up: number): Ensemble => ({ kind: "semi-grand", chemicalPotentials: { up } });
const flags = (tasks = 1) => ({ cancel: new Int32Array(1), progress: new Int32Array(tasks), index: 0 });
const betaOf = (temperature: number) => 1 / (BOLTZMANN_EV_PER_K * temperature);
/** k_B T in units of J. */
const isingTemperature = (t: number) => (t * J) / BOLTZMANN_EV_PER_K;

function isingLadder(size: number, temperatures: readonly number[], changes: Partial<LadderPayload> = {}) {
  const { expansion } = isingModel("square", size);
  const payload: LadderPayload = {
    expansion: expansionRecord(expansion),
    supercell: [size, size, 1],
    composition: {},
    rungs: temperatures.map((t) => ({ temperature_K: isingTemperature(t), ensemble: semiGrand(0) })),
    steps: 400_000,
    seed: 11,
    stream: 2 ** 42,
    index: 0,
    samples: 2000,
    snapshots: 1,
    layers: [],
    checkpoint: null,
    ...changes,
  };
  return payload;
}

const ceria = publishedCeria([2, 2, 1], 2);
function ceriaLadder(changes: Partial<LadderPayload> = {}): LadderPayload {
  return {
    expansion: expansionRecord(ceria.expansion),
    supercell: [2, 2, 1],
    composition: { V: 2, "Ce3+": 4 },
    rungs: [300, 450, 650, 900, 1300].map((temperature_K) => ({ temperature_K, ensemble: canonical })),
    steps: 600_000,
    seed: 7,
    stream: 2 ** 42,
    index: 3,
    samples: 2000,
    snapshots: 2,
    layers: ["O1", "O2", "O3", "Ce1", "Ce2"],
    checkpoint: null,
    ...changes,
  };
}

function finished(result: LadderResult): FinishedLadder {
  if (result.interrupted) throw new Error(`interrupted at step ${result.step}`);
  return result;
}

function expectNear(found: { value: number; error: number }, exact: number, limit: number): void {
  expect(Math.abs(found.value - exact)).toBeLessThan(4 * found.error);
  // The agreement says something only where the errors are small.
  expect(found.error).toBeLessThan(limit);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-ladder-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a canonical ladder of ceria against every configuration", () => {
  const payload = ceriaLadder();
  const ladder = finished(runLadder(payload, flags()));

  it("has the exact energies, heat capacities and layers at every temperature", () => {
    const energies: number[] = [];
    const subsurface: number[] = [];
    const ofLayer = ceria.lattice.sites.findIndex(({ name }) => name === "O2");
    forEachState(ceria.model, ceria.supercell, ceria.groups, ceria.counts, (occupation, energy) => {
      energies.push(energy);
      let here = 0;
      occupation.forEach((species, site) => {
        if (ceria.supercell.sublatticeOf(site) === ofLayer) here += species;
      });
      subsurface.push(here);
    });
    const lowest = Math.min(...energies);
    ladder.chains.forEach((chain, k) => {
      const beta = betaOf(payload.rungs[k].temperature_K);
      const weights = energies.map((energy) => Math.exp(-beta * (energy - lowest)));
      const z = weights.reduce((a, w) => a + w, 0);
      const mean = (values: readonly number[]) => values.reduce((a, v, i) => a + v * weights[i], 0) / z;
      const energy = mean(energies);
      const variance = mean(energies.map((e) => (e - energy) ** 2));
      expect(chain.equilibration.reason).toBeNull();
      expectNear(chain.energy_eV, energy, 0.03 * Math.sqrt(variance));
      expectNear(chain.heatCapacity_kB!, variance * beta * beta, 0.1 * variance * beta * beta);
      const row = chain.layers.find(({ layer, species }) => layer === "O2" && species === "V")!;
      expectNear(row.share!, mean(subsurface) / 2, 0.02);
      expect(chain.lowest.energy_eV).toBeGreaterThan(lowest - 1e-9);
      expect(chain.lowest.energy_eV).toBeCloseTo(ceria.model.energy(chain.lowest.occupation), 9);
    });
    expect(ladder.chains[0].lowest.energy_eV).toBeCloseTo(lowest, 9);
  });

  it("says that a cold rung has settled at its ground state only when states have come down to it anew", () => {
    let lowest = Number.POSITIVE_INFINITY;
    forEachState(ceria.model, ceria.supercell, ceria.groups, ceria.counts, (_, energy) => {
      lowest = Math.min(lowest, energy);
    });
    const coldest = (temperatures: readonly number[]) => {
      const rungs = temperatures.map((temperature_K) => ({ temperature_K, ensemble: canonical }));
      const { chains, ladder } = finished(runLadder(ceriaLadder({ rungs }), flags()));
      return { ...chains[0], roundTrips: ladder.roundTrips };
    };
    const reached = coldest([4, 15, 60, 120, 250, 500, 1000, 2000]);
    expect(reached.roundTrips).toBeGreaterThan(1);
    expect(reached.energy_eV.value).toBeCloseTo(lowest, 9);
    expect(reached.equilibration.reason).toBeNull();
    // Between temperatures that are both frozen nothing tells whether there is a lower state.
    const frozen = coldest([3, 4]);
    expect(frozen.equilibration.equilibrated).toBe(false);
  });

  it("keeps account of exchanges and travels", () => {
    const { pairs, exchangeEverySteps, roundTrips, stepsPerRoundTrip, fromHot } = ladder.ladder;
    expect(exchangeEverySteps).toBe(1000);
    // 599 attempts (none at the last step), of even pairs and of odd ones in turn.
    expect(pairs.map((pair) => pair.attempted)).toEqual([300, 299, 300, 299]);
    for (const { attempted, accepted } of pairs) {
      expect(accepted).toBeGreaterThan(0);
      expect(accepted).toBeLessThanOrEqual(attempted);
    }
    expect(roundTrips).toBeGreaterThan(5);
    // Every one of the five states may travel during all steps, and a trip takes at least 8 exchanges.
    expect(stepsPerRoundTrip! * roundTrips).toBeLessThanOrEqual(5 * payload.steps);
    expect(stepsPerRoundTrip).toBeGreaterThanOrEqual(8 * exchangeEverySteps);
    expect(fromHot[0]).toBe(0);
    expect(fromHot.at(-1)).toBe(1);
    for (const share of fromHot) expect(share).not.toBeNull();
  });
});

describe("Ising ladders against the exact density of states", () => {
  const temperatures = [1.6, 2, 2.5, 3.2, 4.5];

  it.each([4, 6])("on a square of %i: energies, and the share of accepted exchanges", (size) => {
    const levels = isingLevels(size);
    expect(levels.reduce((sum, { states }) => sum + states, 0)).toBe(2 ** (size * size));
    const exchangeEverySteps = 20 * size * size;
    const ladder = finished(runLadder(isingLadder(size, temperatures, { exchangeEverySteps }), flags()));
    const betas = temperatures.map((t) => 1 / (t * J));
    ladder.chains.forEach(({ energy_eV }, k) => {
      const { mean, variance } = momentsOf(levels, betas[k]);
      expectNear(energy_eV, mean, 0.05 * Math.sqrt(variance));
    });
    ladder.ladder.pairs.forEach(({ attempted, accepted }, low) => {
      const [cold, hot] = [sharesOf(levels, betas[low]), sharesOf(levels, betas[low + 1])];
      let exact = 0;
      cold.forEach((p, a) => {
        hot.forEach((q, b) => {
          const exponent = (betas[low] - betas[low + 1]) * (levels[a].energy - levels[b].energy);
          exact += p * q * Math.min(1, Math.exp(exponent));
        });
      });
      // Energies are forgotten within the 40 sweeps between two attempts of a pair, except for a part near the critical
      // temperature: some inefficiency is allowed for.
      const error = 1.3 * Math.sqrt((exact * (1 - exact)) / attempted);
      expect(Math.abs(accepted / attempted - exact)).toBeLessThan(4 * error);
      expect(error).toBeLessThan(0.04);
    });
  });

  it("in a field, by every state of 4 x 4: the exchange compares potentials, not energies", () => {
    const { model } = isingModel("square", 4);
    const mu = 0.015;
    const payload = isingLadder(4, temperatures, {
      rungs: temperatures.map((t) => ({ temperature_K: isingTemperature(t), ensemble: semiGrand(mu) })),
    });
    const ladder = finished(runLadder(payload, flags()));
    const states = new Map<string, { energy: number; up: number; number: number }>();
    const occupation = new Uint8Array(16);
    let energy = model.energy(occupation);
    let up = 0;
    // Gray code: one spin changes from state to state.
    for (let code = 0; code < 2 ** 16; code++) {
      const key = `${Math.round(energy / J)} ${up}`;
      const entry = states.get(key) ?? { energy, up, number: 0 };
      entry.number++;
      states.set(key, entry);
      const site = Math.min(15, 31 - Math.clz32((code + 1) & -(code + 1)));
      energy += model.changeOfSite(occupation, site, 1 - occupation[site]);
      up += 1 - 2 * occupation[site];
      occupation[site] = 1 - occupation[site];
    }
    ladder.chains.forEach((chain, k) => {
      const beta = 1 / (temperatures[k] * J);
      let z = 0;
      let sum = 0;
      let spins = 0;
      for (const entry of states.values()) {
        const weight = entry.number * Math.exp(-beta * (entry.energy - mu * entry.up));
        z += weight;
        sum += weight * entry.energy;
        spins += weight * entry.up;
      }
      expectNear(chain.energy_eV, sum / z, 0.3 * J);
      const found = chain.fractions.find(({ species }) => species === "up")!.fraction;
      expectNear(found, spins / z / 16, 0.02);
    });
  });
});

describe("a ladder with a reservoir of which the chemical potential depends on temperature", () => {
  it("has the exact numbers of vacancies at every temperature", () => {
    const temperatures = [700, 1000, 1500];
    const replace = [
      { from: "O", to: "V", count: 1 },
      { from: "Ce4+", to: "Ce3+", count: 2 },
    ];
    const deltaMu = (temperature: number) => -1.2 - 8e-4 * temperature;
    const payload = ceriaLadder({
      rungs: temperatures.map((temperature_K) => ({
        temperature_K,
        ensemble: { kind: "reservoir", replace, deltaMu: deltaMu(temperature_K) },
      })),
      steps: 300_000,
    });
    const ladder = finished(runLadder(payload, flags()));
    const energies = [0, 1, 2, 3, 4].map((n) => {
      const list: number[] = [];
      const counts = [
        [12 - n, n],
        [8 - 2 * n, 2 * n],
      ];
      forEachState(ceria.model, ceria.supercell, ceria.groups, counts, (_, energy) => {
        list.push(energy);
      });
      return list;
    });
    ladder.chains.forEach((chain, k) => {
      const beta = betaOf(temperatures[k]);
      let z = 0;
      let vacancies = 0;
      energies.forEach((list, n) => {
        for (const energy of list) {
          const weight = Math.exp(-beta * (energy + n * deltaMu(temperatures[k])));
          z += weight;
          vacancies += n * weight;
        }
      });
      const found = chain.fractions.find(({ species }) => species === "V")!.fraction;
      expect(found.value).toBeGreaterThan(0.01);
      expectNear(found, vacancies / z / 12, 0.01);
    });
    for (const { accepted } of ladder.ladder.pairs) expect(accepted).toBeGreaterThan(0);
  });
});

describe("exchanges", () => {
  it("take all even pairs, then all odd ones", () => {
    expect(pairsOfAttempt(0, 5)).toEqual([0, 2]);
    expect(pairsOfAttempt(1, 5)).toEqual([1, 3]);
    expect(pairsOfAttempt(2, 2)).toEqual([0]);
    expect(pairsOfAttempt(3, 2)).toEqual([]);
  });

  it("are accepted as often as exp of the difference says, or always", () => {
    const { groups } = isingModel("square", 4);
    const [cold, hot] = [300, 400].map((t) => new ReducedPotential(semiGrand(0.1), t, groups));
    const low = { energy: 0.1, counts: [9, 7] };
    const high = { energy: 0.13, counts: [7, 9] };
    const random = new RandomStream(3, 0);
    const gap = (betaOf(300) - betaOf(400)) * (0.1 - 0.7 - (0.13 - 0.9));
    const exact = Math.exp(-Math.abs(gap));
    const n = 20_000;
    let accepted = 0;
    for (let k = 0; k < n; k++)
      // Φ of `low` is -0.6, of `high` -0.77: the lower potential belongs to the colder rung.
      if (acceptsExchange([cold, hot], [high, low], random)) accepted++;
    expect(Math.abs(accepted / n - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / n));
    for (let k = 0; k < 100; k++) expect(acceptsExchange([cold, hot], [low, high], random)).toBe(true);
  });

  it("that hardly ever happen lead to the suggestion of more temperatures", () => {
    const flow = new ReplicaFlow([100, 400, 500]);
    for (let k = 0; k < 400; k++)
      flow.record(k, k % 2 ? [{ low: 1, accepted: true }] : [{ low: 0, accepted: k % 100 === 0 }]);
    const { suggestions, pairs } = flow.report(10);
    expect(pairs.map(({ accepted }) => accepted)).toEqual([4, 200]);
    expect(suggestions).toHaveLength(1);
    // ln 0.02 / ln 0.25 = 2.8, its root 1.7: one temperature between, at the geometric mean.
    expect(suggestions[0]).toBe(
      "100 K and 400 K exchange in 2.0 % of the attempts; temperatures in between, such as 200 K, would let states travel",
    );
  });

  it("count a round trip when a state has been to the hot end and back", () => {
    const flow = new ReplicaFlow([1, 2, 3]);
    const swap = (low: number, step: number) => flow.record(step, [{ low, accepted: true }]);
    // State 0 goes up to the top and down again.
    swap(0, 10);
    swap(1, 20);
    swap(1, 30);
    expect(flow.report(10).roundTrips).toBe(0);
    swap(0, 40);
    expect(flow.report(10)).toMatchObject({ roundTrips: 1, stepsPerRoundTrip: 40 });
    const copy = new ReplicaFlow([1, 2, 3]);
    copy.restore(flow.state());
    expect(copy.report(10)).toEqual(flow.report(10));
  });
});

describe("a ladder shared out to threads", () => {
  const payload = ceriaLadder({ steps: 60_000, samples: 300, exchangeEverySteps: 700 });

  it("shares rungs evenly", () => {
    expect(shareOfRungs(5, 2)).toEqual([0, 2, 5]);
    expect(shareOfRungs(3, 3)).toEqual([0, 1, 2, 3]);
    expect(ladderMembers(payload, 9)).toHaveLength(5);
    expect(ladderMembers(payload, 1)).toEqual([payload]);
  });

  it("gives the same bits on 2 and 3 threads as in one loop, several ladders one after the other", async () => {
    const other = { ...payload, index: 4, stream: 2 ** 42 + 2 ** 16 };
    const alone = [payload, other].map((p) => finished(runLadder(p, flags())));
    expect(alone[0].ladder.pairs.some(({ accepted }) => accepted > 3)).toBe(true);
    for (const members of [2, 3]) {
      const executor = createExecutor(3);
      try {
        const ladders = [payload, other].map((p) => ladderMembers(p, members));
        const results = await executor.map<LadderResult>(temperingTask, ladders.flat());
        expect(joinMembers(results.slice(0, members))).toEqual(alone[0]);
        expect(joinMembers(results.slice(members))).toEqual(alone[1]);
      } finally {
        await executor.close();
      }
    }
  });

  it("ends with the error of the member that failed", async () => {
    const members = ladderMembers(payload, 2);
    const broken = [members[0], { ...members[1], layers: ["none"] }];
    const executor = createExecutor(2);
    try {
      await expect(executor.map(temperingTask, broken)).rejects.toThrow("none");
    } finally {
      await executor.close();
    }
  });
});

describe("an interrupted ladder", () => {
  const payload = ceriaLadder({ steps: 40_000, samples: 211, snapshots: 3, exchangeEverySteps: 900 });
  const whole = finished(runLadder(payload, flags()));

  it("goes on bit for bit, interrupted at random places by one and by several threads", async () => {
    const random = new RandomStream(1, 0);
    const path = join(folder, "ladder.json");
    const task = { ...payload, checkpoint: { path, everySteps: 1237, resume: true } };
    const executor = createExecutor(3);
    const stops: number[] = [];
    try {
      for (let attempt = 0; ; attempt++) {
        const members = ladderMembers(task, 1 + (attempt % 3));
        const controller = new AbortController();
        const timer = attempt < 8 ? setTimeout(() => controller.abort(), random.nextIndex(60)) : undefined;
        const results = await executor.map<LadderResult>(temperingTask, members, {
          signal: controller.signal,
        });
        clearTimeout(timer);
        const result = joinMembers(results);
        if (!result.interrupted) {
          expect(result).toEqual(whole);
          break;
        }
        stops.push(result.step);
      }
    } finally {
      await executor.close();
    }
    expect(stops.length).toBeGreaterThan(0);
    expect(stops.every((step, k) => step >= (stops[k - 1] ?? 0))).toBe(true);
    expect(runLadder(task, flags())).toEqual(whole);
  });

  it.each(["cancelled", "killed"])("goes on bit for bit when it is %s at every kind of place", (how) => {
    const measured = { ...payload, measurements: 400 };
    const path = join(folder, `${how}.json`);
    const task = { ...measured, checkpoint: { path, everySteps: 1100, resume: true } };
    const random = new RandomStream(2, 0);
    let stops = 0;
    for (;;) {
      // 5 x 400 measurements in a whole run; a measurement is where something can happen to the ladder.
      let left = stops < 25 ? 1 + random.nextIndex(150) : Number.POSITIVE_INFINITY;
      const context = flags();
      const accident = {
        columns: [],
        measure() {
          if (--left > 0) return;
          // An error leaves everything as a kill does: nothing more is written.
          if (how === "killed") throw new Error("killed");
          context.cancel[0] = 1;
        },
      };
      let result: LadderResult | null = null;
      try {
        result = runLadder(task, context, { series: [accident], maps: [] });
      } catch (error) {
        expect((error as Error).message).toBe("killed");
      }
      if (result && !result.interrupted) {
        expect(result).toEqual(whole);
        break;
      }
      stops++;
    }
    expect(stops).toBeGreaterThan(8);
  });

  it("begins anew without `resume`, whatever files are there", () => {
    const path = join(folder, "anew.json");
    const checkpoint = { path, everySteps: 15_000, resume: true };
    runLadder({ ...payload, seed: 8, checkpoint }, flags());
    const error = () => runLadder({ ...payload, checkpoint }, flags());
    expect(error).toThrow("of another run");
    expect(runLadder({ ...payload, checkpoint: { ...checkpoint, resume: false } }, flags())).toEqual(whole);
  });
});

describe("files of a ladder", () => {
  it("that fit together are found, and never written over by newer ones", () => {
    const path = join(folder, "files.json");
    const files = new LadderFiles<string>(path, "task", 2);
    expect(files.latest()).toBeNull();
    files.write(0, 3, "0 after 3");
    expect(new LadderFiles(path, "task", 2).latest()).toBeNull();
    files.write(1, 3, "1 after 3");
    files.write(1, 3, "1 after 3, later");
    // A kill before rung 0 has written its next state.
    files.write(1, 5, "1 after 5");
    const found = new LadderFiles<string>(path, "task", 2);
    expect(found.latest()).toBe(3);
    expect([0, 1].map((rung) => found.read(rung))).toEqual(["0 after 3", "1 after 3, later"]);
    found.write(1, 5, "1 after 5, again");
    found.write(0, 5, "0 after 5");
    found.write(0, 6, "0 after 6");
    expect(found.latest()).toBe(5);
    expect([0, 1].map((rung) => found.read(rung))).toEqual(["0 after 5", "1 after 5, again"]);
  });
});

describe("impossible ladders", () => {
  const errorOf = (changes: Partial<LadderPayload>): EcitonError => {
    try {
      runLadder(ceriaLadder(changes), flags());
    } catch (error) {
      if (error instanceof EcitonError) return error;
    }
    throw new Error("no error was thrown");
  };
  const rung = (temperature_K: number, ensemble: Ensemble = canonical) => ({ temperature_K, ensemble });

  it.each([
    [{ rungs: [rung(300)] }, "sample.temperatures_K", "at least two"],
    [{ rungs: [rung(400), rung(300)] }, "sample.temperatures_K", "300 K comes after 400 K"],
    [{ rungs: [rung(300), rung(400, semiGrand(0))] }, "sample.ensemble", "one kind of ensemble"],
    [{ exchangeEverySteps: 0 }, "sample.tempering.exchange_every_steps", "at least 1"],
    [{ steps: 10 }, "sample.steps", "at least 2000"],
  ] as [Partial<LadderPayload>, string, string][])("are refused: %j", (changes, path, message) => {
    const error = errorOf(changes);
    expect(error.code).toBe("study");
    expect(error.details.path).toBe(path);
    expect(error.message).toContain(message);
  });
});
