/** Runs of molecular dynamics read back: which part of a trajectory is which segment, and the energies of all. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { dataError } from "../../../core/errors.ts";
import { readTextFile } from "../../../data/read-text.ts";
import { PROVENANCE } from "../../output-files.ts";
import type { FinishedReplica } from "../caloric.ts";
import type { TimeWindow } from "./motion-windows.ts";

export interface FinishedDynamics {
  readonly folder: string;
  /** Of the runs that came to their end. */
  readonly replicas: readonly {
    /** "replica-0001" */
    readonly file: string;
    readonly structure: string;
    readonly windows: readonly TimeWindow[];
    readonly result: FinishedReplica;
  }[];
  /** Masses that the study gave, amu. */
  readonly masses: Readonly<Record<string, number>>;
  /** Whether friction of the thermostat slowed the atoms. */
  readonly friction: boolean;
}

const estimated = z.object({ value: z.number(), error: z.number().nullable() }).nullable();

/** What is used of a segment; the rest is passed on as it is. */
const segmentRecord = z.looseObject({
  /** From 1. */
  segment: z.number(),
  samples: z.number(),
  from_ps: z.number(),
  to_ps: z.number(),
  temperature_K: z.tuple([z.number(), z.number()]),
  measured: z.boolean(),
  total_eV: estimated,
  potential_eV: estimated,
  measured_temperature_K: estimated,
  heat_capacity_eV_per_K: estimated,
  halves_eV: z.number().nullable().default(null),
  lindemann: z
    .object({
      frames: z.number(),
      cluster: z.number(),
      core: z.number().optional(),
      middle: z.number().optional(),
      surface: z.number().optional(),
    })
    .nullable()
    .default(null),
});

const dynamicsRecord = z.object({
  replicas: z.array(
    z.object({ file: z.string(), structure: z.string(), segments: z.array(segmentRecord).optional() }),
  ),
});

type SegmentRecord = z.output<typeof segmentRecord>;

/**
 * @returns null where the run has not finished
 * @throws {EcitonError} "data" for a record that cannot be read
 */
export function readDynamics(folder: string): FinishedDynamics | null {
  const path = join(folder, "dynamics.json");
  if (!existsSync(path)) return null;
  let raw: unknown;
  try {
    raw = JSON.parse(readTextFile(path));
  } catch (error) {
    throw dataError(path, null, `not JSON: ${(error as Error).message}`, error);
  }
  const found = dynamicsRecord.safeParse(raw);
  if (!found.success) {
    const { path: at, message } = found.error.issues[0];
    throw dataError(path, null, `${at.join(".")}: ${message}; run the dynamics again`);
  }
  return {
    folder,
    replicas: found.data.replicas.flatMap(({ file, structure, segments }) =>
      segments ? [{ file, structure, windows: windowsOf(segments), result: resultOf(segments) }] : [],
    ),
    ...settingsIn(folder),
  };
}

/** The run that wrote a trajectory: "replica-0001.extxyz". */
export function replicaOf(runs: readonly FinishedDynamics[], path: string) {
  const name = basename(path).replace(/\..*$/, "");
  for (const { folder, replicas, masses } of runs) {
    const replica = replicas.find(({ file }) => file === name);
    if (replica && path.startsWith(folder)) return { ...replica, masses };
  }
  return null;
}

function windowsOf(segments: readonly SegmentRecord[]): TimeWindow[] {
  return segments
    .filter(({ measured }) => measured)
    .map(({ segment, temperature_K: [from, to], from_ps, to_ps }) => ({
      segment,
      temperature_K: from === to ? from : null,
      from_ps,
      to_ps,
    }));
}

function resultOf(segments: readonly SegmentRecord[]): FinishedReplica {
  return {
    // The record is what the run wrote of its own results.
    segments: segments as unknown as FinishedReplica["segments"],
    digests: segments.map(({ halves_eV, lindemann }) => ({
      halves_eV,
      lindemann,
    })) as FinishedReplica["digests"],
  };
}

interface StudyOfRun {
  readonly dynamics?: {
    readonly ensemble?: string;
    readonly thermostat?: { readonly method?: string };
    readonly masses_amu?: Record<string, number>;
  };
}

function settingsIn(folder: string): Pick<FinishedDynamics, "masses" | "friction"> {
  const path = join(folder, PROVENANCE);
  if (!existsSync(path)) return { masses: {}, friction: false };
  const { resolvedStudy } = JSON.parse(readTextFile(path)) as { resolvedStudy?: string };
  const { dynamics } = (parse(resolvedStudy ?? "") as StudyOfRun | null) ?? {};
  const method = dynamics?.thermostat?.method ?? "langevin";
  return {
    masses: dynamics?.masses_amu ?? {},
    friction: dynamics?.ensemble === "nvt" && method === "langevin",
  };
}
