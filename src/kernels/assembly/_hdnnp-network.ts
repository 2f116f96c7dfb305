// A feed-forward network with one output: energy of an atom and its slopes with the symmetry functions.
//   z = (sum_s x_s W_s + b) scale, a = f(z) for each layer; then backwards d_s = scale sum_t W_st d_t f'(z_t)
import {
  ACTIVATION,
  BASE,
  FACTORS_AT,
  INPUTS,
  LAYER,
  LAYERS,
  LAYERS_AT,
  NODE_SCALE,
  NODES_AT,
  ORIGINS_AT,
  OUTPUTS,
  SLOPES_AT,
  UNIT,
  VALUES_AT,
  WEIGHTS_AT,
} from "../hdnnp-block";
import { activate } from "./_hdnnp-activations";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";

/** Adds unit x dE/dG to the slopes; returns unit x E. */
export function applyNetwork(network: usize): f64 {
  const head = tableAt(0);
  const layers = wholeField(network, LAYERS);
  const first = tableOf(network, LAYERS_AT);
  const nodes = tableOf(head, NODES_AT);
  scaleInputs(network, tableOf(head, VALUES_AT), nodes, wholeField(first, INPUTS));
  // Of each layer: values, then slopes of the activations.
  let values = nodes;
  let next = nodes + rowBytes(wholeField(first, INPUTS));
  let layer = first;
  for (let n = 0; n < layers; n++) {
    const bytes = rowBytes(wholeField(layer, OUTPUTS));
    sumInputs(layer, values, next, bytes);
    activate(wholeField(layer, ACTIVATION), next, next + bytes, bytes);
    values = next;
    next += 2 * bytes;
    layer += LAYER << 3;
  }
  const unit = field(network, UNIT);
  const energy = unit * load<f64>(values);
  // Slopes of the energy with the sums of a layer stand in the place of the activations' slopes.
  let slopes = values + rowBytes(1);
  store<f64>(slopes, load<f64>(slopes) * unit);
  for (let n = layers - 1; n > 0; n--) {
    layer -= LAYER << 3;
    const bytes = rowBytes(wholeField(layer, INPUTS));
    const before = values - bytes;
    backwards(layer, slopes, before, wholeField(layer, INPUTS));
    slopes = before;
    values -= 2 * bytes;
  }
  layer -= LAYER << 3;
  const out = next;
  const inputs = wholeField(layer, INPUTS);
  for (let at: usize = 0; at < rowBytes(inputs); at += 16) v128.store(out + at, f64x2.splat(1));
  backwards(layer, slopes, out, inputs);
  const factors = tableOf(network, FACTORS_AT);
  const total = tableOf(head, SLOPES_AT);
  for (let at: usize = 0; at < (<usize>inputs) << 3; at += 8)
    store<f64>(total + at, load<f64>(total + at) + load<f64>(factors + at) * load<f64>(out + at));
  return energy;
}

function rowBytes(nodes: i32): usize {
  return ((<usize>nodes + 1) & ~1) << 3;
}

function scaleInputs(network: usize, values: usize, out: usize, count: i32): void {
  const base = field(network, BASE);
  const factors = tableOf(network, FACTORS_AT);
  const origins = tableOf(network, ORIGINS_AT);
  for (let at: usize = 0; at < (<usize>count) << 3; at += 8)
    store<f64>(out + at, base + load<f64>(factors + at) * (load<f64>(values + at) - load<f64>(origins + at)));
}

/** Sums of the nodes of a layer, eight of them at once, then two. */
function sumInputs(layer: usize, values: usize, out: usize, width: usize): void {
  const weights = tableOf(layer, WEIGHTS_AT);
  const inputs = <usize>wholeField(layer, INPUTS);
  const biases = weights + inputs * width;
  const end = values + (inputs << 3);
  const scale = f64x2.splat(field(layer, NODE_SCALE));
  let at: usize = 0;
  for (; at + 64 <= width; at += 64) {
    let s0 = v128.load(biases + at);
    let s1 = v128.load(biases + at, 16);
    let s2 = v128.load(biases + at, 32);
    let s3 = v128.load(biases + at, 48);
    let w = weights + at;
    for (let p = values; p < end; p += 8) {
      const x = v128.load64_splat(p);
      s0 = f64x2.add(s0, f64x2.mul(x, v128.load(w)));
      s1 = f64x2.add(s1, f64x2.mul(x, v128.load(w, 16)));
      s2 = f64x2.add(s2, f64x2.mul(x, v128.load(w, 32)));
      s3 = f64x2.add(s3, f64x2.mul(x, v128.load(w, 48)));
      w += width;
    }
    v128.store(out + at, f64x2.mul(s0, scale));
    v128.store(out + at, f64x2.mul(s1, scale), 16);
    v128.store(out + at, f64x2.mul(s2, scale), 32);
    v128.store(out + at, f64x2.mul(s3, scale), 48);
  }
  for (; at < width; at += 16) {
    let s0 = v128.load(biases + at);
    let w = weights + at;
    for (let p = values; p < end; p += 8) {
      s0 = f64x2.add(s0, f64x2.mul(v128.load64_splat(p), v128.load(w)));
      w += width;
    }
    v128.store(out + at, f64x2.mul(s0, scale));
  }
}

/** Multiplies what stands at `out` for each source with scale x sum_t W_st d_t; four sources at once, then one. */
function backwards(layer: usize, slopes: usize, out: usize, inputs: i32): void {
  const width = rowBytes(wholeField(layer, OUTPUTS));
  const scale = field(layer, NODE_SCALE);
  // Padding must not count, whatever its slope.
  if (wholeField(layer, OUTPUTS) & 1) store<f64>(slopes + width - 8, 0);
  let w = tableOf(layer, WEIGHTS_AT);
  let left = inputs;
  for (; left >= 4; left -= 4) {
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const w2 = w + 2 * width;
    for (let at: usize = 0; at < width; at += 16) {
      const d = v128.load(slopes + at);
      s0 = f64x2.add(s0, f64x2.mul(d, v128.load(w + at)));
      s1 = f64x2.add(s1, f64x2.mul(d, v128.load(w + width + at)));
      s2 = f64x2.add(s2, f64x2.mul(d, v128.load(w2 + at)));
      s3 = f64x2.add(s3, f64x2.mul(d, v128.load(w2 + width + at)));
    }
    multiply(out, scale, s0);
    multiply(out + 8, scale, s1);
    multiply(out + 16, scale, s2);
    multiply(out + 24, scale, s3);
    out += 32;
    w += 4 * width;
  }
  for (; left > 0; left--) {
    let s0 = f64x2.splat(0);
    for (let at: usize = 0; at < width; at += 16)
      s0 = f64x2.add(s0, f64x2.mul(v128.load(slopes + at), v128.load(w + at)));
    multiply(out, scale, s0);
    out += 8;
    w += width;
  }
}

function multiply(at: usize, scale: f64, sum: v128): void {
  store<f64>(at, load<f64>(at) * scale * (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}
