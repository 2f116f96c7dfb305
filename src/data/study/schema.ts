/** The one schema of study files: types, defaults, messages and `eciton schema` come from it. */
import { z } from "zod";
import { EcitonError } from "../../core/errors.ts";
import { analysisSchema } from "./analysis-schema.ts";
import { atomsSection } from "./atoms-checks.ts";
import { claimsSchema } from "./claims-schema.ts";
import { dynamicsSchema } from "./dynamics-schema.ts";
import { type Constants, evaluateExpression, type Quantity } from "./expression.ts";
import { hopSchema } from "./hop-schema.ts";
import { labelerSchema } from "./labeler-schema.ts";
import { learnSchema } from "./learn-schema.ts";
import { potentialSchema } from "./potential-schema.ts";
import { relaxSchema } from "./relax-schema.ts";
import { sampleSchema } from "./sample-schema.ts";
import { slurmSection } from "./slurm-schema.ts";
import { trainSchema } from "./train-schema.ts";

/** Methods of the fit, by the names that src/fitting gives its estimators. */
export const fitMethods = [
  "lasso",
  "adaptive-lasso",
  "elastic-net",
  "ridge",
  "ard",
  "orthogonal-matching-pursuit",
  "recursive-elimination",
  "ordinary-least-squares",
] as const;

const bases = ["indicator", "chebyshev", "trigonometric", "sinusoidal"] as const;

/** The schema for a study with these constants (they are needed to evaluate its expressions). */
export function studySchema(constants: Constants = {}) {
  const quantity = (kind: Quantity, describe: string) =>
    z
      .union([z.number(), z.string()], { error: "expected a number or an expression" })
      .transform((value, context) => {
        try {
          return typeof value === "number" ? value : evaluateExpression(value, kind, constants);
        } catch (error) {
          if (!(error instanceof EcitonError)) throw error;
          context.addIssue({ code: "custom", message: error.message });
          return z.NEVER;
        }
      })
      .describe(describe);
  const positive = (kind: Quantity, describe: string) =>
    quantity(kind, describe).refine((x) => x > 0, { error: "expected a number above zero" });
  const whole = (describe: string) =>
    z.int().min(1, "expected a whole number, at least 1").describe(describe);
  const coordinate = quantity("length", "coordinate");
  const vector = z.tuple([coordinate, coordinate, coordinate]);
  const supercell = z
    .union([
      z.tuple([z.int(), z.int(), z.int()]),
      z.tuple([
        z.tuple([z.int(), z.int(), z.int()]),
        z.tuple([z.int(), z.int(), z.int()]),
        z.tuple([z.int(), z.int(), z.int()]),
      ]),
    ])
    .transform((m): number[] => m.flat())
    .describe("three repetitions, or three rows of three integers");
  const speciesNumbers = (describe: string) =>
    z.record(z.string(), quantity("number", describe)).describe(describe);

  const site = z.strictObject({
    name: z.string().min(1).describe("unique name of the site"),
    position: vector.describe("fractional or Cartesian (Å), see coordinates"),
    species: z
      // Every format that snapshots are written in can hold these.
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9+-]*$/, "expected a name of letters, digits, + and -"))
      .min(1)
      .describe("allowed species, the background first"),
    kind: z
      .string()
      .optional()
      .describe("sites of one kind share neighbour shells; default: the list of species"),
    layer: z.string().optional().describe("layer or group; symmetry keeps it"),
    labels: z.record(z.string(), z.string()).optional().describe("short label of a species here, {V: VO1}"),
  });

  const lattice = z.strictObject({
    cell_A: z.tuple([vector, vector, vector]).describe("lattice vectors, Å"),
    periodic: z
      .tuple([z.boolean(), z.boolean(), z.boolean()])
      .default([true, true, true])
      .describe("bulk: all true; slab: the last false"),
    coordinates: z.enum(["fractional", "cartesian"]).default("fractional"),
    charges: speciesNumbers("charge of a species, e; every configuration must then be neutral").optional(),
    vacancies: z
      .array(z.string())
      .default(["Va", "vacancy"])
      .describe("species that stand for an absent atom"),
    sites: z.array(site).min(1),
  });

  const clusters = z
    .strictObject({
      basis: z
        .enum(bases)
        .default("indicator")
        .transform((b) => (b === "sinusoidal" ? ("trigonometric" as const) : b))
        .describe("site functions; sinusoidal is another name of trigonometric"),
      cutoff_A: positive("length", "largest pair distance for every size, Å").optional(),
      max_points: whole("largest number of points, with cutoff_A").max(8).optional(),
      cutoffs_A: z
        .record(
          z.string().regex(/^[2-8]$/, "expected a number of points from 2 to 8"),
          positive("length", "Å"),
        )
        .optional()
        .describe("largest pair distance for each number of points, {2: 8, 3: 6}"),
      supercell: supercell.optional().describe("cell on which to report what the clusters fold to"),
      memory_GiB: positive("number", "refuse a pool that needs more").optional(),
    })
    .superRefine((c, context) => {
      if ((c.cutoff_A === undefined) === (c.cutoffs_A === undefined))
        context.addIssue({ code: "custom", message: "give either cutoff_A (with max_points) or cutoffs_A" });
    });

  const composition = z.strictObject({
    label: z.string().optional(),
    per_cell: speciesNumbers("how many of a species for each parent cell, {V: 1/16, Ce3+: 1/8}"),
  });

  const mapping = z.strictObject({
    species: z
      .record(z.string(), z.string())
      .optional()
      .describe("species in the file -> species of the lattice"),
    vacancy: z.array(z.string()).optional().describe("species of the lattice that stand for an absent atom"),
    magnetic: z
      .array(
        z.strictObject({
          element: z.string().describe("species in the file"),
          states: z
            .array(
              z.strictObject({
                species: z.string(),
                moment: z.tuple([z.number(), z.number()]).describe("window of |moment|, Bohr magnetons"),
              }),
            )
            .min(1),
        }),
      )
      .optional()
      .describe("species told apart by their magnetic moment"),
    oxidation_states: z
      .array(z.strictObject({ element: z.string(), charge: z.number(), species: z.string() }))
      .optional()
      .describe("species told apart by the charges in the file"),
    max_displacement_A: positive(
      "length",
      "farther from its site than this, a structure is rejected",
    ).optional(),
    max_strain: positive("number", "largest strain against the ideal lattice").optional(),
    max_volume_change: positive("number", "largest fractional change of volume of a cell").optional(),
    supercell: supercell.optional().describe("default: found from the cell of each structure"),
    leave_out: z
      .strictObject({
        species: z
          .array(z.string())
          .optional()
          .describe("species in the file that the lattice does not describe"),
        below_A: positive("length", "slabs: leave out atoms lower than this above the lowest one").optional(),
      })
      .optional(),
  });

  const data = z
    .strictObject({
      table: z
        .strictObject({
          file: z.string().describe("CSV, JSON or JSON lines; path relative to the study"),
          energy_column: z.string().optional(),
          id_column: z.string().optional(),
        })
        .optional()
        .describe("occupations of lattice sites with energies"),
      structures: z
        .strictObject({
          files: z.array(z.string()).min(1).describe("paths relative to the study; * stands for any name"),
          format: z
            .enum(["poscar", "extxyz", "cif", "vasprun", "outcar"])
            .optional()
            .describe("default: by the name of the file"),
          energy_key: z.string().optional().describe("name of the energy in an extended XYZ file"),
          id_key: z.string().optional().describe("name of the identifier in an extended XYZ file"),
          weight_key: z
            .string()
            .optional()
            .describe("name of the statistical weight in an extended XYZ file"),
          properties: z
            .strictObject({ file: z.string(), id_column: z.string(), energy_column: z.string() })
            .optional()
            .describe("a CSV file with the energies, joined by the identifier"),
          steps: z.enum(["last", "all"]).default("last").describe("ionic steps to take from a VASP run"),
          mapping: mapping.default({}),
          on_rejected: z
            .enum(["report", "error"])
            .default("report")
            .describe("whether a structure that does not map is left out and reported, or stops the run"),
        })
        .optional(),
      synthetic: z
        .strictObject({
          configurations: whole("how many"),
          supercell,
          compositions: z.array(composition).min(1).describe("one is drawn for each configuration"),
          noise_eV: quantity(
            "energy",
            "standard deviation of Gaussian noise for each configuration, eV",
          ).refine((x) => x >= 0, { error: "expected zero or more" }),
          why: z.string().describe("shown in the report: why the table is synthetic"),
        })
        .optional()
        .describe("a table made by evaluating the study's model on random configurations"),
      energy_per: z
        .string()
        .default("configuration")
        .describe(
          "what one energy of the file stands for: configuration, cell, site, atom, or one of a species (V)",
        ),
      reference: z
        .strictObject({
          per_cell_eV: quantity(
            "energy",
            "energy of the perfect crystal, eV for each parent cell",
          ).optional(),
          per_species_eV: z
            .record(z.string(), quantity("energy", "eV"))
            .optional()
            .describe(
              "energy for each one of a species; {V: -E(O2)/2} for formation energies of oxygen vacancies",
            ),
        })
        .optional()
        .describe("subtracted from every energy: total energies become formation energies"),
    })
    .superRefine((d, context) => {
      const given = [d.table, d.structures, d.synthetic].filter((x) => x !== undefined).length;
      if (given !== 1)
        context.addIssue({
          code: "custom",
          message: `give one of table, structures, synthetic; found ${given}`,
        });
    });

  const fit = z.strictObject({
    method: z.enum(fitMethods).default("lasso"),
    per: z
      .enum(["configuration", "cell", "site"])
      .default("configuration")
      .describe("energies and counts are divided by this before the fit"),
    errors_per: z
      .string()
      .optional()
      .describe("errors are reported per configuration, cell, site, or per one of a species (V)"),
    unpenalised_points: z
      .int()
      .min(0)
      .max(1)
      .default(1)
      .describe("terms up to this many points are never penalised: 0 the constant, 1 also one-body terms"),
    constant: z.boolean().default(true).describe("whether the model has a constant (per parent cell)"),
    standardise: z
      .boolean()
      .optional()
      .describe("scale columns to equal spread before penalising; default: yes for ard, no otherwise"),
    l1_ratio: positive("number", "share of the absolute-value penalty in an elastic net, up to 1").optional(),
    path: z
      .strictObject({
        count: whole("number of penalties from the largest down; default 50").optional(),
        decades: positive(
          "number",
          "how many powers of ten the penalties cover; default 3, ridge 8",
        ).optional(),
        values: z
          .array(quantity("number", "penalty"))
          .min(1)
          .optional()
          .describe("values of the penalty (or other hyper-parameter of the method) to try, instead"),
      })
      .default({})
      .describe("values of the method's hyper-parameter to choose from"),
    cross_validation: z
      .union([
        z.literal("leave-one-out"),
        z.strictObject({ k_fold: whole("folds").min(2), repeats: whole("repeats").default(1) }),
        z.strictObject({
          shuffle_split: whole("splits"),
          test_fraction: quantity("number", "fraction left out").default(0.1),
        }),
      ])
      .default("leave-one-out"),
    choice: z.enum(["minimum", "one-standard-error"]).default("minimum"),
    refit: z
      .union([
        z.literal("none"),
        z.strictObject({
          keep: z.union([z.literal("auto"), z.int().min(0)]).optional(),
          threshold_eV: positive("energy", "smallest magnitude kept").optional(),
        }),
      ])
      .default({ keep: "auto" })
      .describe("least squares on the dominant terms"),
    bootstrap: z
      .int()
      .refine((n) => n === 0 || n >= 20, { error: "expected 0 (no intervals) or at least 20 resamples" })
      .default(200)
      .describe("resamples for the intervals, at least 20; 0 for none"),
    gauge: z
      .record(z.string(), quantity("energy", "eV"))
      .optional()
      .describe("values of terms that the data do not determine; default: minimum norm"),
    hull: z
      .strictObject({
        species: z.string().describe("composition axis: fraction of this species on the sites that allow it"),
      })
      .optional(),
  });

  const pieces = { quantity, positive, whole, vector, supercell, composition, speciesNumbers };
  const sample = sampleSchema(pieces);

  const model = z
    .strictObject({
      file: z.string().optional().describe("a model file, path relative to the study"),
      terms: z
        .array(
          z.strictObject({
            label: z.string(),
            energy_eV: quantity("energy", "energy of one instance, eV"),
            assumed: z.boolean().default(false).describe("not in the source: marked everywhere"),
            note: z.string().optional(),
          }),
        )
        .optional(),
      source: z.string().optional(),
      potential: potentialSchema(pieces).optional().describe("a potential, for relax, dynamics and hop"),
    })
    .superRefine((m, context) => {
      const given = [m.file, m.terms, m.potential].filter((x) => x !== undefined).length;
      if (given !== 1)
        context.addIssue({ code: "custom", message: `give one of file, terms, potential; found ${given}` });
    });

  return z.strictObject({
    name: z
      .string()
      .min(1)
      .regex(
        /^[^./\\][^/\\]*$/,
        "expected a name without / and \\, and no dot at its start: it names a folder",
      )
      .describe("name of the study, also of its output folder"),
    description: z.string().optional(),
    seed: z.int().min(0).default(1).describe("every random number follows from it"),
    constants: z
      .record(z.string(), z.union([z.number(), z.string()]))
      .optional()
      .describe("names that expressions may use, evaluated in order"),
    lattice: lattice.optional(),
    clusters: clusters.optional(),
    model: model.optional(),
    data: data.optional(),
    fit: fit.optional(),
    sample: sample.optional(),
    atoms: atomsSection(pieces).optional(),
    relax: relaxSchema(pieces).optional(),
    dynamics: dynamicsSchema(pieces).optional(),
    hop: hopSchema(pieces).optional(),
    train: trainSchema(pieces).optional(),
    labeler: labelerSchema(pieces).optional(),
    learn: learnSchema(pieces).optional(),
    analysis: analysisSchema(pieces).optional(),
    slurm: slurmSection.optional(),
    report: z
      .strictObject({
        title: z.string().optional(),
        pictures: z.boolean().default(true).describe("snapshots in the report"),
        claims: claimsSchema(pieces)
          .optional()
          .describe("statements, of a publication for example, that the sampled numbers are held against"),
      })
      .optional(),
  });
}

export type Study = z.output<ReturnType<typeof studySchema>>;
