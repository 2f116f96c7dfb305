/** How far atoms travel: mean squared displacements against time, and diffusion coefficients from them. */
import { EcitonError } from "../../../core/errors.ts";

/** Lags that each level of the recording keeps; those of the upper half are new to it. */
const LAGS = 32;

export interface DisplacementCurve {
  /** Frames between the two that are compared, ascending. */
  readonly lags: readonly number[];
  /** Å², for each lag: along x, y, z, averaged over atoms and origins. */
  readonly squares: readonly (readonly [number, number, number])[];
  /** Number of origins. */
  readonly origins: readonly number[];
}

/**
 *   ⟨|r_i(t + τ) − r_i(t)|²⟩ over the atoms i of a group and all origins t
 * in memory that grows with the logarithm of the number of frames: level k keeps every 2^k-th frame, and gives lags of
 * 17 to 32 of them (the first level 1 to 32). Each displacement is exact; only origins thin out as lags grow.
 * @see Frenkel, Smit, Understanding Molecular Simulation (2002), section 4.4.2, for the order-n recording
 */
export class MeanSquaredDisplacement {
  readonly #group: Int32Array;
  readonly #rings: Float64Array[] = [];
  readonly #sums: Float64Array[] = [];
  readonly #counts: Float64Array[] = [];
  #frames = 0;
  readonly #current: Float64Array;

  /** @param group numbers of the atoms to follow */
  constructor(group: readonly number[]) {
    if (group.length === 0) throw new EcitonError("shape", "displacements need at least one atom to follow");
    this.#group = Int32Array.from(group);
    this.#current = new Float64Array(3 * group.length);
  }

  get frames(): number {
    return this.#frames;
  }

  /**
   * Takes the next frame; frames are evenly spaced in time.
   * @param positions Float64Array(3N), Å, not wrapped into the cell
   * @param origin what moves along with all atoms and is taken off (centre of mass); default: nothing
   */
  add(positions: Float64Array, origin: ArrayLike<number> = [0, 0, 0]): void {
    const frame = this.#frames++;
    const current = this.#current;
    this.#group.forEach((atom, k) => {
      for (let c = 0; c < 3; c++) current[3 * k + c] = positions[3 * atom + c] - origin[c];
    });
    for (let level = 0, stride = 1; frame % stride === 0; level++, stride *= 2) {
      if (level === this.#rings.length) this.#begin(level);
      this.#compare(level, frame / stride);
      // Frame 0 is on every level; the next ones take it over when they begin.
      if (frame === 0) break;
    }
  }

  /** Level k begins with frame 2^k, its second; its first, frame 0, still stands in the ring below. */
  #begin(level: number): void {
    const size = this.#current.length;
    const ring = new Float64Array((LAGS + 1) * size);
    if (level > 0) ring.set(this.#rings[level - 1].subarray(0, size));
    this.#rings.push(ring);
    this.#sums.push(new Float64Array(3 * (LAGS + 1)));
    this.#counts.push(new Float64Array(LAGS + 1));
  }

  #compare(level: number, number: number): void {
    const size = this.#current.length;
    const [ring, sums, counts] = [this.#rings[level], this.#sums[level], this.#counts[level]];
    const first = level === 0 ? 1 : LAGS / 2 + 1;
    for (let lag = first; lag <= Math.min(LAGS, number); lag++) {
      const from = ((number - lag) % (LAGS + 1)) * size;
      let [x, y, z] = [0, 0, 0];
      for (let k = 0; k < size; k += 3) {
        x += (this.#current[k] - ring[from + k]) ** 2;
        y += (this.#current[k + 1] - ring[from + k + 1]) ** 2;
        z += (this.#current[k + 2] - ring[from + k + 2]) ** 2;
      }
      sums[3 * lag] += x;
      sums[3 * lag + 1] += y;
      sums[3 * lag + 2] += z;
      counts[lag]++;
    }
    ring.set(this.#current, (number % (LAGS + 1)) * size);
  }

  result(): DisplacementCurve {
    const lags: number[] = [];
    const squares: [number, number, number][] = [];
    const origins: number[] = [];
    this.#counts.forEach((counts, level) => {
      counts.forEach((count, lag) => {
        if (count === 0) return;
        const sum = (c: number) => this.#sums[level][3 * lag + c] / (count * this.#group.length);
        lags.push(lag * 2 ** level);
        squares.push([sum(0), sum(1), sum(2)]);
        origins.push(count);
      });
    });
    return { lags, squares, origins };
  }
}

export interface Diffusion {
  /** Å²/fs. */
  readonly coefficient: number;
  /** Standard error from the scatter of the three directions, Å²/fs: only where they are alike. */
  readonly error: number;
  /** fs, where the line was fitted. */
  readonly from: number;
  readonly to: number;
}

/**
 * D = slope of ⟨|Δr|²⟩ / 6 (Einstein), by least squares over a window of lags.
 * @param frameTime fs between frames
 * @param window shares of the longest lag that begin and end the fit: the start is not diffusive yet, and the end has
 *   few origins
 * @throws {EcitonError} "data" with fewer than three lags in the window
 */
export function diffusionOf(
  { lags, squares }: DisplacementCurve,
  frameTime: number,
  window: readonly [number, number] = [0.1, 0.5],
): Diffusion {
  const longest = lags.at(-1) ?? 0;
  const used = lags.flatMap((lag, k) =>
    lag >= window[0] * longest && lag <= window[1] * longest ? [k] : [],
  );
  if (used.length < 3)
    throw new EcitonError(
      "data",
      `a slope of displacements needs three lags, found ${used.length}: take more frames`,
    );
  const times = used.map((k) => lags[k] * frameTime);
  const each = [0, 1, 2].map(
    (c) =>
      slopeOf(
        times,
        used.map((k) => squares[k][c]),
      ) / 2,
  );
  const coefficient = (each[0] + each[1] + each[2]) / 3;
  const error = Math.sqrt(each.reduce((sum, x) => sum + (x - coefficient) ** 2, 0) / 6);
  return { coefficient, error, from: times[0], to: times[times.length - 1] };
}

function slopeOf(x: readonly number[], y: readonly number[]): number {
  const meanX = x.reduce((a, b) => a + b, 0) / x.length;
  const meanY = y.reduce((a, b) => a + b, 0) / y.length;
  let top = 0;
  let bottom = 0;
  x.forEach((value, i) => {
    top += (value - meanX) * (y[i] - meanY);
    bottom += (value - meanX) ** 2;
  });
  return top / bottom;
}
