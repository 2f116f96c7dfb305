/** Keys of the section `analysis` that are about motion, and about environments of atoms. */
import { z } from "zod";
import type { SchemaPieces } from "./sample-schema.ts";

/** What trajectories are asked for. */
export function motionSchemas({ positive }: SchemaPieces) {
  const share = z.number().min(0).max(1);
  const msd = z.strictObject({
    fit: z
      .tuple([share, share])
      .refine(([from, to]) => from < to, { error: "expected the smaller share first" })
      .default([0.1, 0.5])
      .describe("parts of the longest time between which a line gives the diffusion coefficient"),
    species: z.array(z.string()).min(1).optional().describe("species that are followed; default: all"),
    drift: z
      .enum(["remove", "keep"])
      .default("remove")
      .describe("motion of the centre of mass; keep it where some atoms are fixed"),
  });

  const lindemann = z.strictObject({
    atoms: z.boolean().default(false).describe("also the index of each atom"),
    shells: z
      .boolean()
      .default(true)
      .describe(
        "also means over surface, middle and core of the first frame (found as by shells, with a probe)",
      ),
    bonds: z
      .boolean()
      .default(true)
      .describe("also means over the bonds of the first frame, by pair of species"),
  });

  const velocity_autocorrelation = z.strictObject({
    longest_ps: positive("number", "longest time between two velocities that are compared, ps").default(2),
  });

  const caloric = z.strictObject({
    energy: z
      .enum(["total", "potential"])
      .default("total")
      .describe("energy that is drawn against temperature"),
  });

  return { msd, lindemann, velocity_autocorrelation, caloric };
}

/** Descriptors of environments, and what is made of them. */
export function soapSchema({ quantity, positive, whole }: SchemaPieces) {
  return z
    .strictObject({
      species: z
        .array(z.string())
        .min(1)
        .optional()
        .describe("species of neighbours; default: all that the first frames of the files have"),
      cutoff_A: positive("length", "neighbours up to this distance, Å").default(5),
      width_A: positive("length", "width of the Gaussians on neighbours, Å").default(0.5),
      smoothing_A: quantity("length", "neighbours fade out over so much before the cut-off, Å")
        .refine((x) => x >= 0, { error: "expected zero or more" })
        .default(0.5),
      radial_functions: whole(
        "radial functions; more than about 10 polynomials or 20 Gaussians depend on each other and are refused",
      )
        .max(30)
        .default(8),
      max_angular: z
        .int()
        .min(0, "expected a whole number, 0 or more")
        .max(20)
        .default(6)
        .describe("largest angular momentum of the spherical harmonics"),
      basis: z
        .enum(["gto", "polynomial"])
        .default("gto")
        .describe("radial functions: Gaussian type orbitals, or polynomials that end at the cut-off"),
      components: whole("axes of the map (principal components)").max(10).default(2),
      environments: whole("atoms of each data set, drawn at random, that the map and coverages are made of")
        .max(20_000)
        .default(500),
      reference: z
        .array(z.string())
        .min(1)
        .optional()
        .describe(
          "files of the set that is to cover the others, relative to the study; default: each covers each other",
        ),
      threshold: positive(
        "number",
        "largest distance (0 to √2) to the nearest environment that counts as covered; default: what 99 % of the covering " +
          "set have among themselves",
      ).optional(),
    })
    .refine(({ cutoff_A, smoothing_A }) => smoothing_A < cutoff_A, {
      path: ["smoothing_A"],
      error: "expected less than cutoff_A",
    });
}
