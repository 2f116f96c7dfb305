/** Which atoms count as bonded: pairs nearer than a distance that may depend on their species. */
import { EcitonError } from "../../core/errors.ts";
import { covalentRadius } from "../../data/element-data.ts";
import type { NeighbourList } from "../../lattice/neighbour-list.ts";
import { type AtomFrame, neighboursOf, pairName } from "./frame.ts";

export interface BondRule {
  /** Å, for all pairs that `pairs` does not name. */
  readonly cutoff?: number;
  /** Å by pair of species in either order, {"Ce-O": 2.8}. */
  readonly pairs?: Readonly<Record<string, number>>;
  /** Where no distance is given: the sum of the covalent radii times this. */
  readonly factor?: number;
}

/**
 * The radii add up to 0.85 to 1.1 times the distance of nearest neighbours, so this lies between the first and the
 * second shell of fcc and hcp metals and includes the second of bcc.
 */
const BOND_FACTOR = 1.25;

/** Largest bond length of each pair of species. */
export class BondCutoffs {
  readonly #rule: BondRule;
  readonly #known = new Map<string, number>();

  constructor(rule: BondRule = {}) {
    this.#rule = rule;
  }

  /**
   * @returns Å
   * @throws {EcitonError} "data" for a pair without a distance of which a species has no covalent radius
   */
  between(a: string, b: string): number {
    const name = pairName(a, b);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { cutoff, pairs = {}, factor = BOND_FACTOR } = this.#rule;
    const distance = pairs[`${a}-${b}`] ?? pairs[`${b}-${a}`] ?? cutoff ?? factor * radiusSum(a, b);
    this.#known.set(name, distance);
    return distance;
  }

  /** All bonds, as a neighbour list. */
  bonds(frame: AtomFrame, kind: "full" | "half" = "full"): NeighbourList {
    const { species } = frame;
    const kinds = [...new Set(species)];
    const longest = kinds.map((a) => kinds.map((b) => this.between(a, b)));
    const largest = longest.flat().reduce((most, d) => Math.max(most, d), 0);
    const all = neighboursOf(frame, largest, kind);
    if (longest.flat().every((d) => d === largest)) return all;
    const kindOf = Int32Array.from(species, (name) => kinds.indexOf(name));
    const first = new Int32Array(species.length + 1);
    const kept: number[] = [];
    for (let i = 0; i < species.length; i++) {
      for (let n = all.first[i]; n < all.first[i + 1]; n++)
        if (all.distances[n] <= longest[kindOf[i]][kindOf[all.index[n]]]) kept.push(n);
      first[i + 1] = kept.length;
    }
    return {
      first,
      index: Int32Array.from(kept, (n) => all.index[n]),
      distances: Float64Array.from(kept, (n) => all.distances[n]),
      vectors: Float64Array.from(
        { length: 3 * kept.length },
        (_, k) => all.vectors[3 * kept[Math.floor(k / 3)] + (k % 3)],
      ),
    };
  }
}

function radiusSum(a: string, b: string): number {
  const [one, two] = [a, b].map((name) => {
    const radius = covalentRadius(name);
    if (radius !== null) return radius;
    throw new EcitonError(
      "data",
      `bonds ${pairName(a, b)}: no covalent radius is known for the species ${name}; give a bond length for it`,
      { species: name },
    );
  });
  return one + two;
}
