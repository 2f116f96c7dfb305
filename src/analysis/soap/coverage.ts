/** How well one set of environments is covered by another. */
import { EcitonError } from "../../core/errors.ts";
import { type Descriptors, rowsOf } from "./environment-map.ts";

export interface Coverage {
  /** Distance of each environment to the nearest of the reference, Float64Array. */
  readonly distances: Float64Array;
  readonly threshold: number;
  /** Share of environments within the threshold. */
  readonly covered: number;
}

/**
 * Distances d = √(2 − 2 p·p'/|p||p'|) of SOAP kernels, between 0 and √2, to the nearest environment of the reference.
 * @param threshold what counts as covered; null: the distance that 99 % of the reference's own environments have to
 *   their nearest neighbour among the others, as a set that covers itself would
 * @throws {EcitonError} "data" for an empty set, or a reference of one environment without a threshold
 * @see Bartók, Kondor, Csányi, Phys. Rev. B 87, 184115 (2013), for the kernel
 */
export function coverage(
  set: Descriptors,
  reference: Descriptors,
  threshold: number | null = null,
): Coverage {
  if (set.size !== reference.size)
    throw new EcitonError("shape", "descriptors of different sizes do not compare");
  const counts = [rowsOf(set), rowsOf(reference)];
  if (counts.some((count) => count === 0))
    throw new EcitonError("data", "there are no environments to compare");
  const known = normalised(reference);
  const limit = threshold ?? ownSpacing(known, reference.size);
  const distances = nearest(normalised(set), known, set.size, false);
  const covered = distances.reduce((sum, d) => sum + (d <= limit ? 1 : 0), 0) / counts[0];
  return { distances, threshold: limit, covered };
}

function ownSpacing(known: Float64Array, size: number): number {
  if (known.length === size)
    throw new EcitonError("data", "a reference of one environment needs a threshold to tell what it covers");
  const own = nearest(known, known, size, true).sort();
  return own[Math.min(own.length - 1, Math.ceil(0.99 * own.length) - 1)];
}

function normalised({ values, size }: Descriptors): Float64Array {
  const out = values.slice();
  for (let at = 0; at < out.length; at += size) {
    let squares = 0;
    for (let k = at; k < at + size; k++) squares += out[k] * out[k];
    const norm = Math.sqrt(squares);
    for (let k = at; k < at + size; k++) out[k] /= norm;
  }
  return out;
}

/** Summed as squares of differences: 2 − 2 p·p' loses half of the digits where environments are alike. */
function nearest(rows: Float64Array, known: Float64Array, size: number, skipItself: boolean): Float64Array {
  const out = new Float64Array(rows.length / size);
  for (let i = 0; i < out.length; i++) {
    let best = Infinity;
    for (let j = 0; j < known.length / size; j++) {
      if (skipItself && i === j) continue;
      let squares = 0;
      // In pieces, so that environments far apart are left early.
      for (let k = 0; k < size && squares < best; k += 64) {
        const end = Math.min(size, k + 64);
        for (let q = k; q < end; q++) squares += (rows[i * size + q] - known[j * size + q]) ** 2;
      }
      if (squares < best) best = squares;
    }
    out[i] = Math.sqrt(best);
  }
  return out;
}
