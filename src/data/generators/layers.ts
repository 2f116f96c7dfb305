/** Layers of a cluster or slab, peeled off one after the other. */
import { neighbourList } from "../../lattice/neighbour-list.ts";
import type { Built } from "./built.ts";

/** Directions that are looked at, evenly spread: about 12° apart. */
const DIRECTIONS = 300;
/**
 * An atom from which a cone of this half-angle is empty lies at the surface. In close-packed and body-centred crystals
 * no direction is farther than 45° from a neighbour; above a flat face the nearest one is 90° away.
 */
const COSINE = Math.cos((60 * Math.PI) / 180);
/** Neighbours that fill a cone are within so many shortest distances: second shells of close packings count. */
const REACH = 1.6;

/**
 * Number of the layer of each atom, 0 the innermost: the atoms at the surface are one layer, those at the surface of
 * what is left the next. Where nothing is at a surface (a crystal), all that is left is one layer.
 */
export function layersFromCentre(built: Built): Int32Array {
  const atoms = built.species.length;
  const peeled = new Int32Array(atoms).fill(-1);
  const cutoff = REACH * medianShortest(built);
  const list = neighbourList(built.positions, built.cell, built.periodic, cutoff);
  const directions = sphere(DIRECTIONS);
  let layer = 0;
  for (let left = atoms; left > 0; layer++) {
    const surface: number[] = [];
    for (let i = 0; i < atoms; i++) if (peeled[i] < 0 && isOpen(i, peeled, list, directions)) surface.push(i);
    const taken = surface.length > 0 ? surface : [...peeled.keys()].filter((i) => peeled[i] < 0);
    for (const i of taken) peeled[i] = layer;
    left -= taken.length;
  }
  return peeled.map((p) => layer - 1 - p);
}

/** Whether a cone without any remaining atom stands on this one. */
function isOpen(
  atom: number,
  peeled: Int32Array,
  { first, index, vectors, distances }: ReturnType<typeof neighbourList>,
  directions: Float64Array,
): boolean {
  for (let d = 0; d < directions.length; d += 3) {
    let empty = true;
    for (let n = first[atom]; n < first[atom + 1] && empty; n++) {
      if (peeled[index[n]] >= 0) continue;
      const along =
        directions[d] * vectors[3 * n] +
        directions[d + 1] * vectors[3 * n + 1] +
        directions[d + 2] * vectors[3 * n + 2];
      if (along > COSINE * distances[n]) empty = false;
    }
    if (empty) return true;
  }
  return false;
}

/** Median over atoms of the distance to the nearest other one, Å; 1 for a single atom. */
function medianShortest({ positions, cell, periodic, species }: Built): number {
  const shortest = shortestDistances(positions, cell, periodic).filter(Number.isFinite).sort();
  return species.length < 2 || shortest.length === 0 ? 1 : shortest[Math.floor(shortest.length / 2)];
}

/** Distance of each atom to the nearest other atom or image, Å; Infinity where there is none. */
export function shortestDistances(
  positions: Float64Array,
  cell: Float64Array,
  periodic: readonly [boolean, boolean, boolean],
): Float64Array {
  const atoms = positions.length / 3;
  const out = new Float64Array(atoms).fill(Infinity);
  // In a cell or a cluster the nearest atom is no farther than all of it is wide.
  let widest = 0;
  for (let k = 0; k < 3; k++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = k; i < positions.length; i += 3) {
      low = Math.min(low, positions[i]);
      high = Math.max(high, positions[i]);
    }
    widest += high - low;
  }
  for (let k = 0; k < 3; k++)
    if (periodic[k]) widest += Math.hypot(cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]);
  for (let cutoff = 3; ; cutoff *= 1.5) {
    const { first, distances } = neighbourList(positions, cell, periodic, cutoff);
    for (let i = 0; i < atoms; i++)
      for (let n = first[i]; n < first[i + 1]; n++) out[i] = Math.min(out[i], distances[n]);
    if (out.every(Number.isFinite) || cutoff > widest) return out;
  }
}

/** Unit vectors of a Fibonacci spiral, evenly spread. */
function sphere(points: number): Float64Array {
  const golden = Math.PI * (3 - Math.sqrt(5));
  const out = new Float64Array(3 * points);
  for (let i = 0; i < points; i++) {
    const z = 1 - (2 * i + 1) / points;
    const r = Math.sqrt(1 - z * z);
    out.set([r * Math.cos(golden * i), r * Math.sin(golden * i), z], 3 * i);
  }
  return out;
}
