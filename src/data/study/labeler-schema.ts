/** The section `labeler` of a study: who gives structures their energies and forces, a potential of the project or a program. */
import { z } from "zod";
import { potentialSchema } from "./potential-schema.ts";
import type { SchemaPieces } from "./sample-schema.ts";

/** What stands in for keys, and for the whole section, that a study leaves out. */
export const usualLabeler = { kind: "calculator", least_distance: 0.4, largest_force_eV_per_A: 200 } as const;

export function labelerSchema(pieces: SchemaPieces) {
  const { positive } = pieces;
  const common = {
    least_distance: z
      .number()
      .min(0)
      .max(1)
      .default(usualLabeler.least_distance)
      .describe("structures with atoms nearer than this part of the sum of their covalent radii are refused"),
    largest_force_eV_per_A: positive(
      "number",
      "structures with a stronger force on some atom are left out, eV/Å",
    ).default(usualLabeler.largest_force_eV_per_A),
    archive: z
      .string()
      .optional()
      .describe(
        "folder that keeps all labels, which several studies may share; path relative to the study; default: in the results",
      ),
  };
  return z
    .discriminatedUnion("kind", [
      z
        .strictObject({
          kind: z.literal("calculator").describe("a potential of this program"),
          potential: potentialSchema(pieces)
            .optional()
            .describe("default: ions of ceria, {kind: buckingham}; see [labels](labelers.md)"),
          species: z
            .record(z.string().min(1), z.string().min(1))
            .optional()
            .describe(
              "what the potential calls the elements, {Ce: Ce4+, O: O2-}; default: their names, or their ions of highest charge",
            ),
          ...common,
        })
        .describe("energies and forces of a potential"),
      z
        .strictObject({
          kind: z.literal("xtb").describe("the program xtb"),
          method: z
            .enum(["gfn1", "gfn2"])
            .default("gfn1")
            .describe("GFN1-xTB, which converges more often, or GFN2-xTB"),
          charge_e: z.int().default(0).describe("charge of the whole structure, e"),
          unpaired_electrons: z
            .int()
            .min(0)
            .optional()
            .describe("number of unpaired electrons; default: 0 or 1, as their number allows"),
          electronic_temperature_K: positive(
            "temperature",
            "smearing of the occupation of orbitals, K",
          ).default(300),
          accuracy: positive("number", "xtb's --acc; smaller is tighter").default(1),
          restart_temperature_K: positive(
            "temperature",
            "where charges do not converge they are sought at this electronic temperature first, K; default: such a structure fails",
          ).optional(),
          time_limit_s: positive("number", "a structure that takes longer fails, seconds").default(600),
          command: z.string().min(1).default("xtb").describe("the program, by name or path"),
          ...common,
        })
        .describe("energies and forces of the program xtb"),
    ])
    .describe("who gives energies and forces to learn from");
}

export type LabelerSection = z.output<ReturnType<typeof labelerSchema>>;
