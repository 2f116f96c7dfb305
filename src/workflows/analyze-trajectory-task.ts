/** One task of an executor: observers over one trajectory. */
import { EcitonError } from "../core/errors.ts";
import { openTrajectory, type Trajectory } from "../data/trajectory.ts";
import type { TaskContext, TaskFunction } from "../exec/executor.ts";
import { type FrameMeasurement, measureFrames } from "./analyze-frames.ts";
import { makeObservers, type ObserverPlan } from "./observers.ts";

export interface MeasurementPayload {
  readonly path: string;
  /** What the file must say of itself: a trajectory of an earlier run may have been left in the folder. */
  readonly chain: number;
  readonly seed: number;
  readonly temperature_K: number;
  /** Frames up to and including this step are left out. */
  readonly fromStep: number;
  readonly observers: ObserverPlan;
}

/** Null when it was interrupted. */
export type MeasurementResult = FrameMeasurement | null;

export const measurementTask: TaskFunction = { module: import.meta.url, name: "runMeasurement" };

/**
 * @throws {EcitonError} "data" for a file that is damaged or not of this chain, "study" for something to observe that the
 *   lattice does not have
 */
export async function runMeasurement(
  payload: MeasurementPayload,
  context: TaskContext,
): Promise<MeasurementResult> {
  const trajectory = openTrajectory(payload.path);
  try {
    checkChain(trajectory, payload);
    const observers = await makeObservers(payload.observers, trajectory.supercell);
    return measureFrames(trajectory, observers, payload.fromStep, (done) => {
      Atomics.store(context.progress, context.index, Math.floor(1000 * done));
      return Atomics.load(context.cancel, 0) === 0;
    });
  } finally {
    trajectory.close();
  }
}

function checkChain({ path, header }: Trajectory, { chain, seed, temperature_K }: MeasurementPayload): void {
  const { about } = header;
  if (about.chain === chain && about.seed === seed && about.temperature_K === temperature_K) return;
  throw new EcitonError(
    "data",
    `${path}: the trajectory is of another run: expected chain ${chain} with seed ${seed} at ${temperature_K} K, found ` +
      `chain ${about.chain} with seed ${about.seed} at ${about.temperature_K} K`,
    { file: path },
  );
}
