/**
 * A high-dimensional neural network potential as plain data: what files hold, what training changes, what calculators are
 * made from.
 *   E = Σ_i [E_el(i) + network_el(i)(scaled symmetry functions of atom i)] (with normalisation: see below)
 * @see Behler, Parrinello, Phys. Rev. Lett. 98, 146401 (2007)
 */
import type { Network } from "../networks/network.ts";
import type { SymmetryFunction } from "../symmetry-functions/symmetry-function.ts";

/** How a function's value G enters the network; see scaling.ts for the formulas. */
export const scalings = ["none", "scale", "center", "scale-center", "sigma"] as const;
export type Scaling = (typeof scalings)[number];

/** Of each function over the atoms of the training set: Float64Array(functions) each. */
export interface FunctionRanges {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly sigma: Float64Array;
}

export interface ElementModel {
  readonly element: string;
  /** E_el, eV: energy of the free atom that is left out of what the network learns. */
  readonly energy: number;
  /** In the order of the network's inputs, which is that of order.ts. */
  readonly functions: readonly SymmetryFunction[];
  readonly ranges: FunctionRanges;
  readonly network: Network;
}

/**
 * The networks speak internal units: E* = (E − N meanEnergy) perEnergy and F* = F perEnergy / perLength, with E without the
 * energies E_el of the atoms. r* = r perLength matters for forces only: symmetry functions have no dimension.
 */
export interface Normalisation {
  /** Mean energy of an atom, eV. */
  readonly meanEnergy: number;
  /** 1/eV */
  readonly perEnergy: number;
  /** 1/Å */
  readonly perLength: number;
}

export const NO_NORMALISATION: Normalisation = { meanEnergy: 0, perEnergy: 1, perLength: 1 };

export interface HdnnpModel {
  /** Sorted by atomic number. */
  readonly elements: readonly ElementModel[];
  readonly scaling: Scaling;
  /** Range that "scale" maps to; usual 0 and 1. */
  readonly scalingRange: readonly [number, number];
  readonly normalisation: Normalisation;
  /** Words on where it comes from, for people and for the files; one line each. */
  readonly notes: readonly string[];
}

/** What an atom outside the ranges of the training set does to a calculation. */
export type ExtrapolationPolicy = "ignore" | "warn" | "collect" | "stop";

/** Plain data from which hdnnpPotential makes a Potential; crosses to threads. */
export interface HdnnpSpec {
  readonly kind: "hdnnp";
  /** For people: the folder that it was read from. */
  readonly title: string;
  /** One, or a committee whose mean is the energy; all with the same symmetry functions. */
  readonly members: readonly HdnnpModel[];
  readonly extrapolation: ExtrapolationPolicy;
}
