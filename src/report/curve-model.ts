/** Curves with error bars, as plain data. */

export interface CurvePlot {
  readonly title: string;
  readonly caption?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly y: number; readonly error?: number }[];
  }[];
}
