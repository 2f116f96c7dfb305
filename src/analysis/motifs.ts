/** Counts of named clusters, columns `motif NAME`. */
import { CountsEvaluator } from "../clusters/counts.ts";
import { orbitOfLabel } from "../clusters/label-search.ts";
import { studyError } from "../core/errors.ts";
import type { Observer, ObserverColumn } from "../lattice/observer.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { findSymmetry } from "../lattice/symmetry.ts";
import { columnName } from "./observer.ts";

/**
 * Number of occupied instances in the supercell, all labels of a motif added up. Labels are those of the indicator
 * basis (species on sites), whatever the basis of the model, and their counts are the N of the model's energy:
 * instances of the infinite lattice, so a pair that a small supercell joins in two ways counts twice.
 */
export class Motifs implements Observer {
  readonly columns: readonly ObserverColumn[];
  readonly #evaluator: CountsEvaluator;
  readonly #counts: Float64Array;
  /** Motif of each counted orbit. */
  readonly #motif: Int32Array;

  /**
   * @param motifs labels of clusters by the name of the motif
   * @param path of `motifs` in the study, for errors
   * @throws {EcitonError} "study" for a label that no cluster has, or one that is given twice
   */
  constructor(supercell: Supercell, motifs: Readonly<Record<string, readonly string[]>>, path: string) {
    const { lattice } = supercell;
    const { operations } = findSymmetry(lattice);
    const motif: number[] = [];
    const orbits = Object.entries(motifs).flatMap(([name, labels], m) =>
      labels.map((label, i) => {
        const where = `${path}.${name}[${i}]`;
        if (labels.indexOf(label) < i) throw studyError(where, `"${label}" is given twice`);
        motif.push(m);
        return orbitOfLabel(lattice, operations, label, where);
      }),
    );
    this.columns = Object.entries(motifs).map(([name, labels]) => ({
      name: columnName("motif", name),
      unit: "",
      description: `number of ${labels.join(" and ")} in the supercell`,
    }));
    this.#evaluator = new CountsEvaluator(supercell, "indicator", orbits);
    this.#counts = new Float64Array(orbits.length);
    this.#motif = Int32Array.from(motif);
  }

  measure(occupation: Uint8Array, out: Float64Array, at: number): void {
    const counts = this.#evaluator.counts(occupation, this.#counts);
    for (let m = 0; m < this.columns.length; m++) out[at + m] = 0;
    for (let k = 0; k < counts.length; k++) out[at + this.#motif[k]] += counts[k];
  }
}
