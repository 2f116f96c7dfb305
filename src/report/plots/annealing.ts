/** Energies at the end of independent coolings, the lowest first. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { okabeIto } from "../marks.ts";
import { count, plain, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import type { AnnealingRun } from "../sampling-model.ts";

/** Equal up to the rounding of sums, relative to the energy. */
const EQUAL = 1e-9;

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function annealingFigure(runs: readonly AnnealingRun[]): Figure {
  const filled = runs.filter((run) => run.energies.length > 0);
  for (const { name, energies } of filled)
    requireFinite(
      `annealing, ${name}`,
      energies.map((energy) => ({ energy })),
      ["energy"],
    );
  return {
    name: "annealing",
    title: "Energies found by annealing",
    caption: `Final energies of ${count(
      filled.reduce((sum, run) => sum + run.energies.length, 0),
      "cooling",
    )} from independent starts, sorted, from the lowest of each search. Filled: equal to the lowest. A state that many starts find is likely the ground state; one that is found once is not.`,
    panels: filled.map((run) => ({ title: run.name, svg: drawRun(run) })),
    csv: toCsv(
      "annealing",
      ["search", "restart", "energy"],
      filled.flatMap((run) => run.energies.map((energy, i) => [run.name, i + 1, energy])),
    ),
  };
}

function drawRun({ name, energies, energyUnit }: AnnealingRun) {
  const sorted = [...energies].sort((a, b) => a - b);
  const lowest = sorted[0];
  const points = sorted.map((energy, i) => ({
    rank: i + 1,
    above: energy - lowest,
    equal: energy - lowest <= EQUAL * Math.max(1, Math.abs(lowest)),
  }));
  const largest = points[points.length - 1].above;
  return drawPlot(`Final energies: ${name}`, {
    width: 440,
    height: 280,
    marginLeft: 76,
    x: {
      label: "restart, sorted by energy",
      domain: paddedRange([1, Math.max(2, sorted.length)], 0.04),
      ticks: Math.min(10, sorted.length),
      tickFormat: (rank: number) => (Number.isInteger(rank) ? plain(rank) : ""),
    },
    y: {
      label: `energy above the lowest (${energyUnit})`,
      domain: largest > 0 ? [-0.05 * largest, 1.08 * largest] : [-0.1, 1],
      ticks: 5,
      tickFormat: plain,
      grid: true,
    },
    marks: [
      Plot.dot(
        points.filter((p) => !p.equal),
        { x: "rank", y: "above", stroke: okabeIto.blue, fill: "white", r: 3.4, strokeWidth: 1.4 },
      ),
      Plot.dot(
        points.filter((p) => p.equal),
        { x: "rank", y: "above", stroke: okabeIto.blue, fill: okabeIto.blue, r: 3.4, className: "lowest" },
      ),
    ],
  });
}
