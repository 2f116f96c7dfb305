/**
 * Names of columns are words separated by single spaces, without commas, semicolons or quotes, so that they can stand
 * in a line of CSV as they are: `pair V-Ce3+ 2N`, `alpha A-B 1N`, `motif NAME`, `clusters V O2 3N number`,
 * `order NAME`. Names that people gave (layers, kinds of sites) have such characters replaced by an underscore.
 */
import type { MapObserver } from "../lattice/observer.ts";

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
