/** The section `relax` of a study: how the structures of the section `atoms` are brought to minima. */
import { z } from "zod";
import { fixSchema } from "./fix-schema.ts";
import type { SchemaPieces } from "./sample-schema.ts";

/** By the names that src/dynamics/minimise gives them. */
const methods = ["conjugate-gradient", "bfgs", "l-bfgs", "fire"] as const;

/** What stands in for the force tolerance of a study that gives no tolerance at all, eV/Å. */
export const USUAL_FORCE_TOLERANCE = 1e-3;

export function relaxSchema(pieces: SchemaPieces) {
  const { quantity, positive, whole } = pieces;
  return z
    .strictObject({
      method: z.enum(methods).default("l-bfgs").describe("see [relaxing](relaxing.md#methods)"),
      force_tolerance_eV_per_A: positive(
        "number",
        "done where no atom feels more, eV/Å; default 0.001, or none where energy_tolerance_eV is given alone",
      ).optional(),
      energy_tolerance_eV: positive(
        "energy",
        "done where a step changes the energy by less, eV; with both tolerances whichever is met first",
      ).optional(),
      max_evaluations: whole(
        "evaluations of the energy for each structure; one that needs more is reported",
      ).default(10_000),
      max_step_A: positive("length", "longest move of an atom in one step, Å").default(0.2),
      cell: z
        .enum(["fixed", "isotropic", "full"])
        .default("fixed")
        .describe("strains that are relaxed too, in periodic directions: none, one for all of them, all"),
      pressure_GPa: quantity("number", "pressure from outside on a cell that is relaxed").default(0),
      fix: fixSchema(pieces).optional(),
    })
    .superRefine(({ cell, pressure_GPa }, context) => {
      if (pressure_GPa !== 0 && cell === "fixed")
        context.addIssue({
          code: "custom",
          path: ["pressure_GPa"],
          message: "a cell that stays as it is feels no pressure; cell: isotropic or full",
        });
    });
}

export type RelaxSection = z.output<ReturnType<typeof relaxSchema>>;
