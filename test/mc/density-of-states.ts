/** Exact numbers of states of small Ising squares. */
import { J } from "./ising-models.ts";

export interface ExactLevel {
  /** eV */
  readonly energy: number;
  readonly states: number;
}

/**
 * Levels of the n x n torus, by adding spin after spin to a polynomial in the number of unsatisfied bonds for each
 * arrangement of the last n spins. All numbers are at most 2^36 for n = 6 and so exact in doubles.
 */
export function isingLevels(n: number): ExactLevel[] {
  const rows = 1 << n;
  const bonds = 2 * n * n;
  const total = new Float64Array(bonds + 1);
  for (let top = 0; top < rows; top++) {
    // Bonds within the first row.
    let unsatisfied = 0;
    for (let i = 0; i < n; i++) unsatisfied += ((top >> i) ^ (top >> ((i + 1) % n))) & 1;
    let now = Array.from({ length: rows }, () => new Float64Array(bonds + 1));
    now[top][unsatisfied] = 1;
    for (let row = 1; row < n; row++)
      for (let i = 0; i < n; i++) {
        const next = Array.from({ length: rows }, () => new Float64Array(bonds + 1));
        for (let state = 0; state < rows; state++)
          for (const spin of [0, 1]) {
            const above = (state >> i) & 1;
            let more = above ^ spin;
            if (i > 0) more += ((state >> (i - 1)) & 1) ^ spin;
            if (i === n - 1) more += (state & 1) ^ spin;
            const to = (state & ~(1 << i)) | (spin << i);
            for (let k = 0; k + more <= bonds; k++) next[to][k + more] += now[state][k];
          }
        now = next;
      }
    for (let state = 0; state < rows; state++) {
      let closing = 0;
      for (let i = 0; i < n; i++) closing += ((state >> i) ^ (top >> i)) & 1;
      for (let k = 0; k + closing <= bonds; k++) total[k + closing] += now[state][k];
    }
  }
  return Array.from(total, (states, k) => ({ energy: J * (2 * k - bonds), states })).filter(
    ({ states }) => states > 0,
  );
}

/** Boltzmann's shares of the levels at β (1/eV). */
export function sharesOf(levels: readonly ExactLevel[], beta: number): number[] {
  const weights = levels.map(({ energy, states }) => states * Math.exp(-beta * (energy - levels[0].energy)));
  const sum = weights.reduce((a, w) => a + w, 0);
  return weights.map((w) => w / sum);
}

/** Mean energy (eV) and its variance (eV²). */
export function momentsOf(levels: readonly ExactLevel[], beta: number): { mean: number; variance: number } {
  const shares = sharesOf(levels, beta);
  const mean = shares.reduce((a, p, i) => a + p * levels[i].energy, 0);
  return { mean, variance: shares.reduce((a, p, i) => a + p * (levels[i].energy - mean) ** 2, 0) };
}
