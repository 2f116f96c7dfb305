/** The parent lattice, its symmetry and the pool of clusters. */
import { html, type Markup } from "../html.ts";
import type { LatticeSummary, PoolSummary } from "../model.ts";
import { count, duration, fixed, integer } from "../numbers.ts";
import { fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function latticeSection({ sites, symmetry, pool }: LatticeSummary): Section {
  return {
    id: "lattice",
    title: "Lattice and clusters",
    body: [
      symmetry === undefined
        ? undefined
        : html`<p>Symmetry: ${symmetry.groupKind} <b>${symmetry.group}</b>, ${count(symmetry.operationsKept, "operation")} kept of ${integer(symmetry.operationsFound)} found.</p>\n`,
      sites === undefined
        ? undefined
        : fold(
            `Sites (${sites.length})`,
            table(
              [
                { title: "site", cell: (site) => site.name },
                { title: "allowed species", cell: (site) => site.species.join(", ") },
                ...(["x", "y", "z"] as const).map((axis, i) => ({
                  title: `${axis} (Å)`,
                  cell: (site: (typeof sites)[number]) => fixed(site.position_A[i], 4),
                  number: true,
                })),
                { title: "", cell: (site) => (site.spectator ? "spectator" : "") },
              ],
              sites,
            ),
            sites.length <= shortTable,
          ),
      pool === undefined ? undefined : poolBlock(pool),
    ],
  };
}

function poolBlock(pool: PoolSummary): Markup {
  const total = (pick: (row: PoolSummary["rows"][number]) => number) =>
    pool.rows.reduce((sum, row) => sum + pick(row), 0);
  const folded = pool.rows.some((row) => row.folded !== undefined);
  const rows = [
    ...pool.rows.map((row) => ({ ...row, points: integer(row.points) })),
    {
      points: "all",
      infinite: total((row) => row.infinite),
      folded: folded ? total((row) => row.folded ?? 0) : undefined,
    },
  ];
  const { merged = [], supercell, basis, seconds } = pool;
  const counted = seconds === undefined ? "" : ` Enumerated in ${duration(seconds)}.`;
  return html`<h3>Cluster pool</h3>
<p>Cut-off ${pool.cutoff}${basis === undefined ? "" : `, ${basis} basis`}.${counted}</p>
${table(
  [
    { title: "points", cell: (row) => row.points, number: true },
    { title: "infinite lattice", cell: (row) => integer(row.infinite), number: true },
    {
      title: supercell === undefined ? "folded" : `folded onto ${supercell}`,
      cell: (row) => (row.folded === undefined ? "–" : integer(row.folded)),
      number: true,
    },
  ],
  rows,
)}${
  merged.length === 0
    ? undefined
    : fold(
        `Clusters that become the same one in the supercell (${merged.length})`,
        table(
          [
            { title: "kept", cell: (row) => row.kept },
            { title: "merged into it", cell: (row) => row.merged.join(", ") },
          ],
          merged,
        ),
        merged.length <= 10,
      )
}`;
}
