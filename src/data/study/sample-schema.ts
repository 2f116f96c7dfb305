/** The section `sample` of a study: what Monte Carlo does. */
import { z } from "zod";
import type { Quantity } from "./expression.ts";
import { ensembles, sampleProblems, samplingMethods } from "./sample-checks.ts";

/** Pieces that sections share, made for the constants of one study. */
export interface SchemaPieces {
  readonly quantity: (kind: Quantity, describe: string) => z.ZodType<number, number | string>;
  readonly positive: (kind: Quantity, describe: string) => z.ZodType<number, number | string>;
  readonly whole: (describe: string) => z.ZodInt;
  readonly vector: z.ZodType<[number, number, number], [number | string, number | string, number | string]>;
  readonly supercell: z.ZodType<number[]>;
  readonly composition: z.ZodType<{ label?: string | undefined; per_cell: Record<string, number> }>;
  readonly speciesNumbers: (
    describe: string,
  ) => z.ZodType<Record<string, number>, Record<string, number | string>>;
}

/** What stands in for keys, and for whole sections, that a study leaves out. */
export const usualAnneal = { from_K: 2000, to_K: 50, restarts: 10 } as const;
export const usualWangLandau = { final_ln_f: 1e-6, flatness: 0.8 } as const;
export const USUAL_MEASUREMENTS = 1000;

/** Each is a file of its own, and drawn in the report. */
const MOST_SNAPSHOTS = 1000;
/** All are kept in memory, and in one checkpoint. */
const MOST_SAMPLES = 1_000_000;

export function sampleSchema(pieces: SchemaPieces) {
  const { quantity, positive, whole, vector, supercell, composition, speciesNumbers } = pieces;
  const labelled = { label: z.string().optional().describe("name in tables and plots") };
  const observe = z.strictObject({
    measurements: whole("how often each chain is measured, evenly spaced")
      .max(MOST_SAMPLES, `expected at most ${MOST_SAMPLES} measurements`)
      .default(USUAL_MEASUREMENTS),
    pairs: z
      .strictObject({ cutoff_A: positive("length", "largest distance, Å") })
      .optional()
      .describe("pair correlations and Warren-Cowley parameters for every two species and shell"),
    motifs: z
      .record(
        z.string().regex(/^[A-Za-z0-9_.+-]+$/, "expected a name without spaces"),
        z.array(z.string()).min(1),
      )
      .optional()
      .describe("counts of clusters by label, {pairs: [VO2VO3_5N]}; the counts of several labels are added"),
    clusters: z
      .array(
        z.strictObject({
          species: z.string().describe("members of the clusters"),
          cutoff_A: positive("length", "neighbours are no farther apart, Å").optional(),
          shell: whole("neighbours are in this shell, 1 the nearest").optional(),
          layers: z.array(z.string()).optional().describe("only in these layers"),
        }),
      )
      .optional()
      .describe("sizes and shapes of connected groups of a species; give cutoff_A or shell"),
    order: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(/^[A-Za-z0-9_.+-]+$/, "expected a name without spaces")
            .describe("for the name of the column"),
          species: z.string().describe("whose density waves are meant"),
          layers: z.array(z.string()).optional().describe("only in these layers"),
          k_points: z
            .array(vector)
            .min(1)
            .describe(
              "in units of the reciprocal vectors of the parent cell; 2 × 2 order is [1/2, 0, 0] and its like",
            ),
        }),
      )
      .optional()
      .describe("long-range order: amplitude of a species' density waves"),
    structure_factor: z
      .array(
        z.strictObject({
          species: z.string().describe("whose atoms scatter"),
          layers: z.array(z.string()).optional().describe("only in these layers"),
        }),
      )
      .optional()
      .describe("structure factor of a species on all wave vectors of the supercell"),
    site_map: z.boolean().default(false).describe("mean occupation of every site"),
  });

  return z
    .strictObject({
      model: z
        .enum(["fit", "published"])
        .optional()
        .describe("default: the fit if there is one, else the study's model"),
      supercells: z.array(supercell).min(1),
      temperatures_K: z
        .array(positive("temperature", "K"))
        .default([])
        .describe("needed by every method but anneal, which cools from anneal.from_K"),
      compositions: z
        .array(composition)
        .min(1)
        .optional()
        .describe("needed in the canonical ensemble; in the others one composition to begin with"),
      ensemble: z
        .enum(ensembles)
        .default("canonical")
        .describe("whether the composition is fixed, or what decides it"),
      chemical_potentials: z
        .array(
          z.strictObject({
            ...labelled,
            mu_eV: z
              .record(z.string(), quantity("energy", "eV"))
              .describe("by species, {B: -0.2}; 0 where not named"),
          }),
        )
        .min(1)
        .optional()
        .describe(
          "semi-grand: sets of chemical potentials by species; only differences between species of one group matter",
        ),
      variance_constraint: z
        .strictObject({
          kappa: positive("number", "strength of the constraint").default(200),
          phi: z
            .array(
              z.strictObject({
                ...labelled,
                phi: speciesNumbers("-2 times the wanted concentration, about"),
              }),
            )
            .min(1)
            .describe("each is a condition of the grid"),
        })
        .optional()
        .describe("variance-constrained: weights exp(-E/kT - kappa N (c + phi/2)^2) for each species named"),
      reservoir: z
        .strictObject({
          replace: z
            .array(
              z.strictObject({
                from: z.string().describe("species before a forward move"),
                to: z.string().describe("species after it"),
                count: whole("sites").default(1),
              }),
            )
            .min(1)
            .describe(
              "species that one move replaces together, forward or backward: O by V and 2 Ce4+ by Ce3+",
            ),
          delta_mu_eV: z
            .array(quantity("energy", "eV"))
            .min(1)
            .optional()
            .describe(
              "chemical potential of what a forward move releases, relative to the reference of the energies, eV",
            ),
          oxygen_pressures_bar: z
            .array(positive("number", "bar"))
            .min(1)
            .optional()
            .describe(
              "a forward move releases half an O2 molecule; its chemical potential follows from temperature and pressure",
            ),
        })
        .optional()
        .describe(
          "reservoir: a neutral replacement of species and the chemical potential of what it releases",
        ),
      moves: z
        .strictObject({
          swap: quantity("number", "weight of exchanges of two sites anywhere").optional(),
          neighbour_swap: quantity("number", "weight of exchanges of neighbours").optional(),
          flip: quantity("number", "weight of changes of one site").optional(),
          reaction: quantity("number", "weight of the reservoir's replacement").optional(),
          neighbour_cutoff_A: positive(
            "length",
            "neighbours exchange up to this distance; default: the nearest shell",
          ).optional(),
        })
        .optional()
        .describe(
          "how often each kind of move is tried; default: swap, in semi-grand ensembles flip, with a reservoir reaction and swap",
        ),
      method: z
        .enum(samplingMethods)
        .default("metropolis")
        .describe("averages by chains or by ladders of temperatures, densities of states, ground states"),
      tempering: z
        .strictObject({
          exchange_every_steps: whole(
            "steps between attempts to exchange neighbouring temperatures",
          ).optional(),
        })
        .optional()
        .describe("parallel tempering over temperatures_K"),
      wang_landau: z
        .strictObject({
          bin_eV: positive("energy", "width of an energy bin").optional(),
          final_ln_f: positive(
            "number",
            "end when the logarithm of the modification factor is below this",
          ).default(usualWangLandau.final_ln_f),
          flatness: positive("number", "smallest share of the mean in a flat histogram").default(
            usualWangLandau.flatness,
          ),
        })
        .optional()
        .describe("density of states; steps are the most that a walker takes"),
      anneal: z
        .strictObject({
          from_K: positive("temperature", "where a cooling begins, K").default(usualAnneal.from_K),
          to_K: positive("temperature", "where it ends, K").default(usualAnneal.to_K),
          restarts: whole("independent coolings").default(usualAnneal.restarts),
        })
        .optional()
        .describe("search for ground states"),
      steps: whole("trial moves for each chain").min(2, "expected at least 2 steps"),
      until: z
        .strictObject({
          observable: z.string().describe("energy_eV_per_cell, or a column of the observations"),
          error: positive("number", "half-width of the confidence interval that is good enough, in its unit"),
          confidence: positive("number", "below 1").default(0.95),
        })
        .optional()
        .describe("end a chain before its steps are done when this is known well enough"),
      replicas: whole("chains for each point of the grid").default(1),
      snapshots: whole("evenly spaced pictures of each chain")
        .max(
          MOST_SNAPSHOTS,
          `expected at most ${MOST_SNAPSHOTS} pictures; trajectory keeps more states, in one file`,
        )
        .default(5),
      samples: whole("measurements of each chain")
        .min(2, "expected at least 2 measurements")
        .max(MOST_SAMPLES, `expected at most ${MOST_SAMPLES} measurements`)
        .default(10_000),
      trajectory: whole("evenly spaced states of each chain to keep in a file for eciton analyze").optional(),
      observe: observe.optional().describe("what is measured beside energy and layers"),
      exchange: z
        .record(z.string(), z.array(z.string()).min(1))
        .optional()
        .describe("groups of sites that exchange species; default: sites with the same species"),
      engine: z
        .enum(["auto", "direct", "field", "nfold", "reference"])
        .default("auto")
        .describe(
          "how steps are computed; the results are the same to the last bit, except with nfold, where they are the same " +
            "on average and low temperatures take less time",
        ),
      checkpoint_every_steps: whole("how often a chain writes its checkpoint").default(10_000_000),
    })
    .superRefine((section, context) => {
      for (const problem of sampleProblems(section)) context.addIssue({ code: "custom", ...problem });
    });
}
