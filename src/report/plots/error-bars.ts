/** Error bars with caps. */
import * as Plot from "@observablehq/plot";

export interface ErrorBarOptions<Datum> {
  readonly x: string;
  readonly fx?: string;
  readonly low: (datum: Datum) => number;
  readonly high: (datum: Datum) => number;
  readonly stroke: string;
  readonly strokeWidth: number;
}

/** A short horizontal line; `size` is an area, as for all symbols. */
const cap = {
  draw(context: CanvasPath, size: number) {
    const half = Math.sqrt(size / Math.PI);
    context.moveTo(-half, 0);
    context.lineTo(half, 0);
  },
};

/**
 * Vertical bars with caps. The library's own line markers take their ids from a counter of the process, so that a
 * second report would differ from the first one.
 */
export function errorBars<Datum>(data: readonly Datum[], options: ErrorBarOptions<Datum>): Plot.Markish[] {
  const { x, fx, low, high, stroke, strokeWidth } = options;
  const place = { x, fx, stroke, strokeWidth };
  const caps = { ...place, symbol: cap, r: 3.5, className: "error-bar-cap" };
  return [
    Plot.ruleX(data, { ...place, y1: low, y2: high, className: "error-bar" }),
    Plot.dot(data, { ...caps, y: low }),
    Plot.dot(data, { ...caps, y: high }),
  ];
}
