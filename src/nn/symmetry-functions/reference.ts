/** Symmetry functions by their plain formulas, which tests hold the kernel against. */
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import { dependenceOf, type ElementFunctions } from "./dependence.ts";
import { describeFunction } from "./describe-function.ts";
import { type StructureDescriptors, VOIGT } from "./structure-descriptors.ts";
import { type Term, termOf } from "./terms.ts";

/**
 * All functions of all atoms, unscaled, with their derivatives. The partners of an atom are itself and the others within
 * the longest radius of its functions, ascending.
 * @param elements of the model; species of the structure carry exactly these names
 * @param structure positions in Å, anywhere; the cell may be smaller than the radii
 * @throws {EcitonError} "data" for a species that the elements do not have, atoms that coincide, and functions whose
 *   parameters make no sense
 */
export function describeStructure(
  elements: readonly ElementFunctions[],
  structure: Pick<Structure, "species" | "positions" | "cell" | "periodic">,
  { strains = false }: { readonly strains?: boolean } = {},
): StructureDescriptors {
  const { species, positions, cell, periodic } = structure;
  const terms = elements.map(({ functions }) => functions.map((one) => termOf(one, elements)));
  const longest = terms.map((ofElement) => Math.max(0, ...ofElement.map(({ radius }) => radius)));
  const dependence = dependenceOf(elements);
  const kinds = kindsOf(elements, species);
  const list = neighbourList(positions, cell, periodic, Math.max(...longest));

  const atoms = Array.from(kinds, (kind, i) => {
    const near: Neighbour[] = [];
    for (let n = list.first[i]; n < list.first[i + 1]; n++) {
      const atom = list.index[n];
      const distance = list.distances[n];
      if (distance === 0)
        throw new EcitonError("data", `atoms ${i + 1} and ${atom + 1} are at the same place`, {
          atoms: [i, atom],
          distance_A: 0,
        });
      if (distance < longest[kind])
        near.push({ atom, kind: kinds[atom], vector: list.vectors.subarray(3 * n, 3 * n + 3), distance });
    }
    const functions = terms[kind].map((term) =>
      term.angular ? ofPairs(term, near) : ofNeighbours(term, near),
    );
    const wrong = functions.findIndex(({ value, slopes }) => ![value, ...slopes].every(Number.isFinite));
    if (wrong >= 0)
      throw new EcitonError(
        "data",
        `atom ${i + 1} (${species[i]}): ${describeFunction(elements[kind].functions[wrong], species[i])} is not finite`,
        { atoms: [i], function: wrong },
      );
    return { functions, near, partners: partnersOf(i, near, dependence[kind]) };
  });

  const partners = atoms.flatMap((one) => one.partners);
  const sizes = atoms.flatMap((one, i) =>
    one.partners.map((partner) =>
      partner === i ? one.functions.length : dependence[kinds[i]][kinds[partner]].length,
    ),
  );
  const gradients = atoms.flatMap((one, i) =>
    one.partners.flatMap((partner) =>
      partner === i
        ? one.functions.flatMap((of) => ownGradient(i, of, one.near))
        : Array.from(dependence[kinds[i]][kinds[partner]]).flatMap((g) =>
            gradientOf(partner, one.functions[g], one.near),
          ),
    ),
  );
  return {
    numAtoms: species.length,
    kinds,
    valueOffsets: Uint32Array.from(offsets(atoms.map((one) => one.functions.length))),
    values: Float64Array.from(atoms.flatMap((one) => one.functions.map(({ value }) => value))),
    partnerOffsets: Uint32Array.from(offsets(atoms.map((one) => one.partners.length))),
    partners: Uint32Array.from(partners),
    gradientOffsets: Float64Array.from(offsets(sizes.map((size) => 3 * size))),
    gradients: Float64Array.from(gradients),
    strains: Float64Array.from(
      strains ? atoms.flatMap((one) => one.functions.flatMap((of) => strainOf(of, one.near))) : [],
    ),
  };
}

interface Neighbour {
  readonly atom: number;
  readonly kind: number;
  /** To this image of the atom, Å. */
  readonly vector: Float64Array;
  readonly distance: number;
}

interface OneFunction {
  readonly value: number;
  /** ∂G/∂vector of each neighbour, 3 numbers each. */
  readonly slopes: Float64Array;
}

/** Σ_j w_j R(r_ij) */
function ofNeighbours({ radial, kinds, weights }: Term, near: readonly Neighbour[]): OneFunction {
  let value = 0;
  const slopes = new Float64Array(3 * near.length);
  near.forEach(({ kind, vector, distance }, j) => {
    if (kinds !== null && kinds[0] !== kind) return;
    const [r, slope] = radial(distance);
    value += weights[kind] * r;
    for (let c = 0; c < 3; c++) slopes[3 * j + c] = (weights[kind] * slope * vector[c]) / distance;
  });
  return { value, slopes };
}

/** Σ_{j<k} w_j w_k R(r_ij) R(r_ik) [R(r_jk)] A(cos θ_jik) */
function ofPairs(term: Term, near: readonly Neighbour[]): OneFunction {
  const { radial, kinds, weights, narrow } = term;
  const angular = term.angular!;
  const inPair = (a: number, b: number) =>
    kinds === null || (a === kinds[0] && b === kinds[1]) || (a === kinds[1] && b === kinds[0]);
  const curves = near.map(({ kind, distance }) =>
    kinds === null || kinds.includes(kind) ? radial(distance) : ([0, 0] as const),
  );
  let value = 0;
  const slopes = new Float64Array(3 * near.length);
  for (let j = 0; j < near.length; j++) {
    const [rij, slopeij] = curves[j];
    if (rij === 0) continue;
    const { vector: u, distance: dij, kind: kindj } = near[j];
    for (let k = j + 1; k < near.length; k++) {
      const [rik, slopeik] = curves[k];
      if (rik === 0 || !inPair(kindj, near[k].kind)) continue;
      const { vector: v, distance: dik } = near[k];
      const djk = Math.hypot(v[0] - u[0], v[1] - u[1], v[2] - u[2]);
      const [rjk, slopejk] = narrow ? radial(djk) : ([1, 0] as const);
      if (rjk === 0) continue;
      const cosine = (u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) / (dij * dik);
      const [a, slopea] = angular(cosine);
      const weight = weights[kindj] * weights[near[k].kind];
      value += weight * rij * rik * rjk * a;
      // Derivatives along r_ij, r_ik, r_jk and cos θ; ∂cos θ/∂u = v/|u||v| − cos θ u/|u|².
      const byij = weight * slopeij * rik * rjk * a;
      const byik = weight * rij * slopeik * rjk * a;
      const byjk = weight * rij * rik * slopejk * a;
      const bycos = weight * rij * rik * rjk * slopea;
      for (let c = 0; c < 3; c++) {
        const across = narrow ? (byjk * (v[c] - u[c])) / djk : 0;
        const cosu = v[c] / (dij * dik) - (cosine * u[c]) / (dij * dij);
        const cosv = u[c] / (dij * dik) - (cosine * v[c]) / (dik * dik);
        slopes[3 * j + c] += (byij * u[c]) / dij + bycos * cosu - across;
        slopes[3 * k + c] += (byik * v[c]) / dik + bycos * cosv + across;
      }
    }
  }
  return { value, slopes };
}

function kindsOf(elements: readonly ElementFunctions[], species: readonly string[]): Uint8Array {
  const names = elements.map(({ element }) => element);
  return Uint8Array.from(species, (name, i) => {
    const kind = names.indexOf(name);
    if (kind < 0)
      throw new EcitonError(
        "data",
        `atom ${i + 1} is ${name}, but the symmetry functions are of ${names.join(", ")}`,
        { atoms: [i] },
      );
    return kind;
  });
}

function partnersOf(i: number, near: readonly Neighbour[], dependence: readonly Uint16Array[]): number[] {
  const others = new Set(near.filter(({ kind }) => dependence[kind].length > 0).map(({ atom }) => atom));
  others.delete(i);
  return [i, ...Array.from(others).sort((a, b) => a - b)];
}

/** ∂G/∂r of another atom: all its images move with it. */
function gradientOf(partner: number, { slopes }: OneFunction, near: readonly Neighbour[]): number[] {
  const sum = [0, 0, 0];
  near.forEach(({ atom }, n) => {
    if (atom === partner) for (let c = 0; c < 3; c++) sum[c] += slopes[3 * n + c];
  });
  return sum;
}

/** ∂G/∂r of the atom itself, whose own images stay where they are from it. */
function ownGradient(i: number, { slopes }: OneFunction, near: readonly Neighbour[]): number[] {
  const sum = [0, 0, 0];
  near.forEach(({ atom }, n) => {
    if (atom !== i) for (let c = 0; c < 3; c++) sum[c] -= slopes[3 * n + c];
  });
  return sum;
}

/** Σ ∂G/∂vector_a vector_b, the off-diagonal ones of both halves. */
function strainOf({ slopes }: OneFunction, near: readonly Neighbour[]): number[] {
  const sum = [0, 0, 0, 0, 0, 0];
  near.forEach(({ vector }, n) => {
    VOIGT.forEach(([a, b], v) => {
      sum[v] += slopes[3 * n + a] * vector[b];
      if (a !== b) sum[v] += slopes[3 * n + b] * vector[a];
    });
  });
  return sum;
}

/** 0, a, a + b, … */
function offsets(lengths: readonly number[]): number[] {
  const all = [0];
  for (const length of lengths) all.push(all[all.length - 1] + length);
  return all;
}
