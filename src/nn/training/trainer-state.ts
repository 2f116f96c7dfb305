/** Where a training stands: plain data from which it goes on bit for bit. */
import type { BestState } from "./best-weights.ts";
import type { EpochRecord } from "./training-settings.ts";
import type { OptimiserState } from "./weight-optimiser.ts";

export interface TrainerState {
  readonly history: readonly EpochRecord[];
  readonly weights: Float64Array;
  /** null for a method that remembers nothing between epochs. */
  readonly optimiser: OptimiserState | null;
  readonly best: BestState | null;
  /** The epoch that has begun; null between epochs. */
  readonly begun: BegunEpoch | null;
}

export interface BegunEpoch {
  /** Updates that are done. */
  readonly done: number;
  /** Where the candidates of each kind stand. */
  readonly positions: readonly number[];
  /** Their orders, where these depend on the errors at the beginning; null: they follow from the seed. */
  readonly orders: readonly Int32Array[] | null;
  /** What a method that moves the weights only once an epoch has to say of it, once it has. */
  readonly facts: Readonly<Record<string, number>> | null;
}
