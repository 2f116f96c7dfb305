/** Structures of free atoms in the report's three-dimensional viewer. */
import { covalentRadius } from "../../data/element-data.ts";
import type { Structure } from "../../data/structure.ts";
import { okabeIto } from "../../report/marks.ts";
import type { SnapshotFrame, SnapshotSummary } from "../../report/model.ts";

/** More make a page that no browser likes. */
const MOST_ATOMS = 20_000;
/** Of covalent radii: neighbours touch nearly, and those behind them can be seen. */
const SHARE_OF_RADIUS = 0.75;
const UNKNOWN_RADIUS_A = 0.8;

const colors = [
  okabeIto.orange,
  okabeIto.skyBlue,
  okabeIto.vermillion,
  okabeIto.green,
  okabeIto.purple,
  okabeIto.blue,
  okabeIto.yellow,
  "#bbbbbb",
];

export interface Picture {
  /** What it is chosen by. */
  readonly name: string;
  readonly label: string;
  readonly structure: Pick<Structure, "cell" | "species" | "positions">;
}

/** As many pictures, the first ones first, as a page can hold. */
export function atomsPictures(title: string, choice: string, pictures: readonly Picture[]): SnapshotSummary {
  const frames: SnapshotFrame[] = [];
  let atoms = 0;
  for (const { name, label, structure } of pictures) {
    atoms += structure.species.length;
    if (atoms > MOST_ATOMS) break;
    const { cell, species, positions } = structure;
    frames.push({ chain: name, label, cell, species, positions });
  }
  const species = [...new Set(frames.flatMap((frame) => frame.species))].sort();
  const styles = species.map((name, i) => ({
    species: name,
    color: colors[i % colors.length],
    radius_A: SHARE_OF_RADIUS * (covalentRadius(name) ?? UNKNOWN_RADIUS_A / SHARE_OF_RADIUS),
  }));
  return { title, choice, frames, styles };
}
