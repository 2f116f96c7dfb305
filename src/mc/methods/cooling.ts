/** Simulated annealing: a chain that is cooled, and the way down from where it ends. */
import { EcitonError } from "../../core/errors.ts";
import type { RandomStream } from "../../core/random.ts";
import type { EngineName } from "../engines/compiled-engine.ts";
import { type ChainState, MetropolisChain, ROUNDING_EV } from "../engines/metropolis.ts";
import { type Ensemble, type MoveWeights, potentialOf, speciesValues } from "../ensemble.ts";
import { groupSites } from "../exchange-groups.ts";
import { type System, startState } from "../system.ts";

export interface CoolingPlan {
  readonly ensemble: Ensemble;
  /** Default: what the ensemble needs. */
  readonly moves?: MoveWeights;
  /** Cooled in equal ratios from the first to the second, K. */
  readonly from_K: number;
  readonly to_K: number;
  readonly steps: number;
  readonly engine?: EngineName;
}

export interface CoolingState {
  readonly chain: ChainState;
  /** At the end of each temperature, eV. */
  readonly energies: readonly number[];
}

export interface CooledState {
  readonly occupation: Uint8Array;
  /** Of the model, eV, computed in full. */
  readonly energy: number;
  /** What was to be lowered, eV: the energy in the canonical ensemble. */
  readonly potential: number;
  /** Changes that the descent has made. */
  readonly descended: number;
  /** Whether no exchange of two sites (and, at given chemical potentials, no change of one) lowers it further. */
  readonly minimum: boolean;
}

/** Temperatures in one cooling. */
const STAGES = 100;

/** @see Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983) */
export class Cooling {
  readonly energies: number[] = [];
  readonly #system: System;
  readonly #plan: CoolingPlan;
  readonly #chain: MetropolisChain;

  /** @throws {EcitonError} "usage" for temperatures that do not fall, "study" as createMoves */
  constructor(system: System, plan: CoolingPlan, random: RandomStream) {
    const { from_K, to_K, ensemble } = plan;
    if (!(Number.isFinite(from_K) && from_K >= to_K && to_K > 0))
      throw new EcitonError(
        "usage",
        `annealing cools from ${from_K} K to ${to_K} K: expected from >= to > 0`,
      );
    const { occupation, moves } = startState(system, ensemble, plan.moves, random);
    this.#system = system;
    this.#plan = plan;
    this.#chain = new MetropolisChain(system.model, moves, occupation, from_K, random, plan.engine);
  }

  get step(): number {
    return this.#chain.step;
  }

  /** Temperatures at the ends of which `energies` were taken, K. */
  get temperatures(): number[] {
    return this.energies.map((_, stage) => this.#temperature(stage));
  }

  #temperature(stage: number): number {
    const { from_K, to_K } = this.#plan;
    return from_K * (to_K / from_K) ** (stage / (STAGES - 1));
  }

  #stageEnd(): number {
    const stage = this.energies.length;
    return stage < STAGES ? Math.floor((this.#plan.steps * (stage + 1)) / STAGES) : Number.POSITIVE_INFINITY;
  }

  /** Goes on to a step, which is at most the last one. */
  advance(step: number): void {
    const chain = this.#chain;
    while (chain.step < step) {
      chain.setTemperature(this.#temperature(this.energies.length));
      chain.run(Math.min(step, this.#stageEnd()) - chain.step);
      // Short coolings have temperatures of no step at all.
      while (chain.step === this.#stageEnd()) this.energies.push(chain.energy);
    }
    if (step === this.#plan.steps) chain.checkEnergy();
  }

  state(): CoolingState {
    return { chain: this.#chain.state(), energies: this.energies };
  }

  restore(state: CoolingState): void {
    this.#chain.restore(state.chain);
    this.energies.splice(0, this.energies.length, ...state.energies);
  }

  close(): void {
    this.#chain.close();
  }

  /** The lowest state that the chain met and its last one both go down to the next minimum; the lower end of the two. */
  lowest(): CooledState {
    const ends = [this.#chain.lowest.occupation, this.#chain.occupation.slice()].map((state) =>
      descend(this.#system, this.#plan.ensemble, state),
    );
    return ends[0].potential <= ends[1].potential ? ends[0] : ends[1];
  }
}

/** Changes that are looked at, at most: some seconds. */
const MOST_LOOKS = 5_000_000;

/**
 * Goes through all exchanges of two sites of a group that hold different species, and in the semi-grand ensemble through
 * all changes of one site, and carries out each that lowers the potential, until a whole round finds none.
 * @param state changed in place
 */
export function descend(system: System, ensemble: Ensemble, state: Uint8Array): CooledState {
  const { model, groups, supercell } = system;
  const chemicalPotentials = ensemble.kind === "semi-grand" ? ensemble.chemicalPotentials : null;
  const mu = speciesValues(chemicalPotentials ?? {}, groups).map((row) => row.map((value) => value ?? 0));
  let looks = 0;
  let descended = 0;
  let lowered = true;
  const take = (change: number): boolean => {
    looks++;
    if (change >= -ROUNDING_EV) return false;
    descended++;
    lowered = true;
    return true;
  };
  const end = (minimum: boolean): CooledState => ({
    occupation: state,
    energy: model.energy(state),
    potential: potentialOf(ensemble, model, groups, supercell, state).potential,
    descended,
    minimum,
  });
  while (lowered) {
    lowered = false;
    for (const [g, group] of groups.entries()) {
      const sites = groupSites(group, supercell);
      for (const i of sites) {
        if (looks > MOST_LOOKS) return end(false);
        if (chemicalPotentials)
          for (let species = 0; species < group.species.length; species++) {
            if (species === state[i]) continue;
            const work = mu[g][species] - mu[g][state[i]];
            if (take(model.changeOfSite(state, i, species) - work)) state[i] = species;
          }
        // Exchanges are looked at from the side of what is not background: few where defects are dilute.
        if (state[i] === 0) continue;
        for (const j of sites) {
          if (state[j] === state[i] || state[i] === 0) continue;
          if (!take(model.changeOfSwap(state, i, j))) continue;
          const species = state[i];
          state[i] = state[j];
          state[j] = species;
        }
      }
    }
  }
  return end(true);
}
