/** Parallel tempering: when neighbouring temperatures exchange their states, and how well states travel. */
import { expNonPositive } from "../../core/exponential.ts";
import type { RandomSource } from "../lattice-model.ts";
import type { ReducedPotential, StateNumbers } from "../potential.ts";

/** Two neighbouring rungs of a ladder, the lower one by its number. */
export interface PairExchange {
  readonly temperatures_K: readonly [number, number];
  readonly attempted: number;
  readonly accepted: number;
}

export interface LadderReport {
  readonly exchangeEverySteps: number;
  readonly pairs: readonly PairExchange[];
  /** Travels of a state from the coldest to the hottest temperature and back that were completed, of all states. */
  readonly roundTrips: number;
  /** Mean number of steps of one; null where there was none. */
  readonly stepsPerRoundTrip: number | null;
  /**
   * For each temperature, the share of states that were at the hottest end later than at the coldest. It falls evenly
   * from 1 to 0 along the ladder where states diffuse freely, steeply where they are held up; null where no state came
   * by that had been at an end.
   */
  readonly fromHot: readonly (number | null)[];
  /** What would make the ladder better; empty if nothing needs to. */
  readonly suggestions: readonly string[];
}

/** Pairs of one attempt: first those that begin at even rungs, then those at odd ones, in turn. */
export function pairsOfAttempt(attempt: number, rungs: number): number[] {
  const pairs: number[] = [];
  for (let low = attempt % 2; low + 1 < rungs; low += 2) pairs.push(low);
  return pairs;
}

/**
 * Whether two rungs exchange the states a and b, with probability
 *   min(1, exp[u_i(a) + u_j(b) - u_i(b) - u_j(a)]),  u_k = Φ_k / k_B T_k,
 * which is exp[(1/k_B T_i - 1/k_B T_j) (E_a - E_b)] in the canonical ensemble. One random number is drawn in any case.
 * @see Swendsen, Wang, Phys. Rev. Lett. 57, 2607 (1986); Hukushima, Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996)
 */
export function acceptsExchange(
  potentials: readonly [ReducedPotential, ReducedPotential],
  states: readonly [StateNumbers, StateNumbers],
  random: RandomSource,
): boolean {
  const [i, j] = potentials;
  const [a, b] = states;
  const exponent = i.of(a) - i.of(b) + (j.of(b) - j.of(a));
  const draw = random.nextFloat();
  return exponent >= 0 || draw < expNonPositive(exponent);
}

const HOT = 1;
const COLD = 2;

export interface FlowState {
  readonly attempts: number;
  readonly replicaAt: Int32Array;
  readonly lastEnd: Uint8Array;
  readonly tripBegan: Float64Array;
  readonly attempted: Float64Array;
  readonly accepted: Float64Array;
  readonly hotVisits: Float64Array;
  readonly coldVisits: Float64Array;
  readonly trips: number;
  readonly tripSteps: number;
  readonly hotEnergies: Float64Array;
}

/** Energies closer than this are one, eV. */
const ROUNDING_EV = 1e-9;
/** Fewer journeys along the whole ladder do not show that cold states are found anew. */
const TELLING_ROUND_TRIPS = 2;

/** Follows the states of a ladder on their way through the temperatures, coldest first. */
export class ReplicaFlow {
  readonly #temperatures: readonly number[];
  /** Number of the state at each rung. */
  readonly #replicaAt: Int32Array;
  /** The end that each state visited last, 0 before the first. */
  readonly #lastEnd: Uint8Array;
  /** Step at which each state began its trip at the coldest rung, -1 before the first. */
  readonly #tripBegan: Float64Array;
  readonly #attempted: Float64Array;
  readonly #accepted: Float64Array;
  readonly #hotVisits: Float64Array;
  readonly #coldVisits: Float64Array;
  /** Lowest and highest energy seen at the hot end, eV. */
  readonly #hotEnergies = Float64Array.of(Number.MAX_VALUE, -Number.MAX_VALUE);
  #attempts = 0;
  #trips = 0;
  #tripSteps = 0;

  /** @param temperatures K, ascending */
  constructor(temperatures: readonly number[]) {
    const rungs = temperatures.length;
    this.#temperatures = temperatures;
    this.#replicaAt = Int32Array.from(temperatures, (_, rung) => rung);
    this.#lastEnd = new Uint8Array(rungs);
    this.#tripBegan = new Float64Array(rungs).fill(-1);
    this.#attempted = new Float64Array(rungs - 1);
    this.#accepted = new Float64Array(rungs - 1);
    this.#hotVisits = new Float64Array(rungs);
    this.#coldVisits = new Float64Array(rungs);
    this.#visitEnds(0);
  }

  /** Attempts made so far; each is of all even or of all odd pairs. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Attempts and acceptances of one rung's exchanges with both of its neighbours. */
  exchangesOf(rung: number): { proposed: number; accepted: number } {
    const sum = (counts: Float64Array) => (counts[rung - 1] ?? 0) + (counts[rung] ?? 0);
    return { proposed: sum(this.#attempted), accepted: sum(this.#accepted) };
  }

  /**
   * Whether states have come down from a hot end that changes them more than once: what all of them find at the cold end is
   * then no trap that one of them sits in.
   */
  get travelled(): boolean {
    const [low, high] = this.#hotEnergies;
    return this.#trips >= TELLING_ROUND_TRIPS && high - low > ROUNDING_EV;
  }

  /** @param energy of the state at the hot end, eV */
  seeHottest(energy: number): void {
    this.#hotEnergies[0] = Math.min(this.#hotEnergies[0], energy);
    this.#hotEnergies[1] = Math.max(this.#hotEnergies[1], energy);
  }

  /** @param decisions of each of the pairs of this attempt */
  record(step: number, decisions: readonly { readonly low: number; readonly accepted: boolean }[]): void {
    for (const { low, accepted } of decisions) {
      this.#attempted[low]++;
      if (!accepted) continue;
      this.#accepted[low]++;
      const replica = this.#replicaAt[low];
      this.#replicaAt[low] = this.#replicaAt[low + 1];
      this.#replicaAt[low + 1] = replica;
    }
    this.#attempts++;
    this.#visitEnds(step);
    this.#replicaAt.forEach((replica, rung) => {
      if (this.#lastEnd[replica] === HOT) this.#hotVisits[rung]++;
      if (this.#lastEnd[replica] === COLD) this.#coldVisits[rung]++;
    });
  }

  #visitEnds(step: number): void {
    const cold = this.#replicaAt[0];
    if (this.#lastEnd[cold] !== COLD) {
      if (this.#tripBegan[cold] >= 0) {
        this.#trips++;
        this.#tripSteps += step - this.#tripBegan[cold];
      }
      this.#tripBegan[cold] = step;
    }
    this.#lastEnd[cold] = COLD;
    this.#lastEnd[this.#replicaAt[this.#replicaAt.length - 1]] = HOT;
  }

  report(exchangeEverySteps: number): LadderReport {
    const pairs = Array.from(this.#attempted, (attempted, low): PairExchange => {
      const [cold, hot] = [this.#temperatures[low], this.#temperatures[low + 1]];
      return { temperatures_K: [cold, hot], attempted, accepted: this.#accepted[low] };
    });
    return {
      exchangeEverySteps,
      pairs,
      roundTrips: this.#trips,
      stepsPerRoundTrip: this.#trips > 0 ? this.#tripSteps / this.#trips : null,
      fromHot: Array.from(this.#hotVisits, (hot, rung) => {
        const all = hot + this.#coldVisits[rung];
        return all > 0 ? hot / all : null;
      }),
      suggestions: pairs.flatMap((pair) => suggestion(pair) ?? []),
    };
  }

  state(): FlowState {
    return {
      attempts: this.#attempts,
      replicaAt: this.#replicaAt,
      lastEnd: this.#lastEnd,
      tripBegan: this.#tripBegan,
      attempted: this.#attempted,
      accepted: this.#accepted,
      hotVisits: this.#hotVisits,
      coldVisits: this.#coldVisits,
      trips: this.#trips,
      tripSteps: this.#tripSteps,
      hotEnergies: this.#hotEnergies,
    };
  }

  restore(state: FlowState): void {
    this.#attempts = state.attempts;
    this.#replicaAt.set(state.replicaAt);
    this.#lastEnd.set(state.lastEnd);
    this.#tripBegan.set(state.tripBegan);
    this.#attempted.set(state.attempted);
    this.#accepted.set(state.accepted);
    this.#hotVisits.set(state.hotVisits);
    this.#coldVisits.set(state.coldVisits);
    this.#trips = state.trips;
    this.#tripSteps = state.tripSteps;
    this.#hotEnergies.set(state.hotEnergies);
  }
}

/** Below this share of accepted exchanges states hardly travel. */
const LOW_ACCEPTANCE = 0.1;
/** Near what makes round trips shortest when the work grows with the number of temperatures. */
const GOOD_ACCEPTANCE = 0.25;
/** Attempts that tell a low share from bad luck. */
const FEWEST_ATTEMPTS = 50;

/**
 * For energies that scatter normally the acceptance falls about as exp(-x²) with x in proportion to the difference of the
 * inverse temperatures, so m temperatures in between divide the logarithm by (m + 1)².
 */
function suggestion({ temperatures_K, attempted, accepted }: PairExchange): string | null {
  const share = accepted / attempted;
  if (attempted < FEWEST_ATTEMPTS || share >= LOW_ACCEPTANCE) return null;
  const atMost = Math.max(accepted, 1) / attempted;
  const between = Math.max(1, Math.ceil(Math.sqrt(Math.log(atMost) / Math.log(GOOD_ACCEPTANCE))) - 1);
  const [cold, hot] = temperatures_K;
  const list = Array.from({ length: between }, (_, m) =>
    Math.round(cold * (hot / cold) ** ((m + 1) / (between + 1))),
  );
  return (
    `${cold} K and ${hot} K exchange in ${(100 * share).toFixed(1)} % of the attempts; temperatures in between, such as ` +
    `${list.join(", ")} K, would let states travel`
  );
}
