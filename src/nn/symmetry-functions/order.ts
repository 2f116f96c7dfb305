/**
 * The order of elements and of their symmetry functions, n2p2's: the index in scaling files, and the number of the
 * network's input. Lengths are compared in Å; that they were in another unit before changes nothing, as the same number
 * becomes the same number.
 */
import { EcitonError } from "../../core/errors.ts";
import { atomicNumberOf } from "../../data/elements.ts";
import { cutoffForms, type SymmetryFunction } from "./symmetry-function.ts";

/**
 * By atomic number; those of the same element (ions) by name.
 * @throws {EcitonError} "data" for what is no element
 */
export function inElementOrder<Item>(items: readonly Item[], element: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, name: element(item), number: numberOf(element(item)) }))
    .sort((a, b) => a.number - b.number || compareText(a.name, b.name))
    .map(({ item }) => item);
}

/**
 * Of one element: by type, then with a cut-off function by form, α, r_c, η, r_s, (ζ, λ,) and neighbours; those of compact
 * support by form, neighbours, r_c, left end, (angles). Equal ones keep their order.
 */
export function inFunctionOrder<One extends SymmetryFunction>(functions: readonly One[]): One[] {
  return functions.slice().sort(compareFunctions);
}

/** Negative where a comes first, 0 for functions of equal parameters. */
export function compareFunctions(a: SymmetryFunction, b: SymmetryFunction): number {
  if (a.type !== b.type) return a.type - b.type;
  const keys = keysOf(a);
  const others = keysOf(b);
  for (let k = 0; k < keys.length; k++) {
    const [x, y] = [keys[k], others[k]];
    const order = typeof x === "string" ? compareText(x, String(y)) : x - Number(y);
    if (order !== 0) return order;
  }
  return 0;
}

function keysOf(one: SymmetryFunction): (number | string)[] {
  const neighbours =
    "neighbour" in one
      ? [numberOf(one.neighbour), one.neighbour]
      : "neighbours" in one
        ? pairKeys(one.neighbours)
        : [];
  if ("form" in one) {
    const angles = "angleLeft" in one ? [one.angleLeft, one.angleRight] : [];
    return [one.form, ...neighbours, one.radius, one.left, ...angles];
  }
  const { form, alpha } = one.cutoff;
  const angular = "zeta" in one ? [one.zeta, one.lambda] : [];
  return [cutoffForms.indexOf(form), alpha, one.radius, one.eta, one.shift, ...angular, ...neighbours];
}

/** The pair as it is sorted: a function may be written with its elements in either order. */
function pairKeys(pair: readonly [string, string]): (number | string)[] {
  return inElementOrder(pair, (name) => name).flatMap((name) => [numberOf(name), name]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function numberOf(element: string): number {
  const number = atomicNumberOf(element);
  if (number === undefined)
    throw new EcitonError(
      "data",
      `symmetry functions are ordered by atomic number; "${element}" is no element's symbol, alone or with a charge`,
    );
  return number;
}
