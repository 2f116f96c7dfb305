/** How much one neighbour, or one pair of them, can add to a symmetry function: the scale that its values are judged by. */
import type { ElementFunctions } from "./dependence.ts";
import { pairKey, type ShortestDistances } from "./generate-distances.ts";
import type { SymmetryFunction } from "./symmetry-function.ts";
import { type Term, termOf } from "./terms.ts";

/** Points along a distance, of radial and of angular functions, and along an angle. */
const DISTANCES = 200;
const DISTANCES_OF_PAIRS = 12;
const ANGLES = 19;
/** Å, for elements that were never seen near each other. */
const NEAREST = 1;

/**
 * The largest term of the sum, over places no nearer to the atom and to each other than atoms of these elements were seen; on
 * a grid, so to some per cent. Powers of cones, products of cut-offs and atomic numbers make it anything from 1e-6 to 1e3.
 * @param element of the atom that has the function
 * @param elements of the model
 */
export function largestTerm(
  one: SymmetryFunction,
  element: string,
  elements: readonly ElementFunctions[],
  distances: ShortestDistances,
): number {
  const term = termOf(one, elements);
  const names = elements.map((other) => other.element);
  const near = (a: string, b: string) => distances.get(pairKey(a, b)) ?? NEAREST;
  const from = names.map((name) => near(element, name));
  const kinds = term.kinds ?? names.map((_, kind) => kind);
  if (term.angular === null)
    return Math.max(...kinds.map((a) => term.weights[a] * largest(curve(term, from[a], DISTANCES).values)));
  // Of a pair, one of each; of all elements, any two.
  const pairs = term.kinds ? [[kinds[0], kinds[1]]] : kinds.flatMap((a) => kinds.map((b) => [a, b]));
  return Math.max(
    ...pairs.map(
      ([a, b]) =>
        term.weights[a] * term.weights[b] * largestPair(term, from[a], from[b], near(names[a], names[b])),
    ),
  );
}

function largestPair(term: Term, fromJ: number, fromK: number, apart: number): number {
  const j = curve(term, fromJ, DISTANCES_OF_PAIRS);
  const k = curve(term, fromK, DISTANCES_OF_PAIRS);
  let most = 0;
  for (let t = 0; t < ANGLES; t++) {
    const cosine = Math.cos((t * Math.PI) / (ANGLES - 1));
    const cone = Math.abs(term.angular!(cosine)[0]);
    if (cone === 0) continue;
    j.at.forEach((r, m) => {
      k.at.forEach((s, n) => {
        const across = Math.sqrt(Math.max(0, r * r + s * s - 2 * r * s * cosine));
        if (across < apart) return;
        const third = term.narrow ? Math.abs(term.radial(across)[0]) : 1;
        most = Math.max(most, cone * j.values[m] * k.values[n] * third);
      });
    });
  }
  return most;
}

/** |R| from a distance to the radius, which may be nearer. */
function curve({ radial, radius }: Term, from: number, points: number) {
  const begin = Math.min(from, radius);
  const at = Array.from({ length: points }, (_, k) => begin + (k * (radius - begin)) / points);
  return { at, values: at.map((r) => Math.abs(radial(r)[0])) };
}

const largest = (values: readonly number[]) => Math.max(...values);
