/**
 * Parts of the report for large sampling studies, as plain data: pictures of configurations, observations, comparisons,
 * claims, and what tempering, Wang-Landau sampling and annealing gave. Numbers must be finite, as in `model.ts`.
 */

/** A mean and its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly error?: number;
}

/** Two vectors in the plane, as rows: ax, ay, bx, by (Å); any angle between them. */
export type PlaneCell = readonly [number, number, number, number];

/** Pictures of one kind in rows (conditions) and columns (temperatures, steps or layers). */
export interface CellGrid<Panel extends GridPanel> {
  /** "Final configurations, 8 × 8 cell". */
  readonly title: string;
  /** In the order in which they stand: ["Θ = 1/16", "Θ = 1/8"]; a panel names its row and column by these words. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** A row and column without a panel stays empty. */
  readonly panels: readonly Panel[];
  /** Last sentences of the caption, such as what was left out. */
  readonly note?: string;
}

export interface GridPanel {
  readonly row: string;
  readonly column: string;
  /** A few words below the picture. */
  readonly caption?: string;
}

/** Configurations seen from above (the ceria paper's Figs. 6, S15, S16). */
export interface SnapshotMaps extends CellGrid<SnapshotMap> {
  /** What points show; `mark` of a point counts from 0 in this list. One species and layer each, top layer first. */
  readonly marks: readonly {
    /** "V": marks of a species share shape and colour. */
    readonly species: string;
    /** "O1": marks of different layers differ in size, fill and outline. */
    readonly layer?: string;
    /** Default: "V in O1". */
    readonly label?: string;
  }[];
}

export interface SnapshotMap extends GridPanel {
  readonly cell: PlaneCell;
  /** Sites that hold something else than the background; Å, wrapped into the cell by the report. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly mark: number }[];
  /** All sites, x and y in turn (Å), drawn as faint dots; also sets the size of the marks. */
  readonly sites?: ArrayLike<number>;
}

/** Mean occupation of every site; columns are layers. One colour scale for all panels. */
export interface SiteMaps extends CellGrid<SiteMap> {
  /** "share of time with V". */
  readonly valueLabel: string;
}

export interface SiteMap extends GridPanel {
  readonly cell: PlaneCell;
  /** x and y in turn, Å. */
  readonly positions: ArrayLike<number>;
  /** One for each site. */
  readonly values: ArrayLike<number>;
}

/** Structure factors in the first Brillouin zone of the parent cell; columns are temperatures or layers. */
export interface StructureFactorMaps extends CellGrid<StructureFactorMap> {
  /** "S(k) of V". */
  readonly valueLabel: string;
  /** "log" leaves values that are not positive blank, and says how many. Default "linear". */
  readonly scale?: "linear" | "log";
}

export interface StructureFactorMap extends GridPanel {
  readonly parentCell: PlaneCell;
  readonly cell: PlaneCell;
  /** Wave vectors of the supercell in units of the parent's reciprocal vectors, two numbers in turn; in any zone. */
  readonly k: ArrayLike<number>;
  /** One for each wave vector; undefined where there is none, such as at k = 0. */
  readonly values: readonly (number | undefined)[];
}

/** Everything that was measured beside energy and layer occupations. */
export interface ObservationSummary {
  readonly observables?: readonly Observable[];
  readonly states?: readonly ObservedState[];
  readonly clusterSizes?: readonly ClusterSizes[];
  readonly siteMaps?: readonly SiteMaps[];
  readonly structureFactors?: readonly StructureFactorMaps[];
}

export interface Observable {
  /** "VO2VO3_5N per vacancy". */
  readonly name: string;
  readonly unit?: string;
  /** Observables of a group are shown together: "motifs", "Warren-Cowley parameters of V and V". */
  readonly group?: string;
}

export interface ObservedState {
  /** Composition, chemical potential or pressure: "Θ = 1/16", "Δμ(O) = −2.1 eV". */
  readonly condition: string;
  /** "8 × 8". */
  readonly cell: string;
  readonly temperature_K: number;
  /** One for each observable, in their order; undefined where it was not measured. */
  readonly values: readonly (Estimate | undefined)[];
  /** false: not at equilibrium, and marked so. */
  readonly equilibrated?: boolean;
}

/** How many connected groups of each size. */
export interface ClusterSizes {
  /** "Groups of V connected by the third O shell, 8 × 8 cell". */
  readonly title: string;
  /** "groups per cell". */
  readonly valueLabel: string;
  /** In the order of the axis: ["1", "2", "3", "4 to 7", "8 and more"]. */
  readonly sizes: readonly string[];
  readonly states: readonly {
    /** A panel each: "Θ = 1/16". */
    readonly condition: string;
    readonly temperature_K: number;
    /** One for each size. */
    readonly values: readonly Estimate[];
  }[];
  readonly note?: string;
}

/** The same quantities in two cells. */
export interface CellComparison {
  /** "Share of each layer: 8 × 8 and 16 × 16 cells". */
  readonly title: string;
  /** "share in the layer". */
  readonly quantity: string;
  readonly unit?: string;
  /** ["8 × 8", "16 × 16"]: the horizontal and the vertical axis. */
  readonly cells: readonly [string, string];
  readonly points: readonly {
    /** "Θ = 1/16, 300 K". */
    readonly state: string;
    /** Points of a group share a symbol: "V in O2". */
    readonly group?: string;
    readonly first: Estimate;
    readonly second: Estimate;
  }[];
  readonly note?: string;
}

/** What a publication says, and what this run gives. */
export interface ClaimSummary {
  /** "Zhang et al., Nanoscale 16 (2024)". */
  readonly source: string;
  readonly claims: readonly Claim[];
}

/** "open": the error bars do not tell. */
export type ClaimOutcome = "holds" | "fails" | "open";

export interface Claim {
  /** In the words of the paper, or close to them. */
  readonly text: string;
  /** What was demanded of the numbers: "share of V in O2 > 0.90 at Θ = 1/16, 300 K". */
  readonly relation: string;
  readonly outcome: ClaimOutcome;
  readonly measured: readonly {
    /** "Θ = 1/16, 300 K, 8 × 8". */
    readonly state: string;
    /** What the value is, where a claim has several: "share in O3". */
    readonly name?: string;
    readonly value: Estimate;
    readonly unit?: string;
    /** The value it is held against: another mean ("share in O1") or a number. */
    readonly against?: Estimate & { readonly name?: string };
    readonly outcome: ClaimOutcome;
  }[];
  readonly note?: string;
}

/** What other methods than plain Metropolis chains tell about themselves. */
export interface SamplingMethods {
  readonly tempering?: readonly TemperingRun[];
  readonly wangLandau?: readonly WangLandauRun[];
  readonly annealing?: readonly AnnealingRun[];
}

/** One ladder of replicas. */
export interface TemperingRun {
  /** "Θ = 1/8, 8 × 8". */
  readonly name: string;
  /** Ascending. */
  readonly temperatures_K: readonly number[];
  /** Exchanges between each temperature and the next: one entry less than temperatures. */
  readonly exchanges: readonly { readonly attempted: number; readonly accepted: number }[];
  /** Number of trips from the lowest to the highest temperature and back, of all replicas together. */
  readonly roundTrips?: number;
  /** Mean duration of a round trip, in steps of one replica. */
  readonly roundTrip_steps?: Estimate;
  /**
   * At each temperature, the share of visits by replicas that were at the lowest temperature more recently than at the highest:
   * 1 at the lowest, 0 at the highest; a straight line is best. Undefined where no such replica was seen.
   * @see Katzgraber, Trebst, Huse, Troyer, J. Stat. Mech. P03018 (2006)
   */
  readonly flow?: readonly (number | undefined)[];
}

export interface WangLandauRun {
  /** "Θ = 1/8, 4 × 4". */
  readonly name: string;
  /** "eV per cell" or "eV": unit of `energies`. */
  readonly energyUnit: string;
  /** Centres of the bins that were visited, ascending. */
  readonly energies: ArrayLike<number>;
  /** ln g at each, up to a constant unless `absolute`. */
  readonly lnG: ArrayLike<number>;
  readonly absolute?: boolean;
  /** ln f reached at the end. */
  readonly finalLnF?: number;
  readonly steps?: number;
  readonly converged?: boolean;
  /** From ln g; energies in `energyUnit`. */
  readonly thermodynamics?: readonly {
    readonly temperature_K: number;
    readonly energy: number;
    /** In `heatCapacityUnit`. */
    readonly heatCapacity: number;
    readonly freeEnergy?: number;
    /** In `heatCapacityUnit`. */
    readonly entropy?: number;
  }[];
  /** "k_B per cell". */
  readonly heatCapacityUnit?: string;
}

/** A search for the ground state by coolings from independent starts. */
export interface AnnealingRun {
  /** "Θ = 1/4, 8 × 8". */
  readonly name: string;
  /** "eV per cell". */
  readonly energyUnit: string;
  /** Final energy of each restart, in their order. */
  readonly energies: readonly number[];
  /** Different states with the lowest energies, the lowest first. */
  readonly lowest?: readonly {
    readonly energy: number;
    /** Number of restarts that ended in it. */
    readonly found: number;
    /** "12 V in O2, 4 in O3". */
    readonly description?: string;
    /** File with the structure, beside the report. */
    readonly file?: string;
  }[];
  readonly note?: string;
}
