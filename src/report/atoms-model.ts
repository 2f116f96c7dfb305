/** What a report shows of structures and trajectories of atoms, as plain data. */
import type { CurvePlot } from "./curve-model.ts";

export interface AtomsSummary {
  readonly sets: readonly {
    readonly name: string;
    readonly files: number;
    readonly frames: number;
    /** "147", "20 to 55". */
    readonly atoms: string;
    readonly species: string;
  }[];
  readonly parts: readonly AtomsPart[];
}

/** One measurement. */
export interface AtomsPart {
  readonly title: string;
  /** What the numbers mean, in one or two sentences. */
  readonly text?: string;
  readonly curves?: readonly CurvePlot[];
  readonly map?: ScatterMap;
  readonly tables?: readonly PlainTable[];
}

export interface PlainTable {
  readonly title: string;
  readonly columns: readonly { readonly title: string; readonly number?: boolean }[];
  /** Cells as they are shown; "–" where there is nothing. */
  readonly rows: readonly (readonly string[])[];
}

/** Points of several sets in one plane. */
export interface ScatterMap {
  readonly title: string;
  readonly caption: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
  }[];
}
