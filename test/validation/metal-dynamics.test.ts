/** Energy along trajectories of copper at constant energy: forces that were not the slopes of the energy would change it. */
import { describe, expect, it } from "vitest";
import { evaluationFor, type Potential } from "../../src/core/calculator.ts";
import { RandomStream } from "../../src/core/random.ts";
import { AMU_A2_PER_FS2_EV, BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { eamPotential } from "../../src/dynamics/potentials/eam.ts";
import { guptaPotential } from "../../src/dynamics/potentials/gupta.ts";
import { guptaSet } from "../../src/dynamics/potentials/parameter-sets.ts";
import { zhouTables } from "../../src/dynamics/potentials/zhou-eam.ts";

const LATTICE_A = 3.615;
const STEPS = 100_000;
const TIME_STEP_FS = 2;

/** fcc atoms of so many cubic cells in each direction. */
function fcc(cells: number): number[][] {
  const atoms: number[][] = [];
  for (let n = 0; n < cells ** 3; n++)
    for (const [u, v, w] of [
      [0, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ])
      atoms.push(
        [(n % cells) + u, (Math.floor(n / cells) % cells) + v, Math.floor(n / cells ** 2) + w].map(
          (x) => x * LATTICE_A,
        ),
      );
  return atoms;
}

/** The atoms nearest to a lattice site. */
function fccCluster(count: number): number[][] {
  const centre = 4 * LATTICE_A;
  const distance = (atom: number[]) => Math.hypot(...atom.map((x) => x - centre));
  return fcc(8)
    .sort((one, other) => distance(one) - distance(other))
    .slice(0, count);
}

/** Change of the total energy over the run, by a straight line through it, for each unit of mean kinetic energy. */
function drift(potential: Potential, atoms: number[][], cellLength: number): number {
  const count = atoms.length;
  const periodic = cellLength > 0;
  const mass = 63.546 * AMU_A2_PER_FS2_EV;
  const random = new RandomStream(7, 0);
  const positions = Float64Array.from(atoms.flat());
  const velocities = positions.map(() => random.nextNormal() * Math.sqrt((BOLTZMANN_EV_PER_K * 600) / mass));
  const cell = Float64Array.from([cellLength, 0, 0, 0, cellLength, 0, 0, 0, cellLength]);
  const calculator = potential.calculator({
    species: atoms.map(() => "Cu"),
    periodic: [periodic, periodic, periodic],
  });
  const out = evaluationFor(count);
  calculator.evaluate(positions, cell, out);
  const push = (0.5 * TIME_STEP_FS) / mass;
  let first = 0;
  let kinetic = 0;
  let slope = 0;
  for (let step = 0; step < STEPS; step++) {
    for (let k = 0; k < 3 * count; k++) {
      velocities[k] += push * out.forces[k];
      positions[k] += TIME_STEP_FS * velocities[k];
    }
    calculator.evaluate(positions, cell, out);
    let now = 0;
    for (let k = 0; k < 3 * count; k++) {
      velocities[k] += push * out.forces[k];
      now += 0.5 * mass * velocities[k] ** 2;
    }
    kinetic += now / STEPS;
    const total = out.energy + now;
    if (step === 0) first = total;
    slope += (step - (STEPS - 1) / 2) * (total - first);
  }
  // Σ (s - mean)² of 0 ... n - 1 is n (n² - 1) / 12.
  return ((slope * 12) / (STEPS * (STEPS ** 2 - 1))) * (STEPS / kinetic);
}

// Energies fluctuate by 1e-4 of the kinetic energy at this step of time and forget it within about 50 steps, so that the
// line through 1e5 of them is known to 1e-4 √(12 · 100 / 1e5) = 1e-5 at the very worst and mostly a tenth of that. The
// second derivative of the EAM's embedding energy has a step at 1.15 ρe, from -0.8 to 0.2 eV / ρe²: each time that an
// atom's density passes there, a time step of any integrator errs by a little, either way, and such errors add up.
const LIMIT = 1e-5;
const LIMIT_WITH_STEPS = 5e-5;

describe("energy of copper in 200 ps at constant energy", () => {
  const free = guptaPotential(guptaSet("cleri-rosato-1993", ["Cu"], "none"));
  const cut = guptaPotential(guptaSet("cleri-rosato-1993", ["Cu"], "shells"));
  const eam = eamPotential({ kind: "eam", title: "Zhou et al. 2004", tables: zhouTables(["Cu"]) });
  it.each([
    ["Gupta, 55 atoms without a cut-off", free, fccCluster(55), 0, LIMIT],
    ["Gupta, 55 atoms with a cut-off", cut, fccCluster(55), 0, LIMIT],
    ["Gupta, a crystal", cut, fcc(3), 3 * LATTICE_A, LIMIT],
    ["EAM, a crystal", eam, fcc(3), 3 * LATTICE_A, LIMIT_WITH_STEPS],
  ] as const)("%s", (name, potential, atoms, cellLength, limit) => {
    const found = drift(potential, atoms as number[][], cellLength);
    console.info(`${name}: ${found.toExponential(2)} of the kinetic energy`);
    expect(Math.abs(found)).toBeLessThan(limit);
  });
});
