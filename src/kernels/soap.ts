/** Power spectra of environments: what they are made from, and the kernel that makes them. */
import { Layout } from "./layout.ts";
import { instantiateKernel } from "./load.ts";

/** Plain data of one descriptor; see src/analysis/soap for the formulas. */
export interface SoapTables {
  readonly species: number;
  readonly maxAngular: number;
  readonly radialCount: number;
  /** Radial integrals as polynomials of the fifth degree in t = 0 .. 1 on each of so many pieces of a length, Å. */
  readonly pieces: number;
  readonly pieceLength: number;
  /** Coefficient of t^k of I_nl at (piece · 6 + k) · (maxAngular + 1) · radialCount + l · radialCount + n. */
  readonly coefficients: Float64Array;
  /** Norms of the spherical harmonics, at l(l+1)/2 + m. */
  readonly norms: Float64Array;
  /** What the atom in the middle adds to c_n00 of its own species, Float64Array(radialCount). */
  readonly self: Float64Array;
}

/** The neighbours of one atom; Float64Arrays of the same number of entries, vectors three for each. */
export interface SoapNeighbours {
  readonly kinds: ArrayLike<number>;
  /** Å, above zero. */
  readonly distances: ArrayLike<number>;
  /** Unit vectors. */
  readonly directions: ArrayLike<number>;
  /** How much each counts. */
  readonly weights: ArrayLike<number>;
  readonly count: number;
}

export interface SoapOperations {
  /** The power spectrum of one environment into `out` from `at` on. */
  spectrum(kind: number, neighbours: SoapNeighbours, out: Float64Array, at: number): void;
}

interface SoapExports {
  setup(
    maxAngular: number,
    count: number,
    species: number,
    pieces: number,
    pieceRate: number,
    coefficients: number,
    norms: number,
    harmonics: number,
    radial: number,
    expansion: number,
    self: number,
  ): void;
  expand(kind: number, neighbours: number, count: number): void;
  spectrum(out: number): void;
}

const RECORD = 6;

/** @param mostNeighbours of one atom */
export function compiledSoap(tables: SoapTables, mostNeighbours: number): SoapOperations {
  const { species, maxAngular, radialCount, pieces } = tables;
  const wide = radialCount + (radialCount % 2);
  const functions = (maxAngular + 1) ** 2;
  const blocks = (species * (species + 1)) / 2;
  const layout = new Layout("take fewer radial functions or a smaller cut-off");
  const at = {
    coefficients: layout.doubles(pieces * 6 * (maxAngular + 1) * wide),
    norms: layout.doubles(tables.norms.length),
    harmonics: layout.doubles(functions),
    radial: layout.doubles((maxAngular + 1) * wide),
    expansion: layout.doubles(species * functions * wide),
    self: layout.doubles(wide),
    neighbours: layout.doubles(RECORD * Math.max(1, mostNeighbours)),
    out: layout.doubles(blocks * (maxAngular + 1) * wide * wide),
  };
  const { exports, memory } = instantiateKernel<SoapExports>("soap", layout.bytes);
  const f64 = new Float64Array(memory.buffer);
  for (let rowOf = 0; rowOf < pieces * 6 * (maxAngular + 1); rowOf++)
    f64.set(
      tables.coefficients.subarray(rowOf * radialCount, (rowOf + 1) * radialCount),
      at.coefficients / 8 + rowOf * wide,
    );
  f64.set(tables.norms, at.norms / 8);
  f64.set(tables.self, at.self / 8);
  exports.setup(
    maxAngular,
    wide,
    species,
    pieces,
    1 / tables.pieceLength,
    at.coefficients,
    at.norms,
    at.harmonics,
    at.radial,
    at.expansion,
    at.self,
  );
  const records = f64.subarray(at.neighbours / 8);
  const made = f64.subarray(at.out / 8);
  return {
    spectrum: (kind, { kinds, distances, directions, weights, count }, out, to) => {
      for (let k = 0; k < count; k++) {
        const record = RECORD * k;
        records[record] = kinds[k];
        records[record + 1] = distances[k];
        records[record + 2] = directions[3 * k];
        records[record + 3] = directions[3 * k + 1];
        records[record + 4] = directions[3 * k + 2];
        records[record + 5] = weights[k];
      }
      exports.expand(kind, at.neighbours, count);
      exports.spectrum(at.out);
      // Rows without their padding: an odd number has one row and one entry too many in each block.
      let target = to;
      for (let part = 0; part < blocks * (maxAngular + 1); part++)
        for (let n = 0; n < radialCount; n++) {
          const from = (part * wide + n) * wide;
          for (let k = 0; k < radialCount; k++) out[target++] = made[from + k];
        }
    },
  };
}
