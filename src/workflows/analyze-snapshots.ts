/** Snapshots of runs as pictures from above: final states over temperature and condition, and the way there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { occupationOfAtoms } from "../data/configuration-atoms.ts";
import { readExtxyz } from "../data/formats/extxyz.ts";
import { readTextFile } from "../data/read-text.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { integer } from "../report/numbers.ts";
import type { PlaneCell, SnapshotMap, SnapshotMaps } from "../report/sampling-model.ts";
import type { PooledState } from "./analyze-pool.ts";
import type { AnalysedRun } from "./analyze-runs.ts";

/** Pictures of the way to the final state: more make a page that no browser likes. */
const MOST_PANELS = 120;

/** The two periodic directions of a slab and its normal; other lattices are not looked at from above. */
interface View {
  readonly along: readonly [number, number];
  readonly normal: number;
}

interface Mark {
  readonly species: string;
  readonly layer?: string;
}

interface Snapshot {
  readonly step: number;
  readonly occupation: Uint8Array;
}

/**
 * @param states of one model; one grid of pictures for each cell
 * @param labelOf condition of a state, in words
 * @returns nothing for lattices that are not periodic along exactly two of their vectors
 */
export function snapshotMaps(
  states: readonly PooledState[],
  labelOf: (state: PooledState) => string,
  suffix: string,
): SnapshotMaps[] {
  const lattice = states[0]?.entries[0].run.lattice;
  const view = lattice && viewOf(lattice);
  if (!view) return [];
  const marks = marksOf(lattice, view.normal);
  const cells = [...new Set(states.map(({ state }) => state.supercellText))];
  return cells.flatMap((cell) => {
    const here = states.filter(({ state }) => state.supercellText === cell);
    const supercell = new Supercell(lattice, here[0].state.supercell);
    const drawn = here.flatMap((pooled) => {
      const snapshots = snapshotsOf(pooled, supercell);
      return snapshots.length === 0 ? [] : [{ pooled, snapshots }];
    });
    if (drawn.length === 0) return [];
    const panel = (occupation: Uint8Array) => panelOf(supercell, occupation, marks, view);
    const temperatureText = ({ state }: PooledState) => `${state.temperature_K} K`;
    const byTemperature = [...drawn].sort(
      (a, b) => a.pooled.state.temperature_K - b.pooled.state.temperature_K,
    );
    const unsettled = (pooled: PooledState) => (pooled.equilibrated ? {} : { caption: "not settled" });
    const final: SnapshotMaps = {
      title: `Final states, ${cell} cell${suffix}`,
      rows: [...new Set(drawn.map(({ pooled }) => labelOf(pooled)))],
      columns: [...new Set(byTemperature.map(({ pooled }) => temperatureText(pooled)))],
      marks,
      panels: drawn.map(({ pooled, snapshots }) => ({
        row: labelOf(pooled),
        column: temperatureText(pooled),
        ...unsettled(pooled),
        ...panel(snapshots[snapshots.length - 1].occupation),
      })),
    };
    const panels = drawn.reduce((sum, { snapshots }) => sum + snapshots.length, 0);
    if (panels === drawn.length) return [final];
    if (panels > MOST_PANELS)
      return [
        { ...final, note: `Of ${panels} snapshots only the final ones are drawn; the run folders have all.` },
      ];
    const rowText = (pooled: PooledState) => `${labelOf(pooled)}, ${temperatureText(pooled)}`;
    const stepText = (step: number) => `step ${integer(step)}`;
    const steps = new Set(drawn.flatMap(({ snapshots }) => snapshots.map(({ step }) => step)));
    const way: SnapshotMaps = {
      title: `Snapshots along the chains, ${cell} cell${suffix}`,
      rows: drawn.map(({ pooled }) => rowText(pooled)),
      columns: [...steps].sort((a, b) => a - b).map(stepText),
      marks,
      panels: drawn.flatMap(({ pooled, snapshots }) =>
        snapshots.map(({ step, occupation }) => ({
          row: rowText(pooled),
          column: stepText(step),
          ...panel(occupation),
        })),
      ),
    };
    return [final, way];
  });
}

function viewOf({ periodic }: ParentLattice): View | null {
  const normal = periodic.indexOf(false);
  if (periodic.filter(Boolean).length !== 2) return null;
  const [first, second] = [0, 1, 2].filter((k) => k !== normal);
  return { along: [first, second], normal };
}

/** Everything that is not background, by layer from the top down. */
function marksOf(lattice: ParentLattice, normal: number): Mark[] {
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

/** Of the state's first chain in its first run. */
function snapshotsOf({ entries, state }: PooledState, supercell: Supercell): Snapshot[] {
  const [{ run }] = entries;
  const chain = state.chains[0];
  return chain ? readSnapshots(run, chain.index, supercell) : [];
}

function readSnapshots(run: AnalysedRun, chain: number, supercell: Supercell): Snapshot[] {
  const path = join(run.folder, "snapshots", `chain-${String(chain).padStart(4, "0")}.extxyz`);
  if (!existsSync(path)) return [];
  return readExtxyz(readTextFile(path), path).structures.flatMap((structure) => {
    const step = /-step-(\d+)$/.exec(structure.name);
    if (!step) return [];
    return [{ step: Number(step[1]), occupation: occupationOfAtoms(structure, supercell, run.vacancies) }];
  });
}

function panelOf(
  supercell: Supercell,
  occupation: Uint8Array,
  marks: readonly Mark[],
  { along }: View,
): Omit<SnapshotMap, "row" | "column"> {
  const { cell, lattice } = supercell;
  const [a, b] = along.map((k) => Array.from(cell.subarray(3 * k, 3 * k + 3)));
  // x runs along the first vector, y at a right angle to it in the plane of both.
  const length = Math.hypot(...a);
  const ex = a.map((x) => x / length);
  const shadow = dot(b, ex);
  const across = b.map((x, k) => x - shadow * ex[k]);
  const height = Math.hypot(...across);
  const ey = across.map((x) => x / height);
  const plane: PlaneCell = [length, 0, shadow, height];
  const positions = supercell.positions();
  const points: { x: number; y: number; mark: number }[] = [];
  const sites: number[] = [];
  for (let i = 0; i < supercell.numSites; i++) {
    const { species, layer } = lattice.sites[supercell.sublatticeOf(i)];
    if (species.length < 2) continue;
    const r = Array.from(positions.subarray(3 * i, 3 * i + 3));
    const [x, y] = [dot(r, ex), dot(r, ey)];
    sites.push(x, y);
    if (occupation[i] === 0) continue;
    const name = species[occupation[i]];
    points.push({ x, y, mark: marks.findIndex((m) => m.species === name && (m.layer ?? "") === layer) });
  }
  return { cell: plane, points, sites };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
