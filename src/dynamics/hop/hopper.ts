/**
 * One path of basin hopping: perturb, minimise, accept by the Metropolis rule on the minimised energies.
 *   A(i → j) = min(1, exp(−(E_j − E_i) / k_B T))
 * An accepted trial begins again from the minimum itself, not from the point that led there.
 * @see Li, Scheraga, PNAS 84, 6611 (1987); Wales, Doye, J. Phys. Chem. A 101, 5111 (1997); White, Mayne, Chem. Phys.
 *   Lett. 289, 463 (1998) for the return to the minimum
 */

import {
  type Calculator,
  type CalculatorState,
  evaluationFor,
  type KeptState,
  type Potential,
} from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import type { RandomState, RandomStream } from "../../core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import type { MovingAtoms } from "../moving-atoms.ts";
import { MinimaArchive, type Minimum } from "./archive.ts";
import { HopCounts, type HopCountsState, type Source } from "./hop-counts.ts";
import { type HopSettings, type MoveKind, moveKinds, USUAL_STEP } from "./hop-settings.ts";
import type { MoveSubject } from "./move-subject.ts";
import { checkedWeights } from "./move-weights.ts";
import { makeMove } from "./moves.ts";
import { type Quench, quench } from "./quench.ts";
import { StepControl, type StepState } from "./step-control.ts";

/** Where a path begins, and begins anew: its start number `index`, from 0 on, always with the same species. */
export type Starts = (index: number) => MovingAtoms;

/** The minimum at which a path stands. */
interface Current {
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  readonly energy: number;
  /** Share of each atom, eV. */
  readonly energies: Float64Array;
  readonly spacing: number;
}

export interface HopState {
  readonly step: number;
  /** Fresh starts that were taken. */
  readonly begun: number;
  readonly random: RandomState;
  readonly current: Current | null;
  readonly best: number | null;
  /** Lowest energy since the path last began anew, and the step of it. */
  readonly recent: { readonly energy: number; readonly step: number } | null;
  readonly improvements: readonly Improvement[];
  readonly control: StepState | null;
  readonly counts: HopCountsState;
  readonly minima: readonly Minimum[];
  readonly calculator: CalculatorState | null;
}

/** A step at which a path found a lower energy than before. */
export interface Improvement {
  readonly step: number;
  /** eV */
  readonly energy: number;
}

export interface Trial extends Quench {
  readonly source: Source;
  readonly accepted: boolean;
}

/** Starts in a row that lead to no minimum before the path gives up. */
const MOST_BAD_STARTS = 100;

export class Hopper {
  readonly #settings: HopSettings;
  readonly #path: number;
  readonly #starts: Starts;
  readonly #random: RandomStream;
  readonly #atoms: MovingAtoms;
  readonly #mobile: Int32Array;
  readonly #calculator: Calculator;
  readonly #archive: MinimaArchive;
  readonly #counts = new HopCounts();
  readonly #evaluation;
  readonly #weights: readonly number[];
  #control: StepControl | null = null;
  #current: Current | null = null;
  #step = 0;
  #begun = 0;
  #best: number | null = null;
  #recent: { energy: number; step: number } | null = null;
  #improvements: Improvement[] = [];

  /**
   * @param path number of the path, for the minima
   * @param wrap lets a caller look at every evaluation
   * @throws {EcitonError} "study" for moves that these atoms do not allow; "data" as the potential and the starts do
   */
  constructor(
    potential: Potential,
    starts: Starts,
    settings: HopSettings,
    random: RandomStream,
    path: number,
    wrap: (calculator: Calculator) => Calculator = (calculator) => calculator,
  ) {
    this.#settings = settings;
    this.#path = path;
    this.#starts = starts;
    this.#random = random;
    this.#atoms = starts(0);
    const { fixed, species } = this.#atoms;
    this.#mobile = Int32Array.from(species.keys()).filter((i) => fixed?.[i] !== 1);
    this.#weights = checkedWeights(settings, this.#atoms, this.#mobile);
    this.#calculator = wrap(potential.calculator(this.#atoms));
    this.#archive = new MinimaArchive(this.#atoms, settings.keep, settings.same);
    this.#evaluation = evaluationFor(species.length, { energies: true });
  }

  /** Quenches done. */
  get step(): number {
    return this.#step;
  }

  /** Lowest energy so far, eV; null before the first minimum. */
  get best(): number | null {
    return this.#best;
  }

  get improvements(): readonly Improvement[] {
    return this.#improvements;
  }

  get minima(): readonly Minimum[] {
    return this.#archive.minima;
  }

  /** What the potential has to say of all evaluations so far. */
  get notes(): readonly string[] {
    return this.#calculator.notes?.() ?? [];
  }

  /** States that the potential wants labels for. */
  get kept(): readonly KeptState[] {
    return this.#calculator.kept?.() ?? [];
  }

  get counts(): HopCountsState {
    return this.#counts.state();
  }

  /** Largest displacement as it is now, Å; null before the first minimum. */
  get stepLength(): number | null {
    return this.#control?.step ?? null;
  }

  /** Energy of the minimum where the path stands, eV; null where a fresh start comes next. */
  get energy(): number | null {
    return this.#current?.energy ?? null;
  }

  /** The atoms as the last quench left them; not to be changed. */
  get atoms(): MovingAtoms {
    return this.#atoms;
  }

  get reachedTarget(): boolean {
    const { targetEnergy } = this.#settings;
    return targetEnergy !== null && this.#best !== null && this.#best <= targetEnergy;
  }

  /**
   * One quench, of a fresh start or of a trial.
   * @throws {EcitonError} "data" where no start leads to a minimum
   */
  hop(): Trial {
    const current = this.#settings.sampling === "walk" ? this.#current : null;
    const source = current ? this.#chooseMove() : "start";
    let trial: Quench;
    if (current) {
      this.#atoms.positions.set(current.positions);
      this.#atoms.cell.set(current.cell);
      trial = this.#quenchMoved(source as MoveKind, current);
    } else {
      this.#begin();
      trial = quench(this.#calculator, this.#atoms, this.#settings);
    }
    this.#step++;
    const accepted = trial.energy !== null && this.#accepts(trial.energy, current?.energy ?? null);
    this.#counts.record(source, trial, accepted);
    if (source === "displace" || source === "displace_some") this.#control!.record(accepted);
    if (trial.energy !== null) this.#keep(trial.energy, trial);
    if (accepted && this.#settings.sampling === "walk") this.#stand(trial.energy!, trial.spacing);
    this.#watch(current === null, accepted);
    return { ...trial, source, accepted };
  }

  state(): HopState {
    return {
      step: this.#step,
      begun: this.#begun,
      random: this.#random.state(),
      current: this.#current,
      best: this.#best,
      recent: this.#recent,
      improvements: [...this.#improvements],
      control: this.#control?.state() ?? null,
      counts: this.#counts.state(),
      minima: this.#archive.minima,
      calculator: this.#calculator.state(),
    };
  }

  /** Goes on as the path whose state it was would have, to the last bit. */
  restore(state: HopState): void {
    this.#step = state.step;
    this.#begun = state.begun;
    this.#random.skipTo(state.random.drawn);
    this.#current = state.current;
    this.#best = state.best;
    this.#recent = state.recent;
    this.#improvements = [...state.improvements];
    this.#counts.restore(state.counts);
    this.#archive.restore(state.minima);
    if (state.control) this.#control = StepControl.restore(state.control, this.#settings.targetAcceptance);
    if (state.calculator) this.#calculator.restore(state.calculator);
  }

  #begin(): void {
    const { badStarts } = this.#counts;
    if (badStarts >= MOST_BAD_STARTS)
      throw new EcitonError(
        "data",
        `path ${this.#path}: ${badStarts} starts in a row led to no minimum that may be kept ` +
          `(${this.#counts.refusalText()}); look at atoms and at the limits of the section hop`,
        { path: this.#path },
      );
    const start = this.#starts(this.#begun++);
    if (start.species.some((name, i) => name !== this.#atoms.species[i]))
      throw new EcitonError(
        "data",
        `path ${this.#path}: start ${this.#begun} has other atoms than the first one; all starts need the same`,
        { path: this.#path },
      );
    this.#atoms.positions.set(start.positions);
    this.#atoms.cell.set(start.cell);
  }

  #chooseMove(): MoveKind {
    const total = this.#weights.reduce((sum, w) => sum + w, 0);
    let left = this.#random.nextFloat() * total;
    for (let k = 0; k < moveKinds.length; k++) {
      left -= this.#weights[k];
      if (left < 0) return moveKinds[k];
    }
    // Rounding may leave a crumb for nobody.
    return moveKinds[this.#weights.findLastIndex((w) => w > 0)];
  }

  #quenchMoved(kind: MoveKind, { energies, spacing }: Current): Quench {
    const subject: MoveSubject = {
      atoms: this.#atoms,
      mobile: this.#mobile,
      energies,
      spacing,
      step: this.#control!.step,
      energyNow: () => this.#evaluate().energy,
    };
    try {
      makeMove(kind, subject, this.#random);
    } catch (error) {
      if (!(error instanceof EcitonError) || error.code !== "data") throw error;
      return { energy: null, refused: "failed", ended: null, evaluations: 0, pulls: 0, spacing };
    }
    return quench(this.#calculator, this.#atoms, this.#settings);
  }

  #evaluate() {
    this.#calculator.evaluate(this.#atoms.positions, this.#atoms.cell, this.#evaluation);
    return this.#evaluation;
  }

  /** Metropolis; a fresh start is always accepted. */
  #accepts(energy: number, before: number | null): boolean {
    if (before === null || energy <= before) return true;
    // A number is drawn for every trial that goes up, at any temperature.
    const u = this.#random.nextFloat();
    return u < Math.exp((before - energy) / (BOLTZMANN_EV_PER_K * this.#settings.temperature));
  }

  #keep(energy: number, { ended }: Quench): void {
    this.#archive.add({
      energy,
      positions: this.#atoms.positions.slice(),
      cell: this.#atoms.cell.slice(),
      visits: 1,
      path: this.#path,
      step: this.#step,
      converged: ended !== "limit",
    });
    if (this.#best !== null && energy >= this.#best) return;
    this.#best = energy;
    this.#improvements.push({ step: this.#step, energy });
  }

  #stand(energy: number, spacing: number): void {
    const { energies } = this.#evaluate();
    this.#current = {
      positions: this.#atoms.positions.slice(),
      cell: this.#atoms.cell.slice(),
      energy,
      energies: energies!.slice(),
      spacing,
    };
    const { step, targetAcceptance } = this.#settings;
    this.#control ??= new StepControl(step ?? USUAL_STEP * spacing, targetAcceptance);
  }

  /** Looks whether the path still finds lower energies, and has it begin anew where it does not. */
  #watch(fresh: boolean, accepted: boolean): void {
    if (accepted && this.#current !== null) {
      const { energy } = this.#current;
      if (fresh || this.#recent === null || energy < this.#recent.energy - this.#settings.same.energy)
        this.#recent = { energy, step: this.#step };
    }
    const { restartAfter } = this.#settings;
    if (restartAfter === null || this.#recent === null || this.#step - this.#recent.step < restartAfter)
      return;
    this.#current = null;
    this.#recent = null;
    this.#counts.restarts++;
  }
}
