import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { committeeEvaluator, hdnnpPotential } from "../../../src/nn/hdnnp/hdnnp-potential.ts";
import type { HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { networkShape, newModel } from "../../../src/nn/hdnnp/new-model.ts";
import { generateFunctions } from "../../../src/nn/symmetry-functions/generate.ts";
import { pairKey } from "../../../src/nn/symmetry-functions/generate-distances.ts";
import {
  type Exploration,
  type ExplorePayload,
  type ExploreSettings,
  explore,
} from "../../../src/workflows/learn/explore-task.ts";
import { scratch } from "../../cli/eciton.ts";
import { failureOf } from "../../failure.ts";

const [{ functions }] = generateFunctions(["Ar"], {
  radius: 6,
  cutoff: { form: "tanh3", alpha: 0 },
  kinds: ["radial"],
  counts: "small",
  distances: new Map([[pairKey("Ar", "Ar"), 3]]),
});

/** Untrained networks: what they say is as good as anything, where only their agreement matters. */
function model(seed: number, largest: number): HdnnpModel {
  const all = (value: number) => new Float64Array(functions.length).fill(value);
  const ranges = { min: all(0), max: all(largest), mean: all(largest / 2), sigma: all(1) };
  const element = { element: "Ar", energy: 0, functions, ranges, shape: networkShape([4], "tanh") };
  return newModel({ elements: [element] }, new RandomStream(seed, 0));
}

const start = Float64Array.of(0, 0, 0, 3.5, 0, 0, 0.5, 3.6, 0, 1, 1, 3.4);
const atoms = { species: ["Ar", "Ar", "Ar", "Ar"], periodic: [false, false, false] as const };
const settings: ExploreSettings = {
  relax: {
    method: "l-bfgs",
    forceTolerance: 1e-3,
    energyTolerance: null,
    maxEvaluations: 500,
    maxStep: 0.2,
    cell: "fixed",
    pressure: 0,
  },
  temperature_K: 50,
  steps: 40,
  every: 5,
  trust: { low: 0.01, high: 1e6 },
};
const flags = () => new Int32Array(new SharedArrayBuffer(4));

function payloadOf(members: readonly HdnnpModel[], more: Partial<ExploreSettings> = {}): ExplorePayload {
  return {
    spec: { kind: "hdnnp", title: "", members, extrapolation: "stop" },
    model: "",
    name: "Ar4",
    atoms: { ...atoms, positions: start.slice(), cell: new Float64Array(9), fixed: null },
    settings: { ...settings, ...more },
    seed: 1,
    stream: 7,
    checkpoint: { path: join(scratch(), "explore-0001-0000.json"), resume: false },
  };
}

const run = (payload: ExplorePayload, cancel = flags()) =>
  explore(payload, { cancel, progress: flags(), index: 0 }) as Exploration;

describe("an exploration", () => {
  it("has nothing to learn where members agree and all is inside the training set", () => {
    const one = model(1, 100);
    const { candidates, minimum, ended } = run(payloadOf([one, one]));
    expect({ candidates, ended }).toEqual({ candidates: [], ended: "done" });
    const out = evaluationFor(4);
    const mean = hdnnpPotential({ kind: "hdnnp", title: "", members: [one], extrapolation: "ignore" });
    mean.calculator(atoms).evaluate(minimum!.positions, minimum!.cell, out);
    expect(minimum!.energy).toBeCloseTo(out.energy, 10);
    expect(Math.max(...out.forces.map(Math.abs))).toBeLessThan(1e-3);
    expect(minimum!.deviation).toBe(0);
  });

  it("ends at the first structure that members disagree too much about, and keeps it", () => {
    const members = [model(1, 100), model(2, 100)];
    const { candidates, minimum, ended } = run(payloadOf(members, { trust: { low: 1e-9, high: 1e-8 } }));
    expect(ended).toBe("not trusted");
    expect(minimum).toBeNull();
    expect(candidates).toHaveLength(1);
    expect([...candidates[0].positions]).toEqual([...start]);
    const spec = { kind: "hdnnp", title: "", members, extrapolation: "ignore" } as const;
    const { forceDeviation, forces } = committeeEvaluator(spec, atoms)(start, new Float64Array(9));
    expect(candidates[0].deviation).toBeCloseTo(forceDeviation, 10);
    candidates[0].forces.forEach((f, k) => {
      expect(f).toBeCloseTo((forces[0][k] + forces[1][k]) / 2, 10);
    });
  });

  it("collects what lies between the limits of trust, every so many evaluations", () => {
    const members = [model(1, 100), model(2, 100)];
    const { candidates, ended } = run(payloadOf(members, { trust: { low: 1e-9, high: 1e6 }, steps: 40 }));
    expect(ended).toBe("done");
    for (const { deviation } of candidates) expect(deviation).toBeGreaterThan(1e-9);
    const sparse = run(payloadOf(members, { trust: { low: 1e-9, high: 1e6 }, steps: 40, every: 20 }));
    expect(sparse.candidates.length).toBeLessThan(candidates.length);
  });

  it("collects what is outside the training set, though members agree", () => {
    const one = model(1, 1e-3);
    const { candidates, ended } = run(payloadOf([one, one]));
    expect(ended).toBe("done");
    expect(candidates.length).toBeGreaterThan(0);
    for (const { outside, deviation } of candidates) expect([outside > 0, deviation]).toEqual([true, 0]);
  });

  it("is the same again, and is found where it was done before", () => {
    const payload = payloadOf([model(1, 100), model(2, 100)]);
    const found = run(payload);
    expect(run({ ...payload, checkpoint: { ...payload.checkpoint, resume: true } }, flags().fill(1))).toEqual(
      found,
    );
    expect(run(payload)).toEqual(found);
    const other = { ...payload, seed: 2, checkpoint: { ...payload.checkpoint, resume: true } };
    expect(failureOf(() => run(other)).message).toContain("of another run");
  });

  it("stops when it is asked to", () => {
    expect(run(payloadOf([model(1, 100), model(2, 100)]), flags().fill(1))).toEqual({ interrupted: true });
  });
});
