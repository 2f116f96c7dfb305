/** What is said of molecular dynamics: the report, the verdict, the lines on the terminal. */
import { join } from "node:path";
import { EcitonError } from "../../core/errors.ts";
import type { Estimated } from "../../core/running-means.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import type {
  CaloricSummary,
  DynamicsReplica,
  DynamicsSegment,
  KineticDistribution,
} from "../../report/dynamics-model.ts";
import { integer } from "../../report/numbers.ts";
import type { Estimate } from "../../report/sampling-model.ts";
import { TRAJECTORIES } from "../output-files.ts";
import type { Provenance } from "../provenance.ts";
import { atomsPictures, type Picture } from "./atoms-pictures.ts";
import type { Caloric } from "./caloric.ts";
import { documentOf, type Replica, type StructureCurves } from "./dynamics-files.ts";
import { type DynamicsPlan, methodText } from "./dynamics-plan.ts";
import { meltingText, remarksOn, temperatureText, verdictOf, warningsOf } from "./dynamics-verdict.ts";
import { potentialNotes, writePage } from "./part-report.ts";

/** In the viewer, of each two pictures. */
const MOST_PICTURES = 10;

/** Writes report.html; gives what the command line prints. */
export function dynamicsReport(
  part: DynamicsPlan,
  replicas: readonly Replica[],
  curves: readonly StructureCurves[],
  provenance: Provenance,
  seconds: number,
  outDir: string,
) {
  const { study } = part.loaded;
  const warnings = [
    ...part.warnings,
    ...warningsOf(part, replicas),
    ...potentialNotes(
      replicas.map(({ planned, end }) => ({ name: planned.name, notes: end?.run.notes ?? [] })),
    ),
  ];
  const verdict = verdictOf(part, replicas, curves, warnings.length);
  const caloric = curves.flatMap((own) => own.curves.map((curve) => caloricOf(own, curve)));
  const report = writePage(
    study,
    { verdict, warnings, provenance, seconds },
    {
      dynamics: {
        method: methodText(part),
        potential: part.potential.name,
        replicas: replicas.map(replicaOf),
        segments: replicas.flatMap((replica) => segmentsOf(part, replica)),
        caloric,
        kinetic: kineticOf(part, replicas),
      },
      snapshots: atomsPictures("Structures", "Run", picturesOf(part, replicas)),
    },
    outDir,
  );
  return {
    report,
    warnings,
    verdict,
    document: documentOf(part, replicas, curves),
    lines: [
      `means:       ${join(outDir, "segments.csv")}${curves.length > 0 ? ", caloric.csv" : ""}, dynamics.json`,
      `last states: ${join(outDir, "final.extxyz")}`,
      `on the way:  ${join(outDir, TRAJECTORIES)}`,
    ],
    seconds,
    failure: failureOf(replicas),
  };
}

function failureOf(replicas: readonly Replica[]): EcitonError | null {
  const failed = replicas.filter(({ failure }) => failure);
  if (failed.length === 0) return null;
  const [{ planned, failure }] = failed;
  const which =
    replicas.length === 1
      ? planned.name
      : `${integer(failed.length)} of ${integer(replicas.length)} replicas went wrong; ${planned.name} (${planned.file})`;
  return new EcitonError("not-converged", `${which}: ${failure!.message}`, {
    ...failure!.details,
    replicas: failed.map((one) => one.planned.file),
  });
}

function estimate(value: Estimated | null, factor = 1): Estimate | undefined {
  if (value === null) return undefined;
  return {
    mean: value.value * factor,
    ...(value.error === null ? {} : { error: value.error * factor }),
  };
}

function replicaOf({ planned, end, failure }: Replica): DynamicsReplica {
  const row = { name: planned.name, atoms: planned.plan.atoms.species.length };
  if (!end) return { ...row, failure: failure!.message };
  const { series } = end.digest;
  return {
    ...row,
    time_ps: end.run.time_ps,
    series: {
      time_ps: series.time_ps,
      temperature_K: series.temperature_K,
      potential_eV: series.potential_eV,
      ...(series.conserved_eV ? { conserved_eV: series.conserved_eV } : {}),
      ...(series.pressure_GPa ? { pressure_GPa: series.pressure_GPa, volume_A3: series.volume_A3 } : {}),
    },
  };
}

function segmentsOf(part: DynamicsPlan, { planned, end }: Replica): DynamicsSegment[] {
  const atoms = planned.plan.atoms.species.length;
  const thermostat = part.section.ensemble !== "nve";
  return (end?.run.segments ?? []).flatMap((segment, k) => {
    if (!segment.measured) return [];
    const digest = end!.digest.segments[k];
    const remarks = remarksOn(segment, digest, atoms, thermostat);
    return [
      {
        replica: planned.name,
        from_ps: segment.from_ps,
        to_ps: segment.to_ps,
        wanted: thermostat ? temperatureText(segment) : "",
        temperature_K: estimate(segment.measured_temperature_K),
        potential_eV: estimate(segment.potential_eV),
        total_eV: estimate(segment.total_eV),
        pressure_GPa: estimate(segment.pressure_GPa),
        volume_A3: estimate(segment.volume_A3),
        heatCapacity_kB: estimate(segment.heat_capacity_eV_per_K, 1 / (atoms * BOLTZMANN_EV_PER_K)),
        drift_meV_per_ps: segment.drift ? (1000 * segment.drift.eV_per_ps) / atoms : undefined,
        lindemann: digest.lindemann?.cluster,
        note: remarks.length > 0 ? remarks.join(", ") : undefined,
      },
    ];
  });
}

function caloricOf({ structure, atoms }: StructureCurves, curve: Caloric): CaloricSummary {
  const perAtom = 1 / (atoms * BOLTZMANN_EV_PER_K);
  return {
    name: `${structure}, ${curve.direction}`,
    atoms,
    states: curve.states.map((state) => ({
      temperature_K: state.temperature_K,
      energy_eV: estimate(state.energy_eV)!,
      heatCapacity_kB: estimate(state.heat_capacity_eV_per_K, perAtom),
      lindemann: state.lindemann ?? undefined,
    })),
    slopes: curve.slopes.map(({ temperature, slope, error }) => ({
      temperature_K: temperature,
      slope_kB: { mean: slope * perAtom, error: error * perAtom },
    })),
    melting: meltingText(curve),
  };
}

/** Replicas of one structure count together: they have the same degrees of freedom. */
function kineticOf({ structures }: DynamicsPlan, replicas: readonly Replica[]): KineticDistribution[] {
  return structures.flatMap(({ name }, i) => {
    const own = replicas.flatMap(({ planned, end }) =>
      planned.structure === i && end?.digest.kinetic
        ? [{ histogram: end.digest.kinetic, degrees: end.run.degreesOfFreedom }]
        : [],
    );
    if (own.length === 0) return [];
    const [{ histogram, degrees }] = own;
    const { from, width } = histogram;
    const entries = Array.from(histogram.counts, (_, b) =>
      own.reduce((sum, one) => sum + one.histogram.counts[b], 0),
    );
    const total = entries.reduce((sum, n) => sum + n, 0);
    const middles = entries.map((_, b) => from + (b + 0.5) * width);
    // Gamma distribution of K/kT with half the degrees of freedom, measured from its peak so that nothing overflows.
    const shape = degrees / 2 - 1;
    const log = (x: number) => shape * Math.log(x) - x;
    const peak = log(Math.max(shape, middles[0]));
    const weights = middles.map((x) => Math.exp(log(x) - peak));
    const all = weights.reduce((sum, w) => sum + w, 0);
    const bins = middles.map((x, b) => ({ x, entries: entries[b], canonical: (total * weights[b]) / all }));
    return [{ name, bins }];
  });
}

function picturesOf({ structures }: DynamicsPlan, replicas: readonly Replica[]): Picture[] {
  return replicas
    .filter(({ end }) => end)
    .slice(0, MOST_PICTURES)
    .flatMap(({ planned, end }) => [
      { name: planned.name, label: "first", structure: structures[planned.structure] },
      { name: planned.name, label: `after ${end!.run.time_ps} ps`, structure: end!.structure },
    ]);
}
