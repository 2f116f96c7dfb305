/** The section `analysis` of a study: what is measured on structures and trajectories of atoms. */
import { z } from "zod";
import { structureFormats } from "../formats/format-names.ts";
import { motionSchemas, soapSchema } from "./analysis-motion-schema.ts";
import type { SchemaPieces } from "./sample-schema.ts";

/** Units of LAMMPS dumps by the names that LAMMPS gives them. */
const lammpsUnits = ["metal", "real", "lj"] as const;

export function analysisSchema(pieces: SchemaPieces) {
  const { quantity, positive, whole } = pieces;
  const lengths = z
    .tuple([quantity("length", "from, Å"), quantity("length", "to, Å")])
    .refine(([from, to]) => from < to, { error: "expected the smaller length first" });

  const frames = z
    .strictObject({
      files: z
        .array(z.string())
        .min(1)
        .optional()
        .describe(
          "structures and trajectories, paths relative to the study, * stands for any name; default: what its own runs wrote. " +
            "Each entry is a data set",
        ),
      sets: z
        .record(z.string().min(1), z.array(z.string()).min(1))
        .optional()
        .describe(
          "in place of files: data sets that are compared, files for each name, {first: [a.xyz, b.xyz]}",
        ),
      format: z.enum(structureFormats).optional().describe("of all files; default: by the name of each"),
      types: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe("species of the types 1, 2 ... of LAMMPS dumps without a column element"),
      units: z
        .enum(lammpsUnits)
        .optional()
        .describe("units of LAMMPS dumps that do not say them; default: metal"),
      every: whole("takes each so many-th frame").default(1),
      skip: z
        .int()
        .min(0, "expected a whole number, 0 or more")
        .default(0)
        .describe("frames left out at the start"),
      time_step_fs: positive(
        "number",
        "time from one frame of a file to the next, fs; default: as the frames say (time_ps)",
      ).optional(),
      cluster: z
        .boolean()
        .default(false)
        .describe(
          "atoms are those of a free cluster though the file gives a periodic cell, which must not wrap them",
        ),
    })
    .refine((given) => given.files === undefined || given.sets === undefined, {
      error: "give either files or sets",
    });

  const bonded = z
    .union([
      z.enum(["covalent-radii", "first-minimum"]),
      z
        .strictObject({
          factor: positive(
            "number",
            "bonds are shorter than this times the sum of the covalent radii",
          ).optional(),
          cutoff_A: positive("length", "longest bond of every pair that pairs_A does not name, Å").optional(),
          pairs_A: z
            .record(z.string(), positive("length", "Å"))
            .optional()
            .describe("longest bond for pairs of species, {Ce-O: 2.8}"),
        })
        .refine((given) => given.factor === undefined || given.cutoff_A === undefined, {
          error: "give factor or cutoff_A: each is for the pairs that pairs_A does not name",
        }),
    ])
    .default("covalent-radii")
    .describe(
      "which atoms are neighbours in bonds, coordination and angles: by covalent radii (1.25 times their sum), up to " +
        "the first minimum of the radial distribution, or up to given lengths",
    );

  const bonds = z.strictObject({
    width_A: positive("length", "width of the bins of the histogram, Å").default(0.1),
    window_A: lengths.optional().describe("[from, to]: the part of the bonds with such lengths is reported"),
  });

  const coordination = z.strictObject({
    smooth_A: lengths
      .optional()
      .describe("[inner, outer]: neighbours count less and less from the one to the other"),
  });

  const rdf = z.strictObject({
    cutoff_A: positive("length", "largest distance, Å").default(10),
    width_A: positive("length", "width of the bins, Å").default(0.05),
  });

  const angles = z.strictObject({
    width_degrees: positive("number", "width of the bins, degrees")
      .refine((w) => w <= 180, { error: "expected at most 180 degrees" })
      .default(2),
  });

  const cna = z.strictObject({
    cutoff_A: positive(
      "length",
      "longest bond, Å: behind the first shell of fcc and hcp, behind the second of bcc; default: each atom by its own " +
        "neighbours (adaptive)",
    ).optional(),
  });

  const shells = z
    .strictObject({
      by: z
        .enum(["probe", "coordination"])
        .default("probe")
        .describe("surface atoms are those that a ball can touch, or those with few bonds"),
      probe_A: positive(
        "length",
        "probe: radius of the ball, Å; default: 1.5 times the distance of neighbours",
      ).optional(),
      most_bonds: whole("coordination: a surface atom has at most so many bonds; default: 10").optional(),
      width_A: positive("length", "bins of the profile over the distance from the centre, Å").default(0.5),
    })
    .superRefine((given, context) => {
      const [key, other] = given.by === "probe" ? ["most_bonds", "coordination"] : ["probe_A", "probe"];
      if (given[key as "most_bonds" | "probe_A"] !== undefined)
        context.addIssue({
          code: "custom",
          path: [key],
          message: `belongs to by: ${other}, found by: ${given.by}`,
        });
    });

  const pointGroup = z.strictObject({
    tolerance_A: positive("length", "atoms may be so far from their symmetric places, Å").default(0.1),
  });

  const rmsd = z.strictObject({
    reference: z.string().optional().describe("a structure file; default: the first frame"),
    superpose: z
      .enum(["none", "rotation", "permutation"])
      .default("none")
      .describe(
        "before comparing: nothing, the best shift and rotation, or also the best exchange of like atoms (slow)",
      ),
  });

  const equivalence = z.strictObject({
    atoms: z
      .array(z.int().min(1, "expected numbers of atoms, 1 the first"))
      .min(1)
      .optional()
      .describe("numbers of atoms, 1 the first; default: all"),
  });

  const motion = motionSchemas(pieces);

  return z.strictObject({
    frames: frames.default({ every: 1, skip: 0, cluster: false }).describe("which structures are measured"),
    bonded,
    bonds: bonds.optional().describe("lengths of bonds by pair of species"),
    coordination: coordination.optional().describe("coordination numbers and their distribution P(CN)"),
    rdf: rdf.optional().describe("radial distribution functions, total and partial"),
    angles: angles.optional().describe("distribution of the angles between bonds"),
    cna: cna.optional().describe("common neighbour analysis: fcc, hcp, bcc, icosahedral, other"),
    shells: shells
      .optional()
      .describe("layers of a cluster, core and surface, and which species prefer them"),
    point_group: pointGroup.optional().describe("point groups of clusters"),
    rmsd: rmsd.optional().describe("root mean square distance from a reference"),
    equivalence: equivalence.optional().describe("atomic equivalence indices"),
    msd: motion.msd
      .optional()
      .describe("trajectories: mean squared displacements, and diffusion coefficients from them"),
    lindemann: motion.lindemann
      .optional()
      .describe("trajectories of clusters: relative fluctuations of distances, which tell solid from liquid"),
    velocity_autocorrelation: motion.velocity_autocorrelation
      .optional()
      .describe("trajectories with velocities: autocorrelation, and the vibrational spectrum from it"),
    caloric: motion.caloric
      .optional()
      .describe("dynamics at several temperatures: energy against temperature, and where it is steepest"),
    soap: soapSchema(pieces)
      .optional()
      .describe("SOAP descriptors of environments: maps of data sets, and how well one covers another"),
  });
}
