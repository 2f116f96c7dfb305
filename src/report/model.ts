/**
 * What a report shows, as plain data. Workflows fill it; every part is optional, and a part that is absent
 * leaves no trace in the page. Numbers must be finite: an absent number is `undefined`, never NaN.
 */

import type { AtomsSummary } from "./atoms-model.ts";
import type { CurvePlot } from "./curve-model.ts";
import type { DynamicsSummary } from "./dynamics-model.ts";
import type { HopSummary } from "./hop-model.ts";
import type { LearningSummary } from "./learning-model.ts";
import type { RelaxationSummary } from "./relaxation-model.ts";
import type {
  CellComparison,
  ClaimSummary,
  Estimate,
  ObservationSummary,
  SamplingMethods,
  SnapshotMaps,
} from "./sampling-model.ts";
import type { StructuresSummary } from "./structures-model.ts";
import type { TrainingSummary } from "./training-model.ts";

export interface ReportModel {
  readonly header: ReportHeader;
  readonly lattice?: LatticeSummary;
  readonly data?: DataSummary;
  readonly fit?: FitSummary;
  readonly claims?: ClaimSummary;
  readonly mc?: McSummary;
  readonly methods?: SamplingMethods;
  readonly snapshotMaps?: readonly SnapshotMaps[];
  readonly observations?: ObservationSummary;
  readonly comparisons?: readonly CellComparison[];
  readonly structures?: StructuresSummary;
  readonly learning?: LearningSummary;
  readonly training?: TrainingSummary;
  readonly relaxations?: RelaxationSummary;
  readonly hop?: HopSummary;
  readonly atoms?: AtomsSummary;
  readonly dynamics?: DynamicsSummary;
  readonly snapshots?: SnapshotSummary;
}

export type Level = "ok" | "warning" | "problem";

export interface ReportHeader {
  readonly study: string;
  /** One short sentence in plain words. */
  readonly verdict?: { readonly level: Level; readonly text: string };
  readonly warnings?: readonly { readonly level: Level; readonly text: string }[];
  readonly provenance?: Provenance;
}

export interface Provenance {
  readonly version?: string;
  readonly seed?: number | string;
  /** As it should be printed; the report never reads the clock. */
  readonly date?: string;
  readonly command?: string;
  readonly cores?: number;
  readonly wallTime_s?: number;
  readonly inputs?: readonly { readonly file: string; readonly sha256: string }[];
  /** The study with every default filled in, as YAML. */
  readonly resolvedStudy?: string;
}

export interface LatticeSummary {
  readonly sites?: readonly {
    readonly name: string;
    readonly species: readonly string[];
    /** Cartesian, Å. */
    readonly position_A: readonly [number, number, number];
    readonly spectator?: boolean;
  }[];
  readonly symmetry?: {
    /** "p3m1", "Fm-3m". */
    readonly group: string;
    readonly groupKind: "space group" | "layer group" | "point group" | "rod group";
    readonly operationsKept: number;
    readonly operationsFound: number;
  };
  readonly pool?: PoolSummary;
}

export interface PoolSummary {
  readonly cutoff: string;
  readonly basis?: string;
  /** Name of the cell onto which the clusters were folded: "4 × 4 × 1". */
  readonly supercell?: string;
  readonly rows: readonly {
    readonly points: number;
    readonly infinite: number;
    readonly folded?: number;
  }[];
  /** Clusters of the infinite lattice that become the same one in the supercell. */
  readonly merged?: readonly { readonly kept: string; readonly merged: readonly string[] }[];
  readonly seconds?: number;
}

export interface DataSummary {
  readonly source?: string;
  /** Set when the table was computed from a known model: why, and how. Shown prominently. */
  readonly syntheticNotice?: string;
  readonly accepted: number;
  readonly rejected: number;
  readonly structures?: readonly StructureLine[];
  readonly coverage?: {
    /** "Vacancies per cell", "x in Ag1-xPdx". */
    readonly label: string;
    readonly bins: readonly { readonly label: string; readonly count: number }[];
  };
}

/** How one structure was mapped to the lattice. */
export interface StructureLine {
  readonly name: string;
  /** Why it was left out; absent for an accepted one. */
  readonly rejection?: string;
  readonly displacementMax_A?: number;
  readonly displacementMean_A?: number;
  /** Largest principal strain that was removed, as a fraction. */
  readonly strain?: number;
  /** Net formal charge, e. */
  readonly charge?: number;
  readonly note?: string;
}

export interface FitSummary {
  /** "LASSO with leave-one-out cross-validation, then least squares on 15 clusters". */
  readonly method?: string;
  /** Unit of energies and errors: "eV per vacancy". */
  readonly energyUnit: string;
  /** Unit of ECIs: "eV". */
  readonly eciUnit: string;
  readonly path?: LambdaPath;
  readonly parity?: readonly ParityPoint[];
  readonly errors?: readonly ErrorRow[];
  readonly ecis?: readonly EciRow[];
  /** Clusters that no structure of the data contains: the data say nothing of their ECIs. */
  readonly unsampled?: readonly {
    readonly label: string;
    readonly points: number;
    readonly diameter_A: number;
  }[];
  readonly errorsByTerms?: {
    /** Unit of these errors, if it is not that of the other errors. */
    readonly energyUnit?: string;
    readonly rows: readonly (ErrorMeasures & { readonly terms: number })[];
    readonly chosen?: number;
  };
  /** Linear dependencies that hold for every structure of the data, and how they were handled. */
  readonly dependencies?: readonly { readonly relation: string; readonly consequence?: string }[];
  /** Clusters with identical columns: the kept one stands for all. */
  readonly aliases?: readonly { readonly kept: string; readonly merged: readonly string[] }[];
  readonly hull?: HullSummary;
}

export interface LambdaPath {
  /** Any order; λ > 0. */
  readonly points: readonly {
    readonly lambda: number;
    readonly cvRmse: number;
    /** Standard error of cvRmse. */
    readonly standardError?: number;
    readonly nonZero: number;
  }[];
  readonly lambdaUnit?: string;
  /** What the hyper-parameter is called, if not λ: "threshold". */
  readonly symbol?: string;
  /** Indices into `points`. */
  readonly minimum?: number;
  readonly oneStandardError?: number;
}

/** Energies of one structure, in energyUnit. */
export interface ParityPoint {
  readonly name: string;
  readonly reference: number;
  /** Prediction of the model fitted to all structures. */
  readonly training: number;
  /** Prediction of a model fitted without this structure. */
  readonly cv?: number;
}

export interface ErrorMeasures {
  readonly rmse: number;
  readonly mae: number;
  readonly max: number;
  readonly cvRmse?: number;
  readonly cvMae?: number;
  readonly cvMax?: number;
}

export interface ErrorRow extends ErrorMeasures {
  readonly model: string;
  readonly terms: number;
}

export interface EciRow {
  readonly label: string;
  readonly points: number;
  readonly diameter_A: number;
  readonly multiplicity: number;
  /** Energy of one instance, in eciUnit. */
  readonly value: number;
  readonly standardError?: number;
  /** 95 % bootstrap interval. */
  readonly interval?: readonly [number, number];
  /** A value known from elsewhere (published, or the model behind a synthetic table). */
  readonly known?: number;
  readonly note?: string;
}

export interface HullSummary {
  readonly compositionLabel: string;
  /** "Formation energy (meV per atom)". */
  readonly energyLabel: string;
  readonly points: readonly {
    readonly name: string;
    readonly composition: number;
    readonly reference?: number;
    readonly predicted?: number;
  }[];
  /** Vertices, by composition. */
  readonly referenceHull?: readonly HullVertex[];
  readonly predictedHull?: readonly HullVertex[];
}

export interface HullVertex {
  readonly name?: string;
  readonly composition: number;
  readonly energy: number;
}

export interface McSummary {
  readonly method?: string;
  /** Unit of the energies in traces: "eV per cell". */
  readonly energyUnit: string;
  readonly chains?: readonly McChain[];
  readonly layers?: readonly LayerOccupations[];
  readonly averages?: AverageTable;
  readonly curves?: readonly CurvePlot[];
}

export interface McChain {
  readonly name: string;
  /** Chains with the same panel are drawn together: "Θ = 1/16, 8 × 8". */
  readonly panel: string;
  /** Names the line in its panel: "300 K". Replicas of one state share it. */
  readonly series: string;
  readonly temperature_K: number;
  readonly steps: number;
  readonly moves?: readonly {
    readonly move: string;
    readonly attempted: number;
    readonly accepted: number;
  }[];
  readonly equilibrated?: boolean;
  /** Step from which on averages were taken. */
  readonly averagedFrom?: number;
  /** What the equilibration test found, or why it failed. */
  readonly note?: string;
  readonly trace?: { readonly step: ArrayLike<number>; readonly energy: ArrayLike<number> };
}

/** How one species is spread over layers, for a grid of temperatures and conditions. */
export interface LayerOccupations {
  /** "Oxygen vacancies, 8 × 8 cell". */
  readonly title: string;
  /** Top layer first: ["surface O", "subsurface O", "third layer O"]. */
  readonly layers: readonly string[];
  readonly states: readonly {
    /** Concentration, chemical potential (eV) or logarithm of a pressure: states are sorted by it. */
    readonly condition: number;
    /** "1/16", "−2.1 eV". */
    readonly conditionLabel: string;
    /** States of each cell get a panel of their own: "8 × 8". */
    readonly cell?: string;
    readonly temperature_K: number;
    /** Fraction of the species in each layer, summing to 1, with standard errors. */
    readonly fractions: readonly { readonly mean: number; readonly error?: number }[];
  }[];
  /** What the condition is: "Θ", "Δμ(O)". Without it the labels stand alone. */
  readonly conditionName?: string;
  /** Last sentences of the caption. */
  readonly note?: string;
}

export interface AverageTable {
  readonly energyUnit: string;
  readonly heatCapacityUnit: string;
  readonly rows: readonly {
    readonly state: string;
    readonly temperature_K: number;
    readonly energy: Estimate;
    readonly heatCapacity?: Estimate;
    /** Number of independent samples behind the errors. */
    readonly effectiveSamples?: number;
  }[];
}

export interface SnapshotSummary {
  /** Heading; default "Snapshots". */
  readonly title?: string;
  /** What frames are chosen by; default "Chain". */
  readonly choice?: string;
  /** How each species is drawn; a species without an entry gets a colour and 0.8 Å. */
  readonly styles?: readonly {
    readonly species: string;
    readonly label?: string;
    readonly color: string;
    readonly radius_A: number;
  }[];
  readonly frames: readonly SnapshotFrame[];
}

export interface SnapshotFrame {
  readonly chain: string;
  /** "final, step 5 000 000". */
  readonly label: string;
  /** Lattice vectors as rows, Å. */
  readonly cell: ArrayLike<number>; // 9
  readonly species: readonly string[];
  /** Cartesian, Å. */
  readonly positions: ArrayLike<number>; // 3N
}
