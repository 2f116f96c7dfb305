/** What a search by basin hopping is told, in plain data that crosses threads. */
import type { RelaxSettings } from "../minimise/relax-settings.ts";

export const moveKinds = ["displace", "displace_some", "exchange", "surface", "twist"] as const;
export type MoveKind = (typeof moveKinds)[number];

export interface SamePlan {
  /** Minima whose energies differ by more are different, eV. */
  readonly energy: number;
  /** Minima whose fingerprints differ by more in any entry are different, Å. */
  readonly distance: number;
}

export interface HopSettings {
  /** "walk": each trial begins at the minimum where the path stands. "independent": each is a fresh start. */
  readonly sampling: "walk" | "independent";
  /** Quenches of one path, the first start among them. */
  readonly steps: number;
  /** Of the Metropolis rule, K; may be Infinity: every minimum is accepted. */
  readonly temperature: number;
  /** How often each move is tried, relative to the others. */
  readonly moves: Readonly<Partial<Record<MoveKind, number>>>;
  /** Largest displacement, Å; null: a share of the distance between neighbours at the first minimum. */
  readonly step: number | null;
  /** Share of displacements that the step is adapted to; null: the step stays as it is. */
  readonly targetAcceptance: number | null;
  /** Quenches without a lower energy after which the path begins anew; null: never. */
  readonly restartAfter: number | null;
  readonly relax: RelaxSettings;
  /** A path ends where it finds an energy of this or less, eV; null: it does all its steps. */
  readonly targetEnergy: number | null;
  /** Lowest minima that are kept. */
  readonly keep: number;
  readonly same: SamePlan;
  /** Minima with an atom farther from the centre are refused, Å; null: only those that fell apart. */
  readonly container: number | null;
  /** Minima with atoms closer than this have collapsed and are refused, Å. */
  readonly minDistance: number;
}

/** Displacements as long as this share of the distance between neighbours take about half of the trials to other minima. */
export const USUAL_STEP = 0.36;
