/** Structures that are relaxed one after the other, each by itself. */

import { evaluationFor, type KeptState, type Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import type { TaskContext } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { MovingAtoms } from "../moving-atoms.ts";
import { stoppable } from "../stoppable.ts";
import { relax } from "./relax.ts";
import type { RelaxResult, RelaxSettings } from "./relax-settings.ts";

export interface RelaxPayload<Spec> {
  /** Plain data that decides the potential. */
  readonly potential: Spec;
  readonly settings: RelaxSettings;
  readonly structures: readonly MovingAtoms[];
  /** Where finished structures are kept; null: nowhere. */
  readonly checkpoint: { readonly path: string; readonly resume: boolean } | null;
}

/** A structure after its relaxation. */
export interface RelaxedAtoms {
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  readonly result: RelaxResult;
  /** eV/Å, of fixed atoms too. */
  readonly forces: Float64Array;
  /** eV/Å³, tension positive; null for atoms that are not periodic in three directions. */
  readonly stress: Float64Array | null;
  /** What the potential has to say of the relaxation, and the states that it wants labels for. */
  readonly notes: readonly string[];
  readonly kept: readonly KeptState[];
}

/** Why a structure has no minimum. */
export interface FailedRelaxation {
  readonly code: EcitonError["code"];
  readonly message: string;
}

export type RelaxOutcome = RelaxedAtoms | FailedRelaxation;

export type RelaxTaskResult =
  | { readonly interrupted: false; readonly outcomes: readonly RelaxOutcome[] }
  | { readonly interrupted: true };

/** Finished structures are written down so often; only what a kill would lose depends on it. */
const SAVE_EVERY_MS = 5000;

/**
 * A structure that the potential cannot describe (atoms that coincide, too small a cell) fails by itself; the others
 * are relaxed. An interruption keeps those that are finished.
 * @throws {EcitonError} "data" for a checkpoint of another task, "io" when it cannot be written
 */
export function relaxStructures<Spec>(
  payload: RelaxPayload<Spec>,
  context: TaskContext,
  create: (spec: Spec) => Potential,
): RelaxTaskResult {
  const { structures, checkpoint, settings } = payload;
  const task = checkpoint ? fingerprintOf(payload) : "";
  const outcomes: RelaxOutcome[] = checkpoint?.resume
    ? (readState<RelaxOutcome[]>(checkpoint.path, task) ?? [])
    : [];
  const potential = create(payload.potential);
  const save = () => checkpoint && writeState(checkpoint.path, task, outcomes);
  let saved = Date.now();
  while (outcomes.length < structures.length) {
    const outcome = relaxOne(potential, structures[outcomes.length], settings, context.cancel);
    if (outcome === null) {
      save();
      return { interrupted: true };
    }
    outcomes.push(outcome);
    if (Date.now() - saved > SAVE_EVERY_MS || outcomes.length === structures.length) {
      save();
      saved = Date.now();
    }
    Atomics.store(context.progress, context.index, Math.floor((1000 * outcomes.length) / structures.length));
  }
  return { interrupted: false, outcomes };
}

/** @returns null if it was cancelled */
function relaxOne(
  potential: Potential,
  atoms: MovingAtoms,
  settings: RelaxSettings,
  cancel: Int32Array,
): RelaxOutcome | null {
  try {
    // A calculator of its own: sums depend on what a neighbour list has seen before.
    const calculator = potential.calculator(atoms);
    const result = relax(stoppable(calculator, cancel), atoms, settings);
    const inBulk = atoms.periodic.every(Boolean);
    const out = evaluationFor(atoms.species.length, { virial: inBulk });
    calculator.evaluate(atoms.positions, atoms.cell, out);
    const volume = Math.abs(det3(atoms.cell));
    return {
      positions: atoms.positions,
      cell: atoms.cell,
      result,
      forces: out.forces,
      stress: out.virial ? out.virial.map((w) => -w / volume) : null,
      notes: calculator.notes?.() ?? [],
      kept: calculator.kept?.() ?? [],
    };
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    if (error.code === "cancelled") return null;
    return { code: error.code, message: error.message };
  }
}

function fingerprintOf({ potential, settings, structures }: RelaxPayload<unknown>): string {
  const plain = structures.map(({ species, periodic, positions, cell, fixed }) => ({
    species,
    periodic,
    positions: [...positions],
    cell: [...cell],
    fixed: fixed && [...fixed],
  }));
  return fingerprint({ potential, settings, structures: plain });
}
