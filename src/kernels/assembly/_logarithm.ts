// The logarithms of core/logarithm.ts: the same operations in the same order.

/** ln x of a normal number, 0 < x <= 1. */
export function lnUnit(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  const high = <u32>(bits >> 32) + (0x3ff00000 - 0x3fe6a09e);
  const n = <f64>(<i32>(high >> 20) - 1023);
  const m = reinterpret<f64>(((<u64>((high & 0xfffff) + 0x3fe6a09e)) << 32) | (bits & 0xffffffff));
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const a = 1.0 / 3 + z * (1.0 / 5) + z2 * (1.0 / 7 + z * (1.0 / 9));
  const b = 1.0 / 11 + z * (1.0 / 13) + z2 * (1.0 / 15 + z * (1.0 / 17));
  const c = 1.0 / 19 + z * (1.0 / 21) + z2 * (1.0 / 23);
  const series = z * (a + z4 * (b + z4 * c));
  return n * 0.6931471803691238 + (2 * s + 2 * s * series + n * 1.9082149292705877e-10);
}

function lnComplement(p: f64): f64 {
  const rest = 1 - p;
  return rest == 1 ? -p : lnUnit(rest) * (p / (1 - rest));
}

/** Steps up to and including the first one at which something of probability p happens, from a uniform number below 1. */
export function waitingSteps(p: f64, uniform: f64): f64 {
  return 1 + Math.floor(lnUnit(1 - uniform) / lnComplement(p));
}
