/** Results of two cells beside each other. */
import { type Agreement, agreement, agreementLimits, difference, outcomeSign } from "../agreement.ts";
import type { FigureBook } from "../figure.ts";
import { html, type Markup } from "../html.ts";
import { fixed, withError } from "../numbers.ts";
import { cellComparisonFigure } from "../plots/cell-comparison.ts";
import type { CellComparison } from "../sampling-model.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function comparisonSection(comparisons: readonly CellComparison[], figures: FigureBook): Section {
  return {
    id: "cells",
    title: "Comparison of cells",
    body: comparisons.map(
      (comparison) => html`${figures.add(cellComparisonFigure(comparison))}${differenceTable(comparison)}`,
    ),
  };
}

const rank: Record<Agreement, number> = { differs: 0, unclear: 1, unknown: 2, agrees: 3 };

function differenceTable({ cells, points, unit }: CellComparison): Markup {
  const rows = points
    .map((point) => ({ ...point, difference: difference(point.first, point.second) }))
    .map((row) => ({ ...row, agreement: agreement(row.difference) }))
    .sort((a, b) => rank[a.agreement] - rank[b.agreement]);
  const inUnit = unit === undefined ? "" : ` (${unit})`;
  const far = rows.filter((row) => row.agreement === "differs").length;
  return fold(
    `Differences between ${cells[0]} and ${cells[1]} (${points.length}${far === 0 ? "" : `, ${far} beyond ${agreementLimits.far} standard errors`})`,
    html`${table(
      [
        { title: "state", cell: (row) => row.state },
        { title: "", cell: (row) => row.group ?? "" },
        {
          title: `${cells[0]}${inUnit}`,
          cell: (row) => withError(row.first.mean, row.first.error),
          number: true,
        },
        {
          title: `${cells[1]}${inUnit}`,
          cell: (row) => withError(row.second.mean, row.second.error),
          number: true,
        },
        {
          title: `difference${inUnit}`,
          cell: (row) => withError(row.difference.value, row.difference.error),
          number: true,
        },
        { title: "in standard errors", cell: (row) => fixed(row.difference.sigmas, 1), number: true },
        { title: "", cell: (row) => flag(row.agreement) },
      ],
      rows,
    )}<p class="small">Agrees: at most ${agreementLimits.close} standard errors of the difference; differs: more than ${agreementLimits.far}.</p>\n`,
    points.length <= shortTable,
  );
}

function flag(kind: Agreement): Markup | string {
  switch (kind) {
    case "agrees":
      return outcomeSign("good", "agrees");
    case "unclear":
      return outcomeSign("unclear", "unclear");
    case "differs":
      return outcomeSign("bad", "differs");
    case "unknown":
      return "no error known";
    default:
      return kind satisfies never;
  }
}
