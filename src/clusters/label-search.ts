/** From the label of a cluster to its orbit, without building a pool. */
import { studyError } from "../core/errors.ts";
import {
  activeSites,
  DISTANCE_TOLERANCE_A,
  neighbourPairs,
  occupantLabel,
  type ParentLattice,
} from "../lattice/parent-lattice.ts";
import type { SymmetryOperation } from "../lattice/symmetry.ts";
import { type Cluster, normalForm, orbitOf, POINT_STRIDE, pointPosition } from "./cluster.ts";
import { type ShellTable, shellOf, shellTable } from "./labels.ts";
import { describeOrbits, type Orbit } from "./pool.ts";

/** Shells are sought until so many pairs of sites are known for a cell: hundreds of shells on any crystal. */
const MOST_PAIRS = 100_000;

/** A label taken apart: the points' names in one string, and the shells of the pairs i < j, row by row. */
interface Parts {
  readonly names: string;
  readonly size: number;
  readonly shells: readonly number[];
}

/**
 * The orbit that a pool in the indicator basis gives this label, however large the pool's cut-offs would have to be:
 * the shells in the label tell the distances, and clusters that share a label have the same ones.
 * @param label of at least one point, for example VO2VO3_5N
 * @param path in the study, for errors
 * @throws {EcitonError} "study" for a label that no cluster has, with what is near it
 */
export function orbitOfLabel(
  lattice: ParentLattice,
  operations: readonly SymmetryOperation[],
  label: string,
  path: string,
): Orbit {
  const others = new Set<string>();
  // "VO_a" can be the first of several orbits called VO, or end as a site's own label does.
  for (const plain of new Set([label, label.replace(/_[a-z]+$/, "")])) {
    const parts = partsOf(plain);
    if (!parts) continue;
    const orbits = new Map<string, Cluster[]>();
    for (const cluster of clustersLike(lattice, parts, path)) {
      const images = orbitOf(cluster, operations);
      const key = [...images.keys()].sort()[0];
      if (!orbits.has(key)) orbits.set(key, [...images.values()]);
    }
    // All orbits with the plain label are here, so the letters that tell them apart are those of a pool.
    const described = describeOrbits(lattice, "indicator", [...orbits.values()]).slice(1);
    const found = described.find((orbit) => orbit.label === label);
    if (found) return found;
    for (const orbit of described) others.add(orbit.label);
  }
  throw studyError(path, `no cluster has the label "${label}"; ${hint(lattice, operations, label, others)}`);
}

function partsOf(plain: string): Parts | null {
  const match = /^(.+)_(\d+N(?:\.\d+N)*)$/.exec(plain);
  if (!match) return { names: plain, size: 1, shells: [] };
  const shells = match[2].split(".").map((text) => Number.parseInt(text, 10));
  const size = (1 + Math.sqrt(1 + 8 * shells.length)) / 2;
  return Number.isInteger(size) && shells.every((n) => n >= 1) ? { names: match[1], size, shells } : null;
}

/** A site function by the name that it has in labels. */
interface Named {
  readonly name: string;
  readonly site: number;
  readonly fn: number;
}

function namedFunctions(lattice: ParentLattice): Named[] {
  return activeSites(lattice).flatMap((site) =>
    lattice.sites[site].species
      .slice(1)
      .map((species, k) => ({ name: occupantLabel(lattice.sites[site], species), site, fn: k + 1 })),
  );
}

/** Clusters with these names and shells in some order of their points, in normal form; some of them more than once. */
function* clustersLike(lattice: ParentLattice, parts: Parts, path: string): Generator<Cluster> {
  for (const chosen of sequences(namedFunctions(lattice), parts.names, parts.size)) {
    const kinds = chosen.map(({ site }) => lattice.sites[site].kind);
    const shells = shellsUpTo(lattice, kinds, parts.shells);
    if (!shells)
      throw studyError(path, `the sites have no shell ${Math.max(...parts.shells)}, or it is too far away`);
    const wanted = (i: number, j: number) => parts.shells[(i * (2 * chosen.length - i - 1)) / 2 + j - i - 1];
    const distances = kinds.map((kind, j) =>
      j === 0 ? 0 : shells.get([kinds[0], kind].sort().join("\n"))![wanted(0, j) - 1],
    );
    const neighbours = neighbourPairs(lattice, Math.max(0, ...distances), [
      ...new Set(chosen.map(({ site }) => site)),
    ]).filter((pair) => pair.from === chosen[0].site);
    let partial: Cluster[] = [[chosen[0].site, 0, 0, 0, chosen[0].fn]];
    for (let j = 1; j < chosen.length; j++)
      partial = partial.flatMap((cluster) =>
        neighbours.flatMap((pair) => {
          if (pair.to !== chosen[j].site || Math.abs(pair.distance - distances[j]) > 2 * DISTANCE_TOLERANCE_A)
            return [];
          const grown = [...cluster, pair.to, ...pair.cell, chosen[j].fn];
          const place = pointPosition(lattice, grown, POINT_STRIDE * j);
          for (let i = 1; i < j; i++) {
            const other = pointPosition(lattice, grown, POINT_STRIDE * i);
            const apart = Math.hypot(place[0] - other[0], place[1] - other[1], place[2] - other[2]);
            if (shellOf(shells, kinds[i], kinds[j], apart) !== wanted(i, j)) return [];
          }
          return [grown];
        }),
      );
    for (const cluster of partial) yield normalForm(cluster);
  }
}

/** Every sequence of so many names that together make the text. */
function* sequences(named: readonly Named[], text: string, size: number): Generator<Named[]> {
  if (size === 0) {
    if (text === "") yield [];
    return;
  }
  for (const first of named)
    if (text.startsWith(first.name))
      for (const rest of sequences(named, text.slice(first.name.length), size - 1)) yield [first, ...rest];
}

/** Distances of shells, as far as the shells of these pairs of kinds need; null if that is out of reach. */
function shellsUpTo(
  lattice: ParentLattice,
  kinds: readonly string[],
  wanted: readonly number[],
): ShellTable | null {
  const needed: [string, number][] = [];
  for (let i = 0, p = 0; i < kinds.length; i++)
    for (let j = i + 1; j < kinds.length; j++, p++)
      needed.push([[kinds[i], kinds[j]].sort().join("\n"), wanted[p]]);
  let before = -1;
  for (let reach = 4; ; reach *= 1.5) {
    const shells = shellTable(lattice, reach);
    if (needed.every(([key, n]) => (shells.get(key)?.length ?? 0) >= n)) return shells;
    const known = neighbourPairs(lattice, reach).length;
    // A molecule has no further pairs; the first cut-offs may be below the nearest distance of anything.
    if (known > MOST_PAIRS || (known === before && known > 0) || reach > 1e5) return null;
    before = known;
  }
}

/** What a person may have meant. */
function hint(
  lattice: ParentLattice,
  operations: readonly SymmetryOperation[],
  label: string,
  others: ReadonlySet<string>,
): string {
  if (others.size > 0) return `the clusters with these points and distances are ${[...others].join(", ")}`;
  const named = namedFunctions(lattice);
  const parts = partsOf(label);
  const pair = parts?.size === 2 ? [...sequences(named, parts.names, 2)][0] : undefined;
  if (pair) {
    const labels = nearestPairs(lattice, operations, pair);
    if (labels.length > 0) return `the nearest such pairs are ${labels.join(", ")}`;
  }
  const names = [...new Set(named.map(({ name }) => name))];
  return (
    `a label is made of ${names.join(", ")} and the shell of every pair, for example ${names[0]}${names[0]}_1N ` +
    "(eciton pool --list prints those of the study's cut-offs)"
  );
}

function nearestPairs(
  lattice: ParentLattice,
  operations: readonly SymmetryOperation[],
  [a, b]: readonly Named[],
): string[] {
  for (let reach = 4; reach < 40; reach *= 2) {
    const pairs = neighbourPairs(lattice, reach, [...new Set([a.site, b.site])]).filter(
      (pair) => pair.from === a.site && pair.to === b.site,
    );
    const orbits = new Map<string, Cluster[]>();
    for (const pair of pairs) {
      const images = orbitOf(normalForm([a.site, 0, 0, 0, a.fn, b.site, ...pair.cell, b.fn]), operations);
      orbits.set([...images.keys()].sort()[0], [...images.values()]);
    }
    if (orbits.size >= 3 || (orbits.size > 0 && reach >= 16))
      return describeOrbits(lattice, "indicator", [...orbits.values()])
        .slice(1, 5)
        .map((orbit) => `${orbit.label} (${orbit.diameter.toFixed(3)} Å)`);
  }
  return [];
}
