/** How the trials of a path came out. */
import type { RelaxResult } from "../minimise/relax-settings.ts";
import { type MoveKind, moveKinds } from "./hop-settings.ts";
import type { Quench, Refusal } from "./quench.ts";

/** What made a trial: a fresh start or a move. */
export type Source = "start" | MoveKind;
export const sources: readonly Source[] = ["start", ...moveKinds];
export const endings: readonly RelaxResult["ended"][] = ["forces", "energy", "limit", "stuck"];
export const refusals: readonly Refusal[] = ["evaporated", "collapsed", "outside", "failed"];

export interface HopCountsState {
  readonly tried: Readonly<Record<Source, number>>;
  readonly accepted: Readonly<Record<Source, number>>;
  /** How relaxations ended. */
  readonly ended: Readonly<Record<RelaxResult["ended"], number>>;
  readonly refused: Readonly<Record<Refusal, number>>;
  /** Evaluations of energy and forces by the relaxations. */
  readonly evaluations: number;
  readonly pulls: number;
  readonly restarts: number;
  /** Fresh starts in a row, up to now, without a minimum. */
  readonly badStarts: number;
}

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}

export class HopCounts {
  #tried = zeros(sources);
  #accepted = zeros(sources);
  #ended = zeros(endings);
  #refused = zeros(refusals);
  #evaluations = 0;
  #pulls = 0;
  #badStarts = 0;
  restarts = 0;

  get badStarts(): number {
    return this.#badStarts;
  }

  record(source: Source, quench: Quench, accepted: boolean): void {
    this.#tried[source]++;
    if (accepted) this.#accepted[source]++;
    if (quench.ended) this.#ended[quench.ended]++;
    if (quench.refused) this.#refused[quench.refused]++;
    this.#evaluations += quench.evaluations;
    this.#pulls += quench.pulls;
    if (source === "start") this.#badStarts = quench.energy === null ? this.#badStarts + 1 : 0;
  }

  /** "90 evaporated, 10 failed" */
  refusalText(): string {
    return refusals
      .filter((kind) => this.#refused[kind] > 0)
      .map((kind) => `${this.#refused[kind]} ${kind}`)
      .join(", ");
  }

  state(): HopCountsState {
    return {
      tried: { ...this.#tried },
      accepted: { ...this.#accepted },
      ended: { ...this.#ended },
      refused: { ...this.#refused },
      evaluations: this.#evaluations,
      pulls: this.#pulls,
      restarts: this.restarts,
      badStarts: this.#badStarts,
    };
  }

  restore(state: HopCountsState): void {
    this.#tried = { ...state.tried };
    this.#accepted = { ...state.accepted };
    this.#ended = { ...state.ended };
    this.#refused = { ...state.refused };
    this.#evaluations = state.evaluations;
    this.#pulls = state.pulls;
    this.restarts = state.restarts;
    this.#badStarts = state.badStarts;
  }
}
