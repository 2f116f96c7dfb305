/** What is measured along a chain: energies of every bin, counts, observations, snapshots. */

import type { Observers } from "../../lattice/observer.ts";
import type { MetropolisChain } from "../engines/metropolis.ts";
import type { CompositionCounter, LayerCounter } from "./layer-counts.ts";

export interface Snapshot {
  readonly step: number;
  readonly energy_eV: number;
  /** Uint8Array(numSites). */
  readonly occupation: Uint8Array;
}

/** How often each thing is recorded; all are spread evenly over the steps and end with the last one. */
export interface RecordPlan {
  readonly steps: number;
  readonly samples: number;
  readonly snapshots: number;
  /** Measurements by observers; 0 where there are none. */
  readonly measurements: number;
}

/** What a checkpoint keeps of the records. */
export interface RecordState {
  readonly samples: number;
  readonly measurements: number;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly energies: Float64Array;
  readonly counts: Int32Array;
  readonly observations: Float64Array;
  readonly maps: Float64Array;
  readonly snapshots: readonly Snapshot[];
}

/** Maps are summed in so many stretches, so that those before equilibrium can be left out afterwards. */
const MAP_STRETCHES = 50;

export class ChainRecords {
  readonly plan: RecordPlan;
  readonly snapshots: Snapshot[] = [];
  readonly layers: LayerCounter;
  /** Null where the composition is fixed. */
  readonly composition: CompositionCounter | null;
  readonly observers: Observers;
  readonly #means: Float64Array;
  readonly #variances: Float64Array;
  readonly #energies: Float64Array;
  readonly #counts: Int32Array; // sample by sample: layers, then composition
  readonly #layerRow: Int32Array;
  readonly #compositionRow: Int32Array;
  readonly #observations: Float64Array; // measurement by measurement
  readonly #columns: number;
  readonly #maps: Float64Array; // stretch by stretch
  readonly #mapSize: number;
  readonly #mapRow: Float64Array;
  #samples = 0;
  #measurements = 0;

  constructor(
    layers: LayerCounter,
    composition: CompositionCounter | null,
    observers: Observers,
    plan: RecordPlan,
  ) {
    this.layers = layers;
    this.composition = composition;
    this.observers = observers;
    this.plan = plan;
    this.#means = new Float64Array(plan.samples);
    this.#variances = new Float64Array(plan.samples);
    this.#energies = new Float64Array(plan.samples);
    this.#layerRow = new Int32Array(layers.rows.length);
    this.#compositionRow = new Int32Array(composition?.rows.length ?? 0);
    this.#counts = new Int32Array(plan.samples * (this.#layerRow.length + this.#compositionRow.length));
    this.#columns = observers.series.reduce((sum, observer) => sum + observer.columns.length, 0);
    this.#observations = new Float64Array(plan.measurements * this.#columns);
    this.#mapSize = observers.maps.reduce((sum, map) => sum + map.size, 0);
    this.#mapRow = new Float64Array(this.#mapSize);
    this.#maps = new Float64Array(MAP_STRETCHES * this.#mapSize);
  }

  /** Samples taken so far. */
  get samples(): number {
    return this.#samples;
  }

  get measurements(): number {
    return this.#measurements;
  }

  /** Mean and variance of the energy over the steps of each sample, eV and eV². */
  get means(): Float64Array {
    return this.#means.subarray(0, this.#samples);
  }

  get variances(): Float64Array {
    return this.#variances.subarray(0, this.#samples);
  }

  /** Energy at the end of each sample, eV. */
  get energies(): Float64Array {
    return this.#energies.subarray(0, this.#samples);
  }

  /** The next step at which something is recorded. */
  nextStep(): number {
    return Math.min(
      this.stepOfSample(this.#samples),
      this.stepOfMeasurement(this.#measurements),
      this.#evenly(this.snapshots.length, this.plan.snapshots),
    );
  }

  stepOfSample(sample: number): number {
    return this.#evenly(sample, this.plan.samples);
  }

  stepOfMeasurement(measurement: number): number {
    return this.#evenly(measurement, this.plan.measurements);
  }

  #evenly(number: number, of: number): number {
    return number < of ? Math.floor((this.plan.steps * (number + 1)) / of) : Number.POSITIVE_INFINITY;
  }

  /** Records what is due at the chain's present step. */
  record(chain: MetropolisChain): void {
    if (chain.step === this.stepOfSample(this.#samples)) this.#takeSample(chain);
    if (chain.step === this.stepOfMeasurement(this.#measurements)) this.#measure(chain.occupation);
    if (chain.step === this.#evenly(this.snapshots.length, this.plan.snapshots)) this.#takeSnapshot(chain);
  }

  #takeSample(chain: MetropolisChain): void {
    const bin = chain.takeBin();
    this.#means[this.#samples] = bin.mean;
    this.#variances[this.#samples] = bin.variance;
    this.#energies[this.#samples] = chain.energy;
    const at = this.#samples * (this.#layerRow.length + this.#compositionRow.length);
    this.layers.count(chain, this.#layerRow);
    this.#counts.set(this.#layerRow, at);
    this.composition?.count(chain, this.#compositionRow);
    this.#counts.set(this.#compositionRow, at + this.#layerRow.length);
    this.#samples++;
  }

  #measure(occupation: Uint8Array): void {
    let at = this.#measurements * this.#columns;
    for (const observer of this.observers.series) {
      observer.measure(occupation, this.#observations, at);
      at += observer.columns.length;
    }
    const stretch = Math.floor((this.#measurements * MAP_STRETCHES) / this.plan.measurements);
    const sums = this.#maps.subarray(stretch * this.#mapSize, (stretch + 1) * this.#mapSize);
    at = 0;
    for (const map of this.observers.maps) {
      map.measure(occupation, this.#mapRow, at);
      at += map.size;
    }
    for (let i = 0; i < sums.length; i++) sums[i] += this.#mapRow[i];
    this.#measurements++;
  }

  #takeSnapshot(chain: MetropolisChain): void {
    this.snapshots.push({
      step: chain.step,
      energy_eV: chain.energy,
      occupation: chain.occupation.slice(),
    });
  }

  /** A chain that ends before its planned steps keeps its last state too. */
  end(chain: MetropolisChain): void {
    if (this.snapshots.at(-1)?.step !== chain.step) this.#takeSnapshot(chain);
  }

  /** Count of one layer row in every sample. */
  layerSeries(row: number): Float64Array {
    return this.#countSeries(row);
  }

  /** Count of one species in every sample. */
  compositionSeries(row: number): Float64Array {
    return this.#countSeries(this.#layerRow.length + row);
  }

  #countSeries(row: number): Float64Array {
    const width = this.#layerRow.length + this.#compositionRow.length;
    return Float64Array.from({ length: this.#samples }, (_, sample) => this.#counts[sample * width + row]);
  }

  /** One column of the observers, over all measurements. */
  observationSeries(column: number): Float64Array {
    return Float64Array.from(
      { length: this.#measurements },
      (_, measurement) => this.#observations[measurement * this.#columns + column],
    );
  }

  /**
   * Means of all maps, one after the other, over the measurements of the stretches that begin after a step.
   * @returns null where no stretch does
   */
  mapMeans(afterStep: number): Float64Array | null {
    const { measurements } = this.plan;
    const means = new Float64Array(this.#mapSize);
    let taken = 0;
    for (let stretch = 0; stretch < MAP_STRETCHES; stretch++) {
      const first = Math.ceil((stretch * measurements) / MAP_STRETCHES);
      const last = Math.min(Math.ceil(((stretch + 1) * measurements) / MAP_STRETCHES), this.#measurements);
      if (first >= last || this.stepOfMeasurement(first) <= afterStep) continue;
      taken += last - first;
      for (let i = 0; i < this.#mapSize; i++) means[i] += this.#maps[stretch * this.#mapSize + i];
    }
    return taken === 0 ? null : means.map((sum) => sum / taken);
  }

  state(): RecordState {
    return {
      samples: this.#samples,
      measurements: this.#measurements,
      means: this.#means,
      variances: this.#variances,
      energies: this.#energies,
      counts: this.#counts,
      observations: this.#observations,
      maps: this.#maps,
      snapshots: this.snapshots,
    };
  }

  restore(state: RecordState): void {
    this.#samples = state.samples;
    this.#measurements = state.measurements;
    this.#means.set(state.means);
    this.#variances.set(state.variances);
    this.#energies.set(state.energies);
    this.#counts.set(state.counts);
    this.#observations.set(state.observations);
    this.#maps.set(state.maps);
    this.snapshots.splice(0, this.snapshots.length, ...state.snapshots);
  }
}
