/** What was measured on structures and trajectories of atoms, one measurement after another. */
import type { AtomsPart, AtomsSummary, PlainTable } from "../atoms-model.ts";
import type { FigureBook } from "../figure.ts";
import { html, type Markup } from "../html.ts";
import { integer } from "../numbers.ts";
import { curveFigure } from "../plots/curve.ts";
import { scatterMapFigure } from "../plots/scatter-map.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function atomsAnalysisSection({ sets, parts }: AtomsSummary, figures: FigureBook): Section {
  return {
    id: "atoms",
    title: "Atoms",
    body: [
      table<AtomsSummary["sets"][number]>(
        [
          { title: "data set", cell: (row) => row.name },
          { title: "files", number: true, cell: (row) => integer(row.files) },
          { title: "frames", number: true, cell: (row) => integer(row.frames) },
          { title: "atoms", number: true, cell: (row) => row.atoms },
          { title: "species", cell: (row) => row.species },
        ],
        sets,
      ),
      ...parts.map((part) => partBlock(part, figures)),
    ],
  };
}

function partBlock({ title, text, curves = [], map, tables = [] }: AtomsPart, figures: FigureBook): Markup {
  const drawn = curves.filter(({ series }) => series.some(({ points }) => points.length > 0));
  return html`<h3>${title}</h3>
${text === undefined ? undefined : html`<p>${text}</p>\n`}${drawn.map((curve) => figures.add(curveFigure(curve)))}${
  map === undefined || map.series.length === 0 ? undefined : figures.add(scatterMapFigure(map))
}${tables.filter(({ rows }) => rows.length > 0).map(tableBlock)}`;
}

function tableBlock({ title, columns, rows }: PlainTable): Markup {
  const content = table(
    columns.map((column, i) => ({ ...column, cell: (row: readonly string[]) => row[i] })),
    rows,
  );
  return fold(`${title} (${rows.length})`, content, rows.length <= shortTable);
}
