/**
 * Cut-off functions, and the curves from 1 at x = 0 down to 0 at x = 1 that some of them and all functions of compact
 * support are made from. With x = (r − α r_c) / (r_c − α r_c):
 *   hard              1
 *   cos               (cos πx + 1) / 2
 *   tanh3             tanh³(1 − r/r_c), whatever α is; 0.44 at r = 0
 *   tanh3-normalised  the same divided by tanh³ 1
 *   exp, poly1 ... 4  descent(form)(x)
 * @see Singraber, Behler, Dellago, J. Chem. Theory Comput. 15, 1827 (2019)
 */
import { EcitonError } from "../../core/errors.ts";
import type { CutoffFunction } from "./symmetry-function.ts";

/** A function of one number and its slope. */
export type Curve = (x: number) => readonly [value: number, slope: number];

const ZERO: readonly [number, number] = [0, 0];
const ONE: readonly [number, number] = [1, 0];

export type DescentForm = "poly1" | "poly2" | "poly3" | "poly4" | "exp";

/**
 * From 1 at x = 0 to 0 at x = 1, where as many derivatives vanish as the polynomial's number n, all of them for exp:
 *   poly1 ... 4  (1 − x)^(n+1) Σ_{k=0}^{n} C(n+k, k) x^k, which for n = 1 is 1 − 3x² + 2x³;  slope −(2n+1) C(2n, n) x^n (1 − x)^n
 *   exp          exp(1 + 1 / (x² − 1))
 * 1 for x ≤ 0 and 0 for x ≥ 1.
 */
export function descent(form: DescentForm): Curve {
  const inside = inUnitInterval[form];
  return (x) => (x >= 1 ? ZERO : x <= 0 ? ONE : inside(x));
}

// All terms positive: expanded in powers of x, the polynomials would lose their digits towards x = 1.
const inUnitInterval: Record<DescentForm, Curve> = {
  poly1: (x) => [(1 - x) ** 2 * (1 + 2 * x), -6 * x * (1 - x)],
  poly2: (x) => [(1 - x) ** 3 * (1 + x * (3 + 6 * x)), -30 * x ** 2 * (1 - x) ** 2],
  poly3: (x) => [(1 - x) ** 4 * (1 + x * (4 + x * (10 + 20 * x))), -140 * x ** 3 * (1 - x) ** 3],
  poly4: (x) => [(1 - x) ** 5 * (1 + x * (5 + x * (15 + x * (35 + 70 * x)))), -630 * x ** 4 * (1 - x) ** 4],
  exp: (x) => {
    const pole = 1 / (x * x - 1);
    const value = Math.exp(1 + pole);
    // Near x = 1 the value is 0 long before the pole's square overflows.
    return value === 0 ? ZERO : [value, -2 * x * pole * pole * value];
  },
};

/**
 * f_c(r) with its slope; 0 from r_c on.
 * @param radius r_c, Å
 * @throws {EcitonError} "data" unless 0 ≤ α < 1 and r_c > 0
 */
export function cutoffFunction({ form, alpha }: CutoffFunction, radius: number): Curve {
  if (!(alpha >= 0 && alpha < 1) || !(radius > 0 && radius < Infinity))
    throw new EcitonError(
      "data",
      `a cut-off function needs a positive radius and an inner radius of 0 to less than 1 of it, found ${radius} Å and ${alpha}`,
    );
  const inner = alpha * radius;
  const width = radius - inner;
  switch (form) {
    case "hard":
      return (r) => (r >= radius ? ZERO : ONE);
    case "cos":
      return (r) => {
        if (r >= radius) return ZERO;
        if (r <= inner) return ONE;
        const phase = (Math.PI * (r - inner)) / width;
        return [(Math.cos(phase) + 1) / 2, (-Math.PI * Math.sin(phase)) / (2 * width)];
      };
    case "tanh3":
    case "tanh3-normalised": {
      const factor = form === "tanh3" ? 1 : Math.tanh(1) ** -3;
      return (r) => {
        if (r >= radius) return ZERO;
        const t = Math.tanh(1 - r / radius);
        return [factor * t ** 3, (-3 * factor * t * t * (1 - t * t)) / radius];
      };
    }
    case "exp":
    case "poly1":
    case "poly2":
    case "poly3":
    case "poly4": {
      const curve = descent(form);
      return (r) => {
        const [value, slope] = curve((r - inner) / width);
        return [value, slope / width];
      };
    }
    default:
      return form satisfies never;
  }
}
