/** Derivatives of a structure's functions as a dense matrix, and small changes of its atoms to compare them with. */
import type {
  Dependence,
  StructureDescriptors,
} from "../../../src/nn/symmetry-functions/structure-descriptors.ts";
import type { Atoms } from "./examples.ts";

/** ∂G/∂r of all functions (rows) by all atoms (columns). */
export function fullGradient(dependence: Dependence, found: StructureDescriptors): Float64Array[] {
  const { kinds, partnerOffsets, partners, gradientOffsets, gradients, valueOffsets } = found;
  const rows = Array.from(found.values, () => new Float64Array(3 * found.numAtoms));
  for (let i = 0; i < found.numAtoms; i++)
    for (let p = partnerOffsets[i]; p < partnerOffsets[i + 1]; p++)
      for (let s = 0; 3 * s < gradientOffsets[p + 1] - gradientOffsets[p]; s++) {
        const g = p === partnerOffsets[i] ? s : dependence[kinds[i]][kinds[partners[p]]][s];
        const from = gradientOffsets[p] + 3 * s;
        rows[valueOffsets[i] + g].set(gradients.subarray(from, from + 3), 3 * partners[p]);
      }
  return rows;
}

export function shifted(atoms: Atoms, at: number, by: number): Atoms {
  const positions = atoms.positions.slice();
  positions[at] += by;
  return { ...atoms, positions };
}

const voigt = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/** r(1 + ε) of all vectors, with component v of the symmetric ε. */
export function strained(atoms: Atoms, v: number, by: number): Atoms {
  const [a, b] = voigt[v];
  const stretch = (vectors: Float64Array) => {
    const out = vectors.slice();
    for (let n = 0; n < vectors.length; n += 3) {
      out[n + a] += by * vectors[n + b];
      if (a !== b) out[n + b] += by * vectors[n + a];
    }
    return out;
  };
  return { ...atoms, positions: stretch(atoms.positions), cell: stretch(atoms.cell) };
}
