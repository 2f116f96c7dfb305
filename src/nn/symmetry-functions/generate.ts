/**
 * Symmetry functions for given elements, cut-off and data, by published recipes. Of each element
 *   radial    for every element of a neighbour: Gaussian shells from the shortest distance of the two elements outwards
 *   narrow,   for every unordered pair of neighbours: Gaussians about the atom, each with all ζ and both signs λ. They begin
 *   wide      at the root mean square of the two shortest distances, where the exponent of the two sides is −1
 *   weighted  one set of radial and one of narrow functions for all elements, weighted with atomic numbers: few functions
 *             for many elements
 *   compact   bells about the atom and shells of neighbours, and wide angular ones: polynomials in place of Gaussians,
 *             faster
 * More than a network needs, so that what the data do not need can go: see prune.ts.
 * @see generate-grids.ts for the formulas and where they come from
 */
import { EcitonError } from "../../core/errors.ts";
import { covalentRadius } from "../../data/element-data.ts";
import type { ElementFunctions } from "./dependence.ts";
import { pairKey, type ShortestDistances } from "./generate-distances.ts";
import {
  angleBells,
  centredBells,
  centredGaussians,
  shiftedBells,
  shiftedGaussians,
} from "./generate-grids.ts";
import { inElementOrder, inFunctionOrder } from "./order.ts";
import type { CutoffFunction, SymmetryFunction } from "./symmetry-function.ts";

export const functionKinds = ["radial", "narrow", "wide", "weighted", "compact"] as const;
export type FunctionKind = (typeof functionKinds)[number];

/** How many functions of each kind. */
export interface FunctionCounts {
  /** Shells of each element of a neighbour. */
  readonly radial: number;
  /** Gaussians of each pair of elements; with each go 2 |ζ| functions. */
  readonly narrow: { readonly widths: number; readonly zetas: readonly number[] };
  readonly wide: { readonly widths: number; readonly zetas: readonly number[] };
  /** Bells and shells of each element, widths and angles of each pair. */
  readonly compact: {
    readonly bells: number;
    readonly shells: number;
    readonly widths: number;
    readonly angles: 3 | 5 | 8;
  };
}

export const functionLevels = ["small", "usual", "large"] as const;
export type FunctionLevel = (typeof functionLevels)[number];

/** Of one element alone: 18, 28 and 68 radial, narrow and wide functions; 12, 24 and 46 compact ones. */
export const levelCounts: Readonly<Record<FunctionLevel, FunctionCounts>> = {
  small: {
    radial: 6,
    narrow: { widths: 1, zetas: [1, 4, 16] },
    wide: { widths: 1, zetas: [1, 4, 16] },
    compact: { bells: 3, shells: 3, widths: 2, angles: 3 },
  },
  usual: {
    radial: 8,
    narrow: { widths: 2, zetas: [1, 4, 16] },
    wide: { widths: 2, zetas: [1, 4] },
    compact: { bells: 4, shells: 5, widths: 3, angles: 5 },
  },
  large: {
    radial: 12,
    narrow: { widths: 4, zetas: [1, 2, 4, 16] },
    wide: { widths: 3, zetas: [1, 2, 4, 16] },
    compact: { bells: 7, shells: 7, widths: 4, angles: 8 },
  },
};

export interface GenerateSettings {
  /** r_c, Å */
  readonly radius: number;
  /** Not used by compact functions, which end by themselves. */
  readonly cutoff: CutoffFunction;
  readonly kinds: readonly FunctionKind[];
  readonly counts: FunctionLevel | FunctionCounts;
  /** Of the training set; null for 0.8 times the sum of covalent radii. */
  readonly distances: ShortestDistances | null;
}

/** Part of the sum of covalent radii that atoms seldom come nearer than. */
const NEAR = 0.8;
/** Å, for elements whose radius is not known. */
const TYPICAL_RADIUS = 1.4;
/** Functions begin at most at this part of the radius, that they find room. */
const LATEST_BEGIN = 0.75;

/**
 * @param elements in any order
 * @returns elements by atomic number, with functions in the order of network inputs
 * @throws {EcitonError} "study" for no element, an element twice, no kind, and a radius or counts that are not positive
 */
export function generateFunctions(
  elements: readonly string[],
  settings: GenerateSettings,
): ElementFunctions[] {
  const { radius, kinds } = settings;
  const counts = typeof settings.counts === "string" ? levelCounts[settings.counts] : settings.counts;
  checkSettings(elements, settings, counts);
  const ordered = inElementOrder(elements, (name) => name);
  return ordered.map((element) => {
    const begin = new Map(ordered.map((other) => [other, firstDistance(element, other, settings)]));
    const place: Place = {
      neighbours: ordered.map((neighbour) => ({ neighbour, from: begin.get(neighbour)! })),
      pairs: ordered.flatMap((a, k) =>
        ordered.slice(k).map((b) => ({
          neighbours: [a, b] as const,
          from: Math.sqrt((begin.get(a)! ** 2 + begin.get(b)! ** 2) / 2),
        })),
      ),
      radius,
      cutoff: settings.cutoff,
    };
    return {
      element,
      functions: inFunctionOrder([...new Set(kinds)].flatMap((kind) => functionsOf(kind, place, counts))),
    };
  });
}

interface Place {
  readonly neighbours: readonly { readonly neighbour: string; readonly from: number }[];
  readonly pairs: readonly { readonly neighbours: readonly [string, string]; readonly from: number }[];
  readonly radius: number;
  readonly cutoff: CutoffFunction;
}

function functionsOf(kind: FunctionKind, place: Place, counts: FunctionCounts): SymmetryFunction[] {
  const { neighbours, pairs, radius, cutoff } = place;
  const nearest = Math.min(...neighbours.map(({ from }) => from));
  switch (kind) {
    case "radial":
      return neighbours.flatMap(({ neighbour, from }) =>
        shiftedGaussians(from, radius, counts.radial).map(
          (one): SymmetryFunction => ({ type: 2, neighbour, ...one, radius, cutoff }),
        ),
      );
    case "narrow":
    case "wide":
      return pairs.flatMap(({ neighbours, from }) =>
        cones(from, radius, counts[kind]).map(
          (one): SymmetryFunction => ({
            type: kind === "narrow" ? 3 : 9,
            neighbours,
            ...one,
            radius,
            cutoff,
          }),
        ),
      );
    case "weighted":
      return [
        ...shiftedGaussians(nearest, radius, counts.radial).map(
          (one): SymmetryFunction => ({ type: 12, ...one, radius, cutoff }),
        ),
        ...cones(nearest, radius, counts.narrow).map(
          (one): SymmetryFunction => ({ type: 13, ...one, radius, cutoff }),
        ),
      ];
    case "compact":
      return [
        ...neighbours.flatMap(({ neighbour, from }) =>
          [
            ...centredBells(from, radius, counts.compact.bells),
            ...shiftedBells(from, radius, counts.compact.shells),
          ].map((one): SymmetryFunction => ({ type: 20, neighbour, ...one })),
        ),
        ...pairs.flatMap(({ neighbours, from }) =>
          centredBells(from, radius, counts.compact.widths).flatMap((bell) =>
            angleBells(counts.compact.angles).map(
              (angles): SymmetryFunction => ({ type: 22, neighbours, ...bell, ...angles }),
            ),
          ),
        ),
      ];
    default:
      return kind satisfies never;
  }
}

function cones(from: number, radius: number, { widths, zetas }: FunctionCounts["narrow"]) {
  return centredGaussians(from, radius, widths).flatMap((one) =>
    zetas.flatMap((zeta) => ([-1, 1] as const).map((lambda) => ({ ...one, zeta, lambda }))),
  );
}

function firstDistance(a: string, b: string, { distances, radius }: GenerateSettings): number {
  const size = (element: string) => covalentRadius(element) ?? TYPICAL_RADIUS;
  const near = distances?.get(pairKey(a, b)) ?? NEAR * (size(a) + size(b));
  return Math.min(near, LATEST_BEGIN * radius);
}

function checkSettings(
  elements: readonly string[],
  { radius, kinds, cutoff }: GenerateSettings,
  counts: FunctionCounts,
): void {
  const fail = (message: string): never => {
    throw new EcitonError("study", `symmetry functions: ${message}`);
  };
  if (elements.length === 0) fail("there is no element to generate them for");
  const twice = elements.find((name, k) => elements.indexOf(name) !== k);
  if (twice !== undefined) fail(`element ${twice} is there twice`);
  if (kinds.length === 0) fail(`expected some of ${functionKinds.join(", ")}, found no kind`);
  if (!(radius > 0 && Number.isFinite(radius))) fail(`the cut-off must be positive, found ${radius} Å`);
  if (!(cutoff.alpha >= 0 && cutoff.alpha < 1))
    fail(`the inner part of the cut-off must be at least 0 and below 1, found ${cutoff.alpha}`);
  const { radial, narrow, wide, compact } = counts;
  const numbers = [radial, narrow.widths, wide.widths, compact.bells, compact.shells, compact.widths];
  if (!numbers.every((n) => Number.isInteger(n) && n >= 1))
    fail(`counts must be whole numbers from 1 on, found ${numbers.join(", ")}`);
  for (const zetas of [narrow.zetas, wide.zetas])
    if (zetas.length === 0 || !zetas.every((zeta) => zeta >= 1) || new Set(zetas).size < zetas.length)
      fail(`ζ must be different numbers from 1 on, found ${zetas.join(", ") || "none"}`);
}
