/** Small pictures of cells in rows and columns, drawn as one SVG without scripts. */
import { EcitonError } from "../../core/errors.ts";
import { escapeHtml, type Markup, trusted } from "../html.ts";
import { px } from "../numbers.ts";
import type { Point } from "../plane.ts";
import type { CellGrid, GridPanel } from "../sampling-model.ts";

/** From the picture's own coordinates (y upwards) to pixels of its box (y downwards). */
export interface View {
  readonly x: (x: number) => number;
  readonly y: (y: number) => number;
  /** Pixels for each unit of length. */
  readonly scale: number;
}

export interface Picture {
  /** Polygon that is drawn around the picture and fitted into its box. */
  readonly outline: readonly Point[];
  /** SVG of what is inside. */
  readonly draw: (view: View) => string;
}

const PAGE_WIDTH = 920;
const LARGEST_WIDTH = 190;
const SMALLEST_WIDTH = 105;
const GAP = 12;
/** Marks on the edge of a cell reach beyond its outline. */
const MARGIN = 5;
const LINE = 16;
const ROW_LABEL = 22;
/** Width of a character as a share of the font size, about. */
const CHARACTER = 0.58;

/**
 * One SVG, or several below each other when there are more columns than fit into a page.
 * @param definitions SVG definitions that the pictures share; asked for after they are drawn
 * @throws {EcitonError} "shape" for a panel whose row or column the grid does not name, or whose place is taken
 */
export function drawCellGrid<Panel extends GridPanel>(
  grid: CellGrid<Panel>,
  pictureOf: (panel: Panel) => Picture,
  definitions: () => string = () => "",
): Markup[] {
  const placed = placePanels(grid);
  const perLine = Math.max(1, Math.floor((PAGE_WIDTH - ROW_LABEL) / (SMALLEST_WIDTH + GAP)));
  // Lines of about equal length look better than a full one and a rest.
  const lines = Math.max(1, Math.ceil(grid.columns.length / perLine));
  const length = Math.ceil(grid.columns.length / lines);
  const width = Math.min(LARGEST_WIDTH, (PAGE_WIDTH - ROW_LABEL) / length - GAP);
  const parts = Array.from({ length: lines }, (_, line) => {
    const columns = grid.columns.slice(line * length, (line + 1) * length);
    const rows = grid.rows.map((row) => ({
      label: row,
      panels: columns.map((column) => placed.get(key(row, column))),
    }));
    return { columns, rows: rows.filter((row) => row.panels.some((panel) => panel !== undefined)) };
  });
  const drawn = parts.map(({ columns, rows }) => drawRows(grid.title, columns, rows, width, pictureOf));
  const shared = definitions();
  return drawn.map(({ height, body }, i) =>
    trusted(
      `<svg role="img" aria-label="${escapeHtml(grid.title)}" class="cells" width="${PAGE_WIDTH}" height="${px(height)}" viewBox="0 0 ${PAGE_WIDTH} ${px(height)}" font-family="Helvetica Neue, Arial, Liberation Sans, sans-serif" font-size="12">${i === 0 && shared !== "" ? `<defs>${shared}</defs>` : ""}${body}</svg>`,
    ),
  );
}

function key(row: string, column: string): string {
  return JSON.stringify([row, column]);
}

function placePanels<Panel extends GridPanel>(grid: CellGrid<Panel>): Map<string, Panel> {
  const placed = new Map<string, Panel>();
  for (const panel of grid.panels) {
    const place = key(panel.row, panel.column);
    const where = `${grid.title}, row "${panel.row}", column "${panel.column}"`;
    if (!grid.rows.includes(panel.row) || !grid.columns.includes(panel.column))
      throw new EcitonError("shape", `${where}: expected a row and a column that the grid lists`);
    if (placed.has(place)) throw new EcitonError("shape", `${where}: expected one panel, found a second one`);
    placed.set(place, panel);
  }
  return placed;
}

interface Row<Panel> {
  readonly label: string;
  readonly panels: readonly (Panel | undefined)[];
}

function drawRows<Panel extends GridPanel>(
  title: string,
  columns: readonly string[],
  rows: readonly Row<Panel>[],
  width: number,
  pictureOf: (panel: Panel) => Picture,
): { height: number; body: string } {
  const left = (column: number) => ROW_LABEL + column * (width + GAP);
  let body = columns
    .map((label, i) => text(label, left(i) + width / 2, 12, 'text-anchor="middle" font-weight="bold"'))
    .join("");
  let top = LINE + 4;
  for (const { label, panels } of rows) {
    const pictures = panels.map((panel) => (panel === undefined ? undefined : pictureOf(panel)));
    const boxes = pictures.map((picture) =>
      picture === undefined ? undefined : boxAround(picture.outline, width),
    );
    const height = Math.max(...boxes.map((box) => box?.height ?? 0));
    // A label that is longer than the row is high lies above it.
    const beside = CHARACTER * 12 * label.length <= height;
    if (beside)
      body += text(
        label,
        0,
        0,
        `text-anchor="middle" font-weight="bold" transform="translate(13,${px(top + height / 2)}) rotate(-90)"`,
      );
    else {
      body += text(label, ROW_LABEL, top + 10, 'font-weight="bold"');
      top += LINE;
    }
    panels.forEach((panel, i) => {
      const [picture, box] = [pictures[i], boxes[i]];
      if (panel === undefined || picture === undefined || box === undefined) return;
      const name = `${title}: ${panel.row}, ${panel.column}`;
      const edge = picture.outline.map(([x, y]) => `${px(box.view.x(x))} ${px(box.view.y(y))}`).join("L");
      body += `<g class="picture" role="img" aria-label="${escapeHtml(name)}" transform="translate(${px(left(i))},${px(top + (height - box.height) / 2)})">${picture.draw(box.view)}<path class="outline" d="M${edge}Z" fill="none" stroke="#333" stroke-width="0.8"/></g>`;
      if (panel.caption !== undefined)
        body += text(
          panel.caption,
          left(i) + width / 2,
          top + height + 11,
          'text-anchor="middle" font-size="11" fill="#444"',
        );
    });
    top += height + (panels.some((panel) => panel?.caption !== undefined) ? LINE : 0) + GAP;
  }
  return { height: top, body };
}

/** The largest box of the given width, no higher than wide, that holds the outline and its margin. */
function boxAround(outline: readonly Point[], width: number): { height: number; view: View } {
  const xs = outline.map(([x]) => x);
  const ys = outline.map(([, y]) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const room = width - 2 * MARGIN;
  const scale = Math.min(room / (last - first), room / (high - low));
  const start = (width - scale * (last - first)) / 2;
  return {
    height: scale * (high - low) + 2 * MARGIN,
    view: { scale, x: (x) => start + scale * (x - first), y: (y) => MARGIN + scale * (high - y) },
  };
}

function text(content: string, x: number, y: number, attributes: string): string {
  return `<text x="${px(x)}" y="${px(y)}" ${attributes}>${escapeHtml(content)}</text>`;
}
