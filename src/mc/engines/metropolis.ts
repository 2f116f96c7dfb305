/** The Markov chain: propose, accept or reject, keep the energy. */

import { CompiledExpansion } from "../../clusters/compiled-expansion.ts";
import { EcitonError } from "../../core/errors.ts";
import { expNonPositive } from "../../core/exponential.ts";
import { type RandomState, RandomStream } from "../../core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import type { LatticeModel, Moves } from "../lattice-model.ts";
import { SwapMoves } from "../moves/swap-moves.ts";
import type { SublatticeSites } from "../records/layer-counts.ts";
import { CompiledEngine, type EngineName, kernelFor } from "./compiled-engine.ts";
import { NfoldEngine } from "./nfold-engine.ts";
import { PlainNfold } from "./nfold-plain.ts";
import { addStay, type NfoldState, type RejectionFreeEngine } from "./rejection-free.ts";
import type { RunningNumbers } from "./running-numbers.ts";

/** The energy is recomputed in full whenever the number of steps is a multiple of this, for each 16,384 sites begun. */
export const ENERGY_CHECK_STEPS = 1_000_000;
const SITES_PER_CHECK = 16_384;

/** Largest difference between the kept and the recomputed energy, eV per site. */
export const DRIFT_LIMIT_EV = 1e-8;

/** Smaller differences of energies are rounding, eV: they make no new lowest state. */
export const ROUNDING_EV = 1e-9;

export interface LowestState {
  readonly step: number;
  readonly energy: number;
  readonly occupation: Uint8Array;
}

/** Mean and variance of the energy over a stretch of steps, every step counted. */
export interface EnergyBin {
  readonly mean: number;
  readonly variance: number;
}

/** Everything that a chain needs to go on bit for bit. */
export interface ChainState {
  readonly step: number;
  readonly energy: number;
  readonly random: RandomState;
  readonly occupation: Uint8Array;
  readonly moves: Int32Array;
  readonly proposed: Float64Array;
  readonly accepted: Float64Array;
  readonly lowest: LowestState;
  readonly bin: OpenBin;
  /** Null where no rejection-free engine has run. */
  readonly nfold: NfoldState | null;
}

/** Sums over the steps since the last bin was closed, relative to the energy at its start so that squares do not cancel. */
interface OpenBin {
  readonly steps: number;
  readonly origin: number;
  readonly sum: number;
  readonly squares: number;
}

/**
 * Metropolis chain: a proposal with change ΔΦ of the ensemble's potential is accepted with the probability
 * min(1, r exp(-ΔΦ / k_B T)), r being the ratio of the probabilities of the reverse proposal and of this one. The energy
 * is carried along by adding changes and checked against a full computation at fixed numbers of steps.
 * @see Metropolis, Rosenbluth, Rosenbluth, Teller, Teller, J. Chem. Phys. 21, 1087 (1953)
 */
export class MetropolisChain {
  /** Numbers of proposals and acceptances, by kind of move. */
  readonly proposed: Float64Array;
  readonly accepted: Float64Array;
  readonly #model: LatticeModel;
  readonly #moves: Moves;
  #engine: CompiledEngine | RejectionFreeEngine | null = null;
  #rejectionFree: RejectionFreeEngine | null = null;
  readonly #engineSteps: Readonly<Record<"direct" | "field", number>> | null = null;
  readonly #occupation: Uint8Array;
  readonly #lowestOccupation: Uint8Array;
  readonly #now: RunningNumbers;
  /** In proportion to the sites, so that checks take the same small part of the time in every cell. */
  readonly #checkSteps: number;
  #random: RandomStream;
  #beta: number;
  #binSteps = 0;
  /** Whether the engine has gone on from what is kept here. */
  #ahead = false;

  /**
   * @param occupation starting state, copied
   * @param random taken over by the chain
   * @param temperature K, above 0
   * @param engine how to run; other models than a cluster expansion always take the plain code
   */
  constructor(
    model: LatticeModel,
    moves: Moves,
    occupation: Uint8Array,
    temperature: number,
    random: RandomStream,
    engine: EngineName = "auto",
  ) {
    this.#model = model;
    this.#moves = moves;
    this.#random = random;
    this.#beta = inverseTemperature(temperature);
    this.#occupation = occupation.slice();
    this.#lowestOccupation = occupation.slice();
    this.#checkSteps = ENERGY_CHECK_STEPS * Math.ceil(occupation.length / SITES_PER_CHECK);
    this.proposed = new Float64Array(moves.kinds.length);
    this.accepted = new Float64Array(moves.kinds.length);
    const energy = this.#fullEnergy();
    this.#now = {
      step: 0,
      energy,
      lowestStep: 0,
      lowestEnergy: energy,
      binOrigin: energy,
      binSum: 0,
      binSquares: 0,
    };
    const compiled = moves instanceof SwapMoves && model instanceof CompiledExpansion;
    if (engine === "nfold" || engine === "nfold-reference") {
      if (!compiled)
        throw new EcitonError(
          "usage",
          "rejections are skipped for swaps anywhere in the cell of a cluster expansion only; choose another engine",
        );
      this.#rejectionFree = engine === "nfold" ? new NfoldEngine(model, moves) : new PlainNfold(model, moves);
    } else if (engine !== "reference" && model instanceof CompiledExpansion) {
      const kernel = kernelFor(model, moves);
      if (kernel) {
        const compiledEngine = new CompiledEngine(model, moves, kernel, engine);
        this.#engineSteps = compiledEngine.steps;
        this.#engine = compiledEngine;
      }
    }
    this.#engine ??= this.#rejectionFree;
    this.#load(null);
  }

  get step(): number {
    return this.#now.step;
  }

  /** eV for the whole supercell. */
  get energy(): number {
    return this.#now.energy;
  }

  /** Uint8Array(numSites), always the same array; brought up to date by reading this property. */
  get occupation(): Uint8Array {
    if (this.#ahead) this.#engine?.readOccupation(this.#occupation);
    return this.#occupation;
  }

  countOf({ site, from, to }: SublatticeSites, species: number): number {
    if (this.#engine) return this.#engine.countOf(site, species);
    let count = 0;
    for (let i = from; i < to; i++) if (this.#occupation[i] === species) count++;
    return count;
  }

  /** Steps that were run by each compiled engine since this object was made; null where only the plain code runs. */
  get engineSteps(): Readonly<Record<"direct" | "field", number>> | null {
    return this.#engineSteps;
  }

  /** Steps that were run or skipped by the compiled rejection-free engine. */
  get nfoldSteps(): number {
    return this.#rejectionFree?.steps ?? 0;
  }

  /** The lowest state met so far, the starting one included. */
  get lowest(): LowestState {
    if (this.#ahead) this.#engine?.readLowest(this.#lowestOccupation);
    return {
      step: this.#now.lowestStep,
      energy: this.#now.lowestEnergy,
      occupation: this.#lowestOccupation.slice(),
    };
  }

  /** @param temperature K, above 0 */
  setTemperature(temperature: number): void {
    this.#beta = inverseTemperature(temperature);
  }

  /**
   * Does a number of steps; a step is one proposal, accepted or not.
   * @throws {EcitonError} "not-converged" when the kept energy has drifted, "data" for an energy that is not a number
   */
  run(steps: number): void {
    const now = this.#now;
    const last = now.step + steps;
    while (now.step < last) {
      const part = Math.min(last - now.step, this.#checkSteps - (now.step % this.#checkSteps));
      if (this.#engine) {
        this.#engine.run(part, this.#beta, now, this.proposed, this.accepted);
        this.#ahead = true;
      } else this.#runPlain(part);
      if (now.step % this.#checkSteps === 0) this.checkEnergy();
    }
    this.#binSteps += steps;
  }

  #runPlain(steps: number): void {
    const now = this.#now;
    const moves = this.#moves;
    const random = this.#random;
    const occupation = this.#occupation;
    const { proposed, accepted } = this;
    const beta = this.#beta;
    const origin = now.binOrigin;
    let energy = now.energy;
    let sum = now.binSum;
    let squares = now.binSquares;
    const last = now.step + steps;
    for (let step = now.step + 1; step <= last; step++) {
      const change = moves.propose(occupation, random);
      const { kind } = moves;
      proposed[kind]++;
      const exponent = moves.logRatio - beta * change;
      if (exponent >= 0 || random.nextFloat() < expNonPositive(exponent)) {
        moves.commit(occupation);
        accepted[kind]++;
        energy += moves.energyChange;
        if (energy < now.lowestEnergy - ROUNDING_EV) {
          now.lowestEnergy = energy;
          now.lowestStep = step;
          this.#lowestOccupation.set(occupation);
        }
      } else if (Number.isNaN(exponent))
        throw new EcitonError("data", `step ${step}: the model's energy change is not a number`);
      const difference = energy - origin;
      sum += difference;
      squares += difference * difference;
    }
    now.step = last;
    now.energy = energy;
    now.binSum = sum;
    now.binSquares = squares;
  }

  /** Gives the state that is kept here to the engine. */
  #load(nfold: NfoldState | null): void {
    this.#engine?.load(this.#occupation, this.#lowestOccupation, this.#random, ROUNDING_EV, nfold);
    // The sums of other engines are always complete.
    if (nfold && !this.#rejectionFree) addStay(this.#now, nfold.numbers[2]);
    this.#ahead = false;
  }

  /**
   * Replaces the kept energy by a fully computed one.
   * @throws {EcitonError} "not-converged" when the two differ by more than DRIFT_LIMIT_EV per site
   */
  checkEnergy(): void {
    const full = this.#fullEnergy();
    const drift = Math.abs(full - this.#now.energy) / this.#occupation.length;
    if (!(drift <= DRIFT_LIMIT_EV))
      throw new EcitonError(
        "not-converged",
        `the energy kept from step to step has drifted: ${this.#now.energy} eV at step ${this.#now.step}, ${full} eV when ` +
          `computed in full, ${drift.toExponential(1)} eV per site (limit ${DRIFT_LIMIT_EV}); the model's energy changes are wrong`,
        { kept: this.#now.energy, full, drift },
      );
    this.#rejectionFree?.settle(this.#now);
    this.#now.energy = full;
  }

  /** Closes the stretch of steps since the last call. */
  takeBin(): EnergyBin {
    const now = this.#now;
    const steps = this.#binSteps;
    this.#rejectionFree?.settle(now);
    const shift = now.binSum / steps;
    const bin = {
      mean: now.binOrigin + shift,
      variance: Math.max(0, now.binSquares / steps - shift * shift),
    };
    now.binOrigin = now.energy;
    now.binSum = 0;
    now.binSquares = 0;
    this.#binSteps = 0;
    return bin;
  }

  /** State for a checkpoint. */
  state(): ChainState {
    if (this.#ahead) this.#engine?.release(this.#random);
    const { step, energy, binOrigin, binSum, binSquares } = this.#now;
    return {
      step,
      energy,
      random: this.#random.state(),
      occupation: this.occupation.slice(),
      moves: this.#moves.state(),
      proposed: this.proposed.slice(),
      accepted: this.accepted.slice(),
      lowest: this.lowest,
      bin: { steps: this.#binSteps, origin: binOrigin, sum: binSum, squares: binSquares },
      nfold: this.#rejectionFree?.state() ?? null,
    };
  }

  /**
   * Gives back what compiled code has taken for this chain. The chain stays as it is and can still be read; should it go
   * on, it does so by the plain code. A chain that is never closed gives its share back when it is forgotten.
   */
  close(): void {
    if (!this.#engine) return;
    if (this.#ahead) {
      this.#engine.release(this.#random);
      this.#engine.readOccupation(this.#occupation);
      this.#engine.readLowest(this.#lowestOccupation);
    }
    this.#rejectionFree?.settle(this.#now);
    this.#engine.close();
    this.#engine = null;
    this.#rejectionFree = null;
    this.#ahead = false;
  }

  restore(state: ChainState): void {
    const now = this.#now;
    now.step = state.step;
    now.energy = state.energy;
    now.lowestStep = state.lowest.step;
    now.lowestEnergy = state.lowest.energy;
    now.binOrigin = state.bin.origin;
    now.binSum = state.bin.sum;
    now.binSquares = state.bin.squares;
    this.#binSteps = state.bin.steps;
    this.#random = RandomStream.restore(state.random);
    this.#occupation.set(state.occupation);
    this.#lowestOccupation.set(state.lowest.occupation);
    this.#moves.restore(state.moves);
    this.proposed.set(state.proposed);
    this.accepted.set(state.accepted);
    this.#load(state.nfold);
  }

  #fullEnergy(): number {
    const energy = this.#model.energy(this.occupation);
    if (!Number.isFinite(energy)) throw new EcitonError("data", `the model's energy is ${energy}`);
    return energy;
  }
}

function inverseTemperature(temperature: number): number {
  if (!Number.isFinite(temperature) || temperature <= 0)
    throw new EcitonError("usage", `expected a temperature above 0 K, found ${temperature}`);
  return 1 / (BOLTZMANN_EV_PER_K * temperature);
}
