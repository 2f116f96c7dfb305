/** Rows that limited-memory BFGS remembers, in the memory of the kernel that makes directions of them. */
import { EcitonError } from "../core/errors.ts";
import { instantiateKernel } from "./load.ts";

/** What is done with rows of `ld` doubles, zero beyond `size`; two-loop-reference.ts has the plain formula. */
export interface StepMemory {
  readonly ld: number;
  /** Row k of the steps begins at k · ld. */
  readonly steps: Float64Array;
  /** Changes of the gradient along them. */
  readonly changes: Float64Array;
  /** 1 / s·y of each row. */
  readonly inverses: Float64Array;
  /**
   * −H g, H being the inverse Hessian of the last `count` rows up to `newest`, on top of `scale` times the unit matrix.
   * @param out Float64Array(size), written
   */
  direction(gradient: Float64Array, count: number, newest: number, scale: number, out: Float64Array): void;
  /** Hands the memory back; it must not be used from then on. */
  release(): void;
}

interface TwoLoopExports {
  direction(
    d: number,
    steps: number,
    changes: number,
    inverses: number,
    weights: number,
    ld: number,
    rows: number,
    count: number,
    newest: number,
    scale: number,
  ): void;
}

interface Instance {
  readonly exports: TwoLoopExports;
  readonly memory: WebAssembly.Memory;
}

const START = 1024;
const PAGE = 65536;

/** Kept for the next minimisation: a quench takes milliseconds, and each memory reserves gigabytes of addresses. */
let idle: Instance | null = null;

function grow(memory: WebAssembly.Memory, pages: number, size: number): void {
  try {
    memory.grow(pages);
  } catch (error) {
    throw new EcitonError(
      "memory",
      `l-bfgs: no memory for the steps of ${size} coordinates; take fewer atoms, or conjugate-gradient`,
      {},
      error,
    );
  }
}

/**
 * @param rows steps that are remembered
 * @throws {EcitonError} "memory" where they do not fit
 */
export function compiledSteps(size: number, rows: number): StepMemory {
  const instance = idle ?? instantiateKernel<TwoLoopExports>("two-loop", PAGE);
  idle = null;
  const { exports, memory } = instance;
  const ld = (size + 3) & ~3;
  const doubles = (2 * rows + 1) * ld + 2 * rows;
  const missing = START + 8 * doubles - memory.buffer.byteLength;
  if (missing > 0) grow(memory, Math.ceil(missing / PAGE), size);
  new Float64Array(memory.buffer, START, doubles).fill(0);
  const stepsAt = START + 8 * ld;
  const changesAt = stepsAt + 8 * rows * ld;
  const inversesAt = changesAt + 8 * rows * ld;
  const vector = new Float64Array(memory.buffer, START, size);
  return {
    ld,
    steps: new Float64Array(memory.buffer, stepsAt, rows * ld),
    changes: new Float64Array(memory.buffer, changesAt, rows * ld),
    inverses: new Float64Array(memory.buffer, inversesAt, rows),
    direction: (gradient, count, newest, scale, out) => {
      for (let i = 0; i < size; i++) vector[i] = -gradient[i];
      const weightsAt = inversesAt + 8 * rows;
      exports.direction(START, stepsAt, changesAt, inversesAt, weightsAt, ld, rows, count, newest, scale);
      out.set(vector);
    },
    release: () => {
      idle = instance;
    },
  };
}
