/** How many of each species sit in each layer. */
import { studyError } from "../core/errors.ts";
import type { Supercell } from "../lattice/supercell.ts";
import type { ExchangeGroup } from "./exchange-groups.ts";

/** One species of one exchange group in one layer. */
export interface LayerRow {
  readonly layer: string;
  readonly group: string;
  readonly species: string;
  /** Number of the group's sites in the layer. */
  readonly sites: number;
  /** Number of the species in the whole supercell; constant in the canonical ensemble. */
  readonly total: number;
}

/** Names of the layers that hold sites which can change, in the order of the lattice. */
export function layerNames(groups: readonly ExchangeGroup[], supercell: Supercell): string[] {
  const { sites } = supercell.lattice;
  const sublattices = groups.flatMap((group) => group.sublattices).sort((a, b) => a - b);
  return [...new Set(sublattices.map((s) => sites[s].layer).filter((layer) => layer !== ""))];
}

/** Sites of one sublattice are contiguous. */
export interface SublatticeSites {
  /** Parent site. */
  readonly site: number;
  readonly from: number;
  readonly to: number;
}

/** Whatever can tell how many of a sublattice's sites hold a species. */
export interface SpeciesCounts {
  countOf(sublattice: SublatticeSites, species: number): number;
}

export class LayerCounter {
  readonly rows: readonly LayerRow[];
  /** With the first row and the number of species of each. */
  readonly #sublattices: (SublatticeSites & { readonly row: number; readonly species: number })[];

  /**
   * @param counts number of each species, by group
   * @param layers names of layers
   * @throws {EcitonError} "study" for a layer without sites that can change
   */
  constructor(
    supercell: Supercell,
    groups: readonly ExchangeGroup[],
    counts: readonly (readonly number[])[],
    layers: readonly string[],
    path = "sample.layers",
  ) {
    const cells = supercell.numCells;
    const { sites } = supercell.lattice;
    const rows: LayerRow[] = [];
    this.#sublattices = [];
    layers.forEach((layer, l) => {
      let found = false;
      groups.forEach((group, g) => {
        const inside = group.sublattices.filter((s) => sites[s].layer === layer);
        if (inside.length === 0) return;
        found = true;
        for (const s of inside)
          this.#sublattices.push({
            site: s,
            from: s * cells,
            to: (s + 1) * cells,
            row: rows.length,
            species: group.species.length,
          });
        group.species.forEach((species, k) => {
          rows.push({
            layer,
            group: group.name,
            species,
            sites: inside.length * cells,
            total: counts[g][k],
          });
        });
      });
      if (!found)
        throw studyError(
          `${path}[${l}]`,
          `no site that can change is in a layer "${layer}"; there are ${layerNames(groups, supercell).join(", ")}`,
        );
    });
    this.rows = rows;
  }

  /** @param out Int32Array(rows), overwritten */
  count(counts: SpeciesCounts, out: Int32Array): void {
    out.fill(0);
    for (const sublattice of this.#sublattices)
      for (let k = 0; k < sublattice.species; k++) out[sublattice.row + k] += counts.countOf(sublattice, k);
  }
}
