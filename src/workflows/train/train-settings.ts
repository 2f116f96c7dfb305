/** From the section `train` to the settings of a training. */
import type { TrainSection } from "../../data/study/train-schema.ts";
import type { KalmanSettings, TrainingSettings } from "../../nn/training/training-settings.ts";
import { count } from "../../report/numbers.ts";
import type { Example } from "./training-data.ts";

/** Force components that an epoch uses for each structure, where the study does not say. */
const FORCES_OF_STRUCTURE = 10;

const standardKalman: KalmanSettings = {
  method: "kalman",
  type: "standard",
  strategy: "global",
  epsilon: 0.01,
  q0: 0.01,
  qtau: Math.LN10,
  qmin: 0,
  eta: 0.01,
  etatau: Math.LN10,
  etamax: 1,
  lambda: 0.96,
  nu: 0.99995,
  energyBatch: 1,
  forceBatch: 1,
};

/**
 * @param own settings of an input.nn, which stand in for the study's defaults; null: there is none
 * @param given whether the study says itself what a key of its section is
 */
export function trainingSettings(
  section: TrainSection,
  training: readonly Example[],
  own: TrainingSettings | null,
  given: (key: string) => boolean,
): TrainingSettings {
  const settings = settingsOf(section, training);
  if (own === null) return settings;
  const take = <Key extends keyof TrainingSettings>(key: string, name: Key) =>
    given(key) ? { [name]: settings[name] } : {};
  const forces = given("use.forces") ? section.use.forces : own.forceFraction > 0;
  return {
    ...settings,
    ...own,
    ...take("optimiser", "optimiser"),
    ...take("epochs", "epochs"),
    ...take("energy_fraction", "energyFraction"),
    ...take("force_weight", "forceWeight"),
    ...take("selection", "selection"),
    forceFraction: !forces
      ? 0
      : given("force_fraction")
        ? settings.forceFraction
        : own.forceFraction || settings.forceFraction,
    // n2p2 knows no stresses, keeps the last weights and has no patience.
    stressFraction: settings.stressFraction,
    stressWeight: settings.stressWeight,
    patience: settings.patience,
    keep: settings.keep,
  };
}

function settingsOf(section: TrainSection, training: readonly Example[]): TrainingSettings {
  const { use, selection, network } = section;
  return {
    optimiser: optimiserOf(section),
    epochs: section.epochs,
    energyFraction: section.energy_fraction,
    forceFraction: use.forces ? (section.force_fraction ?? usualForceFraction(training)) : 0,
    stressFraction: use.stress ? section.stress_fraction : 0,
    forceWeight: section.force_weight,
    stressWeight: section.stress_weight,
    selection: {
      mode: selection.mode,
      energyThreshold: selection.energy_threshold,
      forceThreshold: selection.force_threshold,
      trials: selection.trials,
    },
    initialWeights:
      network.initial === "uniform" ? { kind: "uniform", min: -1, max: 1 } : { kind: network.initial },
    patience: section.patience ?? null,
    keep: section.keep,
  };
}

function optimiserOf({ optimiser }: TrainSection): TrainingSettings["optimiser"] {
  switch (optimiser?.method) {
    case undefined:
      return standardKalman;
    case "kalman": {
      const { energy_batch: energyBatch, force_batch: forceBatch, ...rest } = optimiser;
      return { ...rest, energyBatch, forceBatch };
    }
    case "adam": {
      const { energy_batch: energyBatch, force_batch: forceBatch, ...rest } = optimiser;
      return { ...rest, energyBatch, forceBatch };
    }
    case "l-bfgs":
      return optimiser;
    default:
      return optimiser satisfies never;
  }
}

function usualForceFraction(training: readonly Example[]): number {
  const withForces = training.filter(({ structure }) => structure.forces !== undefined);
  const components = withForces.reduce((sum, { structure }) => sum + structure.forces!.length, 0);
  return components === 0 ? 0 : Math.min(1, (FORCES_OF_STRUCTURE * withForces.length) / components);
}

/** "Kalman filter", for people. */
export function methodText({ optimiser, epochs }: TrainingSettings): string {
  switch (optimiser.method) {
    case "kalman":
      return (
        `${optimiser.strategy === "global" ? "" : "element-decoupled "}Kalman filter` +
        `${optimiser.type === "standard" ? "" : " with fading memory"}, ${count(epochs, "epoch")}`
      );
    case "adam":
      return `Adam, ${count(epochs, "epoch")}`;
    case "l-bfgs":
      return `L-BFGS, ${count(epochs, "epoch")}`;
    default:
      return optimiser satisfies never;
  }
}
