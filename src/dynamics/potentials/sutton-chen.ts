/**
 * The Sutton-Chen potential of fcc metals and their alloys:
 *   E = Σ_i [ 1/2 Σ_{j≠i} ε_ab (a_ab/r_ij)^n_ab - ε_aa c_a sqrt(ρ_i) ],   ρ_i = Σ_{j≠i} (a_ab/r_ij)^m_ab
 * where a and b are the species of i and j. Unlike atoms: n_ab and m_ab are arithmetic means, a_ab and ε_ab geometric ones.
 * @see A. P. Sutton, J. Chen, Phil. Mag. Lett. 61, 139 (1990)
 * @see H. Rafii-Tabar, A. P. Sutton, Phil. Mag. Lett. 63, 217 (1991)
 */

import type { Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import type { EmbeddedAtomFunctions, ValueAndSlope } from "./embedded-atoms.ts";
import { squareRoot } from "./gupta.ts";
import { manyBodyPotential } from "./many-body-potential.ts";
import { checkCutoff, cutOff, type SmoothCutoff } from "./smooth-cutoff.ts";

export interface SuttonChenElement {
  readonly species: string;
  /** Whole numbers, n > m. */
  readonly n: number;
  readonly m: number;
  readonly epsilon_eV: number;
  readonly c: number;
  readonly a_A: number;
}

export interface SuttonChenSpec {
  readonly kind: "sutton-chen";
  /** For people: "Sutton, Chen 1990". */
  readonly title: string;
  readonly elements: readonly SuttonChenElement[];
  /**
   * Applied to both powers; null: none, for clusters only. The parameters belong to sums over all neighbours, and powers
   * of 6 and 7 reach far: two lattice constants leave the cohesive energy of copper within 2 %.
   */
  readonly cutoff: SmoothCutoff | null;
}

/** What a pair of species has of its own. */
interface SuttonChenPair {
  readonly n: number;
  readonly m: number;
  readonly epsilon: number;
  readonly a: number;
}

/** The usual cut-off of two lattice constants, of the largest species, smooth over its last tenth. */
export function twoLatticeConstants(elements: readonly SuttonChenElement[]): SmoothCutoff {
  const a = Math.max(...elements.map((element) => element.a_A));
  return { from_A: 1.8 * a, to_A: 2 * a };
}

function pairOf(one: SuttonChenElement, other: SuttonChenElement): SuttonChenPair {
  return {
    n: (one.n + other.n) / 2,
    m: (one.m + other.m) / 2,
    epsilon: Math.sqrt(one.epsilon_eV * other.epsilon_eV),
    a: Math.sqrt(one.a_A * other.a_A),
  };
}

/** The plain formulas; what the kernel computes fast. */
export function suttonChenFunctions(spec: SuttonChenSpec): EmbeddedAtomFunctions {
  checkElements(spec.elements);
  if (spec.cutoff) checkCutoff(spec.cutoff);
  const { elements, cutoff } = spec;
  return {
    species: elements.map((element) => element.species),
    cutoff: cutoff?.to_A ?? Number.POSITIVE_INFINITY,
    pair: (i, j, r) => {
      const { n, epsilon, a } = pairOf(elements[i], elements[j]);
      return cutOff(power(epsilon, a, n, r), r, cutoff);
    },
    density: (i, j, r) => {
      const { m, a } = pairOf(elements[i], elements[j]);
      return cutOff(power(1, a, m, r), r, cutoff);
    },
    embedding: (i, density) => squareRoot(elements[i].epsilon_eV * elements[i].c, density),
  };
}

function power(height: number, a: number, exponent: number, r: number): ValueAndSlope {
  const value = height * (a / r) ** exponent;
  return [value, (-exponent * value) / r];
}

/** @throws {EcitonError} "data" for parameters that are not positive or exponents that are not whole numbers n > m */
export function suttonChenPotential(spec: SuttonChenSpec): Potential {
  const functions = suttonChenFunctions(spec);
  const { elements } = spec;
  return manyBodyPotential({
    name: `Sutton-Chen ${functions.species.join("-")} (${spec.title})`,
    functions,
    kernel: {
      form: "powers",
      cutoff: spec.cutoff,
      pair: (i, j) => {
        const { n, m, epsilon, a } = pairOf(elements[i], elements[j]);
        return { length: a, pairHeight: epsilon, pairDecay: n, densityHeight: 1, densityDecay: m };
      },
      root: (i) => elements[i].epsilon_eV * elements[i].c,
    },
  });
}

function checkElements(elements: readonly SuttonChenElement[]): void {
  if (elements.length === 0) throw new EcitonError("data", "Sutton-Chen parameters: no species is given");
  for (const [i, element] of elements.entries()) {
    const fail = (message: string): never => {
      throw new EcitonError("data", `Sutton-Chen parameters of ${element.species}: ${message}`, {
        species: element.species,
      });
    };
    if (elements.findIndex((other) => other.species === element.species) < i) fail("given twice");
    for (const key of ["epsilon_eV", "c", "a_A"] as const)
      if (!(element[key] > 0 && Number.isFinite(element[key])))
        fail(`${key} is ${element[key]}; expected a positive number`);
    const { n, m } = element;
    if (!(Number.isInteger(n) && Number.isInteger(m) && n > m && m > 3 && n <= 30))
      fail(
        `n is ${n} and m is ${m}; expected whole numbers with 30 >= n > m > 3 (sums over a crystal are infinite below)`,
      );
  }
}
