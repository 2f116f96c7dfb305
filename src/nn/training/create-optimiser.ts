/** The optimiser that the settings name, for updates of so many candidates. */
import {
  CompiledCovariance,
  type Covariance,
  covarianceMemory,
  planCovariance,
} from "../../kernels/kalman.ts";
import type { HdnnpModel } from "../hdnnp/model.ts";
import { Adam } from "./adam.ts";
import { KalmanFilter } from "./kalman-filter.ts";
import type { AdamSettings, KalmanSettings, TrainingSettings } from "./training-settings.ts";
import { weightOffsets } from "./weight-layout.ts";
import type { WeightOptimiser } from "./weight-optimiser.ts";

/** Makes P = diagonal · 1 of so many weights, for updates of at most so many columns. */
export type CreateCovariance = (size: number, columns: number, diagonal: number) => Covariance;

export const compiledCovariance: CreateCovariance = (size, columns, diagonal) => {
  const plan = planCovariance(size, columns);
  return new CompiledCovariance(plan, covarianceMemory(plan), diagonal);
};

/** Weights of each block of the covariance: all, or those of each element; none for methods without one. */
export function covarianceSizes(model: HdnnpModel, optimiser: TrainingSettings["optimiser"]): number[] {
  if (optimiser.method !== "kalman") return [];
  const offsets = weightOffsets(model);
  return optimiser.strategy === "global"
    ? [offsets[model.elements.length]]
    : model.elements.map((_, k) => offsets[k + 1] - offsets[k]);
}

/**
 * @param columns candidates of an update, at most
 * @param updates of an epoch, to which decays refer
 * @throws {EcitonError} "memory" where a covariance does not fit
 */
export function createOptimiser(
  model: HdnnpModel,
  settings: KalmanSettings | AdamSettings,
  columns: number,
  updates: number,
  createCovariance: CreateCovariance = compiledCovariance,
): WeightOptimiser {
  if (settings.method === "adam")
    return new Adam(settings, weightOffsets(model)[model.elements.length], columns);
  const blocks = covarianceSizes(model, settings).map((size) =>
    createCovariance(size, columns, 1 / settings.epsilon),
  );
  return new KalmanFilter(settings, blocks, columns, updates);
}
