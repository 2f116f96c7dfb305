/** Frames of long trajectories of atoms, one after another, in constant memory. */
import { dataError, EcitonError } from "../core/errors.ts";
import { type ExtxyzOptions, extxyzStructures } from "./formats/extxyz.ts";
import { formatOfName } from "./formats/index.ts";
import { type LammpsOptions, lammpsStructures } from "./formats/lammps-dump.ts";
import { openLines } from "./line-source.ts";
import type { Structure } from "./structure.ts";

export const frameFormats = ["extxyz", "lammps-dump"] as const;
export type FrameFormat = (typeof frameFormats)[number];

export interface FrameOptions extends ExtxyzOptions, LammpsOptions {
  /** Told from the file's name if it is not given. */
  readonly format?: FrameFormat;
  /** What happens at a file that ends within a frame: an error (default), or a warning. */
  readonly cut?: "error" | "warn";
  /** Told each remark once. */
  readonly warn?: (warning: string) => void;
}

/**
 * Every whole frame of an (extended) XYZ or LAMMPS dump file. A run that was killed leaves a file that ends within a
 * frame: its whole frames are given before the error.
 * @throws {EcitonError} "data" with file and line: for a file that cannot be read, has no frames, or is wrong somewhere
 */
export function* framesOf(path: string, options: FrameOptions = {}): Generator<Structure> {
  const format = options.format ?? frameFormatOfName(path);
  const warn = options.warn ?? (() => {});
  const { lines, close } = openLines(path);
  const read = format === "extxyz" ? extxyzStructures : lammpsStructures;
  // Programs end every line that they write; people's editors may leave the last one of a structure open.
  const lastLine = (before: number, line: number) => {
    const remark = "the last line has no line end, so that its last number may lack digits";
    if (before === 0) warn(`${path}:${line}: ${remark}`);
    else throw dataError(path, line, `${remark} (end the line if it is whole)`);
  };
  let whole = 0;
  try {
    for (const structure of read(lines, path, options, warn)) {
      if (lines.ended() && !lines.whole()) lastLine(whole, lines.number());
      yield structure;
      whole++;
    }
    if (whole === 0) throw dataError(path, 1, "there are no structures: the file is empty");
  } catch (error) {
    if (!(error instanceof EcitonError) || whole === 0 || !lines.ended()) throw error;
    const message = `${error.message}: the file is cut within its last frame, after ${whole} whole ${whole === 1 ? "frame" : "frames"}`;
    if (options.cut !== "warn") throw new EcitonError("data", message, { ...error.details, whole }, error);
    warn(`${message}, which are used`);
  } finally {
    close();
  }
}

function frameFormatOfName(path: string): FrameFormat {
  const format = formatOfName(path);
  const found = frameFormats.find((name) => name === format);
  if (found === undefined)
    throw new EcitonError(
      "data",
      `${path}: expected a trajectory of atoms in ${frameFormats.join(" or ")}, found ${format} by its name`,
      { file: path },
    );
  return found;
}
