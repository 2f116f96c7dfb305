/** What a report shows of relaxed structures, as plain data. */

export interface RelaxationSummary {
  /** "L-BFGS until no force exceeds 0.001 eV/Å". */
  readonly method: string;
  /** "Gupta Cu (cleri-rosato-1993)". */
  readonly potential: string;
  readonly rows: readonly RelaxationRow[];
}

export interface RelaxationRow {
  readonly name: string;
  /** "Ag35Au112". */
  readonly formula: string;
  readonly atoms: number;
  /** What follows is absent for a structure that failed. */
  readonly energy_eV?: number;
  readonly largestForce_eV_per_A?: number;
  readonly evaluations?: number;
  /** Å³, of atoms that are periodic in three directions. */
  readonly volume_A3?: number;
  /** In plain words: how it ended, or why it failed. */
  readonly ended: string;
}
