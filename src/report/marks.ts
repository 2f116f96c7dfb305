/**
 * Colours, symbols, dashes and hatches. Colours are Okabe and Ito's, which colour-blind people tell apart;
 * symbols, dashes and hatches differ as well, so that a print in black and white can be read.
 * See M. Okabe and K. Ito, "Color Universal Design" (2008).
 */

export const okabeIto = {
  black: "#000000",
  orange: "#E69F00",
  skyBlue: "#56B4E9",
  green: "#009E73",
  yellow: "#F0E442",
  blue: "#0072B2",
  vermillion: "#D55E00",
  purple: "#CC79A7",
} as const;

export const grey = { text: "#333333", faint: "#d9d9d9", middle: "#767676" } as const;

/** Outlines for legends, as the plot library draws the symbol of that name at radius 3.5. */
export const symbolPaths = {
  circle: "M3.5,0A3.5,3.5,0,1,1,-3.5,0A3.5,3.5,0,1,1,3.5,0",
  square: "M-3.1,-3.1h6.2v6.2h-6.2Z",
  triangle: "M0,-5.44L4.71,2.72L-4.71,2.72Z",
  diamond: "M0,-5.77L3.33,0L0,5.77L-3.33,0Z",
  times: "M-3.75,-3.75L3.75,3.75M-3.75,3.75L3.75,-3.75",
  plus: "M-5.29,0L5.29,0M0,5.29L0,-5.29",
  star: "M0,-5.86L1.32,-1.81L5.57,-1.81L2.13,0.69L3.44,4.74L0,2.24L-3.44,4.74L-2.13,0.69L-5.57,-1.81L-1.32,-1.81Z",
} as const;

export type SymbolName = keyof typeof symbolPaths;

export interface SeriesStyle {
  readonly color: string;
  readonly symbol: SymbolName;
  /** SVG stroke-dasharray; empty for a solid line. */
  readonly dash: string;
}

const seriesStyles: readonly SeriesStyle[] = [
  { color: okabeIto.blue, symbol: "circle", dash: "" },
  { color: okabeIto.vermillion, symbol: "square", dash: "7 3" },
  { color: okabeIto.green, symbol: "triangle", dash: "2 2" },
  { color: okabeIto.black, symbol: "diamond", dash: "9 3 2 3" },
  { color: okabeIto.purple, symbol: "times", dash: "12 4" },
  { color: okabeIto.orange, symbol: "plus", dash: "4 2 1 2 1 2" },
  { color: okabeIto.skyBlue, symbol: "star", dash: "1 3" },
];

/** Most series that one panel can hold and still be read. */
export const distinctSeries = seriesStyles.length;

export function seriesStyle(index: number): SeriesStyle {
  return seriesStyles[index % seriesStyles.length];
}

/** Fill of a stacked bar: each with its own hatch, all light enough for black error bars. */
export interface FillStyle {
  readonly color: string;
  readonly hatch: string; // path data in an 8 x 8 tile; empty for a plain fill
  readonly ink: string;
}

const fillStyles: readonly FillStyle[] = [
  { color: okabeIto.skyBlue, hatch: "", ink: okabeIto.black },
  { color: "#f7cb6a", hatch: "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", ink: "#3d2a00" },
  { color: "#ffffff", hatch: "M3,4 h2 M4,3 v2", ink: okabeIto.black },
  { color: okabeIto.green, hatch: "M0,2 h8 M0,6 h8", ink: "#002e21" },
  {
    color: "#e4e4e4",
    hatch: "M0,0 l8,8 M-2,6 l4,4 M6,-2 l4,4 M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4",
    ink: "#555555",
  },
  { color: okabeIto.purple, hatch: "M2,0 v8 M6,0 v8", ink: "#3d1f30" },
];

export function fillStyle(index: number): FillStyle {
  return fillStyles[index % fillStyles.length];
}

export function fillId(figureId: string, index: number): string {
  return `${figureId}-fill-${index % fillStyles.length}`;
}

/** SVG patterns for the first `count` fills, with ids of their own in each figure. */
export function fillDefs(figureId: string, count: number): string {
  const patterns = Array.from({ length: Math.min(count, fillStyles.length) }, (_, i) => {
    const { color, hatch, ink } = fillStyles[i];
    const lines = hatch === "" ? "" : `<path d="${hatch}" stroke="${ink}" stroke-width="1" fill="none"/>`;
    return (
      `<pattern id="${fillId(figureId, i)}" patternUnits="userSpaceOnUse" width="8" height="8">` +
      `<rect width="8" height="8" fill="${color}"/>${lines}</pattern>`
    );
  });
  return `<defs>${patterns.join("")}</defs>`;
}
