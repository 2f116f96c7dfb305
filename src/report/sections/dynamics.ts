/** Molecular dynamics: how energies went on, means of the segments, melting curves. */

import { MOLTEN } from "../../analysis/atoms/motion/bond-fluctuation.ts";
import type { CurvePlot } from "../curve-model.ts";
import type { CaloricSummary, DynamicsReplica, DynamicsSegment, DynamicsSummary } from "../dynamics-model.ts";
import type { FigureBook } from "../figure.ts";
import { html, type Markup } from "../html.ts";
import { count, fixed, significant, withError } from "../numbers.ts";
import { curveFigure } from "../plots/curve.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

/** Replicas whose curves are drawn. */
const MOST_DRAWN = 14;
const MEV = 1000;

export function dynamicsSection(summary: DynamicsSummary, figures: FigureBook): Section {
  const { method, potential, replicas, segments, caloric } = summary;
  const failed = replicas.filter(({ failure }) => failure !== undefined);
  return {
    id: "dynamics",
    title: "Molecular dynamics",
    body: [
      html`<p>${potential}. ${method}. ${count(replicas.length, "replica")}.</p>\n`,
      failed.length === 0
        ? undefined
        : html`<ul>${failed.map(({ name, failure }) => html`<li>${name}: ${failure}</li>\n`)}</ul>\n`,
      ...caloricFigures(caloric, figures),
      segments.length === 0
        ? undefined
        : fold(
            `Means of ${count(segments.length, "segment")}`,
            segmentTable(segments),
            segments.length <= shortTable,
          ),
      ...seriesFigures(replicas, figures),
      kineticFigure(summary, figures),
    ],
  };
}

function caloricFigures(caloric: readonly CaloricSummary[], figures: FigureBook): (Markup | undefined)[] {
  if (caloric.length === 0) return [];
  const capacities = caloric.flatMap(({ name, slopes, states }) => [
    {
      name: caloric.length === 1 ? "slope" : `${name}: slope`,
      points: slopes.map((p) => ({ x: p.temperature_K, y: p.slope_kB.mean, error: p.slope_kB.error })),
    },
    {
      name: caloric.length === 1 ? "fluctuations" : `${name}: fluctuations`,
      points: states.flatMap(({ temperature_K: x, heatCapacity_kB: c }) =>
        c ? [{ x, y: c.mean, error: c.error }] : [],
      ),
    },
  ]);
  return [
    figures.add(
      curveFigure({
        title: "Caloric curve",
        caption: `Mean total energy of an atom at each temperature: ${caloric.map(({ name, melting }) => `${name}: ${melting}`).join("; ")}.`,
        xLabel: "temperature (K)",
        yLabel: "energy (eV per atom)",
        series: caloric.map(({ name, atoms, states }) => ({
          name,
          points: states.map(({ temperature_K: x, energy_eV: { mean, error } }) => ({
            x,
            y: mean / atoms,
            ...(error === undefined ? {} : { error: error / atoms }),
          })),
        })),
      }),
    ),
    figures.add(
      curveFigure({
        title: "Heat capacity",
        caption:
          "Slope of the caloric curve, at the middle of two temperatures, and what the fluctuations of the energy at one temperature give.",
        xLabel: "temperature (K)",
        yLabel: "heat capacity (k_B per atom)",
        series: capacities.filter(({ points }) => points.length > 0),
      }),
    ),
    lindemannFigure(caloric, figures),
  ];
}

function lindemannFigure(caloric: readonly CaloricSummary[], figures: FigureBook): Markup | undefined {
  const parts = ["cluster", "surface", "middle", "core"] as const;
  const series = caloric.flatMap(({ name, states }) =>
    parts.map((part) => ({
      name: caloric.length === 1 ? part : `${name}: ${part}`,
      points: states.flatMap(({ temperature_K: x, lindemann }) => {
        const y = lindemann?.[part];
        return y === undefined ? [] : [{ x, y }];
      }),
    })),
  );
  const shown = series.filter(({ points }) => points.length > 0);
  if (shown.length === 0) return undefined;
  const temperatures = shown.flatMap(({ points }) => points.map(({ x }) => x));
  const limit = {
    name: `${MOLTEN}, molten above`,
    points: [Math.min(...temperatures), Math.max(...temperatures)].map((x) => ({ x, y: MOLTEN })),
  };
  return figures.add(
    curveFigure({
      title: "Lindemann index",
      caption:
        "Relative fluctuation of the distances of atoms, of the whole cluster and of the atoms that were at its surface, below it and inside at the start.",
      xLabel: "temperature (K)",
      yLabel: "Lindemann index",
      series: [...shown, limit],
    }),
  );
}

function segmentTable(segments: readonly DynamicsSegment[]): Markup {
  type Key = "temperature_K" | "potential_eV" | "total_eV" | "pressure_GPa" | "volume_A3" | "heatCapacity_kB";
  const estimate = (title: string | Markup, key: Key) => ({
    title,
    number: true,
    cell: (row: DynamicsSegment) => withError(row[key]?.mean, row[key]?.error),
  });
  return table<DynamicsSegment>(
    [
      { title: "replica", cell: (row) => row.replica },
      {
        title: "ps",
        number: true,
        cell: (row) => `${significant(row.from_ps)} to ${significant(row.to_ps)}`,
      },
      { title: "wanted", number: true, cell: (row) => row.wanted },
      estimate("temperature, K", "temperature_K"),
      estimate("potential energy, eV", "potential_eV"),
      estimate("total energy, eV", "total_eV"),
      estimate("pressure, GPa", "pressure_GPa"),
      estimate("volume, Å³", "volume_A3"),
      estimate(html`heat capacity, k<sub>B</sub> per atom`, "heatCapacity_kB"),
      {
        title: "drift, meV/ps per atom",
        number: true,
        cell: (row) => significant(row.drift_meV_per_ps, 2),
      },
      { title: "Lindemann", number: true, cell: (row) => fixed(row.lindemann, 3) },
      { title: "note", cell: (row) => row.note ?? "" },
    ],
    segments,
  );
}

function seriesFigures(replicas: readonly DynamicsReplica[], figures: FigureBook): (Markup | undefined)[] {
  const all = replicas.filter(({ series }) => series !== undefined);
  const drawn = all.slice(0, MOST_DRAWN);
  const caption = `Means over short stretches of time.${all.length > drawn.length ? ` The first ${MOST_DRAWN} of ${all.length} replicas.` : ""}`;
  type Series = NonNullable<DynamicsReplica["series"]>;
  const figure = (
    plot: Pick<CurvePlot, "title" | "yLabel">,
    key: keyof Series,
    scaled: (value: number, first: number, atoms: number) => number,
  ) => {
    const series = drawn.flatMap(({ name, atoms, series: own }) => {
      const values = own![key];
      if (!values) return [];
      const points = Array.from(values, (y, i) => ({ x: own!.time_ps[i], y: scaled(y, values[0], atoms) }));
      return [{ name, points }];
    });
    return series.length === 0
      ? undefined
      : figures.add(curveFigure({ ...plot, caption, xLabel: "time (ps)", series }));
  };
  return [
    figure({ title: "Temperature", yLabel: "temperature (K)" }, "temperature_K", (y) => y),
    figure(
      { title: "Potential energy", yLabel: "potential energy (eV per atom)" },
      "potential_eV",
      (y, _, atoms) => y / atoms,
    ),
    figure(
      { title: "Conserved energy", yLabel: "change (meV per atom)" },
      "conserved_eV",
      (y, first, atoms) => (MEV * (y - first)) / atoms,
    ),
    figure({ title: "Pressure", yLabel: "pressure (GPa)" }, "pressure_GPa", (y) => y),
    figure({ title: "Volume", yLabel: "volume (Å³ per atom)" }, "volume_A3", (y, _, atoms) => y / atoms),
  ];
}

function kineticFigure({ kinetic }: DynamicsSummary, figures: FigureBook): Markup | undefined {
  if (kinetic.length === 0) return undefined;
  return figures.add(
    curveFigure({
      title: "Kinetic energy",
      caption:
        "How often each kinetic energy was met in the segments at one temperature, and the canonical (gamma) distribution for the degrees of freedom.",
      xLabel: "kinetic energy / k_B T",
      yLabel: "entries",
      series: kinetic.flatMap(({ name, bins }) => [
        {
          name: kinetic.length === 1 ? "met" : `${name}: met`,
          points: bins.map(({ x, entries: y }) => ({ x, y })),
        },
        {
          name: kinetic.length === 1 ? "canonical" : `${name}: canonical`,
          points: bins.map(({ x, canonical: y }) => ({ x, y })),
        },
      ]),
    }),
  );
}
