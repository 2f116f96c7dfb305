/** Crystals of point charges and of ceria, for tests of ionic potentials. */
import type { Vec3 } from "../../../src/core/linalg.ts";
import type { BuckinghamSpec } from "../../../src/dynamics/potentials/buckingham.ts";
import type { CoulombSpec } from "../../../src/dynamics/potentials/coulomb.ts";
import { type Atoms, crystal } from "../../contracts/atoms.ts";

const fcc: readonly Vec3[] = [
  [0, 0, 0],
  [0, 0.5, 0.5],
  [0.5, 0, 0.5],
  [0.5, 0.5, 0],
];

function shifted(name: string, sites: readonly Vec3[], by: Vec3): (readonly [string, Vec3])[] {
  return sites.map(([x, y, z]) => [name, [x + by[0], y + by[1], z + by[2]]]);
}

function cubic(a: number, basis: readonly (readonly [string, Vec3])[]): Atoms {
  return crystal([a, 0, 0, 0, a, 0, 0, 0, a], basis);
}

export const rocksalt = (a: number) =>
  cubic(a, [...shifted("P", fcc, [0, 0, 0]), ...shifted("N", fcc, [0.5, 0.5, 0.5])]);
export const caesiumChloride = (a: number) =>
  cubic(a, [
    ["P", [0, 0, 0]],
    ["N", [0.5, 0.5, 0.5]],
  ]);
export const zincBlende = (a: number) =>
  cubic(a, [...shifted("P", fcc, [0, 0, 0]), ...shifted("N", fcc, [0.25, 0.25, 0.25])]);
/** Cations on the fcc sites, anions on the tetrahedral ones. */
export const fluorite = (a: number, cation = "PP", anion = "N") =>
  cubic(a, [
    ...shifted(cation, fcc, [0, 0, 0]),
    ...shifted(anion, fcc, [0.25, 0.25, 0.25]),
    ...shifted(anion, fcc, [0.75, 0.75, 0.75]),
  ]);

/** The primitive cell of fluorite. */
export const primitiveFluorite = (a: number, cation = "PP", anion = "N") =>
  crystal(
    [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
    [
      [cation, [0, 0, 0]],
      [anion, [0.25, 0.25, 0.25]],
      [anion, [0.75, 0.75, 0.75]],
    ],
  );

/** Point charges of +1, −1 and +2. */
export function pointCharges(cutoff: number, coulomb: CoulombSpec): BuckinghamSpec {
  return {
    kind: "buckingham",
    title: "point charges",
    charges_e: { P: 1, N: -1, PP: 2 },
    pairs: [],
    cutoff: coulomb.method === "bare" ? null : { from_A: 0.9 * cutoff, to_A: cutoff },
    coulomb,
  };
}
