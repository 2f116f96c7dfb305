/**
 * Where the threads of one training meet: a leader posts jobs of many parts, and whoever is free takes the next part. Which
 * thread does a part is left to chance; what a part does never depends on it.
 */
import { EcitonError } from "../../core/errors.ts";

const WORDS = { job: 0, kind: 1, parts: 2, done: 3, failed: 4, ended: 5, block: 6 } as const;
const NUMBERS = 4;
/** How often an idle helper looks for the next job before it sleeps: about as long as a row of a Jacobian takes. */
const LOOKS = 4000;
const WAIT_MS = 50;
/** Parts take milliseconds; a thread that was ended in the middle of one never comes back. */
const LOST_MS = 120_000;

const CLOSED = -1n;

/** Shared memory, for all threads alike. */
export interface BoardMemory {
  readonly words: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  /** Number of the job, and of the part that is taken next: together, so that nobody takes a part of a job that is over. */
  readonly ticket: SharedArrayBuffer;
}

export function boardMemory(): BoardMemory {
  return {
    words: new SharedArrayBuffer(4 * Object.keys(WORDS).length),
    numbers: new SharedArrayBuffer(8 * NUMBERS),
    ticket: new SharedArrayBuffer(8),
  };
}

export interface Job {
  readonly kind: number;
  readonly parts: number;
  /** What the kind makes of them. */
  readonly block: number;
  readonly numbers: readonly number[];
}

export class TeamBoard {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #ticket: BigInt64Array;

  constructor({ words, numbers, ticket }: BoardMemory) {
    this.#words = new Int32Array(words);
    this.#numbers = new Float64Array(numbers);
    this.#ticket = new BigInt64Array(ticket);
  }

  /**
   * Posts a job, takes parts of it, and waits for those that others took.
   * @returns false where a part failed in another thread
   * @throws what `run` throws here; {EcitonError} "io" where a helper is lost
   */
  lead({ kind, parts, block, numbers }: Job, run: (part: number) => void): boolean {
    const words = this.#words;
    const job = (words[WORDS.job] + 1) | 0;
    // First nobody can take a part any more, then the job changes.
    Atomics.store(this.#ticket, 0, CLOSED);
    words[WORDS.kind] = kind;
    words[WORDS.parts] = parts;
    words[WORDS.block] = block;
    this.#numbers.set(numbers);
    Atomics.store(words, WORDS.done, 0);
    Atomics.store(words, WORDS.failed, 0);
    Atomics.store(this.#ticket, 0, BigInt(job) << 32n);
    Atomics.store(words, WORDS.job, job);
    Atomics.notify(words, WORDS.job);
    let fault: { readonly error: unknown } | null = null;
    for (let part = this.#take(job, parts); part >= 0; part = this.#take(job, parts)) {
      try {
        run(part);
      } catch (error) {
        fault ??= { error };
      }
      Atomics.add(words, WORDS.done, 1);
    }
    this.#awaitOthers(parts);
    if (fault) throw fault.error;
    return Atomics.load(words, WORDS.failed) === 0;
  }

  /** Helpers return from `help`. */
  end(): void {
    Atomics.store(this.#words, WORDS.ended, 1);
    Atomics.notify(this.#words, WORDS.job);
  }

  /**
   * Takes parts of job after job until the leader ends.
   * @param cancel a flag that ends it as well
   * @param run throws where a part cannot be done
   */
  help(cancel: Int32Array, run: (job: Job, part: number) => void): void {
    const words = this.#words;
    let seen = 0;
    while (this.#nextJob(seen, cancel)) {
      seen = Atomics.load(words, WORDS.job);
      const job: Job = {
        kind: words[WORDS.kind],
        parts: words[WORDS.parts],
        block: words[WORDS.block],
        numbers: Array.from(this.#numbers),
      };
      for (let part = this.#take(seen, job.parts); part >= 0; part = this.#take(seen, job.parts)) {
        try {
          run(job, part);
        } catch {
          Atomics.store(words, WORDS.failed, 1);
        }
        if (Atomics.add(words, WORDS.done, 1) + 1 === job.parts) Atomics.notify(words, WORDS.done);
      }
    }
  }

  /** Waits for another job than the one seen; false at the end. */
  #nextJob(seen: number, cancel: Int32Array): boolean {
    const words = this.#words;
    for (let looks = 0; Atomics.load(words, WORDS.job) === seen; looks++) {
      if (Atomics.load(words, WORDS.ended) !== 0 || Atomics.load(cancel, 0) !== 0) return false;
      if (looks >= LOOKS) Atomics.wait(words, WORDS.job, seen, WAIT_MS);
    }
    return true;
  }

  /** The next part of this job; −1 where all are taken, or it is over. */
  #take(job: number, parts: number): number {
    for (;;) {
      const ticket = Atomics.load(this.#ticket, 0);
      const part = Number(ticket & 0xffffffffn);
      if (Number(ticket >> 32n) !== job || part >= parts) return -1;
      if (Atomics.compareExchange(this.#ticket, 0, ticket, ticket + 1n) === ticket) return part;
    }
  }

  #awaitOthers(parts: number): void {
    const begun = Date.now();
    for (let looks = 0; ; looks++) {
      const done = Atomics.load(this.#words, WORDS.done);
      if (done === parts) return;
      if (looks < LOOKS) continue;
      Atomics.wait(this.#words, WORDS.done, done, WAIT_MS);
      if (Date.now() - begun > LOST_MS)
        throw new EcitonError(
          "io",
          "a thread that helps in a training did not come back; run again, with --resume",
        );
    }
  }
}
