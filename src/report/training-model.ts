/** What a report shows of a neural network potential and its training, as plain data. */

export interface TrainingSummary {
  /** "High-dimensional neural network potential, 3 227 weights; standard Kalman filter, 50 epochs". */
  readonly method: string;
  readonly data: readonly TrainingDataRow[];
  readonly elements: readonly ElementRow[];
  /** Epochs of each member of a committee; one member otherwise. */
  readonly members: readonly MemberSummary[];
  /** Errors of the model that was kept (of the committee's mean, where there is one). */
  readonly errors: readonly ErrorRow[];
  readonly energies: readonly EnergyPoint[];
  /** Components, thinned to what a picture can show. */
  readonly forces: readonly ForcePoint[];
  /** Components in all, before thinning. */
  readonly numForces: number;
  /** Spread of a committee against its error, structure by structure. */
  readonly spread?: readonly SpreadPoint[];
  /** Every symmetry function by element, and what was left out and why. */
  readonly functions: readonly { readonly element: string; readonly text: string; readonly fate: string }[];
}

export type TrainingSet = "training" | "test";

export interface TrainingDataRow {
  readonly set: TrainingSet;
  readonly structureClass: string;
  readonly structures: number;
  readonly atoms: number;
  /** Force components. */
  readonly forces: number;
}

export interface ElementRow {
  readonly element: string;
  readonly functions: number;
  /** "72-15-15-1, softplus". */
  readonly network: string;
  readonly weights: number;
  readonly atomicEnergy_eV: number;
}

export interface MemberSummary {
  readonly name: string;
  readonly epochs: readonly EpochPoint[];
  /** Epoch whose weights were kept. */
  readonly kept: number;
  /** Why it ended: "all epochs done". */
  readonly ended: string;
}

/** Root mean square errors after an epoch; undefined where there is nothing to measure. */
export interface EpochPoint {
  readonly epoch: number;
  readonly trainEnergy_meV: number;
  readonly testEnergy_meV?: number;
  readonly trainForce_eV_per_A?: number;
  readonly testForce_eV_per_A?: number;
  readonly trainStress_GPa?: number;
  readonly testStress_GPa?: number;
}

export interface ErrorRow {
  readonly set: TrainingSet;
  /** "all", a class of structures, or an element (forces only). */
  readonly group: string;
  readonly structures?: number;
  readonly energyRmse_meV?: number;
  readonly energyMae_meV?: number;
  readonly forceRmse_eV_per_A?: number;
  readonly forceMae_eV_per_A?: number;
  readonly stressRmse_GPa?: number;
}

export interface EnergyPoint {
  readonly name: string;
  readonly set: TrainingSet;
  readonly structureClass: string;
  /** eV for each atom. */
  readonly reference: number;
  readonly predicted: number;
}

export interface ForcePoint {
  readonly set: TrainingSet;
  readonly element: string;
  /** eV/Å */
  readonly reference: number;
  readonly predicted: number;
}

export interface SpreadPoint {
  readonly name: string;
  readonly set: TrainingSet;
  /** Standard deviation of the members' energies, meV for each atom. */
  readonly spread_meV: number;
  /** |error| of their mean, meV for each atom. */
  readonly error_meV: number;
}
