/** Structure factors over the first Brillouin zone of the parent cell. */
import { EcitonError } from "../../core/errors.ts";
import { type ColorRamp, colorRamp } from "../color-ramp.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { count, notFinite, px } from "../numbers.ts";
import { checkCell, latticeVectors, overlap, type Point, reciprocal, wignerSeitz } from "../plane.ts";
import type { StructureFactorMap, StructureFactorMaps } from "../sampling-model.ts";
import { drawCellGrid, type View } from "./cell-grid.ts";

/** More tiles than this in one picture are finer than a screen can show. */
const MOST_TILES = 5000;

/** @throws {EcitonError} "shape" for numbers that are not finite, lists of unequal length and places that do not exist */
export function structureFactorFigure(maps: StructureFactorMaps): Figure {
  const name = `structure-factor-${slug(maps.title)}`;
  const { scale = "linear", valueLabel } = maps;
  maps.panels.forEach((panel, i) => {
    checkPanel(maps.title, panel, i + 1);
  });
  const shown = maps.panels.filter((panel) => panel.values.length <= MOST_TILES);
  const left = maps.panels.filter((panel) => !shown.includes(panel)).map((p) => `${p.row}, ${p.column}`);
  const values = shown.flatMap((panel) => panel.values.filter((value) => value !== undefined));
  const drawn = scale === "log" ? values.filter((value) => value > 0) : values;
  const ramp = colorRamp(
    scale === "log" ? `${valueLabel} (logarithmic)` : valueLabel,
    drawn.length === 0
      ? [1, 1]
      : [drawn.reduce((a, b) => Math.min(a, b)), drawn.reduce((a, b) => Math.max(a, b))],
    scale,
  );
  const svgs = drawCellGrid({ ...maps, panels: shown }, (panel) => {
    const zone = wignerSeitz(reciprocal(panel.parentCell));
    return { outline: zone, draw: (view) => drawZone(panel, zone, view, ramp, scale) };
  });
  const blank = values.length - drawn.length;
  return {
    name,
    title: maps.title,
    caption:
      `${valueLabel} in the first Brillouin zone of the parent cell for ${count(shown.length, "state")}; a tile for each wave vector of the simulation cell, the cross marks k = 0. One ${scale === "log" ? "logarithmic" : "linear"} colour scale for all pictures; white: no value.` +
      (blank === 0
        ? ""
        : ` ${count(blank, "value")} not above zero ${blank === 1 ? "is" : "are"} left white.`) +
      (left.length === 0 ? "" : ` Not drawn, because there are too many wave vectors: ${left.join("; ")}.`) +
      (maps.note === undefined ? "" : ` ${maps.note}`),
    panels: [...svgs, ramp.legend].map((svg) => ({ svg })),
    stacked: true,
    csv: toCsv(
      maps.title,
      ["row", "column", "k1", "k2", "value"],
      maps.panels.flatMap((panel) =>
        panel.values.map((value, i) => [panel.row, panel.column, panel.k[2 * i], panel.k[2 * i + 1], value]),
      ),
    ),
  };
}

function drawZone(
  panel: StructureFactorMap,
  zone: readonly Point[],
  view: View,
  ramp: ColorRamp,
  scale: "linear" | "log",
): string {
  const [b1x, b1y, b2x, b2y] = reciprocal(panel.parentCell);
  // The cell's own reciprocal lattice divides the zone into one tile for each wave vector.
  const tile = wignerSeitz(reciprocal(panel.cell));
  const farthest = (polygon: readonly Point[]) => Math.max(...polygon.map((p) => Math.hypot(...p)));
  const reach = farthest(zone) + farthest(tile);
  const paths = new Map<number, string>();
  panel.values.forEach((value, i) => {
    if (value === undefined || (scale === "log" && value <= 0)) return;
    const step = ramp.step(value);
    const [h, k] = [nearZero(panel.k[2 * i]), nearZero(panel.k[2 * i + 1])];
    const at: Point = [h * b1x + k * b2x, h * b1y + k * b2y];
    for (const [gx, gy] of latticeVectors([b1x, b1y, b2x, b2y], Math.hypot(...at) + reach)) {
      const [x, y] = [at[0] + gx, at[1] + gy];
      // A wave vector on the edge of the zone is there more than once, each time with a part of its tile.
      if (Math.hypot(x, y) > reach) continue;
      const seen = overlap(
        tile.map(([dx, dy]): Point => [x + dx, y + dy]),
        zone,
      );
      if (seen.length === 0) continue;
      const path = seen.map((p) => `${px(view.x(p[0]))} ${px(view.y(p[1]))}`).join("L");
      paths.set(step, `${paths.get(step) ?? ""}M${path}z`);
    }
  });
  const tiles = [...paths].map(
    ([step, path]) => `<path d="${path}" fill="${ramp.color(step)}" stroke="${ramp.color(step)}"/>`,
  );
  // Strokes close the seams between tiles.
  return `<g class="tiles" stroke-width="0.4">${tiles.join("")}</g>${origin(view)}`;
}

function origin(view: View): string {
  const cross = `d="M${px(view.x(0))} ${px(view.y(0))}m-4 0h8m-4 -4v8" fill="none"`;
  return `<path ${cross} stroke="#fff" stroke-width="2.6"/><path ${cross} stroke="#000"/>`;
}

/** Into -1/2 to 1/2: the nearest equivalent, or one of them. */
function nearZero(k: number): number {
  return k - Math.round(k);
}

function checkPanel(title: string, panel: StructureFactorMap, row: number): void {
  checkCell(`${title}, panel ${row}`, panel.cell);
  checkCell(`${title}, panel ${row}, parent cell`, panel.parentCell);
  const { k, values } = panel;
  if (k.length !== 2 * values.length)
    throw new EcitonError(
      "shape",
      `${title}, panel ${row}: expected ${2 * values.length} numbers for ${values.length} wave vectors, found ${k.length}`,
    );
  for (let i = 0; i < k.length; i++) if (!Number.isFinite(k[i])) throw notFinite(title, row, "k", k[i]);
  for (const value of values)
    if (value !== undefined && !Number.isFinite(value)) throw notFinite(title, row, "value", value);
}
