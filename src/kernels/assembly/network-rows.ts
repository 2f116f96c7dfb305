// Steps of passes through a network for many atoms at once; src/kernels/network-rows.ts puts them together. An atom is a
// row of doubles. Rows come in fours, their numbers in fours too.
import { activate } from "./_hdnnp-activations";
import { bendActivations } from "./_network-curvatures";

/**
 * C = A B, or C += A B, in tiles of four rows and four columns.
 * @param m, n multiples of 4; `k` is any number
 * @param aRow, aStep bytes between rows of A and between its columns, so that A may stand transposed
 */
export function product(
  m: i32,
  k: i32,
  n: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  add: bool,
): void {
  const width = (<usize>n) << 3;
  for (let i = 0; i < m; i += 4) {
    const a1 = aRow;
    const a2 = a1 + aRow;
    const a3 = a2 + aRow;
    for (let j: usize = 0; j < width; j += 32) {
      let s00 = f64x2.splat(0);
      let s01 = s00;
      let s10 = s00;
      let s11 = s00;
      let s20 = s00;
      let s21 = s00;
      let s30 = s00;
      let s31 = s00;
      let p = a;
      let q = b + j;
      for (let s = 0; s < k; s++) {
        const b0 = v128.load(q);
        const b1 = v128.load(q, 16);
        let x = v128.load64_splat(p);
        s00 = f64x2.add(s00, f64x2.mul(x, b0));
        s01 = f64x2.add(s01, f64x2.mul(x, b1));
        x = v128.load64_splat(p + a1);
        s10 = f64x2.add(s10, f64x2.mul(x, b0));
        s11 = f64x2.add(s11, f64x2.mul(x, b1));
        x = v128.load64_splat(p + a2);
        s20 = f64x2.add(s20, f64x2.mul(x, b0));
        s21 = f64x2.add(s21, f64x2.mul(x, b1));
        x = v128.load64_splat(p + a3);
        s30 = f64x2.add(s30, f64x2.mul(x, b0));
        s31 = f64x2.add(s31, f64x2.mul(x, b1));
        p += aStep;
        q += bRow;
      }
      let to = c + j;
      put(to, s00, s01, add);
      put((to += cRow), s10, s11, add);
      put((to += cRow), s20, s21, add);
      put((to += cRow), s30, s31, add);
    }
    a += 4 * aRow;
    c += 4 * cRow;
  }
}

function put(at: usize, low: v128, high: v128, add: bool): void {
  v128.store(at, add ? f64x2.add(v128.load(at), low) : low);
  v128.store(at, add ? f64x2.add(v128.load(at, 16), high) : high, 16);
}

/**
 * Values of nodes in the place of their sums, with slopes and, if asked for, curvatures; then a 1, which the biases of the
 * next layer are multiplied with.
 * @param width bytes of the nodes of a row; `row`: bytes from row to row; `nodes`: without padding
 */
export function activateRows(
  kind: i32,
  rows: i32,
  width: usize,
  row: usize,
  nodes: i32,
  at: usize,
  slopes: usize,
  curvatures: usize,
  bend: bool,
): void {
  for (let i = 0; i < rows; i++) {
    if (bend) memory.copy(curvatures, at, width);
    activate(kind, at, slopes, width);
    if (bend) bendActivations(kind, curvatures, at, slopes, width);
    store<f64>(at + ((<usize>nodes) << 3), 1);
    at += row;
    slopes += row;
    curvatures += row;
  }
}

/** out = x y, element by element. */
export function multiplyRows(bytes: usize, x: usize, y: usize, out: usize): void {
  const end = x + bytes;
  for (; x < end; x += 16) {
    v128.store(out, f64x2.mul(v128.load(x), v128.load(y)));
    y += 16;
    out += 16;
  }
}

/**
 * From derivatives by values and their tangents to those by sums and their tangents, in place:
 *   by sums f' a + f'' z t, by their tangents f' t, with the tangents z of the sums
 */
export function bendRows(
  bytes: usize,
  byValues: usize,
  byTangents: usize,
  slopes: usize,
  curvatures: usize,
  tangents: usize,
): void {
  const end = byValues + bytes;
  for (; byValues < end; byValues += 16) {
    const slope = v128.load(slopes);
    const t = v128.load(byTangents);
    const bent = f64x2.mul(f64x2.mul(v128.load(curvatures), v128.load(tangents)), t);
    v128.store(byValues, f64x2.add(f64x2.mul(slope, v128.load(byValues)), bent));
    v128.store(byTangents, f64x2.mul(slope, t));
    byTangents += 16;
    slopes += 16;
    curvatures += 16;
    tangents += 16;
  }
}
