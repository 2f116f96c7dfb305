/** The density of states and what follows from it, as curves. */
import { EcitonError } from "../../core/errors.ts";
import type { Figure } from "../figure.ts";
import type { CurvePlot } from "../model.ts";
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
    const against = (yLabel: string, of: (row: Thermodynamics) => number | undefined) =>
      thermalCurve(here, yLabel, of);
    return [
      densityOfStates(here, energyUnit),
      against(`energy (${energyUnit})`, (row) => row.energy),
      against(`heat capacity (${heatCapacityUnit})`, (row) => row.heatCapacity),
      against(`free energy (${energyUnit})`, (row) => row.freeEnergy),
      against(`entropy (${heatCapacityUnit})`, (row) => row.entropy),
    ]
      .filter((curve) => curve.series.length > 0)
      .map(curveFigure);
  });
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
  const name = yLabel.slice(0, yLabel.indexOf(" ("));
  return {
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)} from the density of states`,
    xLabel: "temperature (K)",
    yLabel,
    series: runs
      .map((run) => ({
        name: run.name,
        points: (run.thermodynamics ?? []).flatMap((row) => {
          const y = of(row);
          return y === undefined ? [] : [{ x: row.temperature_K, y }];
        }),
      }))
      .filter((series) => series.points.length > 0),
  };
}
