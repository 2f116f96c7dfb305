/** What a report shows of molecular dynamics, as plain data. */
import type { Estimate } from "./sampling-model.ts";

export interface DynamicsSummary {
  /** "nvt, langevin (500 fs), time step 1 fs, 30 segments of 300 ps in all, 300 to 1000 K". */
  readonly method: string;
  /** "Gupta Cu (cleri-rosato-1993)". */
  readonly potential: string;
  readonly replicas: readonly DynamicsReplica[];
  readonly segments: readonly DynamicsSegment[];
  readonly caloric: readonly CaloricSummary[];
  readonly kinetic: readonly KineticDistribution[];
}

export interface DynamicsReplica {
  readonly name: string;
  readonly atoms: number;
  /** Why it ended before its time; absent where it did not. */
  readonly failure?: string;
  readonly time_ps?: number;
  /** Means over blocks of time; of the same length. Energies are those of all atoms. */
  readonly series?: {
    readonly time_ps: ArrayLike<number>;
    readonly temperature_K: ArrayLike<number>;
    readonly potential_eV: ArrayLike<number>;
    readonly conserved_eV?: ArrayLike<number>;
    readonly pressure_GPa?: ArrayLike<number>;
    readonly volume_A3?: ArrayLike<number>;
  };
}

/** A segment in which means were taken. Energies are those of all atoms. */
export interface DynamicsSegment {
  readonly replica: string;
  readonly from_ps: number;
  readonly to_ps: number;
  /** "300 K", "300 to 500 K". */
  readonly wanted: string;
  readonly temperature_K?: Estimate;
  readonly potential_eV?: Estimate;
  readonly total_eV?: Estimate;
  readonly pressure_GPa?: Estimate;
  readonly volume_A3?: Estimate;
  readonly heatCapacity_kB?: Estimate;
  /** Of the conserved energy, for each atom. */
  readonly drift_meV_per_ps?: number;
  readonly lindemann?: number;
  /** What is to be said of it; absent where all is well. */
  readonly note?: string;
}

export interface CaloricSummary {
  /** "Cu147-icosahedron, heating". */
  readonly name: string;
  readonly atoms: number;
  readonly states: readonly {
    readonly temperature_K: number;
    readonly energy_eV: Estimate;
    /** k_B for each atom. */
    readonly heatCapacity_kB?: Estimate;
    readonly lindemann?: {
      readonly cluster: number;
      readonly core?: number;
      readonly middle?: number;
      readonly surface?: number;
    };
  }[];
  /** Between neighbouring temperatures, k_B for each atom. */
  readonly slopes: readonly { readonly temperature_K: number; readonly slope_kB: Estimate }[];
  /** "the energy rises steepest at 575 ± 25 K". */
  readonly melting: string;
}

export interface KineticDistribution {
  readonly name: string;
  /** K/kT at the middle of each bin, entries of the bin, and what the canonical distribution gives. */
  readonly bins: readonly { readonly x: number; readonly entries: number; readonly canonical: number }[];
}
