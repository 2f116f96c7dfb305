import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ElementFunctions } from "../../../src/nn/symmetry-functions/dependence.ts";
import { describeFunction } from "../../../src/nn/symmetry-functions/describe-function.ts";
import { Descriptors } from "../../../src/nn/symmetry-functions/descriptors.ts";
import { describeStructure } from "../../../src/nn/symmetry-functions/reference.ts";
import type { StructureDescriptors } from "../../../src/nn/symmetry-functions/structure-descriptors.ts";
import {
  type CompactForm,
  type CutoffForm,
  compactForms,
  cutoffForms,
  type SymmetryFunction,
} from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { failureOf } from "../../failure.ts";
import { type Atoms, allFunctions, fewFunctions, randomAtoms } from "./examples.ts";
import { fullGradient, shifted, strained } from "./full-gradient.ts";
import { cutoffValues, places, publishedCases } from "./published-values.ts";

const free = (species: readonly string[], ...positions: number[]): Atoms => ({
  species,
  positions: Float64Array.from(positions),
  cell: new Float64Array(9),
  periodic: [false, false, false],
});

/**
 * Kernel and plain formulas differ in the order of their sums and in the last digits of exp, cos and acos, whose slope is
 * large for atoms nearly in line; the largest terms of steep functions are some 1e3 times what is left of their sum.
 */
const CLOSE = 1e-11;

function expectReference(elements: readonly ElementFunctions[], atoms: Atoms): StructureDescriptors {
  const descriptors = new Descriptors(elements);
  const found = descriptors.describe(atoms, { strains: true });
  const plain = describeStructure(elements, atoms, { strains: true });
  expect(Array.from(found.kinds)).toEqual(Array.from(plain.kinds));
  expect(Array.from(found.valueOffsets)).toEqual(Array.from(plain.valueOffsets));
  const [rows, expected] = [found, plain].map((one) => fullGradient(descriptors.dependence, one));
  // In units of what is allowed: an expect for each of the many numbers would take longest.
  const off = { values: 0, gradients: 0, strains: 0 };
  plain.values.forEach((value, n) => {
    const slopes = expected[n].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const allowed = CLOSE * (1 + Math.abs(value) + slopes);
    off.values = Math.max(off.values, Math.abs(found.values[n] - value) / allowed);
    for (let at = 0; at < expected[n].length; at++)
      off.gradients = Math.max(off.gradients, Math.abs(rows[n][at] - expected[n][at]) / allowed);
    for (let v = 0; v < 6; v++) {
      const strain = plain.strains[6 * n + v];
      const deviation = Math.abs(found.strains[6 * n + v] - strain);
      off.strains = Math.max(off.strains, deviation / (allowed + CLOSE * Math.abs(strain)));
    }
  });
  expect(Math.max(off.values, off.gradients, off.strains), JSON.stringify(off)).toBeLessThan(1);
  return found;
}

const cutoffs = fc.record({
  form: fc.constantFrom<CutoffForm>(...cutoffForms),
  alpha: fc.constantFrom(0, 0.25, 0.6),
});
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const gauss = { eta: number(0, 2), shift: number(0, 3), radius: number(2, 5), cutoff: cutoffs };
const cone = {
  ...gauss,
  lambda: fc.constantFrom(1 as const, -1 as const),
  zeta: fc.constantFrom(1, 2, 3, 16, 1.5, 2.25),
};
const name = fc.constantFrom("O", "Cu", "Ce");
const pair = fc.tuple(name, name);
const support = {
  form: fc.constantFrom<CompactForm>(...compactForms),
  left: fc.constantFrom(-3, 0, 0.7),
  radius: number(2, 5),
};
const bell = fc
  .constantFrom([0, 180], [40, 110], [-70, 70], [100, 260])
  .map(([angleLeft, angleRight]) => ({ angleLeft, angleRight }));
const withBell = (one: fc.Arbitrary<object>) =>
  fc.tuple(one, bell).map((parts) => Object.assign({}, ...parts));
const functionArbitrary = fc.oneof(
  fc.record({ type: fc.constant(2), neighbour: name, ...gauss }),
  fc.record({ type: fc.constantFrom(3, 9), neighbours: pair, ...cone }),
  fc.record({ type: fc.constant(12), ...gauss }),
  fc.record({ type: fc.constant(13), ...cone }),
  fc.record({ type: fc.constant(20), neighbour: name, ...support }),
  fc.record({ type: fc.constant(23), ...support }),
  withBell(fc.record({ type: fc.constantFrom(21, 22), neighbours: pair, ...support })),
  withBell(fc.record({ type: fc.constantFrom(24, 25), ...support })),
) as fc.Arbitrary<SymmetryFunction>;
const functionsArbitrary = fc.array(functionArbitrary, { maxLength: 12 });

describe("compiled symmetry functions", () => {
  it.each(publishedCases)("have n2p2's values: atoms $species", ({ elements, species, values }) => {
    const functions = values.map(([one]) => one);
    const found = new Descriptors(
      elements.map((element, k) => ({ element, functions: k === 0 ? functions : [] })),
    ).describe(free(species, ...places.subarray(0, 3 * species.length)));
    values.forEach(([one, value], g) => {
      // n2p2 holds them to 2.2e-13; weights make some large.
      expect(Math.abs(found.values[g] - value), describeFunction(one, elements[0])).toBeLessThan(
        2.3e-13 * Math.max(1, value),
      );
    });
  });

  it.each(cutoffForms)("are cut off as in n2p2 by %s", (form) => {
    const cutoff = { form, alpha: 0.2 };
    const one: SymmetryFunction = { type: 2, neighbour: "H", eta: 0, shift: 0, radius: 3, cutoff };
    const descriptors = new Descriptors([{ element: "H", functions: [one] }]);
    [2.4, 0.3].forEach((distance, n) => {
      const { values, gradients } = descriptors.describe(free(["H", "H"], 0, 0, 0, 0, distance, 0));
      const [value, slope] = cutoffValues[form][n];
      // n2p2's polynomials lose two digits to cancellation near the end: poly4's slope at 2.4 is 630 x⁴(1 − x)⁴ / 2.4 with
      // x = 3/4, 0.324440002441406, of which it prints 0.324440002441421.
      expect(Math.abs(values[0] - value)).toBeLessThan(2e-14);
      Array.from(gradients).forEach((found, at) => {
        const expected = [0, -slope, 0, 0, slope, 0, 0, slope, 0, 0, -slope, 0][at];
        expect(Math.abs(found - expected)).toBeLessThan(2e-14);
      });
    });
  });

  it.each([
    ["in space", randomAtoms(8, 4, false, 3)],
    ["in a cell smaller than the radii", randomAtoms(4, 3.2, true, 2)],
    [
      "periodic in two directions",
      { ...randomAtoms(5, 3.6, true, 4), periodic: [true, false, true] as const },
    ],
  ])("of every type and form equal the plain formulas, %s", (_, atoms) => {
    const elements = allFunctions();
    const found = expectReference(elements, atoms);
    // A function that no atom here has would test nothing.
    const never = elements[0].functions.filter((_one, g) =>
      Array.from(found.kinds).every((kind, i) => kind !== 0 || found.values[found.valueOffsets[i] + g] === 0),
    );
    expect(never.map((one) => describeFunction(one, "O"))).toEqual([]);
  });

  it("equal the plain formulas for any sets of functions of three elements", () => {
    fc.assert(
      fc.property(
        fc.tuple(functionsArbitrary, functionsArbitrary, functionsArbitrary),
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        ([o, cu, ce], seed, count, periodic) => {
          const elements = [
            { element: "O", functions: o },
            { element: "Cu", functions: cu },
            { element: "Ce", functions: ce },
          ];
          const atoms = randomAtoms(count, 2 + 0.25 * count, true, seed);
          const species = atoms.species.map((_s, i) => ["O", "Cu", "Ce", "O"][(i * 7 + seed) % 4]);
          expectReference(elements, { ...atoms, species, periodic });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("have derivatives equal to central differences of their values", () => {
    const elements = fewFunctions();
    const descriptors = new Descriptors(elements);
    const atoms = randomAtoms(4, 3.3, true, 8);
    const found = descriptors.describe(atoms, { strains: true });
    const rows = fullGradient(descriptors.dependence, found);
    const h = 1e-6;
    const values = (moved: Atoms) => descriptors.describe(moved, { gradients: false }).values;
    // As for the plain formulas: third derivatives of at most some 1e4, times h²/6, and rounding of 1e-16 / h.
    const expectSlopes = (slope: (n: number) => number, above: Float64Array, below: Float64Array) =>
      found.values.forEach((value, n) => {
        const difference = (above[n] - below[n]) / (2 * h);
        expect(Math.abs(slope(n) - difference), `function ${n}`).toBeLessThan(1e-8 * (1 + Math.abs(value)));
      });
    for (let at = 0; at < atoms.positions.length; at++)
      expectSlopes((n) => rows[n][at], values(shifted(atoms, at, h)), values(shifted(atoms, at, -h)));
    for (let v = 0; v < 6; v++)
      expectSlopes(
        (n) => found.strains[6 * n + v],
        values(strained(atoms, v, h)),
        values(strained(atoms, v, -h)),
      );
  });

  it("are the same bits with and without derivatives, in shared memory, and after other structures", () => {
    const elements = fewFunctions();
    const descriptors = new Descriptors(elements);
    const small = randomAtoms(3, 3.1, true, 6);
    const full = descriptors.describe(small, { strains: true });
    // More neighbours than the kernel had room for.
    const large = descriptors.describe(randomAtoms(2, 1.7, true, 1));
    expect(large.gradients.length).toBeGreaterThan(0);
    const values = descriptors.describe(small, { gradients: false });
    expect(values.values).toEqual(full.values);
    expect(values.gradients.length + values.partners.length + values.strains.length).toBe(0);
    const shared = descriptors.describe(small, { strains: true, shared: true });
    expect(shared).toEqual(full);
    expect(shared.gradients.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(new Descriptors(elements).describe(small, { strains: true })).toEqual(full);
    expect(descriptors.describe(small)).toEqual({ ...full, strains: new Float64Array(0) });
    const sizes = descriptors.sizes(small);
    expect(sizes.values).toBe(full.values.length);
    expect(sizes.partners).toBe(full.partners.length);
    expect(sizes.gradients).toBe(full.gradients.length);
  });

  it("know an atom's own images to move with it, and list partners whose functions reach them", () => {
    const cutoff = { form: "cos", alpha: 0 } as const;
    const elements: ElementFunctions[] = [
      {
        element: "O",
        functions: [
          { type: 2, neighbour: "Cu", eta: 0, shift: 0, radius: 3, cutoff },
          { type: 2, neighbour: "O", eta: 0, shift: 0, radius: 2, cutoff },
        ],
      },
      { element: "Cu", functions: [] },
    ];
    const found = new Descriptors(elements).describe(
      free(["O", "Cu", "O", "Cu"], 0, 0, 0, 2.5, 0, 0, 2.2, 0, 1, 0, 0, -1.5),
    );
    // The third atom is within 3 Å of the first, but its element only counts within 2 Å. The last has no functions.
    expect(Array.from(found.partners)).toEqual([0, 1, 3, 1, 2, 1, 3]);
    expect(Array.from(found.partnerOffsets)).toEqual([0, 3, 4, 6, 7]);
    expect(Array.from(found.gradientOffsets)).toEqual([0, 6, 9, 12, 12, 18, 21, 21]);
    expect(Array.from(found.valueOffsets)).toEqual([0, 2, 2, 4, 4]);

    const alone = new Descriptors(fewFunctions()).describe(
      { ...randomAtoms(1, 2.2, true, 1), species: ["Cu"] },
      { strains: true },
    );
    expect(Array.from(alone.partners)).toEqual([0]);
    expect(alone.gradients.every((x) => x === 0)).toBe(true);
    expect(alone.strains.some((x) => x !== 0)).toBe(true);
  });

  it("are finite for atoms in line, where angles have no derivative", () => {
    const elements = [
      { element: "Cu", functions: allFunctions()[0].functions },
      { element: "O", functions: [] },
    ];
    const chain = free(["Cu", "Cu", "Cu", "O"], 0, 0, 0, 1.5, 0, 0, 3, 0, 0, -1.25, 0, 0);
    expectReference(elements, chain);
  });

  it("of no atoms, one atom and no functions are empty", () => {
    const descriptors = new Descriptors(fewFunctions());
    expect(descriptors.describe(free([])).values.length).toBe(0);
    const one = descriptors.describe(free(["O"], 1, 2, 3), { strains: true });
    expect(one.values.every((x) => x === 0)).toBe(true);
    expect(Array.from(one.partners)).toEqual([0]);
    const none = new Descriptors([{ element: "O", functions: [] }]);
    expect(Array.from(none.describe(free(["O", "O"], 0, 0, 0, 1, 0, 0)).partners)).toEqual([0, 1]);
  });
});

describe("structures and functions that cannot be described", () => {
  const named = (atoms: Atoms) => ({ ...atoms, name: "slab 7", source: { file: "train.xyz", line: 31 } });
  const descriptors = new Descriptors(fewFunctions());

  it.each<[string, Atoms, string]>([
    [
      "a species that the model lacks",
      free(["O", "Ce"], 0, 0, 0, 2, 0, 0),
      "slab 7 (train.xyz:31): atom 2 is Ce, but the model knows O, Cu",
    ],
    [
      "atoms that nearly coincide",
      free(["O", "Cu", "O"], 0, 0, 0, 3, 0, 0, 3, 0, 0.05),
      "slab 7 (train.xyz:31): atoms 2 and 3 are 0.0500 Å apart",
    ],
    [
      "a position that is not finite",
      free(["O", "O"], 0, 0, 0, 0, Number.NaN, 0),
      "slab 7 (train.xyz:31): atom 2: its position (0, NaN, 0) is not finite",
    ],
    [
      "a cell without volume",
      { ...free(["O"], 0, 0, 0), periodic: [true, true, true] },
      "slab 7 (train.xyz:31): the cell has no volume",
    ],
  ])("name %s, its structure and its line", (_, atoms, message) => {
    for (const action of [() => descriptors.describe(named(atoms)), () => descriptors.sizes(named(atoms))]) {
      const failure = failureOf(action);
      expect(failure.code).toBe("data");
      expect(failure.message).toContain(message);
    }
  });

  it("have three coordinates for each atom", () => {
    const failure = failureOf(() => descriptors.describe(free(["O", "Cu"], 0, 0, 0)));
    expect(failure.code).toBe("shape");
    expect(failure.message).toContain("3 coordinates for each of 2 atoms, found 3");
  });

  it("name the atom and the function whose value or derivative is not finite", () => {
    const cutoff = { form: "hard", alpha: 0 } as const;
    const functions: SymmetryFunction[] = [
      { type: 2, neighbour: "O", eta: 1e308, shift: 0, radius: 4, cutoff },
      { type: 2, neighbour: "O", eta: 0, shift: 0, radius: 4, cutoff },
    ];
    const failure = failureOf(() =>
      new Descriptors([{ element: "O", functions }]).describe(named(free(["O", "O"], 0, 0, 0, 3, 0, 0))),
    );
    expect(failure.message).toContain(
      "slab 7 (train.xyz:31): atom 1 (O): a derivative of a symmetry function",
    );
  });

  it("are refused as functions that make no sense", () => {
    const [first] = fewFunctions()[0].functions;
    const withFirst = (change: object) => () =>
      new Descriptors([
        { element: "O", functions: [{ ...first, ...change } as SymmetryFunction] },
        { element: "Cu", functions: [] },
      ]);
    expect(failureOf(withFirst({ eta: -1 })).message).toContain("η is a finite number from 0 on");
    expect(failureOf(withFirst({ neighbour: "Ce" })).message).toContain("of Ce neighbours");
    expect(failureOf(withFirst({ radius: Infinity })).message).toContain("a positive radius");
  });
});
