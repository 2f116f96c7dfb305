/**
 * The two-loop recursion by its plain formula; sums are in another order than those of the kernel.
 * @see Nocedal, Wright, "Numerical Optimization", 2nd ed., algorithm 7.4 (2006)
 */
import type { StepMemory } from "./two-loop.ts";

export function plainSteps(size: number, rows: number): StepMemory {
  const steps = new Float64Array(rows * size);
  const changes = new Float64Array(rows * size);
  const inverses = new Float64Array(rows);
  const weights = new Float64Array(rows);
  const dot = (row: number, of: Float64Array, vector: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += of[row * size + i] * vector[i];
    return sum;
  };
  return {
    ld: size,
    steps,
    changes,
    inverses,
    direction: (gradient, count, newest, scale, out) => {
      const ring = Array.from({ length: count }, (_, back) => (newest - back + rows) % rows);
      for (let i = 0; i < size; i++) out[i] = -gradient[i];
      for (const row of ring) {
        weights[row] = inverses[row] * dot(row, steps, out);
        for (let i = 0; i < size; i++) out[i] -= weights[row] * changes[row * size + i];
      }
      for (let i = 0; i < size; i++) out[i] *= scale;
      for (const row of ring.reverse()) {
        const rest = weights[row] - inverses[row] * dot(row, changes, out);
        for (let i = 0; i < size; i++) out[i] += rest * steps[row * size + i];
      }
    },
    release: () => {},
  };
}
