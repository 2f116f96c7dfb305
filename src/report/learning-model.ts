/** What a report shows of active learning, as plain data. */

export interface LearningSummary {
  /** "Ce14O27, Ce14O28; labels: ...; at most 8 rounds". */
  readonly method: string;
  /** meV/atom */
  readonly target_meV: number;
  readonly rounds: readonly LearningRound[];
  /** What the committee's disagreement was worth at structures that were labeled afterwards. */
  readonly doubts: readonly DoubtPoint[];
  /** eV/Å: structures that deviate by less were not labeled, explorations that deviate by more were ended. */
  readonly trust: { readonly low: number; readonly high: number };
  readonly labels: readonly LabelRow[];
  /** The lowest minima of each system's search against the labeler. */
  readonly checked: readonly CheckedSystem[];
  readonly motions: readonly MotionRow[];
}

export interface LearningRound {
  readonly round: number;
  /** Structures that it trained with. */
  readonly training: number;
  readonly explorations: number;
  readonly notTrusted: number;
  readonly goneWrong: number;
  /** Minima with labels, and the root mean square error of their energies, meV/atom. */
  readonly minima: number;
  readonly error_meV?: number;
  /** The same for each system. */
  readonly systems: readonly {
    readonly name: string;
    readonly minima: number;
    readonly error_meV?: number;
  }[];
  readonly candidates: number;
  readonly labeled: number;
  /** Mean absolute error of the lowest minima of its searches, meV/atom, of the system where it is largest. */
  readonly search_meV?: number;
}

export interface DoubtPoint {
  readonly round: number;
  /** Largest standard deviation of a force component among the members, eV/Å. */
  readonly deviation: number;
  /** Largest error of a force component of their mean, eV/Å. */
  readonly error: number;
}

export interface LabelRow {
  /** "starts", "round 2". */
  readonly name: string;
  readonly labeled: number;
  /** "3 overlap"; empty without failures. */
  readonly failures: string;
}

export interface CheckedSystem {
  readonly name: string;
  readonly atoms: number;
  readonly minima: readonly CheckedPoint[];
  /** Mean absolute error, meV/atom; absent without labels. */
  readonly error_meV?: number;
  /** Of the labeler's lowest: "Ce-O: 74 of 2.28 Å (2.05 to 2.52)". */
  readonly best: {
    readonly rank: number;
    readonly pointGroup?: string;
    readonly bonds: readonly BondRow[];
    /** "Ce: 5.3 O; O: 2.6 Ce". */
    readonly coordination: string;
  };
}

export interface CheckedPoint {
  readonly rank: number;
  /** eV above the lowest energy of the labeler; of the potential after a common shift that makes the means equal. */
  readonly predicted_eV: number;
  readonly reference_eV?: number;
  readonly error_meV?: number;
  readonly pointGroup?: string;
  /** eV, of the atoms after a relaxation with the labeler, above the lowest of these. */
  readonly relaxed_eV?: number;
  /** Å, how far that relaxation went. */
  readonly moved_A?: number;
}

export interface BondRow {
  readonly pair: string;
  readonly bonds: number;
  readonly mean_A: number;
  readonly shortest_A: number;
  readonly longest_A: number;
}

export interface MotionRow {
  readonly system: string;
  readonly replica: string;
  readonly time_ps: number;
  readonly above_eV: number;
  readonly rmsd_A: number;
  readonly stayed: boolean;
}
