/** Molecular dynamics at length: energy over many steps, liquid Lennard-Jones at published state points. */
import { describe, expect, test } from "vitest";
import { GPA_EV_PER_A3 } from "../../src/core/units.ts";
import type { SegmentResult } from "../../src/dynamics/md/averages.ts";
import type { EnsembleSpec } from "../../src/dynamics/md/ensemble.ts";
import {
  type FinishedMd,
  type MdAtoms,
  type ReplicaPlan,
  runReplica,
} from "../../src/dynamics/md/replica.ts";
import { createPotential, type PotentialSpec } from "../../src/dynamics/potentials/create-potential.ts";
import { guptaSet } from "../../src/dynamics/potentials/parameter-sets.ts";
import { UNIT_K, UNIT_MASS } from "../dynamics/md/systems.ts";

function fcc(cells: number, a: number, species: string, atoms: number = 4 * cells ** 3): MdAtoms {
  const positions: number[] = [];
  for (let x = 0; x < cells; x++)
    for (let y = 0; y < cells; y++)
      for (let z = 0; z < cells; z++)
        for (const [p, q, r] of [
          [0, 0, 0],
          [0.5, 0.5, 0],
          [0.5, 0, 0.5],
          [0, 0.5, 0.5],
        ])
          positions.push(a * (x + p), a * (y + q), a * (z + r));
  return {
    name: "",
    species: new Array<string>(atoms).fill(species),
    periodic: [true, true, true],
    cell: [cells * a, 0, 0, 0, cells * a, 0, 0, 0, cells * a],
    positions: positions.slice(0, 3 * atoms),
    velocities: null,
    fixed: [],
  };
}

function run(
  spec: PotentialSpec,
  plan: Pick<ReplicaPlan, "atoms" | "ensemble" | "timeStep_fs" | "segments"> & Partial<ReplicaPlan>,
): FinishedMd {
  const context = { cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 };
  const [temperature] = plan.segments[0].temperature_K;
  const whole: ReplicaPlan = {
    start: { temperature_K: temperature, energy: "exact" },
    momentum: "removed",
    masses_amu: { X: UNIT_MASS },
    seed: 1,
    index: 0,
    sampleEvery: 5,
    maxDisplacement_A: 0.5,
    maxTemperature_K: null,
    trajectory: null,
    series: null,
    checkpoint: null,
    ...plan,
  };
  return runReplica(createPotential(spec), spec, whole, context) as FinishedMd;
}

const part = (steps: number, temperature: number, pressure = 0, measured = true) => ({
  steps,
  temperature_K: [temperature, temperature] as const,
  pressure_GPa: [pressure, pressure] as const,
  measured,
});

describe("constant energy", () => {
  test("copper at 2 fs: 10⁵ steps move the energy by less than 10⁻⁵ of the kinetic energy", () => {
    // Half of the start's kinetic energy goes into the lattice: some 300 K are left. The energy ripples by 10⁻⁴ of the
    // kinetic energy with the vibrations; over four times as many steps its slope is known to 2·10⁻⁶ for 10⁵.
    const { segments } = run(guptaSet("cleri-rosato-1993", ["Cu"], "shells"), {
      atoms: fcc(3, 3.615, "Cu"),
      ensemble: { kind: "nve" },
      timeStep_fs: 2,
      segments: [part(5000, 600, 0, false), part(400_000, 600)],
    });
    const [, measured] = segments;
    const kinetic = measured.kinetic_eV!.value;
    const drift = (measured.drift!.eV_per_ps * 200) / kinetic;
    console.log(
      `copper, 2 fs: ${measured.measured_temperature_K!.value.toFixed(1)} K, drift in 10⁵ steps ${drift.toExponential(2)} of the kinetic energy, ripple at most ${(measured.drift!.largest_eV / kinetic).toExponential(2)}`,
    );
    expect(measured.measured_temperature_K!.value).toBeGreaterThan(270);
    expect(Math.abs(drift)).toBeLessThan(1e-5);
  });
});

/**
 * Energy for each atom and pressure of 500 atoms, cut off at 3σ with corrections for what lies beyond.
 * @see NIST Standard Reference Simulation Website, Lennard-Jones fluid, Monte Carlo in the canonical ensemble,
 *   https://mmlapps.nist.gov/srs/LJ_PURE/mc.htm (errors of the energies 2 to 4·10⁻⁴)
 */
const published = [
  { thermal: 0.85, density: 0.82, energy: -5.7947, pressure: 0.55355 },
  { thermal: 0.85, density: 0.86, energy: -6.0305, pressure: 1.266 },
] as const;
const CUTOFF = 3;
const lennardJones: PotentialSpec = {
  kind: "lennard-jones",
  title: "reduced units",
  pairs: [{ species: ["X", "X"], epsilon_eV: 1, sigma_A: 1 }],
  mixing: null,
  cutoff: { to_A: CUTOFF, end: "truncated" },
};
const energyBeyond = (density: number) => (8 / 3) * Math.PI * density * (CUTOFF ** -9 / 3 - CUTOFF ** -3);
const pressureBeyond = (density: number) =>
  (16 / 3) * Math.PI * density ** 2 * ((2 / 3) * CUTOFF ** -9 - CUTOFF ** -3);
const N = 500;
const TIME_STEP = 0.005;

function liquid(density: number): MdAtoms {
  return fcc(5, (N / density) ** (1 / 3) / 5, "X");
}

function estimates(segment: SegmentResult, thermal: number) {
  const volume = segment.volume_A3!.value;
  const density = N / volume;
  const { value: energy, error: energyError } = segment.potential_eV!;
  const { value: pressure, error: pressureError } = segment.pressure_GPa!;
  return {
    energy: energy / N + energyBeyond(density),
    energyError: energyError! / N,
    // 2K of the temperature counts N − 1 atoms; Monte Carlo counts all of them.
    pressure: pressure * GPA_EV_PER_A3 + pressureBeyond(density) + thermal / volume,
    pressureError: pressureError! * GPA_EV_PER_A3,
    density,
    densityError: (density * segment.volume_A3!.error!) / volume,
  };
}

describe("liquid Lennard-Jones", () => {
  const thermostats: readonly EnsembleSpec[] = [
    { kind: "langevin", time_fs: 1 },
    { kind: "nose-hoover", time_fs: 0.3, chain: 3 },
    { kind: "velocity-rescaling", time_fs: 0.5 },
  ];

  test.each(published)(
    "has its published energy and pressure under every thermostat: $thermal, $density",
    (state) => {
      for (const ensemble of thermostats) {
        const { segments } = run(lennardJones, {
          atoms: liquid(state.density),
          ensemble,
          timeStep_fs: TIME_STEP,
          segments: [part(6000, state.thermal * UNIT_K, 0, false), part(50_000, state.thermal * UNIT_K)],
        });
        const found = estimates(segments[1], state.thermal);
        console.log(
          `T* ${state.thermal} ρ* ${state.density} ${ensemble.kind}: U* ${found.energy.toFixed(4)} ± ${found.energyError.toFixed(4)} (${state.energy}), ` +
            `p* ${found.pressure.toFixed(4)} ± ${found.pressureError.toFixed(4)} (${state.pressure})`,
        );
        // Four standard errors of both; a time step of 0.005 leaves less than 2·10⁻³ in the energy.
        expect(Math.abs(found.energy - state.energy)).toBeLessThan(
          4 * Math.hypot(found.energyError, 4e-4) + 2e-3,
        );
        expect(Math.abs(found.pressure - state.pressure)).toBeLessThan(
          4 * Math.hypot(found.pressureError, 2e-3) + 1e-2,
        );
        expect(found.energyError).toBeLessThan(3e-3);
        expect(Math.abs(segments[1].measured_temperature_K!.value / UNIT_K / state.thermal - 1)).toBeLessThan(
          5e-3,
        );
      }
    },
  );

  const barostats: readonly EnsembleSpec[] = [
    { kind: "martyna-tobias-klein", cell: "isotropic", time_fs: 0.3, chain: 3, barostat_time_fs: 1 },
    // β = 0.06 σ³/ε at this state point.
    {
      kind: "stochastic-cell",
      time_fs: 0.5,
      barostat_time_fs: 1,
      compressibility_per_GPa: 0.06 * GPA_EV_PER_A3,
    },
  ];

  test.each(barostats)("has its published density under pressure: $kind", (ensemble) => {
    const state = published[1];
    // Beyond the cut-off atoms pull the cell together, which the barostat is told of.
    const pressure = (state.pressure - pressureBeyond(state.density)) / GPA_EV_PER_A3;
    const { segments } = run(lennardJones, {
      atoms: liquid(0.7),
      ensemble,
      timeStep_fs: TIME_STEP,
      segments: [
        // Molten first: under this pressure the lattice of the start would stay a crystal.
        part(4000, 2 * UNIT_K, pressure, false),
        part(8000, state.thermal * UNIT_K, pressure, false),
        part(50_000, state.thermal * UNIT_K, pressure),
      ],
    });
    const found = estimates(segments[2], state.thermal);
    console.log(
      `T* ${state.thermal} p* ${state.pressure} ${ensemble.kind}: ρ* ${found.density.toFixed(5)} ± ${found.densityError.toFixed(5)} (${state.density}), ` +
        `U* ${found.energy.toFixed(4)} ± ${found.energyError.toFixed(4)} (${state.energy})`,
    );
    // dp/dρ = 19 there: an error of the published pressure of 2·10⁻³ is one of 10⁻⁴ in the density; and 1/N of one.
    expect(Math.abs(found.density - state.density)).toBeLessThan(
      4 * Math.hypot(found.densityError, 1e-4) + 5e-4,
    );
    expect(Math.abs(found.energy - state.energy)).toBeLessThan(
      4 * Math.hypot(found.energyError, 4e-4) + 5e-3,
    );
    expect(found.densityError).toBeLessThan(2e-3);
  });
});
