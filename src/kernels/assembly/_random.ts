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
import { REGION } from "./_region";

const M0: i32 = 0xd2511f53;
const M1: i32 = 0xcd9e8d57;
const W0: i32 = 0x9e3779b9;
const W1: i32 = 0xbb67ae85;

/** Writes the four words of each of four blocks, which are given word by word. */
function storeBlocks(out: usize, c0: v128, c1: v128, c2: v128, c3: v128): void {
  const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
  const low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
  const high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2));
  v128.store(out, v128.shuffle<i64>(low01, low23, 1, 3), 16);
  v128.store(out, v128.shuffle<i64>(high01, high23, 0, 2), 32);
  v128.store(out, v128.shuffle<i64>(high01, high23, 1, 3), 48);
}

/** Moves the words that are left before the buffer and fills it; returns the address of the next word. */
export function refill(at: usize): usize {
  const buffer = <usize>load<u32>(REGION, RANDOM_BUFFER);
  const end = buffer + 4 * RANDOM_WORDS;
  const left = end - at;
  memory.copy(buffer - left, at, left);
  const stream0 = i32x4.splat(load<i32>(REGION, STREAM_0));
  const stream1 = i32x4.splat(load<i32>(REGION, STREAM_1));
  const key0 = i32x4.splat(load<i32>(REGION, KEY_0));
  const key1 = i32x4.splat(load<i32>(REGION, KEY_1));
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  const w0 = i32x4.splat(W0);
  const w1 = i32x4.splat(W1);
  let block = load<u64>(REGION, NEXT_BLOCK);
  // Eight blocks at a time, two vectors of four: the multiplications of one fill the waits of the other.
  for (let out = buffer; out < end; out += 128) {
    const low = i32x4.splat(<i32>block);
    const high = i32x4.splat(<i32>(block >> 32));
    let a0 = i32x4.add(low, i32x4(0, 1, 2, 3));
    let b0 = i32x4.add(low, i32x4(4, 5, 6, 7));
    // A comparison is -1 where it holds: the carry into the second word.
    let a1 = i32x4.sub(high, i32x4.lt_u(a0, low));
    let b1 = i32x4.sub(high, i32x4.lt_u(b0, low));
    let a2 = stream0;
    let a3 = stream1;
    let b2 = stream0;
    let b3 = stream1;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const pa = i64x2.extmul_low_i32x4_u(a0, m0);
      const pb = i64x2.extmul_low_i32x4_u(b0, m0);
      const ra = i64x2.extmul_high_i32x4_u(a0, m0);
      const rb = i64x2.extmul_high_i32x4_u(b0, m0);
      const qa = i64x2.extmul_low_i32x4_u(a2, m1);
      const qb = i64x2.extmul_low_i32x4_u(b2, m1);
      const sa = i64x2.extmul_high_i32x4_u(a2, m1);
      const sb = i64x2.extmul_high_i32x4_u(b2, m1);
      a0 = v128.xor(v128.xor(v128.shuffle<i32>(qa, sa, 1, 3, 5, 7), a1), k0);
      b0 = v128.xor(v128.xor(v128.shuffle<i32>(qb, sb, 1, 3, 5, 7), b1), k0);
      a2 = v128.xor(v128.xor(v128.shuffle<i32>(pa, ra, 1, 3, 5, 7), a3), k1);
      b2 = v128.xor(v128.xor(v128.shuffle<i32>(pb, rb, 1, 3, 5, 7), b3), k1);
      a1 = v128.shuffle<i32>(qa, sa, 0, 2, 4, 6);
      b1 = v128.shuffle<i32>(qb, sb, 0, 2, 4, 6);
      a3 = v128.shuffle<i32>(pa, ra, 0, 2, 4, 6);
      b3 = v128.shuffle<i32>(pb, rb, 0, 2, 4, 6);
      k0 = i32x4.add(k0, w0);
      k1 = i32x4.add(k1, w1);
    }
    storeBlocks(out, a0, a1, a2, a3);
    storeBlocks(out + 64, b0, b1, b2, b3);
    block += 8;
  }
  store<u64>(REGION, block, NEXT_BLOCK);
  return buffer - left;
}

/** Goes to a word of the block at NEXT_BLOCK. */
export function seek(lane: i32): void {
  const buffer = <usize>load<u32>(REGION, RANDOM_BUFFER);
  store<u32>(REGION, <u32>(refill(buffer + 4 * RANDOM_WORDS) + 4 * lane), RANDOM_AT);
}

/** Adding it leaves a whole number in the low bits; a conversion to an integer would check its range. */
export const ROUND: f64 = 6755399441055744;

/** e^x for x <= 0: the operations of core/exponential.ts in the same order. */
export function expNonPositive(x: f64): f64 {
  if (x < -708) return 0;
  const shifted = x * 1.4426950408889634 + ROUND;
  const n = shifted - ROUND;
  const r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  const r2 = r * r;
  const r4 = r2 * r2;
  const a = 1.0 / 2 + r * (1.0 / 6) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const b = 1.0 / 720 + r * (1.0 / 5040) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const c = 1.0 / 3628800 + r * (1.0 / 39916800) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  // The low bits of the shifted number are those of n.
  const power = reinterpret<f64>((reinterpret<i64>(shifted) + 1023) << 52);
  return (1 + (r + r2 * (a + r4 * (b + r4 * c)))) * power;
}

/**
 * Whether u < e^x, x < 0. e^x <= 2^(1/2 - n), n = -x log2 e rounded: most rejections are sure without the exponential.
 * What is left of a factor of two keeps rounding out of it; n goes up to 1000, where the numbers are still normal.
 */
export function below(uniform: f64, x: f64): bool {
  const shifted = min<f64>(-x * 1.4426950408889634, 1000) + ROUND;
  return uniform < reinterpret<f64>((1024 - reinterpret<i64>(shifted)) << 52) && uniform < expNonPositive(x);
}
