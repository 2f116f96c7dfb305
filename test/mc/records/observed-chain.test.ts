/** Observers, trajectories and open ensembles along whole chains. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { openTrajectory } from "../../../src/data/trajectory.ts";
import { latticeRecord } from "../../../src/lattice/lattice-record.ts";
import type { Observers } from "../../../src/lattice/observer.ts";
import type { Ensemble } from "../../../src/mc/ensemble.ts";
import {
  type ChainPayload,
  type ChainResult,
  type FinishedChain,
  runChain,
} from "../../../src/mc/methods/chain-task.ts";
import { publishedCeria } from "../ceria.ts";

const ceria = publishedCeria([2, 2, 1], 1);
const { supercell, lattice } = ceria;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-observed-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Share of the vacancies in the subsurface, and what every oxygen site holds. */
function observers(): Observers {
  const count = (occupation: Uint8Array, parent: number) => {
    let sum = 0;
    for (let c = 0; c < supercell.numCells; c++) sum += occupation[parent * supercell.numCells + c];
    return sum;
  };
  const site = (name: string) => lattice.sites.findIndex((s) => s.name === name);
  return {
    series: [
      {
        columns: [
          { name: "V in O2", unit: "", description: "" },
          { name: "Ce3+ in Ce1", unit: "", description: "" },
        ],
        measure: (occupation, out, at) => {
          out[at] = count(occupation, site("O2"));
          out[at + 1] = count(occupation, site("Ce1"));
        },
      },
    ],
    maps: [
      {
        name: "sites",
        size: supercell.numSites,
        measure: (occupation, out, at) => out.set(occupation, at),
      },
    ],
  };
}

function payload(changes: Partial<ChainPayload> = {}): ChainPayload {
  return {
    expansion: expansionRecord(ceria.expansion),
    supercell: [2, 2, 1],
    composition: { V: 1, "Ce3+": 2 },
    temperature_K: 1000,
    steps: 200_000,
    seed: 3,
    index: 1,
    samples: 2000,
    snapshots: 2,
    measurements: 2000,
    layers: ["O1", "O2", "O3", "Ce1", "Ce2"],
    checkpoint: null,
    ...changes,
  };
}

const flags = () => ({ cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 });

function finished(result: ChainResult): FinishedChain {
  if (result.interrupted) throw new Error("interrupted");
  return result;
}

describe("observers", () => {
  const result = finished(runChain(payload(), flags(), observers()));

  it("are averaged as the layer counts are", () => {
    const share = (species: string, layer: string) =>
      result.layers.find((row) => row.species === species && row.layer === layer)!.share!;
    const [vacancies, reduced] = result.observations;
    // Samples and measurements are taken at the same steps, so the series are the same; only starts may differ.
    expect(vacancies.name).toBe("V in O2");
    expect(Math.abs(vacancies.value - share("V", "O2").value)).toBeLessThan(2 * vacancies.error);
    expect(Math.abs(reduced.value - 2 * share("Ce3+", "Ce1").value)).toBeLessThan(2 * reduced.error);
  });

  it("give maps that hold what the composition says", () => {
    const [map] = result.maps;
    expect(map.values).toHaveLength(supercell.numSites);
    let vacancies = 0;
    let reduced = 0;
    map.values.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      if (lattice.sites[supercell.sublatticeOf(i)].kind === "O") vacancies += value;
      else reduced += value;
    });
    expect(vacancies).toBeCloseTo(1, 10);
    expect(reduced).toBeCloseTo(2, 10);
  });

  it("leave the chain as it is", () => {
    const plain = finished(runChain(payload({ measurements: 0 }), flags()));
    expect(plain.trace).toEqual(result.trace);
    expect(plain.observations).toEqual([]);
    expect(plain.maps).toEqual([]);
  });
});

describe("a chain that is interrupted again and again", () => {
  it("ends with the same observations, maps and bytes of its trajectory", () => {
    const trajectory = (name: string): NonNullable<ChainPayload["trajectory"]> => ({
      path: join(folder, name),
      frames: 37,
      header: {
        lattice: latticeRecord(lattice),
        supercell: [2, 2, 1],
        about: { chain: 1, seed: 3, steps: 200_000, temperature_K: 1000, replica: 0, state: "one" },
      },
    });
    const checkpoint = { path: join(folder, "chain.json"), everySteps: 13_000 };
    const ensemble: Ensemble = {
      kind: "reservoir",
      replace: [
        { from: "O", to: "V", count: 1 },
        { from: "Ce4+", to: "Ce3+", count: 2 },
      ],
      deltaMu: -1.5,
    };
    const whole = finished(
      runChain(payload({ ensemble, trajectory: trajectory("whole.traj") }), flags(), observers()),
    );
    let result: ChainResult | null = null;
    let interruptions = 0;
    // The observer asks for the end of the chain at measurements that no checkpoint waits for.
    for (let allowed = 150; result === null || result.interrupted; allowed += 211) {
      const context = flags();
      const own = observers();
      let measured = 0;
      const [first] = own.series;
      const stopping: Observers = {
        ...own,
        series: [
          {
            ...first,
            measure: (occupation, out, at) => {
              if (++measured === allowed) Atomics.store(context.cancel, 0, 1);
              first.measure(occupation, out, at);
            },
          },
        ],
      };
      result = runChain(
        payload({
          ensemble,
          trajectory: trajectory("parts.traj"),
          checkpoint: { ...checkpoint, resume: interruptions > 0 },
        }),
        context,
        stopping,
      );
      if (result.interrupted) interruptions++;
    }
    expect(interruptions).toBeGreaterThan(2);
    expect(result).toEqual(whole);
    expect(readFileSync(join(folder, "parts.traj"))).toEqual(readFileSync(join(folder, "whole.traj")));
    const frames = openTrajectory(join(folder, "parts.traj"));
    expect(frames.frameCount).toBe(37);
    const last = frames.frame(36);
    expect(last.step).toBe(200_000);
    expect(last.occupation).toEqual(whole.snapshots.at(-1)?.occupation);
  });
});

describe("a chain that exchanges with a reservoir", () => {
  it("has the exact mean composition and shares of layers", () => {
    const temperature = 1400;
    const deltaMu = -1.9;
    const cells = publishedCeria([1, 2, 1], 1);
    const beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
    // All neutral states: n vacancies with 2n Ce3+ on six oxygen and four cerium sites.
    const sites = cells.supercell.numSites;
    const kind = Array.from(
      { length: sites },
      (_, i) => cells.lattice.sites[cells.supercell.sublatticeOf(i)].name,
    );
    let z = 0;
    let vacancies = 0;
    let energy = 0;
    const inLayer: Record<string, number> = { O1: 0, O2: 0, O3: 0, Ce1: 0, Ce2: 0 };
    for (let code = 0; code < 2 ** sites; code++) {
      const occupation = Uint8Array.from({ length: sites }, (_, i) => (code >> i) & 1);
      const n = occupation.reduce((sum, x, i) => (kind[i].startsWith("O") ? sum + x : sum), 0);
      const reduced = occupation.reduce((sum, x, i) => (kind[i].startsWith("Ce") ? sum + x : sum), 0);
      if (reduced !== 2 * n) continue;
      const e = cells.model.energy(occupation);
      const weight = Math.exp(-beta * (e + n * deltaMu));
      z += weight;
      energy += weight * e;
      vacancies += weight * n;
      occupation.forEach((x, i) => {
        inLayer[kind[i]] += weight * x;
      });
    }
    const result = finished(
      runChain(
        payload({
          supercell: [1, 2, 1],
          composition: {},
          temperature_K: temperature,
          ensemble: {
            kind: "reservoir",
            replace: [
              { from: "O", to: "V", count: 1 },
              { from: "Ce4+", to: "Ce3+", count: 2 },
            ],
            deltaMu,
          },
          measurements: 0,
          steps: 1_000_000,
          samples: 10_000,
        }),
        flags(),
      ),
    );
    expect(result.heatCapacity_kB).toBeNull();
    const within = (found: { value: number; error: number }, exact: number) => {
      expect(Math.abs(found.value - exact)).toBeLessThan(4 * found.error);
      expect(found.error).toBeLessThan(0.05 * Math.abs(exact) + 1e-9);
    };
    within(result.energy_eV, energy / z);
    const fraction = (species: string) => result.fractions.find((row) => row.species === species)!.fraction;
    within(fraction("V"), vacancies / z / 6);
    within(fraction("Ce3+"), (2 * vacancies) / z / 4);
    for (const row of result.layers) {
      if (row.species !== "V" && row.species !== "Ce3+") continue;
      const all = row.species === "V" ? vacancies : 2 * vacancies;
      within(row.share!, inLayer[row.layer] / all);
      within(row.occupancy, inLayer[row.layer] / z / row.sites);
    }
  });
});
