/**
 * What is measured on occupations of a supercell. Samplers and analyses ask for these shapes; the library's own observers
 * and those of users' modules have them.
 */

export interface ObserverColumn {
  /** Unique among all observers of a chain; a heading in tables. */
  readonly name: string;
  /** "" for a pure number. */
  readonly unit: string;
  readonly description: string;
}

/** Scalars whose series along a chain is kept: averages get error bars corrected for correlations. */
export interface Observer {
  readonly columns: readonly ObserverColumn[];
  /**
   * @param occupation Uint8Array(numSites), not modified
   * @param out one finite number for each column, written from `at` on
   */
  measure(occupation: Uint8Array, out: Float64Array, at: number): void;
}

/** Many numbers (one for each site or wave vector) of which only the mean over a chain matters. */
export interface MapObserver {
  readonly name: string;
  readonly size: number;
  /** @param out size finite numbers, written from `at` on */
  measure(occupation: Uint8Array, out: Float64Array, at: number): void;
}

export interface Observers {
  readonly series: readonly Observer[];
  readonly maps: readonly MapObserver[];
}
