/** The part `report.claims` of a study: statements to hold the sampled numbers against. */
import { z } from "zod";
import type { SchemaPieces } from "./sample-schema.ts";

export function claimsSchema({ quantity, positive, supercell }: SchemaPieces) {
  const number = quantity("number", "in the unit of the quantity");
  return z.strictObject({
    source: z.string().describe("where the statements come from"),
    statements: z
      .array(
        z
          .strictObject({
            text: z.string().describe("the statement in words"),
            quantity: z
              .enum(["share", "occupancy", "observation", "energy_eV_per_cell"])
              .describe(
                "share: part of a species that is in a layer; occupancy: part of a layer's sites that hold it",
              ),
            species: z.string().optional().describe("for share and occupancy"),
            layer: z.string().optional().describe("for share and occupancy"),
            observation: z.string().optional().describe("column of the observations"),
            above: number.optional(),
            below: number.optional(),
            between: z.tuple([number, number]).optional().describe("lower and upper limit"),
            above_layer: z
              .string()
              .optional()
              .describe("the quantity is larger than that of this layer, in the same state"),
            where: z
              .strictObject({
                conditions: z
                  .array(z.string())
                  .optional()
                  .describe("labels of compositions or other conditions"),
                from_K: positive("temperature", "K").optional(),
                to_K: positive("temperature", "K").optional(),
                supercells: z.array(supercell).optional().describe("as in sample.supercells"),
              })
              .default({})
              .describe("states that the statement is about; default: all"),
            note: z.string().optional().describe("shown below the statement"),
          })
          .superRefine((c, context) => {
            const complain = (path: string, message: string) =>
              context.addIssue({ code: "custom", path: [path], message });
            const demands = ["above", "below", "between", "above_layer"] as const;
            if (demands.filter((key) => c[key] !== undefined).length !== 1)
              complain("text", `give one of ${demands.join(", ")} for this statement`);
            const layered = c.quantity === "share" || c.quantity === "occupancy";
            if (layered && (c.species === undefined || c.layer === undefined))
              complain("quantity", `${c.quantity} needs species and layer`);
            if (!layered && (c.species !== undefined || c.layer !== undefined || c.above_layer !== undefined))
              complain("quantity", `species and layers go with share and occupancy, not with ${c.quantity}`);
            if ((c.quantity === "observation") !== (c.observation !== undefined))
              complain("observation", "goes with quantity: observation, and is needed there");
            if (c.between && c.between[0] >= c.between[1])
              complain("between", "expected the smaller number first");
          }),
      )
      .min(1)
      .describe("each demands one of above, below, between and above_layer"),
  });
}
