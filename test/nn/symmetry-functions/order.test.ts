import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atomicNumberOf, elementOfNumber, isElement } from "../../../src/data/elements.ts";
import {
  compareFunctions,
  inElementOrder,
  inFunctionOrder,
} from "../../../src/nn/symmetry-functions/order.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { allFunctions } from "./examples.ts";

describe("the order of elements", () => {
  it("is that of atomic numbers, of ions of one element that of their names", () => {
    const sorted = inElementOrder(["Ce4+", "Cu", "O2-", "Ce3+", "H"], (name) => name);
    expect(sorted).toEqual(["H", "O2-", "Cu", "Ce3+", "Ce4+"]);
    expect(() => inElementOrder(["H", "Va"], (name) => name)).toThrow(/"Va" is no element's symbol/);
  });

  it("knows the atomic number of a species", () => {
    for (let number = 1; number <= 118; number++)
      expect(atomicNumberOf(elementOfNumber(number)!)).toBe(number);
    expect(["Ce3+", "O2-", "Cu_surface", "O2"].map(atomicNumberOf)).toEqual([58, 8, 29, 8]);
    expect(["Va", "", "cu", "Cux", "3+"].map(atomicNumberOf)).toEqual(Array(5).fill(undefined));
    expect([isElement("Ce"), isElement("Ce3+")]).toEqual([true, false]);
  });
});

describe("the order of functions", () => {
  // Each list ascending in one parameter after the other, the later ones descending: what stands first counts more.
  const cos = (alpha: number) => ({ form: "cos", alpha }) as const;
  const two = (
    neighbour: string,
    eta: number,
    shift: number,
    radius: number,
    alpha = 0,
  ): SymmetryFunction => ({
    type: 2,
    neighbour,
    eta,
    shift,
    radius,
    cutoff: cos(alpha),
  });
  const three = (
    neighbours: readonly [string, string],
    [zeta, lambda, shift]: readonly [number, 1 | -1, number],
  ): SymmetryFunction => ({ type: 3, neighbours, eta: 1, shift, lambda, zeta, radius: 6, cutoff: cos(0) });
  const twenty = (neighbour: string, form: "p1" | "p2a", radius: number, left: number): SymmetryFunction => ({
    type: 20,
    neighbour,
    form,
    left,
    radius,
  });
  const twentyTwo = (angleLeft: number, angleRight: number): SymmetryFunction => ({
    type: 22,
    neighbours: ["O", "Cu"],
    form: "p1",
    left: 0,
    radius: 6,
    angleLeft,
    angleRight,
  });

  const ascending: readonly SymmetryFunction[] = [
    { ...two("O", 9, 9, 9, 0.9), cutoff: { form: "hard", alpha: 0.9 } } as SymmetryFunction,
    two("Cu", 9, 9, 9, 0.1),
    two("Cu", 9, 9, 5, 0.2),
    two("Cu", 9, 9, 6, 0.2),
    two("Cu", 10, 8, 6, 0.2),
    two("Cu", 10, 9, 6, 0.2),
    two("O", 10, 10, 6, 0.2),
    two("Cu", 10, 10, 6, 0.2),
    three(["Cu", "Cu"], [4, 1, 0]),
    three(["Cu", "Cu"], [1, 1, 1]),
    three(["Cu", "Cu"], [2, -1, 1]),
    three(["O", "Cu"], [2, 1, 1]),
    three(["Cu", "Cu"], [2, 1, 1]),
    { type: 12, eta: 1, shift: 0, radius: 3, cutoff: cos(0) },
    twenty("Cu", "p1", 9, 9),
    twenty("O", "p2a", 9, 8),
    twenty("O", "p2a", 9, 8.5),
    twenty("Cu", "p2a", 8, 7),
    twentyTwo(10, 90),
    twentyTwo(20, 80),
    twentyTwo(20, 90),
  ];

  it("is n2p2's, parameter by parameter", () => {
    for (let i = 0; i < ascending.length; i++)
      for (let j = 0; j < ascending.length; j++)
        expect(Math.sign(compareFunctions(ascending[i], ascending[j])), `${i} ${j}`).toBe(Math.sign(i - j));
  });

  it("does not look at which way round a pair is written", () => {
    expect(compareFunctions(three(["O", "Cu"], [1, 1, 0]), three(["Cu", "O"], [1, 1, 0]))).toBe(0);
  });

  it("is one order however they are mixed", () => {
    const functions = allFunctions()[0].functions;
    const sorted = inFunctionOrder(functions);
    expect(sorted.length).toBe(functions.length);
    fc.assert(
      fc.property(fc.shuffledSubarray(functions.slice(), { minLength: functions.length }), (mixed) => {
        expect(inFunctionOrder(mixed)).toEqual(sorted);
      }),
      { numRuns: 20 },
    );
  });
});
