/** What molecular dynamics would do: how many steps, how long they take, how much they write. */
import { EcitonError } from "../../core/errors.ts";
import { frameText } from "../../dynamics/md/frame-text.ts";
import type { MolecularDynamics } from "../../dynamics/md/molecular-dynamics.ts";
import { prepare } from "../../dynamics/md/replica.ts";
import { count, duration, integer, significant } from "../../report/numbers.ts";
import { createAnyPotential } from "./create-any-potential.ts";
import { type DynamicsPlan, methodText, stepsOf } from "./dynamics-plan.ts";

/** Neighbours, mostly. */
const BYTES_PER_ATOM = 4000;
/** A row of the table of energies. */
const BYTES_PER_ROW = 120;
/** Steps before the timing, in which neighbours are listed and code is compiled; those that are timed at most. */
const FIRST_STEPS = 20;
const TIMED_STEPS = 2000;
/** Timing ends after so many seconds. */
const TIMED_S = 0.3;

/** A few steps of the largest structure are run to see how long they take. */
export function describe(part: DynamicsPlan, workers: number): string[] {
  const { structures, replicas, segments, section, potential } = part;
  const sizes = structures.map(({ species }) => species.length);
  const [fewest, most] = [Math.min(...sizes), Math.max(...sizes)];
  const largest = replicas[sizes.indexOf(most) * section.replicas];
  const { dynamics } = prepare(largest.plan, createAnyPotential(potential.spec));
  const bytes = replicas.length * bytesOnDisk(part, dynamics);
  const steps = stepsOf(segments);
  const threads = Math.max(1, Math.min(workers, replicas.length));
  const atomSteps = (sizes.reduce((sum, n) => sum + n, 0) * section.replicas * steps) / threads;
  return [
    `dynamics: ${count(replicas.length, "replica")} of ${fewest === most ? "" : `${integer(fewest)} to `}${count(most, "atom")}, ` +
      `${count(steps, "step")} each`,
    `method: ${methodText(part)}`,
    `potential: ${potential.name}`,
    `memory: some ${Math.max(1, Math.round((most * BYTES_PER_ATOM) / 2 ** 20))} MiB for each thread`,
    `disk: about ${significant(Math.max(0.01, bytes / 2 ** 20), 2)} MiB of tables and trajectories`,
    `time: ${timeText(dynamics, atomSteps)} on ${count(threads, "thread")}`,
    ...part.warnings.map((text) => `warning: ${text}`),
  ];
}

/** Of one replica. */
function bytesOnDisk({ section, segments }: DynamicsPlan, { particles, last }: MolecularDynamics): number {
  const steps = stepsOf(segments);
  const table = (steps / section.series_every_steps + 1) * BYTES_PER_ROW;
  const { trajectory } = section;
  if (!trajectory) return table;
  const frame = frameText(particles, last, "", trajectory.format, trajectory);
  return table + frame.length * (Math.floor(steps / trajectory.every_steps) + 1);
}

function timeText(dynamics: MolecularDynamics, atomSteps: number): string {
  const atoms = dynamics.particles.numAtoms;
  let steps = 0;
  let seconds = 0;
  try {
    for (let step = 0; step < FIRST_STEPS && !dynamics.ended; step++) dynamics.advance(false);
    // Seconds of this process alone: others may be at work too.
    const start = process.cpuUsage();
    while (steps < TIMED_STEPS && !dynamics.ended && seconds < TIMED_S) {
      dynamics.advance(false);
      steps++;
      const { user, system } = process.cpuUsage(start);
      seconds = (user + system) / 1e6;
    }
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    return `not known, the first steps go wrong (${error.message})`;
  }
  if (steps === 0) return "less than a second";
  const each = seconds / (steps * atoms);
  return `about ${duration(Math.ceil(each * atomSteps))} (${significant(each * 1e6, 2)} µs for each atom and step)`;
}
