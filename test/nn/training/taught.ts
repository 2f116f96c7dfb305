/** Data that a model of the same shape made, so that they can be learned to any accuracy, and how to learn them. */
import type { Structure } from "../../../src/data/structure.ts";
import { evaluateHdnnp } from "../../../src/nn/hdnnp/hdnnp-reference.ts";
import type {
  AdamSettings,
  KalmanSettings,
  TrainingSettings,
} from "../../../src/nn/training/training-settings.ts";
import { smallModel, smallStructure } from "./small-model.ts";

export const teacher = smallModel(7);

/** Structures with the energies, forces and stresses that the teacher gives them. */
export function labelled(seed: number): Structure {
  const geometry = smallStructure(seed, seed % 3 !== 0);
  const { energy, forces, virial } = evaluateHdnnp(teacher, geometry);
  const c = geometry.cell;
  const volume =
    c[0] * (c[4] * c[8] - c[5] * c[7]) +
    c[1] * (c[5] * c[6] - c[3] * c[8]) +
    c[2] * (c[3] * c[7] - c[4] * c[6]);
  return {
    ...geometry,
    energy,
    forces,
    ...(seed % 3 === 0 ? {} : { stress: virial.map((w) => -w / volume) }),
    name: `structure ${seed}`,
    info: {},
    source: { file: "none", line: null },
  };
}

export const kalman: KalmanSettings = {
  method: "kalman",
  type: "standard",
  strategy: "global",
  epsilon: 0.01,
  q0: 0.01,
  qtau: 2.3,
  qmin: 1e-6,
  eta: 0.01,
  etatau: 2.3,
  etamax: 1,
  lambda: 0.98,
  nu: 0.9987,
  energyBatch: 1,
  forceBatch: 1,
};

export const adam: AdamSettings = {
  method: "adam",
  eta: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  energyBatch: 1,
  forceBatch: 1,
};

export const settings: TrainingSettings = {
  optimiser: kalman,
  epochs: 5,
  energyFraction: 1,
  forceFraction: 0.2,
  stressFraction: 0,
  // Forces of this teacher are small: errors of energies and forces then count alike.
  forceWeight: 50,
  stressWeight: 1,
  selection: { mode: "random", energyThreshold: 0, forceThreshold: 1, trials: 3 },
  initialWeights: { kind: "uniform", min: -1, max: 1 },
  patience: null,
  keep: "last",
};
