import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import {
  CandidateQueue,
  countUpdates,
  epochStream,
  orderOf,
  scheduleOf,
  splitStructures,
} from "../../../src/nn/training/selection.ts";
import type { UpdateSelection } from "../../../src/nn/training/training-settings.ts";

const selection = (mode: UpdateSelection["mode"], trials = 3): UpdateSelection => ({
  mode,
  trials,
  energyThreshold: 0,
  forceThreshold: 1,
});

describe("split of structures", () => {
  it("takes the same fraction of every class, within one structure", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("bulk", "surface", "cluster"), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 1000 }),
        (classes, tenths, seed) => {
          const fraction = tenths / 10;
          const { train, test } = splitStructures(classes, fraction, seed);
          expect([...train, ...test].sort((a, b) => a - b)).toEqual(classes.map((_, s) => s));
          expect(Math.abs(test.length - fraction * classes.length)).toBeLessThan(1);
          for (const name of ["bulk", "surface", "cluster"]) {
            const of = classes.filter((one) => one === name).length;
            const kept = test.filter((s) => classes[s] === name).length;
            expect(Math.abs(kept - fraction * of)).toBeLessThan(1 + 1e-9);
          }
        },
      ),
    );
  });

  it("follows from the seed, and every structure has its chance", () => {
    const classes = new Array<string>(20).fill("bulk");
    expect(splitStructures(classes, 0.1, 5)).toEqual(splitStructures(classes, 0.1, 5));
    const times = new Float64Array(20);
    for (let seed = 0; seed < 2000; seed++)
      for (const s of splitStructures(classes, 0.1, seed).test) times[s]++;
    // 2 of 20 each time: 200 expected, with a standard deviation of √(2000 · 0.1 · 0.9) = 13.4.
    for (const count of times) expect(Math.abs(count - 200)).toBeLessThan(5 * 13.4);
  });
});

describe("updates of an epoch", () => {
  it.each([
    // n2p2 prints 19 energy and 190, 24 and 92 force updates for the sets in its examples.
    [19, 1, 1, 19, 1],
    [19 * 432, 0.02315, 1, 190, 1],
    [3 * 2016, 0.0041, 1, 24, 1],
    [92 * 6, 0.167, 1, 92, 1],
    [30, 0.1, 1, 3, 1],
    [100, 0.5, 8, 6, 8],
    [100, 0.5, 0, 1, 50],
    [3, 0.2, 0, 0, 0],
    [0, 1, 1, 0, 1],
  ])("%i candidates, fraction %f, batch %i: %i updates of %i", (candidates, fraction, batch, updates, of) => {
    expect(countUpdates(candidates, fraction, batch)).toEqual({ updates, batch: of });
  });

  it("mixes kinds at random, none lost", () => {
    const counts = [
      { updates: 5, batch: 1 },
      { updates: 50, batch: 1 },
      { updates: 2, batch: 1 },
    ];
    const schedule = scheduleOf(counts, epochStream(3, 1));
    expect([0, 1, 2].map((kind) => schedule.filter((one) => one === kind).length)).toEqual([5, 50, 2]);
    expect(scheduleOf(counts, epochStream(3, 1))).toEqual(schedule);
    expect(scheduleOf(counts, epochStream(3, 2))).not.toEqual(schedule);
    expect(Array.from(schedule)).not.toEqual(Array.from(schedule).sort());
  });

  it("orders candidates at random or by their errors", () => {
    const random = () => new RandomStream(1, 1);
    expect(Array.from(orderOf(40, null, random())).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    );
    expect(orderOf(40, null, random())).not.toEqual(Int32Array.from({ length: 40 }, (_, i) => i));
    expect(Array.from(orderOf(5, Float64Array.of(1, 3, 0, 3, 2), random()))).toEqual([1, 3, 4, 0, 2]);
  });
});

describe("choice of a candidate", () => {
  const errors = [0.5, 0.2, 1.5, 0.9, 0.1];
  const errorOf = (candidate: number) => errors[candidate];
  const queue = () => new CandidateQueue(Int32Array.of(0, 1, 2, 3, 4));

  it("takes one after the other, and begins again at the end", () => {
    const five = queue();
    const taken = Array.from({ length: 7 }, () => five.choose(selection("random"), 1, errorOf));
    expect(taken).toEqual([0, 1, 2, 3, 4, 0, 1]);
    expect(five.position).toBe(2);
    expect(new CandidateQueue(five.order, five.position).next()).toBe(2);
  });

  it("tries until an error exceeds the threshold", () => {
    const five = queue();
    expect(five.choose(selection("threshold"), 1, errorOf)).toBe(2);
    expect(five.position).toBe(3);
    expect(five.choose(selection("threshold"), 0, errorOf)).toBe(3);
  });

  it("takes the largest error of its trials where none exceeds the threshold", () => {
    const five = queue();
    expect(five.choose(selection("threshold", 2), 1, errorOf)).toBe(0);
    expect(five.position).toBe(2);
    expect(five.choose(selection("threshold", 3), 2, errorOf)).toBe(2);
    // Around the end: 0 and 1 again.
    expect(five.choose(selection("threshold", 2), 2, errorOf)).toBe(0);
  });

  it("takes a candidate also where the RMSE is 0, as for forces on atoms alone in their cells", () => {
    const five = queue();
    expect(five.choose(selection("threshold", 3), 1, () => 0 / 0)).toBe(0);
    expect(five.choose(selection("threshold", 3), 1, () => 1 / 0)).toBe(3);
    expect(five.position).toBe(4);
  });
});
