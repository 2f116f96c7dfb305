/** Geometry of pictures in the plane: cells, reciprocal cells and Wigner-Seitz polygons. */
import { EcitonError } from "../core/errors.ts";
import type { PlaneCell } from "./sampling-model.ts";

export type Point = readonly [number, number];

/** A point this close to the far edge of a cell, as a share of it, belongs to the near one. */
const EDGE = 1e-6;
/** Of lengths, relative to the size of the polygons. */
const ROUNDING = 1e-9;

/** @throws {EcitonError} "shape" for a cell without area or with a number that is not finite */
export function checkCell(what: string, cell: PlaneCell): void {
  if (cell.length !== 4 || !cell.every(Number.isFinite) || !(Math.abs(area(cell)) > 0))
    throw new EcitonError(
      "shape",
      `${what}: expected two finite vectors that span an area, found [${Array.from(cell).join(", ")}]`,
    );
}

/** Signed. */
function area([ax, ay, bx, by]: PlaneCell): number {
  return ax * by - ay * bx;
}

export function corners([ax, ay, bx, by]: PlaneCell): Point[] {
  return [
    [0, 0],
    [ax, ay],
    [ax + bx, ay + by],
    [bx, by],
  ];
}

/** The image of a point inside the cell: fractional coordinates from 0 to just below 1. */
export function wrapped(cell: PlaneCell, x: number, y: number): Point {
  const [ax, ay, bx, by] = cell;
  const whole = area(cell);
  const first = fraction((x * by - y * bx) / whole);
  const second = fraction((ax * y - ay * x) / whole);
  return [first * ax + second * bx, first * ay + second * by];
}

function fraction(value: number): number {
  const inside = value - Math.floor(value);
  return inside > 1 - EDGE ? 0 : inside;
}

/** Rows b_i with a_i · b_j = 2π δ_ij. */
export function reciprocal(cell: PlaneCell): PlaneCell {
  const [ax, ay, bx, by] = cell;
  const factor = (2 * Math.PI) / area(cell);
  return [by * factor, -bx * factor, -ay * factor, ax * factor];
}

/**
 * The points nearer to the origin than to any other point of the lattice, as a polygon.
 * The shortest vectors of the lattice (Gauss's reduction) and their sum and difference bound it.
 */
export function wignerSeitz(cell: PlaneCell): Point[] {
  const [a, b] = shortest(cell);
  const neighbours: Point[] = [a, b, [a[0] + b[0], a[1] + b[1]], [a[0] - b[0], a[1] - b[1]]];
  const far = 2 * Math.hypot(a[0], a[1], b[0], b[1]);
  let polygon: Point[] = [
    [-far, -far],
    [far, -far],
    [far, far],
    [-far, far],
  ];
  for (const [x, y] of neighbours) {
    const half = (x * x + y * y) / 2;
    polygon = cut(cut(polygon, x, y, half), -x, -y, half);
  }
  return polygon;
}

/** The common part of two convex polygons with corners counter-clockwise; empty if there is none. */
export function overlap(first: readonly Point[], second: readonly Point[]): Point[] {
  let polygon = [...first];
  second.forEach(([x, y], i) => {
    const [nextX, nextY] = second[(i + 1) % second.length];
    const [nx, ny] = [nextY - y, x - nextX];
    polygon = cut(polygon, nx, ny, nx * x + ny * y);
  });
  return polygon;
}

/** All vectors of a lattice up to a length. */
export function latticeVectors(cell: PlaneCell, length: number): Point[] {
  const [a, b] = shortest(cell);
  // For the shortest vectors |m a + n b| >= sqrt(3)/2 max(|m| |a|, |n| |b|), the angle being 60 to 120 degrees.
  const most = (v: Point) => Math.floor((length * 2) / (Math.sqrt(3) * Math.hypot(...v)) + 1e-9);
  const vectors: Point[] = [];
  for (let m = -most(a); m <= most(a); m++)
    for (let n = -most(b); n <= most(b); n++) {
      const vector: Point = [m * a[0] + n * b[0], m * a[1] + n * b[1]];
      if (Math.hypot(...vector) <= length) vectors.push(vector);
    }
  return vectors;
}

/** Linearly independent vectors of the lattice that cannot be made shorter. */
export function shortest([ax, ay, bx, by]: PlaneCell): [Point, Point] {
  let a: Point = [ax, ay];
  let b: Point = [bx, by];
  for (;;) {
    if (Math.hypot(...b) < Math.hypot(...a)) [a, b] = [b, a];
    const share = (a[0] * b[0] + a[1] * b[1]) / (a[0] * a[0] + a[1] * a[1]);
    // At one half, as in a hexagonal lattice, another step makes nothing shorter and rounding could go on for ever.
    if (Math.abs(share) < 0.5 + ROUNDING) return [a, b];
    const steps = Math.round(share);
    b = [b[0] - steps * a[0], b[1] - steps * a[1]];
  }
}

/** The part of a convex polygon where nx x + ny y <= limit, without edges that have no length up to rounding. */
function cut(polygon: readonly Point[], nx: number, ny: number, limit: number): Point[] {
  const size = Math.max(...polygon.map((p) => Math.hypot(...p)), 0) * Math.hypot(nx, ny);
  const depth = polygon.map(([x, y]) => limit - (nx * x + ny * y));
  const inside = depth.map((d) => d >= -ROUNDING * size);
  const kept = polygon.flatMap((from, i): Point[] => {
    const j = (i + 1) % polygon.length;
    const to = polygon[j];
    const corner = inside[i] ? [from] : [];
    if (inside[i] === inside[j]) return corner;
    const share = depth[i] / (depth[i] - depth[j]);
    return [...corner, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]];
  });
  const far = Math.max(...kept.map((p) => Math.hypot(...p)), 0);
  const distinct = kept.filter((point, i) => {
    const next = kept[(i + 1) % kept.length];
    return Math.hypot(next[0] - point[0], next[1] - point[1]) > 10 * ROUNDING * far;
  });
  return distinct.length < 3 ? [] : distinct;
}
