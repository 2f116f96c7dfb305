/** The best epoch of a training, and when to stop looking for a better one. */
import type { EpochRecord, TrainingSettings } from "./training-settings.ts";

export interface BestState {
  readonly epoch: number;
  readonly score: number;
  readonly weights: Float64Array;
}

export class BestWeights {
  readonly #settings: Pick<TrainingSettings, "forceFraction" | "patience">;
  #best: BestState | null = null;
  #latest = 0;

  constructor(settings: Pick<TrainingSettings, "forceFraction" | "patience">) {
    this.#settings = settings;
  }

  /** @param weights copied where this epoch is the best so far */
  observe(record: EpochRecord, weights: Float64Array): void {
    this.#latest = record.epoch;
    const score = scoreOf(record, this.#settings);
    if (this.#best === null || score < this.#best.score)
      this.#best = { epoch: record.epoch, score, weights: weights.slice() };
  }

  /** null before the first epoch. */
  get best(): BestState | null {
    return this.#best;
  }

  /** Whether the patience is at its end. */
  get exhausted(): boolean {
    const { patience } = this.#settings;
    return patience !== null && this.#best !== null && this.#latest - this.#best.epoch >= patience;
  }

  restore(best: BestState | null, latest: number): void {
    this.#best = best;
    this.#latest = latest;
  }
}

/**
 * RMSE(E per atom) · RMSE(F) of the test structures, or of those of the training where there are none; RMSE(E) where forces
 * are not trained. The product has no weight to choose: a tenth off either error counts the same, though their units differ.
 * Smaller errors of forces than SYMMETRIC all count the same.
 */
export function scoreOf(
  { train, test }: Pick<EpochRecord, "train" | "test">,
  { forceFraction }: Pick<TrainingSettings, "forceFraction">,
): number {
  const { energyRmse, forceRmse } = test ?? train;
  return energyRmse * (forceFraction > 0 && forceRmse !== null ? Math.max(forceRmse, SYMMETRIC) : 1);
}

/** No data have such exact forces, eV/Å; where symmetry forbids forces, errors are rounding, and which epoch's is least is chance. */
const SYMMETRIC = 1e-6;
