/** What is averaged over a segment of a run. */
import { type Estimated, RunningMeans } from "../../core/running-means.ts";
import { BOLTZMANN_EV_PER_K, GPA_EV_PER_A3 } from "../../core/units.ts";
import type { Segment } from "./schedule.ts";

/** One measurement along a run. */
export interface Measurement {
  step: number;
  /** ps */
  time: number;
  /** eV */
  potential: number;
  /** eV */
  kinetic: number;
  /** K */
  temperature: number;
  /** Å³; NaN without a cell. */
  volume: number;
  /** eV/Å³; NaN without a cell. */
  pressure: number;
  /** Energy that ought to stay the same, eV; NaN where there is none. */
  conserved: number;
}

export interface Drift {
  /** Slope of the conserved energy over the segment by least squares, eV/ps. */
  readonly eV_per_ps: number;
  /** Largest departure from its first value, eV. */
  readonly largest_eV: number;
}

export interface SegmentResult {
  readonly segment: number;
  readonly steps: number;
  readonly from_ps: number;
  readonly to_ps: number;
  /** What was wanted. */
  readonly temperature_K: readonly [number, number];
  readonly measured: boolean;
  readonly samples: number;
  readonly potential_eV: Estimated | null;
  readonly kinetic_eV: Estimated | null;
  readonly total_eV: Estimated | null;
  readonly measured_temperature_K: Estimated | null;
  /** Null without a cell. */
  readonly volume_A3: Estimated | null;
  readonly pressure_GPa: Estimated | null;
  /** Of all atoms, from the fluctuations of energy (enthalpy where the cell changes) at one temperature; else null. */
  readonly heat_capacity_eV_per_K: Estimated | null;
  /** Null where no energy is conserved. */
  readonly drift: Drift | null;
}

const columns = ["potential", "kinetic", "total", "temperature", "volume", "pressure", "enthalpy"] as const;
const columnOf = Object.fromEntries(columns.map((name, c) => [name, c])) as Record<
  (typeof columns)[number],
  number
>;

/** Numbers of the drift: first value, largest departure, count, means of time and departure, their products. */
const DRIFT = 7;

export class SegmentAverages {
  readonly #means = new RunningMeans(columns.length);
  readonly #row = new Float64Array(columns.length);
  readonly #drift = new Float64Array(DRIFT);

  /** @param wanted pressure that is held, eV/Å³ */
  add(m: Measurement, wanted: number, measured: boolean): void {
    this.#follow(m.time, m.conserved);
    if (!measured) return;
    const row = this.#row;
    const withCell = Number.isFinite(m.volume);
    row[columnOf.potential] = m.potential;
    row[columnOf.kinetic] = m.kinetic;
    row[columnOf.total] = m.potential + m.kinetic;
    row[columnOf.temperature] = m.temperature;
    row[columnOf.volume] = withCell ? m.volume : 0;
    row[columnOf.pressure] = withCell ? m.pressure : 0;
    row[columnOf.enthalpy] = m.potential + m.kinetic + (withCell ? wanted * m.volume : 0);
    this.#means.add(row);
  }

  #follow(time: number, conserved: number): void {
    if (!Number.isFinite(conserved)) return;
    const d = this.#drift;
    if (d[2] === 0) d[0] = conserved;
    const departure = conserved - d[0];
    d[1] = Math.max(d[1], Math.abs(departure));
    d[2]++;
    const dt = time - d[3];
    const dy = departure - d[4];
    d[3] += dt / d[2];
    d[4] += dy / d[2];
    d[5] += dt * (time - d[3]);
    d[6] += dt * (departure - d[4]);
  }

  /** @param kind what the fluctuations of energy tell of: nothing in nve */
  result(
    number: number,
    segment: Segment,
    from_ps: number,
    to_ps: number,
    withCell: boolean,
    kind: "nve" | "nvt" | "npt",
  ): SegmentResult {
    const means = this.#means;
    const [from, to] = segment.temperature_K;
    const energy = means.variance(kind === "npt" ? columnOf.enthalpy : columnOf.total);
    const scale = 1 / (BOLTZMANN_EV_PER_K * from * from);
    return {
      segment: number,
      steps: segment.steps,
      from_ps,
      to_ps,
      temperature_K: segment.temperature_K,
      measured: segment.measured,
      samples: means.entries,
      potential_eV: means.mean(columnOf.potential),
      kinetic_eV: means.mean(columnOf.kinetic),
      total_eV: means.mean(columnOf.total),
      measured_temperature_K: means.mean(columnOf.temperature),
      volume_A3: withCell ? means.mean(columnOf.volume) : null,
      pressure_GPa: withCell ? scaled(means.mean(columnOf.pressure), 1 / GPA_EV_PER_A3) : null,
      heat_capacity_eV_per_K: kind !== "nve" && from === to ? scaled(energy, scale) : null,
      drift:
        this.#drift[2] > 1 && this.#drift[5] > 0
          ? { eV_per_ps: this.#drift[6] / this.#drift[5], largest_eV: this.#drift[1] }
          : null,
    };
  }

  state(): { readonly means: Float64Array; readonly drift: Float64Array } {
    return { means: this.#means.state(), drift: this.#drift.slice() };
  }

  restore(state: ReturnType<SegmentAverages["state"]>): void {
    this.#means.restore(state.means);
    this.#drift.set(state.drift);
  }
}

function scaled(estimate: Estimated | null, factor: number): Estimated | null {
  if (!estimate) return null;
  return {
    value: estimate.value * factor,
    error: estimate.error === null ? null : estimate.error * factor,
  };
}
