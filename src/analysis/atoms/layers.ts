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
export const PROBE = 1.5;
/** Atoms of close-packed metals have 12 in the bulk, 9 on (111), 8 on (100), 7 on (110) with 11 in the layer below. */
export const MOST_SURFACE_BONDS = 10;

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
  const exposed = rule.by === "probe" ? probeRule(frame, rule.radius) : coordinationRule(frame, rule);
  const left = new Uint8Array(count).fill(1);
  for (let layer = 1; ; layer++) {
    const outer: number[] = [];
    for (let i = 0; i < count; i++) if (left[i] && exposed(i, left)) outer.push(i);
    if (outer.length === 0) return layers;
    for (const i of outer) {
      left[i] = 0;
      layers[i] = layer;
    }
  }
}

/** Whether atom i is at the surface of the atoms that are left. */
type Exposed = (i: number, left: Uint8Array) => boolean;

function coordinationRule(
  frame: AtomFrame,
  { cutoffs, most = MOST_SURFACE_BONDS }: { cutoffs: BondCutoffs; most?: number },
): Exposed {
  const { first, index } = cutoffs.bonds(frame);
  return (i, left) => {
    let bonds = 0;
    for (let n = first[i]; n < first[i + 1]; n++) bonds += left[index[n]];
    return bonds <= most;
  };
}

function probeRule(frame: AtomFrame, given: number | undefined): Exposed {
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
  return (i, left) => canBeTouched(i, left, list, radius);
}

/** A probe may lie this much inside another atom, as a part of its radius: atoms of ideal shapes touch it all at once. */
const ROUNDING = 1e-9;

/**
 * Whether a point at `radius` from atom i is at least as far from all others. The others cover caps of the sphere around
 * i; if any of it is free, then it all, a whole edge of a cap, or a point where edges of two caps meet.
 */
function canBeTouched(i: number, left: Uint8Array, list: NeighbourList, radius: number): boolean {
  const { first, index, vectors, distances } = list;
  // Unit vector to the middle of each cap, and the cosine of its half-angle.
  const caps: Cap[] = [];
  for (let n = first[i]; n < first[i + 1]; n++) {
    if (!left[index[n]]) continue;
    const d = distances[n];
    caps.push([vectors[3 * n] / d, vectors[3 * n + 1] / d, vectors[3 * n + 2] / d, d / (2 * radius)]);
  }
  if (caps.length === 0) return true;
  // The nearest cover most, so that a covered point is found out soonest.
  caps.sort((a, b) => a[3] - b[3]);
  const free = (x: number, y: number, z: number) =>
    caps.every((cap) => x * cap[0] + y * cap[1] + z * cap[2] <= cap[3] + ROUNDING);
  for (let a = 0; a < caps.length; a++) {
    const [ax, ay, az, ac] = caps[a];
    let meets = false;
    for (let b = 0; b < caps.length; b++) {
      if (a === b) continue;
      const [bx, by, bz, bc] = caps[b];
      const dot = ax * bx + ay * by + az * bz;
      const square = 1 - dot * dot;
      // The point nearest to i on the line where both planes meet: p a + q b.
      const p = (ac - bc * dot) / square;
      const q = (bc - ac * dot) / square;
      const rest = 1 - (p * p + q * q + 2 * p * q * dot);
      if (!(square > 1e-14) || rest < 0) {
        // Edges that do not meet: either one cap holds the other, or they are apart.
        continue;
      }
      meets = true;
      if (b < a) continue;
      const along = Math.sqrt(rest / square);
      const cx = (ay * bz - az * by) * along;
      const cy = (az * bx - ax * bz) * along;
      const cz = (ax * by - ay * bx) * along;
      const [x, y, z] = [p * ax + q * bx, p * ay + q * by, p * az + q * bz];
      if (free(x + cx, y + cy, z + cz) || free(x - cx, y - cy, z - cz)) return true;
    }
    // An edge that meets no other is free as a whole or covered as a whole: one point of it tells.
    if (!meets && free(...edgePoint(caps[a]))) return true;
  }
  return false;
}

type Cap = readonly [x: number, y: number, z: number, cosine: number];

function edgePoint([x, y, z, cosine]: Cap): [number, number, number] {
  // Any direction across the middle will do; the axis most across it is safest.
  const axis = Math.abs(x) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  const across = [y * axis[2] - z * axis[1], z * axis[0] - x * axis[2], x * axis[1] - y * axis[0]];
  const sine = Math.sqrt(1 - cosine * cosine) / Math.hypot(...across);
  return [cosine * x + sine * across[0], cosine * y + sine * across[1], cosine * z + sine * across[2]];
}
