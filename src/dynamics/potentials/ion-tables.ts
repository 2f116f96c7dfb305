/**
 * The interactions of ions as the kernel takes them: tables over s = r² of polynomials of fifth degree that have the value
 * and the first two derivatives of the formula at both ends of a bin. Energies and forces are then continuous, and forces are
 * exactly the slopes of energies.
 *
 * Each octave of s has 64 bins, h = s/64 wide or less. A power s^(−p) is wrong by p(p+1)...(p+5) s^(−p) (h/2s)^6 / 720 at
 * the most, 1e-13 of it for 1/r and 1e-9 for r^−12, which counts for so little where pairs ever are that 1e-13 eV is not
 * reached; exp(−r/ρ) by (h/4rρ)^6 / 720 of it, 1e-12 at 5 Å for ρ = 0.3 Å where it is below 1e-4 eV.
 */
import { COULOMB_EV_A } from "../../core/units.ts";
import * as block from "../../kernels/ions-block.ts";
import { screenedCoulomb } from "./coulomb.ts";
import type { IonModel, Ions } from "./ion-model.ts";
import { type Jet, shortRange } from "./ion-pairs.ts";
import { pairIndex } from "./species-pairs.ts";

/** Nearer than this, ions are taken to be at the same place, Å. */
export const COINCIDENT = 0.1;
/** Without a cut-off tables end here, Å: C/r⁶ is below 1e-12 eV for any ions. */
const LONGEST_TABLE = 256;

/** The parameters of the kernel `ions`. */
export function ionParameters(model: IonModel, ions: Ions): Float64Array {
  const count = model.species.length;
  const { cutoff } = model;
  const reach = cutoff?.to_A ?? LONGEST_TABLE;
  const edges = binEdges(COINCIDENT ** 2, reach ** 2);
  const headers = block.PAIR_HEADERS;
  const tables = headers + block.HEADER_LENGTH * count * count;
  const tableLength = block.BIN_LENGTH * (edges.length - 1);
  const out = new Float64Array(tables + (tableLength * count * (count + 1)) / 2);
  out[block.CUT_SQUARED] = ions.bare ? Number.POSITIVE_INFINITY : reach * reach;
  out[block.BARE] = ions.bare ? 1 : 0;
  out[block.SPECIES_COUNT] = count;
  out[block.SWITCH_FROM_SQUARED] = cutoff ? cutoff.from_A ** 2 : Number.POSITIVE_INFINITY;
  out[block.SWITCH_FROM] = cutoff?.from_A ?? 0;
  out[block.SWITCH_RATE] = cutoff ? 1 / (cutoff.to_A - cutoff.from_A) : 0;
  out[block.FIRST_BIN] = upperBits(edges[0]);
  out[block.TABLE_END] = reach * reach;
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) {
      const place = a * count + b;
      const pair = model.pairs[place];
      const table = tables + tableLength * pairIndex(a, b);
      const strength = COULOMB_EV_A * model.charges[a] * model.charges[b];
      out.set(
        [
          Math.max(COINCIDENT, model.barriers[place]) ** 2,
          pair ? Math.min(pair.to_A ?? reach, reach) ** 2 : 0,
          strength,
          8 * table,
        ],
        headers + block.HEADER_LENGTH * place,
      );
      if (a > b) continue;
      if (!ions.bare) fill(out, table, 0, edges, (r) => scaled(screenedCoulomb(ions.screening, r), strength));
      if (pair) fill(out, table, 1, edges, (r) => shortRange(pair, r));
    }
  return out;
}

const word = new DataView(new ArrayBuffer(8));

/** Exponent and the first bits of the mantissa. */
function upperBits(s: number): number {
  word.setFloat64(0, s);
  return word.getUint32(0) >>> (20 - block.BIN_BITS);
}

/** Beginnings of bins from the one that `from` lies in, and the end of the one that `to` lies in. */
function binEdges(from: number, to: number): Float64Array {
  const first = upperBits(from);
  return Float64Array.from({ length: upperBits(to) - first + 2 }, (_, n) => {
    word.setUint32(0, (first + n) << (20 - block.BIN_BITS));
    word.setUint32(4, 0);
    return word.getFloat64(0);
  });
}

function scaled([value, slope, curvature]: Jet, factor: number): Jet {
  return [factor * value, factor * slope, factor * curvature];
}

/** Value and derivatives by s = r² of a function given with those by r. */
function bySquare(s: number, jet: (r: number) => Jet): Jet {
  const r = Math.sqrt(s);
  const [value, slope, curvature] = jet(r);
  return [value, slope / (2 * r), (curvature - slope / r) / (4 * s)];
}

function fill(
  out: Float64Array,
  table: number,
  lane: number,
  edges: Float64Array,
  jet: (r: number) => Jet,
): void {
  let [y0, d0, w0] = bySquare(edges[0], jet);
  for (let n = 0; n + 1 < edges.length; n++) {
    const h = edges[n + 1] - edges[n];
    const [y1, d1, w1] = bySquare(edges[n + 1], jet);
    const a = (y1 - y0 - h * (d0 + (h * w0) / 2)) / h ** 3;
    const b = (d1 - d0 - h * w0) / h ** 2;
    const c = (w1 - w0) / h;
    const polynomial = [
      y0,
      d0,
      w0 / 2,
      10 * a - 4 * b + c / 2,
      (7 * b - 15 * a - c) / h,
      (6 * a - 3 * b + c / 2) / (h * h),
    ];
    polynomial.forEach((coefficient, k) => {
      out[table + block.BIN_LENGTH * n + 2 * k + lane] = coefficient;
    });
    [y0, d0, w0] = [y1, d1, w1];
  }
}
