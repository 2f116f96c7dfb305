/** Mean occupation of every site. */
import type { Supercell } from "../lattice/supercell.ts";
import { columnName, type LabelledMap } from "./observer.ts";

/**
 * For each site that can change and each of its species but the first (which has what is left to 1): 1 where the site
 * holds the species, 0 elsewhere; the mean is the probability.
 */
export class SiteMap implements LabelledMap {
  readonly name = columnName("site", "occupation");
  readonly size: number;
  readonly labels = ["site", "layer", "species", "u", "v", "w", "x_A", "y_A", "z_A"];
  readonly #supercell: Supercell;
  readonly #positions: Float64Array;
  /** Supercell site and species of each entry. */
  readonly #site: Int32Array;
  readonly #species: Uint8Array;

  constructor(supercell: Supercell) {
    const { lattice, active } = supercell;
    const site: number[] = [];
    const species: number[] = [];
    for (const i of active) {
      const { length } = lattice.sites[supercell.sublatticeOf(i)].species;
      for (let k = 1; k < length; k++) {
        site.push(i);
        species.push(k);
      }
    }
    this.#supercell = supercell;
    this.#positions = supercell.positions();
    this.#site = Int32Array.from(site);
    this.#species = Uint8Array.from(species);
    this.size = site.length;
  }

  /** Name and layer of the site, the species, the parent cell, and the place in Å. */
  labelOf(entry: number): (string | number)[] {
    const i = this.#site[entry];
    const { name, layer, species } = this.#supercell.lattice.sites[this.#supercell.sublatticeOf(i)];
    const cell = this.#supercell.cellOf(i % this.#supercell.numCells);
    return [
      name,
      layer,
      species[this.#species[entry]],
      ...cell,
      ...this.#positions.subarray(3 * i, 3 * i + 3),
    ];
  }

  measure(occupation: Uint8Array, out: Float64Array, at: number): void {
    const site = this.#site;
    const species = this.#species;
    for (let k = 0; k < site.length; k++) out[at + k] = occupation[site[k]] === species[k] ? 1 : 0;
  }
}
