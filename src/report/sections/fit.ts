/** The fit: choice of λ, predictions against data, interactions, what the data cannot tell, hull. */
import type { FigureBook } from "../figure.ts";
import { html, type Markup } from "../html.ts";
import type { EciRow, ErrorRow, FitSummary } from "../model.ts";
import { fixed, integer, significant } from "../numbers.ts";
import { convexHullFigure } from "../plots/convex-hull.ts";
import { eciFigure } from "../plots/eci.ts";
import { errorsByTermsFigure } from "../plots/errors-by-terms.ts";
import { lambdaPathFigure } from "../plots/lambda-path.ts";
import { parityFigure } from "../plots/parity.ts";
import { type Column, fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function fitSection(fit: FitSummary, figures: FigureBook): Section {
  const { energyUnit, eciUnit, method, path, parity = [], errors = [], ecis = [], unsampled = [] } = fit;
  return {
    id: "fit",
    title: "Fit",
    body: [
      method === undefined ? undefined : html`<p>${method}</p>\n`,
      errors.length === 0
        ? undefined
        : html`<h3>Errors (${energyUnit})</h3>${table(errorColumns, errors)}<p class="small">RMSE: root mean square error; MAE: mean absolute error; CV: the same of predictions for structures left out of the fit. Terms without penalty are counted too.</p>\n`,
      parity.length === 0 ? undefined : figures.add(parityFigure(parity, energyUnit)),
      path === undefined || path.points.length === 0
        ? undefined
        : figures.add(lambdaPathFigure(path, energyUnit)),
      fit.errorsByTerms === undefined || fit.errorsByTerms.rows.length === 0
        ? undefined
        : figures.add(errorsByTermsFigure(fit.errorsByTerms, fit.errorsByTerms.energyUnit ?? energyUnit)),
      ecis.length === 0 && unsampled.length === 0
        ? undefined
        : figures.add(eciFigure(ecis, unsampled, eciUnit)),
      ecis.length === 0
        ? undefined
        : fold(
            `Effective cluster interactions (${ecis.length})`,
            table(eciColumns(eciUnit), ecis),
            ecis.length <= 2 * shortTable,
          ),
      undetermined(fit),
      fit.hull === undefined ? undefined : figures.add(convexHullFigure(fit.hull)),
    ],
  };
}

const errorColumns: readonly Column<ErrorRow>[] = [
  { title: "model", cell: (row) => row.model },
  { title: "terms", cell: (row) => integer(row.terms), number: true },
  { title: "RMSE", cell: (row) => significant(row.rmse, 3), number: true },
  { title: "MAE", cell: (row) => significant(row.mae, 3), number: true },
  { title: "largest", cell: (row) => significant(row.max, 3), number: true },
  { title: "CV RMSE", cell: (row) => significant(row.cvRmse, 3), number: true },
  { title: "CV MAE", cell: (row) => significant(row.cvMae, 3), number: true },
  { title: "CV largest", cell: (row) => significant(row.cvMax, 3), number: true },
];

function eciColumns(unit: string): readonly Column<EciRow>[] {
  return [
    { title: "cluster", cell: (row) => row.label },
    { title: "points", cell: (row) => integer(row.points), number: true },
    { title: "diameter (Å)", cell: (row) => fixed(row.diameter_A, 3), number: true },
    { title: "multiplicity", cell: (row) => integer(row.multiplicity), number: true },
    { title: `ECI (${unit})`, cell: (row) => fixed(row.value, 4), number: true },
    { title: "std error", cell: (row) => fixed(row.standardError, 4), number: true },
    {
      title: "95 % interval",
      cell: (row) =>
        row.interval === undefined ? "–" : `${fixed(row.interval[0], 4)} to ${fixed(row.interval[1], 4)}`,
      number: true,
    },
    { title: "known value", cell: (row) => fixed(row.known, 4), number: true },
    { title: "note", cell: (row) => row.note ?? "" },
  ];
}

/** What the data leave open, named rather than hidden. */
function undetermined({ dependencies = [], aliases = [], unsampled = [] }: FitSummary): Markup | undefined {
  if (dependencies.length === 0 && aliases.length === 0 && unsampled.length === 0) return undefined;
  return html`<h3>What the data do not determine</h3>
${
  dependencies.length === 0
    ? undefined
    : html`<p>Relations that hold exactly for every structure of the data. Only combinations of ECIs that respect them are determined; values and errors of single ECIs among them hold for the choice made here.</p>
<ul>${dependencies.map((d) => html`<li><code>${d.relation}</code>${d.consequence === undefined ? "" : ` ${d.consequence}`}</li>\n`)}</ul>\n`
}${
  aliases.length === 0
    ? undefined
    : fold(
        `Aliases: clusters that the data cannot tell apart (${aliases.length})`,
        table(
          [
            { title: "kept", cell: (row) => row.kept },
            { title: "stands also for", cell: (row) => row.merged.join(", ") },
          ],
          aliases,
        ),
        aliases.length <= 10,
      )
}${
  unsampled.length === 0
    ? undefined
    : fold(
        `Unsampled: clusters that no structure contains (${integer(unsampled.length)})`,
        table(
          [
            { title: "cluster", cell: (row) => row.label },
            { title: "points", cell: (row) => integer(row.points), number: true },
            { title: "diameter (Å)", cell: (row) => fixed(row.diameter_A, 3), number: true },
          ],
          unsampled,
        ),
        unsampled.length <= 10,
      )
}`;
}
