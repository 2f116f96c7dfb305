/** A potential that asked for the structures that it needed: its rounds, and what was found with it. */
import type { FigureBook } from "../figure.ts";
import { html, type Markup } from "../html.ts";
import type {
  BondRow,
  CheckedPoint,
  CheckedSystem,
  LabelRow,
  LearningRound,
  LearningSummary,
  MotionRow,
} from "../learning-model.ts";
import { count, fixed, integer, significant } from "../numbers.ts";
import { curveFigure } from "../plots/curve.ts";
import { doubtFigure, roundErrorsFigure } from "../plots/learning-rounds.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function learningSection(summary: LearningSummary, figures: FigureBook): Section {
  const { method, target_meV, rounds, doubts, trust, labels, checked, motions } = summary;
  return {
    id: "learning",
    title: "Active learning",
    body: [
      html`<p>${method}.</p>\n`,
      roundTable(rounds),
      figures.add(roundErrorsFigure(rounds, target_meV)),
      doubts.length === 0 ? undefined : figures.add(doubtFigure(doubts, trust)),
      fold("Labels", labelTable(labels), labels.length <= shortTable),
      ...checked.flatMap((system) => checkedParts(system, figures)),
      motions.length === 0 ? undefined : motionTable(motions),
    ],
  };
}

function roundTable(rounds: readonly LearningRound[]): Markup {
  return table<LearningRound>(
    [
      { title: "round", number: true, cell: (row) => integer(row.round) },
      { title: "trained with", number: true, cell: (row) => integer(row.training) },
      { title: "explorations", number: true, cell: (row) => integer(row.explorations) },
      { title: "not trusted", number: true, cell: (row) => integer(row.notTrusted) },
      { title: "gone wrong", number: true, cell: (row) => integer(row.goneWrong) },
      { title: "minima labeled", number: true, cell: (row) => integer(row.minima) },
      { title: "their error, meV/atom", number: true, cell: (row) => significant(row.error_meV, 3) },
      { title: "candidates", number: true, cell: (row) => integer(row.candidates) },
      { title: "new labels", number: true, cell: (row) => integer(row.labeled) },
      {
        title: "minima of searches off by, meV/atom",
        number: true,
        cell: (row) => significant(row.search_meV, 3),
      },
    ],
    rounds,
  );
}

function labelTable(rows: readonly LabelRow[]): Markup {
  return table<LabelRow>(
    [
      { title: "structures", cell: (row) => row.name },
      { title: "labeled", number: true, cell: (row) => integer(row.labeled) },
      { title: "failed", cell: (row) => row.failures },
    ],
    rows,
  );
}

function checkedParts(system: CheckedSystem, figures: FigureBook): (Markup | undefined)[] {
  const { name, atoms, minima, error_meV, best } = system;
  const referenced = minima.flatMap(({ rank, reference_eV }) =>
    reference_eV === undefined ? [] : [{ x: rank, y: reference_eV }],
  );
  const error =
    error_meV === undefined
      ? "none has a label"
      : `their energies are off by ${significant(error_meV, 3)} meV/atom on average (${significant((error_meV * atoms) / 1000, 2)} eV)`;
  return [
    html`<h3>${name}: lowest minima</h3>\n<p>Of the ${count(minima.length, "lowest minimum", "lowest minima")} of the potential, ${error}.
The labeler's lowest is number ${best.rank}${best.pointGroup === undefined ? "" : `, ${best.pointGroup}`}; coordination ${best.coordination}.</p>\n`,
    referenced.length < 2
      ? undefined
      : figures.add(
          curveFigure({
            title: `Order of the minima of ${name}`,
            caption:
              "Energies of the potential's lowest minima in its own order, above the labeler's lowest; those of the potential are " +
              "shifted so that both have the same mean.",
            xLabel: "rank by the potential",
            yLabel: "energy (eV)",
            series: [
              {
                name: "potential",
                points: minima.map(({ rank, predicted_eV }) => ({ x: rank, y: predicted_eV })),
              },
              { name: "labeler", points: referenced },
            ],
          }),
        ),
    fold(`Minima of ${name}`, checkedTable(minima), minima.length <= shortTable),
    best.bonds.length === 0 ? undefined : fold(`Bonds of the best ${name}`, bondTable(best.bonds), true),
  ];
}

function checkedTable(rows: readonly CheckedPoint[]): Markup {
  return table<CheckedPoint>(
    [
      { title: "rank", number: true, cell: (row) => integer(row.rank) },
      { title: "potential, eV", number: true, cell: (row) => fixed(row.predicted_eV, 4) },
      { title: "labeler, eV", number: true, cell: (row) => fixed(row.reference_eV, 4) },
      { title: "error, meV/atom", number: true, cell: (row) => significant(row.error_meV, 3) },
      { title: "relaxed by the labeler, eV", number: true, cell: (row) => fixed(row.relaxed_eV, 4) },
      { title: "moved by it, Å", number: true, cell: (row) => significant(row.moved_A, 2) },
      { title: "point group", cell: (row) => row.pointGroup ?? "–" },
    ],
    rows,
  );
}

function bondTable(rows: readonly BondRow[]): Markup {
  return table<BondRow>(
    [
      { title: "pair", cell: (row) => row.pair },
      { title: "bonds", number: true, cell: (row) => integer(row.bonds) },
      { title: "mean, Å", number: true, cell: (row) => fixed(row.mean_A, 3) },
      { title: "shortest, Å", number: true, cell: (row) => fixed(row.shortest_A, 3) },
      { title: "longest, Å", number: true, cell: (row) => fixed(row.longest_A, 3) },
    ],
    rows,
  );
}

function motionTable(rows: readonly MotionRow[]): Markup {
  return html`<h3>Dynamics of the best</h3>\n<p>The last state of each run, relaxed, beside the minimum that it began at.</p>
${table<MotionRow>(
  [
    { title: "system", cell: (row) => row.system },
    { title: "run", cell: (row) => row.replica },
    { title: "ps", number: true, cell: (row) => significant(row.time_ps) },
    { title: "energy above the minimum, eV", number: true, cell: (row) => fixed(row.above_eV, 4) },
    { title: "distance, Å", number: true, cell: (row) => significant(row.rmsd_A, 2) },
    { title: "same minimum", cell: (row) => (row.stayed ? "yes" : "NO") },
  ],
  rows,
)}`;
}
