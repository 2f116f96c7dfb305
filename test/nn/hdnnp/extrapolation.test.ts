import { describe, expect, it } from "vitest";
import { type CalculatorState, evaluationFor } from "../../../src/core/calculator.ts";
import { EcitonError } from "../../../src/core/errors.ts";
import {
  type ExtrapolatingCalculator,
  type Extrapolation,
  ExtrapolationTally,
  excessOf,
  extrapolationText,
  tallyText,
} from "../../../src/nn/hdnnp/extrapolation.ts";
import { type CollectSettings, ExtrapolationWatch } from "../../../src/nn/hdnnp/extrapolation-watch.ts";
import { type HdnnpModel, NO_NORMALISATION } from "../../../src/nn/hdnnp/model.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { failureOf } from "../../failure.ts";

const cutoff = { form: "cos", alpha: 0 } as const;
const radial = (neighbour: string, eta: number): SymmetryFunction => ({
  type: 2,
  neighbour,
  eta,
  shift: 0,
  radius: 6,
  cutoff,
});
const empty = new Float64Array(0);
const element = (name: string, functions: SymmetryFunction[]) => ({
  element: name,
  energy: 0,
  functions,
  ranges: { min: empty, max: empty, mean: empty, sigma: empty },
  network: { nodes: [2, 1], activations: ["linear" as const], normaliseNodes: false, weights: empty },
});
const model: HdnnpModel = {
  elements: [
    element("O", [radial("O", 1), radial("Ce", 1)]),
    element("Ce", [radial("O", 2), radial("Ce", 2)]),
  ],
  scaling: "scale-center",
  scalingRange: [0, 1],
  normalisation: NO_NORMALISATION,
  notes: [],
};

const outside = (atom: number, kind: number, functionIndex: number, value: number): Extrapolation => ({
  atom,
  element: kind,
  functionIndex,
  value,
  min: 0.02,
  max: 0.28,
});

describe("excessOf", () => {
  it("is the distance to the range in lengths of the range", () => {
    expect(excessOf({ ...outside(0, 0, 0, 3), min: 1, max: 2 })).toBe(1);
    expect(excessOf({ ...outside(0, 0, 0, 0.5), min: 1, max: 2 })).toBe(0.5);
    expect(excessOf({ ...outside(0, 0, 0, 1.5), min: 1, max: 2 })).toBe(0);
    expect(excessOf({ ...outside(0, 0, 0, 1), min: 1, max: 1 })).toBe(0);
    expect(excessOf({ ...outside(0, 0, 0, 1.1), min: 1, max: 1 })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("ExtrapolationTally", () => {
  it("counts values, evaluations and atoms, keeps the farthest value, and tells what is new", () => {
    const tally = new ExtrapolationTally();
    expect(tally.add([])).toEqual([]);
    const first = [outside(11, 1, 0, 0.29), outside(12, 1, 0, 0.31)];
    expect(tally.add(first)).toEqual([first[0]]);
    expect(tally.add([outside(11, 1, 0, 0.3), outside(3, 0, 1, 0)])).toEqual([outside(3, 0, 1, 0)]);
    tally.add([]);
    expect(tally.state()).toEqual({
      evaluations: 4,
      outside: 2,
      atoms: [3, 11, 12],
      functions: [
        { element: 1, functionIndex: 0, values: 3, evaluations: 2, worst: outside(12, 1, 0, 0.31) },
        { element: 0, functionIndex: 1, values: 1, evaluations: 1, worst: outside(3, 0, 1, 0) },
      ],
    });
  });

  it("goes on from its state as if it had never stopped, through JSON", () => {
    const steps = [[outside(1, 0, 0, 0.3)], [], [outside(2, 1, 1, 0.5), outside(1, 0, 0, 0.4)]];
    const whole = new ExtrapolationTally();
    for (const step of steps) whole.add(step);
    const begun = new ExtrapolationTally();
    begun.add(steps[0]);
    const resumed = new ExtrapolationTally(JSON.parse(JSON.stringify(begun.state())));
    resumed.add(steps[1]);
    resumed.add(steps[2]);
    expect(resumed.state()).toEqual(whole.state());
  });

  it("is told in words, with atoms from 1", () => {
    expect(extrapolationText(model, outside(11, 1, 0, 0.31))).toBe(
      "Ce atom 12: G2 Ce-O, η = 2/Å², r_s = 0 Å, r_c = 6 Å: value 0.31, trained 0.02 to 0.28",
    );
    const tally = new ExtrapolationTally();
    expect(tallyText(model, 55, tally.state())).toEqual([]);
    tally.add([outside(11, 1, 0, 0.31), outside(12, 1, 0, 0.29)]);
    tally.add([{ ...outside(0, 0, 1, 0.5), min: 0, max: 0 }]);
    expect(tallyText(model, 55, tally.state())).toEqual([
      "2 of 2 evaluations had atoms outside the training set: 3 of 55 atoms, 2 functions",
      "O: G2 O-Ce, η = 1/Å², r_s = 0 Å, r_c = 6 Å: once in 1 evaluation; farthest: atom 1, value 0.5, trained always 0",
      "Ce: G2 Ce-O, η = 2/Å², r_s = 0 Å, r_c = 6 Å: 2 times in 1 evaluation; farthest: atom 12, value 0.31, trained 0.02 to 0.28",
    ]);
    expect(tallyText(model, 55, tally.state(), 1).at(-1)).toBe("and 1 function less far outside");
  });
});

/** Reports what the script says of its evaluations, one after the other; the energy is their number. */
function scripted(script: readonly (readonly Extrapolation[])[]): ExtrapolatingCalculator & { done: number } {
  return {
    numAtoms: 2,
    done: 0,
    evaluate(positions, _cell, out) {
      out.energy = ++this.done;
      out.forces.set(positions);
    },
    get numExtrapolations() {
      return script[this.done - 1].length;
    },
    extrapolations() {
      return script[this.done - 1];
    },
    state() {
      return this.done === 0 ? null : { positions: Float64Array.of(this.done), cell: new Float64Array(9) };
    },
    restore(state: CalculatorState) {
      this.done = state.positions[0];
    },
  };
}

describe("ExtrapolationWatch", () => {
  const script = [
    [],
    [outside(1, 1, 0, 0.3)],
    [outside(1, 1, 0, 0.31), outside(0, 0, 0, 0.5)],
    [outside(1, 1, 0, 0.32)],
    [outside(1, 1, 0, 0.33)],
  ];
  const run = (collect: CollectSettings | null, from = 0, to = script.length, state?: CalculatorState) => {
    const watch = new ExtrapolationWatch(scripted(script), model, collect);
    if (state) watch.restore(state);
    const out = evaluationFor(2);
    for (let step = from; step < to; step++) {
      watch.evaluate(new Float64Array(6).fill(step), new Float64Array(9), out);
      expect(out.energy).toBe(step + 1);
      expect(out.forces[5]).toBe(step);
    }
    return watch;
  };

  it("lets evaluations pass and counts them", () => {
    const watch = run(null);
    expect(watch.numAtoms).toBe(2);
    expect(watch.tally()).toMatchObject({ evaluations: 5, outside: 4, atoms: [0, 1] });
    expect(watch.kept()).toEqual([]);
  });

  it("counts and keeps what a calculator refuses as outside, and nothing after another error", () => {
    const inner = scripted(script);
    const refusing: ExtrapolatingCalculator = {
      numAtoms: 2,
      state: () => inner.state(),
      restore: (state) => inner.restore(state),
      evaluate: (positions, cell, out) => {
        if (positions[0] > 1) throw new EcitonError("data", "atoms overlap", { atoms: [0, 1] });
        inner.evaluate(positions, cell, out);
        if (inner.numExtrapolations > 0)
          throw new EcitonError("data", "outside", { extrapolations: inner.extrapolations() });
      },
      get numExtrapolations() {
        return inner.numExtrapolations;
      },
      extrapolations: () => inner.extrapolations(),
    };
    const watch = new ExtrapolationWatch(refusing, model, { most: 5, spacing: 1 });
    const evaluate = (x: number) =>
      watch.evaluate(new Float64Array(6).fill(x), new Float64Array(9), evaluationFor(2));
    evaluate(0);
    expect(failureOf(() => evaluate(1)).message).toBe("outside");
    expect(failureOf(() => evaluate(2)).message).toBe("atoms overlap");
    expect(watch.tally()).toMatchObject({ evaluations: 2, outside: 1 });
    expect(watch.kept().map(({ positions }) => positions[0])).toEqual([1]);
  });

  it("keeps the first structures, some evaluations apart, as they were", () => {
    const kept = run({ most: 2, spacing: 2 }).kept();
    expect(kept.map((one) => one.evaluation)).toEqual([2, 4]);
    expect(kept[0]).toMatchObject({
      positions: new Float64Array(6).fill(1),
      atoms: [1],
      why: "Ce atom 2: G2 Ce-O, η = 2/Å², r_s = 0 Å, r_c = 6 Å: value 0.3, trained 0.02 to 0.28",
    });
    expect(run({ most: 10, spacing: 1 }).kept().length).toBe(4);
  });

  it("resumes from a checkpoint with its counts and structures", () => {
    const settings = { most: 3, spacing: 1 };
    const whole = run(settings);
    const resumed = run(settings, 3, 5, structuredClone(run(settings, 0, 3).state()!));
    expect(resumed.tally()).toEqual(whole.tally());
    expect(resumed.kept()).toEqual(whole.kept());
    expect(run(settings, 0, 0).state()).toBeNull();
    // A state of the calculator alone: nothing is known of earlier evaluations.
    const bare = run(settings, 3, 5, { positions: Float64Array.of(3), cell: new Float64Array(9) });
    expect(bare.tally().evaluations).toBe(2);
  });
});
