/** Layers of a cluster or slab from the outside in, peeled off one after the other. */
import { EcitonError } from "../../core/errors.ts";
import type { NeighbourList } from "../../lattice/neighbour-list.ts";
import type { BondCutoffs } from "./bonds.ts";
import { type AtomFrame, neighboursOf, typicalDistance } from "./frame.ts";

/** How an atom is told to be at the surface of what is left. */
export type LayerRule =
  | {
      readonly by: "probe";
      /** Radius of the probe, Å; default: PROBE times the typical distance of nearest neighbours. */
      readonly radius?: number;
    }
  | {
      readonly by: "coordination";
      readonly cutoffs: BondCutoffs;
      /** An atom with at most so many bonds is at the surface; default MOST_SURFACE_BONDS. */
      readonly most?: number;
    };

/**
 * Radius of the probe in distances of nearest neighbours. Above 1, so that it does not fit into a vacancy; below 2, so
 * that it enters concave places and that facets may be bent.
 */
const PROBE = 1.5;
/** Atoms of close-packed metals have 12 in the bulk, 9 on (111), 8 on (100), 7 on (110) with 11 in the layer below. */
const MOST_SURFACE_BONDS = 10;

/**
 * Layer of each atom: 1 for the surface, 2 for what would be the surface without layer 1, and so on. Atoms that are
 * never at a surface (inside of a bulk crystal) are in layer 0.
 *
 * With a probe an atom is at the surface if a ball of that radius can touch it without holding the centre of another
 * atom: it is then on the alpha shape of the centres, for an infinite radius on their convex hull. Atoms in a facet
 * count, also when it bends inwards by up to d²/2R for neighbours at d, and rounding does not matter.
 * @throws {EcitonError} "data" for a probe so small that it lies between atoms
 * @see Edelsbrunner, Mücke, ACM Trans. Graph. 13, 43 (1994)
 */
export function atomLayers(frame: AtomFrame, rule: LayerRule = { by: "probe" }): Int32Array {
  const count = frame.species.length;
  const layers = new Int32Array(count);
  if (count === 1 && rule.by === "probe") return layers.fill(1);
  const { list, exposed } =
    rule.by === "probe" ? probeRule(frame, rule.radius) : coordinationRule(frame, rule);
  const left = new Uint8Array(count).fill(1);
  // Only atoms that have lost a neighbour since they were last looked at can have come to the surface.
  let suspects: Iterable<number> = left.keys();
  for (let layer = 1; ; layer++) {
    const outer = [...suspects].filter((i) => left[i] && exposed(i, left));
    if (outer.length === 0) return layers;
    const next = new Set<number>();
    for (const i of outer) {
      left[i] = 0;
      layers[i] = layer;
      for (let n = list.first[i]; n < list.first[i + 1]; n++) next.add(list.index[n]);
    }
    suspects = next;
  }
}

interface Surface {
  /** All atoms that the verdict on an atom depends on, in both directions. */
  readonly list: NeighbourList;
  /** Whether atom i is at the surface of the atoms that are left. */
  readonly exposed: (i: number, left: Uint8Array) => boolean;
}

function coordinationRule(
  frame: AtomFrame,
  { cutoffs, most = MOST_SURFACE_BONDS }: { cutoffs: BondCutoffs; most?: number },
): Surface {
  const list = cutoffs.bonds(frame);
  const exposed = (i: number, left: Uint8Array) => {
    let bonds = 0;
    for (let n = list.first[i]; n < list.first[i + 1]; n++) bonds += left[list.index[n]];
    return bonds <= most;
  };
  return { list, exposed };
}

function probeRule(frame: AtomFrame, given: number | undefined): Surface {
  const typical = typicalDistance(frame);
  const radius = given ?? PROBE * typical;
  if (!(radius > typical / Math.sqrt(2)))
    throw new EcitonError(
      "data",
      `layers: a probe of ${radius} Å lies in the gaps between atoms that are ${typical.toFixed(3)} Å apart; take at ` +
        `least ${typical.toFixed(3)} Å`,
      { probe_A: radius, distance_A: typical },
    );
  const list = neighboursOf(frame, 2 * radius);
  const nearestFirst = sortedRows(list);
  const caps = new Caps(list, nearestFirst, radius);
  return { list, exposed: (i, left) => canBeTouched(caps, i, left) };
}

/** Entries of the list, those of each atom in the order of their distances. */
function sortedRows({ first, distances }: NeighbourList): Int32Array {
  const order = Int32Array.from(distances.keys());
  for (let i = 0; i + 1 < first.length; i++)
    order.subarray(first[i], first[i + 1]).sort((n, m) => distances[n] - distances[m]);
  return order;
}

/** A probe may lie this much inside another atom, as a part of its radius: atoms of ideal shapes touch it all at once. */
const ROUNDING = 1e-9;

/** Atoms inside are covered by their nearest neighbours alone; so many are tried first, then twice as many, and so on. */
const NEAREST = 14;

/**
 * Whether a point at `radius` from atom i is at least as far from all others. The others cover caps of the sphere around
 * i; if any of it is free, then it all, a whole edge of a cap, or a point where edges of two caps meet.
 */
function canBeTouched(caps: Caps, i: number, left: Uint8Array): boolean {
  for (let few = NEAREST; ; few *= 2) {
    const all = caps.around(i, left, few);
    if (!caps.leaveFree()) return false;
    if (all) return true;
    if (few === NEAREST) {
      caps.around(i, left, Number.POSITIVE_INFINITY);
      if (caps.isAwayFree()) return true;
    }
  }
}

/** Caps of the unit sphere: points with x · n > c are covered, n the unit vector to another atom, c half its distance. */
class Caps {
  readonly #list: NeighbourList;
  readonly #nearestFirst: Int32Array;
  readonly #radius: number;
  /** nx, ny, nz, c of each, the nearest atom first: it covers most. */
  readonly #caps: Float64Array;
  #count = 0;
  /** The one that covered the last point, which probably covers the next. */
  #last = 0;

  constructor(list: NeighbourList, nearestFirst: Int32Array, radius: number) {
    this.#list = list;
    this.#nearestFirst = nearestFirst;
    this.#radius = radius;
    let most = 0;
    for (let i = 0; i + 1 < list.first.length; i++) most = Math.max(most, list.first[i + 1] - list.first[i]);
    this.#caps = new Float64Array(4 * most);
  }

  /** Takes those of the nearest atoms that are left, `most` at most; returns whether these are all. */
  around(i: number, left: Uint8Array, most: number): boolean {
    const { first, index, vectors, distances } = this.#list;
    this.#count = 0;
    this.#last = 0;
    for (let k = first[i]; k < first[i + 1]; k++) {
      const n = this.#nearestFirst[k];
      if (!left[index[n]]) continue;
      if (this.#count === most) return false;
      const at = 4 * this.#count++;
      for (let c = 0; c < 3; c++) this.#caps[at + c] = vectors[3 * n + c] / distances[n];
      this.#caps[at + 3] = distances[n] / (2 * this.#radius);
    }
    return true;
  }

  /** Whether the point is free that faces away from the other atoms: a quick answer for most surface atoms. */
  isAwayFree(): boolean {
    const mean = [0, 0, 0];
    for (let k = 0; k < this.#count; k++) for (let c = 0; c < 3; c++) mean[c] += this.#caps[4 * k + c];
    const size = Math.hypot(...mean);
    return size > 0 && this.#free(-mean[0] / size, -mean[1] / size, -mean[2] / size);
  }

  /** Whether any of the sphere is free. */
  leaveFree(): boolean {
    const count = this.#count;
    for (let a = 0; a < count; a++) {
      let meets = false;
      for (let b = 0; b < count; b++) {
        if (a === b || !this.#meet(a, b)) continue;
        meets = true;
        // Both points of a pair are looked at once.
        if (b > a && this.#freePointOfTwo(a, b)) return true;
      }
      // An edge that meets no other is free as a whole or covered as a whole: one point of it tells.
      if (!meets && this.#freePointOfOne(a)) return true;
    }
    return count === 0;
  }

  #dot(a: number, b: number): number {
    const caps = this.#caps;
    return caps[4 * a] * caps[4 * b] + caps[4 * a + 1] * caps[4 * b + 1] + caps[4 * a + 2] * caps[4 * b + 2];
  }

  /** Whether the edges of two caps meet: the angle between them is between the difference and sum of theirs. */
  #meet(a: number, b: number): boolean {
    const dot = this.#dot(a, b);
    const one = this.#caps[4 * a + 3];
    const two = this.#caps[4 * b + 3];
    return (dot - one * two) ** 2 <= (1 - one * one) * (1 - two * two) && 1 - dot * dot > 1e-14;
  }

  #freePointOfTwo(a: number, b: number): boolean {
    const caps = this.#caps;
    const ax = caps[4 * a];
    const ay = caps[4 * a + 1];
    const az = caps[4 * a + 2];
    const ac = caps[4 * a + 3];
    const bx = caps[4 * b];
    const by = caps[4 * b + 1];
    const bz = caps[4 * b + 2];
    const bc = caps[4 * b + 3];
    const dot = this.#dot(a, b);
    const square = 1 - dot * dot;
    // p a + q b is the nearest point of the line in both planes, and the rest is along a × b.
    const p = (ac - bc * dot) / square;
    const q = (bc - ac * dot) / square;
    const along = Math.sqrt(Math.max(0, 1 - (p * p + q * q + 2 * p * q * dot)) / square);
    const x = p * ax + q * bx;
    const y = p * ay + q * by;
    const z = p * az + q * bz;
    const cx = (ay * bz - az * by) * along;
    const cy = (az * bx - ax * bz) * along;
    const cz = (ax * by - ay * bx) * along;
    return this.#free(x + cx, y + cy, z + cz) || this.#free(x - cx, y - cy, z - cz);
  }

  #freePointOfOne(a: number): boolean {
    const [x, y, z, cosine] = this.#caps.subarray(4 * a, 4 * a + 4);
    // Any direction across the middle will do; an axis that is not along it gives one.
    const [ux, uy] = Math.abs(x) < 0.6 ? [1, 0] : [0, 1];
    const across = [-z * uy, z * ux, x * uy - y * ux];
    const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine)) / Math.hypot(...across);
    return this.#free(
      cosine * x + sine * across[0],
      cosine * y + sine * across[1],
      cosine * z + sine * across[2],
    );
  }

  #covers(k: number, x: number, y: number, z: number): boolean {
    const caps = this.#caps;
    return x * caps[4 * k] + y * caps[4 * k + 1] + z * caps[4 * k + 2] > caps[4 * k + 3] + ROUNDING;
  }

  #free(x: number, y: number, z: number): boolean {
    if (this.#covers(this.#last, x, y, z)) return false;
    for (let k = 0; k < this.#count; k++) {
      if (!this.#covers(k, x, y, z)) continue;
      this.#last = k;
      return false;
    }
    return true;
  }
}
