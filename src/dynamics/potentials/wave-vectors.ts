/**
 * The reciprocal part of Ewald's sum, as plain formulas:
 *   E = Σ_k c(k) |S(k)|²,   S(k) = Σ_i q_i exp(i k·r_i),   c(k) = (4π k_e / V) exp(−k²/4α²) / k²
 * over one of each pair ±k.
 * @see P. P. Ewald, Ann. Phys. 369, 253 (1921)
 */
import { EcitonError } from "../../core/errors.ts";
import { det3, inv3, type Mat3, transpose3 } from "../../core/linalg.ts";
import { COULOMB_EV_A } from "../../core/units.ts";
import type { WaveRow } from "../../kernels/ewald.ts";

/** Wave vectors that a sum may have. */
const MOST = 2e7;

/** Rows are 2π times the reciprocal lattice vectors, 1/Å: b_i · a_j = 2π δ_ij. */
export function reciprocalCell(cell: ArrayLike<number>): Mat3 {
  return transpose3(inv3(cell)).map((x) => 2 * Math.PI * x) as Mat3;
}

/**
 * One of each pair ±k of all wave vectors no longer than `longest`, without 0.
 * @throws {EcitonError} "memory" where there are too many
 */
export function waveRows(cell: ArrayLike<number>, longest: number): readonly WaveRow[] {
  const b = reciprocalCell(cell);
  const expected = ((4 / 3) * Math.PI * longest ** 3 * Math.abs(det3(cell))) / (2 * Math.PI) ** 3 / 2;
  if (expected > MOST)
    throw new EcitonError(
      "memory",
      `Ewald sum: a cell of ${Math.abs(det3(cell)).toPrecision(4)} Å³ needs ${expected.toExponential(1)} wave vectors, ` +
        `at most ${MOST.toExponential(0)} are allowed: take a longer cut-off, a lower accuracy, or Wolf's sum`,
      { waveVectors: expected },
    );
  const square = longest * longest * (1 + 1e-9);
  const norm = (row: number) => Math.hypot(cell[3 * row], cell[3 * row + 1], cell[3 * row + 2]);
  // h = k·a1 / 2π is at most |k| |a1| / 2π.
  const [most, mostK] = [0, 1].map((row) => Math.floor((longest * norm(row)) / (2 * Math.PI) + 1e-9));
  const b33 = b[6] * b[6] + b[7] * b[7] + b[8] * b[8];
  const rows: WaveRow[] = [];
  for (let h = 0; h <= most; h++)
    for (let k = h === 0 ? 0 : -mostK; k <= mostK; k++) {
      const [x, y, z] = [0, 1, 2].map((d) => h * b[d] + k * b[3 + d]);
      // |p + l b3|² ≤ square is a quadratic inequality for l.
      const half = (x * b[6] + y * b[7] + z * b[8]) / b33;
      const rest = half * half - (x * x + y * y + z * z - square) / b33;
      if (rest < 0) continue;
      const from = h === 0 && k === 0 ? 1 : Math.ceil(-half - Math.sqrt(rest));
      const to = Math.floor(-half + Math.sqrt(rest));
      if (to >= from) rows.push({ h, k, from, count: to - from + 1 });
    }
  return rows;
}

/** Calls for every wave vector with c(k), eV, and what the virial needs. */
export function eachWave(
  rows: readonly WaveRow[],
  cell: ArrayLike<number>,
  alpha: number,
  call: (x: number, y: number, z: number, coefficient: number, square: number) => void,
): void {
  const b = reciprocalCell(cell);
  const front = (4 * Math.PI * COULOMB_EV_A) / Math.abs(det3(cell));
  for (const { h, k, from, count } of rows)
    for (let l = from; l < from + count; l++) {
      const x = h * b[0] + k * b[3] + l * b[6];
      const y = h * b[1] + k * b[4] + l * b[7];
      const z = h * b[2] + k * b[5] + l * b[8];
      const square = x * x + y * y + z * z;
      call(x, y, z, (front * Math.exp(-square / (4 * alpha * alpha))) / square, square);
    }
}

/** Adds to `virial` that of a wave of energy E: E (1 − 2 k k (1/k² + 1/4α²)). */
export function addWaveVirial(
  virial: Float64Array,
  energy: number,
  x: number,
  y: number,
  z: number,
  square: number,
  alpha: number,
): void {
  const factor = 2 * energy * (1 / square + 1 / (4 * alpha * alpha));
  virial[0] += energy - factor * x * x;
  virial[4] += energy - factor * y * y;
  virial[8] += energy - factor * z * z;
  virial[1] -= factor * x * y;
  virial[3] -= factor * x * y;
  virial[2] -= factor * x * z;
  virial[6] -= factor * x * z;
  virial[5] -= factor * y * z;
  virial[7] -= factor * y * z;
}
