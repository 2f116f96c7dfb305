/** What samplers need to know of an energy model on a lattice, and nothing more. */
import type { RandomStream } from "../core/random.ts";

/**
 * An occupation is a Uint8Array with one entry for each site: the number of the species in the site's own list.
 * No method changes the occupation that it is given. All energies in eV, for the whole supercell.
 */
export interface LatticeModel {
  /** Energy computed in full, without anything kept from earlier calls. */
  energy(occupation: Uint8Array): number;
  /** Energy change of putting another species on a site. */
  changeOfSite(occupation: Uint8Array, site: number, species: number): number;
  /** Energy change of exchanging the species of two sites that allow the same species. */
  changeOfSwap(occupation: Uint8Array, i: number, j: number): number;
}

/** The random numbers that moves draw; a test can stand in for the stream and try every outcome. */
export type RandomSource = Pick<RandomStream, "nextIndex" | "nextFloat">;

/**
 * A way to propose changes of a configuration. The chain accepts with min(1, e^(logRatio - ΔΦ / k_B T)), which gives
 * detailed balance when logRatio is ln [q(S' -> S) / q(S -> S')], q being the probability of a proposal.
 * @see Hastings, Biometrika 57, 97 (1970)
 */
export interface Moves {
  /** Names of the kinds of moves; acceptance is counted for each. */
  readonly kinds: readonly string[];
  /** Number of the kind that was proposed last. */
  readonly kind: number;
  /** Energy change of the model for the proposal, eV. */
  readonly energyChange: number;
  /** ln of the probability of the reverse of the last proposal over its own; 0 where both are always the same. */
  readonly logRatio: number;
  /**
   * Draws a proposal and leaves the occupation as it is.
   * @returns change of the ensemble's potential, eV: of E in the canonical, of E - Σ μ N in the semi-grand one
   */
  propose(occupation: Uint8Array, random: RandomSource): number;
  /** Carries out the last proposal. */
  commit(occupation: Uint8Array): void;
  /** What a checkpoint must keep beside the occupation for the chain to go on bit for bit; empty if nothing. */
  state(): Int32Array;
  restore(state: Int32Array): void;
}
