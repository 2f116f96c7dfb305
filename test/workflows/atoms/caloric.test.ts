import { describe, expect, it } from "vitest";
import type { SegmentResult } from "../../../src/dynamics/md/averages.ts";
import { caloricCurves, type FinishedReplica } from "../../../src/workflows/atoms/caloric.ts";

interface State {
  readonly temperature: number;
  readonly energy: number;
  readonly error?: number | null;
  readonly lindemann?: number;
  readonly surface?: number;
}

function replica(states: readonly State[]): FinishedReplica {
  const segments = states.map(({ temperature, energy, error = 0.01 }, segment): SegmentResult => {
    const total = { value: energy, error };
    return {
      segment,
      steps: 100,
      from_ps: segment,
      to_ps: segment + 1,
      temperature_K: [temperature, temperature],
      measured: true,
      samples: 100,
      potential_eV: total,
      kinetic_eV: total,
      total_eV: total,
      measured_temperature_K: { value: temperature, error: 1 },
      volume_A3: null,
      pressure_GPa: null,
      heat_capacity_eV_per_K: null,
      drift: null,
    };
  });
  const digests = states.map(({ lindemann, surface }) => ({
    halves_eV: null,
    lindemann: lindemann === undefined ? null : { frames: 100, cluster: lindemann, surface },
  }));
  return { segments, digests };
}

/** 1 eV for each 100 K, and 3 more between 300 and 400 K. */
const melting = [100, 200, 300, 400, 500].map((temperature) => ({
  temperature,
  energy: temperature / 100 + (temperature > 300 ? 3 : 0),
  lindemann: temperature > 300 ? 0.2 : 0.05,
  surface: temperature > 200 ? 0.2 : 0.05,
}));

describe("caloric curves", () => {
  it("find the step and where the index passes 0.1", () => {
    const [curve, ...others] = caloricCurves([replica(melting)]);
    expect(others).toEqual([]);
    expect(curve.direction).toBe("heating");
    expect(curve.steepest).toEqual({
      temperature: 350,
      uncertainty: 50,
      slope: expect.closeTo(0.04, 12),
      clear: true,
    });
    expect(curve.melting_K).toEqual([300, 400]);
    expect(curve.surface_melting_K).toEqual([200, 300]);
  });

  it("do not take noise for a step, nor doubt one because replicas differ where they melt", () => {
    const even = melting.map((state, i) => ({
      ...state,
      energy: state.temperature / 100 + 0.2 * (i % 2),
      error: 0.2,
    }));
    expect(caloricCurves([replica(even)])[0].steepest.clear).toBe(false);
    const torn = (energy: number) =>
      replica(melting.map((state) => (state.temperature === 400 ? { ...state, energy } : state)));
    const [curve] = caloricCurves([torn(4), torn(7)]);
    expect(curve.states[3].energy_eV).toEqual({ value: 5.5, error: 1.5 });
    expect(curve.steepest.clear).toBe(true);
  });

  it("are two for a run that heats and cools, and none for two temperatures", () => {
    const back = [...melting].reverse().map((state) => ({ ...state, energy: state.energy + 0.1 }));
    const [up, down] = caloricCurves([replica([...melting, ...back])]);
    expect([up.direction, down.direction]).toEqual(["heating", "cooling"]);
    // The hottest temperature stands twice and belongs to the way up: the mean of both.
    expect(up.states.map(({ temperature_K }) => temperature_K)).toEqual([100, 200, 300, 400, 500]);
    expect(up.states[4].energy_eV.value).toBeCloseTo(8.05, 12);
    expect(down.states.map(({ temperature_K }) => temperature_K)).toEqual([100, 200, 300, 400]);
    expect(caloricCurves([replica(melting.slice(0, 2))])).toEqual([]);
    expect(caloricCurves([])).toEqual([]);
  });

  it("have no error where one of the parts has none", () => {
    const unknown = melting.map((state, i) => (i === 0 ? { ...state, error: null } : state));
    const [curve] = caloricCurves([replica(unknown), replica(melting)]);
    expect(curve.states[0].energy_eV).toEqual({ value: 1, error: null });
    expect(curve.states[1].energy_eV.error).toBeCloseTo(0.01 / Math.SQRT2, 12);
  });
});
