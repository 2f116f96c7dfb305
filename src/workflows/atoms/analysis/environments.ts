/** A sample of the environments of a file, each described by SOAP. */
import { Soap, type SoapSettings } from "../../../analysis/soap/soap.ts";
import { RandomStream } from "../../../core/random.ts";
import type { Structure } from "../../../data/structure.ts";
import { ENVIRONMENT_STREAM } from "../../streams.ts";
import type { AnalysisSection } from "./settings.ts";

/** Environments drawn evenly from all atoms of all frames. */
export interface EnvironmentSample {
  readonly size: number;
  /** Rows of `size` numbers. */
  readonly values: Float64Array;
  /** Number of the frame from 0, and of the atom in it, of each row. */
  readonly frame: Int32Array;
  readonly atom: Int32Array;
  readonly species: readonly string[];
  /** Environments of the file in all. */
  readonly of: number;
}

export function soapSettings(
  section: NonNullable<AnalysisSection["soap"]>,
  species: readonly string[],
): SoapSettings {
  return {
    species,
    cutoff: section.cutoff_A,
    smoothing: section.smoothing_A,
    width: section.width_A,
    radialBasis: section.basis,
    radialCount: section.radial_functions,
    maxAngular: section.max_angular,
  };
}

/**
 * Reservoir sampling in one pass: the first environments fill the rows, and each later one, number n, takes the place of
 * a random one with the probability rows/n. Descriptors are computed for those that are taken alone.
 * @see Vitter, ACM Trans. Math. Softw. 11, 37 (1985), algorithm R
 */
export class EnvironmentSampler {
  readonly #soap: Soap;
  readonly #random: RandomStream;
  readonly #most: number;
  readonly #rows: {
    readonly values: Float64Array;
    readonly frame: number;
    readonly atom: number;
    readonly species: string;
  }[] = [];
  #seen = 0;

  /**
   * @param most environments that are kept
   * @param file its number, for a random stream of its own
   */
  constructor(settings: SoapSettings, most: number, seed: number, file: number) {
    this.#soap = new Soap(settings);
    this.#most = most;
    this.#random = new RandomStream(seed, ENVIRONMENT_STREAM + file);
  }

  /** @throws {EcitonError} "data" for a species that the settings do not name */
  add(structure: Structure, frame: number): void {
    const chosen = new Map<number, number>();
    structure.species.forEach((_, atom) => {
      const place = this.#seen++ < this.#most ? this.#seen - 1 : this.#random.nextIndex(this.#seen);
      if (place < this.#most) chosen.set(place, atom);
    });
    if (chosen.size === 0) return;
    const atoms = [...chosen.values()];
    const { size } = this.#soap;
    const values = this.#soap.compute(structure, atoms);
    [...chosen.keys()].forEach((place, row) => {
      this.#rows[place] = {
        values: values.slice(row * size, (row + 1) * size),
        frame,
        atom: atoms[row],
        species: structure.species[atoms[row]],
      };
    });
  }

  result(): EnvironmentSample {
    const { size } = this.#soap;
    const rows = this.#rows;
    const values = new Float64Array(rows.length * size);
    for (const [i, row] of rows.entries()) values.set(row.values, i * size);
    return {
      size,
      values,
      frame: Int32Array.from(rows, ({ frame }) => frame),
      atom: Int32Array.from(rows, ({ atom }) => atom),
      species: rows.map(({ species }) => species),
      of: this.#seen,
    };
  }
}
