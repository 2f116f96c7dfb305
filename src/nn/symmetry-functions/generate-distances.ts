/** Shortest distances between elements in a set of structures: where generated symmetry functions begin. */
import type { Structure } from "../../data/structure.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import { tooClose } from "./descriptors.ts";

/** By pairKey, Å. Pairs that are never within the radius are not there. */
export type ShortestDistances = ReadonlyMap<string, number>;

/** The same for (a, b) and (b, a). */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/**
 * @param radius how far to look, Å
 * @throws {EcitonError} as neighbourList does
 */
export function shortestDistances(structures: readonly Structure[], radius: number): ShortestDistances {
  const shortest = new Map<string, number>();
  for (const { species, positions, cell, periodic } of structures) {
    const elements = [...new Set(species)];
    // What is farther apart than the longest of these changes nothing.
    const reach = Math.max(
      0,
      ...elements.flatMap((a) => elements.map((b) => shortest.get(pairKey(a, b)) ?? radius)),
    );
    if (reach === 0) continue;
    const list = neighbourList(positions, cell, periodic, reach, "half");
    for (let i = 0; i < species.length; i++)
      for (let n = list.first[i]; n < list.first[i + 1]; n++) {
        const key = pairKey(species[i], species[list.index[n]]);
        if (list.distances[n] < (shortest.get(key) ?? Infinity)) shortest.set(key, list.distances[n]);
      }
  }
  return shortest;
}

/**
 * @param least Å
 * @throws {EcitonError} "data" naming the structure and the atoms that are nearer
 */
export function requireApart(structures: readonly Structure[], least: number): void {
  for (const structure of structures) {
    const { species, positions, cell, periodic } = structure;
    const { first, index, distances } = neighbourList(positions, cell, periodic, least, "half");
    for (let i = 0; i < species.length; i++)
      if (first[i] < first[i + 1]) throw tooClose(structure, i, index[first[i]], distances[first[i]]);
  }
}
