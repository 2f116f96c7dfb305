/** Structures that were built: a table. */
import { html } from "../html.ts";
import { count, fixed, integer } from "../numbers.ts";
import type { StructureRow, StructuresSummary } from "../structures-model.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function structuresSection({ total, rows }: StructuresSummary): Section {
  return {
    id: "structures",
    title: "Structures",
    body: [
      fold(
        rows.length === total
          ? count(total, "structure")
          : `The first ${integer(rows.length)} of ${count(total, "structure")}`,
        table<StructureRow>(
          [
            { title: "structure", cell: (row) => row.name },
            { title: "formula", cell: (row) => row.formula },
            { title: "atoms", number: true, cell: (row) => integer(row.atoms) },
            { title: "shortest distance, Å", number: true, cell: (row) => fixed(row.shortest_A, 3) },
            { title: "volume, Å³", number: true, cell: (row) => fixed(row.volume_A3, 3) },
            {
              title: "tries",
              number: true,
              cell: (row) => (row.tries === undefined ? "–" : integer(row.tries)),
            },
          ],
          rows,
        ),
        rows.length <= shortTable,
      ),
      rows.length === total
        ? undefined
        : html`<p class="small">structures.csv beside this page has all.</p>\n`,
    ],
  };
}
