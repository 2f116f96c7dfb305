/** The folders of finished runs, read back and checked. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EcitonError } from "../core/errors.ts";
import { readTextFile } from "../data/read-text.ts";
import { latticeFromRecord } from "../lattice/lattice-record.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { PROVENANCE, TRAJECTORIES } from "./output-files.ts";
import { ecitonVersion } from "./provenance.ts";
import { SAMPLING_FORMAT } from "./sampling-record.ts";

const value = z.object({ value: z.number(), error: z.number() });
const numbers = z.record(z.string(), z.number());
const observation = value.extend({ name: z.string(), unit: z.string() });

const stateRecord = z.object({
  supercell: z.array(z.int()),
  supercellText: z.string(),
  conditionLabel: z.string(),
  conditionIndex: z.int(),
  composition: numbers,
  fractions: z.array(z.object({ species: z.string(), group: z.string(), fraction: value })),
  temperature_K: z.number(),
  replicas: z.int(),
  numCells: z.int(),
  energy_eV: value,
  heatCapacity_kB: value.nullable(),
  layers: z.array(
    z.object({ species: z.string(), layer: z.string(), share: value.nullable(), occupancy: value }),
  ),
  observations: z.array(observation).default([]),
  effectiveSamples: z.number(),
  acceptance: z.number(),
  equilibrated: z.boolean(),
});

const chainRecord = z.object({
  index: z.int(),
  supercell: z.array(z.int()),
  conditionIndex: z.int(),
  temperature_K: z.number(),
  replica: z.int(),
  ensemble: z.looseObject({ kind: z.string() }),
  steps: z.number(),
  energy_eV: value,
  heatCapacity_kB: value.nullable(),
  equilibration: z.object({
    start_step: z.number(),
    effective_samples: z.number(),
    autocorrelation_steps: z.number(),
    equilibrated: z.boolean(),
    reason: z.string().nullable(),
  }),
  acceptance: z.array(z.object({ move: z.string(), proposed: z.number(), accepted: z.number() })),
  lowest: z.object({ energy_eV: z.number() }),
});

const samplingRecord = z.object({
  model: z.object({
    sha256: z.string(),
    lattice: z.object({
      cell_A: z.array(z.number()).length(9),
      periodic: z.tuple([z.boolean(), z.boolean(), z.boolean()]),
      sites: z.array(
        z.object({
          name: z.string(),
          position: z.tuple([z.number(), z.number(), z.number()]),
          species: z.array(z.string()),
          kind: z.string(),
          layer: z.string(),
          labels: z.record(z.string(), z.string()),
        }),
      ),
    }),
    vacancies: z.array(z.string()),
  }),
  seed: z.number(),
  states: z.array(stateRecord),
  chains: z.array(chainRecord),
});

export type StateRecord = z.output<typeof stateRecord>;
export type RunChain = z.output<typeof chainRecord>;

export interface RunState extends StateRecord {
  readonly chains: readonly RunChain[];
}

export interface AnalysedRun {
  /** As it was given. */
  readonly folder: string;
  readonly study: string;
  readonly seed: number;
  readonly modelHash: string;
  readonly lattice: ParentLattice;
  readonly vacancies: readonly string[];
  readonly states: readonly RunState[];
  readonly chains: readonly RunChain[];
  /** Trajectory files by number of the chain. */
  readonly trajectories: ReadonlyMap<number, string>;
}

/**
 * @throws {EcitonError} "data" for a folder that is no finished run with Monte Carlo, or that a newer version has written
 */
export function readRun(folder: string): AnalysedRun {
  const fail = (message: string): never => {
    throw new EcitonError("data", `${folder}: ${message}`, { folder });
  };
  if (!existsSync(folder)) fail("there is no such folder");
  if (!statSync(folder).isDirectory()) fail("this is a file; expected the output folder of a run");
  if (!existsSync(join(folder, PROVENANCE)))
    fail("this is no output folder of eciton run or eciton sample: it has no provenance.json");
  const provenance = z
    .object({
      eciton: z.string(),
      study: z.string(),
      parts: z.array(z.string()).default([]),
    })
    .safeParse(readJson(join(folder, PROVENANCE)));
  if (!provenance.success) return fail(`provenance.json: ${firstProblem(provenance.error)}`);
  const { eciton, study, parts } = provenance.data;
  const path = join(folder, "sampling.json");
  if (!existsSync(path)) {
    if (!parts.includes("sample")) fail("there is nothing to analyse: this run did no Monte Carlo");
    fail("the run has not finished: repeat its command with --resume, then analyse it");
  }
  const raw = readJson(path) as { readonly format?: unknown } | null;
  const format = raw?.format;
  if (typeof format === "number" && format > SAMPLING_FORMAT)
    fail(
      `written by Eciton ${eciton}, which is newer than this one (${ecitonVersion()}): its results have format ${format}, ` +
        `this program reads up to ${SAMPLING_FORMAT}`,
    );
  if (format !== SAMPLING_FORMAT)
    fail(`sampling.json: expected format ${SAMPLING_FORMAT}, found ${format ?? "none"}; sample again`);
  const sampling = samplingRecord.safeParse(raw);
  if (!sampling.success) return fail(`sampling.json: ${firstProblem(sampling.error)}; sample again`);
  const { model, seed, states, chains } = sampling.data;
  if (states.length === 0)
    fail(
      "there is nothing to analyse: annealing and Wang-Landau sampling leave no averages at a temperature; what they " +
        "found is in the run's own report",
    );
  return {
    folder,
    study,
    seed,
    modelHash: model.sha256,
    lattice: latticeFromRecord(model.lattice, path),
    vacancies: model.vacancies,
    states: states.map((state) => ({ ...state, chains: chainsOf(state, chains) })),
    chains,
    trajectories: trajectoriesIn(folder),
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readTextFile(path));
  } catch (error) {
    if (error instanceof EcitonError) throw error;
    throw new EcitonError("data", `${path}: not JSON: ${(error as Error).message}`, { file: path }, error);
  }
}

function firstProblem(error: z.ZodError): string {
  const { path, message } = error.issues[0];
  return `${path.join(".") || "the document"}: ${message}`;
}

function chainsOf(state: StateRecord, chains: readonly RunChain[]): RunChain[] {
  return chains.filter(
    (chain) =>
      chain.conditionIndex === state.conditionIndex &&
      chain.temperature_K === state.temperature_K &&
      chain.supercell.join() === state.supercell.join(),
  );
}

function trajectoriesIn(folder: string): Map<number, string> {
  const path = join(folder, TRAJECTORIES);
  if (!existsSync(path)) return new Map();
  return new Map(
    readdirSync(path).flatMap((name): [number, string][] => {
      const match = /^chain-(\d+)\.traj$/.exec(name);
      return match ? [[Number(match[1]), join(path, name)]] : [];
    }),
  );
}
