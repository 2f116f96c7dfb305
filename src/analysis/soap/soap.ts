/** SOAP: power spectra of the density of neighbours around atoms. */
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import { compiledSoap, type SoapOperations, type SoapTables } from "../../kernels/soap.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import { RadialBasis, type RadialBasisName } from "./radial-basis.ts";
import { RadialIntegrals, tabulateIntegrals } from "./radial-integrals.ts";
import { harmonicNorms } from "./spherical-harmonics.ts";

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
  readonly #tables: SoapTables;
  readonly #operations: (tables: SoapTables, mostNeighbours: number) => SoapOperations;
  #maker: { readonly operations: SoapOperations; readonly most: number } | null = null;
  readonly #speciesIndex: ReadonlyMap<string, number>;

  /**
   * @param operations who does the sums: the compiled kernel, or the plain formulas
   * @throws {EcitonError} "study" for a radial basis that is too large
   */
  constructor(settings: SoapSettings, operations = compiledSoap) {
    const { species, cutoff, width, radialBasis, radialCount, maxAngular } = settings;
    this.settings = settings;
    this.#operations = operations;
    const integrals = new RadialIntegrals(
      new RadialBasis(radialBasis, radialCount, cutoff),
      maxAngular,
      width,
    );
    const norms = harmonicNorms(maxAngular);
    const self = new Float64Array(integrals.size);
    integrals.compute(0, self);
    this.#tables = {
      species: species.length,
      maxAngular,
      radialCount,
      ...tabulateIntegrals(integrals, width, cutoff),
      norms,
      // At the centre only l = 0 is left.
      self: self.subarray(0, radialCount).map((x) => norms[0] * x),
    };
    this.#speciesIndex = new Map(species.map((name, s) => [name, s]));
    const blocks = (species.length * (species.length + 1)) / 2;
    this.size = blocks * (maxAngular + 1) * radialCount * radialCount;
  }

  /**
   * Descriptors of the environments of all atoms, or of some.
   * @param centres numbers of atoms; default: all
   * @returns Float64Array(centres × size), a row for each centre
   * @throws {EcitonError} "data" for a species that the settings do not name or atoms that coincide, and as neighbour
   *   lists do
   */
  compute(structure: Structure, centres?: readonly number[]): Float64Array {
    const { species, positions, cell, periodic } = structure;
    const kinds = Uint8Array.from(species, (name) => this.#indexOf(name, structure));
    const list = neighbourList(positions, cell, periodic, this.settings.cutoff);
    const rows = centres ?? species.map((_, i) => i);
    const most = rows.reduce((longest, i) => Math.max(longest, list.first[i + 1] - list.first[i]), 0);
    const operations = this.#operationsFor(most);
    const near = {
      kinds: new Uint8Array(most),
      distances: new Float64Array(most),
      directions: new Float64Array(3 * most),
      weights: new Float64Array(most),
      count: 0,
    };
    const out = new Float64Array(rows.length * this.size);
    rows.forEach((centre, row) => {
      near.count = 0;
      for (let k = list.first[centre]; k < list.first[centre + 1]; k++) {
        const r = list.distances[k];
        const weight = this.#fading(r);
        if (weight === 0) continue;
        if (r === 0) throw coincident(structure, centre, list.index[k]);
        const at = near.count++;
        near.kinds[at] = kinds[list.index[k]];
        near.distances[at] = r;
        for (let c = 0; c < 3; c++) near.directions[3 * at + c] = list.vectors[3 * k + c] / r;
        near.weights[at] = weight;
      }
      operations.spectrum(kinds[centre], near, out, row * this.size);
    });
    return out;
  }

  /** With room for so many neighbours; kept from one structure to the next. */
  #operationsFor(most: number): SoapOperations {
    if (this.#maker === null || this.#maker.most < most) {
      const room = 2 * most;
      this.#maker = { operations: this.#operations(this.#tables, room), most: room };
    }
    return this.#maker.operations;
  }

  #fading(r: number): number {
    const { cutoff, smoothing } = this.settings;
    const inside = r - cutoff + smoothing;
    if (inside <= 0) return 1;
    return r >= cutoff ? 0 : 0.5 * (1 + Math.cos((Math.PI * inside) / smoothing));
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
}

function coincident({ source }: Structure, i: number, j: number): EcitonError {
  return new EcitonError(
    "data",
    `${source.file}: atoms ${i + 1} and ${j + 1} coincide: their environments have no directions`,
    { file: source.file, line: source.line, atoms: [i, j] },
  );
}
