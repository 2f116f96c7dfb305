/** `eciton dynamics`: the structures of a study on the move. */
import { join } from "node:path";
import { count } from "../../report/numbers.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, TRAJECTORIES } from "../output-files.ts";
import { partFinished, runPart } from "../part-run.ts";
import { placeOf, runTasks } from "../run-tasks.ts";
import { curvesOf, replicasOf, writeDynamics } from "./dynamics-files.ts";
import { type DynamicsPlan, type PlannedReplica, stepsOf } from "./dynamics-plan.ts";
import { dynamicsReport } from "./dynamics-report.ts";
import { type MdPayload, type ReplicaOutcome, replicaTask } from "./dynamics-task.ts";

export { describe } from "./dynamics-describe.ts";
export { plan } from "./dynamics-plan.ts";

const extensions = { extxyz: "extxyz", "lammps-dump": "lammpstrj" } as const;

export function finished(part: DynamicsPlan, context: RunContext): boolean {
  return partFinished("dynamics", part, context);
}

/**
 * Writes series and trajectories on the way; segments.csv, caloric.csv, final.extxyz, dynamics.json and the report at the
 * end.
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written
 */
export async function run(part: DynamicsPlan, context: RunContext) {
  const start = performance.now();
  return runPart("dynamics", part, context, async (provenance) => {
    context.say(`${part.potential.name}: ${count(part.replicas.length, "replica")} ${placeOf(context)}`);
    const outcomes = await runTasks<MdPayload, ReplicaOutcome>(
      {
        task: replicaTask,
        payloads: part.replicas.map((replica) => payloadOf(part, replica, context)),
        names: part.replicas.map(({ name }) => name),
        noun: "replicas",
        steps: stepsOf(part.segments),
        label: "moving",
      },
      context,
    );
    const replicas = replicasOf(part, outcomes);
    const curves = curvesOf(part, replicas);
    writeDynamics(part, replicas, curves, context.outDir);
    const seconds = (performance.now() - start) / 1000;
    return dynamicsReport(part, replicas, curves, provenance, seconds, context.outDir);
  });
}

function payloadOf(
  { section, potential }: DynamicsPlan,
  { plan, file }: PlannedReplica,
  { outDir, resume }: RunContext,
): MdPayload {
  const { trajectory, series_every_steps, checkpoint_every_steps } = section;
  const path = (extension: string) => join(outDir, TRAJECTORIES, `${file}.${extension}`);
  return {
    ...plan,
    potential: potential.spec,
    series: { path: path("csv"), everySteps: series_every_steps },
    trajectory: trajectory
      ? {
          path: path(extensions[trajectory.format]),
          format: trajectory.format,
          everySteps: trajectory.every_steps,
          velocities: trajectory.velocities,
          forces: trajectory.forces,
        }
      : null,
    checkpoint: {
      path: join(outDir, CHECKPOINTS, `${file}.json`),
      everySteps: checkpoint_every_steps,
      resume,
    },
  };
}
