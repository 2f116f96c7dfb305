/** The plain formulas of power spectra, which tests hold the kernel against. */
import type { SoapNeighbours, SoapOperations, SoapTables } from "./soap.ts";

/** Y_lm of a unit vector into `out`, (l, m) at l² + l + m; see spherical-harmonics.ts. */
export function harmonicsInto(
  maxAngular: number,
  norms: ArrayLike<number>,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  // (x + iy)^m, and (2m−1)!!, the start of the recurrence in l.
  let cosine = 1;
  let sine = 0;
  let start = 1;
  for (let m = 0; m <= maxAngular; m++) {
    let before = 0;
    let legendre = start;
    for (let l = m; l <= maxAngular; l++) {
      const scaled = norms[(l * (l + 1)) / 2 + m] * legendre;
      const at = l * l + l;
      out[at + m] = scaled * cosine;
      if (m > 0) out[at - m] = scaled * sine;
      const next = ((2 * l + 1) * z * legendre - (l + m) * before) / (l - m + 1);
      before = legendre;
      legendre = next;
    }
    const turned = x * cosine - y * sine;
    sine = x * sine + y * cosine;
    cosine = turned;
    start *= 2 * m + 1;
  }
}

/** I_nl at a distance into `out`, l · radialCount + n. */
export function integralsInto(tables: SoapTables, r: number, out: Float64Array): void {
  const { pieces, pieceLength, coefficients: c, maxAngular, radialCount } = tables;
  const size = (maxAngular + 1) * radialCount;
  const place = r / pieceLength;
  const piece = Math.min(pieces - 1, Math.floor(place));
  const t = place - piece;
  for (let i = 0; i < size; i++) {
    let value = 0;
    for (let power = 5; power >= 0; power--) value = value * t + c[(piece * 6 + power) * size + i];
    out[i] = value;
  }
}

export function plainSoap(tables: SoapTables): SoapOperations {
  const { species, maxAngular, radialCount, norms, self } = tables;
  const functions = (maxAngular + 1) ** 2;
  const harmonics = new Float64Array(functions);
  const radial = new Float64Array((maxAngular + 1) * radialCount);
  // c_nlm of species s at (s · functions + l² + l + m) · radialCount + n.
  const expansion = new Float64Array(species * functions * radialCount);

  const expand = (kind: number, { kinds, distances, directions, weights, count }: SoapNeighbours) => {
    expansion.fill(0);
    expansion.set(self, kind * functions * radialCount);
    for (let k = 0; k < count; k++) {
      integralsInto(tables, distances[k], radial);
      harmonicsInto(
        maxAngular,
        norms,
        directions[3 * k],
        directions[3 * k + 1],
        directions[3 * k + 2],
        harmonics,
      );
      for (let l = 0; l <= maxAngular; l++)
        for (let m = -l; m <= l; m++)
          for (let n = 0; n < radialCount; n++)
            expansion[(kinds[k] * functions + l * l + l + m) * radialCount + n] +=
              weights[k] * harmonics[l * l + l + m] * radial[l * radialCount + n];
    }
  };

  return {
    spectrum: (kind, neighbours, out, to) => {
      expand(kind, neighbours);
      let at = to;
      for (let a = 0; a < species; a++)
        for (let b = a; b < species; b++)
          for (let l = 0; l <= maxAngular; l++) {
            const sign = l % 2 === 0 ? 1 : -1;
            const factor = (sign * (a === b ? 1 : Math.SQRT2)) / Math.sqrt(2 * l + 1);
            for (let n = 0; n < radialCount; n++)
              for (let k = 0; k < radialCount; k++) {
                let sum = 0;
                for (let m = -l; m <= l; m++)
                  sum +=
                    expansion[(a * functions + l * l + l + m) * radialCount + n] *
                    expansion[(b * functions + l * l + l + m) * radialCount + k];
                out[at++] = factor * sum;
              }
          }
    },
  };
}
