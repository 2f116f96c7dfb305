/** What tempering, Wang-Landau sampling and annealing tell about themselves. */
import type { FigureBook } from "../figure.ts";
import { html, type Markup } from "../html.ts";
import { fixed, integer, significant, withError } from "../numbers.ts";
import { annealingFigure } from "../plots/annealing.ts";
import { temperingFigure } from "../plots/tempering.ts";
import { wangLandauFigures } from "../plots/wang-landau.ts";
import type { AnnealingRun, SamplingMethods, TemperingRun, WangLandauRun } from "../sampling-model.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function methodsSection(methods: SamplingMethods, figures: FigureBook): Section {
  const { tempering = [], wangLandau = [], annealing = [] } = methods;
  return {
    id: "methods",
    title: "Sampling methods",
    body: [
      tempering.length === 0
        ? undefined
        : html`<h3>Parallel tempering</h3>\n${figures.add(temperingFigure(tempering))}${ladders(tempering)}`,
      wangLandau.length === 0
        ? undefined
        : html`<h3>Wang–Landau sampling</h3>\n${wangLandauFigures(wangLandau).map((f) => figures.add(f))}${walks(wangLandau)}`,
      annealing.length === 0
        ? undefined
        : html`<h3>Annealing</h3>\n${figures.add(annealingFigure(annealing))}${annealing.map(lowestStates)}`,
    ],
  };
}

function ladders(runs: readonly TemperingRun[]): Markup {
  return table(
    [
      { title: "ladder", cell: (run) => run.name },
      { title: "temperatures", cell: (run) => integer(run.temperatures_K.length), number: true },
      { title: "least accepted", cell: (run) => significant(leastAccepted(run), 2), number: true },
      {
        title: "round trips",
        cell: (run) => (run.roundTrips === undefined ? "–" : integer(run.roundTrips)),
        number: true,
      },
      {
        title: "steps for a round trip",
        cell: (run) => withError(run.roundTrip_steps?.mean, run.roundTrip_steps?.error),
        number: true,
      },
    ],
    runs,
  );
}

function leastAccepted({ exchanges }: TemperingRun): number | undefined {
  const shares = exchanges.filter((e) => e.attempted > 0).map((e) => e.accepted / e.attempted);
  return shares.length === 0 ? undefined : Math.min(...shares);
}

function walks(runs: readonly WangLandauRun[]): Markup {
  return table(
    [
      { title: "run", cell: (run) => run.name },
      { title: "bins", cell: (run) => integer(run.energies.length), number: true },
      {
        title: "steps",
        cell: (run) => (run.steps === undefined ? "–" : integer(run.steps)),
        number: true,
      },
      { title: "ln f at the end", cell: (run) => significant(run.finalLnF, 3), number: true },
      {
        title: "converged",
        cell: (run) => (run.converged === undefined ? "–" : run.converged ? "yes" : "NO"),
      },
    ],
    runs,
  );
}

function lowestStates({ name, energyUnit, lowest = [], energies, note }: AnnealingRun): Markup {
  return html`${note === undefined ? undefined : html`<p>${name}: ${note}</p>\n`}${
    lowest.length === 0
      ? undefined
      : fold(
          `${name}: lowest states (${lowest.length})`,
          table(
            [
              { title: "energy", cell: (row) => fixed(row.energy, 6), number: true },
              {
                title: `above the lowest (${energyUnit})`,
                cell: (row) => fixed(row.energy - lowest[0].energy, 6),
                number: true,
              },
              {
                title: "found by restarts",
                cell: (row) => `${integer(row.found)} of ${integer(energies.length)}`,
                number: true,
              },
              { title: "state", cell: (row) => row.description ?? "" },
              {
                title: "file",
                cell: (row) => (row.file === undefined ? "" : html`<code>${row.file}</code>`),
              },
            ],
            lowest,
          ),
          lowest.length <= shortTable,
        )
  }`;
}
