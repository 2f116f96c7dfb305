/** What every labeler is: atoms in, energy and forces out, or the reason why there are none. */
import type { Structure } from "../data/structure.ts";

/** Energy and derivatives of one structure, all numbers finite. */
export interface Label {
  /** eV */
  readonly energy: number;
  /** Float64Array(3N), −∂E/∂r, eV/Å */
  readonly forces: Float64Array;
  /** Float64Array(9), eV/Å³, tension positive; null for atoms that are not periodic in three directions. */
  readonly stress: Float64Array | null;
  /** What a person should know of how it was found: "restarted from a solution at 1000 K". */
  readonly notes: readonly string[];
}

export const failureReasons = [
  "overlap", // atoms far nearer than bonded ones
  "unsupported", // the labeler cannot treat such atoms: an element, periodic directions, a number of electrons
  "not-converged", // the program gave up its iterations
  "not-finite", // an energy, force or stress is no number
  "implausible", // a force is larger than any that belongs in a data set: a wrong solution, or atoms too near
  "time-limit", // the program was ended because it took too long
  "crashed", // the program ended by a fault of its own
  "bad-output", // the program says that all is well, but its files are incomplete or of another calculation
  "killed", // somebody else ended the program; nothing is known of the structure
] as const;

export type FailureReason = (typeof failureReasons)[number];

export interface LabelFailure {
  readonly reason: FailureReason;
  /** What was expected, what was found, what to do. */
  readonly message: string;
}

export type LabelOutcome = Label | LabelFailure;

export function isFailure(outcome: LabelOutcome): outcome is LabelFailure {
  return "reason" in outcome;
}

/** A structure that was tried. */
export interface Attempt {
  readonly outcome: LabelOutcome;
  /** Inputs and outputs of a program as one text; null where nothing was run. */
  readonly log: string | null;
}

/** The atoms of a structure. */
export type LabelAtoms = Pick<Structure, "species" | "periodic" | "cell" | "positions">;

export interface Labeler {
  /** For people: "GFN1-xTB by xtb 6.5.1". */
  readonly name: string;
  /** Fingerprint of everything that decides a label beside the atoms. */
  readonly identity: string;
  /** Why these atoms cannot be treated, as far as that is known without any work; null where they can be tried. */
  refusal(atoms: LabelAtoms): LabelFailure | null;
  /**
   * @param cancel shared Int32Array(1); non-zero asks to return soon
   * @returns null if it was cancelled
   * @throws {EcitonError} "io" for what has nothing to do with the structure: a full disk, a program that is gone
   */
  label(atoms: LabelAtoms, cancel: Int32Array): Promise<Attempt | null>;
}
