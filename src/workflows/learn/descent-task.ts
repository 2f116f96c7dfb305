/** One task of an executor: a start relaxed with the labeler's own potential, and structures on its way down. */
import type { Calculator } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { relax } from "../../dynamics/minimise/relax.ts";
import type { RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";
import type { MovingAtoms } from "../../dynamics/moving-atoms.ts";
import { stoppable } from "../../dynamics/stoppable.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { type AnyPotentialSpec, createAnyPotential } from "../atoms/create-any-potential.ts";

export interface DescentPayload {
  readonly potential: AnyPotentialSpec;
  readonly settings: RelaxSettings;
  /** By the potential's names. */
  readonly atoms: MovingAtoms;
  /** Structures that are wanted beside the start. */
  readonly count: number;
}

export interface Descent {
  readonly interrupted: false;
  /** Positions and cells, the last the end of the relaxation; empty where the potential cannot describe the start. */
  readonly way: readonly { readonly positions: Float64Array; readonly cell: Float64Array }[];
}

export const descentTask: TaskFunction = { module: import.meta.url, name: "descend" };

export function descend(
  { potential, settings, atoms, count }: DescentPayload,
  context: TaskContext,
): Descent | { readonly interrupted: true } {
  const seen: { positions: Float64Array; cell: Float64Array }[] = [];
  const calculator = createAnyPotential(potential).calculator(atoms);
  const recording: Calculator = {
    numAtoms: calculator.numAtoms,
    evaluate: (positions, cell, out) => {
      calculator.evaluate(positions, cell, out);
      seen.push({ positions: positions.slice(), cell: cell.slice() });
    },
    state: () => calculator.state(),
    restore: (state) => calculator.restore(state),
  };
  try {
    relax(stoppable(recording, context.cancel), atoms, settings);
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    if (error.code === "cancelled") return { interrupted: true };
    return { interrupted: false, way: [] };
  }
  seen.push({ positions: atoms.positions, cell: atoms.cell });
  Atomics.store(context.progress, context.index, 1000);
  return { interrupted: false, way: milestones(seen.length, count).map((n) => seen[n]) };
}

/**
 * Numbers of `count` structures out of `length`, the last among them, the first (the start) not: in equal steps of the logarithm,
 * since most of the energy is lost in the first steps, and most of the steps are spent near the minimum.
 */
export function milestones(length: number, count: number): number[] {
  const last = length - 1;
  const numbers = Array.from({ length: count }, (_, k) => Math.round(last ** ((k + 1) / count)));
  return [...new Set(numbers)].filter((n) => n > 0);
}
