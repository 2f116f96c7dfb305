/** What a report shows of a search for the lowest minima, as plain data. */

export interface HopSummary {
  /** "10 paths of 10 000 relaxations at 800 K; moves: displace 1, surface 1". */
  readonly method: string;
  /** "Gupta Cu (cleri-rosato-1993)". */
  readonly potential: string;
  readonly paths: readonly HopPath[];
  /** The lowest first. */
  readonly minima: readonly HopMinimum[];
  /** How all relaxations ended: "99 870 at rest, 130 refused (in parts)". */
  readonly quenches: string;
  readonly moves: readonly { readonly name: string; readonly tried: number; readonly accepted: number }[];
}

export interface HopPath {
  readonly name: string;
  readonly steps: number;
  /** Absent where no minimum was found. */
  readonly best_eV?: number;
  /** Steps at which the path found a lower energy. */
  readonly improvements: readonly { readonly step: number; readonly energy_eV: number }[];
  readonly acceptance?: number;
  readonly restarts: number;
  /** Whether it found the energy that was looked for; absent where there was none. */
  readonly found?: boolean;
}

export interface HopMinimum {
  readonly rank: number;
  readonly energy_eV: number;
  /** Above the lowest. */
  readonly relative_eV: number;
  /** "Oh"; absent for periodic structures. */
  readonly pointGroup?: string;
  readonly visits: number;
  /** Where it was found first. */
  readonly path: string;
  readonly step: number;
  readonly converged: boolean;
}
