/** Configurations of slabs seen from above, as pictures of the report. */
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";
import type { SnapshotMap, SnapshotMaps } from "../report/sampling-model.ts";
import { type PlaneView, planeOf } from "./plane-view.ts";

export type Mark = SnapshotMaps["marks"][number];

/** Everything that is not background, by layer from the top down. */
export function marksOf(lattice: ParentLattice, { normal }: PlaneView): Mark[] {
  const found = new Map<string, Mark & { readonly height: number }>();
  lattice.sites.forEach(({ species, layer }, s) => {
    const height = lattice.fractional[3 * s + normal];
    for (const name of species.slice(1)) {
      const key = `${name}|${layer}`;
      if (!found.has(key)) found.set(key, { species: name, ...(layer === "" ? {} : { layer }), height });
    }
  });
  return [...found.values()].sort((a, b) => b.height - a.height).map(({ height: _, ...mark }) => mark);
}

export function snapshotPanel(
  supercell: Supercell,
  occupation: Uint8Array,
  marks: readonly Mark[],
  view: PlaneView,
): Omit<SnapshotMap, "row" | "column"> {
  const { lattice } = supercell;
  const { cell, project } = planeOf(supercell, view);
  const positions = supercell.positions();
  const points: { x: number; y: number; mark: number }[] = [];
  const sites: number[] = [];
  for (const i of supercell.active) {
    const { species, layer } = lattice.sites[supercell.sublatticeOf(i)];
    const [x, y] = project(positions.subarray(3 * i, 3 * i + 3));
    sites.push(x, y);
    if (occupation[i] === 0) continue;
    const name = species[occupation[i]];
    points.push({ x, y, mark: marks.findIndex((m) => m.species === name && (m.layer ?? "") === layer) });
  }
  return { cell, points, sites };
}
