/** Tables: numbers to the right, long ones behind a fold. */
import { html, type Markup } from "./html.ts";

/** Longest table that is shown unfolded. */
export const shortTable = 25;

export interface Column<Row> {
  readonly title: string | Markup;
  readonly cell: (row: Row) => string | Markup;
  /** Numbers stand to the right. */
  readonly number?: boolean;
}

/** A column in which every cell is empty is left out. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const cells = columns.map((column) => rows.map(column.cell));
  const shown = columns
    .map((column, i) => ({ column, cells: cells[i] }))
    .filter((c) => c.cells.some((cell) => cell !== "" && cell !== "–"));
  const kind = (column: Column<Row>) => (column.number ? "number" : "text");
  return html`<div class="table${rows.length > 2 * shortTable ? " long" : ""}"><table>
<thead><tr>${shown.map(({ column }) => html`<th class="${kind(column)}">${column.title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (_, r) =>
      html`<tr>${shown.map(({ column, cells }) => html`<td class="${kind(column)}">${cells[r]}</td>`)}</tr>\n`,
  )}</tbody></table></div>
`;
}

/** Content behind a line that one can click; open at once when it is short. */
export function fold(summary: string, content: Markup, open: boolean): Markup {
  const start = open ? html`<details open>` : html`<details>`;
  return html`${start}<summary>${summary}</summary>${content}</details>
`;
}
