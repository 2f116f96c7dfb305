/** Functions of every type and form, and atoms to try them on. */
import { RandomStream } from "../../../src/core/random.ts";
import type { Structure } from "../../../src/data/structure.ts";
import type { ElementFunctions } from "../../../src/nn/symmetry-functions/dependence.ts";
import {
  type CutoffFunction,
  compactForms,
  cutoffForms,
  type SymmetryFunction,
} from "../../../src/nn/symmetry-functions/symmetry-function.ts";

export type Atoms = Pick<Structure, "species" | "positions" | "cell" | "periodic">;

/** Every type with a cut-off function, each with radii and parameters of its own, for neighbours a and b. */
export function functionsOfCutoff(cutoff: CutoffFunction, a: string, b: string): SymmetryFunction[] {
  return [
    { type: 2, neighbour: a, eta: 0.3, shift: 1.5, radius: 4.1, cutoff },
    { type: 2, neighbour: b, eta: 0.05, shift: 0, radius: 3.7, cutoff },
    { type: 3, neighbours: [a, b], eta: 0.02, shift: 0, lambda: 1, zeta: 1, radius: 4.3, cutoff },
    { type: 3, neighbours: [b, b], eta: 0.05, shift: 1.1, lambda: -1, zeta: 4, radius: 3.9, cutoff },
    { type: 9, neighbours: [a, a], eta: 0.01, shift: 0.7, lambda: -1, zeta: 2.5, radius: 3.6, cutoff },
    { type: 9, neighbours: [a, b], eta: 0.1, shift: 0, lambda: 1, zeta: 16, radius: 4, cutoff },
    { type: 12, eta: 0.08, shift: 0.9, radius: 3.8, cutoff },
    { type: 13, eta: 0.03, shift: 0.4, lambda: 1, zeta: 2, radius: 3.5, cutoff },
  ];
}

/** Every type of compact support in every form. */
export function compactFunctions(a: string, b: string): SymmetryFunction[] {
  return compactForms.flatMap((form): SymmetryFunction[] => [
    { type: 20, neighbour: a, form, left: 1, radius: 4 },
    { type: 20, neighbour: b, form, left: -3.9, radius: 3.9 },
    { type: 21, neighbours: [a, b], form, left: 0.5, radius: 4.4, angleLeft: 20, angleRight: 150 },
    { type: 21, neighbours: [b, b], form, left: -4, radius: 4, angleLeft: -100, angleRight: 100 },
    { type: 22, neighbours: [a, a], form, left: 1.2, radius: 4.1, angleLeft: 70, angleRight: 290 },
    { type: 22, neighbours: [a, b], form, left: 0, radius: 3.7, angleLeft: 0, angleRight: 180 },
    { type: 23, form, left: 0.8, radius: 3.6 },
    { type: 24, form, left: 0.3, radius: 4.2, angleLeft: 30, angleRight: 160 },
    { type: 25, form, left: 1, radius: 3.5, angleLeft: 45, angleRight: 135 },
  ]);
}

/** Of oxygen and copper, all types and forms at both. */
export function allFunctions(): ElementFunctions[] {
  const functions = [
    ...cutoffForms.flatMap((form, k) => functionsOfCutoff({ form, alpha: k % 2 === 0 ? 0 : 0.3 }, "O", "Cu")),
    ...compactFunctions("O", "Cu"),
  ];
  return [
    { element: "O", functions },
    { element: "Cu", functions: functions.slice().reverse() },
  ];
}

/** One of each type. */
export function fewFunctions(): ElementFunctions[] {
  const types = new Set<number>();
  const functions = [
    ...functionsOfCutoff({ form: "cos", alpha: 0 }, "O", "Cu"),
    ...compactFunctions("O", "Cu"),
  ].filter(({ type }) => !types.has(type) && types.add(type));
  return [
    { element: "O", functions },
    { element: "Cu", functions },
  ];
}

/** Atoms in a skew cell or a box of that size, none closer than 1.2 Å to another or its own image. */
export function randomAtoms(count: number, size: number, periodic: boolean, seed: number): Atoms {
  const random = new RandomStream(seed, 0);
  const cell = Float64Array.of(size, 0.1, 0, 0.4, 1.1 * size, -0.2, -0.3, 0.2, 0.95 * size);
  const inCell = (f: readonly number[]) =>
    [0, 1, 2].map((c) => f[0] * cell[c] + f[1] * cell[3 + c] + f[2] * cell[6 + c]);
  const shifts = [-1, 0, 1];
  const placed: number[][] = [];
  while (placed.length < count) {
    const place = inCell([random.nextFloat(), random.nextFloat(), random.nextFloat()]);
    const near = placed.some((other) =>
      shifts.some((u) =>
        shifts.some((v) =>
          shifts.some((w) => {
            const image = inCell([u, v, w]);
            return Math.hypot(...place.map((x, c) => x - other[c] - image[c])) < 1.2;
          }),
        ),
      ),
    );
    if (!near) placed.push(place);
  }
  return {
    species: placed.map((_, i) => (i % 2 === 0 ? "O" : "Cu")),
    positions: Float64Array.from(placed.flat()),
    cell: periodic ? cell : new Float64Array(9),
    periodic: [periodic, periodic, periodic],
  };
}
