/** PROJECT-pos-1.xyz, where CP2K writes the positions of a run; its output has those of the first step alone. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { dataError } from "../../core/errors.ts";
import { HARTREE_EV } from "../../core/units.ts";
import { readTextFile } from "../read-text.ts";
import { decimal, quoteToken, requireDecimal, splitLines, words } from "./tokens.ts";

export interface Cp2kPositions {
  readonly species: readonly string[];
  readonly positions: Float64Array;
}

interface Frame extends Cp2kPositions {
  /** eV */
  readonly energy: number;
}

/** Energies stand there with ten decimals, Hartree. */
const ENERGY_ROUNDING = 1e-9 * HARTREE_EV;

class Cp2kPositionsFile {
  readonly #frames: readonly Frame[];
  #next = 0;

  constructor(frames: readonly Frame[]) {
    this.#frames = frames;
  }

  /** The next frame of this energy (eV) and these species, if these are known; the ones before it are passed over. */
  take(energy: number, species: readonly string[] | null): Cp2kPositions | null {
    const found = this.#frames.findIndex(
      (frame, k) => k >= this.#next && Math.abs(frame.energy - energy) < ENERGY_ROUNDING,
    );
    if (found < 0) return null;
    const frame = this.#frames[found];
    if (species !== null && frame.species.join() !== species.join()) return null;
    this.#next = found + 1;
    return frame;
  }
}

/**
 * @param output path of the output, beside which the file is looked for
 * @returns null if there is none
 * @throws {EcitonError} "data" with file and line if it is damaged
 */
export function readPositionsFile(output: string, lines: readonly string[]): Cp2kPositionsFile | null {
  const named = lines.find((line) => line.startsWith(" GLOBAL| Project name"));
  const project = named?.trim().split(/\s+/).at(-1);
  if (project === undefined) return null;
  const path = join(dirname(output), `${project}-pos-1.xyz`);
  if (!existsSync(path)) return null;
  return new Cp2kPositionsFile(parseFrames(splitLines(readTextFile(path)), path));
}

/** "2", "i = 1, time = 0.500, E = -1.13", then a row for each atom. */
function parseFrames(lines: readonly string[], path: string): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < lines.length && lines[at].trim() !== ""; ) {
    const count = /^\s*(\d+)\s*$/.exec(lines[at])?.[1];
    if (count === undefined)
      throw dataError(path, at + 1, `expected a number of atoms, found ${quoteToken(lines[at].trim())}`);
    const atoms = Number(count);
    // A run that is going on, or was killed, leaves a frame that is not whole.
    if (at + 2 + atoms >= lines.length) break;
    const energy = decimal(/E = +(\S+)/.exec(lines[at + 1])?.[1] ?? "");
    const rows = lines.slice(at + 2, at + 2 + atoms).map(words);
    if (energy !== undefined)
      frames.push({
        energy: energy * HARTREE_EV,
        species: rows.map((row) => row[0]),
        positions: Float64Array.from(
          rows.flatMap((row, i) =>
            [1, 2, 3].map((c) => requireDecimal(row[c], path, at + 3 + i, "position")),
          ),
        ),
      });
    at += 2 + atoms;
  }
  return frames;
}
