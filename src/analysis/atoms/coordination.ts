/** Coordination numbers and how they are distributed. */
import { EcitonError } from "../../core/errors.ts";
import type { BondCutoffs } from "./bonds.ts";
import { type AtomFrame, neighboursOf } from "./frame.ts";
import { type Averaged, RatioAverages } from "./ratio-averages.ts";

/**
 * Coordination numbers that change smoothly as atoms move: each neighbour counts 1 up to the inner distance, 0 from the
 * outer one on, and (1 + cos(π (r − inner) / (outer − inner))) / 2 between.
 * @param inner,outer Å, inner below outer
 * @returns Float64Array(N)
 */
export function smoothCoordination(frame: AtomFrame, inner: number, outer: number): Float64Array {
  if (!(inner < outer))
    throw new EcitonError(
      "shape",
      `expected an inner distance below the outer one, found ${inner}, ${outer}`,
    );
  const { first, distances } = neighboursOf(frame, outer);
  return Float64Array.from(frame.species, (_, i) => {
    let sum = 0;
    for (let n = first[i]; n < first[i + 1]; n++) {
      const r = distances[n];
      sum += r <= inner ? 1 : (1 + Math.cos((Math.PI * (r - inner)) / (outer - inner))) / 2;
    }
    return sum;
  });
}

export interface CoordinationResult {
  /** Species of the atoms, "all" for all of them. */
  readonly species: string;
  /** Atoms of it over all frames. */
  readonly atoms: number;
  readonly mean: Averaged;
  /** P(CN): part of the atoms with 0, 1, 2 ... bonds, up to the largest number that occurs. */
  readonly probability: number[];
  readonly error: number[] | null;
  /** Mean number of neighbours of each species. */
  readonly partners: Readonly<Record<string, Averaged>>;
}

/** One species' numbers over the frames that have such atoms. */
interface SpeciesAverages {
  readonly numbers: RatioAverages;
  /** All neighbours, then those of each species in the order of `partnerColumns`. */
  readonly partners: RatioAverages;
  readonly partnerColumns: string[];
}

/** P(CN) over atoms of frames that may have different atoms: every atom of every frame counts the same. */
export class CoordinationDistribution {
  readonly #cutoffs: BondCutoffs;
  readonly #bySpecies = new Map<string, SpeciesAverages>();

  constructor(cutoffs: BondCutoffs) {
    this.#cutoffs = cutoffs;
  }

  add(frame: AtomFrame): void {
    const { first, index } = this.#cutoffs.bonds(frame);
    const { species } = frame;
    for (const name of [ALL, ...new Set(species)]) {
      const own = this.#averagesOf(name);
      const numbers: number[] = [];
      const partners = [0];
      let atoms = 0;
      species.forEach((kind, i) => {
        if (name !== ALL && kind !== name) return;
        atoms++;
        const number = first[i + 1] - first[i];
        while (numbers.length <= number) numbers.push(0);
        numbers[number]++;
        partners[0] += number;
        for (let n = first[i]; n < first[i + 1]; n++) {
          const column = columnOf(own.partnerColumns, species[index[n]]) + 1;
          partners[column] = (partners[column] ?? 0) + 1;
        }
      });
      own.numbers.add(numbers, atoms);
      own.partners.add(
        Array.from(partners, (count) => count ?? 0),
        atoms,
      );
    }
  }

  result(): CoordinationResult[] {
    return [...this.#bySpecies.keys()].sort(allFirst).map((species) => {
      const { numbers, partners, partnerColumns } = this.#bySpecies.get(species)!;
      const { mean: probability, error } = numbers.averages()!;
      return {
        species,
        atoms: numbers.weight,
        mean: partners.average(0)!,
        probability,
        error,
        partners: Object.fromEntries(
          partnerColumns
            .map((partner, column): [string, Averaged] => [partner, partners.average(column + 1)!])
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      };
    });
  }

  #averagesOf(name: string): SpeciesAverages {
    const known = this.#bySpecies.get(name);
    if (known !== undefined) return known;
    const fresh = { numbers: new RatioAverages(), partners: new RatioAverages(), partnerColumns: [] };
    this.#bySpecies.set(name, fresh);
    return fresh;
  }
}

const ALL = "all";
const allFirst = (a: string, b: string) => (a === ALL ? -1 : b === ALL ? 1 : a < b ? -1 : 1);

function columnOf(columns: string[], name: string): number {
  const known = columns.indexOf(name);
  return known >= 0 ? known : columns.push(name) - 1;
}
