import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { EcitonError } from "../../../src/core/errors.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { committeeEvaluator, hdnnpPotential } from "../../../src/nn/hdnnp/hdnnp-potential.ts";
import { evaluateHdnnp } from "../../../src/nn/hdnnp/hdnnp-reference.ts";
import type { ExtrapolationPolicy, HdnnpModel, HdnnpSpec } from "../../../src/nn/hdnnp/model.ts";
import { squareTable } from "../../../src/nn/hdnnp/square-table.ts";
import { activations } from "../../../src/nn/networks/network.ts";
import type { ElementFunctions } from "../../../src/nn/symmetry-functions/dependence.ts";
import {
  compactForms,
  cutoffForms,
  type SymmetryFunction,
} from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { termOf } from "../../../src/nn/symmetry-functions/terms.ts";
import { type Atoms, allFunctions, fewFunctions, randomAtoms } from "../symmetry-functions/examples.ts";
import { randomModel } from "./random-model.ts";

const specOf = (members: readonly HdnnpModel[], extrapolation: ExtrapolationPolicy = "warn"): HdnnpSpec => ({
  kind: "hdnnp",
  title: "test",
  members,
  extrapolation,
});

function evaluated(spec: HdnnpSpec, atoms: Atoms) {
  const out = evaluationFor(atoms.species.length, { energies: true, virial: true });
  const calculator = hdnnpPotential(spec).calculator(atoms);
  calculator.evaluate(atoms.positions, atoms.cell, out);
  return { ...out, energies: out.energies!, virial: out.virial!, calculator };
}

/** Both sides sum hundreds of terms in other orders: some thousand units of the last place of the largest. */
function expectSame(found: ArrayLike<number>, expected: ArrayLike<number>, scale: number): void {
  expect(found.length).toBe(expected.length);
  for (let n = 0; n < expected.length; n++)
    expect(Math.abs(found[n] - expected[n]), `entry ${n}`).toBeLessThanOrEqual(1e-12 * scale);
}

function expectReference(model: HdnnpModel, atoms: Atoms): void {
  const found = evaluated(specOf([model]), atoms);
  const expected = evaluateHdnnp(model, atoms);
  const largest = (values: Float64Array) => Math.max(1, ...values.map(Math.abs));
  expectSame(found.energies, expected.energies, largest(expected.energies));
  expectSame([found.energy], [expected.energy], Math.max(1, Math.abs(expected.energy)));
  expectSame(found.forces, expected.forces, 10 * largest(expected.forces));
  expectSame(found.virial, expected.virial, 10 * largest(expected.virial));
}

describe("network potential, compiled", () => {
  it.each([
    ["in a cell smaller than the radii", 3, 3.05, true],
    ["in a larger cell", 6, 5.5, true],
    ["without boundaries", 9, 4.5, false],
  ] as const)("is the plain formula for functions of every type and form, %s", (_, count, size, periodic) => {
    const atoms = randomAtoms(count, size, periodic, 2);
    expectReference(randomModel(allFunctions(), atoms), atoms);
  });

  it.each(activations)("is the plain formula with the activation %s", (activation) => {
    const atoms = randomAtoms(4, 4, true, 5);
    for (const normaliseNodes of [false, true])
      for (const hidden of [[3], [4, 3, 6], []]) {
        const own = [...hidden.map(() => activation), hidden.length === 1 ? activation : ("linear" as const)];
        const parts = {
          scaling: "sigma" as const,
          scalingRange: [-0.5, 1] as const,
          normalisation: { meanEnergy: -3.5, perEnergy: 6, perLength: 4 },
        };
        expectReference(
          randomModel(fewFunctions(), atoms, { hidden, activations: own, normaliseNodes, parts }),
          atoms,
        );
      }
  });

  it("is the plain formula for any set of functions", () => {
    const pair = fc.constantFrom(["O", "O"] as const, ["O", "Cu"] as const, ["Cu", "Cu"] as const);
    const element = fc.constantFrom("O", "Cu");
    const radius = fc.constantFrom(2.5, 3.3, 4.2);
    const bell = {
      form: fc.constantFrom(...compactForms),
      left: fc.double({ min: -3, max: 1.5, noNaN: true }),
      radius,
    };
    const gaussian = {
      eta: fc.constantFrom(0, 0.003, 0.1, 0.4, 2),
      shift: fc.constantFrom(0, 1.7),
      radius,
      cutoff: fc.record({ form: fc.constantFrom(...cutoffForms), alpha: fc.constantFrom(0, 0, 0.4) }),
    };
    const cone = {
      lambda: fc.constantFrom(1 as const, -1 as const),
      zeta: fc.constantFrom(1, 2, 3, 4, 6, 16, 63, 1.3),
    };
    const between = { angleLeft: fc.constantFrom(0, 40), angleRight: fc.constantFrom(110, 180) };
    const one: fc.Arbitrary<SymmetryFunction> = fc.oneof(
      fc.record({ type: fc.constant(2 as const), neighbour: element, ...gaussian }),
      fc.record({ type: fc.constantFrom(3 as const, 9 as const), neighbours: pair, ...gaussian, ...cone }),
      fc.record({ type: fc.constantFrom(3 as const, 9 as const), neighbours: pair, ...gaussian, ...cone }),
      fc.record({ type: fc.constant(12 as const), ...gaussian }),
      fc.record({ type: fc.constant(13 as const), ...gaussian, ...cone }),
      fc.record({ type: fc.constant(20 as const), neighbour: element, ...bell }),
      fc.record({ type: fc.constantFrom(21 as const, 22 as const), neighbours: pair, ...bell, ...between }),
      fc.record({ type: fc.constant(23 as const), ...bell }),
      fc.record({ type: fc.constantFrom(24 as const, 25 as const), ...bell, ...between }),
    );
    const functions = fc.array(one, { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(
        functions,
        functions,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.nat(99),
        (o, cu, count, periodic, seed) => {
          const atoms = randomAtoms(count, 4.4, periodic, seed);
          const elements: ElementFunctions[] = [
            { element: "O", functions: o },
            { element: "Cu", functions: cu },
          ];
          expectReference(randomModel(elements, atoms, { parts: { scaling: "none" } }), atoms);
        },
      ),
      { numRuns: 60 },
    );
  });

  const near = (alpha: number, radius: number): SymmetryFunction[] =>
    [0.4, 0.05, 0.004].flatMap((eta) =>
      ([1, -1] as const).map((lambda) => ({
        type: 3 as const,
        neighbours: ["Cu", "Cu"] as const,
        eta,
        shift: 0,
        lambda,
        zeta: 3,
        radius,
        cutoff: { form: "tanh3" as const, alpha },
      })),
    );
  const copper = (functions: readonly SymmetryFunction[]): ElementFunctions[] => [
    { element: "Cu", functions },
  ];
  const ofCopper = (atoms: Atoms): Atoms => ({ ...atoms, species: atoms.species.map(() => "Cu") });

  it("takes polynomials of the squared distance between neighbours where they are exact, and the factors elsewhere", () => {
    const own = near(0, 4.2);
    expect(squareTable(own.map((one) => termOf(one, copper(own))))).not.toBeNull();
    const poly = { form: "poly1", alpha: 0.5 } as const;
    const stepped = own.map((one) => ({ ...one, cutoff: poly }) as SymmetryFunction);
    expect(squareTable(stepped.map((one) => termOf(one, copper(stepped))))).toBeNull();
    const atoms = ofCopper(randomAtoms(8, 4.5, true, 4));
    expectReference(randomModel(copper(own), atoms), atoms);
    expectReference(randomModel(copper(stepped), atoms), atoms);
    // Two neighbours of a third nearer to each other than the table reaches.
    const positions = atoms.positions.slice();
    positions.set([positions[0] + 0.3, positions[1], positions[2] + 0.1], 3);
    expectReference(randomModel(copper(own), { ...atoms, positions }), { ...atoms, positions });
  });

  it("finds room for atoms with hundreds of neighbours", () => {
    const atoms = ofCopper(randomAtoms(2, 3, true, 1));
    const few = near(0, 8.5).slice(0, 2);
    expectReference(randomModel(copper(few), atoms), atoms);
  });

  it("conserves energy: its drift falls with the square of the time step", () => {
    const atoms = ofCopper(randomAtoms(42, 9, false, 3));
    const elements = copper([
      ...near(0, 5),
      { type: 2, neighbour: "Cu", eta: 0.5, shift: 2.4, radius: 5, cutoff: { form: "tanh3", alpha: 0 } },
    ]);
    const calculator = hdnnpPotential(
      specOf([randomModel(elements, atoms, { parts: { scaling: "scale" } })], "ignore"),
    ).calculator(atoms);
    const out = evaluationFor(42);
    const error = (dt: number) => {
      const positions = atoms.positions.slice();
      const velocities = new Float64Array(positions.length);
      calculator.evaluate(positions, atoms.cell, out);
      const before = out.energy;
      let worst = 0;
      for (let step = 0; step * dt < 2; step++) {
        for (let n = 0; n < positions.length; n++) {
          velocities[n] += 0.5 * dt * out.forces[n];
          positions[n] += dt * velocities[n];
        }
        calculator.evaluate(positions, atoms.cell, out);
        let kinetic = 0;
        for (let n = 0; n < positions.length; n++) {
          velocities[n] += 0.5 * dt * out.forces[n];
          kinetic += 0.5 * velocities[n] ** 2;
        }
        worst = Math.max(worst, Math.abs(out.energy + kinetic - before));
      }
      return worst;
    };
    const ratio = error(0.02) / error(0.01);
    expect(ratio).toBeGreaterThan(3.6);
    expect(ratio).toBeLessThan(4.4);
  });
});

describe("committee", () => {
  const atoms = randomAtoms(5, 4.2, true, 8);
  const members = [1, 2, 3].map((seed) => randomModel(fewFunctions(), atoms, { seed }));

  it("has the mean energy and forces of its members, and tells their deviation", () => {
    const each = members.map((member) => evaluateHdnnp(member, atoms));
    const found = evaluated(specOf(members), atoms);
    const mean = (of: (one: (typeof each)[number]) => number) =>
      each.reduce((sum, one) => sum + of(one) / each.length, 0);
    const deviation = (of: (one: (typeof each)[number]) => number) =>
      Math.sqrt(each.reduce((sum, one) => sum + (of(one) - mean(of)) ** 2, 0) / 2);
    expectSame([found.energy], [mean((one) => one.energy)], 100);
    for (let n = 0; n < 15; n++) expectSame([found.forces[n]], [mean((one) => one.forces[n])], 100);
    const { energies, energyDeviation, forceDeviation } = committeeEvaluator(specOf(members), atoms)(
      atoms.positions,
      atoms.cell,
    );
    expectSame(
      energies,
      each.map((one) => one.energy),
      100,
    );
    expect(energyDeviation).toBeCloseTo(deviation((one) => one.energy) / 5, 10);
    const largest = Math.max(...Array.from({ length: 15 }, (_, n) => deviation((one) => one.forces[n])));
    expect(forceDeviation).toBeCloseTo(largest, 10);
    expect(forceDeviation).toBeGreaterThan(0.01);
  });

  it("refuses members with other functions", () => {
    const other = randomModel(allFunctions(), atoms);
    expect(() => hdnnpPotential(specOf([members[0], other]))).toThrow(/those of member 2 differ/);
    expect(() => hdnnpPotential(specOf([]))).toThrow(EcitonError);
  });
});

describe("atoms outside the training set", () => {
  const atoms = randomAtoms(6, 4.2, true, 8);
  const model = randomModel(fewFunctions(), atoms);

  it("are found with function, value and range", () => {
    const calculator = evaluated(specOf([model]), atoms).calculator;
    expect(calculator.numExtrapolations).toBe(0);
    expect(calculator.extrapolations()).toEqual([]);
    const random = new RandomStream(1, 0);
    const moved = { ...atoms, positions: atoms.positions.map((x) => x + 0.3 * random.nextNormal()) };
    const { descriptors } = evaluateHdnnp(model, moved);
    const expected = Array.from(descriptors.kinds).flatMap((element, atom) =>
      model.elements[element].functions.flatMap((_, functionIndex) => {
        const value = descriptors.values[descriptors.valueOffsets[atom] + functionIndex];
        const { min, max } = model.elements[element].ranges;
        const outside = value < min[functionIndex] || value > max[functionIndex];
        return outside
          ? [{ atom, element, functionIndex, value, min: min[functionIndex], max: max[functionIndex] }]
          : [];
      }),
    );
    expect(expected.length).toBeGreaterThan(3);
    calculator.evaluate(moved.positions, moved.cell, evaluationFor(6));
    expect(calculator.numExtrapolations).toBe(expected.length);
    calculator.extrapolations().forEach((found, n) => {
      expect({ ...found, value: 0 }).toEqual({ ...expected[n], value: 0 });
      expect(found.value).toBeCloseTo(expected[n].value, 10);
    });
    // Only the last evaluation counts.
    calculator.evaluate(atoms.positions, atoms.cell, evaluationFor(6));
    expect(calculator.numExtrapolations).toBe(0);
  });

  it("stop a calculation that asks for it", () => {
    const positions = atoms.positions.map((x, n) => x + (n === 4 ? 0.5 : 0));
    const calculator = hdnnpPotential(specOf([model], "stop")).calculator(atoms);
    calculator.evaluate(atoms.positions, atoms.cell, evaluationFor(6));
    expect(() => calculator.evaluate(positions, atoms.cell, evaluationFor(6))).toThrow(
      /outside the training set: .* atom \d+: .*: value .*, trained /,
    );
  });
});
