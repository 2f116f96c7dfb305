/**
 * Atoms whose symmetry functions lie outside the ranges of the training set: a network says nothing reliable of them. What
 * a calculator reports of an evaluation, and a count of it over a calculation.
 */
import type { Calculator } from "../../core/calculator.ts";
import { describeFunction } from "../symmetry-functions/describe-function.ts";
import type { HdnnpModel } from "./model.ts";

export interface Extrapolation {
  readonly atom: number;
  /** Number of the atom's element in the model, and of the function among those of the element. */
  readonly element: number;
  readonly functionIndex: number;
  /** Unscaled, and the range that was trained. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** A calculator that knows the ranges of its model's training set. */
export interface ExtrapolatingCalculator extends Calculator {
  /** Values outside their ranges in the last evaluation. */
  readonly numExtrapolations: number;
  /** Those values, by atom and function; asked for only where there are some. */
  extrapolations(): readonly Extrapolation[];
}

/** How far outside a value lies, in lengths of the range; infinite where training saw one value only. */
export function excessOf({ value, min, max }: Extrapolation): number {
  const distance = Math.max(value - max, min - value, 0);
  return distance === 0 ? 0 : distance / (max - min);
}

/** What is kept of one function of one element. */
export interface FunctionTally {
  readonly element: number;
  readonly functionIndex: number;
  /** Values outside. */
  readonly values: number;
  /** Evaluations in which there were some. */
  readonly evaluations: number;
  /** The value that lies farthest outside. */
  readonly worst: Extrapolation;
}

/** A tally as plain data, for checkpoints and results. */
export interface TallyState {
  readonly evaluations: number;
  /** Evaluations with a value outside. */
  readonly outside: number;
  /** Atoms that were outside at least once, ascending. */
  readonly atoms: readonly number[];
  /** Those that lie farthest outside first. */
  readonly functions: readonly FunctionTally[];
}

/** Counts values outside their ranges over the evaluations of one calculation. */
export class ExtrapolationTally {
  #evaluations = 0;
  #outside = 0;
  readonly #atoms = new Set<number>();
  readonly #functions = new Map<string, FunctionTally & { readonly last: number }>();

  /** @param state to go on from */
  constructor(state: TallyState | null = null) {
    if (!state) return;
    this.#evaluations = state.evaluations;
    this.#outside = state.outside;
    for (const atom of state.atoms) this.#atoms.add(atom);
    for (const one of state.functions) this.#functions.set(key(one), { ...one, last: -1 });
  }

  get evaluations(): number {
    return this.#evaluations;
  }

  /**
   * One more evaluation.
   * @returns functions that had never been outside, in the order of the list
   */
  add(extrapolations: readonly Extrapolation[]): readonly Extrapolation[] {
    const evaluation = this.#evaluations++;
    if (extrapolations.length === 0) return extrapolations;
    this.#outside++;
    const first: Extrapolation[] = [];
    for (const one of extrapolations) {
      this.#atoms.add(one.atom);
      const before = this.#functions.get(key(one));
      if (!before) first.push(one);
      this.#functions.set(key(one), {
        element: one.element,
        functionIndex: one.functionIndex,
        values: (before?.values ?? 0) + 1,
        evaluations: (before?.evaluations ?? 0) + (before?.last === evaluation ? 0 : 1),
        worst: before && excessOf(before.worst) >= excessOf(one) ? before.worst : one,
        last: evaluation,
      });
    }
    return first;
  }

  state(): TallyState {
    return {
      evaluations: this.#evaluations,
      outside: this.#outside,
      atoms: [...this.#atoms].sort((a, b) => a - b),
      functions: [...this.#functions.values()].map(({ last: _, ...one }) => one).sort(farthestFirst),
    };
  }
}

const key = ({ element, functionIndex }: { element: number; functionIndex: number }) =>
  `${element} ${functionIndex}`;

function farthestFirst(a: FunctionTally, b: FunctionTally): number {
  const [excessA, excessB] = [excessOf(a.worst), excessOf(b.worst)];
  if (excessA !== excessB) return excessA > excessB ? -1 : 1;
  return a.element - b.element || a.functionIndex - b.functionIndex;
}

/** One value: "Ce atom 12: G2 Ce-O, η = 2/Å², r_s = 0 Å, r_c = 6 Å: value 0.31, trained 0.02 to 0.28". Atoms count from 1. */
export function extrapolationText(model: HdnnpModel, one: Extrapolation): string {
  const { element, functions } = model.elements[one.element];
  const label = describeFunction(functions[one.functionIndex], element);
  return `${element} atom ${one.atom + 1}: ${label}: ${valueText(one)}`;
}

function valueText({ value, min, max }: Extrapolation): string {
  const trained = min === max ? `always ${digits(min)}` : `${digits(min)} to ${digits(max)}`;
  return `value ${digits(value)}, trained ${trained}`;
}

const digits = (x: number) => String(Number(x.toPrecision(4)));

/**
 * The count in words, a line for the whole and one for each of the functions that lie farthest outside:
 *   "12 of 10000 evaluations had atoms outside the training set: 3 of 55 atoms, 2 functions"
 *   "Ce: G2 Ce-O, η = 2/Å², r_s = 0 Å, r_c = 6 Å: 153 times in 12 evaluations; farthest: atom 12, value 0.31, trained 0.02 to 0.28"
 * @param most functions that get a line
 * @returns no lines where no atom was ever outside
 */
export function tallyText(model: HdnnpModel, numAtoms: number, state: TallyState, most = 10): string[] {
  const { evaluations, outside, atoms, functions } = state;
  if (outside === 0) return [];
  const counted = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const lines = functions.slice(0, most).map((one) => {
    const { element, functions: known } = model.elements[one.element];
    const label = describeFunction(known[one.functionIndex], element);
    const times = one.values === 1 ? "once" : `${one.values} times`;
    const where = `atom ${one.worst.atom + 1}, ${valueText(one.worst)}`;
    return `${element}: ${label}: ${times} in ${counted(one.evaluations, "evaluation")}; farthest: ${where}`;
  });
  const rest = functions.length - lines.length;
  if (rest > 0) lines.push(`and ${counted(rest, "function")} less far outside`);
  return [
    `${outside} of ${counted(evaluations, "evaluation")} had atoms outside the training set: ` +
      `${atoms.length} of ${counted(numAtoms, "atom")}, ${counted(functions.length, "function")}`,
    ...lines,
  ];
}
