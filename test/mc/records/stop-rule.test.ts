/** Chains that end when they know enough. */
import { describe, expect, it } from "vitest";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { type ChainPayload, type FinishedChain, runChain } from "../../../src/mc/methods/chain-task.ts";
import { ENERGY_PER_CELL } from "../../../src/mc/records/stop-rule.ts";
import { publishedCeria } from "../ceria.ts";
import { forEachState } from "../enumerate-states.ts";

const temperature = 1200;
const ceria = publishedCeria([3, 3, 1], 1);

function chain(changes: Partial<ChainPayload>): FinishedChain {
  const flags = { cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 };
  const result = runChain(
    {
      expansion: expansionRecord(ceria.expansion),
      supercell: [3, 3, 1],
      composition: { V: 1, "Ce3+": 2 },
      temperature_K: temperature,
      steps: 400_000,
      seed: 77,
      index: 0,
      samples: 4000,
      snapshots: 4,
      layers: [],
      checkpoint: null,
      ...changes,
    },
    flags,
  );
  if (result.interrupted) throw new Error("interrupted");
  expect(flags.progress[0]).toBe(1000);
  return result;
}

function exactEnergyPerCell(): number {
  let z = 0;
  let sum = 0;
  forEachState(ceria.model, ceria.supercell, ceria.groups, ceria.counts, (_, energy) => {
    const weight = Math.exp(-energy / (BOLTZMANN_EV_PER_K * temperature));
    z += weight;
    sum += weight * energy;
  });
  return sum / z / ceria.supercell.numCells;
}

const until = (error: number, confidence = 0.95) => ({ observable: ENERGY_PER_CELL, error, confidence });

describe("until", () => {
  it("ends a chain as soon as a look finds the interval small enough, and later for a smaller one", () => {
    const whole = chain({});
    const coarse = chain({ until: until(0.002) });
    const fine = chain({ until: until(0.0008) });
    expect(whole.until).toBeNull();
    expect(whole.steps).toBe(400_000);
    expect(coarse.steps).toBeLessThan(fine.steps);
    expect(fine.steps).toBeLessThan(400_000);
    for (const [result, error] of [
      [coarse, 0.002],
      [fine, 0.0008],
    ] as const) {
      expect(result.until?.reached).toBe(true);
      expect(result.until?.halfWidth).toBeLessThanOrEqual(error);
      expect(result.equilibration.equilibrated).toBe(true);
      // Looks are a fiftieth of the planned steps apart.
      expect(result.steps % 8000).toBe(0);
      // The last state is kept although no snapshot was planned there.
      expect(result.snapshots.at(-1)?.step).toBe(result.steps);
    }
    // Until it ends it is the same chain.
    const shared = coarse.trace.steps.filter((step) => whole.trace.steps.includes(step));
    expect(shared.length).toBeGreaterThan(10);
    for (const step of shared)
      expect(coarse.trace.energies_eV[coarse.trace.steps.indexOf(step)]).toBe(
        whole.trace.energies_eV[whole.trace.steps.indexOf(step)],
      );
  });

  it("says when the steps were not enough", () => {
    const result = chain({ until: until(1e-6) });
    expect(result.steps).toBe(400_000);
    expect(result.until?.reached).toBe(false);
    expect(result.until?.halfWidth).toBeGreaterThan(1e-6);
  });

  it("keeps nearly the confidence that was asked for", () => {
    const exact = exactEnergyPerCell();
    const chains = 200;
    let inside = 0;
    let early = 0;
    for (let index = 0; index < chains; index++) {
      const result = chain({ index, steps: 200_000, samples: 2000, until: until(0.0015, 0.9) });
      if (result.steps < 200_000) early++;
      const { energy_eV, numCells } = result;
      if (Math.abs(energy_eV.value / numCells - exact) <= result.until!.halfWidth!) inside++;
    }
    expect(early).toBeGreaterThan(chains / 2);
    // 0.9 asked for. Stopping at the first good look costs some of it: a nominal 0.9 may become 0.85, and the number
    // of hits has a standard deviation of sqrt(200 * 0.85 * 0.15) = 5.
    expect(inside).toBeGreaterThan(0.85 * chains - 4 * 5);
    expect(inside).toBeLessThan(0.9 * chains + 4 * 4.3);
  });

  it("refuses what nothing observes", () => {
    expect(() => chain({ until: { observable: "pressure", error: 1, confidence: 0.9 } })).toThrow(
      /sample\.until\.observable: nothing is observed under the name "pressure"; there are energy_eV_per_cell/,
    );
  });
});
