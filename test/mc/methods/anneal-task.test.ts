/** Coolings as tasks, and the descent after them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import { randomOccupation } from "../../../src/mc/composition.ts";
import { potentialOf } from "../../../src/mc/ensemble.ts";
import {
  annealTask,
  type CoolingPayload,
  type CoolingResult,
  type FinishedCooling,
  joinCoolings,
  runCooling,
} from "../../../src/mc/methods/anneal-task.ts";
import { descend } from "../../../src/mc/methods/cooling.ts";
import { publishedCeria } from "../ceria.ts";
import { forEachState, lowestLevels } from "../enumerate-states.ts";

const flags = () => ({ cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 });

const ceria = publishedCeria([4, 4, 1], 4);
function payload(changes: Partial<CoolingPayload> = {}): CoolingPayload {
  return {
    expansion: expansionRecord(ceria.expansion),
    supercell: [4, 4, 1],
    composition: { V: 4, "Ce3+": 8 },
    ensemble: { kind: "canonical" },
    from_K: 3000,
    to_K: 50,
    steps: 60_000,
    seed: 1,
    stream: 0,
    index: 0,
    checkpoint: null,
    ...changes,
  };
}

function finished(result: CoolingResult): FinishedCooling {
  if (result.interrupted) throw new Error(`interrupted at step ${result.step}`);
  return result;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-cooling-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("restarts as tasks", () => {
  const tasks = [0, 1, 2, 3, 4, 5].map((restart) => payload({ stream: restart, index: restart }));
  const coolings = tasks.map((task) => finished(runCooling(task, flags())));

  it("find the lowest state of the published model and tell how often", () => {
    const { restarts, metLowest, states } = joinCoolings(coolings);
    expect(restarts).toBe(6);
    expect(states[0].potential_eV).toBeCloseTo(6.94, 9);
    expect(metLowest).toBe(coolings.filter(({ potential_eV }) => potential_eV < 6.94 + 1e-6).length);
    expect(states.flatMap(({ found }) => [...found]).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    states.forEach(({ potential_eV, energy_eV, occupation }, k) => {
      expect(ceria.model.energy(occupation)).toBeCloseTo(energy_eV, 12);
      expect(potential_eV).toBeGreaterThan((states[k - 1]?.potential_eV ?? 0) + 1e-7);
    });
    for (const { trace } of coolings) {
      expect(trace.temperatures_K).toHaveLength(100);
      expect([trace.temperatures_K[0], trace.temperatures_K[99]]).toEqual([3000, 50]);
      expect(trace.energies_eV).toHaveLength(100);
    }
  });

  it("are the same on threads", async () => {
    const executor = createExecutor(2);
    try {
      expect(await executor.map<CoolingResult>(annealTask, tasks)).toEqual(coolings);
    } finally {
      await executor.close();
    }
  });

  it("go on bit for bit after interruptions at random places", () => {
    const random = new RandomStream(9, 0);
    const path = join(folder, "cooling.json");
    const task = { ...tasks[3], checkpoint: { path, everySteps: 7001, resume: true } };
    const looking = Atomics.load;
    let stops = 0;
    for (;;) {
      const context = flags();
      // The flag is looked at before every stretch; here it is found set after so many looks.
      let left = stops < 6 ? 1 + random.nextIndex(4) : Number.POSITIVE_INFINITY;
      Atomics.load = ((array: Int32Array, at: number) =>
        array === context.cancel && --left < 0 ? 1 : looking(array, at)) as typeof Atomics.load;
      let result: CoolingResult;
      try {
        result = runCooling(task, context);
      } finally {
        Atomics.load = looking;
      }
      if (!result.interrupted) {
        expect(result).toEqual(coolings[3]);
        break;
      }
      stops++;
    }
    expect(stops).toBeGreaterThan(3);
    expect(runCooling(task, flags())).toEqual(coolings[3]);
  });
});

describe("the descent", () => {
  it("ends where no exchange lowers the energy", () => {
    const small = publishedCeria([2, 2, 1], 2);
    const { model, supercell, groups, counts } = small;
    const [{ energy: lowest }] = lowestLevels(model, supercell, groups, counts, 1);
    for (let k = 0; k < 20; k++) {
      const start = randomOccupation(supercell, groups, counts, new RandomStream(5, k));
      const before = model.energy(start);
      const { energy, potential, occupation, minimum } = descend(small, { kind: "canonical" }, start);
      expect(minimum).toBe(true);
      expect(potential).toBe(energy);
      expect(energy).toBeLessThanOrEqual(before);
      expect(energy).toBeGreaterThan(lowest - 1e-9);
      for (const { sublattices } of groups) {
        const sites = [...occupation.keys()].filter((i) => sublattices.includes(supercell.sublatticeOf(i)));
        for (const i of sites)
          for (const j of sites)
            if (occupation[i] !== occupation[j])
              expect(model.changeOfSwap(occupation, i, j)).toBeGreaterThan(-1e-9);
      }
    }
  });

  it("lowers the potential at given chemical potentials, and coolings find its minimum", () => {
    const small = publishedCeria([2, 2, 1], 2);
    const { model, supercell, groups } = small;
    const ensemble = { kind: "semi-grand", chemicalPotentials: { V: 0.45, "Ce3+": 0.95 } } as const;
    let lowest = Number.POSITIVE_INFINITY;
    for (let v = 0; v <= 12; v++)
      for (let c = 0; c <= 8; c++) {
        const counts = [
          [12 - v, v],
          [8 - c, c],
        ];
        forEachState(model, supercell, groups, counts, (_, energy) => {
          lowest = Math.min(lowest, energy - 0.45 * v - 0.95 * c);
        });
      }
    const coolings = [0, 1, 2, 3].map((stream) =>
      finished(
        runCooling(
          payload({ supercell: [2, 2, 1], composition: {}, ensemble, stream, index: stream, steps: 20_000 }),
          flags(),
        ),
      ),
    );
    for (const { lowest: state, potential_eV, minimum } of coolings) {
      expect(minimum).toBe(true);
      const { potential } = potentialOf(ensemble, model, groups, supercell, state.occupation);
      expect(potential_eV).toBeCloseTo(potential, 12);
    }
    expect(joinCoolings(coolings).states[0].potential_eV).toBeCloseTo(lowest, 9);
  });
});

describe("impossible coolings", () => {
  it.each([
    [{ from_K: 50, to_K: 3000 }, "from 50 K to 3000 K"],
    [{ steps: 0 }, "at least 1"],
    [
      { ensemble: { kind: "variance-constrained", kappa: 1, phi: { V: -1, "Ce3+": -1 } } },
      "no state is the lowest",
    ],
  ] as [Partial<CoolingPayload>, string][])("are refused: %j", (changes, message) => {
    expect(() => runCooling(payload(changes), flags())).toThrow(message);
  });
});
