/** What molecular dynamics leave for other programs: tables, last states, everything as JSON. */
import { join } from "node:path";
import type { Estimated } from "../../core/running-means.ts";
import type { Structure } from "../../data/structure.ts";
import { VELOCITIES } from "../../dynamics/md/frame-text.ts";
import type { FinishedMd } from "../../dynamics/md/replica.ts";
import { strictJson, writeFileAtomic } from "../../exec/atomic-file.ts";
import { type CsvValue, toCsv } from "../../report/csv.ts";
import { type Caloric, caloricCurves, caloricDocument } from "./caloric.ts";
import type { ReplicaDigest } from "./dynamics-digest.ts";
import type { DynamicsPlan, PlannedReplica } from "./dynamics-plan.ts";
import type { FailedReplica, ReplicaOutcome } from "./dynamics-task.ts";
import { writeKept, writeStructureFile } from "./part-report.ts";

/** A replica and what became of it: `end`, or the failure. */
export interface Replica {
  readonly planned: PlannedReplica;
  readonly end: {
    readonly run: FinishedMd;
    readonly digest: ReplicaDigest;
    /** The last state. */
    readonly structure: Structure;
  } | null;
  readonly failure: FailedReplica | null;
}

export interface StructureCurves {
  readonly structure: string;
  readonly atoms: number;
  readonly curves: readonly Caloric[];
}

export function replicasOf(part: DynamicsPlan, outcomes: readonly ReplicaOutcome[]): Replica[] {
  return part.replicas.map((planned, i) => {
    const outcome = outcomes[i];
    if ("failure" in outcome) return { planned, end: null, failure: outcome.failure };
    const { run, digest } = outcome;
    const { name, species, periodic, source } = part.structures[planned.structure];
    const { positions, velocities, cell, energy_eV } = run.final;
    const structure: Structure = {
      cell,
      periodic,
      species,
      positions,
      energy: energy_eV,
      name,
      info: {
        replica: planned.file,
        time_ps: run.time_ps,
        [`atom.${VELOCITIES}`]: Array.from(velocities),
      },
      source,
    };
    return { planned, end: { run, digest, structure }, failure: null };
  });
}

/** Curves of the structures that have some. */
export function curvesOf(
  { structures, section }: DynamicsPlan,
  replicas: readonly Replica[],
): StructureCurves[] {
  // Without a thermostat temperatures are what they become.
  if (section.ensemble === "nve") return [];
  return structures
    .map(({ name, species }, i) => ({
      structure: name,
      atoms: species.length,
      curves: caloricCurves(
        replicas.flatMap(({ planned, end }) =>
          end && planned.structure === i
            ? [{ segments: end.run.segments, digests: end.digest.segments }]
            : [],
        ),
      ),
    }))
    .filter(({ curves }) => curves.length > 0);
}

/** Writes segments.csv, caloric.csv where there are curves, final.extxyz and dynamics.json. */
export function writeDynamics(
  part: DynamicsPlan,
  replicas: readonly Replica[],
  curves: readonly StructureCurves[],
  outDir: string,
): void {
  writeFileAtomic(join(outDir, "segments.csv"), segmentTable(replicas));
  if (curves.length > 0) writeFileAtomic(join(outDir, "caloric.csv"), caloricTable(curves));
  writeStructureFile(
    join(outDir, "final.extxyz"),
    replicas.flatMap(({ end }) => (end ? [end.structure] : [])),
  );
  writeKept(
    outDir,
    replicas.flatMap(({ end }) => (end ? [{ from: end.structure, kept: end.run.kept }] : [])),
  );
  const document = { ...documentOf(part, replicas, curves), segments: part.segments };
  writeFileAtomic(join(outDir, "dynamics.json"), `${strictJson(document, 1)}\n`);
}

/** All results as plain data; without series and states, which have files of their own. */
export function documentOf(
  { structures, potential }: DynamicsPlan,
  replicas: readonly Replica[],
  curves: readonly StructureCurves[],
) {
  return {
    potential: potential.name,
    replicas: replicas.map(({ planned, end, failure }) => ({
      name: planned.name,
      file: planned.file,
      structure: structures[planned.structure].name,
      atoms: structures[planned.structure].species.length,
      ...(end
        ? {
            steps: end.run.steps,
            time_ps: end.run.time_ps,
            degrees_of_freedom: end.run.degreesOfFreedom,
            segments: end.run.segments.map((segment, k) => ({
              ...segment,
              segment: segment.segment + 1,
              ...end.digest.segments[k],
            })),
          }
        : { failure }),
    })),
    caloric: curves.map(({ structure, atoms, curves: own }) => ({
      structure,
      atoms,
      curves: own.map(caloricDocument),
    })),
  };
}

/** Two columns: value and error. */
function pair(estimate: Estimated | null): [CsvValue, CsvValue] {
  return [estimate?.value, estimate?.error ?? undefined];
}

function segmentTable(replicas: readonly Replica[]): string {
  const estimates = [
    ["measured_temperature", "K"],
    ["potential", "eV"],
    ["kinetic", "eV"],
    ["total", "eV"],
    ["pressure", "GPa"],
    ["volume", "A3"],
    ["heat_capacity", "eV_per_K"],
  ];
  const columns = [
    "replica",
    "structure",
    "segment",
    "from_ps",
    "to_ps",
    "from_temperature_K",
    "to_temperature_K",
    "measured",
    "samples",
    ...estimates.flatMap(([name, unit]) => [`${name}_${unit}`, `${name}_error_${unit}`]),
    "drift_eV_per_ps",
    "largest_drift_eV",
    "lindemann",
  ];
  const rows = replicas.flatMap(({ planned, end }) =>
    (end?.run.segments ?? []).map((s, k): CsvValue[] => [
      planned.file,
      planned.plan.atoms.name,
      s.segment + 1,
      s.from_ps,
      s.to_ps,
      s.temperature_K[0],
      s.temperature_K[1],
      s.measured,
      s.samples,
      ...pair(s.measured_temperature_K),
      ...pair(s.potential_eV),
      ...pair(s.kinetic_eV),
      ...pair(s.total_eV),
      ...pair(s.pressure_GPa),
      ...pair(s.volume_A3),
      ...pair(s.heat_capacity_eV_per_K),
      s.drift?.eV_per_ps,
      s.drift?.largest_eV,
      end!.digest.segments[k].lindemann?.cluster,
    ]),
  );
  return toCsv("segments", columns, rows);
}

function caloricTable(curves: readonly StructureCurves[]): string {
  const columns = [
    "structure",
    "direction",
    "temperature_K",
    "measured_temperature_K",
    "measured_temperature_error_K",
    "energy_eV",
    "energy_error_eV",
    "heat_capacity_eV_per_K",
    "heat_capacity_error_eV_per_K",
    "lindemann",
    "lindemann_core",
    "lindemann_middle",
    "lindemann_surface",
  ];
  const rows = curves.flatMap(({ structure, curves: own }) =>
    own.flatMap(({ direction, states }) =>
      states.map((state): CsvValue[] => [
        structure,
        direction,
        state.temperature_K,
        ...pair(state.measured_K),
        ...pair(state.energy_eV),
        ...pair(state.heat_capacity_eV_per_K),
        state.lindemann?.cluster,
        state.lindemann?.core,
        state.lindemann?.middle,
        state.lindemann?.surface,
      ]),
    ),
  );
  return toCsv("caloric curve", columns, rows);
}
