/** Watches what a calculator says of atoms outside the training set: counts them, and keeps such states for labeling. */
import type { Calculator, CalculatorState, Evaluation, KeptState } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import {
  type ExtrapolatingCalculator,
  type Extrapolation,
  ExtrapolationTally,
  excessOf,
  extrapolationText,
  type TallyState,
  tallyText,
} from "./extrapolation.ts";
import type { HdnnpModel } from "./model.ts";

/** Which structures with atoms outside are kept for labeling. */
export interface CollectSettings {
  /** At most so many, the first ones: later ones come from forces that were already unreliable. */
  readonly most: number;
  /** Evaluations between two of them, so that they differ. */
  readonly spacing: number;
}

/** Functions that get a line of their own. */
const MOST_LINES = 3;

interface WatchState extends CalculatorState {
  readonly extrapolation: { readonly tally: TallyState; readonly kept: readonly KeptState[] };
}

export class ExtrapolationWatch implements Calculator {
  readonly numAtoms: number;
  readonly #calculator: ExtrapolatingCalculator;
  readonly #model: HdnnpModel;
  readonly #collect: CollectSettings | null;
  #tally = new ExtrapolationTally();
  #kept: KeptState[] = [];

  /** @param model whose elements and functions the calculator's reports number */
  constructor(calculator: ExtrapolatingCalculator, model: HdnnpModel, collect: CollectSettings | null) {
    this.numAtoms = calculator.numAtoms;
    this.#calculator = calculator;
    this.#model = model;
    this.#collect = collect;
  }

  /** @throws what the calculator throws; if that is for atoms outside the training set, they are counted and kept before */
  evaluate(positions: Float64Array, cell: Float64Array, out: Evaluation): void {
    try {
      this.#calculator.evaluate(positions, cell, out);
    } catch (error) {
      // After another error the calculator still has the list of the evaluation before.
      if (error instanceof EcitonError && "extrapolations" in error.details) this.#record(positions, cell);
      throw error;
    }
    this.#record(positions, cell);
  }

  /** What was counted so far, in words; no lines where no atom was ever outside. */
  notes(): readonly string[] {
    return tallyText(this.#model, this.numAtoms, this.#tally.state(), MOST_LINES);
  }

  /** What was counted so far. */
  tally(): TallyState {
    return this.#tally.state();
  }

  /** Without energies and forces: those of the model are what is in doubt. */
  kept(): readonly KeptState[] {
    return this.#kept;
  }

  state(): CalculatorState | null {
    const state = this.#calculator.state();
    if (!state) return null;
    const whole: WatchState = {
      ...state,
      extrapolation: { tally: this.#tally.state(), kept: [...this.#kept] },
    };
    return whole;
  }

  restore(state: CalculatorState): void {
    this.#calculator.restore(state);
    if (!("extrapolation" in state)) return;
    const { tally, kept } = (state as WatchState).extrapolation;
    this.#tally = new ExtrapolationTally(tally);
    this.#kept = [...kept];
  }

  #record(positions: Float64Array, cell: Float64Array): void {
    if (this.#calculator.numExtrapolations === 0) {
      this.#tally.add([]);
      return;
    }
    const found = this.#calculator.extrapolations();
    this.#tally.add(found);
    this.#keep(positions, cell, found);
  }

  #keep(positions: Float64Array, cell: Float64Array, found: readonly Extrapolation[]): void {
    const collect = this.#collect;
    const evaluation = this.#tally.evaluations;
    const last = this.#kept.at(-1)?.evaluation ?? Number.NEGATIVE_INFINITY;
    if (!collect || this.#kept.length >= collect.most || evaluation - last < collect.spacing) return;
    const worst = found.reduce((a, b) => (excessOf(b) > excessOf(a) ? b : a));
    this.#kept.push({
      positions: positions.slice(),
      cell: cell.slice(),
      evaluation,
      atoms: [...new Set(found.map(({ atom }) => atom))].sort((a, b) => a - b),
      why: extrapolationText(this.#model, worst),
    });
  }
}
