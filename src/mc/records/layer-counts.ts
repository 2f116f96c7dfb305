/** How many of each species sit in each layer. */
import { studyError } from "../../core/errors.ts";
import type { Supercell } from "../../lattice/supercell.ts";
import type { ExchangeGroup } from "../exchange-groups.ts";

/** One species of one exchange group in one layer. */
export interface LayerRow {
  readonly layer: string;
  readonly group: string;
  readonly species: string;
  /** Number of the group's sites in the layer. */
  readonly sites: number;
  /** Number of the species in the whole supercell; null where the ensemble lets it change. */
  readonly total: number | null;
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
   * @param counts number of each species, by group; null where the ensemble lets them change
   * @param layers names of layers
   * @throws {EcitonError} "study" for a layer without sites that can change
   */
  constructor(
    supercell: Supercell,
    groups: readonly ExchangeGroup[],
    counts: readonly (readonly number[])[] | null,
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
            total: counts ? counts[g][k] : null,
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

/** One species of one exchange group in the whole supercell. */
export interface CompositionRow {
  readonly group: string;
  readonly species: string;
  /** Number of the group's sites. */
  readonly sites: number;
}

/** How many there are of each species, for ensembles that let it change. */
export class CompositionCounter {
  readonly rows: readonly CompositionRow[];
  readonly #groups: readonly { readonly species: number; readonly sublattices: readonly SublatticeSites[] }[];

  constructor(supercell: Supercell, groups: readonly ExchangeGroup[]) {
    const cells = supercell.numCells;
    this.rows = groups.flatMap((group) =>
      group.species.map((species) => ({
        group: group.name,
        species,
        sites: group.sublattices.length * cells,
      })),
    );
    this.#groups = groups.map((group) => ({
      species: group.species.length,
      sublattices: group.sublattices.map((site) => ({ site, from: site * cells, to: (site + 1) * cells })),
    }));
  }

  /** @param out Int32Array(rows), overwritten */
  count(counts: SpeciesCounts, out: Int32Array): void {
    out.fill(0);
    let row = 0;
    for (const { sublattices, species } of this.#groups)
      for (let k = 0; k < species; k++, row++)
        for (const sublattice of sublattices) out[row] += counts.countOf(sublattice, k);
  }
}
