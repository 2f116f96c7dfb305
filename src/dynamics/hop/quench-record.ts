/** The structures of a path as training data: every accepted minimum, or the ways down to all of them. */

import type { Calculator } from "../../core/calculator.ts";
import { writeExtxyz } from "../../data/formats/extxyz-write.ts";
import type { InfoValue } from "../../data/structure.ts";
import { AppendedFile } from "../../exec/appended-file.ts";
import type { Hopper, Trial } from "./hopper.ts";

export interface SavePlan {
  readonly path: string;
  /** "accepted": minima that the path went to. "quenches": moments of every minimisation, with forces. */
  readonly what: "accepted" | "quenches";
}

/**
 * Of a minimisation those moments are kept that are at least this share of the rest of the way below the one before, and
 * at least so much: near the end all structures are alike.
 */
const SHARE_OF_DESCENT = 0.25;
const LEAST_DESCENT_EV_PER_ATOM = 1e-3;

interface Moment {
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  readonly forces: Float64Array;
  readonly energy: number;
}

export class QuenchRecord {
  readonly #file: AppendedFile;
  readonly #what: SavePlan["what"];
  readonly #path: number;
  #moments: Moment[] = [];

  private constructor(file: AppendedFile, what: SavePlan["what"], path: number) {
    this.#file = file;
    this.#what = what;
    this.#path = path;
  }

  /** @param bytes that the file has to have, to go on with it; null begins a new one */
  static open({ path: file, what }: SavePlan, path: number, bytes: number | null): QuenchRecord {
    return new QuenchRecord(
      bytes === null ? AppendedFile.create(file) : AppendedFile.resume(file, bytes),
      what,
      path,
    );
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  /** A calculator that tells this record of what it is asked. */
  watch(calculator: Calculator): Calculator {
    if (this.#what === "accepted") return calculator;
    return {
      numAtoms: calculator.numAtoms,
      evaluate: (positions, cell, out) => {
        calculator.evaluate(positions, cell, out);
        // Moves and the Metropolis rule ask for shares of the atoms; minimisers do not.
        if (!out.energies)
          this.#moments.push({
            positions: positions.slice(),
            cell: cell.slice(),
            forces: out.forces.slice(),
            energy: out.energy,
          });
      },
      state: () => calculator.state(),
      restore: (state) => calculator.restore(state),
      notes: () => calculator.notes?.() ?? [],
      kept: () => calculator.kept?.() ?? [],
    };
  }

  /** Called after each quench. */
  record(hopper: Hopper, trial: Trial): void {
    const { atoms, step } = hopper;
    const info = { path: this.#path, step, move: trial.source, accepted: trial.accepted };
    if (this.#what === "accepted") {
      if (trial.accepted && trial.energy !== null)
        this.#write(hopper, { positions: atoms.positions, cell: atoms.cell, energy: trial.energy }, info);
      return;
    }
    const moments = descent(this.#moments);
    this.#moments = [];
    moments.forEach((moment, k) => {
      this.#write(hopper, moment, { ...info, minimum: k === moments.length - 1 && trial.energy !== null });
    });
  }

  #write(
    { atoms }: Hopper,
    moment: Omit<Moment, "forces"> & { readonly forces?: Float64Array },
    info: Readonly<Record<string, InfoValue>>,
  ): void {
    const name = `path-${this.#path}-${info.step}`;
    const { species, periodic } = atoms;
    this.#file.append(
      writeExtxyz([
        { ...moment, species, periodic, name, info, source: { file: this.#file.path, line: null } },
      ]),
    );
  }

  /** Returns when everything is on the disk. */
  sync(): void {
    this.#file.sync();
  }

  close(): void {
    this.#file.close();
  }
}

/** The first moment, the lowest, and between them each that is a good part of the way further down. */
function descent(moments: readonly Moment[]): Moment[] {
  if (moments.length === 0) return [];
  const lowest = moments.reduce((a, b) => (b.energy < a.energy ? b : a));
  const least = (LEAST_DESCENT_EV_PER_ATOM * lowest.positions.length) / 3;
  const kept: Moment[] = [];
  for (const moment of moments.slice(0, moments.indexOf(lowest))) {
    const last = kept[kept.length - 1];
    const further = last ? Math.max(least, SHARE_OF_DESCENT * (last.energy - lowest.energy)) : 0;
    if (!last || last.energy - moment.energy > further) kept.push(moment);
  }
  return [...kept, lowest];
}
