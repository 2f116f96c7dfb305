// The covariance P of a Kalman filter: what the last update takes off, and the product with the next Jacobian, in one pass
// over its memory, which bounds the speed.
//
// P is symmetric; its lower triangle lies in groups of four rows, group b from 64 b (b + 1) bytes on. A group is a row of
// tiles of 4 rows × 2 columns, 64 bytes each, row after row within a tile; the last two tiles of a group are the block on
// the diagonal, of which only the lower half means something. Vectors are columns of `ld` bytes, zero beyond the data.

/** Columns that are worked on while they are in the nearest cache, in bytes of tiles. */
const CHUNK: usize = 8192;

/**
 * For the groups first .. end − 1: P ← factor (P − Σ_c K_c X_cᵀ) + noise · 1 with `taken` columns c, then
 * out_c ← the share of these rows, and of the columns that mirror them, in P H_c for `count` columns.
 */
export function advance(
  p: usize,
  first: i32,
  end: i32,
  taken: i32,
  k: usize,
  x: usize,
  factor: f64,
  noise: f64,
  count: i32,
  h: usize,
  out: usize,
  ld: usize,
): void {
  memory.fill(out, 0, ld * <usize>count);
  const fused = taken > 0 && count > 0 && factor == 1;
  const alone = fused ? taken - 1 : taken;
  const begun = fused ? 1 : 0;
  let group = p + ((<usize>first * <usize>(first + 1)) << 6);
  for (let b = first; b < end; b++) {
    const rows = (<usize>b) << 5;
    const tiles = group + ((<usize>b) << 7);
    let column: usize = 0;
    for (let tile = group; tile < tiles; tile += CHUNK) {
      const stop = min(tile + CHUNK, tiles);
      for (let c = 0; c < alone; c++) {
        const at = ld * <usize>c;
        subtract(tile, stop, k + at + rows, x + at + column);
      }
      if (factor != 1) scale(tile, stop, factor);
      if (fused) {
        const at = ld * <usize>alone;
        subtractAndMultiply(tile, stop, k + at + rows, x + at + column, h, out, rows, column);
      }
      for (let c = begun; c < count; c++) {
        const at = ld * <usize>c;
        multiply(tile, stop, h + at, out + at, rows, column);
      }
      column += CHUNK >> 2;
    }
    diagonal(tiles, rows, taken, k, x, factor, noise, count, h, out, ld);
    group = tiles + 128;
  }
}

/** P ← P − k xᵀ of the tiles of four rows; k at the rows, x at the first column. */
function subtract(tile: usize, stop: usize, k: usize, x: usize): void {
  const k0 = v128.load64_splat(k);
  const k1 = v128.load64_splat(k, 8);
  const k2 = v128.load64_splat(k, 16);
  const k3 = v128.load64_splat(k, 24);
  for (; tile < stop; tile += 64) {
    const v = v128.load(x);
    v128.store(tile, f64x2.sub(v128.load(tile), f64x2.mul(k0, v)));
    v128.store(tile, f64x2.sub(v128.load(tile, 16), f64x2.mul(k1, v)), 16);
    v128.store(tile, f64x2.sub(v128.load(tile, 32), f64x2.mul(k2, v)), 32);
    v128.store(tile, f64x2.sub(v128.load(tile, 48), f64x2.mul(k3, v)), 48);
    x += 16;
  }
}

function scale(tile: usize, stop: usize, factor: f64): void {
  const f = f64x2.splat(factor);
  for (; tile < stop; tile += 16) v128.store(tile, f64x2.mul(v128.load(tile), f));
}

/** out_rows += P h_columns and out_columns += Pᵀ h_rows. */
function multiply(tile: usize, stop: usize, h: usize, out: usize, rows: usize, column: usize): void {
  const h0 = v128.load64_splat(h + rows);
  const h1 = v128.load64_splat(h + rows, 8);
  const h2 = v128.load64_splat(h + rows, 16);
  const h3 = v128.load64_splat(h + rows, 24);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  let from = h + column;
  let to = out + column;
  for (; tile < stop; tile += 64) {
    const v = v128.load(from);
    let o = v128.load(to);
    let t = v128.load(tile);
    s0 = f64x2.add(s0, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h0));
    t = v128.load(tile, 16);
    s1 = f64x2.add(s1, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h1));
    t = v128.load(tile, 32);
    s2 = f64x2.add(s2, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h2));
    t = v128.load(tile, 48);
    s3 = f64x2.add(s3, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h3));
    v128.store(to, o);
    from += 16;
    to += 16;
  }
  addSums(out + rows, s0, s1, s2, s3);
}

/** Both at once: a tile is loaded and stored once. */
function subtractAndMultiply(
  tile: usize,
  stop: usize,
  k: usize,
  x: usize,
  h: usize,
  out: usize,
  rows: usize,
  column: usize,
): void {
  const k0 = v128.load64_splat(k);
  const k1 = v128.load64_splat(k, 8);
  const k2 = v128.load64_splat(k, 16);
  const k3 = v128.load64_splat(k, 24);
  const h0 = v128.load64_splat(h + rows);
  const h1 = v128.load64_splat(h + rows, 8);
  const h2 = v128.load64_splat(h + rows, 16);
  const h3 = v128.load64_splat(h + rows, 24);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  let from = h + column;
  let to = out + column;
  for (; tile < stop; tile += 64) {
    const w = v128.load(x);
    const v = v128.load(from);
    let o = v128.load(to);
    let t = f64x2.sub(v128.load(tile), f64x2.mul(k0, w));
    v128.store(tile, t);
    s0 = f64x2.add(s0, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h0));
    t = f64x2.sub(v128.load(tile, 16), f64x2.mul(k1, w));
    v128.store(tile, t, 16);
    s1 = f64x2.add(s1, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h1));
    t = f64x2.sub(v128.load(tile, 32), f64x2.mul(k2, w));
    v128.store(tile, t, 32);
    s2 = f64x2.add(s2, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h2));
    t = f64x2.sub(v128.load(tile, 48), f64x2.mul(k3, w));
    v128.store(tile, t, 48);
    s3 = f64x2.add(s3, f64x2.mul(t, v));
    o = f64x2.add(o, f64x2.mul(t, h3));
    v128.store(to, o);
    x += 16;
    from += 16;
    to += 16;
  }
  addSums(out + rows, s0, s1, s2, s3);
}

function addSums(out: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  store<f64>(out, load<f64>(out) + (f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1)));
  store<f64>(out, load<f64>(out, 8) + (f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1)), 8);
  store<f64>(out, load<f64>(out, 16) + (f64x2.extract_lane(s2, 0) + f64x2.extract_lane(s2, 1)), 16);
  store<f64>(out, load<f64>(out, 24) + (f64x2.extract_lane(s3, 0) + f64x2.extract_lane(s3, 1)), 24);
}

/** The block of 4 × 4 on the diagonal, entry by entry. */
function diagonal(
  tiles: usize,
  rows: usize,
  taken: i32,
  k: usize,
  x: usize,
  factor: f64,
  noise: f64,
  count: i32,
  h: usize,
  out: usize,
  ld: usize,
): void {
  for (let i: usize = 0; i < 4; i++)
    for (let j: usize = 0; j <= i; j++) {
      const at = tiles + ((j >> 1) << 6) + (i << 4) + ((j & 1) << 3);
      const row = rows + (i << 3);
      const column = rows + (j << 3);
      let value = load<f64>(at);
      for (let c: usize = 0; c < <usize>taken; c++)
        value -= load<f64>(k + ld * c + row) * load<f64>(x + ld * c + column);
      value = value * factor;
      if (i == j) value += noise;
      store<f64>(at, value);
      for (let c: usize = 0; c < <usize>count; c++) {
        const to = out + ld * c;
        const from = h + ld * c;
        store<f64>(to + row, load<f64>(to + row) + value * load<f64>(from + column));
        if (i != j) store<f64>(to + column, load<f64>(to + column) + value * load<f64>(from + row));
      }
    }
}

/** X_c ← Σ over the parts of their shares, in this order. */
export function collect(shares: usize, parts: i32, count: i32, x: usize, ld: usize): void {
  const bytes = ld * <usize>count;
  for (let at: usize = 0; at < bytes; at += 16) {
    let sum = v128.load(shares + at);
    let from = shares + bytes + at;
    for (let part = 1; part < parts; part++) {
      sum = f64x2.add(sum, v128.load(from));
      from += bytes;
    }
    v128.store(x + at, sum);
  }
}
