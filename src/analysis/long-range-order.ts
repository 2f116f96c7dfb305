/**
 * Long-range order as the amplitude of density waves, column `order NAME`:
 *   Ψ(k) = |Σ_j e^(2πi k·r_j)| / N over the N atoms j of a species, averaged over the wave vectors k that are given.
 * 1 where every wave vector finds all atoms in phase, as the wave vectors (1/2, 0), (0, 1/2), (1/2, 1/2) do in a perfect
 * 2 × 2 lattice of vacancies; 0 without atoms. It does not vanish at random: N atoms give about 0.9 / √N for a general
 * k and 0.8 / √N for one at which all phases are ±1. With several wave vectors each has also a column of its own,
 * `order NAME 0.5 0 0`.
 */
import { studyError } from "../core/errors.ts";
import { dot, inv3, rowTimes, transpose3, type Vec3 } from "../core/linalg.ts";
import type { Observer, ObserverColumn } from "../lattice/observer.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { columnName } from "./observer.ts";
import { type SpeciesChoice, type SpeciesSublattice, speciesSublattices } from "./species-sites.ts";

export interface OrderChoice extends SpeciesChoice {
  readonly name: string;
  /** In units of the reciprocal vectors of the parent cell. */
  readonly k_points: readonly (readonly [number, number, number])[];
}

/** 1/3 typed with six digits still counts. */
const COMMENSURATE = 1e-4;

export class LongRangeOrder implements Observer {
  readonly columns: readonly ObserverColumn[];
  readonly #cells: number;
  readonly #waves: number;
  readonly #sublattices: readonly SpeciesSublattice[];
  /** Phases e^(2πi k·R) of the cells R, one wave vector after the other. */
  readonly #cellRe: Float64Array;
  readonly #cellIm: Float64Array;
  /** Phases of the places in the cell, at [sublattice * wave vectors + wave vector]. */
  readonly #siteRe: Float64Array;
  readonly #siteIm: Float64Array;
  /** Numbers of cells with an atom, for one sublattice. */
  readonly #occupied: Int32Array;
  readonly #sumRe: Float64Array;
  readonly #sumIm: Float64Array;

  /**
   * @param path of the choice in the study, for errors
   * @throws {EcitonError} "study" for an unknown species or layer, or a wave vector that does not fit the supercell
   */
  constructor(supercell: Supercell, choice: OrderChoice, path: string) {
    const { numCells, lattice } = supercell;
    const kPoints = choice.k_points.map((k, i) => commensurate(supercell, k, `${path}.k_points[${i}]`));
    this.#cells = numCells;
    this.#waves = kPoints.length;
    this.#sublattices = speciesSublattices(supercell, choice, path);
    this.#cellRe = new Float64Array(kPoints.length * numCells);
    this.#cellIm = new Float64Array(kPoints.length * numCells);
    this.#siteRe = new Float64Array(this.#sublattices.length * kPoints.length);
    this.#siteIm = new Float64Array(this.#sublattices.length * kPoints.length);
    this.#occupied = new Int32Array(numCells);
    this.#sumRe = new Float64Array(kPoints.length);
    this.#sumIm = new Float64Array(kPoints.length);
    kPoints.forEach((k, q) => {
      for (let c = 0; c < numCells; c++) {
        // Whole turns first, so that phases of ±1 come out exactly.
        const turns = dot(k, supercell.cellOf(c));
        const angle = 2 * Math.PI * (turns - Math.round(turns));
        this.#cellRe[q * numCells + c] = Math.cos(angle);
        this.#cellIm[q * numCells + c] = Math.sin(angle);
      }
      this.#sublattices.forEach(({ site }, i) => {
        const angle = 2 * Math.PI * dot(k, lattice.fractional.subarray(3 * site, 3 * site + 3));
        this.#siteRe[i * kPoints.length + q] = Math.cos(angle);
        this.#siteIm[i * kPoints.length + q] = Math.sin(angle);
      });
    });
    const texts = choice.k_points.map((k) => k.map((x) => String(Number(x.toFixed(4)))));
    const where = `${choice.species}${choice.layers ? ` in ${choice.layers.join(", ")}` : ""}`;
    const column = (words: readonly string[], at: string): ObserverColumn => ({
      name: columnName("order", choice.name, ...words),
      unit: "",
      description: `amplitude of the density waves of ${where} at ${at}, 1 when all are in phase`,
    });
    this.columns = [
      column([], texts.map((text) => `(${text.join(", ")})`).join(", ")),
      ...(texts.length > 1 ? texts.map((text) => column(text, `(${text.join(", ")})`)) : []),
    ];
  }

  measure(occupation: Uint8Array, out: Float64Array, at: number): void {
    const cells = this.#cells;
    const waves = this.#waves;
    const occupied = this.#occupied;
    const cellRe = this.#cellRe;
    const cellIm = this.#cellIm;
    const sumRe = this.#sumRe;
    const sumIm = this.#sumIm;
    sumRe.fill(0);
    sumIm.fill(0);
    let atoms = 0;
    for (let i = 0; i < this.#sublattices.length; i++) {
      const { first, species } = this.#sublattices[i];
      let count = 0;
      for (let c = 0; c < cells; c++) if (occupation[first + c] === species) occupied[count++] = c;
      atoms += count;
      for (let q = 0; q < waves; q++) {
        let re = 0;
        let im = 0;
        for (let p = 0; p < count; p++) {
          re += cellRe[q * cells + occupied[p]];
          im += cellIm[q * cells + occupied[p]];
        }
        const siteRe = this.#siteRe[i * waves + q];
        const siteIm = this.#siteIm[i * waves + q];
        sumRe[q] += re * siteRe - im * siteIm;
        sumIm[q] += re * siteIm + im * siteRe;
      }
    }
    let total = 0;
    for (let q = 0; q < waves; q++) {
      const amplitude = atoms === 0 ? 0 : Math.sqrt(sumRe[q] * sumRe[q] + sumIm[q] * sumIm[q]) / atoms;
      total += amplitude;
      if (waves > 1) out[at + 1 + q] = amplitude;
    }
    out[at] = total / waves;
  }
}

/** The wave vector, brought onto the nearest one of the supercell, which must be near. */
function commensurate(
  { lattice, matrix }: Supercell,
  k: readonly [number, number, number],
  path: string,
): Vec3 {
  const whole: Vec3 = [0, 0, 0];
  for (let i = 0; i < 3; i++) {
    if (!lattice.periodic[i] && k[i] !== 0)
      throw studyError(
        path,
        `the lattice is not periodic along its vector ${i + 1}, where k must be 0, found ${k[i]}`,
      );
    const row = matrix.slice(3 * i, 3 * i + 3);
    const turns = dot(k, row);
    whole[i] = Math.round(turns);
    if (!(Math.abs(turns - Math.round(turns)) <= COMMENSURATE))
      throw studyError(
        path,
        `k = (${k.join(", ")}) does not fit the supercell: along its vector ${i + 1} (${row.join(", ")}) the wave makes ` +
          `${Number(turns.toFixed(4))} turns, not a whole number`,
      );
  }
  // matrix · k = whole, k as a column
  return rowTimes(whole, transpose3(inv3(matrix)));
}
