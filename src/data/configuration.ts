/** A configuration: who sits where on a supercell of the parent lattice, with its energy where known. */
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";

export interface Configuration {
  readonly id: string;
  readonly supercell: Supercell;
  /** Uint8Array(numSites): index of the species in its site's list. */
  readonly occupation: Uint8Array;
  /** eV for the whole supercell. */
  readonly energy: number | undefined;
  /** Statistical weight in a fit. */
  readonly weight: number;
  readonly source: { readonly file: string; readonly line: number | null };
}

/** Hands out one Supercell object for each matrix, so that what is built for it can be shared. */
export class SupercellCache {
  readonly #lattice: ParentLattice;
  readonly #known = new Map<string, Supercell>();

  constructor(lattice: ParentLattice) {
    this.#lattice = lattice;
  }

  /** @param matrix nine integers, or three for a diagonal */
  get(matrix: ArrayLike<number>): Supercell {
    const key = Array.from(matrix).join();
    let supercell = this.#known.get(key);
    if (!supercell) {
      supercell = new Supercell(this.#lattice, matrix);
      this.#known.set(key, supercell);
    }
    return supercell;
  }
}

/** How many sites hold each species, by species name; backgrounds and spectators included. */
export function speciesCounts(
  configuration: Pick<Configuration, "supercell" | "occupation">,
): Map<string, number> {
  const { supercell, occupation } = configuration;
  const counts = new Map<string, number>();
  for (let i = 0; i < occupation.length; i++) {
    const name = supercell.lattice.sites[supercell.sublatticeOf(i)].species[occupation[i]];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
