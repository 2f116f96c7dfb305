/** Periodicity along some of three directions: reduced vectors, nearest images. */
import { cross, det3, dot, inv3, norm3, type Vec3 } from "../../core/linalg.ts";

export type Flags = readonly [boolean, boolean, boolean];

/**
 * Rows that span space: the cell's own along periodic directions, unit vectors in Å normal to them along the
 * others. The normal of a slab points to the side that the cell's free vector points to.
 */
export function completeFrame(cell: ArrayLike<number>, periodic: Flags): Float64Array {
  const row = (k: number): Vec3 => [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]];
  const frame = Float64Array.from(cell);
  const free = [0, 1, 2].filter((k) => !periodic[k]);
  if (free.length === 1) {
    const [k] = free;
    const normal = cross(row((k + 1) % 3), row((k + 2) % 3));
    const sign = dot(normal, row(k)) < 0 ? -1 : 1;
    for (let i = 0; i < 3; i++) frame[3 * k + i] = (sign * normal[i]) / norm3(normal);
  } else if (free.length === 2) {
    const axis = row(periodic.indexOf(true));
    // Any direction that is not along the axis gives a normal; the least parallel one gives it most exactly.
    const smallest = [0, 1, 2].reduce((a, b) => (Math.abs(axis[b]) < Math.abs(axis[a]) ? b : a));
    const first = cross(
      axis,
      [0, 1, 2].map((i) => (i === smallest ? 1 : 0)),
    );
    const second = cross(axis, first);
    for (let i = 0; i < 3; i++) {
      frame[3 * free[0] + i] = first[i] / norm3(first);
      frame[3 * free[1] + i] = second[i] / norm3(second);
    }
  } else if (free.length === 3) frame.set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  return frame;
}

export interface ReducedFrame {
  /** Rows: short vectors along periodic directions, the others as they were. */
  readonly rows: Float64Array; // 9
  /** Integer, unimodular: rows = transform x original rows. */
  readonly transform: Int32Array; // 9
}

/**
 * Minkowski reduction of the periodic rows: no vector can be shortened by adding others with coefficients -1, 0
 * or 1, which in three dimensions and fewer is all that Minkowski asks.
 * @see Nguyen, Stehlé, ACM Trans. Algorithms 5, 46 (2009)
 */
export function reduceFrame(frame: ArrayLike<number>, periodic: Flags): ReducedFrame {
  const rows = Float64Array.from(frame);
  const transform = Int32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const axes = [0, 1, 2].filter((k) => periodic[k]);
  const length2 = (k: number) => rows[3 * k] ** 2 + rows[3 * k + 1] ** 2 + rows[3 * k + 2] ** 2;
  const inner = (a: number, b: number) =>
    rows[3 * a] * rows[3 * b] + rows[3 * a + 1] * rows[3 * b + 1] + rows[3 * a + 2] * rows[3 * b + 2];
  const add = (target: number, source: number, factor: number) => {
    for (let i = 0; i < 3; i++) {
      rows[3 * target + i] += factor * rows[3 * source + i];
      transform[3 * target + i] += factor * transform[3 * source + i];
    }
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const a of axes)
      for (const b of axes) {
        const factor = a === b ? 0 : Math.round(inner(a, b) / length2(b) - Math.sign(inner(a, b)) * 1e-9);
        if (factor !== 0) {
          add(a, b, -factor);
          changed = true;
        }
      }
    if (axes.length < 3 || changed) continue;
    for (const a of axes) {
      const [b, c] = axes.filter((k) => k !== a);
      for (const x of [-1, 1])
        for (const y of [-1, 1]) {
          const gain =
            2 * (x * inner(a, b) + y * inner(a, c) + x * y * inner(b, c)) + length2(b) + length2(c);
          if (gain < -1e-9 * length2(a)) {
            add(a, b, x);
            add(a, c, y);
            changed = true;
          }
        }
    }
  }
  return { rows, transform };
}

/** Nearest lattice points of a frame. */
export class PeriodicFrame {
  /** What the last call of nearest found: lattice point in units of the original rows, and x minus it, Å. */
  readonly point = new Int32Array(3);
  readonly residual = new Float64Array(3);
  readonly reduced: ReducedFrame;
  readonly #periodic: Flags;
  readonly #inverse: Float64Array;
  readonly #steps: Float64Array;
  readonly #stepCartesian: Float64Array;
  readonly #certain: number;

  constructor(frame: ArrayLike<number>, periodic: Flags) {
    this.reduced = reduceFrame(frame, periodic);
    const { rows } = this.reduced;
    this.#periodic = periodic;
    this.#inverse = Float64Array.from(inv3(rows));
    const range = (k: number) => (periodic[k] ? [-1, 0, 1] : [0]);
    const steps = range(0).flatMap((u) => range(1).flatMap((v) => range(2).map((w) => [u, v, w])));
    this.#steps = Float64Array.from(steps.flat());
    this.#stepCartesian = Float64Array.from(
      steps.flatMap((n) => [0, 1, 2].map((i) => n[0] * rows[i] + n[1] * rows[3 + i] + n[2] * rows[6 + i])),
    );
    const shortest = Math.min(
      ...[0, 1, 2].map((k) =>
        periodic[k] ? norm3(rows.subarray(3 * k, 3 * k + 3)) : Number.POSITIVE_INFINITY,
      ),
    );
    // Closer than half the shortest lattice vector to one lattice point means farther from every other.
    this.#certain = (shortest / 2) ** 2;
  }

  /** Volume, area or length of the periodic part times one Å for each free direction. */
  get volume(): number {
    return Math.abs(det3(this.reduced.rows));
  }

  /** Squared distance, Å², from (x, y, z) to the nearest lattice point; sets `point` and `residual`. */
  nearest(x: number, y: number, z: number): number {
    const { rows, transform } = this.reduced;
    const m = this.#inverse;
    const [p0, p1, p2] = this.#periodic;
    let a = p0 ? Math.round(x * m[0] + y * m[3] + z * m[6]) : 0;
    let b = p1 ? Math.round(x * m[1] + y * m[4] + z * m[7]) : 0;
    let c = p2 ? Math.round(x * m[2] + y * m[5] + z * m[8]) : 0;
    let rx = x - a * rows[0] - b * rows[3] - c * rows[6];
    let ry = y - a * rows[1] - b * rows[4] - c * rows[7];
    let rz = z - a * rows[2] - b * rows[5] - c * rows[8];
    let best = rx * rx + ry * ry + rz * rz;
    if (best > this.#certain) {
      const steps = this.#stepCartesian;
      let chosen = -1;
      for (let i = 0; i < steps.length; i += 3) {
        const d2 = (rx - steps[i]) ** 2 + (ry - steps[i + 1]) ** 2 + (rz - steps[i + 2]) ** 2;
        if (d2 < best) {
          best = d2;
          chosen = i;
        }
      }
      if (chosen >= 0) {
        a += this.#steps[chosen];
        b += this.#steps[chosen + 1];
        c += this.#steps[chosen + 2];
        rx -= steps[chosen];
        ry -= steps[chosen + 1];
        rz -= steps[chosen + 2];
      }
    }
    for (let i = 0; i < 3; i++)
      this.point[i] = a * transform[i] + b * transform[3 + i] + c * transform[6 + i];
    this.residual[0] = rx;
    this.residual[1] = ry;
    this.residual[2] = rz;
    return best;
  }
}
