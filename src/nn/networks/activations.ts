/**
 * Activation functions with their first and second derivatives; the letters are those of n2p2's `global_activation_short`.
 *
 *   l linear            x                 p softplus          ln(1 + e^x)
 *   t tanh              tanh x            r relu              max(x, 0)
 *   s logistic          1/(1 + e^−x)      g gaussian          e^(−x²/2)
 *   S reverse-logistic  1/(1 + e^x)       c cosine            cos x
 *   e exponential       e^−x              h harmonic          x²
 *
 * Those with exponentials are evaluated from e^−|x|, so that no intermediate value overflows and tails keep their
 * digits; exponential itself grows without bound. relu has a kink: at x = 0 its slope is taken as 0, and forces of a
 * network that uses it jump where a node crosses zero.
 */
import { type Activation, activations } from "./network.ts";

export const activationLetters: Readonly<Record<Activation, string>> = {
  linear: "l",
  tanh: "t",
  logistic: "s",
  softplus: "p",
  relu: "r",
  gaussian: "g",
  cosine: "c",
  "reverse-logistic": "S",
  exponential: "e",
  harmonic: "h",
};

/** @returns undefined for a letter that names none */
export function activationOfLetter(letter: string): Activation | undefined {
  return activations.find((name) => activationLetters[name] === letter);
}

/**
 * f, f′ and f″ of the sums z[from ... to).
 * @param value, slope, curvature overwritten at the same places; value may be z itself
 */
export function activate(
  kind: Activation,
  z: Float64Array,
  from: number,
  to: number,
  value: Float64Array,
  slope: Float64Array,
  curvature: Float64Array,
): void {
  switch (kind) {
    case "linear":
      for (let i = from; i < to; i++) {
        value[i] = z[i];
        slope[i] = 1;
        curvature[i] = 0;
      }
      return;
    case "tanh":
      for (let i = from; i < to; i++) {
        const f = Math.tanh(z[i]);
        const s = (1 - f) * (1 + f);
        value[i] = f;
        slope[i] = s;
        curvature[i] = -2 * f * s;
      }
      return;
    case "logistic":
    case "reverse-logistic": {
      const sign = kind === "logistic" ? 1 : -1;
      for (let i = from; i < to; i++) {
        const x = sign * z[i];
        const e = Math.exp(-Math.abs(x));
        const large = 1 / (1 + e);
        const small = e * large;
        value[i] = x >= 0 ? large : small;
        slope[i] = sign * large * small;
        curvature[i] = large * small * (x >= 0 ? small - large : large - small);
      }
      return;
    }
    case "softplus":
      for (let i = from; i < to; i++) {
        const x = z[i];
        const e = Math.exp(-Math.abs(x));
        const large = 1 / (1 + e);
        value[i] = Math.max(x, 0) + Math.log1p(e);
        slope[i] = x >= 0 ? large : e * large;
        curvature[i] = e * large * large;
      }
      return;
    case "relu":
      for (let i = from; i < to; i++) {
        const x = z[i];
        value[i] = x <= 0 ? 0 : x; // NaN stays NaN
        slope[i] = x > 0 ? 1 : 0;
        curvature[i] = 0;
      }
      return;
    case "gaussian":
      for (let i = from; i < to; i++) {
        const x = z[i];
        const f = Math.exp(-0.5 * x * x);
        value[i] = f;
        slope[i] = -x * f;
        curvature[i] = (x * x - 1) * f;
      }
      return;
    case "cosine":
      for (let i = from; i < to; i++) {
        const x = z[i];
        const f = Math.cos(x);
        value[i] = f;
        slope[i] = -Math.sin(x);
        curvature[i] = -f;
      }
      return;
    case "exponential":
      for (let i = from; i < to; i++) {
        const f = Math.exp(-z[i]);
        value[i] = f;
        slope[i] = -f;
        curvature[i] = f;
      }
      return;
    case "harmonic":
      for (let i = from; i < to; i++) {
        const x = z[i];
        value[i] = x * x;
        slope[i] = 2 * x;
        curvature[i] = 2;
      }
      return;
    default:
      kind satisfies never;
  }
}
