/** An executor that turns the tasks of a map into job arrays of Slurm, below one folder on a shared disk. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { EcitonError } from "../core/errors.ts";
import type { Executor, MapOptions, TaskFunction } from "./executor.ts";
import { type QueuedElement, queuedElements, SlurmUnavailable } from "./slurm-commands.ts";
import { type ArrayOptions, ArrayRun } from "./slurm-run.ts";
import { fingerprintOfTasks, TaskFolder } from "./task-folder.ts";
import { lockFolder } from "./task-lock.ts";

export interface SlurmOptions extends ArrayOptions {
  /** Results of a run; the tasks of each map lie in a folder of their own below `<outDir>/slurm`. */
  readonly outDir: string;
  /** Go on with the jobs and results that are there; otherwise they are removed. */
  readonly resume: boolean;
  /** Version of Eciton: results of another one are not used. */
  readonly version: string;
}

/** Folder below the results in which the tasks of maps lie. */
export const SLURM_FOLDER = "slurm";

/** Folders of tasks below the results of a run. */
export function taskFoldersIn(outDir: string): string[] {
  const path = join(outDir, SLURM_FOLDER);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((folder) => existsSync(join(folder, "manifest.json")));
}

/** When the results of all tasks stand elsewhere. */
export function removeTaskFolders(outDir: string): void {
  rmSync(join(outDir, SLURM_FOLDER), { recursive: true, force: true });
}

/**
 * Jobs of an earlier run must not go on writing where another one begins.
 * @throws {EcitonError} "usage" when some are in the queue, or that cannot be known because there is no squeue; "io" when
 *   Slurm does not answer
 */
export async function refuseLiveJobs(outDir: string): Promise<void> {
  const submissions = taskFoldersIn(outDir).flatMap((path) => TaskFolder.open(path).submissions());
  let queue: QueuedElement[];
  try {
    queue = await queuedElements(submissions.map(({ jobName }) => jobName));
  } catch (error) {
    const away = error instanceof SlurmUnavailable;
    throw new EcitonError(
      away ? "io" : "usage",
      `${outDir} holds tasks of Slurm jobs, and it is not known whether those have ended ` +
        `(${error instanceof Error ? error.message : String(error)}); ` +
        (away ? "try again later" : "choose another folder with --out, or ask where the jobs were submitted"),
      { outDir },
      error,
    );
  }
  const alive = [...new Set(queue.filter((element) => element.alive).map(({ jobId }) => jobId))];
  if (alive.length === 0) return;
  throw new EcitonError(
    "usage",
    `jobs of an earlier run into ${outDir} are still in the queue (${alive.join(" ")}): --executor slurm --resume goes on ` +
      `with them, scancel ${alive.join(" ")} ends them at a checkpoint`,
    { outDir, jobs: alive },
  );
}

export function createSlurmExecutor(options: SlurmOptions): Executor {
  return new SlurmExecutor(options);
}

class SlurmExecutor implements Executor {
  readonly workers: number;
  readonly sharesMemory = false;
  readonly #options: SlurmOptions;
  #fresh: boolean;

  constructor(options: SlurmOptions) {
    const { cpus_per_task, max_running } = options.settings;
    this.workers = cpus_per_task * (max_running ?? 1);
    this.#options = { ...options, outDir: resolve(options.outDir) };
    this.#fresh = !options.resume;
  }

  async map<Result>(task: TaskFunction, payloads: readonly unknown[], options: MapOptions = {}) {
    if (payloads.length === 0) return [];
    const { outDir, version } = this.#options;
    if (this.#fresh) {
      await refuseLiveJobs(outDir);
      removeTaskFolders(outDir);
    }
    this.#fresh = false;
    const fingerprint = fingerprintOfTasks(version, task.name, payloads);
    const path = join(outDir, SLURM_FOLDER, `${task.name}-${fingerprint.slice(0, 8)}`);
    const folder = new TaskFolder(path, fingerprint);
    if (folder.begun) folder.manifest();
    else {
      const names = options.names ?? payloads.map((_, index) => `task ${index}`);
      folder.begin({ task: task.name, names, created: new Date().toISOString() }, payloads);
    }
    const lock = lockFolder(path, this.#options.settings.poll_s);
    try {
      return await new ArrayRun<Result>(folder, task, payloads.length, this.#options, lock, options).run();
    } finally {
      lock.release();
    }
  }

  async close(): Promise<void> {}
}
