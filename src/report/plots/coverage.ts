/** How many structures the data hold for each composition. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { fillDefs, fillId, okabeIto } from "../marks.ts";
import type { DataSummary } from "../model.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot } from "../plot.ts";

/** @throws {EcitonError} "shape" for counts that are not finite */
export function coverageFigure({ label, bins }: NonNullable<DataSummary["coverage"]>): Figure {
  const name = "composition-coverage";
  requireFinite("composition coverage", bins, ["count"]);
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const width = Math.min(860, Math.max(320, 90 + 44 * bins.length));
  // With many bins only some of their names have room.
  const every = Math.ceil(bins.length / Math.floor((width - 80) / 40));
  const svg = drawPlot(
    "Structures for each composition",
    {
      width,
      height: 240,
      x: {
        type: "band",
        domain: bins.map((_, i) => i),
        tickFormat: (i: number) => (i % every === 0 ? bins[i].label : ""),
        label,
        padding: 0.2,
      },
      y: {
        label: "structures",
        domain: [0, Math.max(1, ...bins.map((bin) => bin.count)) * 1.12],
        grid: true,
      },
      marks: [
        Plot.barY(bins, {
          x: (_, i) => i,
          y: "count",
          fill: `url(#${fillId(name, 0)})`,
          stroke: okabeIto.black,
        }),
        Plot.text(bins, {
          x: (_, i) => i,
          y: "count",
          text: (bin) => (bins.length <= 20 ? String(bin.count) : ""),
          dy: -7,
        }),
      ],
    },
    fillDefs(name, 1),
  );
  return {
    name,
    title: "Coverage of compositions",
    caption: `${count(total, "structure")} in ${count(bins.length, "class", "classes")}.`,
    panels: [{ svg }],
    csv: toCsv(
      name,
      [label, "structures"],
      bins.map((bin) => [bin.label, bin.count]),
    ),
  };
}
