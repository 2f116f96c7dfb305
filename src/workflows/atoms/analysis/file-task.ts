/** One task of an executor: everything that is measured on one file, its frames read one after another. */
import type { BondCutoffs } from "../../../analysis/atoms/bonds.ts";
import { UnwrappedPositions } from "../../../analysis/atoms/motion/unwrapped-positions.ts";
import type { SoapSettings } from "../../../analysis/soap/soap.ts";
import { EcitonError } from "../../../core/errors.ts";
import { massesOf } from "../../../data/masses.ts";
import type { Structure } from "../../../data/structure.ts";
import type { TaskContext, TaskFunction } from "../../../exec/executor.ts";
import type { Curve } from "./curve.ts";
import { type EnvironmentSample, EnvironmentSampler } from "./environments.ts";
import { FrameRowMeasures, type FrameRows, type ReferenceAtoms } from "./frame-rows.ts";
import { motionSubject } from "./motion-measures.ts";
import { type TimeWindow, timeOf, WindowedMotion, windowAt } from "./motion-windows.ts";
import { type AnalysisSection, motions } from "./settings.ts";
import { chosenFrames } from "./sources.ts";
import { bondCutoffs, type StructureMeasure, structureMeasures } from "./structure-measures.ts";

export interface FilePayload {
  readonly path: string;
  readonly section: AnalysisSection;
  /** Segments of a run that motion is measured over; none: all frames. */
  readonly windows: readonly TimeWindow[];
  /** What motion is labelled with beside the segment. */
  readonly formula: string;
  /** amu, by species, over those of the elements. */
  readonly masses: Readonly<Record<string, number>>;
  readonly reference: ReferenceAtoms | null;
  readonly mostGroupAtoms: number;
  readonly soap: {
    readonly settings: SoapSettings;
    readonly most: number;
    readonly seed: number;
    readonly file: number;
  } | null;
  /** Whether the first and last frame are wanted for pictures. */
  readonly pictures: boolean;
}

export type PictureFrame = Pick<Structure, "cell" | "species" | "positions" | "name"> & {
  readonly frame: number;
};

export interface FileResult {
  readonly frames: number;
  readonly atoms: readonly [number, number];
  readonly curves: readonly Curve[];
  readonly rows: FrameRows;
  readonly environments: EnvironmentSample | null;
  readonly pictures: readonly PictureFrame[];
  readonly warnings: readonly string[];
}

export const fileTask: TaskFunction = { module: import.meta.url, name: "measureFile" };

/**
 * @returns null when it was interrupted
 * @throws {EcitonError} "data" for frames that cannot be read, or lack what is to be measured, with file and line
 */
export function measureFile(payload: FilePayload, context: TaskContext): FileResult | null {
  const file = new FileMeasures(payload);
  for (const { structure, index } of chosenFrames(payload.path, payload.section.frames, file.warn)) {
    if (Atomics.load(context.cancel, 0) !== 0) return null;
    try {
      file.add(structure, index);
    } catch (error) {
      throw withPlace(error, structure);
    }
    Atomics.add(context.progress, context.index, 1);
  }
  return file.result();
}

class FileMeasures {
  readonly #payload: FilePayload;
  readonly #warnings: string[] = [];
  readonly #unwrapped = new UnwrappedPositions();
  readonly #rows: FrameRowMeasures;
  readonly #environments: EnvironmentSampler | null;
  #structures: StructureMeasure[] = [];
  #motion: WindowedMotion | null = null;
  #frames = 0;
  /** Frames that averages are taken over. */
  #measured = 0;
  #atoms: [number, number] = [Number.POSITIVE_INFINITY, 0];
  #first: Structure | null = null;
  #last: PictureFrame | null = null;
  #firstPicture: PictureFrame | null = null;

  constructor(payload: FilePayload) {
    this.#payload = payload;
    const { section, reference, mostGroupAtoms, soap } = payload;
    this.#rows = new FrameRowMeasures(section, reference, mostGroupAtoms, this.warn);
    this.#environments = soap ? new EnvironmentSampler(soap.settings, soap.most, soap.seed, soap.file) : null;
  }

  readonly warn = (text: string): void => {
    if (!this.#warnings.includes(text)) this.#warnings.push(text);
  };

  add(structure: Structure, index: number): void {
    const { section, pictures } = this.#payload;
    if (this.#first === null) this.#begin(structure);
    if (this.#isMeasured(structure)) {
      for (const measure of this.#structures) measure.add(structure);
      this.#measured++;
    }
    this.#environments?.add(structure, index);
    const followed = this.#motion !== null || section.rmsd !== undefined;
    const positions = followed ? this.#follow(structure) : structure.positions;
    this.#motion?.add(structure, positions);
    this.#rows.add(structure, index, positions);
    this.#frames++;
    const { length } = structure.species;
    this.#atoms = [Math.min(this.#atoms[0], length), Math.max(this.#atoms[1], length)];
    if (!pictures) return;
    const { cell, species, name, positions: shown } = structure;
    this.#last = { cell, species, positions: shown, name, frame: index };
    this.#firstPicture ??= this.#last;
  }

  /** Averages leave out what a run did to come to equilibrium. */
  #isMeasured(structure: Structure): boolean {
    const { windows } = this.#payload;
    const time = timeOf(structure);
    return windows.length === 0 || time === null || windowAt(windows, time) !== undefined;
  }

  #begin(first: Structure): void {
    const { path, section, windows, formula } = this.#payload;
    this.#first = first;
    const cutoffs: BondCutoffs = bondCutoffs(section, first);
    this.#structures = structureMeasures(section, cutoffs);
    if (!motions.some((name) => section[name])) return;
    const subject = motionSubject(path, first, this.#masses(first), section, cutoffs);
    this.#motion = new WindowedMotion(section, subject, windows, { atoms: formula }, this.warn);
  }

  #masses({ species }: Structure): Float64Array {
    try {
      return massesOf(species, this.#payload.masses);
    } catch (error) {
      if (!(error instanceof EcitonError) || error.code !== "study") throw error;
      this.warn(`${this.#payload.path}: not all masses are known: every atom counts the same in motion`);
      return new Float64Array(species.length).fill(1);
    }
  }

  /** Positions that can be followed; from the second frame on the atoms have to be those of the first. */
  #follow(structure: Structure): Float64Array {
    const { species } = this.#first!;
    const same =
      structure.species.length === species.length && structure.species.every((s, i) => s === species[i]);
    if (!same && this.#motion)
      throw new EcitonError(
        "data",
        "expected the same atoms in the same order as in the first frame: motion can be followed on a trajectory only",
      );
    return same ? this.#unwrapped.next(structure) : structure.positions;
  }

  result(): FileResult {
    const { path } = this.#payload;
    const curves = [
      ...(this.#measured > 0 ? this.#structures.flatMap((measure) => measure.curves(this.#measured)) : []),
      ...(this.#motion?.curves() ?? []),
    ];
    if (this.#measured === 0 && this.#structures.length > 0)
      this.warn(
        `${path}: no frame lies in a segment that is measured: there are no averages over its structures`,
      );
    const rows = this.#rows.result(path);
    if (this.#unwrapped.wrapped)
      this.warn(
        `${path}: positions are wrapped into the cell; each atom was followed by its image nearest to the frame before` +
          (this.#unwrapped.doubtful
            ? ", and some moved by nearly half of the cell between frames: displacements may be wrong, take more frames"
            : ""),
      );
    const pictures = [this.#firstPicture, this.#last === this.#firstPicture ? null : this.#last];
    return {
      frames: this.#frames,
      atoms: this.#atoms,
      curves,
      rows,
      environments: this.#environments?.result() ?? null,
      pictures: pictures.filter((picture) => picture !== null),
      warnings: this.#warnings,
    };
  }
}

/** Errors of measurements know atoms, not files. */
function withPlace(error: unknown, { source }: Structure): unknown {
  if (!(error instanceof EcitonError) || error.code !== "data" || error.message.includes(source.file))
    return error;
  const place = source.line === null ? source.file : `${source.file}:${source.line}`;
  return new EcitonError("data", `${place}: ${error.message}`, { ...error.details, ...source }, error);
}
