// The two-loop recursion of limited-memory BFGS, on rows of `ld` doubles (a multiple of 4, zero beyond the data).
// Rows of `steps` and `changes` are a ring; `inverses` and `weights` have one double for each row.

/** Turns minus the gradient at d into the direction; scale · 1 is the inverse Hessian before the first step kept. */
export function direction(
  d: usize,
  steps: usize,
  changes: usize,
  inverses: usize,
  weights: usize,
  ld: i32,
  rows: i32,
  count: i32,
  newest: i32,
  scale: f64,
): void {
  const width = (<usize>ld) << 3;
  let slot = newest;
  for (let back = 0; back < count; back++) {
    const at = <usize>slot;
    const weight = load<f64>(inverses + (at << 3)) * dot(d, steps + at * width, width);
    store<f64>(weights + (at << 3), weight);
    add(d, -weight, changes + at * width, width);
    slot = slot == 0 ? rows - 1 : slot - 1;
  }
  const factor = f64x2.splat(scale);
  for (let p = d; p < d + width; p += 16) v128.store(p, f64x2.mul(v128.load(p), factor));
  for (let forward = 0; forward < count; forward++) {
    slot = slot + 1 == rows ? 0 : slot + 1;
    const at = <usize>slot;
    const rest =
      load<f64>(weights + (at << 3)) - load<f64>(inverses + (at << 3)) * dot(d, changes + at * width, width);
    add(d, rest, steps + at * width, width);
  }
}

function dot(a: usize, b: usize, width: usize): f64 {
  const end = a + width;
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (; a < end; a += 32) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(a), v128.load(b)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    b += 32;
  }
  s0 = f64x2.add(s0, s1);
  return f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
}

function add(a: usize, factor: f64, b: usize, width: usize): void {
  const end = a + width;
  const f = f64x2.splat(factor);
  for (; a < end; a += 32) {
    v128.store(a, f64x2.add(v128.load(a), f64x2.mul(f, v128.load(b))));
    v128.store(a, f64x2.add(v128.load(a, 16), f64x2.mul(f, v128.load(b, 16))), 16);
    b += 32;
  }
}
