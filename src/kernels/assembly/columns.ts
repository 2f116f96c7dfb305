// Dense kernels of the sparse regressions, on columns of `ld` doubles (a multiple of 4, zero beyond the data).
// `list` holds byte addresses of columns as u32. Every column is summed in the same order wherever it
// stands in the list, so that results do not depend on how a batch was put together.

/** out[a] = Σ_i x_a[i] r[i] */
export function dots(list: usize, count: i32, r: usize, ld: i32, out: usize): void {
  const end = r + ((<usize>ld) << 3);
  let a = 0;
  for (; a + 4 <= count; a += 4) {
    let x0 = <usize>load<u32>(list);
    let x1 = <usize>load<u32>(list, 4);
    let x2 = <usize>load<u32>(list, 8);
    let x3 = <usize>load<u32>(list, 12);
    let s00 = f64x2.splat(0);
    let s01 = f64x2.splat(0);
    let s10 = f64x2.splat(0);
    let s11 = f64x2.splat(0);
    let s20 = f64x2.splat(0);
    let s21 = f64x2.splat(0);
    let s30 = f64x2.splat(0);
    let s31 = f64x2.splat(0);
    for (let p = r; p < end; p += 32) {
      const v0 = v128.load(p);
      const v1 = v128.load(p, 16);
      s00 = f64x2.add(s00, f64x2.mul(v128.load(x0), v0));
      s01 = f64x2.add(s01, f64x2.mul(v128.load(x0, 16), v1));
      s10 = f64x2.add(s10, f64x2.mul(v128.load(x1), v0));
      s11 = f64x2.add(s11, f64x2.mul(v128.load(x1, 16), v1));
      s20 = f64x2.add(s20, f64x2.mul(v128.load(x2), v0));
      s21 = f64x2.add(s21, f64x2.mul(v128.load(x2, 16), v1));
      s30 = f64x2.add(s30, f64x2.mul(v128.load(x3), v0));
      s31 = f64x2.add(s31, f64x2.mul(v128.load(x3, 16), v1));
      x0 += 32;
      x1 += 32;
      x2 += 32;
      x3 += 32;
    }
    s00 = f64x2.add(s00, s01);
    s10 = f64x2.add(s10, s11);
    s20 = f64x2.add(s20, s21);
    s30 = f64x2.add(s30, s31);
    store<f64>(out, f64x2.extract_lane(s00, 0) + f64x2.extract_lane(s00, 1));
    store<f64>(out, f64x2.extract_lane(s10, 0) + f64x2.extract_lane(s10, 1), 8);
    store<f64>(out, f64x2.extract_lane(s20, 0) + f64x2.extract_lane(s20, 1), 16);
    store<f64>(out, f64x2.extract_lane(s30, 0) + f64x2.extract_lane(s30, 1), 24);
    list += 16;
    out += 32;
  }
  for (; a < count; a++) {
    let x = <usize>load<u32>(list);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let p = r; p < end; p += 32) {
      s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(p)));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(x, 16), v128.load(p, 16)));
      x += 32;
    }
    s0 = f64x2.add(s0, s1);
    store<f64>(out, f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));
    list += 4;
    out += 8;
  }
}

/** r[i] −= Σ_a c[a] x_a[i] */
export function subtract(list: usize, count: i32, c: usize, ld: i32, r: usize): void {
  const end = r + ((<usize>ld) << 3);
  let a = 0;
  for (; a + 4 <= count; a += 4) {
    let x0 = <usize>load<u32>(list);
    let x1 = <usize>load<u32>(list, 4);
    let x2 = <usize>load<u32>(list, 8);
    let x3 = <usize>load<u32>(list, 12);
    const c0 = v128.load64_splat(c);
    const c1 = v128.load64_splat(c, 8);
    const c2 = v128.load64_splat(c, 16);
    const c3 = v128.load64_splat(c, 24);
    for (let p = r; p < end; p += 16) {
      let v = v128.load(p);
      v = f64x2.sub(v, f64x2.mul(c0, v128.load(x0)));
      v = f64x2.sub(v, f64x2.mul(c1, v128.load(x1)));
      v = f64x2.sub(v, f64x2.mul(c2, v128.load(x2)));
      v = f64x2.sub(v, f64x2.mul(c3, v128.load(x3)));
      v128.store(p, v);
      x0 += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
    }
    list += 16;
    c += 32;
  }
  for (; a < count; a++) {
    let x = <usize>load<u32>(list);
    const c0 = v128.load64_splat(c);
    for (let p = r; p < end; p += 16) {
      v128.store(p, f64x2.sub(v128.load(p), f64x2.mul(c0, v128.load(x))));
      x += 16;
    }
    list += 4;
    c += 8;
  }
}

/** Solves L v' = v in place; L is lower triangular, k rows packed one after the other (row i has i + 1 elements). */
export function forward(l: usize, k: i32, v: usize): void {
  let row = l;
  let target = v;
  for (let i = 0; i < k; i++) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let p = v;
    const end4 = v + ((<usize>(i & ~3)) << 3);
    while (p < end4) {
      s0 = f64x2.add(s0, f64x2.mul(v128.load(row), v128.load(p)));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(row, 16), v128.load(p, 16)));
      row += 32;
      p += 32;
    }
    s0 = f64x2.add(s0, s1);
    let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
    while (p < target) {
      sum += load<f64>(row) * load<f64>(p);
      row += 8;
      p += 8;
    }
    store<f64>(target, (load<f64>(target) - sum) / load<f64>(row));
    row += 8;
    target += 8;
  }
}

/** Solves Lᵀ v' = v in place. */
export function backward(l: usize, k: i32, v: usize): void {
  let diagonal = l + ((<usize>k * <usize>(k + 1)) << 2) - 8;
  for (let i = k - 1; i >= 0; i--) {
    let row = diagonal - ((<usize>i) << 3);
    const target = v + ((<usize>i) << 3);
    const value = load<f64>(target) / load<f64>(diagonal);
    store<f64>(target, value);
    const factor = f64x2.splat(value);
    let p = v;
    const end2 = v + ((<usize>(i & ~1)) << 3);
    while (p < end2) {
      v128.store(p, f64x2.sub(v128.load(p), f64x2.mul(factor, v128.load(row))));
      row += 16;
      p += 16;
    }
    if (p < target) store<f64>(p, load<f64>(p) - value * load<f64>(row));
    diagonal -= (<usize>(i + 1)) << 3;
  }
}

/**
 * Removes row and column `at` from the factor of k rows: row `at` is deleted, and plane rotations make the
 * rest lower triangular again. `turns` is room for 2k doubles.
 */
export function drop(l: usize, k: i32, at: i32, turns: usize): void {
  let source = l + ((<usize>(at + 1) * <usize>(at + 2)) << 2);
  let target = l + ((<usize>at * <usize>(at + 1)) << 2);
  for (let i = at + 1; i < k; i++) {
    for (let j = 0; j < at; j++) {
      store<f64>(target, load<f64>(source));
      target += 8;
      source += 8;
    }
    let carried = load<f64>(source);
    source += 8;
    let turn = turns;
    for (let j = at + 1; j < i; j++) {
      const next = load<f64>(source);
      const c = load<f64>(turn);
      const s = load<f64>(turn, 8);
      store<f64>(target, c * carried + s * next);
      carried = c * next - s * carried;
      target += 8;
      source += 8;
      turn += 16;
    }
    const last = load<f64>(source);
    const length = Math.sqrt(carried * carried + last * last);
    store<f64>(turn, carried / length);
    store<f64>(turn, last / length, 8);
    store<f64>(target, length);
    target += 8;
    source += 8;
  }
}
