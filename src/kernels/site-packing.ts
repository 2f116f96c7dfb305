/** How compiled code writes a site: its padded cell, shifted to the left, and its sublattice. */
import type { ModelMemory, ModelTables } from "./model-memory.ts";

export type SiteTables = Pick<ModelTables["interactions"], "sites" | "cells">;

export interface SitePacking {
  /** @param index of a site that can change, in the order of the supercell */
  pack(index: number): number;
  unpack(packed: number): number;
  /** Place of a packed site in arrays by padded cell and sublattice. */
  indexOf(packed: number): number;
}

export function sitePacking(
  { siteBits, width }: Pick<ModelMemory, "siteBits" | "width">,
  { sites, cells: { home, cellOf } }: SiteTables,
): SitePacking {
  const mask = (1 << siteBits) - 1;
  const cells = home.length;
  const sublatticeOf = new Map(Array.from(sites, (site, s) => [site, s]));
  return {
    pack(index) {
      const site = Math.floor(index / cells);
      return ((home[index - site * cells] << siteBits) | sublatticeOf.get(site)!) >>> 0;
    },
    unpack: (packed) => sites[packed & mask] * cells + cellOf[packed >>> siteBits],
    indexOf: (packed) => (packed >>> siteBits) * width + (packed & mask),
  };
}
