/** The section `train` of a study: a neural network potential and how it is fitted to energies and forces. */
import { z } from "zod";
import { structureFormats } from "../formats/format-names.ts";
import type { SchemaPieces } from "./sample-schema.ts";

/** By the names that src/nn gives them. */
const cutoffForms = ["cos", "tanh3", "tanh3-normalised", "exp", "poly1", "poly2", "poly3", "poly4"] as const;
const activations = ["tanh", "softplus", "logistic", "gaussian", "linear"] as const;

/** Units of numbers in files that do not say which they use. */
export function unitsSchema() {
  return z
    .strictObject({
      length: z.enum(["A", "bohr"]).default("A").describe("of coordinates, cells and cut-offs"),
      energy: z.enum(["eV", "hartree"]).default("eV").describe("of energies; forces are in both units"),
    })
    .describe("units of n2p2 files, which do not say so themselves; default: Å and eV");
}

export function trainSchema(pieces: SchemaPieces) {
  const { quantity, positive, whole } = pieces;
  const share = (describe: string) =>
    quantity("number", describe).refine((x) => x >= 0 && x <= 1, { error: "expected a number from 0 to 1" });
  const notNegative = (describe: string) =>
    quantity("number", describe).refine((x) => x >= 0, { error: "expected zero or more" });
  const files = z.array(z.string()).min(1).describe("paths relative to the study; * stands for any name");

  const data = z.strictObject({
    files,
    format: z.enum(structureFormats).optional().describe("default: by the name of each file"),
    frames: z.enum(["all", "last"]).default("all").describe("which structures of each file"),
    every: whole("take every n-th structure of each file").default(1),
    energy_key: z
      .string()
      .optional()
      .describe(
        "name of the energy: an entry of extended XYZ files; free_energy for runs of VASP, whose forces belong to it; default for VASP: energy without smearing",
      ),
    forces_key: z.string().optional().describe("name of the forces in extended XYZ files"),
    stress_key: z
      .string()
      .optional()
      .describe(
        "name of the stress in extended XYZ files, eV/Å³, tension positive; default: stress, or virial",
      ),
    units: unitsSchema().optional(),
    class_key: z
      .string()
      .optional()
      .describe(
        "entry of the files that names the class of a structure, for errors class by class; default: config_type, else the file",
      ),
    species: z
      .record(z.string(), z.string())
      .optional()
      .describe("species in the files -> element of the model, {Ce4+: Ce}"),
  });

  const test = z.union([
    z.strictObject({
      fraction: share("share of the structures that is kept out of the training").default(0.1),
    }),
    z.strictObject({ files }),
  ]);

  const descriptors = z
    .strictObject({
      cutoff_A: positive("length", "radius of the atoms' surroundings, Å").default(6),
      cutoff_function: z.enum(cutoffForms).default("tanh3").describe("how functions end at the cut-off"),
      inner: share("the cut-off function is 1 up to this share of the cut-off").default(0),
      kinds: z
        .array(z.enum(["radial", "narrow", "wide", "weighted", "compact"]))
        .min(1)
        .default(["radial", "narrow", "wide"])
        .describe("kinds of symmetry functions"),
      level: z
        .enum(["small", "usual", "large"])
        .default("usual")
        .describe("how many functions; see [descriptors](theory/symmetry-functions.md)"),
      correlation: share("of two functions that are correlated more than this one goes").default(0.999),
      keep: whole("functions of each element that are kept, chosen by CUR; default: all").optional(),
      scaling: z
        .enum(["scale", "center", "scale-center", "sigma"])
        .default("scale-center")
        .describe("how values enter the networks"),
    })
    .default({
      cutoff_A: 6,
      cutoff_function: "tanh3",
      inner: 0,
      kinds: ["radial", "narrow", "wide"],
      level: "usual",
      correlation: 0.999,
      scaling: "scale-center",
    })
    .describe("symmetry functions, generated for the elements of the data");

  const hidden = z.array(z.int().min(1).max(1000)).min(1).max(8);
  const network = z
    .strictObject({
      hidden: hidden.default([15, 15]).describe("nodes of each hidden layer"),
      activation: z.enum(activations).default("tanh").describe("activation function of the hidden layers"),
      elements: z
        .record(
          z.string(),
          z.strictObject({ hidden: hidden.optional(), activation: z.enum(activations).optional() }),
        )
        .optional()
        .describe("other networks for some elements"),
      initial: z
        .enum(["uniform", "nguyen-widrow", "glorot"])
        .default("nguyen-widrow")
        .describe("how weights begin"),
    })
    .default({ hidden: [15, 15], activation: "tanh", initial: "nguyen-widrow" })
    .describe("networks of the elements");

  const batch = (what: string) => z.int().min(1).default(1).describe(`${what} that make up one update`);
  const batches = { energy_batch: batch("energies"), force_batch: batch("force components") };
  const optimiser = z
    .discriminatedUnion("method", [
      z.strictObject({
        method: z.literal("kalman").describe("extended Kalman filter"),
        type: z
          .enum(["standard", "fading-memory"])
          .default("standard")
          .describe("how older errors lose weight"),
        strategy: z
          .enum(["global", "element-decoupled"])
          .default("global")
          .describe("one filter for all weights, or one for each element: faster, less sharp"),
        epsilon: positive("number", "the covariance begins at 1/epsilon").default(0.01),
        q0: notNegative("process noise at the beginning").default(0.01),
        qtau: notNegative("its decay in an epoch, natural logarithm").default(Math.LN10),
        qmin: notNegative("its floor").default(0),
        eta: positive("number", "learning rate at the beginning").default(0.01),
        etatau: notNegative("its growth in an epoch, natural logarithm").default(Math.LN10),
        etamax: positive("number", "its ceiling").default(1),
        lambda: share("fading memory: forgetting factor").default(0.96),
        nu: share("fading memory: how the factor approaches 1").default(0.99995),
        ...batches,
      }),
      z.strictObject({
        method: z.literal("adam").describe("gradient steps"),
        eta: positive("number", "step").default(1e-3),
        beta1: share("decay of the mean").default(0.9),
        beta2: share("decay of the mean square").default(0.999),
        epsilon: positive("number", "guards against division by zero").default(1e-8),
        ...batches,
      }),
      z.strictObject({
        method: z.literal("l-bfgs").describe("quasi-Newton on all errors at once"),
        evaluations: whole("evaluations of all errors in an epoch, at most").default(20),
      }),
    ])
    .describe("see [training](training.md)");

  const selection = z
    .strictObject({
      mode: z
        .enum(["random", "sorted", "threshold"])
        .default("threshold")
        .describe("random; largest errors first; or errors above a threshold, the best of some trials"),
      energy_threshold: notNegative("threshold: of energies, in units of the RMSE").default(0),
      force_threshold: notNegative("threshold: of forces, in units of the RMSE").default(1),
      trials: whole("threshold: candidates that are looked at").default(3),
    })
    .default({ mode: "threshold", energy_threshold: 0, force_threshold: 1, trials: 3 })
    .describe("which energies and forces become updates");

  return z
    .strictObject({
      kind: z.literal("hdnnp").default("hdnnp").describe("high-dimensional neural network potential"),
      data: z
        .array(data)
        .min(1)
        .optional()
        .describe(
          "structures with energies, and with forces where there are some; `eciton learn` can do without",
        ),
      test: test.default({ fraction: 0.1 }).describe("structures that only measure errors"),
      use: z
        .strictObject({
          forces: z.boolean().default(true).describe("forces, where the data have some"),
          stress: z
            .boolean()
            .default(false)
            .describe("stresses of structures that are periodic in three directions"),
        })
        .default({ forces: true, stress: false })
        .describe("what the model is fitted to, beside energies"),
      atomic_energies_eV: z
        .union([
          z.enum(["fit", "none"]),
          z.record(z.string(), quantity("energy", "energy of a free atom, eV")),
        ])
        .default("fit")
        .describe(
          "energies of free atoms, which the networks need not learn: fit takes least squares over the data",
        ),
      normalise: z
        .enum(["force", "network-force", "energy-and-force", "none"])
        .default("force")
        .describe(
          "units that the networks work in: forces of size 1; those of the data and of untrained networks too; energies and forces of size 1; or eV",
        ),
      setup: z
        .string()
        .optional()
        .describe(
          "an input.nn of n2p2: symmetry functions, networks and settings of the training come from there, but for keys of the training that stand here; path relative to the study",
        ),
      setup_units: unitsSchema()
        .optional()
        .describe(
          "units of the files that setup or start names, which do not say so themselves; default: Å and eV",
        ),
      start: z
        .string()
        .optional()
        .describe("folder of a potential whose weights the training begins with; path relative to the study"),
      descriptors,
      network,
      optimiser: optimiser.optional().describe("default: the standard Kalman filter"),
      epochs: whole("passes through the data").default(50),
      energy_fraction: share("share of the energies that an epoch uses").default(1),
      force_fraction: share(
        "share of the force components that an epoch uses; default: ten for each structure",
      ).optional(),
      stress_fraction: share("share of the stress components that an epoch uses").default(1),
      force_weight: positive("number", "weight of a force error beside an energy error").default(1),
      stress_weight: positive(
        "number",
        "weight of a stress error, times the volume, beside an energy error",
      ).default(0.03),
      selection,
      patience: whole(
        "the training ends after so many epochs without a smaller test error; default: never",
      ).optional(),
      keep: z
        .enum(["best", "last"])
        .default("best")
        .describe("weights of the epoch with the smallest test error, or of the last"),
      members: whole("networks trained from different seeds: a committee, whose spread tells its error")
        .max(20)
        .default(1),
      extrapolation: z
        .enum(["ignore", "warn", "collect", "stop"])
        .default("warn")
        .describe(
          "what later calculations do about atoms in surroundings outside the training data; see model.potential.extrapolation",
        ),
      checkpoint_every_s: positive("number", "what a kill may lose, seconds").default(20),
      memory_GiB: positive("number", "for derivatives of symmetry functions; beyond it they are recomputed")
        .refine((x) => x <= 64, { error: "expected at most 64" })
        .default(2),
    })
    .superRefine((section, context) => {
      const add = (path: (string | number)[], message: string) =>
        context.addIssue({ code: "custom", path, message });
      if (section.setup === undefined && section.start === undefined && section.setup_units !== undefined)
        add(["setup_units"], "belongs to the n2p2 files that setup or start names");
      if (section.descriptors.kinds.includes("weighted") && section.descriptors.kinds.length > 1)
        add(["descriptors", "kinds"], "weighted functions stand alone: they replace those of each element");
    });
}

export type TrainSection = z.output<ReturnType<typeof trainSchema>>;
