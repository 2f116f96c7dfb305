/** Energy and Lindemann index against temperature, from the segments of all replicas of a structure. */
import { regions } from "../../analysis/atoms/core-shell.ts";
import { MOLTEN } from "../../analysis/atoms/motion/bond-fluctuation.ts";
import { type CaloricCurve, caloricCurve } from "../../analysis/atoms/motion/caloric-curve.ts";
import type { Estimated } from "../../core/running-means.ts";
import type { SegmentResult } from "../../dynamics/md/averages.ts";
import { weightedMean } from "../weighted-mean.ts";
import { isState, type LindemannIndices, type SegmentDigest } from "./dynamics-digest.ts";

/** Fewer temperatures are no curve. */
const FEWEST_TEMPERATURES = 3;
/**
 * The largest slope has to be above the median by so many of the usual errors, and by this factor, to be a melting point. Its
 * own error says nothing against it: where replicas melt, they differ.
 */
const ERRORS_ABOVE = 3;
const FACTOR_ABOVE = 1.3;

export interface FinishedReplica {
  readonly segments: readonly SegmentResult[];
  readonly digests: readonly SegmentDigest[];
}

export interface CaloricState {
  /** That was asked for, K. */
  readonly temperature_K: number;
  readonly measured_K: Estimated;
  /** Of all atoms, eV. */
  readonly energy_eV: Estimated;
  readonly heat_capacity_eV_per_K: Estimated | null;
  readonly lindemann: Omit<LindemannIndices, "frames"> | null;
}

export interface Caloric {
  /** In the order of the run. */
  readonly direction: "heating" | "cooling";
  /** Ascending in temperature. */
  readonly states: readonly CaloricState[];
  readonly slopes: CaloricCurve["slopes"];
  readonly steepest: CaloricCurve["steepest"] & {
    /** Whether the slope stands out of the others. */
    readonly clear: boolean;
  };
  /** Neighbouring temperatures between which the index of the cluster passes 0.1 for good; null where it does not. */
  readonly melting_K: readonly [number, number] | null;
  /** The same for the surface of the start. */
  readonly surface_melting_K: readonly [number, number] | null;
}

/**
 * A run that heats and then cools gives two curves: they need not be the same.
 * @param replicas of one structure, which all follow the same segments
 */
export function caloricCurves(replicas: readonly FinishedReplica[]): Caloric[] {
  if (replicas.length === 0) return [];
  return branches(replicas[0].segments).flatMap(({ direction, numbers }) => {
    const temperatures = new Map<number, number[]>();
    for (const k of numbers) {
      const [temperature] = replicas[0].segments[k].temperature_K;
      temperatures.set(temperature, [...(temperatures.get(temperature) ?? []), k]);
    }
    if (temperatures.size < FEWEST_TEMPERATURES) return [];
    const states = [...temperatures].sort(([a], [b]) => a - b).map(([t, same]) => stateOf(t, same, replicas));
    const curve = caloricCurve(
      states.map(({ temperature_K, energy_eV }) => ({
        temperature: temperature_K,
        energy: energy_eV.value,
        error: energy_eV.error ?? 0,
      })),
    );
    return [
      {
        direction,
        states,
        slopes: curve.slopes,
        steepest: { ...curve.steepest, clear: standsOut(curve) },
        melting_K: passage(states, (indices) => indices.cluster),
        surface_melting_K: passage(states, (indices) => indices.surface),
      },
    ];
  });
}

/** A curve as it is written down. */
export function caloricDocument({
  direction,
  states,
  slopes,
  steepest,
  melting_K,
  surface_melting_K,
}: Caloric) {
  return {
    direction,
    states,
    slopes: slopes.map(({ temperature, slope, error }) => ({
      temperature_K: temperature,
      slope_eV_per_K: slope,
      error_eV_per_K: error,
    })),
    steepest: {
      temperature_K: steepest.temperature,
      uncertainty_K: steepest.uncertainty,
      slope_eV_per_K: steepest.slope,
      clear: steepest.clear,
    },
    melting_K,
    surface_melting_K,
  };
}

export type CaloricDocument = ReturnType<typeof caloricDocument>;

/** Measured segments at one temperature, parted where the temperature turns. */
function branches(segments: readonly SegmentResult[]) {
  const found: { direction: "heating" | "cooling"; numbers: number[] }[] = [];
  let before: number | null = null;
  let sign = 0;
  segments.forEach((segment, k) => {
    if (!isState(segment) || segment.total_eV === null) return;
    const [temperature] = segment.temperature_K;
    const now = before === null ? 0 : Math.sign(temperature - before);
    before = temperature;
    const last = found[found.length - 1];
    if (last === undefined || (now !== 0 && sign !== 0 && now !== sign))
      found.push({ direction: now < 0 ? "cooling" : "heating", numbers: [k] });
    else {
      last.numbers.push(k);
      if (sign === 0 && now < 0) last.direction = "cooling";
    }
    if (now !== 0) sign = now;
  });
  return found;
}

function stateOf(
  temperature: number,
  numbers: readonly number[],
  replicas: readonly FinishedReplica[],
): CaloricState {
  const parts = replicas.flatMap(({ segments, digests }) =>
    numbers.map((k) => ({ segment: segments[k], lindemann: digests[k].lindemann })),
  );
  const mean = (of: (segment: SegmentResult) => Estimated | null) => {
    const known = parts.flatMap(({ segment }) => {
      const value = of(segment);
      return value === null ? [] : [{ value, weight: segment.samples }];
    });
    return known.length === 0
      ? null
      : together(
          known.map(({ value }) => value),
          known.map(({ weight }) => weight),
        );
  };
  return {
    temperature_K: temperature,
    measured_K: mean((segment) => segment.measured_temperature_K)!,
    energy_eV: mean((segment) => segment.total_eV)!,
    heat_capacity_eV_per_K: mean((segment) => segment.heat_capacity_eV_per_K),
    lindemann: meanIndices(parts.flatMap(({ lindemann }) => (lindemann ? [lindemann] : []))),
  };
}

/** Without the error of one of them that of the mean is not known. */
function together(values: readonly Estimated[], weights: readonly number[]): Estimated {
  const errors = values.map(({ value, error }) => ({ value, error: error ?? 0 }));
  const { value, error } = weightedMean(errors, weights);
  return { value, error: values.some((one) => one.error === null) ? null : error };
}

function meanIndices(indices: readonly LindemannIndices[]): CaloricState["lindemann"] {
  if (indices.length === 0) return null;
  const mean = (part: "cluster" | (typeof regions)[number]) =>
    indices.reduce((sum, one) => sum + one[part]!, 0) / indices.length;
  return {
    cluster: mean("cluster"),
    ...Object.fromEntries(
      regions.filter((part) => indices[0][part] !== undefined).map((part) => [part, mean(part)]),
    ),
  };
}

function standsOut({ slopes, steepest }: CaloricCurve): boolean {
  const usual = median(slopes.map(({ slope }) => slope));
  const error = median(slopes.map((one) => one.error));
  return (
    slopes.length > 2 &&
    steepest.slope > usual + ERRORS_ABOVE * error &&
    steepest.slope > FACTOR_ABOVE * usual
  );
}

/** The lower one of two in the middle. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

/** From the last temperature with an index below 0.1 to the next one. */
function passage(
  states: readonly CaloricState[],
  of: (indices: NonNullable<CaloricState["lindemann"]>) => number | undefined,
): readonly [number, number] | null {
  const known = states.flatMap(({ temperature_K, lindemann }) => {
    const index = lindemann ? of(lindemann) : undefined;
    return index === undefined ? [] : [{ temperature_K, molten: index > MOLTEN }];
  });
  const last = known.findLastIndex(({ molten }) => !molten);
  if (last < 0 || last === known.length - 1) return null;
  return [known[last].temperature_K, known[last + 1].temperature_K];
}
