/** A state that walks in the potential of its ensemble, for methods with acceptance rules of their own. */
import { EcitonError } from "../../core/errors.ts";
import { type RandomState, RandomStream } from "../../core/random.ts";
import { DRIFT_LIMIT_EV } from "../engines/metropolis.ts";
import { type Ensemble, type MoveWeights, potentialOf } from "../ensemble.ts";
import type { Moves } from "../lattice-model.ts";
import { type System, startState } from "../system.ts";

export interface WalkState {
  readonly random: RandomState;
  readonly potential: number;
  readonly occupation: Uint8Array;
  readonly moves: Int32Array;
}

export class PotentialWalk {
  readonly occupation: Uint8Array;
  readonly moves: Moves;
  random: RandomStream;
  /** eV */
  potential: number;
  readonly #system: System;
  readonly #ensemble: Ensemble;

  /** Begins at a random arrangement of the starting composition. */
  constructor(system: System, ensemble: Ensemble, weights: MoveWeights | undefined, random: RandomStream) {
    const { occupation, moves } = startState(system, ensemble, weights, random);
    this.#system = system;
    this.#ensemble = ensemble;
    this.occupation = occupation;
    this.moves = moves;
    this.random = random;
    this.potential = this.#full();
  }

  #full(): number {
    const { model, groups, supercell } = this.#system;
    const { potential } = potentialOf(this.#ensemble, model, groups, supercell, this.occupation);
    if (!Number.isFinite(potential)) throw new EcitonError("data", `the model's energy is ${potential}`);
    return potential;
  }

  /** Whether a proposal of the last ratio of probabilities is taken where all states are wanted equally. */
  takes(logWeight: number): boolean {
    return logWeight >= 0 || this.random.nextFloat() < Math.exp(logWeight);
  }

  commit(change: number): void {
    this.moves.commit(this.occupation);
    this.potential += change;
  }

  /**
   * Replaces the kept potential by a fully computed one.
   * @throws {EcitonError} "not-converged" when the two differ by more than DRIFT_LIMIT_EV per site
   */
  check(): void {
    const full = this.#full();
    const drift = Math.abs(full - this.potential) / this.occupation.length;
    if (!(drift <= DRIFT_LIMIT_EV))
      throw new EcitonError(
        "not-converged",
        `the potential kept from step to step has drifted: ${this.potential} eV, ${full} eV when computed in full; the ` +
          "model's energy changes are wrong",
        { kept: this.potential, full, drift },
      );
    this.potential = full;
  }

  state(): WalkState {
    return {
      random: this.random.state(),
      potential: this.potential,
      occupation: this.occupation.slice(),
      moves: this.moves.state(),
    };
  }

  restore(state: WalkState): void {
    this.random = RandomStream.restore(state.random);
    this.potential = state.potential;
    this.occupation.set(state.occupation);
    this.moves.restore(state.moves);
  }
}
