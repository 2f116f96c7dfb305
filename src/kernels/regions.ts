/** Stretches of one shared WebAssembly memory, taken and given back by any thread. */
import { EcitonError } from "../core/errors.ts";
import { REGION_END, REGION_FREE, REGION_LOCK } from "./swap-block.ts";

const PAGE = 65536;
/** All that 32-bit addresses reach; only what is used is ever backed by memory of the machine. */
const MOST_PAGES = 65536;
/** Sizes are multiples of this, so that no two regions share a line of a processor's cache. */
const GRAIN = 4096;
/** What takes microseconds is waited for so long; a thread that was ended in the middle of it never comes back. */
const LOCK_MS = 60_000;

/** @returns what a region of so many bytes takes of the memory */
export function regionBytes(bytes: number): number {
  return Math.ceil(bytes / GRAIN) * GRAIN;
}

/** A memory whose first `bytes` bytes are for tables and whose remainder is for regions. */
export function createSharedMemory(bytes: number): WebAssembly.Memory {
  const tables = regionBytes(bytes);
  const memory = new WebAssembly.Memory({
    initial: Math.ceil(tables / PAGE),
    maximum: MOST_PAGES,
    shared: true,
  });
  new Uint32Array(memory.buffer)[REGION_END / 4] = tables;
  return memory;
}

/**
 * The first free stretch that is large enough, or one at the end; whatever earlier users left is still in it.
 * @returns its address; views of `memory.buffer` made from now on reach it
 * @throws {EcitonError} "memory" when the memory cannot grow so far
 */
export function takeRegion(memory: WebAssembly.Memory, bytes: number): number {
  const wanted = regionBytes(bytes);
  return locked(memory, () => {
    const stretches = freeStretches(memory);
    const found = stretches.findIndex(({ size }) => size >= wanted);
    if (found >= 0) {
      const { at, size } = stretches[found];
      const rest = size > wanted ? [{ at: at + wanted, size: size - wanted }] : [];
      writeStretches(memory, stretches.toSpliced(found, 1, ...rest));
      return at;
    }
    const at = wordsOf(memory)[REGION_END / 4];
    growTo(memory, at + wanted);
    wordsOf(memory)[REGION_END / 4] = at + wanted;
    return at;
  });
}

/** @param bytes as it was taken */
export function giveRegion(memory: WebAssembly.Memory, at: number, bytes: number): void {
  locked(memory, () => {
    const stretches = [...freeStretches(memory), { at, size: regionBytes(bytes) }].sort(
      (x, y) => x.at - y.at,
    );
    const merged: Stretch[] = [];
    for (const stretch of stretches) {
      const before = merged.at(-1);
      if (before && before.at + before.size === stretch.at) before.size += stretch.size;
      else merged.push({ ...stretch });
    }
    const words = wordsOf(memory);
    const last = merged.at(-1)!;
    if (last.at + last.size === words[REGION_END / 4]) {
      words[REGION_END / 4] = last.at;
      merged.pop();
    }
    writeStretches(memory, merged);
  });
}

interface Stretch {
  readonly at: number;
  size: number;
}

/** In the order of addresses; each begins with its size and the address of the next one, 0 for none. */
function freeStretches(memory: WebAssembly.Memory): Stretch[] {
  const words = wordsOf(memory);
  const stretches: Stretch[] = [];
  for (let at = words[REGION_FREE / 4]; at !== 0; at = words[at / 4 + 1])
    stretches.push({ at, size: words[at / 4] });
  return stretches;
}

function writeStretches(memory: WebAssembly.Memory, stretches: readonly Stretch[]): void {
  const words = wordsOf(memory);
  let link = REGION_FREE / 4;
  for (const { at, size } of stretches) {
    words[link] = at;
    words[at / 4] = size;
    link = at / 4 + 1;
  }
  words[link] = 0;
}

const wordsOf = (memory: WebAssembly.Memory) => new Uint32Array(memory.buffer);

/** @throws {EcitonError} "memory" */
function growTo(memory: WebAssembly.Memory, end: number): void {
  const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (error) {
    throw new EcitonError(
      "memory",
      `the chains on one supercell would need ${(end / 2 ** 30).toFixed(1)} GiB together, at most 4 GiB fit or this ` +
        "machine has less; use fewer workers or a smaller supercell",
      { bytes: end },
      error,
    );
  }
}

function locked<Result>(memory: WebAssembly.Memory, action: () => Result): Result {
  const lock = new Int32Array(memory.buffer, REGION_LOCK, 1);
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0)
    if (Atomics.wait(lock, 0, 1, LOCK_MS) === "timed-out")
      throw new EcitonError(
        "memory",
        "a thread ended while it changed the memory that all chains share; run again, with --resume",
      );
  try {
    // Another thread may have made the memory larger: growing by nothing shows its present length here.
    memory.grow(0);
    return action();
  } finally {
    Atomics.store(lock, 0, 0);
    Atomics.notify(lock, 0, 1);
  }
}

/** A region with an owner: it goes back when it is closed, or at the latest when its owner is forgotten. */
export class Region {
  readonly memory: WebAssembly.Memory;
  readonly at: number;
  readonly bytes: number;

  /** @throws {EcitonError} "memory" when there is no room */
  constructor(memory: WebAssembly.Memory, bytes: number) {
    this.memory = memory;
    this.bytes = bytes;
    this.at = takeRegion(memory, bytes);
    forgotten.register(this, { memory, at: this.at, bytes }, this);
  }

  /** No view of it may be used any more. Closing twice is closing once. */
  close(): void {
    if (forgotten.unregister(this)) giveRegion(this.memory, this.at, this.bytes);
  }
}

const forgotten = new FinalizationRegistry<{ memory: WebAssembly.Memory; at: number; bytes: number }>(
  ({ memory, at, bytes }) => giveRegion(memory, at, bytes),
);
