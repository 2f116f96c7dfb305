/** Observable Plot on the server: one call, one SVG as text. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml, type Markup, trusted } from "./html.ts";
import { superscript } from "./numbers.ts";

const { document } = parseHTML("<html><body></body></html>");

/**
 * Draws a plot with the report's fonts and axes: a frame, labels in the middle of the axes, no arrows.
 * @param label says what the picture shows to those who cannot see it
 * @param defs SVG definitions (patterns) that marks refer to
 */
export function drawPlot(label: string, options: Plot.PlotOptions, defs = ""): Markup {
  const { x, y, marks = [], ...rest } = options;
  const svg = Plot.plot({
    document: document as unknown as Document,
    width: 560,
    height: 340,
    marginLeft: leftMargin(y?.domain),
    marginRight: 16,
    marginTop: 14,
    marginBottom: 44,
    ...rest,
    x: { labelAnchor: "center", labelArrow: "none", labelOffset: 36, tickSize: 4, ...x },
    y: { labelAnchor: "center", labelArrow: "none", tickSize: 4, ...y },
    marks: [Plot.frame({ stroke: "#333" }), ...marks],
  });
  svg.setAttribute("role", "img");
  svg.setAttribute("font-size", "12");
  svg.setAttribute("font-family", "Helvetica Neue, Arial, Liberation Sans, sans-serif");
  svg.setAttribute("overflow", "visible");
  // The DOM library leaves "<" and ">" in attributes as they are; the label is free text, so it is escaped here.
  const inside = lowerIndices(svg.outerHTML.slice("<svg".length, -"</svg>".length));
  return trusted(`<svg aria-label="${escapeHtml(label)}"${inside}${defs}</svg>`);
}

/** "k_B" in a label as k with a lower B; other underscores are parts of names. */
function lowerIndices(svg: string): string {
  return svg.replace(
    /(<text\b[^>]*>[^<]*?)\bk_B\b([^<]*)/g,
    (_, before: string, after: string) =>
      `${before}<tspan font-style="italic">k</tspan><tspan dy="3" font-size="75%">B</tspan><tspan dy="-3">${after}</tspan>`,
  );
}

/** Room for the longest tick label of a linear axis (about 7 pixels a character) and the axis label beside it. */
function leftMargin(domain: Iterable<unknown> | undefined): number {
  const [low, high] = [...(domain ?? [])].map(Number);
  if (!(high > low)) return 62;
  const decimals = Math.min(12, Math.max(0, Math.ceil(-Math.log10((high - low) / 8))));
  const format = (x: number) =>
    x.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return Math.max(62, 32 + 7 * Math.max(format(low).length, format(high).length));
}

/**
 * Range of values with a margin on both sides, never empty: a single value gets room around it.
 * @param share margin as a share of the range
 */
export function paddedRange(values: Iterable<number>, share = 0.05): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const margin = high > low ? share * (high - low) : Math.abs(low) * 0.1 || 1;
  return [low - margin, high + margin];
}

/**
 * Log axis with a label at every power of ten and short ticks between them.
 * @param margin factor by which the axis reaches beyond the values
 */
export function logAxis(values: readonly number[], margin = 1.15): Plot.ScaleOptions {
  if (values.length === 0) return { type: "log", domain: [0.1, 1] };
  const low = Math.min(...values) / margin;
  const high = Math.max(...values) * margin;
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (let digit = 1; digit < 10; digit++) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  // Within one decade a label at powers of ten alone would leave the axis bare.
  const few = ticks.filter((tick) => Math.log10(tick) % 1 === 0).length < 2;
  const label = (tick: number) => {
    const [mantissa, power] = tick.toExponential(0).split("e");
    if (mantissa === "1") return `10${superscript(Number(power))}`;
    return few && (mantissa === "2" || mantissa === "5")
      ? `${mantissa} × 10${superscript(Number(power))}`
      : "";
  };
  return { type: "log", domain: [low, high], ticks, tickFormat: label };
}
