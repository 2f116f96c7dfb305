/**
 * S(k) = |Σ_j e^(2πi k·r_j)|² / N over the N atoms j of a species, for all wave vectors of the supercell; 0 where
 * there is no atom. Random occupations give about 1 - c for k ≠ 0; k = 0 gives N.
 *
 * The wave vectors lie in the parallelepiped of components (-1/2, 1/2]. With several sublattices S(k + G) differs
 * from S(k), and this is the value at the k that is listed. Along a direction that is not periodic k is 0.
 */
import type { Supercell } from "../lattice/supercell.ts";
import { columnName, type LabelledMap } from "./observer.ts";
import {
  choiceWords,
  type SpeciesChoice,
  type SpeciesSublattice,
  speciesSublattices,
} from "./species-sites.ts";
import { CellTransform } from "./wave-vectors.ts";

export class StructureFactor implements LabelledMap {
  readonly name: string;
  readonly size: number;
  readonly labels = ["k1", "k2", "k3"];
  readonly #sublattices: readonly SpeciesSublattice[];
  readonly #transform: CellTransform;
  /** Phases e^(2πi k·f) of the place f of each sublattice, one sublattice after the other. */
  readonly #phaseRe: Float64Array;
  readonly #phaseIm: Float64Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #sumRe: Float64Array;
  readonly #sumIm: Float64Array;

  /**
   * @param path of the choice in the study, for errors
   * @throws {EcitonError} "study" for an unknown species or layer
   */
  constructor(supercell: Supercell, choice: SpeciesChoice, path: string) {
    const { numCells, lattice } = supercell;
    this.name = columnName("structure", "factor", ...choiceWords(choice));
    this.size = numCells;
    this.#sublattices = speciesSublattices(supercell, choice, path);
    this.#transform = new CellTransform(supercell);
    this.#phaseRe = new Float64Array(this.#sublattices.length * numCells);
    this.#phaseIm = new Float64Array(this.#sublattices.length * numCells);
    this.#re = new Float64Array(numCells);
    this.#im = new Float64Array(numCells);
    this.#sumRe = new Float64Array(numCells);
    this.#sumIm = new Float64Array(numCells);
    const k = this.#transform.waveVectors;
    this.#sublattices.forEach(({ site }, i) => {
      const f = lattice.fractional.subarray(3 * site, 3 * site + 3);
      for (let q = 0; q < numCells; q++) {
        const angle = 2 * Math.PI * (k[3 * q] * f[0] + k[3 * q + 1] * f[1] + k[3 * q + 2] * f[2]);
        this.#phaseRe[i * numCells + q] = Math.cos(angle);
        this.#phaseIm[i * numCells + q] = Math.sin(angle);
      }
    });
  }

  /** The wave vector of an entry, in units of the reciprocal vectors of the parent cell. */
  labelOf(entry: number): number[] {
    return Array.from(this.#transform.waveVectors.subarray(3 * entry, 3 * entry + 3));
  }

  measure(occupation: Uint8Array, out: Float64Array, at: number): void {
    const cells = this.size;
    const re = this.#re;
    const im = this.#im;
    const sumRe = this.#sumRe;
    const sumIm = this.#sumIm;
    const phaseRe = this.#phaseRe;
    const phaseIm = this.#phaseIm;
    sumRe.fill(0);
    sumIm.fill(0);
    let atoms = 0;
    for (let i = 0; i < this.#sublattices.length; i++) {
      const { first, species } = this.#sublattices[i];
      let here = 0;
      for (let site = first; site < first + cells; site++) if (occupation[site] === species) here++;
      if (here === 0) continue;
      atoms += here;
      this.#transform.transform(occupation, first, species, re, im);
      for (let q = 0, p = i * cells; q < cells; q++, p++) {
        sumRe[q] += re[q] * phaseRe[p] - im[q] * phaseIm[p];
        sumIm[q] += re[q] * phaseIm[p] + im[q] * phaseRe[p];
      }
    }
    const scale = atoms === 0 ? 0 : 1 / atoms;
    for (let q = 0; q < cells; q++) out[at + q] = scale * (sumRe[q] * sumRe[q] + sumIm[q] * sumIm[q]);
  }
}
