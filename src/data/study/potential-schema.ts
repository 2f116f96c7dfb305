/** `model.potential` of a study: the potential that moves atoms. */
import { z } from "zod";
import type { SchemaPieces } from "./sample-schema.ts";
import { unitsSchema } from "./train-schema.ts";

const potentialKinds = [
  "lennard-jones",
  "morse",
  "gupta",
  "sutton-chen",
  "eam",
  "buckingham",
  "hdnnp",
] as const;
export type PotentialKind = (typeof potentialKinds)[number];

export function potentialSchema({ quantity, positive }: SchemaPieces) {
  const species = z.string().min(1);
  const pair = z.tuple([species, species]).describe("the two species, in any order");
  const energy = (describe: string) => positive("energy", describe);
  const length = (describe: string) => positive("length", describe);
  const number = (describe: string) => positive("number", describe);
  const cutoff = z
    .union([
      z.literal("none"),
      // A single distance: the usual share of it to fade out in.
      length("Å").transform((to): [number, number] => [0.9 * to, to]),
      z
        .tuple([length("Å"), length("Å")])
        .refine(([from, to]) => from < to, { error: "expected two distances, the smaller first" }),
    ])
    .optional();
  const set = (describe: string) => z.string().optional().describe(describe);

  return z
    .strictObject({
      kind: z.enum(potentialKinds).describe("form of the potential"),
      set: set("published parameters by name; default: the usual set of the kind"),
      cutoff_A: cutoff.describe(
        "[from, to], Å: interactions fade out in between; one distance: the last tenth of it; none: every pair, for clusters only; default: as the parameters " +
          "were fitted for periodic atoms, none for clusters",
      ),

      epsilon_eV: energy("lennard-jones, one kind of pair for all: depth, eV").optional(),
      sigma_A: length("lennard-jones, one kind of pair for all: where the energy is zero, Å").optional(),
      ending: z
        .enum(["smooth", "shifted", "truncated"])
        .optional()
        .describe(
          "lennard-jones, morse: how they end at the cut-off; shifted and truncated: at its end at once, as published fluids " +
            "do; default: smooth",
        ),
      lennard_jones: z
        .array(z.strictObject({ species: pair, epsilon_eV: energy("depth, eV"), sigma_A: length("zero, Å") }))
        .min(1)
        .optional()
        .describe(
          "lennard-jones: parameters of each pair of species; missing pairs by Lorentz and Berthelot's rules",
        ),
      morse: z
        .array(
          z.strictObject({
            species: pair,
            D_eV: energy("depth, eV"),
            a_per_A: number("steepness, 1/Å"),
            r0_A: length("distance of the minimum, Å"),
          }),
        )
        .min(1)
        .optional()
        .describe("morse: parameters of every pair of species"),
      gupta: z
        .array(
          z.strictObject({
            species: pair,
            A_eV: energy("repulsion, eV"),
            xi_eV: energy("hopping, eV"),
            p: number("decay of the repulsion"),
            q: number("decay of the hopping"),
            r0_A: length("distance of nearest neighbours, Å"),
          }),
        )
        .min(1)
        .optional()
        .describe("gupta: parameters of every pair of species"),
      sutton_chen: z
        .array(
          z.strictObject({
            species: species.describe("the element"),
            n: z.int().describe("exponent of the repulsion"),
            m: z.int().describe("exponent of the density"),
            epsilon_eV: energy("energy, eV"),
            c: number("weight of the density"),
            a_A: length("lattice constant, Å"),
          }),
        )
        .min(1)
        .optional()
        .describe("sutton-chen: parameters of each species; pairs by the rules of mixing"),
      file: z.string().optional().describe("eam: a setfl file (eam/alloy); path relative to the study"),
      funcfl: z
        .record(species, z.string())
        .optional()
        .describe("eam: a funcfl file for each species, {Cu: Cu_u3.eam}; paths relative to the study"),
      charges_e: z
        .record(species, quantity("number", "charge, e"))
        .optional()
        .describe("buckingham: charge of each ion, e"),
      buckingham: z
        .array(
          z.strictObject({
            species: pair,
            A_eV: quantity("energy", "repulsion, eV"),
            rho_A: length("decay of the repulsion, Å"),
            C_eV_A6: quantity("number", "dispersion, eV Å⁶"),
          }),
        )
        .optional()
        .describe("buckingham: short-range parameters of pairs; the others have their Coulomb energy alone"),
      coulomb: z
        .strictObject({
          method: z
            .enum(["ewald", "wolf", "bare"])
            .optional()
            .describe("default: ewald for periodic atoms, bare for clusters"),
          accuracy: number("ewald: relative accuracy").optional(),
          slab: z
            .boolean()
            .optional()
            .describe(
              "ewald: the cell, periodic in three directions, holds a slab whose dipole along c is corrected for",
            ),
          background: z
            .boolean()
            .optional()
            .describe("ewald: a net charge is neutralised by an even background instead of refused"),
          damping_per_A: number("wolf: α, 1/Å; default 0.1").optional(),
        })
        .optional()
        .describe("buckingham: how the Coulomb energy is summed"),
      folder: z
        .union([z.string(), z.array(z.string()).min(1)])
        .optional()
        .describe(
          "hdnnp: folder with input.nn, scaling.data and weights.NNN.data; several are a committee, whose mean is taken; paths relative to " +
            "the study; default: what `eciton train` or `eciton learn` made in the output folder of this study",
        ),
      units: unitsSchema().optional(),
      extrapolation: z
        .enum(["ignore", "warn", "collect", "stop"])
        .optional()
        .describe(
          "hdnnp: what is done about atoms in surroundings that the training data lack; warn: they are counted and told; collect: states with " +
            "them are also written, to outside.extxyz, for labeling; stop: the calculation ends; default: warn",
        ),
    })
    .superRefine((potential, context) => {
      for (const [key, kinds] of Object.entries(belongsTo)) {
        const given = potential[key as keyof typeof belongsTo] !== undefined;
        if (given && !(kinds as readonly string[]).includes(potential.kind))
          context.addIssue({
            code: "custom",
            path: [key],
            message: `this belongs to ${kinds.join(" and ")}; the kind is ${potential.kind}`,
          });
      }
      const sources = sourcesOf[potential.kind].filter((key) => potential[key] !== undefined);
      if (sources.length > 1)
        context.addIssue({
          code: "custom",
          message: `parameters are given twice: by ${sources.join(" and by ")}; keep one`,
        });
      const one = [potential.epsilon_eV, potential.sigma_A].filter((x) => x !== undefined).length;
      if (one === 1) context.addIssue({ code: "custom", message: "epsilon_eV and sigma_A go together" });
      if ((potential.buckingham === undefined) !== (potential.charges_e === undefined))
        context.addIssue({ code: "custom", message: "buckingham and charges_e go together" });
    });
}

/** Keys that only some kinds have. */
const belongsTo = {
  epsilon_eV: ["lennard-jones"],
  sigma_A: ["lennard-jones"],
  ending: ["lennard-jones", "morse"],
  lennard_jones: ["lennard-jones"],
  morse: ["morse"],
  gupta: ["gupta"],
  sutton_chen: ["sutton-chen"],
  file: ["eam"],
  funcfl: ["eam"],
  charges_e: ["buckingham"],
  buckingham: ["buckingham"],
  coulomb: ["buckingham"],
  folder: ["hdnnp"],
  units: ["hdnnp"],
  extrapolation: ["hdnnp"],
} as const satisfies Record<string, readonly PotentialKind[]>;

/** Where each kind takes its parameters from; one of them is given, or a set stands in. */
const sourcesOf = {
  "lennard-jones": ["set", "epsilon_eV", "lennard_jones"],
  morse: ["set", "morse"],
  gupta: ["set", "gupta"],
  "sutton-chen": ["set", "sutton_chen"],
  eam: ["set", "file", "funcfl"],
  buckingham: ["set", "buckingham"],
  hdnnp: ["folder"],
} as const satisfies Record<PotentialKind, readonly string[]>;
