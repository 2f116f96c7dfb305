/** Symmetry functions in words, for messages and reports. */
import type { SymmetryFunction } from "./symmetry-function.ts";

/**
 * One line that tells a function from all others of its element: "G2 Ce-O, η 2 Å⁻², r_s 1.5 Å, r_c 6 Å",
 * "G3 O-Ce-O, η 0.05 Å⁻², λ −1, ζ 4, r_c 6 Å". The central element stands first of a pair, and in the middle of a triple.
 * @param central element of the atoms that have the function
 */
export function functionLabel(central: string, fn: SymmetryFunction): string {
  switch (fn.type) {
    case 2:
    case 12:
      return join(
        `G${fn.type} ${central}-${"neighbour" in fn ? fn.neighbour : "all"}`,
        gaussian(fn),
        range(fn),
      );
    case 3:
    case 9:
    case 13:
      return join(
        `G${fn.type} ${triple(central, "neighbours" in fn ? fn.neighbours : null)}`,
        gaussian(fn),
        `λ ${fn.lambda === 1 ? "+1" : "−1"}`,
        `ζ ${short(fn.zeta)}`,
        range(fn),
      );
    case 20:
    case 23:
      return join(
        `G${fn.type} ${central}-${fn.type === 20 ? fn.neighbour : "all"}`,
        fn.form,
        compactRange(fn),
      );
    case 21:
    case 22:
    case 24:
    case 25:
      return join(
        `G${fn.type} ${triple(central, "neighbours" in fn ? fn.neighbours : null)}`,
        fn.form,
        compactRange(fn),
        `angles ${short(fn.angleLeft)} to ${short(fn.angleRight)}°`,
      );
    default:
      return fn satisfies never;
  }
}

const join = (...parts: readonly string[]) => parts.filter((part) => part !== "").join(", ");
/** Digits enough to tell generated functions apart. */
const short = (x: number) => String(Number(x.toPrecision(5))).replace("-", "−");
const triple = (central: string, neighbours: readonly [string, string] | null) =>
  neighbours ? `${neighbours[0]}-${central}-${neighbours[1]}` : `all-${central}-all`;

function gaussian({ eta, shift }: { eta: number; shift: number }): string {
  return join(`η ${short(eta)} Å⁻²`, shift === 0 ? "" : `r_s ${short(shift)} Å`);
}

function range({ radius }: { radius: number }): string {
  return `r_c ${short(radius)} Å`;
}

function compactRange({ left, radius }: { left: number; radius: number }): string {
  return `${short(left)} to ${short(radius)} Å`;
}
