/**
 * Functions of compact support: 1 at the middle of an interval, falling to 0 towards both ends and 0 outside,
 *   C(x; left, right) = D(|x − c| / w),  c = (left + right) / 2,  w = (right − left) / 2
 * with D a descent of cut-off functions: poly1 to 4 for "p1" to "p4", exp for "e". The asymmetric forms take
 * D((2 − y) y) of y = |x − c| / w, so that each side falls steeply first and then slowly.
 * @see Bircher, Singraber, Dellago, Mach. Learn.: Sci. Technol. 2, 035026 (2021)
 */
import { EcitonError } from "../../core/errors.ts";
import { type Curve, type DescentForm, descent } from "./cutoff-functions.ts";
import type { CompactForm } from "./symmetry-function.ts";

/**
 * @param left may be negative: −right gives a function that falls from its middle at 0
 * @throws {EcitonError} "data" unless left < right
 */
export function compactFunction(form: CompactForm, left: number, right: number): Curve {
  if (!(left < right && Number.isFinite(right - left)))
    throw new EcitonError(
      "data",
      `a function of compact support needs left < right, found ${left} and ${right}`,
    );
  const curve = descent(descentOf[form]);
  const asymmetric = form.endsWith("a");
  const center = (left + right) / 2;
  const width = (right - left) / 2;
  return (x) => {
    const y = Math.abs(x - center) / width;
    // Beyond 1 the asymmetric argument would come back down.
    if (y >= 1) return [0, 0];
    const [value, slope] = curve(asymmetric ? (2 - y) * y : y);
    const along = (asymmetric ? 2 - 2 * y : 1) / width;
    return [value, x < center ? -slope * along : slope * along];
  };
}

/**
 * Of angles: asymmetric forms are so in distances only, as in n2p2.
 * @param left degrees, of the interval's ends; an interval that leaves 0° to 180° has its middle at 0° or 180°, so that
 *   the function of atoms in space stays smooth
 * @returns C(θ) as a function of cos θ, with its slope in cos θ
 * @throws {EcitonError} "data" for another interval
 */
export function compactAngleFunction(form: CompactForm, left: number, right: number): Curve {
  const middle = (left + right) / 2;
  if ((left < 0 && middle !== 0) || (right > 180 && middle !== 180) || right - left > 360)
    throw new EcitonError(
      "data",
      `a function of angles from ${left}° to ${right}°: only one with its middle at 0° or 180° may leave 0° to 180°, and ` +
        "none spans more than 360°",
    );
  const degree = Math.PI / 180;
  const curve = compactFunction(form.replace("a", "") as CompactForm, left * degree, right * degree);
  return (cosine) => {
    // Atoms in line: the angle has its extreme there, and with it the function.
    if (Math.abs(cosine) >= 1) return [curve(cosine > 0 ? 0 : Math.PI)[0], 0];
    const [value, slope] = curve(Math.acos(cosine));
    return [value, -slope / Math.sqrt(1 - cosine * cosine)];
  };
}

const descentOf: Record<CompactForm, DescentForm> = {
  p1: "poly1",
  p1a: "poly1",
  p2: "poly2",
  p2a: "poly2",
  p3: "poly3",
  p3a: "poly3",
  p4: "poly4",
  p4a: "poly4",
  e: "exp",
};
