/** Watches what a calculator says of atoms outside the training set: counts, warns, and keeps such structures. */
import type { AtomKinds, Calculator, CalculatorState, Evaluation } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
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

export interface WatchSettings {
  /** Takes a line when a function is outside for the first time; null says nothing. Counted is always. */
  readonly warn: ((line: string) => void) | null;
  readonly collect: CollectSettings | null;
}

/** Functions that get a line of their own. */
const MOST_LINES = 3;

interface Kept {
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  readonly evaluation: number;
  readonly atoms: readonly number[];
  /** The value that lies farthest outside, in words. */
  readonly farthest: string;
}

interface WatchState extends CalculatorState {
  readonly extrapolation: { readonly tally: TallyState; readonly kept: readonly Kept[] };
}

export class ExtrapolationWatch implements Calculator {
  readonly numAtoms: number;
  readonly #calculator: ExtrapolatingCalculator;
  readonly #atoms: AtomKinds;
  readonly #model: HdnnpModel;
  readonly #settings: WatchSettings;
  #tally = new ExtrapolationTally();
  #kept: Kept[] = [];

  /** @param model whose elements and functions the calculator's reports number */
  constructor(
    calculator: ExtrapolatingCalculator,
    atoms: AtomKinds,
    model: HdnnpModel,
    settings: WatchSettings,
  ) {
    this.numAtoms = calculator.numAtoms;
    this.#calculator = calculator;
    this.#atoms = atoms;
    this.#model = model;
    this.#settings = settings;
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

  /**
   * Structures that were kept, without energies and forces: those of the model are what is in doubt. Info holds the number
   * of the evaluation, the atoms that were outside (from 1), and the farthest value in words.
   * @param name begins the names of the structures
   */
  collected(name: string): Structure[] {
    return this.#kept.map(({ positions, cell, evaluation, atoms, farthest }) => ({
      cell,
      periodic: this.#atoms.periodic,
      species: this.#atoms.species,
      positions,
      name: `${name}-${evaluation}`,
      info: { evaluation, outside_atoms: atoms.map((atom) => atom + 1), outside_farthest: farthest },
      source: { file: name, line: null },
    }));
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
    const first = this.#tally.add(found);
    const { warn } = this.#settings;
    if (warn)
      for (const one of first) warn(`outside the training set: ${extrapolationText(this.#model, one)}`);
    this.#keep(positions, cell, found);
  }

  #keep(positions: Float64Array, cell: Float64Array, found: readonly Extrapolation[]): void {
    const { collect } = this.#settings;
    const evaluation = this.#tally.evaluations;
    const last = this.#kept.at(-1)?.evaluation ?? Number.NEGATIVE_INFINITY;
    if (!collect || this.#kept.length >= collect.most || evaluation - last < collect.spacing) return;
    const worst = found.reduce((a, b) => (excessOf(b) > excessOf(a) ? b : a));
    this.#kept.push({
      positions: positions.slice(),
      cell: cell.slice(),
      evaluation,
      atoms: [...new Set(found.map(({ atom }) => atom))].sort((a, b) => a - b),
      farthest: extrapolationText(this.#model, worst),
    });
  }
}
