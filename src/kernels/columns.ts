/** Dense column kernels of the sparse regressions: what they do, and a compiled instance with its memory. */
import { EcitonError } from "../core/errors.ts";
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

/** Hands out byte addresses one after the other, 16-byte aligned. */
export class Layout {
  bytes = 1024;

  doubles(count: number): number {
    return this.#take(8 * count);
  }

  words(count: number): number {
    return this.#take(4 * count);
  }

  #take(bytes: number): number {
    const at = this.bytes;
    this.bytes = (at + bytes + 15) & ~15;
    if (this.bytes < 0 || this.bytes > 2 ** 31 - 65536)
      throw new EcitonError(
        "memory",
        "the regression needs more than 2 GiB in one kernel; reduce the columns",
      );
    return at;
  }
}

export function compiledColumns(layout: Layout): ColumnMemory {
  const { exports, memory } = instantiateKernel<ColumnOperations>("columns", layout.bytes);
  return {
    operations: exports,
    f64: new Float64Array(memory.buffer),
    u32: new Uint32Array(memory.buffer),
  };
}
