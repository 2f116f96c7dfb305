/** Slabs: a crystal cut along a plane of any Miller indices. */
import { studyError } from "../../core/errors.ts";
import { cross, det3, dot, inv3, norm3, rowTimes, type Vec3 } from "../../core/linalg.ts";
import type { AtomsPart } from "../study/atoms-schema.ts";
import type { Built } from "./built.ts";
import type { Crystal } from "./crystals.ts";
import { wrapped } from "./supercells.ts";

/** Atoms whose heights differ by less lie in one plane, Å: rounding of files, far below any spacing that matters. */
const SAME_PLANE_A = 0.01;
/** An index that is no whole number to this within the crystal's own lattice is not one of its planes. */
const WHOLE = 1e-6;

/**
 * A slab with the plane's normal along z, the smallest surface cell in xy (first vector along x) and no vector along z:
 * periodic in two directions.
 * @throws {EcitonError} "study" at `atoms.slab` for a termination that the crystal does not have, or four indices for a
 *   crystal that is not hexagonal
 */
export function createSlab(spec: AtomsPart<"slab">, crystal: Crystal): Built {
  const axes = surfaceAxes(crystal, spec.miller);
  const { planes, spacing } = planesOf(crystal, axes);
  if (spec.termination > planes.length)
    throw studyError(
      "atoms.slab.termination",
      `there ${planes.length === 1 ? "is one plane" : `are ${planes.length} different planes`}; found ${spec.termination}`,
    );
  const planeAt = (i: number) => {
    const n = spec.termination - 1 + i;
    const { height, atoms } = planes[n % planes.length];
    return { height: height + Math.floor(n / planes.length) * spacing, atoms };
  };
  const bottom = planeAt(0).height;
  const enough = (i: number) =>
    spec.layers !== undefined
      ? i >= spec.layers
      : i > 0 && planeAt(i - 1).height - bottom >= spec.thickness_A! - SAME_PLANE_A;

  const { x, y, z, first, second, stacking } = axes;
  const cell = Float64Array.from([norm3(first), 0, 0, dot(second, x), dot(second, y), 0, 0, 0, 0]);
  // The third vector does not matter in the plane.
  const plane = [...cell.subarray(0, 6), 0, 0, 1];
  const inverse = inv3(plane);
  const species: string[] = [];
  const positions: number[] = [];
  for (let i = 0; !enough(i); i++) {
    const { height, atoms } = planeAt(i);
    for (const { atom, height: own } of atoms) {
      const steps = Math.round((height - own) / spacing);
      const at = [0, 1, 2].map((k) => crystal.positions[3 * atom + k] + steps * stacking[k]);
      const turned = [dot(at, x), dot(at, y), dot(at, z) - bottom];
      positions.push(...wrapped(turned, plane, inverse, [true, true, false]));
      species.push(crystal.species[atom]);
    }
  }
  return { species, positions: Float64Array.from(positions), cell, periodic: [true, true, false] };
}

interface SurfaceAxes {
  /** Unit vectors of the slab's own axes; z is the plane's normal. */
  readonly x: Vec3;
  readonly y: Vec3;
  readonly z: Vec3;
  /** The shortest two lattice vectors of the plane, and one that leads to the next plane of lattice points, Å. */
  readonly first: Vec3;
  readonly second: Vec3;
  readonly stacking: Vec3;
}

/** Three indices from three or four: the third of hkil is redundant. */
export function millerOf(miller: readonly number[], crystal: Crystal, path: string): Vec3 {
  if (miller.length === 3) return [miller[0], miller[1], miller[2]];
  const [a, b] = [crystal.conventional.subarray(0, 3), crystal.conventional.subarray(3, 6)];
  const angle = Math.acos(dot(a, b) / (norm3(a) * norm3(b)));
  if (Math.abs(angle - (2 * Math.PI) / 3) > 1e-3 || Math.abs(norm3(a) / norm3(b) - 1) > 1e-3)
    throw studyError(path, "four indices belong to hexagonal cells, with 120° between a and b; give three");
  return [miller[0], miller[1], miller[3]];
}

function surfaceAxes(crystal: Crystal, miller: readonly number[]): SurfaceAxes {
  const indices = millerOf(miller, crystal, "atoms.slab.miller");
  // Columns of the inverse are the reciprocal vectors without 2π.
  const inverse = inv3(crystal.conventional);
  const normal = [0, 1, 2].map((k) => dot(indices, inverse.slice(3 * k, 3 * k + 3))) as Vec3;
  const vectors = [0, 3, 6].map((i) => Array.from(crystal.cell.subarray(i, i + 3)));
  const own = primitiveIndices(vectors.map((v) => dot(normal, v)));
  const rows = planeBasis(own).map((u) => rowTimes(u, crystal.cell));
  let [first, second] = shortestPair(rows[0], rows[1]);
  const stacking = rows[2];
  if (det3([...first, ...second, ...stacking]) < 0) second = second.map((t) => -t) as Vec3;
  const z = unit(cross(first, second));
  const x = unit(first);
  return { x, y: cross(z, x), z, first, second, stacking };
}

/** The smallest whole numbers in these ratios. */
function primitiveIndices(given: readonly number[]): Vec3 {
  // Cells of centred lattices have halves and thirds of the conventional one's indices.
  for (let factor = 1; factor <= 12; factor++) {
    const scaled = given.map((g) => g * factor);
    if (scaled.some((s) => Math.abs(s - Math.round(s)) > WHOLE * Math.max(1, Math.abs(s)))) continue;
    const whole = scaled.map(Math.round);
    const divisor = whole.reduce(gcd);
    return whole.map((w) => w / divisor) as Vec3;
  }
  throw studyError("atoms.slab.miller", `the crystal has no lattice planes with indices ${given.join(" ")}`);
}

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}

/** Rows u, v, w of whole numbers with determinant ±1, u·h = v·h = 0 and w·h = 1: Euclid's algorithm on h. */
function planeBasis(h: readonly number[]): [Vec3, Vec3, Vec3] {
  const rest = [...h];
  const rows: Vec3[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (;;) {
    const left = [0, 1, 2].filter((i) => rest[i] !== 0).sort((i, j) => Math.abs(rest[i]) - Math.abs(rest[j]));
    const [smallest, ...others] = left;
    if (others.length === 0) {
      const sign = Math.sign(rest[smallest]);
      const [u, v] = [0, 1, 2].filter((i) => i !== smallest);
      return [rows[u], rows[v], rows[smallest].map((t) => sign * t) as Vec3];
    }
    for (const i of others) {
      const times = Math.trunc(rest[i] / rest[smallest]);
      rest[i] -= times * rest[smallest];
      rows[i] = rows[i].map((t, k) => t - times * rows[smallest][k]) as Vec3;
    }
  }
}

/** Lagrange's reduction of a two-dimensional lattice: the shortest vector and the shortest one beside it. */
function shortestPair(u: Vec3, v: Vec3): [Vec3, Vec3] {
  let [a, b] = [u, v];
  for (;;) {
    if (dot(b, b) < dot(a, a)) [a, b] = [b, a];
    // A tie would go back and forth between equal lengths.
    const times = Math.round(dot(a, b) / dot(a, a) - 1e-9);
    if (times === 0) return [a, b];
    b = b.map((t, k) => t - times * a[k]) as Vec3;
  }
}

function unit(v: Vec3): Vec3 {
  const length = norm3(v);
  return v.map((t) => t / length) as Vec3;
}

interface Plane {
  /** Å along the normal. */
  readonly height: number;
  /** Atoms of the crystal's cell and their own heights, which differ by whole spacings. */
  readonly atoms: readonly { readonly atom: number; readonly height: number }[];
}

/** Planes of atoms within one spacing of lattice planes, the first one above the widest gap. */
function planesOf(crystal: Crystal, { z, stacking }: SurfaceAxes): { planes: Plane[]; spacing: number } {
  const spacing = dot(stacking, z);
  const heights = crystal.species.map((_, atom) => ({
    atom,
    height: dot(crystal.positions.subarray(3 * atom, 3 * atom + 3), z),
  }));
  const start = heights[0].height;
  const above = (height: number) => {
    const rest = (height - start) % spacing;
    const positive = rest < 0 ? rest + spacing : rest;
    return positive > spacing - SAME_PLANE_A ? positive - spacing : positive;
  };
  const sorted = heights.map((entry) => ({ ...entry, above: above(entry.height) }));
  sorted.sort((p, q) => p.above - q.above || p.atom - q.atom);
  const planes: { height: number; atoms: (typeof heights)[number][] }[] = [];
  for (const { above: height, ...entry } of sorted) {
    const last = planes.at(-1);
    if (last && height - last.height < SAME_PLANE_A) last.atoms.push(entry);
    else planes.push({ height, atoms: [entry] });
  }
  const gapBelow = (i: number) =>
    i === 0 ? planes[0].height + spacing - planes.at(-1)!.height : planes[i].height - planes[i - 1].height;
  let lowest = 0;
  for (let i = 1; i < planes.length; i++) if (gapBelow(i) > gapBelow(lowest) + SAME_PLANE_A) lowest = i;
  const turned = [
    ...planes.slice(lowest),
    ...planes.slice(0, lowest).map(({ height, atoms }) => ({ height: height + spacing, atoms })),
  ];
  return { planes: turned, spacing };
}
