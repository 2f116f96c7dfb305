// Power spectra of environments. A neighbour is a record of six doubles: species, distance, direction (3), weight.
// Radial functions come in rows of `count` doubles, an even number, zero beyond the data; see src/kernels/soap.ts.

let maxAngular: i32;
// Bytes of a row of radial functions, of a piece's row of coefficients, and of one species' expansion.
let row: usize;
let block: usize;
let perSpecies: usize;
let species: i32;
let pieces: i32;
let pieceRate: f64;
let coefficients: usize;
let norms: usize;
let harmonics: usize;
let radial: usize;
let expansion: usize;
let self: usize;

export function setup(
  maxAngularOf: i32,
  count: i32,
  speciesOf: i32,
  piecesOf: i32,
  pieceRateOf: f64,
  coefficientsAt: usize,
  normsAt: usize,
  harmonicsAt: usize,
  radialAt: usize,
  expansionAt: usize,
  selfAt: usize,
): void {
  maxAngular = maxAngularOf;
  row = (<usize>count) << 3;
  block = row * <usize>(maxAngular + 1);
  perSpecies = row * <usize>((maxAngular + 1) * (maxAngular + 1));
  species = speciesOf;
  pieces = piecesOf;
  pieceRate = pieceRateOf;
  coefficients = coefficientsAt;
  norms = normsAt;
  harmonics = harmonicsAt;
  radial = radialAt;
  expansion = expansionAt;
  self = selfAt;
}

/** The expansion of the density around an atom of species `kind` with so many neighbours. */
export function expand(kind: i32, neighbours: usize, count: i32): void {
  memory.fill(expansion, 0, perSpecies * <usize>species);
  const own = expansion + perSpecies * <usize>kind;
  for (let p: usize = 0; p < row; p += 16) v128.store(own + p, v128.load(self + p));
  const end = neighbours + 48 * <usize>count;
  for (let q = neighbours; q < end; q += 48) {
    radialPart(load<f64>(q, 8));
    angularPart(load<f64>(q, 16), load<f64>(q, 24), load<f64>(q, 32));
    accumulate(expansion + perSpecies * <usize>(<i32>load<f64>(q)), load<f64>(q, 40));
  }
}

/** Polynomials of the fifth degree, piece by piece. */
function radialPart(r: f64): void {
  const place = r * pieceRate;
  const piece = min(pieces - 1, <i32>place);
  const t = f64x2.splat(place - <f64>piece);
  let a = coefficients + 6 * block * <usize>piece;
  const end = radial + block;
  for (let p = radial; p < end; p += 16) {
    let c = a + 5 * block;
    let value = v128.load(c);
    for (let power = 0; power < 5; power++) {
      c -= block;
      value = f64x2.add(f64x2.mul(value, t), v128.load(c));
    }
    v128.store(p, value);
    a += 16;
  }
}

/** Real spherical harmonics; see spherical-harmonics.ts. */
function angularPart(x: f64, y: f64, z: f64): void {
  let cosine: f64 = 1;
  let sine: f64 = 0;
  let start: f64 = 1;
  for (let m = 0; m <= maxAngular; m++) {
    let before: f64 = 0;
    let legendre = start;
    for (let l = m; l <= maxAngular; l++) {
      const scaled = load<f64>(norms + ((<usize>((l * (l + 1)) / 2 + m)) << 3)) * legendre;
      const at = harmonics + ((<usize>(l * l + l + m)) << 3);
      store<f64>(at, scaled * cosine);
      if (m > 0) store<f64>(at - ((<usize>m) << 4), scaled * sine);
      const next = (<f64>(2 * l + 1) * z * legendre - <f64>(l + m) * before) / <f64>(l - m + 1);
      before = legendre;
      legendre = next;
    }
    const turned = x * cosine - y * sine;
    sine = x * sine + y * cosine;
    cosine = turned;
    start *= <f64>(2 * m + 1);
  }
}

function accumulate(at: usize, weight: f64): void {
  let y = harmonics;
  let functions = radial;
  for (let l = 0; l <= maxAngular; l++) {
    for (let m = 0; m < 2 * l + 1; m++) {
      const angular = f64x2.splat(weight * load<f64>(y));
      y += 8;
      for (let p = functions; p < functions + row; p += 16) {
        v128.store(at, f64x2.add(v128.load(at), f64x2.mul(angular, v128.load(p))));
        at += 16;
      }
    }
    functions += row;
  }
}

/** All blocks of pairs of species, each in l, n, n', rows of n' as wide as those of the expansion. */
export function spectrum(out: usize): void {
  for (let a = 0; a < species; a++)
    for (let b = a; b < species; b++) {
      let first = expansion + perSpecies * <usize>a;
      let second = expansion + perSpecies * <usize>b;
      for (let l = 0; l <= maxAngular; l++) {
        const width = row * <usize>(2 * l + 1);
        let factor = 1 / Math.sqrt(<f64>(2 * l + 1));
        if (l & 1) factor = -factor;
        if (a != b) factor *= Math.SQRT2;
        const scale = f64x2.splat(factor);
        for (let n: usize = 0; n < row; n += 8) {
          for (let k: usize = 0; k < row; k += 16) {
            let sum = f64x2.splat(0);
            for (let m: usize = 0; m < width; m += row)
              sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(first + m + n), v128.load(second + m + k)));
            v128.store(out, f64x2.mul(scale, sum));
            out += 16;
          }
        }
        first += width;
        second += width;
      }
    }
}
