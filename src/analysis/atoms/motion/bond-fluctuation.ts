/** Fluctuations of distances: the Lindemann index of a cluster, of its atoms, and of kinds of bonds. */
import { EcitonError } from "../../../core/errors.ts";

/** Index above which a cluster counts as molten: Lindemann's criterion, as is usual for clusters. */
export const MOLTEN = 0.1;

/** Pairs that are followed at most; each takes 16 bytes. */
const MOST_PAIRS = 3e7;

/**
 * Relative root-mean-square fluctuation of the distances of atoms, in clusters (no periodic images):
 *   δ_ij = √(⟨r_ij²⟩ − ⟨r_ij⟩²) / ⟨r_ij⟩
 *   δ_i = 1/(N−1) Σ_j δ_ij (an atom),  δ = 1/N Σ_i δ_i (the cluster)
 * @see Berry, Beck, Davis, Jellinek, Adv. Chem. Phys. 70B, 75 (1988) for δ; Li, Truhlar, Chem. Sci. 5, 2605 (2014) for
 *   averages over kinds of bonds
 */
export class BondFluctuation {
  readonly numAtoms: number;
  /** Running mean and sum of squared deviations (Welford) of pair i < j at i(2N−i−1)/2 + j−i−1. */
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  #frames = 0;

  /** @throws {EcitonError} "memory" for so many atoms that their pairs do not fit */
  constructor(numAtoms: number) {
    const pairs = (numAtoms * (numAtoms - 1)) / 2;
    if (pairs > MOST_PAIRS)
      throw new EcitonError(
        "memory",
        `the Lindemann index follows all pairs: ${numAtoms} atoms have ${pairs}, at most ${MOST_PAIRS} fit`,
        { numAtoms, pairs },
      );
    this.numAtoms = numAtoms;
    this.#mean = new Float64Array(pairs);
    this.#squares = new Float64Array(pairs);
  }

  get frames(): number {
    return this.#frames;
  }

  /** @param positions Float64Array(3N), Å */
  add(positions: Float64Array): void {
    const frames = ++this.#frames;
    const n = this.numAtoms;
    const [mean, squares] = [this.#mean, this.#squares];
    let at = 0;
    for (let i = 0; i < n; i++) {
      const x = positions[3 * i];
      const y = positions[3 * i + 1];
      const z = positions[3 * i + 2];
      for (let j = i + 1; j < n; j++, at++) {
        const dx = positions[3 * j] - x;
        const dy = positions[3 * j + 1] - y;
        const dz = positions[3 * j + 2] - z;
        const r = Math.sqrt(dx * dx + dy * dy + dz * dz);
        const change = r - mean[at];
        mean[at] += change / frames;
        squares[at] += change * (r - mean[at]);
      }
    }
  }

  /** δ_ij of two different atoms. */
  pair(i: number, j: number): number {
    const [a, b] = i < j ? [i, j] : [j, i];
    const at = (a * (2 * this.numAtoms - a - 1)) / 2 + b - a - 1;
    return Math.sqrt(this.#squares[at] / this.#frames) / this.#mean[at];
  }

  /** δ_i of every atom, Float64Array(N). */
  atoms(): Float64Array {
    const n = this.numAtoms;
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) {
        const delta = this.pair(i, j) / (n - 1);
        out[i] += delta;
        out[j] += delta;
      }
    return out;
  }

  /** δ of the cluster. */
  index(): number {
    return meanOf(this.atoms());
  }

  /**
   * Mean δ_i of each group of atoms (shells, species).
   * @param groups group of each atom
   */
  byGroup(groups: readonly string[]): Map<string, number> {
    const atoms = this.atoms();
    const members = new Map<string, number[]>();
    groups.forEach((group, i) => {
      const list = members.get(group) ?? [];
      list.push(atoms[i]);
      members.set(group, list);
    });
    return new Map([...members].map(([group, values]) => [group, meanOf(values)]));
  }

  /** Mean δ_ij of some pairs: the bonds of one kind. */
  ofBonds(bonds: readonly (readonly [number, number])[]): number {
    return meanOf(bonds.map(([i, j]) => this.pair(i, j)));
  }
}

function meanOf(values: ArrayLike<number> & Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
