/** Dense column kernels of the sparse regressions: what they do, and a compiled instance with its memory. */
import type { Layout } from "./layout.ts";
import { instantiateKernel } from "./load.ts";

/**
 * All arguments are byte addresses or counts. A column is `ld` doubles, ld a multiple of 4, zero beyond the data.
 * A factor is lower triangular, its rows packed one after the other (row i has i + 1 elements).
 */
export interface ColumnOperations {
  /** out[a] = Σ_i x_a[i] r[i] for the columns whose addresses (u32) stand in `list`. */
  dots(list: number, count: number, r: number, ld: number, out: number): void;
  /** r[i] −= Σ_a c[a] x_a[i] */
  subtract(list: number, count: number, c: number, ld: number, r: number): void;
  /** Solves L v' = v in place. */
  forward(l: number, k: number, v: number): void;
  /** Solves Lᵀ v' = v in place. */
  backward(l: number, k: number, v: number): void;
  /** Removes row and column `at` of the factored matrix; `turns` is room for 2k doubles. */
  drop(l: number, k: number, at: number, turns: number): void;
}

export interface ColumnMemory {
  readonly operations: ColumnOperations;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
}

export function compiledColumns(layout: Layout): ColumnMemory {
  const { exports, memory } = instantiateKernel<ColumnOperations>("columns", layout.bytes);
  return {
    operations: exports,
    f64: new Float64Array(memory.buffer),
    u32: new Uint32Array(memory.buffer),
  };
}
