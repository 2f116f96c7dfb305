/** The training data: what was taken, what was left out and why. */
import type { FigureBook } from "../figure.ts";
import { html } from "../html.ts";
import type { DataSummary, StructureLine } from "../model.ts";
import { count, fixed, integer, percent } from "../numbers.ts";
import { coverageFigure } from "../plots/coverage.ts";
import { type Column, fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

const mappingColumns: readonly Column<StructureLine>[] = [
  { title: "structure", cell: (line) => line.name },
  { title: "largest displacement (Å)", cell: (line) => fixed(line.displacementMax_A, 3), number: true },
  { title: "mean (Å)", cell: (line) => fixed(line.displacementMean_A, 3), number: true },
  {
    title: "strain",
    cell: (line) => (line.strain === undefined ? "–" : percent(line.strain, 2)),
    number: true,
  },
  { title: "charge (e)", cell: (line) => fixed(line.charge, 2), number: true },
  { title: "note", cell: (line) => line.note ?? "" },
];

export function dataSection(data: DataSummary, figures: FigureBook): Section {
  const { structures = [], coverage, source } = data;
  const rejected = structures.filter((line) => line.rejection !== undefined);
  const accepted = structures.filter((line) => line.rejection === undefined);
  return {
    id: "data",
    title: "Data",
    body: [
      html`<p>${count(data.accepted + data.rejected, "structure")}${source === undefined ? "" : ` from ${source}`}: ${integer(data.accepted)} accepted, ${integer(data.rejected)} rejected.</p>\n`,
      rejected.length === 0
        ? undefined
        : html`<h3>Rejected structures</h3>${fold(
            `${count(rejected.length, "structure")} and the reasons`,
            table(
              [
                mappingColumns[0],
                { title: "reason", cell: (line) => line.rejection ?? "" },
                ...mappingColumns.slice(1),
              ],
              rejected,
            ),
            rejected.length <= shortTable,
          )}`,
      coverage === undefined ? undefined : figures.add(coverageFigure(coverage)),
      accepted.length === 0
        ? undefined
        : fold(
            `Mapping of ${count(accepted.length, "accepted structure")}`,
            table(mappingColumns, accepted),
            accepted.length <= shortTable,
          ),
    ],
  };
}
