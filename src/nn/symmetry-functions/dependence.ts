/** Which neighbours a symmetry function looks at. */
import type { Dependence } from "./structure-descriptors.ts";
import type { SymmetryFunction } from "./symmetry-function.ts";

/** An element of a model with the symmetry functions of its atoms. */
export interface ElementFunctions {
  readonly element: string;
  readonly functions: readonly SymmetryFunction[];
}

/** The elements of the neighbours that enter a function; null for all. */
export function neighboursOf(one: SymmetryFunction): readonly string[] | null {
  if ("neighbour" in one) return [one.neighbour];
  return "neighbours" in one ? one.neighbours : null;
}

/** dependence[i][j]: the functions of element i that depend on neighbours of element j, ascending. */
export function dependenceOf(elements: readonly ElementFunctions[]): Dependence {
  return elements.map(({ functions }) =>
    elements.map(({ element }) =>
      Uint16Array.from(
        functions.flatMap((one, g) => (neighboursOf(one)?.includes(element) === false ? [] : [g])),
      ),
    ),
  );
}
