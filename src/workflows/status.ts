/** How far a run is, from what it left in its folder, and from the queue for Slurm jobs. Nothing is changed. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { EcitonError } from "../core/errors.ts";
import type { SamplingMethod } from "../data/study/sample-checks.ts";
import { type LifeSign, readLifeSign } from "../exec/life-sign.ts";
import type { Owner } from "../exec/process-lock.ts";
import { taskFoldersIn } from "../exec/slurm.ts";
import { isHeld, type QueuedElement, queuedElements } from "../exec/slurm-commands.ts";
import { progressFile, TaskFolder } from "../exec/task-folder.ts";
import { reasonOf, type TaskState, taskStates } from "../exec/task-states.ts";
import { CHECKPOINTS, LIFE_SIGN, type OutputPart, PROVENANCE } from "./output-files.ts";
import { writerOf } from "./output-folder.ts";

export const taskStatusNames = [
  "done",
  "running",
  "pending",
  "held",
  "interrupted",
  "failed",
  "unknown",
] as const;

export interface TaskStatus {
  readonly name: string;
  readonly state: (typeof taskStatusNames)[number];
  /** Steps done as far as is known, and in all. */
  readonly step: number | null;
  readonly steps: number | null;
  /** Seconds since anything was heard of it. */
  readonly seen_s: number | null;
  /** "123_4": element 4 of job 123. */
  readonly job: string | null;
  readonly reason: string | null;
}

export interface RunStatus {
  readonly folder: string;
  readonly study: string;
  readonly begun: string;
  readonly command: string;
  /** "gathering": all chains are done, the report is not written. */
  readonly state: "finished" | "running" | "pending" | "gathering" | "stopped";
  readonly executor: "threads" | "slurm";
  readonly method: SamplingMethod | null;
  readonly tasks: readonly TaskStatus[];
  readonly jobs: readonly number[];
  /** Complaints, such as a queue that does not answer. */
  readonly warnings: readonly string[];
  /** What a person would do now. */
  readonly next: string;
}

interface Begun {
  readonly study: string;
  readonly date: string;
  readonly command: string;
  readonly parts: readonly OutputPart[];
  readonly steps: number | null;
  readonly method: SamplingMethod | null;
  /** Names of all files of results, once they are there. */
  readonly results?: readonly string[];
}

const processText = ({ pid, host }: Partial<Owner>) =>
  pid === undefined ? "a process has just begun" : `process ${pid} on ${host}`;

/** @throws {EcitonError} "usage" for a folder without a run; "data" for one whose files cannot be read */
export async function statusOfRun(folder: string): Promise<RunStatus> {
  const begun = readBegun(folder);
  const { study, date, command, method } = begun;
  const base = {
    folder,
    study,
    begun: date,
    command,
    method,
    executor: "threads" as const,
    jobs: [],
    warnings: [],
  };
  const tasksOnSlurm = taskFoldersIn(folder);
  if (tasksOnSlurm.length > 0) return statusOfJobs(folder, begun, tasksOnSlurm);
  const checkpoints = readCheckpoints(folder);
  const sign = readLifeSign(join(folder, CHECKPOINTS, LIFE_SIGN));
  const again = `${resumed(command)} goes on with it`;
  const writer = writerOf(folder);
  if (writer === null && begun.results?.every((name) => existsSync(join(folder, name))))
    return { ...base, state: "finished", tasks: [], next: `see ${join(folder, "report.html")}` };
  const tasks = tasksOfThreads(checkpoints, sign, begun.steps, writer !== null);
  return writer === null
    ? { ...base, state: "stopped", tasks, next: again }
    : { ...base, state: "running", tasks, next: `it runs: ${processText(writer)}` };
}

function readBegun(folder: string): Begun {
  const path = join(folder, PROVENANCE);
  if (!existsSync(path))
    throw new EcitonError(
      "usage",
      `${folder}: no run of Eciton has begun here (there is no provenance.json); give the folder of --out, usually ` +
        "eciton-out/<name of the study>",
      { folder },
    );
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Begun & { readonly resolvedStudy: string };
    const study = parse(found.resolvedStudy) as {
      readonly sample?: { readonly steps?: number; readonly method?: SamplingMethod };
    };
    return { ...found, steps: study.sample?.steps ?? null, method: study.sample?.method ?? null };
  } catch (error) {
    throw new EcitonError("data", `${path}: it cannot be read as the record of a run`, { file: path }, error);
  }
}

interface CheckpointProgress {
  readonly step: number | null;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** By the number in the file's name; files that are no checkpoints are passed over. */
function readCheckpoints(folder: string): Map<number, CheckpointProgress> {
  const path = join(folder, CHECKPOINTS);
  const found = new Map<number, CheckpointProgress>();
  if (!existsSync(path)) return found;
  for (const file of readdirSync(path)) {
    const number = /^[a-z]+-(\d+)\.json$/.exec(file)?.[1];
    if (number === undefined) continue;
    try {
      const content = JSON.parse(readFileSync(join(path, file), "utf8")) as unknown;
      found.set(Number(number), { step: stepIn(content, 3), time: statSync(join(path, file)).mtimeMs });
    } catch {
      // Replaced or removed just now, or no checkpoint.
    }
  }
  return found;
}

/** The step that a state is at: the number of that name nearest to the top. */
function stepIn(value: unknown, depth: number): number | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { step } = value as { step?: unknown };
  if (typeof step === "number") return step;
  if (depth === 0) return null;
  const found = Object.values(value)
    .map((part) => stepIn(part, depth - 1))
    .filter((part) => part !== null);
  return found.length > 0 ? Math.max(...found) : null;
}

function tasksOfThreads(
  checkpoints: ReadonlyMap<number, CheckpointProgress>,
  sign: LifeSign | null,
  steps: number | null,
  alive: boolean,
): TaskStatus[] {
  const count = Math.max(sign?.progress.length ?? 0, ...[...checkpoints.keys()].map((number) => number + 1));
  return Array.from({ length: count }, (_, index): TaskStatus => {
    const thousandths = sign?.progress[index] ?? 0;
    const { step, time } = furthest(checkpoints.get(index), thousandths, sign?.time ?? null, steps);
    const begun = step !== null && step > 0;
    const done = thousandths >= 1000 || (steps !== null && step !== null && step >= steps);
    return {
      name: sign?.names[index] ?? `task ${index}`,
      state: done ? "done" : begun ? (alive ? "running" : "interrupted") : "pending",
      step,
      steps,
      seen_s: begun && !done ? secondsSince(time) : null,
      job: null,
      reason: null,
    };
  });
}

/** Checkpoints know the exact step, signs of life the newest. */
function furthest(
  checkpoint: CheckpointProgress | undefined,
  thousandths: number,
  time: number | null,
  steps: number | null,
): { step: number | null; time: number | null } {
  const signed = steps === null || thousandths === 0 ? null : Math.floor((thousandths * steps) / 1000);
  const known = [checkpoint?.step ?? null, signed].filter((step) => step !== null);
  const times = [checkpoint?.time ?? null, time].filter((t) => t !== null);
  return {
    step: known.length > 0 ? Math.max(...known) : null,
    time: times.length > 0 ? Math.max(...times) : null,
  };
}

const secondsSince = (time: number | null) =>
  time === null ? null : Math.max(0, Math.round((Date.now() - time) / 1000));

async function statusOfJobs(folder: string, begun: Begun, paths: readonly string[]): Promise<RunStatus> {
  const checkpoints = readCheckpoints(folder);
  const folders = paths.map((path) => TaskFolder.open(path));
  const submissions = folders.flatMap((tasks) => tasks.submissions());
  const warnings: string[] = [];
  let queue: QueuedElement[] | null = null;
  try {
    queue = await queuedElements(submissions.map(({ jobName }) => jobName));
  } catch (error) {
    warnings.push(`the queue is not known: ${error instanceof Error ? error.message : String(error)}`);
  }
  const tasks = folders.flatMap((tasks) => tasksOfFolder(tasks, queue, checkpoints, begun.steps));
  const again = resumed(begun.command);
  const jobs = [...new Set((queue ?? []).filter((q) => q.alive).map((q) => q.jobId))];
  const allDone = tasks.every((task) => task.state === "done");
  const state = allDone
    ? "gathering"
    : tasks.some((task) => task.state === "running")
      ? "running"
      : jobs.length > 0
        ? "pending"
        : "stopped";
  const waiting = `${again} waits for the jobs and gathers the results; scancel ${jobs.join(" ")} ends them at a checkpoint`;
  const writer = writerOf(folder);
  const next =
    queue === null
      ? "ask again when Slurm answers"
      : writer !== null
        ? `a command waits for the jobs: ${processText(writer)}`
        : jobs.length > 0
          ? waiting
          : allDone
            ? `${again} gathers the results`
            : `${again} submits what is not done once more`;
  const { study, date, command, method } = begun;
  return {
    folder,
    study,
    begun: date,
    command,
    method,
    state,
    executor: "slurm",
    tasks,
    jobs,
    warnings,
    next,
  };
}

function tasksOfFolder(
  folder: TaskFolder,
  queue: readonly QueuedElement[] | null,
  checkpoints: ReadonlyMap<number, CheckpointProgress>,
  steps: number | null,
): TaskStatus[] {
  const { names } = folder.manifest();
  const files = folder.files();
  const states = taskStates(folder, names.length, files, folder.submissions(), queue ?? []);
  const signs = new Map<string, ReturnType<TaskFolder["progress"]>>();
  return states.map((state, index): TaskStatus => {
    const { place } = state;
    const file = place && progressFile(place.submission.number, place.element);
    if (file !== null && files.has(file) && !signs.has(file))
      signs.set(file, folder.progress(place!.submission.number, place!.element));
    const sign = file === null ? undefined : signs.get(file);
    const thousandths = sign?.tasks.find((task) => task.index === index)?.progress ?? 0;
    const done = state.kind === "done";
    const { step, time } = furthest(checkpoints.get(index), thousandths, sign?.time ?? null, steps);
    const queued = state.kind === "queued" ? state.queued : null;
    return {
      name: names[index],
      state: stateName(state, queue !== null),
      step: done ? steps : step,
      steps,
      seen_s: done ? null : secondsSince(time),
      job: queued ? `${queued.jobId}_${queued.element}` : null,
      reason:
        queued !== null
          ? queued.reason || null
          : state.kind === "failed" ||
              state.kind === "interrupted" ||
              (state.kind === "lost" && queue !== null)
            ? reasonOf(state)
            : null,
    };
  });
}

function stateName(state: TaskState, queueKnown: boolean): TaskStatus["state"] {
  switch (state.kind) {
    case "done":
    case "failed":
    case "interrupted":
      return state.kind;
    case "new":
      return "pending";
    case "lost":
      return queueKnown ? "interrupted" : "unknown";
    case "queued":
      if (isHeld(state.queued)) return "held";
      return ["PENDING", "REQUEUED", "CONFIGURING"].includes(state.queued.state) ? "pending" : "running";
    default:
      return state satisfies never;
  }
}

/** The command that a person would type to go on. */
function resumed(command: string): string {
  const words = command.split(" ").filter((word) => word !== "--detach" && word !== "--resume");
  return `${words.join(" ")} --resume`;
}
