/** Configurations from above as small pictures: the ceria paper's Figs. 6, S15 and S16. */
import { EcitonError } from "../../core/errors.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { type MapMarkStyle, mapMarks, markPath } from "../map-marks.ts";
import { count, notFinite, px } from "../numbers.ts";
import { checkCell, corners, wrapped } from "../plane.ts";
import type { SnapshotMap, SnapshotMaps } from "../sampling-model.ts";
import { drawCellGrid, type Picture, type View } from "./cell-grid.ts";

/** A picture with more marks than this is a grey area and a large page. */
const MOST_MARKS = 4000;
/** More dots than this are left out; the outline stays. */
const MOST_DOTS = 12_000;
/** Marks are neither invisible nor larger than a legend's, pixels between neighbouring sites. */
const SPACING = { least: 2, most: 13 } as const;

/** @throws {EcitonError} "shape" for numbers that are not finite, marks that are not listed and places that do not exist */
export function snapshotMapsFigure(maps: SnapshotMaps): Figure {
  const name = `maps-${slug(maps.title)}`;
  maps.panels.forEach((panel, i) => {
    checkPanel(maps, panel, i + 1);
  });
  const styles = mapMarks(maps.marks);
  const dots = new Map<string, string>();
  const skipped = maps.panels.filter((panel) => panel.points.length > MOST_MARKS);
  const svgs = drawCellGrid(
    maps,
    (panel): Picture => ({
      outline: corners(panel.cell),
      draw: (view) =>
        backgroundDots(panel, view, dots, name) +
        (panel.points.length > MOST_MARKS ? "" : drawMarks(panel, view, styles)),
    }),
    () => [...dots].map(([path, id]) => `<path id="${id}" d="${path}"/>`).join(""),
  );
  const left = skipped.map(
    (panel) => `${panel.row}, ${panel.column} (${count(panel.points.length, "mark")})`,
  );
  return {
    name,
    title: maps.title,
    caption:
      `Top view of ${count(maps.panels.length, "configuration")}. Lines: the simulation cell;${dots.size > 0 ? " faint dots: all sites;" : ""} marks: sites that hold something else than the background, smaller marks over larger ones.` +
      (left.length === 0 ? "" : ` Not drawn, because there are too many marks: ${left.join("; ")}.`) +
      (maps.note === undefined ? "" : ` ${maps.note}`),
    legend: styles.map(({ label, style }) => ({ label, color: style.stroke, mark: style })),
    panels: svgs.map((svg) => ({ svg })),
    stacked: true,
    csv: toCsv(
      maps.title,
      ["row", "column", "species", "layer", "x_A", "y_A"],
      maps.panels.flatMap((panel) =>
        panel.points.map(({ x, y, mark }) => {
          const { species, layer } = maps.marks[mark];
          return [panel.row, panel.column, species, layer, ...wrapped(panel.cell, x, y).map(shortLength)];
        }),
      ),
    ),
  };
}

function checkPanel(maps: SnapshotMaps, panel: SnapshotMap, row: number): void {
  checkCell(`${maps.title}, panel ${row}`, panel.cell);
  for (const { x, y, mark } of panel.points) {
    if (!Number.isFinite(x)) throw notFinite(maps.title, row, "x", x);
    if (!Number.isFinite(y)) throw notFinite(maps.title, row, "y", y);
    if (maps.marks[mark] === undefined)
      throw new EcitonError(
        "shape",
        `${maps.title}, panel ${row}: expected a mark from 0 to ${maps.marks.length - 1}, found ${mark}`,
      );
  }
  for (let i = 0; i < (panel.sites?.length ?? 0); i++)
    if (!Number.isFinite(panel.sites![i])) throw notFinite(maps.title, row, "site", panel.sites![i]);
}

/** Pictures of one cell have the same dots: each set is written once and referred to. */
function backgroundDots(panel: SnapshotMap, view: View, dots: Map<string, string>, figure: string): string {
  const { sites = [], cell } = panel;
  if (sites.length === 0 || sites.length > 2 * MOST_DOTS) return "";
  const places = new Set<string>();
  for (let i = 0; i < sites.length; i += 2) {
    const [x, y] = wrapped(cell, sites[i], sites[i + 1]);
    places.add(`M${px(view.x(x))} ${px(view.y(y))}h0`);
  }
  const path = [...places].join("");
  const id = dots.get(path) ?? `${figure}-sites-${dots.size}`;
  dots.set(path, id);
  const size = Math.min(1.6, 0.22 * spacing(panel, view.scale));
  return `<use class="sites" href="#${id}" stroke="#b9b9b9" stroke-width="${px(size)}" stroke-linecap="round"/>`;
}

/** Large marks first, so that no mark hides another one that lies at the same place. */
function drawMarks(panel: SnapshotMap, view: View, styles: readonly MapMarkStyle[]): string {
  const unit = spacing(panel, view.scale);
  return styles
    .map(({ style, marks }) => {
      const paths = panel.points
        .filter((point) => marks.includes(point.mark))
        .map((point) => {
          const [x, y] = wrapped(panel.cell, point.x, point.y);
          return markPath(style, view.x(x), view.y(y), unit * style.size);
        });
      return { style, path: paths.join("") };
    })
    .filter(({ path }) => path !== "")
    .sort((a, b) => b.style.size - a.style.size)
    .map(
      ({ style, path }) =>
        `<path class="marks" d="${path}" fill="${style.fill}" stroke="${style.stroke}" stroke-width="${px(Math.max(0.5, style.line * unit))}"/>`,
    )
    .join("");
}

/** Pixels between places that sites can be seen at, were they to form a triangular lattice. */
function spacing({ cell, sites = [], points }: SnapshotMap, scale: number): number {
  const places = new Set<string>();
  const add = (x: number, y: number) => {
    const [u, v] = wrapped(cell, x, y);
    places.add(`${Math.round(10 * u)} ${Math.round(10 * v)}`);
  };
  for (let i = 0; i < sites.length; i += 2) add(sites[i], sites[i + 1]);
  if (places.size === 0) for (const { x, y } of points) add(x, y);
  const area = Math.abs(cell[0] * cell[3] - cell[1] * cell[2]);
  const distance = scale * Math.sqrt((2 / Math.sqrt(3)) * (area / Math.max(1, places.size)));
  return Math.min(SPACING.most, Math.max(SPACING.least, distance));
}

/** Far below the distance of sites, Å. */
function shortLength(length: number): number {
  return Math.round(length * 1e4) / 1e4;
}
