/** What became of structures that were relaxed: a table, and how far their energies lie apart. */
import type { FigureBook } from "../figure.ts";
import { html } from "../html.ts";
import { count, fixed, integer, significant } from "../numbers.ts";
import { curveFigure } from "../plots/curve.ts";
import type { RelaxationRow, RelaxationSummary } from "../relaxation-model.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function relaxationSection(summary: RelaxationSummary, figures: FigureBook): Section {
  const { method, potential, rows } = summary;
  const known = rows.filter((row) => row.energy_eV !== undefined);
  const series = [...new Set(known.map((row) => row.formula))]
    .map((formula) => {
      const same = known.filter((row) => row.formula === formula);
      const energies = same.map((row) => row.energy_eV!).sort((a, b) => a - b);
      return { name: formula, points: energies.map((y, i) => ({ x: i + 1, y: y - energies[0] })) };
    })
    .filter(({ points }) => points.length > 1);
  return {
    id: "relaxations",
    title: "Relaxed structures",
    body: [
      html`<p>${potential}. ${method}.</p>\n`,
      series.length === 0
        ? undefined
        : figures.add(
            curveFigure({
              title: "Energies of the relaxed structures",
              caption: "Structures of one formula in the order of their energies, above the lowest one.",
              xLabel: "structures up to this energy",
              yLabel: "energy above the lowest (eV)",
              series,
            }),
          ),
      fold(
        count(rows.length, "structure"),
        table<RelaxationRow>(
          [
            { title: "structure", cell: (row) => row.name },
            { title: "atoms", number: true, cell: (row) => integer(row.atoms) },
            { title: "energy, eV", number: true, cell: (row) => fixed(row.energy_eV, 6) },
            {
              title: "per atom, eV",
              number: true,
              cell: (row) => fixed(row.energy_eV === undefined ? undefined : row.energy_eV / row.atoms, 6),
            },
            {
              title: "largest force, eV/Å",
              number: true,
              cell: (row) => significant(row.largestForce_eV_per_A, 2),
            },
            {
              title: "evaluations",
              number: true,
              cell: (row) => (row.evaluations === undefined ? "–" : integer(row.evaluations)),
            },
            { title: "volume, Å³", number: true, cell: (row) => fixed(row.volume_A3, 3) },
            { title: "ended", cell: (row) => row.ended },
          ],
          rows,
        ),
        rows.length <= shortTable,
      ),
    ],
  };
}
