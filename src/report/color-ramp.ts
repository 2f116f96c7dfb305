/** A perceptually uniform ramp from pale (little) to dark (much), and the scale that explains it. */
import * as Plot from "@observablehq/plot";
import { type Markup, trusted } from "./html.ts";
import { plain, px, significant } from "./numbers.ts";
import { drawPlot, logAxis } from "./plot.ts";

/** Neighbouring steps can hardly be told apart; equal steps share one path of the picture. */
const STEPS = 64;

export interface ColorRamp {
  /** Index of the colour of a value, 0 to the number of colours less one; values outside take the ends. */
  readonly step: (value: number) => number;
  readonly color: (step: number) => string;
  readonly legend: Markup;
}

/**
 * @param range of the values; positive for "log"
 * @param kind linear or logarithmic in the value
 */
export function colorRamp(
  label: string,
  range: readonly [number, number],
  kind: "linear" | "log",
): ColorRamp {
  const [low, high] = range;
  const at = kind === "log" ? Math.log : (value: number) => value;
  const back = kind === "log" ? Math.exp : (value: number) => value;
  const width = at(high) - at(low);
  const colors = rampColors();
  const step = (value: number) =>
    width > 0
      ? Math.min(STEPS - 1, Math.max(0, Math.floor((STEPS * (at(value) - at(low))) / width)))
      : STEPS - 1;
  const edges = Array.from({ length: STEPS + 1 }, (_, i) => back(at(low) + (width * i) / STEPS));
  return { step, color: (i) => colors[i], legend: width > 0 ? scaleBar() : singleValue() };

  function scaleBar(): Markup {
    return drawPlot(`Colour scale: ${label}`, {
      width: 420,
      height: 62,
      marginLeft: 30,
      marginTop: 4,
      marginBottom: 40,
      x: {
        ...(kind === "log" ? logAxis([low, high], 1) : { domain: [low, high], ticks: 5, tickFormat: plain }),
        label,
        labelOffset: 34,
      },
      y: { axis: null, domain: [0, 1] },
      marks: [
        Plot.rect(colors, {
          x1: (_, i) => edges[i],
          x2: (_, i) => edges[i + 1],
          y1: 0,
          y2: 1,
          fill: (color) => color,
          // Without it, seams show between neighbours.
          stroke: (color) => color,
        }),
        Plot.frame({ stroke: "#333" }),
      ],
    });
  }

  function singleValue(): Markup {
    return trusted(
      `<svg role="img" aria-label="Colour scale" width="420" height="20"><rect x="30" y="2" width="${px(24)}" height="14" fill="${colors[STEPS - 1]}" stroke="#333"/><text x="60" y="13" font-size="12" font-family="Helvetica Neue, Arial, Liberation Sans, sans-serif">${significant(low, 3)} everywhere</text></svg>`,
    );
  }
}

function rampColors(): string[] {
  const scale = Plot.scale({
    color: { type: "linear", scheme: "magma", domain: [-1, STEPS], reverse: true },
  });
  return Array.from({ length: STEPS }, (_, i) => String(scale?.apply(i)));
}
