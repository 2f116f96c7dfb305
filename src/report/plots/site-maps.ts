/** Mean occupation of every site, a picture for each layer. */
import { EcitonError } from "../../core/errors.ts";
import { colorRamp } from "../color-ramp.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { count, notFinite, px } from "../numbers.ts";
import { checkCell, corners, wrapped } from "../plane.ts";
import type { SiteMap, SiteMaps } from "../sampling-model.ts";
import { drawCellGrid, type View } from "./cell-grid.ts";

/** More sites than this in one picture are finer than a screen can show. */
const MOST_SITES = 10_000;

/** @throws {EcitonError} "shape" for numbers that are not finite, lists of unequal length and places that do not exist */
export function siteMapsFigure(maps: SiteMaps): Figure {
  const name = `sites-${slug(maps.title)}`;
  maps.panels.forEach((panel, i) => {
    checkPanel(maps.title, panel, i + 1);
  });
  const drawn = maps.panels.filter((panel) => panel.values.length <= MOST_SITES);
  let [low, high] = [0, 0];
  for (const { values } of drawn)
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
  const ramp = colorRamp(maps.valueLabel, [low, high], "linear");
  const svgs = drawCellGrid({ ...maps, panels: drawn }, (panel) => ({
    outline: corners(panel.cell),
    draw: (view) => drawSites(panel, view),
  }));
  const left = maps.panels.filter((panel) => !drawn.includes(panel)).map((p) => `${p.row}, ${p.column}`);
  return {
    name,
    title: maps.title,
    caption:
      `${capital(maps.valueLabel)}, for each site of ${count(drawn.length, "layer and state", "layers and states")}, from above. All pictures share one colour scale, which begins at zero.` +
      (left.length === 0 ? "" : ` Not drawn, because there are too many sites: ${left.join("; ")}.`) +
      (maps.note === undefined ? "" : ` ${maps.note}`),
    panels: [...svgs, ramp.legend].map((svg) => ({ svg })),
    stacked: true,
    csv: toCsv(
      maps.title,
      ["row", "column", "x_A", "y_A", "value"],
      maps.panels.flatMap((panel) =>
        Array.from(panel.values, (value, i) => [
          panel.row,
          panel.column,
          panel.positions[2 * i],
          panel.positions[2 * i + 1],
          value,
        ]),
      ),
    ),
  };

  function drawSites(panel: SiteMap, view: View): string {
    // Nearly touching discs where the sites form a square or triangular lattice.
    const area = Math.abs(panel.cell[0] * panel.cell[3] - panel.cell[1] * panel.cell[2]);
    const width = view.scale * Math.sqrt(area / panel.values.length);
    const paths = new Map<number, string>();
    for (let i = 0; i < panel.values.length; i++) {
      const [x, y] = wrapped(panel.cell, panel.positions[2 * i], panel.positions[2 * i + 1]);
      const step = ramp.step(panel.values[i]);
      paths.set(step, `${paths.get(step) ?? ""}M${px(view.x(x))} ${px(view.y(y))}h0`);
    }
    const discs = [...paths].map(([step, path]) => `<path d="${path}" stroke="${ramp.color(step)}"/>`);
    return `<g class="sites" fill="none" stroke-linecap="round" stroke-width="${px(width)}">${discs.join("")}</g>`;
  }
}

function checkPanel(title: string, panel: SiteMap, row: number): void {
  checkCell(`${title}, panel ${row}`, panel.cell);
  const { positions, values } = panel;
  if (positions.length !== 2 * values.length)
    throw new EcitonError(
      "shape",
      `${title}, panel ${row}: expected ${2 * values.length} coordinates for ${values.length} values, found ${positions.length}`,
    );
  for (let i = 0; i < positions.length; i++)
    if (!Number.isFinite(positions[i])) throw notFinite(title, row, "position", positions[i]);
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw notFinite(title, row, "value", values[i]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
