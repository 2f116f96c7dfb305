/** Observers over the frames of a trajectory, whatever its size. */

import { BinnedSeries } from "../core/binned-series.ts";
import type { Trajectory } from "../data/trajectory.ts";
import type { Observers } from "../lattice/observer.ts";
import type { Observation, ObservedMap } from "../mc/records/chain-summary.ts";

export interface FrameMeasurement {
  /** Frames that averages are taken over. */
  readonly frames: number;
  readonly observations: readonly Observation[];
  readonly maps: readonly ObservedMap[];
}

/**
 * Averages begin where those of the chain itself do; an observable that takes longer to settle has its own start, which is
 * found from the whole series as during the run.
 * @param fromStep frames up to and including this step are left out of averages
 * @param goOn asked at every frame, with the part of the work that is done; false ends the measurement
 * @returns null if it was ended; no observations where there are under two frames
 * @throws {EcitonError} "data" at a damaged frame
 */
export function measureFrames(
  trajectory: Trajectory,
  observers: Observers,
  fromStep: number,
  goOn: (done: number) => boolean,
): FrameMeasurement | null {
  const columns = observers.series.flatMap((observer) => observer.columns);
  const row = new Float64Array(columns.length);
  const series = new BinnedSeries(columns.length);
  const maps = observers.maps.map(({ name, size }) => ({ name, values: new Float64Array(size) }));
  const mapRow = new Float64Array(Math.max(0, ...observers.maps.map((map) => map.size)));
  const first = trajectory.firstFrameAt(fromStep + 1);
  const frames = trajectory.frameCount - first;
  for (const { index, occupation } of trajectory.frames()) {
    if (!goOn(index / trajectory.frameCount)) return null;
    let at = 0;
    for (const observer of observers.series) {
      observer.measure(occupation, row, at);
      at += observer.columns.length;
    }
    series.add(row);
    if (index < first) continue;
    observers.maps.forEach((map, m) => {
      map.measure(occupation, mapRow, 0);
      const { values } = maps[m];
      for (let i = 0; i < values.length; i++) values[i] += mapRow[i];
    });
  }
  const estimates = columns.map((_, c) => series.estimate(c, first));
  return {
    frames,
    observations: columns.flatMap(({ name, unit }, c) => {
      const estimate = estimates[c];
      return estimate ? [{ name, unit, ...estimate }] : [];
    }),
    maps:
      frames === 0 ? [] : maps.map(({ name, values }) => ({ name, values: values.map((v) => v / frames) })),
  };
}
