/** The members of a committee on threads: each is a task, and threads that are left over help with their updates. */
import { join } from "node:path";
import { createTeam } from "../../nn/training/train-team.ts";
import type { SharedTrainingSet } from "../../nn/training/training-set.ts";
import type { TrainingSettings } from "../../nn/training/training-settings.ts";
import { significant } from "../../report/numbers.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, numbered } from "../output-files.ts";
import { executorOf, runTasks } from "../run-tasks.ts";
import { type Prepared, seedOfMember } from "./prepare-model.ts";
import type { TrainPlan } from "./train-plan.ts";
import {
  epochsTold,
  type HelpPayload,
  helpTask,
  type TrainedMember,
  type TrainPayload,
  trainingDataOf,
  trainTask,
} from "./train-task.ts";

/**
 * The same potentials come out for any number of threads.
 * @param stem begins the names of the checkpoints
 */
export async function trainMembers(
  { section, settings, loaded }: Pick<TrainPlan, "section" | "settings" | "loaded">,
  prepared: Prepared,
  context: RunContext,
  stem: string,
): Promise<TrainedMember[]> {
  const shared = prepared.set.share();
  const helpers = helpersOf(settings, prepared.models.length, executorOf(context).workers);
  const payloads = prepared.models.map((model, member): TrainPayload => {
    const data = { model, set: shared, numTraining: prepared.numTraining };
    return {
      ...data,
      settings,
      seed: seedOfMember(loaded.study.seed, member),
      told: epochsTold(settings.epochs),
      team: helpers === 0 ? null : createTeam(trainingDataOf(data), settings),
      checkpoint: {
        path: join(context.outDir, CHECKPOINTS, `${numbered(stem, member)}.json`),
        resume: context.resume,
        everySeconds: section.checkpoint_every_s,
      },
    };
  });
  const stopTelling = tellEpochs(payloads, settings, context.say);
  const ended = new AbortController();
  const training = runTasks<TrainPayload, TrainedMember>(
    {
      task: trainTask,
      payloads,
      names: payloads.map((_, member) => `member ${member + 1}`),
      noun: "members",
      steps: null,
      label: "training",
    },
    context,
  );
  // After the members, so that these have their threads first.
  const helping = help(payloads, shared, helpers, context, ended.signal);
  try {
    return await training;
  } finally {
    ended.abort();
    stopTelling();
    await helping;
  }
}

/** Threads for each member beside its own. Only what the Kalman filter does with its covariance is worth sharing. */
function helpersOf({ optimiser }: TrainingSettings, members: number, threads: number): number {
  return optimiser.method === "kalman" ? Math.max(0, Math.floor(threads / members) - 1) : 0;
}

/** Ends when the trainings do; what fails here fails in the training that it helps, and is told there. */
async function help(
  payloads: readonly TrainPayload[],
  set: SharedTrainingSet,
  helpers: number,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  if (helpers === 0) return;
  const tasks = payloads.flatMap(({ model, numTraining, team }) =>
    Array.from({ length: helpers }, (): HelpPayload => ({ model, set, numTraining, team: team! })),
  );
  await executorOf(context)
    .map(helpTask, tasks, { signal, names: tasks.map(() => "help with a training") })
    .catch(() => {});
}

/** A line for each epoch of each member, soon after it. @returns tells the last ones and stops */
function tellEpochs(
  payloads: readonly TrainPayload[],
  { epochs }: TrainingSettings,
  say: (line: string) => void,
): () => void {
  const next = payloads.map(() => 0);
  const tell = () =>
    payloads.forEach(({ told }, member) => {
      for (; next[member] < told[0]; next[member]++) {
        const epoch = next[member];
        const [energy, force] = told.subarray(1 + 2 * epoch);
        // Those of an earlier process are known.
        if (energy < 0) continue;
        const who = payloads.length === 1 ? "" : `member ${member + 1}, `;
        const forces = force < 0 ? "" : ` and ${significant(force, 3)} eV/Å`;
        say(`${who}epoch ${epoch} of ${epochs}: ${significant(1000 * energy, 3)} meV/atom${forces}`);
      }
    });
  const timer = setInterval(tell, TELL_MS);
  return () => {
    clearInterval(timer);
    tell();
  };
}

/** New epochs are looked for so often. */
const TELL_MS = 500;
