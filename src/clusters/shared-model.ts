/** What all chains on one supercell read: compiled once a process, whatever the number of threads. */
import { layOutTables, type ModelMemory } from "../kernels/model-memory.ts";
import { regionBytes } from "../kernels/regions.ts";
import { planSwaps } from "../kernels/swap-memory.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { compileDifferences } from "./cell-differences.ts";
import type { ClusterExpansion } from "./expansion.ts";
import { compileTables, type InteractionTables } from "./interaction-tables.ts";
import { buildTries } from "./interaction-tries.ts";
import { latticeGas } from "./lattice-gas.ts";

/** Plain data: sent to a thread, it is not copied but shared. */
export interface SharedModel {
  readonly interactions: InteractionTables;
  /** The same for compiled code, and room for its chains. */
  readonly kernel: ModelMemory;
}

/** @throws {EcitonError} "memory" for tables of more than 2 GiB, or more interactions than they can number */
export function compileSharedModel(expansion: ClusterExpansion, supercell: Supercell): SharedModel {
  return shareTables(compileTables(latticeGas(expansion), supercell), supercell);
}

/** @throws {EcitonError} as compileSharedModel */
export function shareTables(interactions: InteractionTables, supercell: Supercell): SharedModel {
  const tables = {
    interactions,
    tries: buildTries(interactions),
    differences: compileDifferences(interactions, supercell),
  };
  return { interactions, kernel: layOutTables(tables) };
}

/** Bytes that a model takes once a process, and that each chain takes of its memory beside that, whatever its moves. */
export function memoryNeeds({ interactions, kernel }: SharedModel): { tables: number; chain: number } {
  const arrays = [...Object.values(interactions), ...Object.values(interactions.cells)];
  const bytes = arrays.reduce((sum, x) => sum + (ArrayBuffer.isView(x) ? x.byteLength : 0), 0);
  const sites = interactions.sites.length * interactions.cells.home.length;
  const channels = (interactions.sites.length * kernel.maxSpecies * (kernel.maxSpecies - 1)) / 2;
  const swaps = planSwaps(kernel, channels, sites).bytes;
  // Mixed moves list the sites by species and know the place of each.
  const lists = 4 * (sites + kernel.paddedSites);
  return { tables: kernel.tableBytes + bytes, chain: regionBytes(swaps + lists) };
}
