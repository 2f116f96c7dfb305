/** One replica of a molecular dynamics run, from plain data to its averages and files. */

import type { KeptState, Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { RandomStream } from "../../core/random.ts";
import { massesOf } from "../../data/masses.ts";
import type { TaskContext } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { SegmentResult } from "./averages.ts";
import type { EnsembleSpec } from "./ensemble.ts";
import { Freedom } from "./freedom.ts";
import { drawVelocities } from "./maxwell-boltzmann.ts";
import { MdOutput, type OutputState, type SeriesPlan, type TrajectoryPlan } from "./md-output.ts";
import { type DynamicsState, MolecularDynamics } from "./molecular-dynamics.ts";
import { Particles } from "./particles.ts";
import type { Segment } from "./schedule.ts";

/** Plain data: the atoms that a run starts from. */
export interface MdAtoms {
  readonly name: string;
  readonly species: readonly string[];
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Å, nine numbers. */
  readonly cell: readonly number[];
  /** Å, 3N numbers. */
  readonly positions: readonly number[];
  /** Å/fs, 3N numbers; null to draw them. */
  readonly velocities: readonly number[] | null;
  /** Numbers of atoms that stay where they are, from 0. */
  readonly fixed: readonly number[];
}

/** Plain data: all that decides what a replica does, but for the potential. */
export interface ReplicaPlan {
  readonly atoms: MdAtoms;
  readonly ensemble: EnsembleSpec;
  readonly timeStep_fs: number;
  readonly segments: readonly Segment[];
  /** Velocities where the atoms bring none: at the temperature exactly, or drawn from the canonical distribution. */
  readonly start: { readonly temperature_K: number; readonly energy: "exact" | "sampled" };
  /** Whether momenta that the forces conserve are kept at zero. */
  readonly momentum: "removed" | "free";
  /** Masses by species that count more than the elements', amu. */
  readonly masses_amu: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Number of the random stream: that of the replica. */
  readonly index: number;
  /** Steps from one measurement for the means to the next. */
  readonly sampleEvery: number;
  readonly maxDisplacement_A: number;
  /** Null: what no canonical ensemble of so few degrees of freedom ever reaches. */
  readonly maxTemperature_K: number | null;
  readonly trajectory: TrajectoryPlan | null;
  readonly series: SeriesPlan | null;
  readonly checkpoint: {
    readonly path: string;
    /** Written each time so many steps are done, at the end, and where the run is cancelled. */
    readonly everySteps: number;
    /** Go on from the file if it is there; otherwise it is overwritten. */
    readonly resume: boolean;
  } | null;
}

export interface FinishedMd {
  readonly interrupted: false;
  readonly index: number;
  readonly steps: number;
  readonly time_ps: number;
  /** What the temperature is shared by: 3N less the momenta that are kept at zero. */
  readonly degreesOfFreedom: number;
  readonly segments: readonly SegmentResult[];
  /** Å, Å/fs and eV at the end. */
  readonly final: {
    readonly positions: Float64Array;
    readonly velocities: Float64Array;
    readonly cell: Float64Array;
    readonly energy_eV: number;
  };
  /** What the potential has to say of the run, and the states that it wants labels for. */
  readonly notes: readonly string[];
  readonly kept: readonly KeptState[];
}

export interface InterruptedMd {
  readonly interrupted: true;
  readonly index: number;
  /** Steps done, all of them in the checkpoint if there is one. */
  readonly step: number;
}

export type MdResult = FinishedMd | InterruptedMd;

/** What a checkpoint holds. */
interface Saved {
  readonly ended: boolean;
  readonly output: OutputState;
  readonly dynamics: DynamicsState;
}

/**
 * Runs a replica from its start, or goes on from its checkpoint. The result and the files are a function of potential
 * and plan alone: how often the run was interrupted and resumed leaves no trace in them.
 * @param model tells checkpoints of different potentials apart: plain data, all that decides the potential
 * @throws {EcitonError} "study" for impossible settings, "data" for atoms that the potential does not describe or a
 *   checkpoint that cannot be used, "io" when a file cannot be written, "not-converged" where the dynamics go wrong
 */
export function runReplica(
  potential: Potential,
  model: unknown,
  plan: ReplicaPlan,
  context: TaskContext,
): MdResult {
  const { index, checkpoint } = plan;
  const task = checkpoint ? fingerprintOf(model, plan) : "";
  const saved = checkpoint?.resume ? readState<Saved>(checkpoint.path, task) : null;
  const { dynamics, freedom } = prepare(plan, potential);
  if (saved) dynamics.restore(saved.dynamics);
  const { particles, schedule } = dynamics;
  const output = saved?.ended
    ? null
    : new MdOutput(plan, plan.atoms.name, schedule.steps, saved?.output ?? null);
  const save = () => {
    if (!checkpoint || !output) return;
    const state: Saved = { ended: dynamics.ended, output: output.sync(), dynamics: dynamics.state() };
    writeState(checkpoint.path, task, state);
  };
  const every = checkpoint?.everySteps ?? Number.POSITIVE_INFINITY;
  try {
    if (!saved) output?.write(particles, dynamics.last);
    while (!dynamics.ended) {
      if (Atomics.load(context.cancel, 0) !== 0) {
        save();
        return { interrupted: true, index, step: dynamics.step };
      }
      const due = output!.due(dynamics.step + 1);
      dynamics.advance(due);
      if (due) output!.write(particles, dynamics.last);
      if (dynamics.ended || dynamics.step % every === 0) save();
      Atomics.store(context.progress, context.index, Math.floor((1000 * dynamics.step) / schedule.steps));
    }
  } finally {
    output?.close();
  }
  return {
    interrupted: false,
    index,
    steps: dynamics.step,
    time_ps: dynamics.timeAt(dynamics.step),
    degreesOfFreedom: freedom.degrees,
    segments: dynamics.finished,
    final: {
      positions: particles.positions,
      velocities: particles.velocities,
      cell: particles.cell,
      energy_eV: particles.energy,
    },
    notes: particles.notes(),
    kept: particles.kept(),
  };
}

/**
 * The atoms of a replica with their first velocities and forces, before the first step.
 * @throws {EcitonError} as runReplica, but for what only happens on the way
 */
export function prepare(plan: ReplicaPlan, potential: Potential) {
  const { atoms, start, ensemble, segments } = plan;
  expectWhole("dynamics.sample_every_steps", plan.sampleEvery);
  if (plan.trajectory) expectWhole("dynamics.trajectory.every_steps", plan.trajectory.everySteps);
  if (plan.series) expectWhole("dynamics.series_every_steps", plan.series.everySteps);
  if (plan.checkpoint) expectWhole("dynamics.checkpoint_every_steps", plan.checkpoint.everySteps);
  const fixed = new Uint8Array(atoms.species.length);
  for (const atom of atoms.fixed) fixed[atom] = 1;
  const moving = {
    species: atoms.species,
    periodic: atoms.periodic,
    positions: Float64Array.from(atoms.positions),
    cell: Float64Array.from(atoms.cell),
    fixed: atoms.fixed.length > 0 ? fixed : null,
  };
  const masses = massesOf(atoms.species, plan.masses_amu);
  const particles = new Particles(moving, masses, potential.calculator(moving));
  const freedom = new Freedom(particles, plan.momentum === "removed");
  const random = new RandomStream(plan.seed, plan.index);
  if (atoms.velocities) {
    for (const atom of particles.moving)
      for (let k = 3 * atom; k < 3 * atom + 3; k++) particles.velocities[k] = atoms.velocities[k];
    freedom.project();
  } else drawVelocities(particles, freedom, start.temperature_K, random, start.energy);
  const dynamics = new MolecularDynamics(particles, freedom, random, {
    ensemble,
    timeStep: plan.timeStep_fs,
    segments,
    sampleEvery: plan.sampleEvery,
    limits: {
      displacement: plan.maxDisplacement_A,
      temperature: plan.maxTemperature_K ?? tooHot(plan, freedom),
    },
  });
  return { dynamics, freedom };
}

/** Far above the temperatures that are asked for; more so where few atoms share the heat. */
function tooHot({ start, segments }: ReplicaPlan, { degrees }: Freedom): number {
  const hottest = Math.max(start.temperature_K, ...segments.flatMap((segment) => segment.temperature_K));
  return 20 * (1 + 10 / degrees) * hottest;
}

function expectWhole(path: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new EcitonError("study", `${path}: expected a whole number, at least 1, found ${value}`, { path });
}

/** Where files stand does not decide what is in them. */
function fingerprintOf(model: unknown, plan: ReplicaPlan): string {
  const { checkpoint: _, trajectory, series, ...task } = plan;
  const frames = trajectory && { ...trajectory, path: "" };
  return fingerprint({ model, ...task, trajectory: frames, series: series?.everySteps ?? null });
}
