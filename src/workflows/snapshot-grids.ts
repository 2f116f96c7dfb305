/** Snapshots of many chains as grids of pictures: final states over temperature and condition, and the way there. */
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { integer } from "../report/numbers.ts";
import type { SnapshotMaps } from "../report/sampling-model.ts";
import { viewOf } from "./plane-view.ts";
import { marksOf, snapshotPanel } from "./snapshot-panels.ts";

/** Pictures of the way to the final state: more make a page that no browser likes. */
const MOST_PANELS = 120;

/** The snapshots of one chain of a state. */
export interface PicturedState {
  readonly supercell: readonly number[];
  readonly cellText: string;
  /** Condition in words. */
  readonly condition: string;
  readonly temperature_K: number;
  readonly equilibrated: boolean;
  /** Ascending; the last one is the final state. */
  readonly snapshots: readonly { readonly step: number; readonly occupation: Uint8Array }[];
}

/**
 * @param suffix of the titles
 * @returns two grids for each cell: final states, and all snapshots unless they are too many; nothing for lattices that are
 *   not periodic along exactly two of their vectors
 */
export function snapshotGrids(
  lattice: ParentLattice,
  states: readonly PicturedState[],
  suffix = "",
): SnapshotMaps[] {
  const view = viewOf(lattice);
  if (!view) return [];
  const marks = marksOf(lattice, view);
  const cells = [...new Set(states.map(({ cellText }) => cellText))];
  return cells.flatMap((cell) => {
    const drawn = states.filter((state) => state.cellText === cell && state.snapshots.length > 0);
    if (drawn.length === 0) return [];
    const supercell = new Supercell(lattice, drawn[0].supercell);
    const panel = (occupation: Uint8Array) => snapshotPanel(supercell, occupation, marks, view);
    const temperatureText = ({ temperature_K }: PicturedState) => `${temperature_K} K`;
    const byTemperature = [...drawn].sort((a, b) => a.temperature_K - b.temperature_K);
    const final: SnapshotMaps = {
      title: `Final states, ${cell} cell${suffix}`,
      rows: [...new Set(drawn.map(({ condition }) => condition))],
      columns: [...new Set(byTemperature.map(temperatureText))],
      marks,
      panels: drawn.map((state) => ({
        row: state.condition,
        column: temperatureText(state),
        ...(state.equilibrated ? {} : { caption: "not settled" }),
        ...panel(state.snapshots[state.snapshots.length - 1].occupation),
      })),
    };
    const panels = drawn.reduce((sum, { snapshots }) => sum + snapshots.length, 0);
    if (panels === drawn.length) return [final];
    if (panels > MOST_PANELS)
      return [
        {
          ...final,
          note: `Of ${panels} snapshots only the final ones are drawn; the folder snapshots has all.`,
        },
      ];
    const rowText = (state: PicturedState) => `${state.condition}, ${temperatureText(state)}`;
    const stepText = (step: number) => `step ${integer(step)}`;
    const steps = new Set(drawn.flatMap(({ snapshots }) => snapshots.map(({ step }) => step)));
    const way: SnapshotMaps = {
      title: `Snapshots along the chains, ${cell} cell${suffix}`,
      rows: drawn.map(rowText),
      columns: [...steps].sort((a, b) => a - b).map(stepText),
      marks,
      panels: drawn.flatMap((state) =>
        state.snapshots.map(({ step, occupation }) => ({
          row: rowText(state),
          column: stepText(step),
          ...panel(occupation),
        })),
      ),
    };
    return [final, way];
  });
}
