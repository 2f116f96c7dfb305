/** A search for the lowest minima: how its paths came down, what they found, how their trials came out. */
import type { FigureBook } from "../figure.ts";
import type { HopMinimum, HopPath, HopSummary } from "../hop-model.ts";
import { html } from "../html.ts";
import { count, fixed, integer, percent } from "../numbers.ts";
import { curveFigure } from "../plots/curve.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function hopSection(summary: HopSummary, figures: FigureBook): Section {
  const { method, potential, paths, minima, quenches, moves } = summary;
  const lowest = minima.length > 0 ? minima[0].energy_eV : undefined;
  const descending = lowest === undefined ? [] : paths.filter((path) => path.improvements.length > 0);
  return {
    id: "minima",
    title: "Lowest minima",
    body: [
      html`<p>${potential}. ${method}. Relaxations: ${quenches}.</p>\n`,
      descending.length === 0
        ? undefined
        : figures.add(
            curveFigure({
              title: "Best energy of each path",
              caption:
                "The lowest energy that a path had found after so many relaxations, above the lowest of all.",
              xLabel: "relaxations",
              yLabel: "energy above the lowest (eV)",
              series: descending.map((path) => ({ name: path.name, points: stairs(path, lowest!) })),
            }),
          ),
      minima.length < 2
        ? undefined
        : figures.add(
            curveFigure({
              title: "Energies of the lowest minima",
              caption: "Distinct minima in the order of their energies.",
              xLabel: "rank",
              yLabel: "energy above the lowest (eV)",
              series: [{ name: "minima", points: minima.map((m) => ({ x: m.rank, y: m.relative_eV })) }],
            }),
          ),
      fold(count(minima.length, "minimum", "minima"), minimaTable(minima), minima.length <= shortTable),
      fold(count(paths.length, "path"), pathTable(paths), paths.length <= shortTable),
      moves.length === 0 ? undefined : fold("Moves", moveTable(moves), true),
    ],
  };
}

/** Corners of the line that falls at each improvement and ends with the path. */
function stairs({ improvements, steps }: HopPath, lowest: number) {
  const points = improvements.flatMap(({ step, energy_eV }, i) => [
    ...(i === 0 ? [] : [{ x: step, y: improvements[i - 1].energy_eV - lowest }]),
    { x: step, y: energy_eV - lowest },
  ]);
  return [...points, { x: steps, y: improvements[improvements.length - 1].energy_eV - lowest }];
}

function minimaTable(minima: readonly HopMinimum[]) {
  return table<HopMinimum>(
    [
      { title: "rank", number: true, cell: (row) => integer(row.rank) },
      { title: "energy, eV", number: true, cell: (row) => fixed(row.energy_eV, 6) },
      { title: "above the lowest, eV", number: true, cell: (row) => fixed(row.relative_eV, 6) },
      { title: "point group", cell: (row) => row.pointGroup ?? "–" },
      { title: "visits", number: true, cell: (row) => integer(row.visits) },
      { title: "first found by", cell: (row) => row.path },
      { title: "at", number: true, cell: (row) => integer(row.step) },
      { title: "at rest", cell: (row) => (row.converged ? "yes" : "NO") },
    ],
    minima,
  );
}

function pathTable(paths: readonly HopPath[]) {
  return table<HopPath>(
    [
      { title: "path", cell: (row) => row.name },
      { title: "relaxations", number: true, cell: (row) => integer(row.steps) },
      { title: "lowest energy, eV", number: true, cell: (row) => fixed(row.best_eV, 6) },
      {
        title: "accepted",
        number: true,
        cell: (row) => (row.acceptance === undefined ? "–" : percent(row.acceptance)),
      },
      { title: "begun anew", number: true, cell: (row) => integer(row.restarts) },
      {
        title: "target",
        cell: (row) => (row.found === undefined ? "–" : row.found ? "found" : "not found"),
      },
    ],
    paths,
  );
}

function moveTable(moves: HopSummary["moves"]) {
  return table<HopSummary["moves"][number]>(
    [
      { title: "move", cell: (row) => row.name },
      { title: "tried", number: true, cell: (row) => integer(row.tried) },
      {
        title: "accepted",
        number: true,
        cell: (row) => (row.tried === 0 ? "–" : percent(row.accepted / row.tried)),
      },
    ],
    moves,
  );
}
