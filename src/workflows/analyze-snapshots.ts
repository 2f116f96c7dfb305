/** Snapshots of finished runs as pictures from above. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { occupationOfAtoms } from "../data/configuration-atoms.ts";
import { readExtxyz } from "../data/formats/extxyz.ts";
import { readTextFile } from "../data/read-text.ts";
import { Supercell } from "../lattice/supercell.ts";
import type { SnapshotMaps } from "../report/sampling-model.ts";
import type { PooledState } from "./analyze-pool.ts";
import type { AnalysedRun } from "./analyze-runs.ts";
import { numbered, SNAPSHOTS } from "./output-files.ts";
import { viewOf } from "./plane-view.ts";
import { type PicturedState, snapshotGrids } from "./snapshot-grids.ts";

/**
 * @param states of one model
 * @param labelOf condition of a state, in words
 * @param suffix of the titles
 */
export function snapshotMaps(
  states: readonly PooledState[],
  labelOf: (state: PooledState) => string,
  suffix: string,
): SnapshotMaps[] {
  const lattice = states[0]?.entries[0].run.lattice;
  if (!lattice || !viewOf(lattice)) return [];
  const pictured = states.map((pooled): PicturedState => {
    const { state, equilibrated } = pooled;
    return {
      supercell: state.supercell,
      cellText: state.supercellText,
      condition: labelOf(pooled),
      temperature_K: state.temperature_K,
      equilibrated,
      snapshots: snapshotsOf(pooled, new Supercell(lattice, state.supercell)),
    };
  });
  return snapshotGrids(lattice, pictured, suffix);
}

/** Of the state's first chain in its first run. */
function snapshotsOf({ entries, state }: PooledState, supercell: Supercell): PicturedState["snapshots"] {
  const [{ run }] = entries;
  const chain = state.chains[0];
  return chain ? readSnapshots(run, chain.index, supercell) : [];
}

function readSnapshots(run: AnalysedRun, chain: number, supercell: Supercell): PicturedState["snapshots"] {
  const path = join(run.folder, SNAPSHOTS, `${numbered("chain", chain)}.extxyz`);
  if (!existsSync(path)) return [];
  return readExtxyz(readTextFile(path), path).structures.flatMap((structure) => {
    const step = /-step-(\d+)$/.exec(structure.name);
    if (!step) return [];
    return [{ step: Number(step[1]), occupation: occupationOfAtoms(structure, supercell, run.vacancies) }];
  });
}
