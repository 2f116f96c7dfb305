/** Energy against temperature, its slopes, and the melting point. */
import { EcitonError } from "../../../core/errors.ts";

export interface CaloricPoint {
  /** K */
  readonly temperature: number;
  /** Mean total energy, eV. */
  readonly energy: number;
  /** Standard error of the mean, eV. */
  readonly error: number;
}

export interface CaloricCurve {
  /** Ascending in temperature. */
  readonly points: readonly CaloricPoint[];
  /** ΔE/ΔT between neighbours, with errors; eV/K at the middle temperature. */
  readonly slopes: readonly {
    readonly temperature: number;
    readonly slope: number;
    readonly error: number;
  }[];
  /** Where the curve is steepest, K, and half of the interval that it lies in. */
  readonly steepest: { readonly temperature: number; readonly uncertainty: number; readonly slope: number };
}

/**
 * The quasi-first-order melting of a cluster shows as the steepest part of its caloric curve.
 * @throws {EcitonError} "data" for fewer than three temperatures, or one that stands twice
 */
export function caloricCurve(points: readonly CaloricPoint[]): CaloricCurve {
  const sorted = [...points].sort((a, b) => a.temperature - b.temperature);
  if (sorted.length < 3)
    throw new EcitonError("data", `a caloric curve needs three temperatures, found ${sorted.length}`);
  const slopes = sorted.slice(1).map((point, k) => {
    const before = sorted[k];
    const width = point.temperature - before.temperature;
    if (width === 0)
      throw new EcitonError(
        "data",
        `a caloric curve has one energy a temperature, found two at ${point.temperature} K`,
      );
    return {
      temperature: (point.temperature + before.temperature) / 2,
      slope: (point.energy - before.energy) / width,
      error: Math.hypot(point.error, before.error) / width,
    };
  });
  const best = slopes.reduce((most, slope, k) => (slope.slope > slopes[most].slope ? k : most), 0);
  return {
    points: sorted,
    slopes,
    steepest: {
      temperature: slopes[best].temperature,
      uncertainty: (sorted[best + 1].temperature - sorted[best].temperature) / 2,
      slope: slopes[best].slope,
    },
  };
}
