/**
 * What measurements on a configuration look like. The samplers ask for these shapes (src/mc/observer.ts).
 *
 * Names of columns are words separated by single spaces, without commas, semicolons or quotes, so that they can stand
 * in a line of CSV as they are: `pair V-Ce3+ 2N`, `alpha A-B 1N`, `motif NAME`, `clusters V O2 3N number`,
 * `order NAME`. Names that people gave (layers, kinds of sites) have such characters replaced by an underscore.
 */

export interface ObserverColumn {
  /** Unique among all observers of a chain. */
  readonly name: string;
  /** "" for a pure number. */
  readonly unit: string;
  readonly description: string;
}

/** Some numbers for each configuration, whose series along a chain is kept. */
export interface Observer {
  readonly columns: readonly ObserverColumn[];
  /**
   * @param occupation Uint8Array(numSites), not modified
   * @param out one finite number for each column, written from `at` on
   */
  measure(occupation: Uint8Array, out: Float64Array, at: number): void;
}

/** Many numbers for each configuration, of which the mean is kept. */
export interface MapObserver {
  readonly name: string;
  readonly size: number;
  /** @param out size finite numbers, written from `at` on */
  measure(occupation: Uint8Array, out: Float64Array, at: number): void;
}

/** A map that can say what each of its numbers belongs to. */
export interface LabelledMap extends MapObserver {
  /** Headings of the columns that `labelOf` fills. */
  readonly labels: readonly string[];
  labelOf(entry: number): (string | number)[];
}

/** Joins words to the name of a column. */
export function columnName(...words: readonly string[]): string {
  return words.map((word) => word.replaceAll(/[\s",;']+/g, "_")).join(" ");
}
