/** SOAP: power spectra of the density of neighbours around atoms. */
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import { RadialBasis, type RadialBasisName } from "./radial-basis.ts";
import { RadialIntegrals, TabulatedRadialIntegrals } from "./radial-integrals.ts";
import { harmonicsCount, SphericalHarmonics } from "./spherical-harmonics.ts";

export interface SoapSettings {
  /** Species of neighbours, in the order of the descriptor's blocks. */
  readonly species: readonly string[];
  /** Å */
  readonly cutoff: number;
  /** Neighbours fade out over so much before the cut-off, Å: ½(1 + cos π(r − r_c + w)/w). */
  readonly smoothing: number;
  /** Width σ of the Gaussians, Å. */
  readonly width: number;
  readonly radialBasis: RadialBasisName;
  readonly radialCount: number;
  readonly maxAngular: number;
}

/**
 *   c_nlm^s(i) = Σ_{j of species s, j = i included} f_c(r_ij) I_nl(r_ij) Y_lm(r̂_ij)
 *   p^{ss'}_{l n n'}(i) = (−1)^l/√(2l+1) Σ_m c_nlm^s c_n'lm^s'
 * for s ≤ s' in the order of the species; blocks of s ≠ s' carry √2, so that the scalar product of two descriptors is
 * that over all ordered pairs. The sign cancels in it.
 * @see Bartók, Kondor, Csányi, Phys. Rev. B 87, 184115 (2013); Musil et al., J. Chem. Phys. 154, 114109 (2021)
 */
export class Soap {
  readonly settings: SoapSettings;
  /** Numbers of one environment: blocks of (s, s'), in each l, n, n'. */
  readonly size: number;
  readonly #integrals: TabulatedRadialIntegrals;
  readonly #harmonics: SphericalHarmonics;
  readonly #radial: Float64Array;
  /** c at (s · harmonics + lm) · radialCount + n. */
  readonly #expansion: Float64Array;
  readonly #speciesIndex: ReadonlyMap<string, number>;

  /** @throws {EcitonError} "study" for a radial basis that is too large */
  constructor(settings: SoapSettings) {
    const { species, cutoff, width, radialBasis, radialCount, maxAngular } = settings;
    this.settings = settings;
    const basis = new RadialBasis(radialBasis, radialCount, cutoff);
    this.#integrals = new TabulatedRadialIntegrals(
      new RadialIntegrals(basis, maxAngular, width),
      width,
      cutoff,
    );
    this.#harmonics = new SphericalHarmonics(maxAngular);
    this.#radial = new Float64Array(this.#integrals.size);
    this.#expansion = new Float64Array(species.length * harmonicsCount(maxAngular) * radialCount);
    this.#speciesIndex = new Map(species.map((name, s) => [name, s]));
    const blocks = (species.length * (species.length + 1)) / 2;
    this.size = blocks * (maxAngular + 1) * radialCount * radialCount;
  }

  /**
   * Descriptors of the environments of all atoms, or of some.
   * @param centres numbers of atoms; default: all
   * @returns Float64Array(centres × size), a row for each centre
   * @throws {EcitonError} "data" for a species that the settings do not name, and as neighbour lists do
   */
  compute(structure: Structure, centres?: readonly number[]): Float64Array {
    const { species, positions, cell, periodic } = structure;
    const kinds = Uint8Array.from(species, (name) => this.#indexOf(name, structure));
    const list = neighbourList(positions, cell, periodic, this.settings.cutoff);
    const rows = centres ?? species.map((_, i) => i);
    const out = new Float64Array(rows.length * this.size);
    rows.forEach((centre, row) => {
      this.#expansion.fill(0);
      this.#add(kinds[centre], 0, 0, 0, 0);
      for (let k = list.first[centre]; k < list.first[centre + 1]; k++) {
        const [x, y, z] = [list.vectors[3 * k], list.vectors[3 * k + 1], list.vectors[3 * k + 2]];
        this.#add(kinds[list.index[k]], list.distances[k], x, y, z);
      }
      this.#powerSpectrum(out, row * this.size);
    });
    return out;
  }

  #indexOf(name: string, { source }: Structure): number {
    const index = this.#speciesIndex.get(name);
    if (index === undefined)
      throw new EcitonError(
        "data",
        `${source.file}: SOAP was set up for ${this.settings.species.join(", ")}, found ${name}`,
        { file: source.file, line: source.line, species: name },
      );
    return index;
  }

  /** One neighbour's part of the expansion. */
  #add(kind: number, r: number, x: number, y: number, z: number): void {
    const { cutoff, smoothing, maxAngular, radialCount } = this.settings;
    const fade = r - cutoff + smoothing;
    const weight = fade <= 0 ? 1 : r >= cutoff ? 0 : 0.5 * (1 + Math.cos((Math.PI * fade) / smoothing));
    if (weight === 0) return;
    const radial = this.#radial;
    const expansion = this.#expansion;
    this.#integrals.compute(r, radial);
    // At the centre itself only l = 0 is left; a table has zero for the others to its accuracy only.
    const last = r > 0 ? maxAngular : 0;
    if (r > 0) this.#harmonics.compute(x / r, y / r, z / r);
    else this.#harmonics.compute(0, 0, 1);
    const harmonics = this.#harmonics.values;
    let at = kind * harmonicsCount(maxAngular) * radialCount;
    for (let l = 0; l <= last; l++)
      for (let m = -l; m <= l; m++) {
        const angular = weight * harmonics[l * l + l + m];
        const from = l * radialCount;
        for (let n = 0; n < radialCount; n++) expansion[at++] += angular * radial[from + n];
      }
  }

  #powerSpectrum(out: Float64Array, at: number): void {
    const { species, maxAngular, radialCount } = this.settings;
    const c = this.#expansion;
    const block = harmonicsCount(maxAngular) * radialCount;
    for (let a = 0; a < species.length; a++)
      for (let b = a; b < species.length; b++)
        for (let l = 0; l <= maxAngular; l++) {
          const sign = l % 2 === 0 ? 1 : -1;
          const norm = (sign * (a === b ? 1 : Math.SQRT2)) / Math.sqrt(2 * l + 1);
          const first = a * block + l * l * radialCount;
          const second = b * block + l * l * radialCount;
          for (let n = 0; n < radialCount; n++)
            for (let k = 0; k < radialCount; k++) {
              let sum = 0;
              for (let m = 0; m < (2 * l + 1) * radialCount; m += radialCount)
                sum += c[first + m + n] * c[second + m + k];
              out[at++] = norm * sum;
            }
        }
  }
}
