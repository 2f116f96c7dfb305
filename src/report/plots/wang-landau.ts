/** The density of states and what follows from it, as curves. */
import { EcitonError } from "../../core/errors.ts";
import { toCsv } from "../csv.ts";
import type { CurvePlot } from "../curve-model.ts";
import type { Figure } from "../figure.ts";
import type { WangLandauRun } from "../sampling-model.ts";
import { curveFigure } from "./curve.ts";

type Thermodynamics = NonNullable<WangLandauRun["thermodynamics"]>[number];

/**
 * ln g(E) and, where it is given, energy, heat capacity, free energy and entropy against temperature.
 * Runs with different units do not share a figure.
 * @throws {EcitonError} "shape" for numbers that are not finite and for lists of unequal length
 */
export function wangLandauFigures(runs: readonly WangLandauRun[]): Figure[] {
  const units = [...new Set(runs.map((run) => JSON.stringify([run.energyUnit, run.heatCapacityUnit])))];
  return units.flatMap((key) => {
    const here = runs.filter((run) => JSON.stringify([run.energyUnit, run.heatCapacityUnit]) === key);
    const { energyUnit, heatCapacityUnit = "k_B" } = here[0];
    const curves = [
      thermalCurve(here, `energy (${energyUnit})`, (row) => row.energy),
      thermalCurve(here, `heat capacity (${heatCapacityUnit})`, (row) => row.heatCapacity),
      thermalCurve(here, `free energy (${energyUnit})`, (row) => row.freeEnergy),
      thermalCurve(here, `entropy (${heatCapacityUnit})`, (row) => row.entropy),
    ].filter((curve) => curve.series.some((series) => series.points.length > 0));
    return [
      curveFigure(densityOfStates(here, energyUnit)),
      ...(curves.length === 0 ? [] : [thermodynamicsFigure(curves)]),
    ];
  });
}

/** All quantities beside each other; every run has the same style in each. */
function thermodynamicsFigure(curves: readonly CurvePlot[]): Figure {
  const figures = curves.map((curve) => curveFigure(curve, { width: 440, height: 270 }));
  return {
    name: "wang-landau-thermodynamics",
    title: "Thermodynamics from the density of states",
    caption:
      "Averages over the density of states at each temperature; the curves carry no error bars of their own.",
    legend: figures[0].legend,
    panels: figures.flatMap((figure) => figure.panels),
    csv: toCsv(
      "thermodynamics",
      ["quantity", "run", "temperature_K", "value"],
      curves.flatMap((curve) =>
        curve.series.flatMap((series) => series.points.map((p) => [curve.yLabel, series.name, p.x, p.y])),
      ),
    ),
  };
}

function densityOfStates(runs: readonly WangLandauRun[], energyUnit: string): CurvePlot {
  return {
    title: "Density of states",
    caption: runs.every((run) => run.absolute)
      ? "Logarithm of the number of states in each bin of the energy."
      : "Logarithm of the density of states, up to a constant.",
    xLabel: `energy (${energyUnit})`,
    yLabel: "ln g",
    series: runs.map(({ name, energies, lnG }) => {
      if (energies.length !== lnG.length)
        throw new EcitonError(
          "shape",
          `density of states, ${name}: expected one ln g for each of ${energies.length} energies, found ${lnG.length}`,
        );
      return { name, points: Array.from(energies, (x, i) => ({ x, y: lnG[i] })) };
    }),
  };
}

function thermalCurve(
  runs: readonly WangLandauRun[],
  yLabel: string,
  of: (row: Thermodynamics) => number | undefined,
): CurvePlot {
  return {
    title: `From the density of states: ${yLabel}`,
    xLabel: "temperature (K)",
    yLabel,
    // A run without numbers keeps its place, so that styles stay the same.
    series: runs.map((run) => ({
      name: run.name,
      points: (run.thermodynamics ?? []).flatMap((row) => {
        const y = of(row);
        return y === undefined ? [] : [{ x: row.temperature_K, y }];
      }),
    })),
  };
}
