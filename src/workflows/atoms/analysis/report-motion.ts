/** What the report shows of motion. */
import type { AtomsPart } from "../../../report/atoms-model.ts";
import type { CurvePlot } from "../../../report/curve-model.ts";
import { fixed, withError } from "../../../report/numbers.ts";
import type { Curve } from "./curve.ts";
import type { AtomsAnalysisPlan } from "./plan.ts";
import { numberTable, seriesOf } from "./report-series.ts";
import { type CaloricOf, type MeasuredSet, slopeError } from "./tables.ts";

/** Segments beyond make lines that nobody can tell apart. */
const MOST_SERIES = 14;

function withSegment(curve: Curve, own: string): string {
  const { atoms, segment, temperature_K } = curve.labels;
  const when =
    segment === undefined ? "" : temperature_K === "" ? `segment ${segment}` : `${temperature_K} K`;
  return [String(atoms), own, when].filter((text) => text !== "" && text !== "all").join(", ");
}

export function motionParts(sets: readonly MeasuredSet[]): (AtomsPart | null)[] {
  return [displacementPart(sets), lindemannPart(sets), velocityPart(sets)];
}

function displacementPart(sets: readonly MeasuredSet[]): AtomsPart | null {
  const name = (curve: Curve) => withSegment(curve, String(curve.labels.species));
  const series = seriesOf(sets, "msd", "total_A2", name);
  if (series.length === 0) return null;
  return {
    title: "Displacements",
    text: "A straight line in the time window gives the diffusion coefficient; in a cluster displacements end at its size.",
    curves: [
      {
        title: "Mean squared displacements",
        xLabel: "time (ps)",
        yLabel: "mean squared displacement (Å²)",
        series: series.slice(0, MOST_SERIES),
      },
    ],
    tables: [
      numberTable(sets, "diffusion", "Diffusion coefficients", ["atoms", "temperature_K", "species"], {
        D_A2_per_ps: "D, Å²/ps",
        D_cm2_per_s: "D, cm²/s",
        from_ps: "from, ps",
        to_ps: "to, ps",
      }),
    ],
  };
}

function lindemannPart(sets: readonly MeasuredSet[]): AtomsPart | null {
  const found = sets.flatMap(({ name, curves }) =>
    curves.filter(({ table }) => table === "lindemann").map((curve) => ({ set: name, curve })),
  );
  if (found.length === 0) return null;
  const drawn = new Map<string, { x: number; y: number; error?: number }[]>();
  for (const { set, curve } of found) {
    const { atoms, kind, part, temperature_K } = curve.labels;
    if (kind === "atom" || typeof temperature_K !== "number") continue;
    const name = [...(sets.length > 1 ? [set] : []), atoms, kind === "cluster" ? "all" : part].join(", ");
    const error = curve.errors?.[0];
    const points = drawn.get(name) ?? [];
    drawn.set(name, points);
    points.push({ x: temperature_K, y: curve.values[0], ...(error == null ? {} : { error }) });
  }
  const series = [...drawn]
    .map(([name, points]) => ({ name, points }))
    .filter(({ points }) => new Set(points.map(({ x }) => x)).size > 1);
  return {
    title: "Fluctuations of distances",
    text: "The Lindemann index of a cluster, of its parts, and of the bonds that it had in the first frame. Solid clusters are below 0.1 as a rule.",
    curves: [
      {
        title: "Lindemann index against temperature",
        xLabel: "temperature (K)",
        yLabel: "relative fluctuation of distances",
        series,
      },
    ],
    tables: [
      numberTable(
        sets.map(({ name, curves }) => ({
          name,
          curves: curves.filter(({ table, labels }) => table === "lindemann" && labels.kind !== "atom"),
        })),
        "lindemann",
        "Lindemann indices",
        ["atoms", "segment", "temperature_K", "kind", "part"],
        { index: "index" },
      ),
    ],
  };
}

function velocityPart(sets: readonly MeasuredSet[]): AtomsPart | null {
  const name = (curve: Curve) => withSegment(curve, "");
  const correlation = seriesOf(sets, "vacf", "autocorrelation", name);
  if (correlation.length === 0) return null;
  const curve = (title: string, xLabel: string, yLabel: string, series: CurvePlot["series"]): CurvePlot => ({
    title,
    xLabel,
    yLabel,
    series: series.slice(0, MOST_SERIES),
  });
  return {
    title: "Vibrations",
    curves: [
      curve("Velocity autocorrelation", "time (ps)", "⟨v(0)·v(t)⟩ / ⟨v²⟩, by mass", correlation),
      curve(
        "Vibrational spectrum",
        "frequency (THz)",
        "density (1/THz)",
        seriesOf(sets, "spectrum", "density_per_THz", name),
      ),
    ],
  };
}

export function caloricPart(
  curves: readonly CaloricOf[],
  { sets, section }: AtomsAnalysisPlan,
): AtomsPart | null {
  if (curves.length === 0) return null;
  const several = sets.length > 1;
  const nameOf = ({ set, structure, caloric }: CaloricOf) =>
    [...(several ? [set] : []), structure, caloric.direction].join(", ");
  return {
    title: "Caloric curves",
    curves: [
      {
        title: `${section.caloric?.energy === "potential" ? "Potential" : "Total"} energy against temperature`,
        xLabel: "temperature (K)",
        yLabel: "energy (eV)",
        series: curves.map((one) => ({
          name: nameOf(one),
          points: one.caloric.states.map(({ temperature_K, energy_eV }) => ({
            x: temperature_K,
            y: energy_eV.value,
            ...(energy_eV.error === null ? {} : { error: energy_eV.error }),
          })),
        })),
      },
      {
        title: "Slope of the energy",
        xLabel: "temperature (K)",
        yLabel: "ΔE/ΔT (eV/K)",
        series: curves.map((one) => ({
          name: nameOf(one),
          points: one.caloric.slopes.map(({ temperature, slope }, k) => ({
            x: temperature,
            y: slope,
            ...definedError(slopeError(one.caloric.states, one.caloric.slopes, k)),
          })),
        })),
      },
    ],
    tables: [
      {
        title: "Melting",
        columns: [
          { title: "curve" },
          { title: "steepest at, K", number: true },
          { title: "slope, eV/K", number: true },
          { title: "stands out" },
          { title: "Lindemann index passes 0.1, K", number: true },
          { title: "that of the surface, K", number: true },
        ],
        rows: curves.map((one) => {
          const { steepest, melting_K, surface_melting_K } = one.caloric;
          const range = (between: readonly [number, number] | null) =>
            between === null ? "–" : `${fixed(between[0], 0)} to ${fixed(between[1], 0)}`;
          return [
            nameOf(one),
            `${fixed(steepest.temperature, 0)} ± ${fixed(steepest.uncertainty, 0)}`,
            withError(steepest.slope, undefined),
            steepest.clear ? "yes" : "no",
            range(melting_K),
            range(surface_melting_K),
          ];
        }),
      },
    ],
  };
}

function definedError(error: number | undefined): { readonly error?: number } {
  return error === undefined ? {} : { error };
}
