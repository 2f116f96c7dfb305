/**
 * Values of cut-off and symmetry functions from the unit tests of n2p2 (CompPhysVienna/n2p2, commit 61daa0df,
 * test/cpp/test_CutoffFunction.cpp and fixtures.h), which hold them to 2.2e-15 and 2.2e-13. Lengths have no unit there.
 */
import {
  type CompactAngularFunction,
  type CompactRadialFunction,
  type CutoffForm,
  cutoffForms,
  type SymmetryFunction,
} from "../../../src/nn/symmetry-functions/symmetry-function.ts";

/** Radius 3, inner radius 0.6: value and slope at 2.4, and at 0.3. */
export const cutoffValues: Record<
  CutoffForm,
  readonly [readonly [number, number], readonly [number, number]]
> = {
  hard: [
    [1, 0],
    [1, 0],
  ],
  cos: [
    [1.464466094067261e-1, -4.6280030605816297e-1],
    [1, 0],
  ],
  tanh3: [
    [7.6891537120697719e-3, -3.7439367857705103e-2],
    [3.675200014455382e-1, -2.4982884456067705e-1],
  ],
  "tanh3-normalised": [
    [1.7406350897769041e-2, -8.4753511078717925e-2],
    [8.3197479809356334e-1, -5.6555099503099682e-1],
  ],
  exp: [
    [2.7645304662956399e-1, -9.0270382572918972e-1],
    [1, 0],
  ],
  poly1: [
    [1.5625e-1, -4.6875e-1],
    [1, 0],
  ],
  poly2: [
    [1.03515625e-1, -4.39453125e-1],
    [1, 0],
  ],
  poly3: [
    [7.0556640625e-2, -3.84521484375e-1],
    [1, 0],
  ],
  poly4: [
    [4.8927307128898589e-2, -3.2444000244142152e-1],
    [1, 0],
  ],
};

const cutoff = { form: cutoffForms[2], alpha: 0 };
type Weight = readonly [eta: number, shift: number];
const gauss = ([eta, shift]: Weight) => ({ eta, shift, radius: 10, cutoff });

const radial = (type: 2 | 12, neighbour: string, weight: Weight): SymmetryFunction =>
  type === 2 ? { type, neighbour, ...gauss(weight) } : { type, ...gauss(weight) };

const angular = (
  type: 3 | 9 | 13,
  neighbours: readonly [string, string],
  weight: Weight,
  lambda: 1 | -1,
  zeta: number,
): SymmetryFunction =>
  type === 13
    ? { type, lambda, zeta, ...gauss(weight) }
    : { type, neighbours, lambda, zeta, ...gauss(weight) };

const compact = (type: 20 | 23, left: number, radius: number): CompactRadialFunction => {
  const common = { form: "p2", left, radius } as const;
  return type === 20 ? { type, neighbour: "H", ...common } : { type, ...common };
};

const cone = (
  type: 21 | 22 | 24 | 25,
  left: number,
  angleLeft: number,
  angleRight: number,
): CompactAngularFunction => {
  const common = { form: "p2", left, radius: 10, angleLeft, angleRight } as const;
  return type < 24
    ? { type: type as 21 | 22, neighbours: ["H", "H"], ...common }
    : { type: type as 24 | 25, ...common };
};

const hh = ["H", "H"] as const;
const weighted = (factor: number): [SymmetryFunction, number][] => [
  [radial(12, "", [0.001, 0]), factor * 4.6578975865793892e-1],
  [radial(12, "", [0.03, 1]), factor * 4.2613074319879601e-1],
  [angular(13, hh, [0.001, 0], 1, 1), factor ** 2 * 2.2781144245150042e-2],
  [angular(13, hh, [0.03, 2], -1, 4), factor ** 2 * 2.6506732726623567e-5],
  [compact(23, -10, 10), factor * 1.7165382856107492],
  [compact(23, 0, 8), factor * 1.6382917869955584],
  [compact(23, 1, 3), factor * 0.59406437434580717],
  [cone(24, -10, 0, 180), factor ** 2 * 0.39698365829232357],
  [cone(24, 0, 10, 60), factor ** 2 * 0.056548996092037257],
  [cone(24, 1, 40, 120), factor ** 2 * 0.0017053618495084467],
  [cone(25, -10, 0, 180), factor ** 2 * 0.44024195735097937],
  [cone(25, 0, 10, 60), factor ** 2 * 0.11754988673789454],
  [cone(25, 1, 40, 120), factor ** 2 * 0.008811770360680239],
];

export interface PublishedCase {
  readonly elements: readonly string[];
  readonly species: readonly string[];
  /** Of the first atom. */
  readonly values: readonly (readonly [SymmetryFunction, number])[];
}

/** Of the atoms that each case has species for. */
export const places = Float64Array.of(0, 0, 0, 1, 2, 1, 0, 3, -1, -2, 1, -0.5);

export const publishedCases: readonly PublishedCase[] = [
  {
    elements: ["H"],
    species: ["H", "H", "H"],
    values: [
      [radial(2, "H", [0.001, 0]), 4.6578975865793892e-1],
      [radial(2, "H", [0.03, 1]), 4.2613074319879601e-1],
      [angular(3, hh, [0.001, 0], 1, 1), 2.2781144245150042e-2],
      [angular(3, hh, [0.03, 2], -1, 4), 2.6506732726623567e-5],
      [angular(9, hh, [0.001, 0], 1, 1), 8.8187604914213763e-2],
      [angular(9, hh, [0.031, 2], -1, 4), 1.0245670290254523e-4],
      [compact(20, -10, 10), 1.7165382856107492],
      [compact(20, 0, 8), 1.6382917869955584],
      [compact(20, 1, 3), 0.59406437434580717],
      [cone(21, -10, 0, 180), 0.39698365829232357],
      [cone(21, 0, 10, 60), 0.056548996092037257],
      [cone(21, 1, 40, 120), 0.0017053618495084467],
      [cone(22, -10, 0, 180), 0.44024195735097937],
      [cone(22, 0, 10, 60), 0.11754988673789454],
      [cone(22, 1, 40, 120), 0.008811770360680239],
      ...weighted(1),
    ],
  },
  // The same neighbours as helium, of atomic number 2.
  { elements: ["H", "He"], species: ["H", "He", "He"], values: weighted(2) },
  {
    elements: ["S", "Cu", "U"],
    species: ["S", "S", "Cu", "U"],
    values: [
      [radial(2, "Cu", [0.03, 1]), 1.8212508087363616e-1],
      [radial(2, "U", [0.03, 1]), 2.5814603379946083e-1],
      [angular(3, ["S", "Cu"], [0.001, 0], 1, 1), 2.2781144245150042e-2],
      [angular(3, ["S", "U"], [0.001, 0], 1, 1), 1.1723866787654575e-2],
      [angular(3, ["Cu", "U"], [0.001, 0], 1, 1), 1.8921487310992163e-2],
      [radial(12, "", [0.001, 0]), 3.4986591461381153e1],
      [radial(12, "", [0.03, 1]), 3.2935153052088403e1],
      [angular(13, hh, [0.001, 0], 1, 1), 7.8310510986904234e1],
      [angular(13, hh, [0.001, 1], -1, 4), 3.697800463414326],
    ],
  },
];
