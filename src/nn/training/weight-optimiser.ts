/** What changes weights from errors and their derivatives, an update at a time. */

export interface WeightOptimiser {
  /**
   * Where the derivatives of one candidate's prediction by all weights are written: Float64Array(weights).
   * @param column 0 .. most candidates of an update − 1
   */
  row(column: number): Float64Array;
  /**
   * One update from the first `columns` candidates.
   * @param errors reference minus prediction of each; with its row multiplied by the same weight
   * @param weights changed
   * @throws {EcitonError} "not-converged" where numbers leave the range that the method works in
   */
  update(columns: number, errors: Float64Array, weights: Float64Array): void;
  /** Numbers for the report, by name. */
  facts(): Record<string, number>;
  /** Plain data for a checkpoint, bit for bit. */
  state(): OptimiserState;
  /** @throws {EcitonError} "data" for the state of another optimiser */
  restore(state: OptimiserState): void;
}

export interface OptimiserState {
  readonly method: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly arrays: readonly Float64Array[];
}
