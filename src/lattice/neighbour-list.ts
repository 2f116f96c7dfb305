/** Who is near whom: the general neighbour list of analyses, generators and plain reference formulas. */
import { EcitonError } from "../core/errors.ts";
import { det3, faceSpacings, inv3, type Vec3 } from "../core/linalg.ts";
import { completedCell } from "../core/periodic-cell.ts";

/** The neighbours of atom i are entries first[i] .. first[i + 1] − 1. */
export interface NeighbourList {
  /** Int32Array(N + 1) */
  readonly first: Int32Array;
  /** Int32Array(M), ascending for each atom. */
  readonly index: Int32Array;
  /** Float64Array(3M), from the atom to the neighbour's image, Å. */
  readonly vectors: Float64Array;
  /** Float64Array(M), Å, at most the cut-off; 0 for atoms that coincide. */
  readonly distances: Float64Array;
}

/** Entries that a list may have; each takes 36 bytes. */
const MOST_ENTRIES = 1e8;
/** Relative room for rounding where a bin is as wide as the cut-off, or an atom lies on a face. */
const ROUNDING = 1e-9;

/**
 * All neighbours within a distance, all images of them where the cell is smaller than that. A full list holds i → j and
 * j → i, exactly opposite; a half list each pair once, j > i, and of the images of an atom itself one of ±s.
 * Cells as wide as the cut-off are searched, so the work grows as the number of atoms.
 * @param positions Float64Array(3N), Å, anywhere
 * @param cell Float64Array(9), rows are lattice vectors, Å; rows of directions that are not periodic are not looked at
 * @param cutoff Å, positive; a distance equal to it counts
 * @throws {EcitonError} "data" for a position that is not finite or a cell without volume in its periodic directions;
 *   "memory" when the list would be too long
 */
export function neighbourList(
  positions: Float64Array,
  cell: Float64Array,
  periodic: readonly [boolean, boolean, boolean],
  cutoff: number,
  kind: "full" | "half" = "full",
): NeighbourList {
  if (!(cutoff > 0 && cutoff < Infinity))
    throw new EcitonError("shape", `a cut-off is a positive number of Å, found ${cutoff}`);
  const bins = new Bins(positions, cell, periodic, cutoff);
  checkLength(bins, cutoff);
  const numAtoms = positions.length / 3;
  const first = new Int32Array(numAtoms + 1);
  const counts = new Float64Array(numAtoms);
  const half = kind === "half";
  bins.pairs(half, (row) => {
    counts[row]++;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > MOST_ENTRIES) throw tooLong(total, numAtoms, cutoff);
  for (let i = 0; i < numAtoms; i++) first[i + 1] = first[i] + counts[i];

  const next = first.slice(0, numAtoms);
  const index = new Int32Array(total);
  const vectors = new Float64Array(3 * total);
  const distances = new Float64Array(total);
  bins.pairs(half, (row, neighbour, x, y, z, distance) => {
    const at = next[row]++;
    index[at] = neighbour;
    vectors[3 * at] = x;
    vectors[3 * at + 1] = y;
    vectors[3 * at + 2] = z;
    distances[at] = distance;
  });
  return { first, index, vectors, distances };
}

function tooLong(entries: number, numAtoms: number, cutoff: number): EcitonError {
  return new EcitonError(
    "memory",
    `a neighbour list of ${numAtoms} atoms within ${cutoff} Å would have about ${entries.toPrecision(3)} entries, ` +
      `${((entries * 36) / 2 ** 30).toPrecision(3)} GiB; at most ${MOST_ENTRIES} are allowed: ` +
      "take a shorter cut-off, and see whether the cell is in Å",
    { entries, atoms: numAtoms, cutoff_A: cutoff },
  );
}

/** Refuses beforehand what would take long even to count: the number of entries if atoms were spread evenly. */
function checkLength(bins: Bins, cutoff: number): void {
  let near = bins.numAtoms / bins.volume;
  for (let k = 0; k < 3; k++)
    near *= bins.periodic[k] ? 2 * cutoff : bins.lengths[k] > 2 * cutoff ? (2 * cutoff) / bins.lengths[k] : 1;
  // The part of a cube that its inscribed ball fills.
  const entries = (Math.PI / 6) * near * bins.numAtoms;
  if (entries > MOST_ENTRIES) throw tooLong(entries, bins.numAtoms, cutoff);
}

type Visit = (row: number, neighbour: number, x: number, y: number, z: number, distance: number) => void;

/** Atoms, brought into the cell, sorted into bins that divide the cell (or the box around them) along its vectors. */
class Bins {
  readonly numAtoms: number;
  readonly periodic: readonly boolean[];
  /** Of the periodic directions: Å³, Å² or Å. */
  readonly volume: number;
  /** Of the box of bins between its faces, Å. */
  readonly lengths: Vec3;
  readonly #cutoff: number;
  readonly #cell: readonly number[];
  /** Bins along each vector, and how many bins away a neighbour may be. */
  readonly #size: Vec3;
  readonly #reach: Vec3;
  readonly #inside: Float64Array;
  readonly #binOf: Int32Array;
  readonly #starts: Int32Array;
  readonly #members: Int32Array;

  constructor(
    positions: Float64Array,
    cell: Float64Array,
    periodic: readonly [boolean, boolean, boolean],
    cutoff: number,
  ) {
    const numAtoms = positions.length / 3;
    const bad = positions.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) {
      const atom = Math.floor(bad / 3);
      throw new EcitonError(
        "data",
        `atom ${atom + 1}: its position (${positions.subarray(3 * atom, 3 * atom + 3).join(", ")}) is not finite`,
        { atoms: [atom] },
      );
    }
    this.numAtoms = numAtoms;
    this.periodic = periodic;
    this.#cutoff = cutoff;
    const completed = completedCell(cell, periodic);
    this.#cell = completed;
    this.volume = Math.abs(det3(completed));
    const { inside, fractional, low, high } = broughtInside(positions, completed, periodic);
    this.#inside = inside;
    const extents = [0, 1, 2].map((k) => (numAtoms === 0 ? 0 : high[k] - low[k]));
    this.lengths = faceSpacings(completed).map((spacing, k) => spacing * extents[k]) as Vec3;
    this.#size = divisions(this.lengths, cutoff, 4 * numAtoms + 64);
    this.#reach = this.#size.map((n, k) => {
      const reach = Math.ceil(((cutoff * n) / this.lengths[k]) * (1 + ROUNDING));
      return periodic[k] ? reach : Math.min(n - 1, reach);
    }) as Vec3;

    const [n0, n1, n2] = this.#size;
    this.#binOf = new Int32Array(numAtoms);
    this.#starts = new Int32Array(n0 * n1 * n2 + 1);
    for (let i = 0; i < numAtoms; i++) {
      let bin = 0;
      for (let k = 0; k < 3; k++) {
        const n = this.#size[k];
        const along = extents[k] > 0 ? Math.floor(((fractional[3 * i + k] - low[k]) / extents[k]) * n) : 0;
        bin = bin * n + Math.min(n - 1, Math.max(0, along));
      }
      this.#binOf[i] = bin;
      this.#starts[bin + 1]++;
    }
    for (let bin = 0; bin < n0 * n1 * n2; bin++) this.#starts[bin + 1] += this.#starts[bin];
    const next = this.#starts.slice();
    this.#members = new Int32Array(numAtoms);
    for (let i = 0; i < numAtoms; i++) this.#members[next[this.#binOf[i]]++] = i;
  }

  /**
   * Visits every entry of the list. Atoms are gone through in ascending order and handed over as the neighbour, so each
   * row receives its neighbours in ascending order.
   */
  pairs(half: boolean, visit: Visit): void {
    const [n0, n1, n2] = this.#size;
    const [r0, r1, r2] = this.#reach;
    const [p0, p1, p2] = this.periodic;
    const cell = this.#cell;
    const inside = this.#inside;
    const limit = this.#cutoff;
    for (let i = 0; i < this.numAtoms; i++) {
      const bin = this.#binOf[i];
      const b0 = Math.floor(bin / (n1 * n2));
      const b1 = Math.floor(bin / n2) % n1;
      const b2 = bin % n2;
      const xi = inside[3 * i];
      const yi = inside[3 * i + 1];
      const zi = inside[3 * i + 2];
      for (let t0 = b0 - r0; t0 <= b0 + r0; t0++) {
        const s0 = Math.floor(t0 / n0);
        if (s0 !== 0 && !p0) continue;
        for (let t1 = b1 - r1; t1 <= b1 + r1; t1++) {
          const s1 = Math.floor(t1 / n1);
          if (s1 !== 0 && !p1) continue;
          for (let t2 = b2 - r2; t2 <= b2 + r2; t2++) {
            const s2 = Math.floor(t2 / n2);
            if (s2 !== 0 && !p2) continue;
            // From atom j in this image of its bin to atom i; the opposite pair has the exactly opposite sums.
            const sx = s0 * cell[0] + s1 * cell[3] + s2 * cell[6];
            const sy = s0 * cell[1] + s1 * cell[4] + s2 * cell[7];
            const sz = s0 * cell[2] + s1 * cell[5] + s2 * cell[8];
            const same = s0 === 0 && s1 === 0 && s2 === 0;
            const positive = s0 > 0 || (s0 === 0 && (s1 > 0 || (s1 === 0 && s2 > 0)));
            const at = ((t0 - s0 * n0) * n1 + (t1 - s1 * n1)) * n2 + (t2 - s2 * n2);
            const end = this.#starts[at + 1];
            for (let m = this.#starts[at]; m < end; m++) {
              const j = this.#members[m];
              if (j === i ? same || (half && !positive) : half && j > i) continue;
              const x = xi - inside[3 * j] - sx;
              const y = yi - inside[3 * j + 1] - sy;
              const z = zi - inside[3 * j + 2] - sz;
              const distance = Math.sqrt(x * x + y * y + z * z);
              if (distance <= limit) visit(j, i, x, y, z, distance);
            }
          }
        }
      }
    }
  }
}

/** Bins no narrower than the cut-off, and no more of them than `most`: atoms far apart would leave nearly all empty. */
function divisions(lengths: Vec3, cutoff: number, most: number): Vec3 {
  const size = lengths.map((length) =>
    Math.min(2 ** 20, Math.max(1, Math.floor(length / (cutoff * (1 + 2 * ROUNDING))))),
  ) as Vec3;
  while (size[0] * size[1] * size[2] > most) {
    const k = size.indexOf(Math.max(...size));
    size[k] = Math.ceil(size[k] / 2);
  }
  return size;
}

/** Positions moved into the cell along periodic directions, their fractional coordinates and the bounds of these. */
function broughtInside(
  positions: Float64Array,
  cell: ArrayLike<number>,
  periodic: readonly [boolean, boolean, boolean],
) {
  const inverse = inv3(cell);
  const inside = positions.slice();
  const fractional = new Float64Array(positions.length);
  const low: Vec3 = [Infinity, Infinity, Infinity];
  const high: Vec3 = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      let f =
        positions[i] * inverse[k] + positions[i + 1] * inverse[3 + k] + positions[i + 2] * inverse[6 + k];
      if (periodic[k]) {
        const turns = Math.floor(f);
        f -= turns;
        for (let c = 0; c < 3; c++) inside[i + c] -= turns * cell[3 * k + c];
      }
      fractional[i + k] = f;
      low[k] = Math.min(low[k], f);
      high[k] = Math.max(high[k], f);
    }
  }
  for (let k = 0; k < 3; k++) {
    if (!periodic[k]) continue;
    low[k] = 0;
    high[k] = 1;
  }
  return { inside, fractional, low, high };
}
