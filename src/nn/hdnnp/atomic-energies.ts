/** Energies of free atoms from the data themselves, so that networks learn only how structures differ. */
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import { inElementOrder } from "../symmetry-functions/order.ts";

export interface AtomicEnergies {
  /** E_el, eV, by element, in the order of atomic numbers. */
  readonly energies: ReadonlyMap<string, number>;
  /** Whether the compositions of the data determine each of them; if not, they are those of the smallest norm. */
  readonly determined: boolean;
  /** Of what is left of the energies per atom, eV. */
  readonly rmse: number;
}

/** Singular values below this part of the largest are taken for zero: fractions of elements have errors of 1e-16. */
const SINGULAR = 1e-10;

/**
 * Least squares on energies per atom,
 *   E_s / N_s ≈ Σ_el x_s,el E_el,   x_s,el = share of the element in structure s
 * so that large structures weigh no more than small ones. Where compositions leave combinations of the E_el open (one
 * composition only, say), the solution of the smallest Σ E_el².
 * @param elements of the model
 * @throws {EcitonError} "data" where an element is in no structure with an energy, or a structure has one that the model
 *   has not
 */
export function fitAtomicEnergies(
  structures: readonly Structure[],
  elements: readonly string[],
): AtomicEnergies {
  const ordered = inElementOrder(elements, (name) => name);
  const column = new Map(ordered.map((name, k) => [name, k]));
  const labeled = structures.filter(({ energy, species }) => energy !== undefined && species.length > 0);
  const shares = new Matrix(labeled.length, ordered.length);
  const energies = new Matrix(labeled.length, 1);
  labeled.forEach(({ energy, species, source }, s) => {
    for (const name of species) {
      const k = column.get(name);
      if (k === undefined)
        throw new EcitonError(
          "data",
          `${source.file}: a structure holds ${name}, which is none of the model's elements ${ordered.join(", ")}`,
          { ...source, species: name },
        );
      shares.set(s, k, shares.get(s, k) + 1 / species.length);
    }
    energies.set(s, 0, energy! / species.length);
  });
  const missing = ordered.filter((_, k) => !labeled.some((_, s) => shares.get(s, k) > 0));
  if (missing.length > 0)
    throw new EcitonError(
      "data",
      `atomic energies are fitted to energies of structures; none of ${labeled.length} holds ${missing.join(", ")}`,
      { missing },
    );
  const {
    leftSingularVectors: left,
    rightSingularVectors: right,
    diagonal,
  } = new SingularValueDecomposition(shares, { autoTranspose: true });
  const solution = new Matrix(ordered.length, 1);
  let rank = 0;
  diagonal.forEach((value, k) => {
    if (value <= SINGULAR * Math.max(...diagonal)) return;
    rank++;
    const part = left.getColumnVector(k).transpose().mmul(energies).get(0, 0) / value;
    solution.add(right.getColumnVector(k).mul(part));
  });
  const rest = Matrix.sub(energies, shares.mmul(solution));
  return {
    energies: new Map(ordered.map((name, k) => [name, solution.get(k, 0)])),
    determined: rank === ordered.length,
    rmse: rest.norm("frobenius") / Math.sqrt(labeled.length),
  };
}

/**
 * What a person should know of fitted energies; no lines where there is nothing to know.
 * @example ["energies of free atoms: the compositions of the data do not determine them one by one; ..."]
 */
export function atomicEnergyRemarks({ determined }: AtomicEnergies): string[] {
  if (determined) return [];
  return [
    "energies of free atoms: the compositions of the data do not determine them one by one; the smallest ones that fit " +
      "are taken, which are no energies of real atoms and say nothing of other compositions",
  ];
}
