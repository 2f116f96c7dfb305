/**
 * Random streams: Philox4x32-10, a counter-based generator. A stream is fixed by (study seed, task index)
 * alone, so results do not depend on the number of workers, on order, or on where a task ran; its whole
 * state is a counter, so a checkpoint is a handful of integers.
 * @see Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011)
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit integers (Math.imul gives the low ones). */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const mid = aHigh * bLow + (low >>> 16);
  const mid2 = aLow * bHigh + (mid & 0xffff);
  return (aHigh * bHigh + Math.floor(mid / 0x10000) + (mid2 >>> 16)) >>> 0;
}

/** One Philox4x32-10 block: `counter` and `out` are Uint32Array(4), `out` is overwritten. */
export function philox4x32(counter: Uint32Array, key0: number, key1: number, out: Uint32Array): void {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0) >>> 0;
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** What a checkpoint keeps of a stream: JSON-safe. */
export interface RandomState {
  seed: number;
  stream: number;
  /** Number of 32-bit words drawn so far. */
  drawn: number;
}

export class RandomStream {
  readonly #seed: number;
  readonly #stream: number;
  readonly #key0: number;
  readonly #key1: number;
  readonly #counter = new Uint32Array(4);
  readonly #block = new Uint32Array(4);
  #drawn = 0;

  /**
   * @param seed the study's seed, an integer 0 .. 2^53 - 1
   * @param stream the task's index, an integer 0 .. 2^53 - 1
   */
  constructor(seed: number, stream: number) {
    if (!Number.isSafeInteger(seed) || seed < 0 || !Number.isSafeInteger(stream) || stream < 0)
      throw new RangeError(
        `a random stream needs non-negative integers, found seed ${seed}, stream ${stream}`,
      );
    this.#seed = seed;
    this.#stream = stream;
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / 2 ** 32);
    this.#counter[2] = stream >>> 0;
    this.#counter[3] = Math.floor(stream / 2 ** 32);
  }

  /** Uniform 32-bit unsigned integer. */
  nextUint32(): number {
    const lane = this.#drawn & 3;
    if (lane === 0) {
      const blockIndex = Math.floor(this.#drawn / 4);
      this.#counter[0] = blockIndex >>> 0;
      this.#counter[1] = Math.floor(blockIndex / 2 ** 32);
      philox4x32(this.#counter, this.#key0, this.#key1, this.#block);
    }
    this.#drawn += 1;
    return this.#block[lane];
  }

  /** Uniform on [0, 1) with 53 random bits. */
  nextFloat(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * Uniform integer 0 .. n-1 without modulo bias.
   * @param n an integer 1 .. 2^32 - 1
   * @throws {RangeError} for any other n: an empty choice has no result
   * @see Lemire, ACM Trans. Model. Comput. Simul. 29, 3 (2019)
   */
  nextIndex(n: number): number {
    if (!(n >= 1 && n < 2 ** 32))
      throw new RangeError(`an index below n needs 1 <= n < 2^32, found n = ${n}`);
    const threshold = (2 ** 32 - n) % n;
    for (;;) {
      const word = this.nextUint32();
      // word * n can exceed 2^53, so its halves are formed exactly.
      const low = Math.imul(word, n) >>> 0;
      if (low >= threshold) return mulHigh(word, n);
    }
  }

  /**
   * Standard normal deviate (Marsaglia's polar method). The second deviate of a pair is not kept: the number of
   * words drawn stays the whole state, so a restored stream goes on exactly as the original.
   */
  nextNormal(): number {
    for (;;) {
      const x = 2 * this.nextFloat() - 1;
      const y = 2 * this.nextFloat() - 1;
      const r2 = x * x + y * y;
      if (r2 > 0 && r2 < 1) return x * Math.sqrt((-2 * Math.log(r2)) / r2);
    }
  }

  /**
   * Standard normal deviates, both of each pair of Marsaglia's polar method: other ones than nextNormal gives, in half
   * the time.
   * @param out overwritten
   */
  fillNormals(out: Float64Array): void {
    for (let i = 0; i < out.length; ) {
      const x = 2 * this.nextFloat() - 1;
      const y = 2 * this.nextFloat() - 1;
      const r2 = x * x + y * y;
      if (r2 === 0 || r2 >= 1) continue;
      const length = Math.sqrt((-2 * Math.log(r2)) / r2);
      out[i++] = x * length;
      if (i < out.length) out[i++] = y * length;
    }
  }

  /** Fisher-Yates, in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.nextIndex(i + 1);
      const held = items[i];
      (items as { [index: number]: unknown })[i] = items[j];
      (items as { [index: number]: unknown })[j] = held;
    }
    return items;
  }

  /** State for a checkpoint. */
  state(): RandomState {
    return { seed: this.#seed, stream: this.#stream, drawn: this.#drawn };
  }

  static restore(state: RandomState): RandomStream {
    const stream = new RandomStream(state.seed, state.stream);
    stream.skipTo(state.drawn);
    return stream;
  }

  /** Goes to where the stream is after so many words, forwards or back. */
  skipTo(drawn: number): void {
    // Draw the block that the next word belongs to, unless the next word begins a new one.
    const lane = drawn & 3;
    this.#drawn = drawn - lane;
    for (let i = 0; i < lane; i++) this.nextUint32();
  }
}
