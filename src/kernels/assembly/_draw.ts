// Random numbers one at a time, with the words of RandomStream in the same order.
import { RANDOM_AT, RANDOM_BUFFER, RANDOM_WORDS } from "../swap-block";
import { refill } from "./_random";
import { REGION } from "./_region";

export function drawWord(): u32 {
  let at = <usize>load<u32>(REGION, RANDOM_AT);
  if (at >= <usize>load<u32>(REGION, RANDOM_BUFFER) + 4 * RANDOM_WORDS) at = refill(at);
  store<u32>(REGION, <u32>at + 4, RANDOM_AT);
  return load<u32>(at);
}

/** Uniform on 0 .. n - 1; the threshold is below n, so most draws need not compute it. */
export function drawIndex(n: u32): u32 {
  let product = <u64>drawWord() * <u64>n;
  if (<u32>product < n) {
    const threshold = (<u32>0 - n) % n;
    while (<u32>product < threshold) product = <u64>drawWord() * <u64>n;
  }
  return <u32>(product >> 32);
}

/** Uniform on [0, 1) with 53 random bits. */
export function drawFloat(): f64 {
  const high = <u64>(drawWord() >> 5);
  const low = <u64>(drawWord() >> 6);
  return <f64>((high << 26) | low) * (1.0 / 9007199254740992);
}
