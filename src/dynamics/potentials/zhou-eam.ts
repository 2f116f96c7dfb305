/**
 * Analytic embedded-atom potentials of Zhou, Johnson and Wadley, tabulated for use and for writing as setfl files:
 *   f(r) = fe e(β) / (1 + (r/re - λ)^20),   φ(r) = A e(α) / (1 + (r/re - κ)^20) - B e(β) / (1 + (r/re - λ)^20),
 *   e(x) = exp(-x (r/re - 1)),   φ_ab = 1/2 (f_b/f_a φ_aa + f_a/f_b φ_bb)
 * with embedding energies that are cubic in ρ below 1.15 ρe, in two pieces, and F = Fe (1 - η ln s) s^η above, s = ρ/ρs.
 * Unlike pairs follow from the metals alone and have not been fitted.
 * @see X. W. Zhou, R. A. Johnson, H. N. G. Wadley, Phys. Rev. B 69, 144113 (2004)
 */
import { z } from "zod";
import { EcitonError } from "../../core/errors.ts";
import type { Setfl } from "../../data/formats/eam-setfl.ts";
import { readParameterFile, requireSpecies } from "./parameter-sets.ts";

const cubic = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const zhouFile = z.strictObject({
  source: z.string(),
  elements: z.array(
    z.strictObject({
      species: z.string(),
      atomic_number: z.number(),
      mass_amu: z.number(),
      lattice: z.enum(["fcc", "bcc", "hcp"]),
      re_A: z.number(),
      fe: z.number(),
      rho_e: z.number(),
      rho_s: z.number(),
      alpha: z.number(),
      beta: z.number(),
      A_eV: z.number(),
      B_eV: z.number(),
      kappa: z.number(),
      lambda: z.number(),
      below_eV: cubic,
      around_eV: cubic,
      eta: z.number(),
      above_eV: z.number(),
      below_ends: z.number(),
    }),
  ),
});

export type ZhouElement = z.infer<typeof zhouFile>["elements"][number];

export function zhouElements(): readonly ZhouElement[] {
  return readParameterFile("zhou-2004", zhouFile).elements;
}

export function zhouDensity(one: ZhouElement, r: number): number {
  return (one.fe * Math.exp(-one.beta * (r / one.re_A - 1))) / (1 + (r / one.re_A - one.lambda) ** 20);
}

function pairOfLike(one: ZhouElement, r: number): number {
  const x = r / one.re_A;
  return (
    (one.A_eV * Math.exp(-one.alpha * (x - 1))) / (1 + (x - one.kappa) ** 20) -
    (one.B_eV * Math.exp(-one.beta * (x - 1))) / (1 + (x - one.lambda) ** 20)
  );
}

/** eV */
export function zhouPair(one: ZhouElement, other: ZhouElement, r: number): number {
  if (one === other) return pairOfLike(one, r);
  const ratio = zhouDensity(other, r) / zhouDensity(one, r);
  return (ratio * pairOfLike(one, r) + pairOfLike(other, r) / ratio) / 2;
}

/** eV */
function zhouEmbedding(one: ZhouElement, density: number): number {
  const belowEnd = one.below_ends * one.rho_e;
  const cubicAt = ([c0, c1, c2, c3]: readonly number[], x: number) => c0 + x * (c1 + x * (c2 + x * c3));
  if (density < belowEnd) return cubicAt(one.below_eV, density / belowEnd - 1);
  if (density < 1.15 * one.rho_e) return cubicAt(one.around_eV, density / one.rho_e - 1);
  const s = density / one.rho_s;
  return one.above_eV * (1 - one.eta * Math.log(s)) * s ** one.eta;
}

/**
 * Tables of a metal or an alloy. Both functions of distance are brought to 0 with two continuous derivatives over the
 * last 0.5 Å before the cut-off of √5 re of the largest metal, where they are below 1e-2 of their depth; without that,
 * forces would jump there.
 * @param species among those of zhouElements
 * @param knots of either grid
 * @throws {EcitonError} "data" for a species without parameters
 */
export function zhouTables(species: readonly string[], knots = 4001): Setfl {
  const known = zhouElements();
  requireSpecies(
    "Zhou's EAM",
    known.map((one) => one.species),
    species,
  );
  if (new Set(species).size !== species.length)
    throw new EcitonError("data", `Zhou's EAM: a species is named twice in ${species.join(", ")}`);
  const elements = species.map((name) => known.find((one) => one.species === name)!);
  // √10/2 lattice constants of an fcc metal.
  const cutoff = Math.sqrt(5) * Math.max(...elements.map((one) => one.re_A));
  const dr = cutoff / (knots - 1);
  // An atom squeezed to half its volume has about three times its density; far more happens in collisions only.
  const drho = (5 * Math.max(...elements.map((one) => one.rho_e))) / (knots - 1);
  const radial = (value: (r: number) => number) =>
    Array.from({ length: knots }, (_, k) => {
      // The formulas mean nothing near 0, and the ratios of densities overflow there.
      const r = Math.max(0.5, k * dr);
      const t = Math.min(1, Math.max(0, (r - cutoff + 0.5) / 0.5));
      return value(r) * (1 + t * t * t * (t * (15 - 6 * t) - 10));
    });
  return {
    comments: [
      `EAM ${species.join("-")}, Zhou, Johnson, Wadley, Phys. Rev. B 69, 144113 (2004)`,
      "Unlike pairs by Johnson's rule from the metals",
      "",
    ],
    nrho: knots,
    drho,
    nr: knots,
    dr,
    cutoff,
    elements: elements.map((one) => ({
      name: one.species,
      atomicNumber: one.atomic_number,
      mass: one.mass_amu,
      latticeConstant:
        one.re_A * (one.lattice === "fcc" ? Math.SQRT2 : one.lattice === "bcc" ? 2 / Math.sqrt(3) : 1),
      lattice: one.lattice,
      embedding: Array.from({ length: knots }, (_, k) => zhouEmbedding(one, k * drho)),
      density: radial((r) => zhouDensity(one, r)),
    })),
    pairs: elements.flatMap((one, a) =>
      elements.slice(0, a + 1).map((other) => radial((r) => r * zhouPair(one, other, r))),
    ),
  };
}
