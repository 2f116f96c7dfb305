/** Atoms that stay where they are, for relaxations and dynamics alike. */
import { z } from "zod";
import type { SchemaPieces } from "./sample-schema.ts";

export function fixSchema({ positive }: SchemaPieces) {
  return z
    .strictObject({
      species: z.array(z.string()).min(1).optional().describe("atoms of these species"),
      indices: z
        .array(z.int().min(1, "expected numbers of atoms, 1 the first"))
        .min(1)
        .optional()
        .describe("numbers of atoms, 1 the first; the same in every structure"),
      below_A: positive(
        "length",
        "atoms whose z lies less than this above that of the lowest one, Å",
      ).optional(),
    })
    .refine(
      (fix) => Object.values(fix).some((value) => value !== undefined),
      "give at least one of species, indices, below_A",
    )
    .describe("atoms that stay where they are; those of every key that is given");
}

export type FixSection = z.output<ReturnType<typeof fixSchema>>;
