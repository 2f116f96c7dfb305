/** The section `dynamics` of a study: molecular dynamics of the structures of the section `atoms`. */
import { z } from "zod";
import { fixSchema } from "./fix-schema.ts";
import type { SchemaPieces } from "./sample-schema.ts";

/** By the names that src/dynamics/md gives them. */
const thermostats = ["langevin", "nose-hoover", "velocity-rescaling"] as const;
const barostats = ["martyna-tobias-klein", "stochastic-cell"] as const;

/** What stands in for keys that a study leaves out. */
export const usualDynamics = {
  time_step_fs: 1,
  /** Langevin's friction is kept weak, so that motion stays that of the atoms. */
  langevin_time_fs: 500,
  thermostat_time_fs: 100,
  barostat_time_fs: 1000,
  chain: 3,
  /** Copper's; a liquid's is some ten times larger. */
  compressibility_per_GPa: 0.007,
} as const;

export function dynamicsSchema(pieces: SchemaPieces) {
  const { quantity, positive, whole } = pieces;
  const temperature = positive("temperature", "K");
  const pressure = quantity("number", "GPa");
  const zeroOrMore = (describe: string) =>
    quantity("number", describe).refine((x) => x >= 0, { error: "expected zero or more" });

  const thermostat = z
    .strictObject({
      method: z
        .enum(thermostats)
        .optional()
        .describe(
          "see [molecular dynamics](theory/molecular-dynamics.md#ensembles); default: langevin in nvt, that of the barostat in npt",
        ),
      time_fs: positive(
        "number",
        "relaxation time, fs; default 100, for langevin 500 (the inverse of the friction)",
      ).optional(),
      chain: whole("thermostats in a chain of nose-hoover").max(10).default(usualDynamics.chain),
    })
    .describe("what holds the temperature");
  const barostat = z
    .strictObject({
      method: z
        .enum(barostats)
        .default("martyna-tobias-klein")
        .describe(
          "martyna-tobias-klein: a cell with inertia and nose-hoover chains; stochastic-cell: a volume with friction and noise, with velocity-rescaling",
        ),
      cell: z
        .enum(["isotropic", "orthorhombic", "full"])
        .default("isotropic")
        .describe(
          "what changes: the size, the three edges on their own, all strains; stochastic-cell: the size",
        ),
      time_fs: positive("number", "relaxation time of the cell, fs").default(usualDynamics.barostat_time_fs),
      compressibility_per_GPa: positive(
        "number",
        "stochastic-cell: an estimate, which decides the relaxation time alone",
      ).default(usualDynamics.compressibility_per_GPa),
    })
    .describe("what holds the pressure");

  const segment = z.strictObject({
    duration_ps: positive("number", "ps; a whole number of time steps, rounded"),
    temperature_K: z
      .union([temperature, z.tuple([temperature, temperature])])
      .describe("one temperature, or [from, to] to heat or cool evenly, K"),
    pressure_GPa: z
      .union([pressure, z.tuple([pressure, pressure])])
      .optional()
      .describe("npt: one pressure, or [from, to], GPa; default: dynamics.pressure_GPa"),
    measure: z.boolean().default(true).describe("whether means are taken; false to equilibrate"),
  });
  const staircase = z
    .strictObject({
      from_K: positive("temperature", "first temperature, K"),
      to_K: positive("temperature", "last temperature, K; lower than the first to cool"),
      step_K: positive("temperature", "from one temperature to the next, K"),
      equilibrate_ps: zeroOrMore("time at each temperature before means are taken, ps"),
      measure_ps: positive("number", "time at each temperature in which they are, ps"),
    })
    .describe("steps of temperature, for a caloric curve");

  return z
    .strictObject({
      ensemble: z
        .enum(["nve", "nvt", "npt"])
        .default("nvt")
        .describe("what is held: energy, temperature, temperature and pressure"),
      time_step_fs: positive(
        "number",
        "fs; 1 or 2 for metals and oxides, a few tenths with hydrogen",
      ).default(usualDynamics.time_step_fs),
      segments: z.array(segment).min(1).optional().describe("parts of the run, one after another"),
      staircase: staircase.optional(),
      thermostat: thermostat.optional(),
      barostat: barostat.optional(),
      pressure_GPa: pressure.default(0).describe("npt: pressure where a segment gives none, GPa"),
      start: z
        .strictObject({
          velocities: z
            .enum(["draw", "file"])
            .default("draw")
            .describe("from the Maxwell-Boltzmann distribution, or column vel (Å/fs) of the file"),
          temperature_K: positive(
            "temperature",
            "of the velocities that are drawn, K; default: the first one of the segments",
          ).optional(),
          kinetic_energy: z
            .enum(["exact", "sampled"])
            .default("exact")
            .describe("scaled to that of the temperature, or left as drawn"),
        })
        .optional()
        .describe("velocities to begin with"),
      momentum: z
        .enum(["removed", "free"])
        .default("removed")
        .describe(
          "total momentum, and angular momentum of clusters: kept at zero, or free as the rest (langevin only); with fixed atoms always free",
        ),
      fix: fixSchema(pieces).optional(),
      masses_amu: z
        .record(z.string(), positive("number", "amu"))
        .default({})
        .describe("masses of species that are not those of their elements, {H: 2.014}"),
      replicas: whole("runs of each structure, with other velocities and noise").default(1),
      sample_every_steps: whole("steps from one measurement for the means to the next").default(10),
      series_every_steps: whole("steps from one row of the table of energies to the next").default(100),
      trajectory: z
        .strictObject({
          every_steps: whole("steps from one frame to the next"),
          format: z
            .enum(["extxyz", "lammps-dump"])
            .default("extxyz")
            .describe("extended XYZ (Å, eV, Å/fs), or LAMMPS dump (metal units)"),
          velocities: z.boolean().default(false).describe("whether frames have velocities"),
          forces: z.boolean().default(false).describe("whether frames have forces"),
        })
        .optional()
        .describe("frames to keep in a file for each run; default: none"),
      checkpoint_every_steps: whole("how often a run writes its checkpoint").default(10_000),
      max_displacement_A: positive(
        "length",
        "an atom that moves farther in one step ends the run, Å",
      ).default(0.5),
      max_temperature_K: positive(
        "temperature",
        "a higher temperature ends the run, K; default: 20 times the highest one of the segments, more for a handful of atoms",
      ).optional(),
    })
    .superRefine((section, context) => {
      for (const problem of dynamicsProblems(section)) context.addIssue({ code: "custom", ...problem });
    });
}

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

interface Checked {
  readonly ensemble: "nve" | "nvt" | "npt";
  readonly segments?: readonly { readonly pressure_GPa?: unknown; readonly temperature_K: unknown }[];
  readonly staircase?: { readonly from_K: number; readonly to_K: number; readonly step_K: number };
  readonly thermostat?: { readonly method?: string };
  readonly barostat?: { readonly method: string; readonly cell: string };
  readonly pressure_GPa: number;
  readonly momentum: string;
}

/** What the keys ask of each other. */
function* dynamicsProblems(section: Checked): Generator<Problem> {
  const { ensemble, segments, staircase, thermostat, barostat } = section;
  if ((segments === undefined) === (staircase === undefined))
    yield { path: [], message: "give either segments or staircase" };
  if (ensemble === "nve") {
    if (thermostat) yield { path: ["thermostat"], message: "nve has no thermostat; ensemble: nvt or npt" };
    if (staircase) yield { path: ["staircase"], message: "nve holds no temperature; ensemble: nvt or npt" };
    for (const [i, { temperature_K }] of (segments ?? []).entries())
      if (Array.isArray(temperature_K))
        yield {
          path: ["segments", i, "temperature_K"],
          message: "nve holds no temperature, and cannot change it; ensemble: nvt or npt",
        };
  }
  if (ensemble !== "npt") {
    if (barostat) yield { path: ["barostat"], message: `${ensemble} has no barostat; ensemble: npt` };
    if (section.pressure_GPa !== 0)
      yield { path: ["pressure_GPa"], message: `${ensemble} holds no pressure; ensemble: npt` };
    for (const [i, { pressure_GPa }] of (segments ?? []).entries())
      if (pressure_GPa !== undefined)
        yield {
          path: ["segments", i, "pressure_GPa"],
          message: `${ensemble} holds no pressure; ensemble: npt`,
        };
  } else {
    const stochastic = barostat?.method === "stochastic-cell";
    const fitting = stochastic ? "velocity-rescaling" : "nose-hoover";
    if (thermostat?.method !== undefined && thermostat.method !== fitting)
      yield {
        path: ["thermostat", "method"],
        message: `the barostat ${barostat?.method ?? "martyna-tobias-klein"} goes with ${fitting}`,
      };
    if (stochastic && barostat.cell !== "isotropic")
      yield {
        path: ["barostat", "cell"],
        message: "stochastic-cell changes the size alone; method: martyna-tobias-klein for other strains",
      };
  }
  const langevin = ensemble === "nvt" && (thermostat?.method ?? "langevin") === "langevin";
  if (section.momentum === "free" && !langevin)
    yield { path: ["momentum"], message: "only langevin brings a free momentum to the temperature" };
  if (
    staircase &&
    staircase.step_K > Math.abs(staircase.to_K - staircase.from_K) &&
    staircase.to_K !== staircase.from_K
  )
    yield {
      path: ["staircase", "step_K"],
      message: "expected at most the difference of from_K and to_K",
    };
  else if (staircase) {
    const stairs = Math.abs(staircase.to_K - staircase.from_K) / staircase.step_K;
    // Differences of decimals are whole to rounding only.
    if (Math.abs(stairs - Math.round(stairs)) > 1e-9 * Math.max(1, stairs))
      yield {
        path: ["staircase", "step_K"],
        message:
          "expected a whole number of steps from from_K to to_K: the last temperature would be left out",
      };
  }
}

export type DynamicsSection = z.output<ReturnType<typeof dynamicsSchema>>;
