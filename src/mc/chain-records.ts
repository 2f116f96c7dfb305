/** What is measured along a chain: energies of every bin, layer counts, snapshots. */
import type { LayerCounter } from "./layer-counts.ts";
import type { MetropolisChain } from "./metropolis.ts";

export interface Snapshot {
  readonly step: number;
  readonly energy_eV: number;
  /** Uint8Array(numSites). */
  readonly occupation: Uint8Array;
}

/** What a checkpoint keeps of the records. */
export interface RecordState {
  readonly taken: number;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly energies: Float64Array;
  readonly layers: Int32Array;
  readonly snapshots: readonly Snapshot[];
}

export class ChainRecords {
  readonly samples: number;
  readonly snapshotCount: number;
  readonly steps: number;
  readonly snapshots: Snapshot[] = [];
  /** Mean and variance of the energy over the steps of each sample, eV and eV². */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** Energy at the end of each sample, eV. */
  readonly energies: Float64Array;
  readonly #layers: Int32Array; // sample by sample
  readonly #counter: LayerCounter;
  readonly #row: Int32Array;
  #taken = 0;

  constructor(counter: LayerCounter, steps: number, samples: number, snapshots: number) {
    this.#counter = counter;
    this.steps = steps;
    this.samples = samples;
    this.snapshotCount = snapshots;
    this.means = new Float64Array(samples);
    this.variances = new Float64Array(samples);
    this.energies = new Float64Array(samples);
    this.#layers = new Int32Array(samples * counter.rows.length);
    this.#row = new Int32Array(counter.rows.length);
  }

  /** The next step at which something is recorded. */
  nextStep(): number {
    return Math.min(this.stepOfSample(this.#taken), this.#stepOfSnapshot(this.snapshots.length));
  }

  /** Step at the end of a sample: they are spread evenly and the last one ends with the chain. */
  stepOfSample(sample: number): number {
    return sample < this.samples
      ? Math.floor((this.steps * (sample + 1)) / this.samples)
      : Number.POSITIVE_INFINITY;
  }

  #stepOfSnapshot(snapshot: number): number {
    return snapshot < this.snapshotCount
      ? Math.floor((this.steps * (snapshot + 1)) / this.snapshotCount)
      : Number.POSITIVE_INFINITY;
  }

  /** Records what is due at the chain's present step. */
  record(chain: MetropolisChain): void {
    if (chain.step === this.stepOfSample(this.#taken)) {
      const bin = chain.takeBin();
      this.means[this.#taken] = bin.mean;
      this.variances[this.#taken] = bin.variance;
      this.energies[this.#taken] = chain.energy;
      this.#counter.count(chain, this.#row);
      this.#layers.set(this.#row, this.#taken * this.#row.length);
      this.#taken++;
    }
    if (chain.step === this.#stepOfSnapshot(this.snapshots.length))
      this.snapshots.push({
        step: chain.step,
        energy_eV: chain.energy,
        occupation: chain.occupation.slice(),
      });
  }

  /** Count of one layer row in every sample. */
  layerSeries(row: number): Float64Array {
    return Float64Array.from(
      { length: this.samples },
      (_, sample) => this.#layers[sample * this.#row.length + row],
    );
  }

  state(): RecordState {
    return {
      taken: this.#taken,
      means: this.means,
      variances: this.variances,
      energies: this.energies,
      layers: this.#layers,
      snapshots: this.snapshots,
    };
  }

  restore(state: RecordState): void {
    this.#taken = state.taken;
    this.means.set(state.means);
    this.variances.set(state.variances);
    this.energies.set(state.energies);
    this.#layers.set(state.layers);
    this.snapshots.splice(0, this.snapshots.length, ...state.snapshots);
  }
}
