// Reciprocal part of Ewald's sum: E = Σ_k c(k) |S(k)|², S(k) = Σ_i q_i exp(i k·r_i), over rows of wave vectors
// (h, k, l from .. from + count). Along a row the waves q exp(i k·r) of all atoms go from one l to the next by a
// multiplication; in the same pass the slopes of the last wave are added, once S of it is known:
//   −∂E/∂(turns along b_m) ∝ Σ_k 2 c m Im[conj(S) q exp(i k·r)],   m = h, k, l.
// Two atoms at once; an odd number is filled up with one of no charge.
import {
  ATOMS,
  CHARGES,
  COEFFICIENTS,
  EACH_ENERGY,
  EVEN_ATOMS,
  EWALD_BLOCK,
  MOST_H,
  MOST_K,
  MOST_L,
  PHASES_H,
  PHASES_K,
  PHASES_L,
  POSITIONS,
  RECIPROCAL,
  ROW_LIST,
  ROW_SUMS,
  SHARES,
  SLOPES_H,
  SLOPES_K,
  SLOPES_L,
  SQUARES,
  WAVE_ENERGY,
  WAVE_ROWS,
  WAVES,
} from "../ewald-block";

function at(field: usize): usize {
  return <usize>load<u32>(EWALD_BLOCK + field);
}

/** S of the wave that the last pass arrived at. */
let sumReal: f64 = 0;
let sumImaginary: f64 = 0;

export function sumWaves(): void {
  const bytes = at(EVEN_ATOMS) << 3;
  const mostK = <isize>at(MOST_K);
  const mostL = <isize>at(MOST_L);
  phases(0, at(PHASES_H), at(CHARGES), 0, at(MOST_H));
  phases(1, at(PHASES_K), 0, mostK, mostK);
  phases(2, at(PHASES_L), 0, mostL, mostL);
  const each = at(EACH_ENERGY) != 0;
  memory.fill(at(SLOPES_H), 0, bytes);
  memory.fill(at(SLOPES_K), 0, bytes);
  memory.fill(at(SLOPES_L), 0, bytes);
  if (each) memory.fill(at(SHARES), 0, bytes);

  const one = at(PHASES_L) + <usize>(mostL + 1) * (bytes << 1);
  let row = at(ROW_LIST);
  let coefficient = at(COEFFICIENTS);
  let square = at(SQUARES);
  let energy: f64 = 0;
  for (let left = at(WAVE_ROWS); left > 0; left--) {
    const h = load<i32>(row);
    const k = load<i32>(row, 4);
    let l = load<i32>(row, 8);
    row += 16;
    begin(
      at(PHASES_H) + <usize>h * (bytes << 1),
      at(PHASES_K) + <usize>(<isize>k + mostK) * (bytes << 1),
      at(PHASES_L) + <usize>(<isize>l + mostL) * (bytes << 1),
      bytes,
    );
    for (let waves = load<i32>(row - 16, 12); waves > 0; waves--) {
      const c = load<f64>(coefficient);
      const s2 = sumReal * sumReal + sumImaginary * sumImaginary;
      store<f64>(square, s2);
      energy += c * s2;
      if (each) pass(true, c, <f64>l, one, bytes);
      else pass(false, c, <f64>l, one, bytes);
      coefficient += 8;
      square += 8;
      l++;
    }
    endRow(<f64>h, <f64>k, bytes);
  }
  store<f64>(EWALD_BLOCK, energy, WAVE_ENERGY);
}

/** exp(2πi m t), m from −below to above, for the turns t of each atom along b_d; times its charge where one is given. */
function phases(d: usize, table: usize, charges: usize, below: isize, above: isize): void {
  const bytes = at(EVEN_ATOMS) << 3;
  const b = EWALD_BLOCK + RECIPROCAL + 24 * d;
  const x = load<f64>(b);
  const y = load<f64>(b, 8);
  const z = load<f64>(b, 16);
  const zero = table + <usize>below * (bytes << 1);
  let position = at(POSITIONS);
  const end = zero + (at(ATOMS) << 3);
  const first = bytes << 1;
  for (let p = zero; p < end; p += 8) {
    const turns = load<f64>(position) * x + load<f64>(position, 8) * y + load<f64>(position, 16) * z;
    position += 24;
    // Within a quarter of an eighth turn of a quarter q/4, sin and cos by their series, up to 1e-19.
    const part = turns - Math.floor(turns + 0.5);
    const quarter = nearest<f64>(4 * part);
    const r = (part - 0.25 * quarter) * (2 * Math.PI);
    const r2 = r * r;
    const sine = r * sineSeries(r2);
    const cosine = cosineSeries(r2);
    const q = <i32>quarter & 3;
    const re = q & 1 ? sine : cosine;
    const im = q & 1 ? cosine : sine;
    const u = q == 1 || q == 2 ? -re : re;
    const v = q >= 2 ? -im : im;
    store<f64>(p, 1);
    store<f64>(p + bytes, 0);
    if (above > 0) {
      store<f64>(p + first, u);
      store<f64>(p + first + bytes, v);
    }
  }
  const step = zero + first;
  for (let m: isize = 2; m <= above; m++) {
    const target = zero + <usize>m * first;
    for (let p: usize = 0; p < bytes; p += 16) {
      const a = v128.load(target - first + p);
      const b = v128.load(target - first + bytes + p);
      const c = v128.load(step + p);
      const s = v128.load(step + bytes + p);
      v128.store(target + p, f64x2.sub(f64x2.mul(a, c), f64x2.mul(b, s)));
      v128.store(target + bytes + p, f64x2.add(f64x2.mul(a, s), f64x2.mul(b, c)));
    }
  }
  for (let m: isize = 1; m <= below; m++) {
    const source = zero + <usize>m * first;
    const target = zero - <usize>m * first;
    for (let p: usize = 0; p < bytes; p += 16) {
      v128.store(target + p, v128.load(source + p));
      v128.store(target + bytes + p, f64x2.neg(v128.load(source + bytes + p)));
    }
  }
  if (charges == 0) return;
  for (let m: isize = 0; m <= above; m++) {
    const target = zero + <usize>m * first;
    for (let p: usize = 0; p < bytes; p += 16) {
      const q = v128.load(charges + p);
      v128.store(target + p, f64x2.mul(v128.load(target + p), q));
      v128.store(target + bytes + p, f64x2.mul(v128.load(target + bytes + p), q));
    }
  }
}

// sin(r)/r and cos(r) for |r| up to π/4.
function sineSeries(x: f64): f64 {
  return (
    1 +
    x *
      (-1.0 / 6 +
        x *
          (1.0 / 120 +
            x *
              (-1.0 / 5040 +
                x *
                  (1.0 / 362880 +
                    x *
                      (-1.0 / 39916800 +
                        x * (1.0 / 6227020800 + x * (-1.0 / 1307674368000 + x * (1.0 / 355687428096000))))))))
  );
}
function cosineSeries(x: f64): f64 {
  return (
    1 +
    x *
      (-0.5 +
        x *
          (1.0 / 24 +
            x *
              (-1.0 / 720 +
                x *
                  (1.0 / 40320 +
                    x *
                      (-1.0 / 3628800 +
                        x * (1.0 / 479001600 + x * (-1.0 / 87178291200 + x * (1.0 / 20922789888000))))))))
  );
}

/** Waves of the first l of a row, and their sum. */
function begin(x: usize, y: usize, z: usize, bytes: usize): void {
  let wave = at(WAVES);
  let total = at(ROW_SUMS);
  let real = f64x2.splat(0);
  let imaginary = f64x2.splat(0);
  for (const end = x + bytes; x < end; x += 16) {
    const a = v128.load(x);
    const b = v128.load(x + bytes);
    const c = v128.load(y);
    const d = v128.load(y + bytes);
    const e = v128.load(z);
    const f = v128.load(z + bytes);
    const u = f64x2.sub(f64x2.mul(a, c), f64x2.mul(b, d));
    const v = f64x2.add(f64x2.mul(a, d), f64x2.mul(b, c));
    const re = f64x2.sub(f64x2.mul(u, e), f64x2.mul(v, f));
    const im = f64x2.add(f64x2.mul(u, f), f64x2.mul(v, e));
    v128.store(wave, re);
    v128.store(wave, im, 16);
    v128.store(total, f64x2.splat(0));
    real = f64x2.add(real, re);
    imaginary = f64x2.add(imaginary, im);
    y += 16;
    z += 16;
    wave += 32;
    total += 16;
  }
  sumReal = f64x2.extract_lane(real, 0) + f64x2.extract_lane(real, 1);
  sumImaginary = f64x2.extract_lane(imaginary, 0) + f64x2.extract_lane(imaginary, 1);
}

/** Slopes of the wave whose sum is known, and on to the next l. */
function pass(each: bool, c: f64, l: f64, step: usize, bytes: usize): void {
  const a = f64x2.splat(2 * c * sumReal);
  const b = f64x2.splat(2 * c * sumImaginary);
  const factor = f64x2.splat(l);
  const half = f64x2.splat(0.5);
  let wave = at(WAVES);
  let total = at(ROW_SUMS);
  let slope = at(SLOPES_L);
  let share = at(SHARES);
  let real = f64x2.splat(0);
  let imaginary = f64x2.splat(0);
  for (const end = step + bytes; step < end; step += 16) {
    const re = v128.load(wave);
    const im = v128.load(wave, 16);
    const g = f64x2.sub(f64x2.mul(a, im), f64x2.mul(b, re));
    v128.store(total, f64x2.add(v128.load(total), g));
    v128.store(slope, f64x2.add(v128.load(slope), f64x2.mul(factor, g)));
    if (each) {
      const e = f64x2.mul(half, f64x2.add(f64x2.mul(a, re), f64x2.mul(b, im)));
      v128.store(share, f64x2.add(v128.load(share), e));
      share += 16;
    }
    const x = v128.load(step);
    const y = v128.load(step + bytes);
    const u = f64x2.sub(f64x2.mul(re, x), f64x2.mul(im, y));
    const v = f64x2.add(f64x2.mul(re, y), f64x2.mul(im, x));
    v128.store(wave, u);
    v128.store(wave, v, 16);
    real = f64x2.add(real, u);
    imaginary = f64x2.add(imaginary, v);
    wave += 32;
    total += 16;
    slope += 16;
  }
  sumReal = f64x2.extract_lane(real, 0) + f64x2.extract_lane(real, 1);
  sumImaginary = f64x2.extract_lane(imaginary, 0) + f64x2.extract_lane(imaginary, 1);
}

/** h and k are the same along a row. */
function endRow(h: f64, k: f64, bytes: usize): void {
  const fh = f64x2.splat(h);
  const fk = f64x2.splat(k);
  let total = at(ROW_SUMS);
  let slopeH = at(SLOPES_H);
  let slopeK = at(SLOPES_K);
  for (const end = total + bytes; total < end; total += 16) {
    const g = v128.load(total);
    v128.store(slopeH, f64x2.add(v128.load(slopeH), f64x2.mul(fh, g)));
    v128.store(slopeK, f64x2.add(v128.load(slopeK), f64x2.mul(fk, g)));
    slopeH += 16;
    slopeK += 16;
  }
}
