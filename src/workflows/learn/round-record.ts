/** What is known of a round of active learning when it is over. */
import type { Structure } from "../../data/structure.ts";
import { count, significant } from "../../report/numbers.ts";
import { type FailureCounts, failureText } from "./label-round.ts";

/** A structure with its label. */
export interface LearnedStructure {
  readonly structure: Structure;
  readonly system: string;
  /** 0: a start; otherwise the round that found it. */
  readonly round: number;
}

/** A minimum of the committee with its label: what the round is judged by. */
export interface TestedMinimum {
  readonly system: string;
  /** eV/atom */
  readonly predicted: number;
  readonly reference: number;
  /** RMSE of the forces at it, eV/Å; those of the committee are near zero. */
  readonly forceError: number;
  /** eV/Å */
  readonly deviation: number;
}

/** A labeled structure that an exploration met: what the committee's deviation there was worth. */
export interface DoubtedStructure {
  /** Largest standard deviation of a force component, eV/Å. */
  readonly deviation: number;
  /** Largest error of a force component of the committee's mean, eV/Å. */
  readonly error: number;
}

/** What the labeler says of the lowest minima of a round's searches. */
export interface SearchRecord {
  /** Mean absolute error of their energies, eV/atom, of the system where it is largest; null where none has a label. */
  readonly error: number | null;
  readonly unlabeled: number;
  /** Whether every system is searched, every minimum labeled, and the error within the target. */
  readonly right: boolean;
}

export interface RoundRecord {
  readonly round: number;
  /** Structures that were trained with, and those kept out of it. */
  readonly training: number;
  readonly test: number;
  readonly explorations: number;
  /** Explorations that the committee's deviation, or the dynamics, ended early. */
  readonly notTrusted: number;
  readonly goneWrong: number;
  readonly minima: readonly TestedMinimum[];
  /** Labeled minima and candidates. */
  readonly doubted: readonly DoubtedStructure[];
  /** RMSE of the energies of the minima, eV/atom; null without a labeled one. */
  readonly error: number | null;
  readonly candidates: number;
  /** Structures with new labels, minima among them. */
  readonly labeled: number;
  readonly failures: FailureCounts;
  /** Whether the minima of the explorations are right. */
  readonly met: boolean;
  /** null without a search: there is none in the study, or the round was not good enough. */
  readonly search: SearchRecord | null;
}

/** Whether learning has reached its end with this round. */
export function isDone({ met, search }: RoundRecord): boolean {
  return met && (search === null || search.right);
}

/** RMSE of energies, eV/atom; null of none. */
export function energyError(
  minima: readonly Pick<TestedMinimum, "predicted" | "reference">[],
): number | null {
  if (minima.length === 0) return null;
  return Math.sqrt(
    minima.reduce((sum, { predicted, reference }) => sum + (predicted - reference) ** 2, 0) / minima.length,
  );
}

/** One line for the terminal. */
export function roundText(
  { round, error, minima, explorations, notTrusted, labeled, failures }: RoundRecord,
  target: number,
): string {
  const failed = failureText(failures);
  return (
    `round ${round}: ${error === null ? "no minimum could be labeled" : `${significant(1000 * error, 3)} meV/atom`} ` +
    `(target ${target}) at ${count(minima.length, "minimum", "minima")} of ${count(explorations, "exploration")}, ` +
    `${notTrusted} not trusted; ${count(labeled, "new label")}${failed === "" ? "" : `; failed: ${failed}`}`
  );
}

export function searchText({ error, unlabeled, right }: SearchRecord): string {
  const failed = unlabeled === 0 ? "" : `, ${count(unlabeled, "minimum", "minima")} without a label`;
  return (
    `searches: lowest minima off by ${error === null ? "?" : significant(1000 * error, 3)} meV/atom${failed}; ` +
    (right ? "the labeler agrees" : "the searches went where learning had not been")
  );
}
