/** The Markov chain: propose, accept or reject, keep the energy. */
import { EcitonError } from "../core/errors.ts";
import { expNonPositive } from "../core/exponential.ts";
import { type RandomState, RandomStream } from "../core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../core/units.ts";
import type { LatticeModel, Moves } from "./lattice-model.ts";

/** The energy is recomputed in full whenever the number of steps is a multiple of this. */
export const ENERGY_CHECK_STEPS = 1_000_000;

/** Largest difference between the kept and the recomputed energy, eV per site. */
export const DRIFT_LIMIT_EV = 1e-8;

/** Differences below this are rounding and make no new lowest state, eV. */
const ROUNDING_EV = 1e-9;

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
}

/** Sums over the steps since the last bin was closed, relative to the energy at its start. */
interface OpenBin {
  readonly steps: number;
  readonly origin: number;
  readonly sum: number;
  readonly squares: number;
}

/**
 * Metropolis chain: a proposal with change ΔΦ of the ensemble's potential is accepted with the probability
 * min(1, exp(-ΔΦ / k_B T)). The energy is carried along by adding changes and checked against a full computation
 * at fixed numbers of steps.
 * @see Metropolis, Rosenbluth, Rosenbluth, Teller, Teller, J. Chem. Phys. 21, 1087 (1953)
 */
export class MetropolisChain {
  /** Uint8Array(numSites), changed in place by the chain. */
  readonly occupation: Uint8Array;
  /** Numbers of proposals and acceptances, by kind of move. */
  readonly proposed: Float64Array;
  readonly accepted: Float64Array;
  readonly #model: LatticeModel;
  readonly #moves: Moves;
  #random: RandomStream;
  #beta: number;
  #step = 0;
  #energy: number;
  #lowestStep = 0;
  #lowestEnergy: number;
  readonly #lowestOccupation: Uint8Array;
  // Energies of the open bin are summed relative to the one at its start, so that squares do not cancel.
  #binSteps = 0;
  #binOrigin: number;
  #binSum = 0;
  #binSquares = 0;

  /**
   * @param occupation starting state, taken over by the chain
   * @param temperature K, above 0
   */
  constructor(
    model: LatticeModel,
    moves: Moves,
    occupation: Uint8Array,
    temperature: number,
    random: RandomStream,
  ) {
    this.#model = model;
    this.#moves = moves;
    this.#random = random;
    this.#beta = inverseTemperature(temperature);
    this.occupation = occupation;
    this.proposed = new Float64Array(moves.kinds.length);
    this.accepted = new Float64Array(moves.kinds.length);
    this.#energy = this.#fullEnergy();
    this.#lowestEnergy = this.#energy;
    this.#lowestOccupation = occupation.slice();
    this.#binOrigin = this.#energy;
  }

  get step(): number {
    return this.#step;
  }

  /** eV for the whole supercell. */
  get energy(): number {
    return this.#energy;
  }

  /** The lowest state met so far, the starting one included. */
  get lowest(): LowestState {
    return {
      step: this.#lowestStep,
      energy: this.#lowestEnergy,
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
    const moves = this.#moves;
    const random = this.#random;
    const { occupation, proposed, accepted } = this;
    const beta = this.#beta;
    const origin = this.#binOrigin;
    let energy = this.#energy;
    let sum = this.#binSum;
    let squares = this.#binSquares;
    const last = this.#step + steps;
    let step = this.#step;
    while (step < last) {
      const change = moves.propose(occupation, random);
      const { kind } = moves;
      proposed[kind]++;
      step++;
      if (change <= 0 || random.nextFloat() < expNonPositive(-beta * change)) {
        moves.commit(occupation);
        accepted[kind]++;
        energy += moves.energyChange;
        if (energy < this.#lowestEnergy - ROUNDING_EV) {
          this.#lowestEnergy = energy;
          this.#lowestStep = step;
          this.#lowestOccupation.set(occupation);
        }
      } else if (Number.isNaN(change))
        throw new EcitonError("data", `step ${step}: the model's energy change is not a number`);
      const difference = energy - origin;
      sum += difference;
      squares += difference * difference;
      if (step % ENERGY_CHECK_STEPS === 0) {
        this.#energy = energy;
        this.checkEnergy();
        energy = this.#energy;
      }
    }
    this.#step = step;
    this.#energy = energy;
    this.#binSum = sum;
    this.#binSquares = squares;
    this.#binSteps += steps;
  }

  /**
   * Replaces the kept energy by a fully computed one.
   * @throws {EcitonError} "not-converged" when the two differ by more than DRIFT_LIMIT_EV per site
   */
  checkEnergy(): void {
    const full = this.#fullEnergy();
    const drift = Math.abs(full - this.#energy) / this.occupation.length;
    if (!(drift <= DRIFT_LIMIT_EV))
      throw new EcitonError(
        "not-converged",
        `the energy kept from step to step has drifted: ${this.#energy} eV at step ${this.#step}, ${full} eV when ` +
          `computed in full, ${drift.toExponential(1)} eV per site (limit ${DRIFT_LIMIT_EV}); the model's energy changes are wrong`,
        { kept: this.#energy, full, drift },
      );
    this.#energy = full;
  }

  /** Closes the stretch of steps since the last call. */
  takeBin(): EnergyBin {
    const steps = this.#binSteps;
    const shift = this.#binSum / steps;
    const bin = {
      mean: this.#binOrigin + shift,
      variance: Math.max(0, this.#binSquares / steps - shift * shift),
    };
    this.#binOrigin = this.#energy;
    this.#binSteps = 0;
    this.#binSum = 0;
    this.#binSquares = 0;
    return bin;
  }

  /** State for a checkpoint. */
  state(): ChainState {
    return {
      step: this.#step,
      energy: this.#energy,
      random: this.#random.state(),
      occupation: this.occupation.slice(),
      moves: this.#moves.state(),
      proposed: this.proposed.slice(),
      accepted: this.accepted.slice(),
      lowest: this.lowest,
      bin: {
        steps: this.#binSteps,
        origin: this.#binOrigin,
        sum: this.#binSum,
        squares: this.#binSquares,
      },
    };
  }

  restore(state: ChainState): void {
    this.#step = state.step;
    this.#energy = state.energy;
    this.#random = RandomStream.restore(state.random);
    this.occupation.set(state.occupation);
    this.#moves.restore(state.moves);
    this.proposed.set(state.proposed);
    this.accepted.set(state.accepted);
    this.#lowestStep = state.lowest.step;
    this.#lowestEnergy = state.lowest.energy;
    this.#lowestOccupation.set(state.lowest.occupation);
    this.#binSteps = state.bin.steps;
    this.#binOrigin = state.bin.origin;
    this.#binSum = state.bin.sum;
    this.#binSquares = state.bin.squares;
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
