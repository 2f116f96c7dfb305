import { describe, expect, it } from "vitest";
import type { Structure } from "../../../src/data/structure.ts";
import { type TrainingSample, TrainingSet } from "../../../src/nn/training/training-set.ts";
import { fewFunctions, randomAtoms } from "../symmetry-functions/examples.ts";

const elements = fewFunctions();
const sample = (seed: number, periodic: boolean, rest: Partial<Structure> = {}): Structure => ({
  ...randomAtoms(3, 3.5, periodic, seed),
  name: `structure ${seed}`,
  info: {},
  source: { file: "data.xyz", line: seed },
  ...rest,
});
const forces = Float64Array.from({ length: 9 }, (_, n) => n / 10);
const stress = Float64Array.from({ length: 9 }, (_, n) => n / 100);
const samples: TrainingSample[] = [
  { structure: sample(1, true, { energy: -3.5, forces, stress }), structureClass: "bulk", weight: 2 },
  { structure: sample(2, false, { energy: -1.5, forces, stress }) },
  { structure: sample(3, true) },
];

describe("a training set", () => {
  it("has what is known of each structure, with its descriptors", async () => {
    const { structures, store } = await TrainingSet.create(elements, samples);
    const [bulk, cluster, bare] = structures;
    expect(bulk).toMatchObject({
      name: "structure 1",
      source: { file: "data.xyz", line: 1 },
      structureClass: "bulk",
      numAtoms: 3,
      energy: -3.5,
      forces,
      stress,
      weight: 2,
    });
    expect(Array.from(bulk.kinds)).toEqual([0, 1, 0]);
    // The determinant of the cell of randomAtoms, by hand: a·(b × c).
    const [a, b, c] = [3.5 * 1.1 * 3.5 * 0.95 + 0.2 * 0.2, 0.4 * 3.5 * 0.95 - 0.2 * 0.3, 0];
    expect(bulk.volume).toBeCloseTo(3.5 * a - 0.1 * b + c, 12);
    expect(bulk.descriptors()).toBe(store.descriptors(0));
    expect(bulk.values).toBe(store.values(0));
    expect(bulk.descriptors().strains.length).toBe(6 * bulk.values.values.length);

    // Stress without a volume means nothing, and no strain derivatives are made.
    expect(cluster).toMatchObject({
      structureClass: null,
      volume: null,
      stress: null,
      energy: -1.5,
      weight: 1,
    });
    expect(cluster.descriptors().strains.length).toBe(0);
    expect(bare).toMatchObject({ energy: null, forces: null, stress: null });
    expect(bare.volume).not.toBeNull();
    expect(bare.descriptors().strains.length).toBe(0);
    expect(bare.descriptors().gradients.length).toBeGreaterThan(0);
  });

  it("opens in another thread with all that it has, on the same memory", async () => {
    for (const budget of [Infinity, 0]) {
      const set = await TrainingSet.create(elements, samples, { budget });
      const opened = TrainingSet.open(structuredClone(set.share()));
      set.structures.forEach((one, s) => {
        const { descriptors, values, ...known } = opened.structures[s];
        expect(one).toMatchObject(known);
        expect(values).toEqual(one.values);
        expect(descriptors()).toEqual(one.descriptors());
      });
      set.structures[0].forces![0] = 7;
      expect(opened.structures[0].forces![0]).toBe(7);
    }
  });

  it("leaves the structures that it was given as they are", async () => {
    const set = await TrainingSet.create(elements, samples);
    set.structures[0].forces![1] = 5;
    expect(samples[0].structure.forces![1]).toBe(0.1);
  });

  it("refuses weights that are none", async () => {
    for (const weight of [-1, Number.NaN, Infinity])
      await expect(TrainingSet.create(elements, [{ structure: sample(4, true), weight }])).rejects.toThrow(
        `structure 4: a weight is a number from 0 on, found ${weight}`,
      );
  });
});
