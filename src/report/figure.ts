/** A figure: panels of SVG, a legend, a caption sentence and the CSV file behind it. */
import { html, type Markup, trusted, withIndices } from "./html.ts";
import { type MarkDrawing, markPath } from "./map-marks.ts";
import { fillDefs, fillId, type SymbolName, symbolPaths } from "./marks.ts";

export interface Figure {
  /** Part of the id and of the CSV's name: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly legend?: readonly LegendEntry[];
  readonly panels: readonly { readonly title?: string; readonly svg: Markup }[];
  /** Panels over each other; otherwise they stand in two columns. */
  readonly stacked?: boolean;
  /** Small panels in three columns. */
  readonly small?: boolean;
  readonly csv: string;
}

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly symbol?: SymbolName;
  readonly filled?: boolean;
  /** Draws a line with these dashes; "" is a solid one. */
  readonly dash?: string;
  /** Draws a patch with the fill of this index. */
  readonly fill?: number;
  /** Draws a pale band behind the line. */
  readonly band?: boolean;
  /** Draws this mark of a map. */
  readonly mark?: MarkDrawing;
}

/** Folder, beside report.html, of the CSV files; also the folder in the names of the `csv` map. */
export const csvFolder = "report-csv";

/** Larger tables are linked as files beside the report, so that the page itself stays small. */
const largestEmbeddedCsv = 400_000;

/** Numbers the figures of one report and collects their CSV files. */
export class FigureBook {
  readonly csv = new Map<string, string>();

  add(figure: Figure): Markup {
    // Titles that people choose may give one name twice.
    let name = figure.name;
    for (let n = 2; this.csv.has(csvPath(name)); n++) name = `${figure.name}-${n}`;
    const fileName = csvPath(name);
    this.csv.set(fileName, figure.csv);
    const number = this.csv.size;
    const embedded = figure.csv.length <= largestEmbeddedCsv;
    const address = embedded
      ? `data:text/csv;charset=utf-8;base64,${Buffer.from(figure.csv, "utf8").toString("base64")}`
      : fileName;
    const sideBySide = figure.panels.length > 1 && !figure.stacked;
    // Two panels shrink in proportion to their widths and so keep equal heights.
    const layout = !sideBySide
      ? ""
      : figure.small
        ? " small-multiples"
        : figure.panels.length === 2
          ? " pair"
          : " grid";
    return html`<figure id="fig-${name}">
<div class="panels${layout}">${figure.panels.map(
      (panel) =>
        html`<div class="panel">${panel.title === undefined ? undefined : html`<p class="panel-title">${withIndices(panel.title)}</p>`}${panel.svg}</div>`,
    )}</div>
${legend(figure)}
<figcaption><b>Figure ${number}. ${withIndices(figure.title)}.</b> ${withIndices(figure.caption)} <a class="csv" download="${name}.csv" href="${address}">CSV</a></figcaption>
</figure>
`;
  }
}

function csvPath(name: string): string {
  return `${csvFolder}/${name}.csv`;
}

function legend(figure: Figure): Markup | undefined {
  if (figure.legend === undefined || figure.legend.length === 0) return undefined;
  return html`<div class="legend">${figure.legend.map(
    (entry, i) => html`<span>${key(`${figure.name}-key-${i}`, entry)} ${entry.label}</span>`,
  )}</div>`;
}

function key(id: string, entry: LegendEntry): Markup {
  const parts: string[] = [];
  if (entry.band)
    parts.push(`<rect x="0" y="1" width="34" height="14" fill="${entry.color}" fill-opacity="0.2"/>`);
  if (entry.dash !== undefined)
    parts.push(
      `<path d="M0,8H34" stroke="${entry.color}" stroke-width="2" fill="none"${entry.dash === "" ? "" : ` stroke-dasharray="${entry.dash}"`}/>`,
    );
  if (entry.symbol !== undefined)
    parts.push(
      `<path d="${symbolPaths[entry.symbol]}" transform="translate(17,8)" stroke="${entry.color}" stroke-width="1.6" fill="${entry.filled ? entry.color : "none"}"/>`,
    );
  if (entry.fill !== undefined)
    parts.push(
      fillDefs(id, entry.fill + 1),
      `<rect x="0.5" y="0.5" width="33" height="15" stroke="#333" fill="url(#${fillId(id, entry.fill)})"/>`,
    );
  if (entry.mark !== undefined) {
    const { fill, stroke, size, line } = entry.mark;
    parts.push(
      `<path d="${markPath(entry.mark, 17, 8, 13 * size)}" fill="${fill}" stroke="${stroke}" stroke-width="${13 * line}"/>`,
    );
  }
  return trusted(
    `<svg width="34" height="16" viewBox="0 0 34 16" aria-hidden="true">${parts.join("")}</svg>`,
  );
}
