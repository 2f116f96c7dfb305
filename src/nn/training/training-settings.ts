/** What a training does, as plain data. Names and meanings follow n2p2, whose keywords stand beside them. */
import type { InitialWeights } from "../networks/initial-weights.ts";

/** Which energies and force components become updates, and in which order. */
export interface UpdateSelection {
  /**
   * random: candidates in a random order (selection_mode 0); sorted: those with the largest errors first (1); threshold:
   * candidates at random until one's error exceeds `threshold` times the current RMSE, at most `trials` (2).
   */
  readonly mode: "random" | "sorted" | "threshold";
  /** short_energy_error_threshold, short_force_error_threshold */
  readonly energyThreshold: number;
  readonly forceThreshold: number;
  /** rmse_threshold_trials */
  readonly trials: number;
}

export interface KalmanSettings {
  readonly method: "kalman";
  /** standard, or with fading memory (kalman_type 0, 1). */
  readonly type: "standard" | "fading-memory";
  /** One covariance of all weights, or a block for each element (decoupling_type 0, 1). */
  readonly strategy: "global" | "element-decoupled";
  /** P(0) = 1/epsilon (kalman_epsilon). */
  readonly epsilon: number;
  /** Process noise: q0, its decay q(n+1) = q(n) exp(−qtau / updates of an epoch), its floor (kalman_q0, qtau, qmin). */
  readonly q0: number;
  readonly qtau: number;
  readonly qmin: number;
  /** Learning rate of the standard filter and its growth (kalman_eta, etatau, etamax). */
  readonly eta: number;
  readonly etatau: number;
  readonly etamax: number;
  /** Fading memory (kalman_lambda, kalman_nue). */
  readonly lambda: number;
  readonly nu: number;
  /** Candidates that make up one update (task_batch_size_energy, task_batch_size_force); 0: all of the training set. */
  readonly energyBatch: number;
  readonly forceBatch: number;
}

export interface AdamSettings {
  readonly method: "adam";
  readonly eta: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Candidates whose gradients make up one update. */
  readonly energyBatch: number;
  readonly forceBatch: number;
}

/** Quasi-Newton on all errors at once: an epoch begins it anew. */
export interface LbfgsSettings {
  readonly method: "l-bfgs";
  /** Evaluations of all errors in an epoch, at most. */
  readonly evaluations: number;
}

export interface TrainingSettings {
  readonly optimiser: KalmanSettings | AdamSettings | LbfgsSettings;
  readonly epochs: number;
  /** Fractions of all energies and force components that become candidates in an epoch (short_energy_fraction, short_force_fraction). */
  readonly energyFraction: number;
  readonly forceFraction: number;
  /** Stress components; 0: stresses are not used. */
  readonly stressFraction: number;
  /** Weight of a force error beside an energy error (force_weight). */
  readonly forceWeight: number;
  readonly stressWeight: number;
  readonly selection: UpdateSelection;
  readonly initialWeights: InitialWeights;
  /** Training ends where the test error has not become smaller for so many epochs; null: never. */
  readonly patience: number | null;
  /** Weights that are kept at the end: those of the epoch with the smallest test error ("best", see scoreOf), or of the last. */
  readonly keep: "best" | "last";
}

/** Errors of one set of structures, in physical units. */
export interface SetErrors {
  /** eV/atom */
  readonly energyRmse: number;
  readonly energyMae: number;
  /** eV/Å; null where no structure has forces. */
  readonly forceRmse: number | null;
  readonly forceMae: number | null;
  /** eV/Å³; null where stresses are not used. */
  readonly stressRmse: number | null;
}

export interface EpochRecord {
  readonly epoch: number;
  readonly train: SetErrors;
  /** null without test structures. */
  readonly test: SetErrors | null;
  readonly energyUpdates: number;
  readonly forceUpdates: number;
  readonly stressUpdates: number;
  /** CPU-independent facts of the optimiser, "q" or "eta", by name: for the report. */
  readonly optimiser: Readonly<Record<string, number>>;
}
