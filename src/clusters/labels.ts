/** Names of clusters that a person can read: VO2Ce1_2N. */
import {
  DISTANCE_TOLERANCE_A,
  neighbourPairs,
  occupantLabel,
  type ParentLattice,
} from "../lattice/parent-lattice.ts";
import { type Cluster, diameter, POINT_STRIDE, pairDistances } from "./cluster.ts";
import type { BasisName } from "./site-basis.ts";

/**
 * Labels of orbits: the labels of the points (by kind, then site), then the shell of every pair, for example
 * VO2Ce1_2N or VO2VO3Ce1_5N.2N.2N. A shell is counted over all distances between the two kinds of sites.
 * Orbits that would share a label get _a, _b ... in their order.
 * @param representatives one cluster for each orbit, without the empty one
 */
export function labelOrbits(
  lattice: ParentLattice,
  basis: BasisName,
  representatives: readonly Cluster[],
): string[] {
  const reach = representatives.reduce((longest, c) => Math.max(longest, diameter(lattice, c)), 0);
  const shells = shellTable(lattice, reach);
  const plain = representatives.map((cluster) => plainLabel(lattice, basis, shells, cluster));
  const uses = new Map<string, number>();
  for (const label of plain) uses.set(label, (uses.get(label) ?? 0) + 1);
  const given = new Map<string, number>();
  return plain.map((label) => {
    if (uses.get(label) === 1) return label;
    const index = given.get(label) ?? 0;
    given.set(label, index + 1);
    return `${label}_${letters(index)}`;
  });
}

/** a .. z, aa, ab ... */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Distances between sites of two kinds, ascending, Å, for every pair of kinds. */
export type ShellTable = ReadonlyMap<string, readonly number[]>;

function kindsKey(a: string, b: string): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}

/** @param reach largest distance that is asked for, Å */
export function shellTable(lattice: ParentLattice, reach: number): ShellTable {
  const shells = new Map<string, number[]>();
  const pairs = neighbourPairs(lattice, reach).sort((a, b) => a.distance - b.distance);
  for (const pair of pairs) {
    const key = kindsKey(lattice.sites[pair.from].kind, lattice.sites[pair.to].kind);
    const known = shells.get(key) ?? [];
    shells.set(key, known);
    if (known.length === 0 || pair.distance > known[known.length - 1] + DISTANCE_TOLERANCE_A)
      known.push(pair.distance);
  }
  return shells;
}

/** Which shell (1 = nearest) a distance between two kinds of sites belongs to. */
export function shellOf(shells: ShellTable, kindA: string, kindB: string, distance: number): number {
  const known = shells.get(kindsKey(kindA, kindB)) ?? [];
  return known.findIndex((d) => Math.abs(d - distance) <= 2 * DISTANCE_TOLERANCE_A) + 1;
}

function plainLabel(lattice: ParentLattice, basis: BasisName, shells: ShellTable, cluster: Cluster): string {
  const kinds = [...new Set(lattice.sites.map((site) => site.kind))];
  const rank = (at: number) => kinds.indexOf(lattice.sites[cluster[at]].kind);
  const starts = Array.from({ length: cluster.length / POINT_STRIDE }, (_, i) => POINT_STRIDE * i);
  starts.sort((a, b) => rank(a) - rank(b) || cluster[a] - cluster[b] || a - b);
  const names = starts.map((at) => {
    const site = lattice.sites[cluster[at]];
    const fn = cluster[at + 4];
    if (basis === "indicator") return occupantLabel(site, site.species[fn]);
    return site.species.length > 2 ? `${site.name}:${fn}` : site.name;
  });
  if (starts.length === 1) return names[0];
  const ordered = starts.flatMap((at) => cluster.slice(at, at + POINT_STRIDE));
  const distances = pairDistances(lattice, ordered);
  const kind = (i: number) => lattice.sites[ordered[POINT_STRIDE * i]].kind;
  const parts: string[] = [];
  for (let i = 0, p = 0; i < starts.length; i++)
    for (let j = i + 1; j < starts.length; j++, p++)
      parts.push(`${shellOf(shells, kind(i), kind(j), distances[p])}N`);
  return `${names.join("")}_${parts.join(".")}`;
}
