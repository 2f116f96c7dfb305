/**
 * Labels on disk: one file for each structure, whole or absent, named by everything that decides the label. Whoever asks
 * again, after a kill or in another study, finds it.
 *
 *   labelers/4be1...json        which labeler entries of this identity are of
 *   entries/3f/3fa9...json      a structure with its label, or why there is none
 *   entries/3f/3fa9...log.gz    inputs and outputs of the program
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { EcitonError } from "../core/errors.ts";
import { ioError, strictJson, writeFileAtomic } from "../exec/atomic-file.ts";
import {
  type Attempt,
  type FailureReason,
  failureReasons,
  isFailure,
  type LabelAtoms,
  type LabelOutcome,
} from "./labeler.ts";

const FORMAT = "eciton-label-1";

/** What is written of an outcome; numbers have the shortest digits that give them back exactly. */
interface Entry {
  readonly format: string;
  readonly key: string;
  readonly labeler: string;
  readonly species: readonly string[];
  readonly periodic: readonly boolean[];
  readonly cell_A: readonly number[];
  readonly positions_A: readonly number[];
  readonly energy_eV?: number;
  readonly forces_eV_per_A?: readonly number[];
  readonly stress_eV_per_A3?: readonly number[] | null;
  readonly notes?: readonly string[];
  readonly failure?: { readonly reason: string; readonly message: string };
}

/** Names the label of these atoms by a labeler: 64 hexadecimal digits. */
export function labelKey(identity: string, { species, periodic, cell, positions }: LabelAtoms): string {
  const hash = createHash("sha256").update(
    `${FORMAT}\n${identity}\n${JSON.stringify([species, periodic])}\n`,
  );
  // Only rows of periodic directions mean anything; adding 0 makes 0 of -0.
  const rows = [...cell].map((x, n) => (periodic[Math.floor(n / 3)] ? x + 0 : 0));
  for (const numbers of [rows, [...positions].map((x) => x + 0)])
    hash.update(new Uint8Array(Float64Array.from(numbers).buffer));
  return hash.digest("hex");
}

export class LabelArchive {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Says for people which labeler an identity is. */
  describe(identity: string, name: string): void {
    const path = join(this.path, "labelers", `${identity}.json`);
    if (!existsSync(path)) writeFileAtomic(path, `${strictJson({ name, identity }, 2)}\n`);
  }

  #entry(key: string): string {
    return join(this.path, "entries", key.slice(0, 2), `${key}.json`);
  }

  /** Where inputs and outputs are, if there are any. */
  logOf(key: string): string | null {
    const path = join(this.path, "entries", key.slice(0, 2), `${key}.log.gz`);
    return existsSync(path) ? path : null;
  }

  /**
   * @returns null where the structure was not labeled yet
   * @throws {EcitonError} "data" for a file that is no entry or one of other atoms
   */
  find(key: string, numAtoms: number): LabelOutcome | null {
    const path = this.#entry(key);
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw ioError("read", path, error);
    }
    const fail = (found: string, cause?: unknown): never => {
      throw new EcitonError(
        "data",
        `${path}: expected the label ${key} of ${numAtoms} atoms in format ${FORMAT}, found ${found}; delete the file, and the ` +
          "structure is labeled anew",
        { file: path },
        cause,
      );
    };
    let entry: Partial<Entry>;
    try {
      entry = JSON.parse(text) ?? {};
    } catch (error) {
      return fail("no JSON", error);
    }
    if (entry.format !== FORMAT) fail(`format ${String(entry.format)}`);
    if (entry.key !== key) fail(`key ${String(entry.key)}`);
    const { failure, energy_eV: energy, forces_eV_per_A, stress_eV_per_A3: stress, notes = [] } = entry;
    if (failure) {
      const reason = failureReasons.find((one) => one === failure.reason);
      return reason === undefined
        ? fail(`reason ${String(failure.reason)}`)
        : { reason, message: failure.message };
    }
    const forces = Float64Array.from(forces_eV_per_A ?? []);
    const numbers = [energy, ...forces, ...(stress ?? [])];
    if (forces.length !== 3 * numAtoms || (stress && stress.length !== 9) || !numbers.every(Number.isFinite))
      fail(
        `energy ${String(energy)}, ${forces.length} components of forces and ${stress?.length ?? 0} of the stress`,
      );
    return { energy: energy as number, forces, stress: stress ? Float64Array.from(stress) : null, notes };
  }

  /** What was kept of a failure goes, so that the structure is tried again. */
  forget(key: string): void {
    rmSync(this.#entry(key), { force: true });
  }

  /** Inputs and outputs first: where there is an entry, they are there too. */
  keep(key: string, labeler: string, atoms: LabelAtoms, { outcome, log }: Attempt): void {
    const path = this.#entry(key);
    if (log !== null) writeFileAtomic(path.replace(/\.json$/, ".log.gz"), gzipSync(log));
    if (isFailure(outcome) && !isFinal(outcome.reason)) return;
    const entry: Entry = {
      format: FORMAT,
      key,
      labeler,
      species: atoms.species,
      periodic: atoms.periodic,
      cell_A: [...atoms.cell],
      positions_A: [...atoms.positions],
      ...(isFailure(outcome)
        ? { failure: outcome }
        : {
            energy_eV: outcome.energy,
            forces_eV_per_A: [...outcome.forces],
            stress_eV_per_A3: outcome.stress && [...outcome.stress],
            notes: outcome.notes,
          }),
    };
    writeFileAtomic(path, `${strictJson(entry)}\n`);
  }
}

/** A program that somebody else ended says nothing of the structure: it is tried again next time. */
function isFinal(reason: FailureReason): boolean {
  return reason !== "killed";
}
