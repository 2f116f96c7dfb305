// Philox4x32-10 with the words of RandomStream in the same order, a buffer at a time.
// See Salmon, Moraes, Dror, Shaw, SC11 (2011).
import {
  KEY_0,
  KEY_1,
  NEXT_BLOCK,
  RANDOM_AT,
  RANDOM_BUFFER,
  RANDOM_WORDS,
  STREAM_0,
  STREAM_1,
} from "../swap-block";

const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;

/** Moves the words that are left before the buffer and fills it; returns the address of the next word. */
export function refill(at: usize): usize {
  const buffer = <usize>load<u32>(RANDOM_BUFFER);
  const end = buffer + 4 * RANDOM_WORDS;
  const left = end - at;
  memory.copy(buffer - left, at, left);
  const stream0 = load<u32>(STREAM_0);
  const stream1 = load<u32>(STREAM_1);
  const key0 = load<u32>(KEY_0);
  const key1 = load<u32>(KEY_1);
  let block = load<u64>(NEXT_BLOCK);
  // Two blocks at a time: the multiplications of one fill the waits of the other.
  for (let out = buffer; out < end; out += 32) {
    let a0 = <u32>block;
    let a1 = <u32>(block >> 32);
    let a2 = stream0;
    let a3 = stream1;
    let b0 = <u32>(block + 1);
    let b1 = <u32>((block + 1) >> 32);
    let b2 = stream0;
    let b3 = stream1;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const pa = M0 * <u64>a0;
      const qa = M1 * <u64>a2;
      const pb = M0 * <u64>b0;
      const qb = M1 * <u64>b2;
      a0 = <u32>(qa >> 32) ^ a1 ^ k0;
      a2 = <u32>(pa >> 32) ^ a3 ^ k1;
      a1 = <u32>qa;
      a3 = <u32>pa;
      b0 = <u32>(qb >> 32) ^ b1 ^ k0;
      b2 = <u32>(pb >> 32) ^ b3 ^ k1;
      b1 = <u32>qb;
      b3 = <u32>pb;
      k0 += W0;
      k1 += W1;
    }
    store<u32>(out, a0);
    store<u32>(out, a1, 4);
    store<u32>(out, a2, 8);
    store<u32>(out, a3, 12);
    store<u32>(out, b0, 16);
    store<u32>(out, b1, 20);
    store<u32>(out, b2, 24);
    store<u32>(out, b3, 28);
    block += 2;
  }
  store<u64>(NEXT_BLOCK, block);
  return buffer - left;
}

/** Goes to a word of the block at NEXT_BLOCK. */
export function seek(lane: i32): void {
  const buffer = <usize>load<u32>(RANDOM_BUFFER);
  store<u32>(RANDOM_AT, <u32>(refill(buffer + 4 * RANDOM_WORDS) + 4 * lane));
}

/** e^x for x <= 0: the operations of core/exponential.ts in the same order. */
export function expNonPositive(x: f64): f64 {
  if (x < -708) return 0;
  const n = floor<f64>(x * 1.4426950408889634 + 0.5);
  const r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  const r2 = r * r;
  const r4 = r2 * r2;
  const a = 1.0 / 2 + r * (1.0 / 6) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const b = 1.0 / 720 + r * (1.0 / 5040) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const c = 1.0 / 3628800 + r * (1.0 / 39916800) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  const power = reinterpret<f64>((<i64>n + 1023) << 52);
  return (1 + (r + r2 * (a + r4 * (b + r4 * c)))) * power;
}
