/** Which sites share a cluster with a site. */
import type { InteractionTables } from "../../clusters/interaction-tables.ts";
import type { Supercell } from "../../lattice/supercell.ts";

export class Neighbourhood {
  readonly #tables: InteractionTables;
  readonly #numCells: number;

  constructor(tables: InteractionTables, supercell: Supercell) {
    this.#tables = tables;
    this.#numCells = supercell.numCells;
  }

  /** In the order of the tables, each once, the site itself not among them. */
  of(site: number): number[] {
    const { sites, sublatticeOf, cells, neighbourStart, neighbourStep, neighbourSublattice } = this.#tables;
    const parent = Math.floor(site / this.#numCells);
    const home = cells.home[site - parent * this.#numCells];
    const s = sublatticeOf[parent];
    const found: number[] = [];
    for (let k = neighbourStart[s]; k < neighbourStart[s + 1]; k++)
      found.push(sites[neighbourSublattice[k]] * this.#numCells + cells.cellOf[home + neighbourStep[k]]);
    return found;
  }
}
