import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { readExtxyz } from "../../../src/data/formats/extxyz.ts";
import { parseStudy } from "../../../src/data/study/load-study.ts";
import {
  ensembleOf,
  replicaSettings,
  segmentsOf,
  startAtoms,
} from "../../../src/workflows/atoms/dynamics-settings.ts";

const dynamicsOf = (text: string) => parseStudy(`dynamics: ${text}\n`, "s.yaml").dynamics!;

function problem(text: string): string {
  try {
    dynamicsOf(text);
  } catch (error) {
    if (error instanceof EcitonError) return error.message;
    throw error;
  }
  throw new Error("the study was accepted");
}

const some = "segments: [{ duration_ps: 1, temperature_K: 300 }]";
const held = (steps: number, t: number, measured = true) => ({
  steps,
  temperature_K: [t, t],
  pressure_GPa: [0, 0],
  measured,
});

describe("the section dynamics", () => {
  it("needs its segments alone", () => {
    expect(replicaSettings(dynamicsOf(`{ ${some} }`))).toEqual({
      ensemble: { kind: "langevin", time_fs: 500 },
      timeStep_fs: 1,
      segments: [held(1000, 300)],
      start: { temperature_K: 300, energy: "exact" },
      momentum: "removed",
      masses_amu: {},
      sampleEvery: 10,
      maxDisplacement_A: 0.5,
      maxTemperature_K: null,
    });
  });

  it("has segments that heat, press, and are not measured", () => {
    const section = dynamicsOf(
      "{ ensemble: npt, time_step_fs: 2, pressure_GPa: 3, segments: [{ duration_ps: 0.1, temperature_K: [300, 900], measure: false }, { duration_ps: 0.0001, temperature_K: 900, pressure_GPa: [3, 5] }] }",
    );
    expect(segmentsOf(section)).toEqual([
      { steps: 50, temperature_K: [300, 900], pressure_GPa: [3, 3], measured: false },
      { steps: 1, temperature_K: [900, 900], pressure_GPa: [3, 5], measured: true },
    ]);
  });

  it("climbs and descends staircases", () => {
    const stairs = (text: string) => segmentsOf(dynamicsOf(`{ staircase: { ${text} } }`));
    expect(stairs("from_K: 300, to_K: 500, step_K: 100, equilibrate_ps: 0.02, measure_ps: 0.03")).toEqual([
      held(20, 300, false),
      held(30, 300),
      held(20, 400, false),
      held(30, 400),
      held(20, 500, false),
      held(30, 500),
    ]);
    expect(
      stairs("from_K: 2, to_K: 1.4, step_K: 0.2, equilibrate_ps: 0, measure_ps: 1").map(
        (s) => Math.round(100 * s.temperature_K[0]) / 100,
      ),
    ).toEqual([2, 1.8, 1.6, 1.4]);
    expect(stairs("from_K: 300, to_K: 300, step_K: 100, equilibrate_ps: 0, measure_ps: 1")).toHaveLength(1);
  });

  it.each([
    ["ensemble: nve", { kind: "nve" }],
    ["thermostat: { method: nose-hoover }", { kind: "nose-hoover", time_fs: 100, chain: 3 }],
    ["thermostat: { method: velocity-rescaling, time_fs: 50 }", { kind: "velocity-rescaling", time_fs: 50 }],
    ["thermostat: { time_fs: 50 }", { kind: "langevin", time_fs: 50 }],
    [
      "ensemble: npt",
      { kind: "martyna-tobias-klein", cell: "isotropic", time_fs: 100, chain: 3, barostat_time_fs: 1000 },
    ],
    [
      "ensemble: npt, barostat: { cell: full, time_fs: 500 }, thermostat: { chain: 5, time_fs: 70 }",
      { kind: "martyna-tobias-klein", cell: "full", time_fs: 70, chain: 5, barostat_time_fs: 500 },
    ],
    [
      "ensemble: npt, barostat: { method: stochastic-cell, compressibility_per_GPa: 0.05 }",
      { kind: "stochastic-cell", time_fs: 100, barostat_time_fs: 1000, compressibility_per_GPa: 0.05 },
    ],
  ])("%s", (text, ensemble) => {
    expect(ensembleOf(dynamicsOf(`{ ${text}, ${some} }`))).toEqual(ensemble);
  });

  it.each([
    ["{}", "give either segments or staircase"],
    ["{ segments: [] }", "dynamics.segments"],
    [`{ ensemble: nve, thermostat: {}, ${some} }`, "nve has no thermostat"],
    ["{ ensemble: nve, segments: [{ duration_ps: 1, temperature_K: [1, 2] }] }", "nve holds no temperature"],
    [`{ barostat: {}, ${some} }`, "nvt has no barostat"],
    [`{ pressure_GPa: 1, ${some} }`, "nvt holds no pressure"],
    [
      "{ segments: [{ duration_ps: 1, temperature_K: 1, pressure_GPa: 1 }] }",
      "dynamics.segments[0].pressure_GPa",
    ],
    [`{ ensemble: npt, thermostat: { method: langevin }, ${some} }`, "goes with nose-hoover"],
    [
      `{ ensemble: npt, barostat: { method: stochastic-cell, cell: full }, ${some} }`,
      "stochastic-cell changes the size alone",
    ],
    [`{ momentum: free, thermostat: { method: nose-hoover }, ${some} }`, "only langevin"],
    ["{ segments: [{ duration_ps: 1, temperature_K: 0 }] }", "dynamics.segments[0].temperature_K"],
    [
      "{ staircase: { from_K: 300, to_K: 400, step_K: 200, equilibrate_ps: 0, measure_ps: 1 } }",
      "expected at most the difference",
    ],
    [
      "{ staircase: { from_K: 300, to_K: 450, step_K: 100, equilibrate_ps: 0, measure_ps: 1 } }",
      "a whole number of steps",
    ],
    [`{ thermostats: {}, ${some} }`, "thermostat"],
  ])("%s is refused", (text, message) => {
    expect(problem(text)).toContain(message);
  });

  it("takes atoms with their velocities where it is told to", () => {
    const read = (properties: string, row: string) =>
      readExtxyz(
        `2\nname=a Properties=species:S:1:pos:R:3${properties}\nCu 0 0 0${row}\nAg 0 0 3${row}\n`,
        "X",
      ).structures[0];
    const moving = read(":vel:R:3", " 0.1 0.2 0.3");
    const fromFile = dynamicsOf(`{ start: { velocities: file }, ${some} }`);
    expect(startAtoms(moving, Uint8Array.of(0, 1), fromFile)).toMatchObject({
      name: "a",
      species: ["Cu", "Ag"],
      positions: [0, 0, 0, 0, 0, 3],
      velocities: [0.1, 0.2, 0.3, 0.1, 0.2, 0.3],
      fixed: [1],
    });
    expect(startAtoms(moving, null, dynamicsOf(`{ ${some} }`))).toMatchObject({
      velocities: null,
      fixed: [],
    });
    expect(() => startAtoms(read("", ""), null, fromFile)).toThrow("X:1: dynamics.start.velocities");
  });
});
