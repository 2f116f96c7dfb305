/** A walk that learns how many states there are at each energy. */
import { EcitonError } from "../../core/errors.ts";
import type { EnergyBins } from "./energy-bins.ts";
import type { PotentialWalk, WalkState } from "./potential-walk.ts";

export interface WangLandauRule {
  /** The walk ends when ln f is at most this. */
  readonly finalLnF: number;
  /** Smallest share of the mean number of visits in a flat histogram. */
  readonly flatness: number;
}

export interface WangLandauState {
  readonly walk: WalkState;
  readonly step: number;
  readonly lnF: number;
  readonly refining: boolean;
  readonly since: number;
  readonly restarts: number;
  readonly low: number;
  readonly at: number;
  readonly lnStates: Float64Array;
  readonly known: Uint8Array;
  readonly histogram: Float64Array;
  readonly visits: Float64Array;
  readonly offsets: Float64Array;
  readonly lowest: { readonly potential: number; readonly occupation: Uint8Array };
}

/** One bin that was visited. */
export interface FoundBin {
  readonly bin: number;
  /** Mean over the visits, eV. */
  readonly energy: number;
  /** Up to a constant that is the same for all bins. */
  readonly lnStates: number;
}

/** The histogram is looked at, and the energy checked, at multiples of these steps. */
const FLATNESS_STEPS = 10_000;
const CHECK_STEPS = 1_000_000;
const ROUNDING_EV = 1e-9;
/** Moves down to the range that a walk may take before it begins. */
const MOST_DESCENT_STEPS = 10_000_000;

/**
 * A proposal from energy E to E' is accepted with min(1, r g(E) / g(E')), r being the ratio of the probabilities of the
 * reverse proposal and of this one, so that with the true g all energies are visited equally often. At every step ln f
 * is added to ln g of the present bin, which drives the walk away from where it has been. ln f is halved from 1 whenever
 * the histogram is flat; once it would be below 1/t, t being the steps for each bin, it is 1/t, with which the error
 * goes on falling as t^(-1/2) instead of coming to a stand.
 *
 * Only bins that were visited count. One that is found when ln f is small already begins at the lowest ln g so far,
 * and ln f at 1 again.
 * @see Wang, Landau, Phys. Rev. Lett. 86, 2050 (2001); Belardinelli, Pereyra, Phys. Rev. E 75, 046701 (2007)
 */
export class WangLandauWalker {
  readonly #walk: PotentialWalk;
  readonly #bins: EnergyBins;
  readonly #rule: WangLandauRule;
  /** Number of the bin that the arrays begin with, at most 0. */
  #low = 0;
  #lnStates: Float64Array;
  #known: Uint8Array;
  /** Visits since ln f was changed last, and all of them. */
  #histogram: Float64Array;
  #visits: Float64Array;
  /** Sums of the distances from the middle of the bin, eV. */
  #offsets: Float64Array;
  #at = -1;
  #step = 0;
  /** Step at which ln f was 1 last. */
  #since = 0;
  #restarts = 0;
  #lnF = 1;
  #refining = false;
  #lowestPotential = Number.POSITIVE_INFINITY;
  readonly #lowestOccupation: Uint8Array;

  constructor(walk: PotentialWalk, bins: EnergyBins, rule: WangLandauRule) {
    this.#walk = walk;
    this.#bins = bins;
    this.#rule = rule;
    const length = bins.top + 1;
    this.#lnStates = new Float64Array(length);
    this.#known = new Uint8Array(length);
    this.#histogram = new Float64Array(length);
    this.#visits = new Float64Array(length);
    this.#offsets = new Float64Array(length);
    this.#lowestOccupation = walk.occupation.slice();
  }

  get step(): number {
    return this.#step;
  }

  get lnF(): number {
    return this.#lnF;
  }

  /** How often a bin was found when ln f was below 1. */
  get restarts(): number {
    return this.#restarts;
  }

  get ended(): boolean {
    return this.#lnF <= this.#rule.finalLnF;
  }

  /** Goes below the top of the range and enters the first bin. */
  begin(): void {
    const walk = this.#walk;
    const { moves, occupation } = walk;
    for (let step = 0; this.#binOf(walk.potential) > this.#bins.top; step++) {
      if (step === MOST_DESCENT_STEPS)
        throw new EcitonError(
          "not-converged",
          `no way from ${walk.potential} eV down to the range of random states was found in ${step} moves`,
        );
      const change = moves.propose(occupation, walk.random);
      if (change <= 0 && moves.logRatio > Number.NEGATIVE_INFINITY) walk.commit(change);
    }
    this.#discover(this.#binOf(walk.potential));
  }

  #binOf(potential: number): number {
    return Math.round((potential - this.#bins.origin) / this.#bins.width);
  }

  /** Does steps until they are done or the walk has ended. */
  run(steps: number): void {
    const last = this.#step + steps;
    while (this.#step < last && !this.ended) {
      const next = Math.min(last, (Math.floor(this.#step / FLATNESS_STEPS) + 1) * FLATNESS_STEPS);
      this.#walkTo(next);
      if (this.#step % FLATNESS_STEPS === 0 && !this.#refining && this.#flat()) this.#halve();
      if (this.#step % CHECK_STEPS === 0) this.#walk.check();
    }
  }

  #walkTo(last: number): void {
    const walk = this.#walk;
    const { moves, occupation } = walk;
    const { origin, width, top } = this.#bins;
    const { finalLnF } = this.#rule;
    let numKnown = this.#countKnown();
    while (this.#step < last) {
      const change = moves.propose(occupation, walk.random);
      const next = walk.potential + change;
      if (Number.isNaN(next)) throw new EcitonError("data", "the model's energy change is not a number");
      const bin = Math.round((next - origin) / width);
      if (bin <= top) {
        const to = bin - this.#low;
        const found = to >= 0 && this.#known[to] === 1;
        const gain = found ? this.#lnStates[this.#at] - this.#lnStates[to] : 0;
        if (walk.takes(gain + moves.logRatio)) {
          walk.commit(change);
          if (found) this.#at = to;
          else {
            this.#discover(bin);
            numKnown = this.#countKnown();
          }
          if (next < this.#lowestPotential - ROUNDING_EV) this.#keepLowest();
        }
      }
      this.#step++;
      const at = this.#at;
      if (this.#refining) this.#lnF = numKnown / (this.#step - this.#since);
      this.#lnStates[at] += this.#lnF;
      this.#histogram[at]++;
      this.#visits[at]++;
      this.#offsets[at] += walk.potential - (origin + (at + this.#low) * width);
      if (this.#refining && this.#lnF <= finalLnF) return;
    }
  }

  #countKnown(): number {
    return this.#known.reduce((sum, known) => sum + known, 0);
  }

  #keepLowest(): void {
    this.#lowestPotential = this.#walk.potential;
    this.#lowestOccupation.set(this.#walk.occupation);
  }

  /** Enters a bin for the first time. */
  #discover(bin: number): void {
    if (bin < this.#low) this.#grow(this.#low - bin);
    const at = bin - this.#low;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#known.length; i++)
      if (this.#known[i] && this.#lnStates[i] < least) least = this.#lnStates[i];
    this.#lnStates[at] = least === Number.POSITIVE_INFINITY ? 0 : least;
    this.#known[at] = 1;
    this.#at = at;
    this.#histogram.fill(0);
    if (this.#walk.potential < this.#lowestPotential - ROUNDING_EV) this.#keepLowest();
    if (this.#lnF === 1) return;
    this.#lnF = 1;
    this.#refining = false;
    this.#since = this.#step;
    this.#restarts++;
  }

  /** Makes room below. */
  #grow(by: number): void {
    const grown = (old: Float64Array) => {
      const longer = new Float64Array(old.length + by);
      longer.set(old, by);
      return longer;
    };
    this.#low -= by;
    this.#at += by;
    this.#lnStates = grown(this.#lnStates);
    this.#histogram = grown(this.#histogram);
    this.#visits = grown(this.#visits);
    this.#offsets = grown(this.#offsets);
    const known = new Uint8Array(this.#known.length + by);
    known.set(this.#known, by);
    this.#known = known;
  }

  #flat(): boolean {
    let least = Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let i = 0; i < this.#known.length; i++)
      if (this.#known[i]) {
        sum += this.#histogram[i];
        least = Math.min(least, this.#histogram[i]);
      }
    return least * this.#countKnown() >= this.#rule.flatness * sum;
  }

  #halve(): void {
    this.#lnF /= 2;
    this.#histogram.fill(0);
    this.#refining = this.#lnF <= this.#countKnown() / (this.#step - this.#since);
  }

  /** All bins that were visited, ascending. */
  found(): FoundBin[] {
    const { origin, width } = this.#bins;
    return Array.from(this.#known.keys())
      .filter((i) => this.#known[i] && this.#visits[i] > 0)
      .map((i) => ({
        bin: i + this.#low,
        energy: origin + (i + this.#low) * width + this.#offsets[i] / this.#visits[i],
        lnStates: this.#lnStates[i],
      }));
  }

  get lowest(): { readonly potential: number; readonly occupation: Uint8Array } {
    return { potential: this.#lowestPotential, occupation: this.#lowestOccupation };
  }

  state(): WangLandauState {
    return {
      walk: this.#walk.state(),
      step: this.#step,
      lnF: this.#lnF,
      refining: this.#refining,
      since: this.#since,
      restarts: this.#restarts,
      low: this.#low,
      at: this.#at,
      lnStates: this.#lnStates,
      known: this.#known,
      histogram: this.#histogram,
      visits: this.#visits,
      offsets: this.#offsets,
      lowest: this.lowest,
    };
  }

  restore(state: WangLandauState): void {
    this.#walk.restore(state.walk);
    this.#step = state.step;
    this.#lnF = state.lnF;
    this.#refining = state.refining;
    this.#since = state.since;
    this.#restarts = state.restarts;
    this.#low = state.low;
    this.#at = state.at;
    this.#lnStates = state.lnStates.slice();
    this.#known = state.known.slice();
    this.#histogram = state.histogram.slice();
    this.#visits = state.visits.slice();
    this.#offsets = state.offsets.slice();
    this.#lowestPotential = state.lowest.potential;
    this.#lowestOccupation.set(state.lowest.occupation);
  }
}
