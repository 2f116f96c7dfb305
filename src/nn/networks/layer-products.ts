/**
 * Products with the weights of one layer, in the order of network.ts: a row of `outputs` weights for each input s, then the
 * biases. Rows are taken four at a time, so that what belongs to the outputs is loaded and stored once for four products,
 * and sums do not wait for each other.
 */

/** Only where the factor is not 1. */
export function scale(values: Float64Array, at: number, count: number, factor: number): void {
  if (factor !== 1) for (let i = at; i < at + count; i++) values[i] *= factor;
}

/** z_t += Σ_s x_s w_st. */
export function addProduct(
  w: Float64Array,
  start: number,
  inputs: number,
  outputs: number,
  x: Float64Array,
  from: number,
  z: Float64Array,
  to: number,
): void {
  let s = 0;
  let w0 = start;
  for (; s + 4 <= inputs; s += 4) {
    const x0 = x[from + s];
    const x1 = x[from + s + 1];
    const x2 = x[from + s + 2];
    const x3 = x[from + s + 3];
    const w1 = w0 + outputs;
    const w2 = w1 + outputs;
    const w3 = w2 + outputs;
    for (let t = 0; t < outputs; t++)
      z[to + t] += x0 * w[w0 + t] + x1 * w[w1 + t] + (x2 * w[w2 + t] + x3 * w[w3 + t]);
    w0 = w3 + outputs;
  }
  for (; s < inputs; s++) {
    const x0 = x[from + s];
    for (let t = 0; t < outputs; t++) z[to + t] += x0 * w[w0 + t];
    w0 += outputs;
  }
}

/** y_s = Σ_t w_st d_t. */
export function transposedProduct(
  w: Float64Array,
  start: number,
  inputs: number,
  outputs: number,
  d: Float64Array,
  from: number,
  y: Float64Array,
  to: number,
): void {
  let s = 0;
  let w0 = start;
  for (; s + 4 <= inputs; s += 4) {
    const w1 = w0 + outputs;
    const w2 = w1 + outputs;
    const w3 = w2 + outputs;
    let y0 = 0;
    let y1 = 0;
    let y2 = 0;
    let y3 = 0;
    for (let t = 0; t < outputs; t++) {
      const dt = d[from + t];
      y0 += w[w0 + t] * dt;
      y1 += w[w1 + t] * dt;
      y2 += w[w2 + t] * dt;
      y3 += w[w3 + t] * dt;
    }
    y[to + s] = y0;
    y[to + s + 1] = y1;
    y[to + s + 2] = y2;
    y[to + s + 3] = y3;
    w0 = w3 + outputs;
  }
  for (; s < inputs; s++) {
    let y0 = 0;
    for (let t = 0; t < outputs; t++) y0 += w[w0 + t] * d[from + t];
    y[to + s] = y0;
    w0 += outputs;
  }
}

/** g_st += factor a_s d_t, then g_t += factor d_t for the biases behind them. */
export function addOuter(
  factor: number,
  a: Float64Array,
  from: number,
  inputs: number,
  d: Float64Array,
  to: number,
  outputs: number,
  g: Float64Array,
  at: number,
): void {
  let g0 = at;
  let s = 0;
  for (; s + 4 <= inputs; s += 4) {
    const x0 = factor * a[from + s];
    const x1 = factor * a[from + s + 1];
    const x2 = factor * a[from + s + 2];
    const x3 = factor * a[from + s + 3];
    const g1 = g0 + outputs;
    const g2 = g1 + outputs;
    const g3 = g2 + outputs;
    for (let t = 0; t < outputs; t++) {
      const dt = d[to + t];
      g[g0 + t] += x0 * dt;
      g[g1 + t] += x1 * dt;
      g[g2 + t] += x2 * dt;
      g[g3 + t] += x3 * dt;
    }
    g0 = g3 + outputs;
  }
  for (; s < inputs; s++) {
    const x = factor * a[from + s];
    for (let t = 0; t < outputs; t++) g[g0 + t] += x * d[to + t];
    g0 += outputs;
  }
  for (let t = 0; t < outputs; t++) g[g0 + t] += factor * d[to + t];
}

/** g_st += factor (a_s c_t + b_s d_t), then g_t += factor c_t. */
export function addTwoOuter(
  factor: number,
  a: Float64Array,
  b: Float64Array,
  from: number,
  inputs: number,
  c: Float64Array,
  d: Float64Array,
  to: number,
  outputs: number,
  g: Float64Array,
  at: number,
): void {
  let g0 = at;
  let s = 0;
  for (; s + 4 <= inputs; s += 4) {
    const x0 = factor * a[from + s];
    const x1 = factor * a[from + s + 1];
    const x2 = factor * a[from + s + 2];
    const x3 = factor * a[from + s + 3];
    const y0 = factor * b[from + s];
    const y1 = factor * b[from + s + 1];
    const y2 = factor * b[from + s + 2];
    const y3 = factor * b[from + s + 3];
    const g1 = g0 + outputs;
    const g2 = g1 + outputs;
    const g3 = g2 + outputs;
    for (let t = 0; t < outputs; t++) {
      const ct = c[to + t];
      const dt = d[to + t];
      g[g0 + t] += x0 * ct + y0 * dt;
      g[g1 + t] += x1 * ct + y1 * dt;
      g[g2 + t] += x2 * ct + y2 * dt;
      g[g3 + t] += x3 * ct + y3 * dt;
    }
    g0 = g3 + outputs;
  }
  for (; s < inputs; s++) {
    const x = factor * a[from + s];
    const y = factor * b[from + s];
    for (let t = 0; t < outputs; t++) g[g0 + t] += x * c[to + t] + y * d[to + t];
    g0 += outputs;
  }
  for (let t = 0; t < outputs; t++) g[g0 + t] += factor * c[to + t];
}
