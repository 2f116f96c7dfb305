/** Checkpoints of a ladder: two files for each rung, written in turn. */
import { existsSync, rmSync } from "node:fs";
import { EcitonError } from "../../core/errors.ts";
import { readState, writeState } from "../../exec/state-file.ts";

interface Stamped<State> {
  /** Attempts at exchanges that were made before. */
  readonly attempts: number;
  readonly state: State;
}

/** What is in the two files of a rung: attempts, null where there is none; and which file is the newer one. */
interface Files {
  readonly attempts: [number | null, number | null];
  newest: 0 | 1;
}

/**
 * Between two exchanges the chains of a ladder do not know of each other, so states of all rungs fit together when they
 * were saved after equally many attempts, at whatever steps. A newer file never replaces the last ones that fit
 * together: those of the same number of attempts replace each other, a new number goes to the older file, and every
 * member of the ladder writes before it comes to the next exchange.
 */
export class LadderFiles<State> {
  readonly #path: string;
  readonly #task: string;
  readonly #files: readonly Files[];

  /** @param path of the ladder, with the ending .json */
  constructor(path: string, task: string, rungs: number) {
    this.#path = path;
    this.#task = task;
    this.#files = Array.from({ length: rungs }, () => ({ attempts: [null, null], newest: 0 }));
  }

  #pathOf(rung: number, file: 0 | 1): string {
    return `${this.#path.replace(/\.json$/, "")}.${rung}.${"ab"[file]}.json`;
  }

  /** Removes what another run has left for a rung. */
  clear(rung: number): void {
    for (const file of [0, 1] as const) rmSync(this.#pathOf(rung, file), { force: true });
  }

  /**
   * Looks for states of all rungs that fit together.
   * @returns the largest number of attempts of which there are; null where there are none
   * @throws {EcitonError} "data" for a file that is no checkpoint, or one of another task
   */
  latest(): number | null {
    this.#files.forEach((files, rung) => {
      for (const file of [0, 1] as const) {
        const path = this.#pathOf(rung, file);
        files.attempts[file] = existsSync(path)
          ? (readState<Stamped<State>>(path, this.#task)?.attempts ?? null)
          : null;
      }
    });
    const [first] = this.#files;
    const common = first.attempts.filter(
      (attempts): attempts is number =>
        attempts !== null && this.#files.every((files) => files.attempts.includes(attempts)),
    );
    if (common.length === 0) return null;
    const latest = Math.max(...common);
    for (const files of this.#files) files.newest = files.attempts[0] === latest ? 0 : 1;
    return latest;
  }

  /** The state of a rung after the number of attempts that `latest` gave. */
  read(rung: number): State {
    const path = this.#pathOf(rung, this.#files[rung].newest);
    const found = readState<Stamped<State>>(path, this.#task);
    if (!found) throw new EcitonError("io", `${path}: the file was there and is gone`, { file: path });
    return found.state;
  }

  write(rung: number, attempts: number, state: State): void {
    const files = this.#files[rung];
    if (files.attempts[files.newest] !== attempts && files.attempts[files.newest] !== null)
      files.newest = files.newest === 0 ? 1 : 0;
    const stamped: Stamped<State> = { attempts, state };
    writeState(this.#pathOf(rung, files.newest), this.#task, stamped);
    files.attempts[files.newest] = attempts;
  }
}
