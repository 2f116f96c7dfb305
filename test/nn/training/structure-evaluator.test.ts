import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { evaluateHdnnp } from "../../../src/nn/hdnnp/hdnnp-reference.ts";
import type { HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { FeedForward } from "../../../src/nn/networks/feed-forward.ts";
import { dependenceOf } from "../../../src/nn/symmetry-functions/dependence.ts";
import { describeStructure } from "../../../src/nn/symmetry-functions/reference.ts";
import { scalingOf } from "../../../src/nn/symmetry-functions/scaling.ts";
import type { StructureDescriptors } from "../../../src/nn/symmetry-functions/structure-descriptors.ts";
import { StructureEvaluator } from "../../../src/nn/training/structure-evaluator.ts";
import { weightOffsets, weightsOf, withWeights } from "../../../src/nn/training/weight-layout.ts";
import { strained } from "../symmetry-functions/full-gradient.ts";
import { type Geometry, smallModel, smallStructure } from "./small-model.ts";

type Engine = "compiled" | "plain";
const evaluatorOf = (model: HdnnpModel, engine: Engine = "compiled") =>
  new StructureEvaluator(model, dependenceOf(model.elements), engine);
const describeOf = (model: HdnnpModel, geometry: Geometry) =>
  describeStructure(model.elements, geometry, { strains: true });

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  for (let k = 0; k < expected.length; k++)
    expect(Math.abs(found[k] - expected[k]), `entry ${k}`).toBeLessThan(
      tolerance * (1 + Math.abs(expected[k])),
    );
}

const H = 1e-5;

/** Central differences of a number by all weights: truncation and rounding stay under 1e-8 for quantities of order one. */
function byWeights(
  evaluator: StructureEvaluator,
  weights: Float64Array,
  quantity: () => number,
): Float64Array {
  const moved = weights.slice();
  const out = weights.map((w, k) => {
    moved[k] = w + H;
    evaluator.setWeights(moved);
    const plus = quantity();
    moved[k] = w - H;
    evaluator.setWeights(moved);
    const minus = quantity();
    moved[k] = w;
    return (plus - minus) / (2 * H);
  });
  evaluator.setWeights(weights);
  return out;
}

const cases = [
  { name: "a cluster", periodic: false },
  { name: "a crystal whose images merge", periodic: true },
].flatMap((one) => (["compiled", "plain"] as const).map((engine) => ({ ...one, engine })));

describe.each(cases)("StructureEvaluator of $name, $engine", ({ periodic, engine }) => {
  const model = smallModel(21);
  const geometry = smallStructure(22, periodic);
  const d = describeOf(model, geometry);
  const evaluator = evaluatorOf(model, engine);
  const weights = weightsOf(model);
  const { perEnergy, perLength, meanEnergy } = model.normalisation;
  const numAtoms = geometry.species.length;

  it("has energy, forces and strain derivatives of the plain formulas", () => {
    const plain = evaluateHdnnp(model, geometry);
    const free = geometry.species.reduce(
      (sum, name) => sum + model.elements.find((one) => one.element === name)!.energy,
      numAtoms * meanEnergy,
    );
    const energy = evaluator.energy(d);
    expectClose([energy / perEnergy + free], [plain.energy], 1e-13);
    const forces = new Float64Array(3 * numAtoms);
    expect(evaluator.forces(d, forces)).toBe(energy);
    expectClose(
      forces,
      plain.forces.map((f) => (f * perEnergy) / perLength),
      1e-12,
    );
    const strain = new Float64Array(6);
    evaluator.strain(d, strain);
    const w = plain.virial;
    expectClose(
      strain,
      [w[0], w[4], w[8], 2 * w[5], 2 * w[2], 2 * w[1]].map((x) => -x * perEnergy),
      1e-12,
    );
  });

  it("has forces that are central differences of its energy through the symmetry functions", () => {
    const forces = new Float64Array(3 * numAtoms);
    evaluator.forces(d, forces);
    const positions = geometry.positions.slice();
    const energyAt = () => evaluator.energy(describeOf(model, { ...geometry, positions }));
    for (const k of [0, 4, 7, 11, 14, 20]) {
      positions[k] = geometry.positions[k] + H;
      const plus = energyAt();
      positions[k] = geometry.positions[k] - H;
      const minus = energyAt();
      positions[k] = geometry.positions[k];
      expectClose([forces[k]], [-(plus - minus) / (2 * H) / perLength], 1e-8);
    }
  });

  it("has strain derivatives that are central differences under strain", () => {
    const strain = new Float64Array(6);
    evaluator.strain(d, strain);
    const energyAt = (v: number, e: number) => evaluator.energy(describeOf(model, strained(geometry, v, e)));
    for (let v = 0; v < 6; v++)
      expectClose([strain[v]], [(energyAt(v, H) - energyAt(v, -H)) / (2 * H)], 1e-7);
  });

  it("has a row of the energy: central differences by the weights", () => {
    const row = new Float64Array(evaluator.numWeights).fill(7);
    expectClose([evaluator.energyRow(d, row)], [evaluator.energy(d)], 1e-13);
    expectClose(
      row,
      byWeights(evaluator, weights, () => evaluator.energy(d)),
      1e-8,
    );
  });

  it("has rows of forces: central differences by the weights", () => {
    const forces = new Float64Array(3 * numAtoms);
    const row = new Float64Array(evaluator.numWeights).fill(7);
    for (const [atom, component] of [
      [0, 0],
      [1, 1],
      [4, 2],
      [6, 0],
    ]) {
      evaluator.forces(d, forces);
      const found = evaluator.forceRow(d, atom, component, row);
      expect(found).toBe(evaluator.force(d, atom, component));
      expectClose([found], [forces[3 * atom + component]], 1e-12);
      const difference = byWeights(evaluator, weights, () => evaluator.force(d, atom, component));
      expectClose(row, difference, 1e-8);
    }
  });

  it("has rows of forces that a loop over inputs gives too, one second derivative for each", () => {
    const row = new Float64Array(evaluator.numWeights);
    for (const atom of [0, 1]) {
      evaluator.forceRow(d, atom, 2, row);
      expectClose(row, loopedForceRow(model, d, atom, 2), 1e-12);
    }
  });

  it("has rows of strain derivatives: central differences by the weights", () => {
    const strain = new Float64Array(6);
    const row = new Float64Array(evaluator.numWeights).fill(7);
    for (const v of [0, 2, 4]) {
      evaluator.strain(d, strain);
      expectClose([evaluator.strainRow(d, v, row)], [strain[v]], 1e-12);
      const difference = byWeights(evaluator, weights, () => {
        evaluator.strain(d, strain);
        return strain[v];
      });
      expectClose(row, difference, 1e-8);
    }
  });

  it("adds any combination of rows in one pass", () => {
    const random = new RandomStream(5, 0);
    const draw = (length: number) => Float64Array.from({ length }, () => random.nextFloat() - 0.5);
    const [byForces, byStrains] = [draw(3 * numAtoms), draw(6)];
    const expected = new Float64Array(evaluator.numWeights).fill(0.25);
    const row = new Float64Array(evaluator.numWeights);
    const add = (factor: number) => {
      row.forEach((x, k) => {
        expected[k] += factor * x;
      });
    };
    evaluator.energyRow(d, row);
    add(0.7);
    byForces.forEach((factor, k) => {
      evaluator.forceRow(d, Math.floor(k / 3), k % 3, row);
      add(factor);
    });
    byStrains.forEach((factor, v) => {
      evaluator.strainRow(d, v, row);
      add(factor);
    });
    const found = new Float64Array(evaluator.numWeights).fill(0.25);
    evaluator.addGradient(d, 0.7, byForces, byStrains, found);
    expectClose(found, expected, 1e-12);
    const energyAlone = new Float64Array(evaluator.numWeights);
    evaluator.addGradient(d, 1, null, null, energyAlone);
    evaluator.energyRow(d, row);
    expectClose(energyAlone, row, 1e-13);
  });
});

/**
 * ∂F/∂w by its definition: of each atom i, for each function g of it, ∂²E_i/∂G_g ∂w times ∂G_g/∂r, the second derivatives by
 * central differences of the networks' plain input gradients.
 */
function loopedForceRow(
  model: HdnnpModel,
  d: StructureDescriptors,
  atom: number,
  component: number,
): Float64Array {
  const offsets = weightOffsets(model);
  const dependence = dependenceOf(model.elements);
  const out = new Float64Array(offsets[offsets.length - 1]);
  for (let i = 0; i < d.numAtoms; i++) {
    const kind = d.kinds[i];
    const { functions, network, ranges } = model.elements[kind];
    const { base, factor, origin } = scalingOf(model.scaling, model.scalingRange, ranges, String);
    const pass = new FeedForward(network);
    const x = factor.map((f, g) => base + f * (d.values[d.valueOffsets[i] + g] - origin[g]));
    pass.forward(network.weights, x);
    for (let p = d.partnerOffsets[i]; p < d.partnerOffsets[i + 1]; p++) {
      if (d.partners[p] !== atom) continue;
      const changed = i === atom ? functions.map((_, g) => g) : [...dependence[kind][d.kinds[atom]]];
      changed.forEach((g, s) => {
        const unit = new Float64Array(functions.length);
        unit[g] = factor[g];
        pass.directional(network.weights, unit);
        pass.addDirectionalWeightGradient(
          network.weights,
          -d.gradients[d.gradientOffsets[p] + 3 * s + component] / model.normalisation.perLength,
          out,
          offsets[kind],
        );
      });
    }
  }
  return out;
}

describe("StructureEvaluator", () => {
  const model = smallModel(31);
  const d = describeOf(model, smallStructure(32, true));

  it("takes other weights, and copies them", () => {
    const weights = weightsOf(smallModel(33));
    const evaluator = evaluatorOf(model);
    const before = evaluator.energy(d);
    evaluator.setWeights(weights);
    const expected = evaluatorOf(withWeights(model, weights)).energy(d);
    expect(expected).not.toBe(before);
    weights.fill(0);
    expect(evaluator.energy(d)).toBe(expected);
  });

  it("has the same rows by the kernel for more atoms than one pass holds", () => {
    const [one, ...others] = [
      smallStructure(35, false),
      smallStructure(36, false),
      smallStructure(37, false),
    ];
    const apart = (geometry: Geometry, k: number) =>
      geometry.positions.map((x, i) => (i % 3 ? x : x + 3 * k));
    const many: Geometry = {
      ...one,
      species: Array.from({ length: 12 }, () => one.species).flat(),
      positions: Float64Array.from(
        Array.from({ length: 12 }, (_, k) => [...apart([one, ...others][k % 3], k)]).flat(),
      ),
    };
    const descriptors = describeOf(model, many);
    const [kernel, plain] = [evaluatorOf(model, "compiled"), evaluatorOf(model, "plain")];
    const [found, expected] = [new Float64Array(kernel.numWeights), new Float64Array(kernel.numWeights)];
    expect(descriptors.numAtoms).toBe(84);
    expectClose([kernel.energyRow(descriptors, found)], [plain.energyRow(descriptors, expected)], 1e-13);
    expectClose(found, expected, 1e-12);
    expect(found).not.toEqual(expected); // Sums in another order: not the same code.
    for (const atom of [0, 40]) {
      expectClose(
        [kernel.forceRow(descriptors, atom, 1, found)],
        [plain.forceRow(descriptors, atom, 1, expected)],
        1e-13,
      );
      expectClose(found, expected, 1e-12);
    }
  });

  it("leaves other elements' weights out of a row that they have no part in", () => {
    // One oxygen atom alone and a copper pair far from it.
    const geometry: Geometry = {
      species: ["O", "Cu", "Cu"],
      positions: Float64Array.of(0, 0, 0, 20, 0, 0, 22, 0.3, 0),
      cell: new Float64Array(9),
      periodic: [false, false, false],
    };
    const apart = describeOf(model, geometry);
    const evaluator = evaluatorOf(model);
    const oxygen = weightOffsets(model)[1];
    const row = new Float64Array(evaluator.numWeights).fill(7);
    evaluator.forceRow(apart, 1, 0, row);
    expect(row.subarray(0, oxygen).every((x) => x === 0)).toBe(true);
    expect(row.subarray(oxygen).some((x) => x !== 0)).toBe(true);
    expect(Math.abs(evaluator.forceRow(apart, 0, 0, row))).toBe(0);
    expect(row.every((x) => x === 0)).toBe(true);
  });

  it("refuses arrays of wrong lengths and derivatives that were not computed", () => {
    const evaluator = evaluatorOf(model);
    const row = new Float64Array(evaluator.numWeights);
    expect(() => evaluator.setWeights(row.subarray(1))).toThrow(/expected \d+ numbers/);
    expect(() => evaluator.energyRow(d, row.subarray(1))).toThrow(/row of a Jacobian/);
    expect(() => evaluator.forces(d, new Float64Array(3))).toThrow(/forces: expected 21/);
    const without = describeStructure(model.elements, smallStructure(32, true));
    expect(() => evaluator.strain(without, new Float64Array(6))).toThrow(/without their strain/);
    expect(() => evaluator.strainRow(without, 0, row)).toThrow(/without their strain/);
    const values = {
      ...without,
      partnerOffsets: new Uint32Array(8),
      partners: new Uint32Array(0),
      gradients: new Float64Array(0),
    };
    expect(evaluator.energyRow(values, row)).toBe(evaluator.energyRow(without, row));
    const forces = new Float64Array(21);
    expect(() => evaluator.forces(values, forces)).toThrow(/without their gradients/);
    expect(() => evaluator.forceRow(values, 0, 0, row)).toThrow(/without their gradients/);
    expect(() => evaluator.addGradient(values, 1, forces, null, row)).toThrow(/without their gradients/);
    const [first, ...rest] = model.elements;
    const wrong = { ...model, elements: [{ ...first, functions: first.functions.slice(1) }, ...rest] };
    expect(() => evaluatorOf(wrong)).toThrow(/O has 3 symmetry functions/);
  });
});

describe("weight layout", () => {
  it("puts one element behind the other and takes them apart again", () => {
    const model = smallModel(41);
    const [oxygen, copper] = model.elements.map((one) => one.network.weights);
    const all = weightsOf(model);
    expect([...weightOffsets(model)]).toEqual([0, oxygen.length, oxygen.length + copper.length]);
    expect([...all]).toEqual([...oxygen, ...copper]);
    const changed = withWeights(
      model,
      all.map((w) => w + 1),
    );
    expect([...changed.elements[1].network.weights]).toEqual([...copper].map((w) => w + 1));
    expect(weightsOf(model)).toEqual(all);
    expect(() => withWeights(model, all.subarray(1))).toThrow(/expected \d+ numbers/);
  });
});
