/** Measurements that have a line of their own for each frame: point groups, distances from a reference, equivalence. */
import { atomicEquivalenceIndices } from "../../../analysis/atoms/atomic-equivalence.ts";
import { pointGroup } from "../../../analysis/atoms/point-group.ts";
import { matchedRmsd, rmsd, superposedRmsd } from "../../../analysis/atoms/rmsd.ts";
import { EcitonError } from "../../../core/errors.ts";
import { formulaOf } from "../../../data/generators/built.ts";
import type { Structure } from "../../../data/structure.ts";
import { timeOf } from "./motion-windows.ts";
import type { AnalysisSection } from "./settings.ts";

export interface PointGroupRow {
  readonly frame: number;
  readonly name: string;
  readonly atoms: number;
  readonly formula: string;
  readonly energy_eV?: number;
  readonly group: string;
  /** Undefined for linear molecules and single atoms, whose groups are infinite. */
  readonly order?: number;
  readonly deviation_A: number;
}

export interface RmsdRow {
  readonly frame: number;
  readonly time_ps?: number;
  readonly rmsd_A: number;
}

export interface EquivalenceRow {
  readonly frame: number;
  /** From 1. */
  readonly atom: number;
  readonly species: string;
  readonly index_A: number;
}

export interface FrameRows {
  readonly pointGroups: readonly PointGroupRow[];
  readonly rmsd: readonly RmsdRow[];
  readonly equivalence: readonly EquivalenceRow[];
}

export interface ReferenceAtoms {
  readonly positions: Float64Array;
  readonly species: readonly string[];
}

/** Frames whose atoms have lines of their own in equivalence.csv. */
const MOST_EQUIVALENCE_ROWS = 200_000;

export class FrameRowMeasures {
  readonly #section: AnalysisSection;
  readonly #mostAtoms: number;
  readonly #warn: (text: string) => void;
  #reference: ReferenceAtoms | null;
  readonly #groups: PointGroupRow[] = [];
  readonly #rmsd: RmsdRow[] = [];
  readonly #equivalence: EquivalenceRow[] = [];
  #periodic = 0;
  #large = 0;

  /**
   * @param reference of rmsd; null: the first frame
   * @param mostAtoms larger frames get no point group
   */
  constructor(
    section: AnalysisSection,
    reference: ReferenceAtoms | null,
    mostAtoms: number,
    warn: (text: string) => void,
  ) {
    this.#section = section;
    this.#reference = reference;
    this.#mostAtoms = mostAtoms;
    this.#warn = warn;
  }

  /** @param positions unwrapped */
  add(structure: Structure, index: number, positions: Float64Array): void {
    const { point_group, rmsd: distance, equivalence } = this.#section;
    const { species } = structure;
    if (distance) {
      this.#reference ??= { positions: positions.slice(), species };
      const time = timeOf(structure);
      this.#rmsd.push({
        frame: index,
        ...(time === null ? {} : { time_ps: time }),
        rmsd_A: distanceFrom(this.#reference, { positions, species }, distance.superpose),
      });
    }
    if (!point_group && !equivalence) return;
    if (structure.periodic.some(Boolean)) {
      this.#periodic++;
      return;
    }
    if (point_group) this.#addGroup(structure, index, point_group.tolerance_A);
    if (equivalence) this.#addEquivalence(structure, index, equivalence.atoms);
  }

  #addGroup(structure: Structure, frame: number, tolerance: number): void {
    const { species, positions, name, energy, source } = structure;
    if (species.length > this.#mostAtoms) {
      this.#large++;
      return;
    }
    try {
      const { name: group, order, deviation } = pointGroup(positions, species, tolerance);
      this.#groups.push({
        frame,
        name,
        atoms: species.length,
        formula: formulaOf(species),
        ...(energy === undefined ? {} : { energy_eV: energy }),
        group,
        ...(Number.isFinite(order) ? { order } : {}),
        deviation_A: deviation,
      });
    } catch (error) {
      // Atoms that lie on each other in one frame are no reason to lose the others.
      if (!(error instanceof EcitonError) || error.code !== "data") throw error;
      this.#warn(`${source.file}:${source.line ?? ""}: ${error.message}`);
    }
  }

  #addEquivalence(
    { positions, species }: Structure,
    frame: number,
    atoms: readonly number[] | undefined,
  ): void {
    const indices = atomicEquivalenceIndices(positions, species);
    for (const atom of atoms ?? species.map((_, i) => i + 1)) {
      if (atom > species.length)
        throw new EcitonError(
          "data",
          `equivalence: expected atom ${atom} (analysis.equivalence.atoms), found ${species.length} atoms`,
        );
      if (this.#equivalence.length >= MOST_EQUIVALENCE_ROWS)
        throw new EcitonError(
          "memory",
          `analysis.equivalence: more than ${MOST_EQUIVALENCE_ROWS} lines for one file; take fewer frames ` +
            "(analysis.frames.every) or atoms (analysis.equivalence.atoms)",
          { path: "analysis.equivalence" },
        );
      this.#equivalence.push({ frame, atom, species: species[atom - 1], index_A: indices[atom - 1] });
    }
  }

  result(file: string): FrameRows {
    if (this.#periodic > 0)
      this.#warn(
        `${file}: ${this.#periodic} periodic frames have neither point groups nor equivalence indices ` +
          "(analysis.frames.cluster takes their atoms as free clusters)",
      );
    if (this.#large > 0)
      this.#warn(
        `${file}: ${this.#large} frames of more than ${this.#mostAtoms} atoms were left out of point groups; a section ` +
          "point_group measures them too",
      );
    return { pointGroups: this.#groups, rmsd: this.#rmsd, equivalence: this.#equivalence };
  }
}

function distanceFrom(
  reference: ReferenceAtoms,
  atoms: ReferenceAtoms,
  superpose: NonNullable<AnalysisSection["rmsd"]>["superpose"],
): number {
  switch (superpose) {
    case "none":
      return rmsd(reference.positions, atoms.positions);
    case "rotation":
      return superposedRmsd(reference.positions, atoms.positions).rmsd;
    case "permutation":
      return matchedRmsd(reference, atoms).rmsd;
    default:
      return superpose satisfies never;
  }
}
