/** A small file by which a process says, every few seconds, how far its tasks are. */
import { existsSync, readFileSync } from "node:fs";
import { writeFileAtomic } from "./atomic-file.ts";

export interface LifeSign {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly names: readonly string[];
  /** Of each task, thousandths. */
  readonly progress: readonly number[];
}

const EVERY_MS = 3000;

export class LifeSignFile {
  readonly #path: string;
  readonly #names: readonly string[];
  #last = Number.NEGATIVE_INFINITY;

  /** @param names of the tasks, for people */
  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#names = names;
  }

  /** May be called as often as one likes. */
  update(progress: Int32Array): void {
    const now = Date.now();
    if (now - this.#last < EVERY_MS) return;
    this.#last = now;
    const sign: LifeSign = {
      time: now,
      names: this.#names,
      progress: Array.from(progress),
    };
    try {
      writeFileAtomic(this.#path, `${JSON.stringify(sign)}\n`);
    } catch {
      // A full disk is for those to report whose files matter; nothing depends on this one.
    }
  }
}

/** @returns null where there is none that can be read */
export function readLifeSign(path: string): LifeSign | null {
  if (!existsSync(path)) return null;
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as LifeSign;
    return Array.isArray(found.progress) && Array.isArray(found.names) ? found : null;
  } catch {
    return null;
  }
}
