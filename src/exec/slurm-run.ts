/** One map on Slurm: hands over what is not done, looks at queue and files until everything is, and gathers. */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { EcitonError, type ErrorCode } from "../core/errors.ts";
import type { MapOptions, TaskFunction } from "./executor.ts";
import type { ProcessLock } from "./process-lock.ts";
import {
  cancelJobs,
  isHeld,
  largestArray,
  type QueuedElement,
  queuedElements,
  SlurmUnavailable,
  submitJob,
} from "./slurm-commands.ts";
import { tasksGivenUp, waitingEnded } from "./slurm-endings.ts";
import { jobArguments, type SlurmSettings } from "./slurm-job.ts";
import { progressFile, resultFile, type Submission, type TaskFolder } from "./task-folder.ts";
import { endedInOrder, type Place, reasonOf, type TaskState, taskStates } from "./task-states.ts";

export interface ArrayOptions {
  readonly settings: SlurmSettings;
  /** Do not wait for jobs: `map` ends with a "cancelled" error whose details have `detached: true`. */
  readonly detach: boolean;
  readonly say: (line: string) => void;
}

/** Pauses between attempts while Slurm does not answer grow up to this. */
const LONGEST_PAUSE_S = 120;
/** A job that ended well wrote its results; on a disk shared by network they may take so long to be seen. */
const FILE_DELAY_S = 60;
/** The queue may take so long to begin anew what a node or a more important job ended. */
const REQUEUE_DELAY_S = 10;

export class ArrayRun<Result> {
  readonly #folder: TaskFolder;
  readonly #task: TaskFunction;
  readonly #run: ArrayOptions;
  readonly #lock: ProcessLock;
  readonly #map: MapOptions;
  readonly #results: Result[];
  readonly #gathered: Uint8Array;
  readonly #progress: Int32Array;
  /** Progress of each task when it was handed over last. */
  readonly #before: Int32Array;
  /** How often this process handed a task over again after a failure. */
  readonly #attempts: Int32Array;
  readonly #missingSince = new Map<number, number>();
  readonly #givenUp = new Map<number, string>();
  readonly #heldJobs = new Set<number>();
  readonly #settledElements = new Set<string>();
  /** Submissions of earlier processes. */
  readonly #inherited: number;
  #submissions: Submission[];
  #saidFull = false;

  constructor(
    folder: TaskFolder,
    task: TaskFunction,
    tasks: number,
    run: ArrayOptions,
    lock: ProcessLock,
    map: MapOptions,
  ) {
    this.#folder = folder;
    this.#task = task;
    this.#run = run;
    this.#lock = lock;
    this.#map = map;
    this.#results = new Array<Result>(tasks);
    this.#gathered = new Uint8Array(tasks);
    this.#progress = new Int32Array(tasks);
    this.#before = new Int32Array(tasks);
    this.#attempts = new Int32Array(tasks);
    this.#submissions = folder.submissions();
    this.#inherited = this.#submissions.length;
  }

  /**
   * @throws {EcitonError} that of a task with a wrong input; "partial" when tasks failed too often; "cancelled" when the
   *   signal or `detach` ended the waiting, the jobs left in the queue
   */
  async run(): Promise<Result[]> {
    for (;;) {
      const states = await this.#look();
      if (states.every(({ kind }) => kind === "done")) return this.#results;
      await this.#failOnWrongInput(states);
      const settled = await this.#submitAgain(states);
      if (settled) {
        if (this.#run.detach) throw this.#leave(states, true);
        if (this.#givenUp.size > 0 && !states.some(({ kind }) => kind === "queued")) throw this.#partial();
      }
      if (this.#map.signal?.aborted) throw this.#leave(states, false);
      await this.#pause(this.#run.settings.poll_s);
    }
  }

  async #look(): Promise<TaskState[]> {
    const queue = await this.#queue();
    this.#lock.renew();
    const files = this.#folder.files();
    this.#adopt(queue);
    for (let index = 0; index < this.#results.length; index++) {
      if (this.#gathered[index] || !files.has(resultFile(index))) continue;
      const result = this.#folder.result(index) as Result;
      this.#gathered[index] = 1;
      this.#results[index] = result;
      this.#map.onResult?.(index, result);
    }
    const states = taskStates(this.#folder, this.#results.length, files, this.#submissions, queue);
    this.#readProgress(states, files);
    this.#map.onProgress?.(this.#progress);
    this.#sayHeld(states);
    return states;
  }

  /** The queue, however long it takes to get an answer. */
  async #queue(): Promise<QueuedElement[]> {
    let wait = this.#run.settings.poll_s;
    for (let failures = 0; ; failures++) {
      try {
        const names = this.#submissions.filter((s) => !s.abandoned).map((s) => s.jobName);
        const queue = await queuedElements(names);
        if (failures > 0) this.#run.say("Slurm answers again");
        return queue;
      } catch (error) {
        if (!(error instanceof SlurmUnavailable)) throw error;
        if (failures === 0) this.#run.say(`Slurm does not answer, trying again (${error.message})`);
        if (this.#map.signal?.aborted) throw this.#leave([], false);
        await this.#pause(wait);
        this.#lock.renew();
        wait = Math.min(2 * wait, Math.max(LONGEST_PAUSE_S, this.#run.settings.poll_s));
      }
    }
  }

  async #pause(seconds: number): Promise<void> {
    await pause(1000 * seconds, undefined, { signal: this.#map.signal }).catch(() => {});
  }

  /** Numbers of jobs that were never written down: the process died, or Slurm did not answer, just then. */
  #adopt(queue: readonly QueuedElement[]): void {
    this.#submissions = this.#submissions.map((submission) => {
      if (submission.jobId !== null || submission.abandoned) return submission;
      const found = queue.find(({ jobName }) => jobName === submission.jobName);
      const known = found ? { ...submission, jobId: found.jobId } : { ...submission, abandoned: true };
      this.#folder.writeSubmission(known);
      return known;
    });
  }

  #readProgress(states: readonly TaskState[], files: ReadonlySet<string>): void {
    const elements = new Map<string, { readonly place: Place; readonly queued: boolean }>();
    for (const { kind, place } of states) {
      if (place === null) continue;
      const file = progressFile(place.submission.number, place.element);
      if (this.#settledElements.has(file) || !files.has(file)) continue;
      elements.set(file, { place, queued: kind === "queued" || elements.get(file)?.queued === true });
    }
    for (const [file, { place, queued }] of elements) {
      // It has said its last.
      if (!queued) this.#settledElements.add(file);
      for (const { index, progress } of this.#folder.progress(place.submission.number, place.element).tasks)
        if (index < this.#progress.length) this.#progress[index] = Math.max(this.#progress[index], progress);
    }
  }

  #sayHeld(states: readonly TaskState[]): void {
    for (const state of states) {
      if (state.kind !== "queued" || !isHeld(state.queued) || this.#heldJobs.has(state.queued.jobId))
        continue;
      this.#heldJobs.add(state.queued.jobId);
      this.#run.say(
        `job ${state.queued.jobId} is held (${state.queued.reason || state.queued.state}): scontrol release ${state.queued.jobId} lets it go on`,
      );
    }
  }

  /** As with threads: an error that another attempt would meet again ends the map, and no task goes on after it. */
  async #failOnWrongInput(states: readonly TaskState[]): Promise<void> {
    const index = states.findIndex((state) => state.kind === "failed" && !mayPass(state.failure.code));
    const failed = states[index];
    if (failed?.kind !== "failed") return;
    const alive = [...new Set(states.flatMap((s) => (s.kind === "queued" ? [s.queued.jobId] : [])))];
    if (alive.length > 0) {
      this.#run.say(`${this.#nameOf(index)} failed: ending the other jobs (${alive.join(" ")})`);
      await this.#end(alive);
    }
    this.#folder.setFailureAside(index);
    const { code, message, details } = failed.failure;
    throw new EcitonError(code, message, details);
  }

  /** Jobs write their checkpoints and are gone after some time, which Slurm limits. */
  async #end(jobIds: readonly number[]): Promise<void> {
    const deadline = Date.now() + 1000 * LONGEST_PAUSE_S;
    for (let asked = false; Date.now() < deadline && !this.#map.signal?.aborted; ) {
      try {
        if (!asked) await cancelJobs(jobIds);
        asked = true;
      } catch (error) {
        if (!(error instanceof SlurmUnavailable)) throw error;
      }
      if (!(await this.#queue()).some(({ alive }) => alive)) return;
      await this.#pause(this.#run.settings.poll_s);
    }
  }

  /** @returns whether every task that is not done is now in the queue or given up */
  async #submitAgain(states: readonly TaskState[]): Promise<boolean> {
    const reasons = new Map<number, string>();
    let settled = true;
    for (const [index, state] of states.entries()) {
      if (state.kind === "done" || state.kind === "queued" || this.#givenUp.has(index)) continue;
      if (state.kind !== "new" && this.#mayStillCome(index, state)) settled = false;
      else if (state.kind === "new") reasons.set(index, "");
      else if (this.#mayTryAgain(index, state)) reasons.set(index, reasonOf(state));
    }
    this.#sayAgain(reasons);
    const indices = [...reasons.keys()];
    const perJob = this.#run.settings.tasks_per_job ?? this.#run.settings.cpus_per_task;
    const elements: number[][] = [];
    for (let i = 0; i < indices.length; i += perJob) elements.push(indices.slice(i, i + perJob));
    if (elements.length === 0) return settled;
    const largest = await largestArray().catch((error: unknown) => {
      if (error instanceof SlurmUnavailable) return null;
      throw error;
    });
    if (largest === null) return false;
    for (let i = 0; i < elements.length; i += largest) {
      const others = i > 0 || states.some(({ kind }) => kind === "queued");
      if (!(await this.#submit(elements.slice(i, i + largest), reasons, others))) return false;
    }
    return settled;
  }

  /** Whether to wait before the end of an element is believed. */
  #mayStillCome(index: number, state: TaskState & { kind: "failed" | "lost" | "interrupted" }): boolean {
    if (state.kind === "failed") return false;
    const since = this.#missingSince.get(index) ?? Date.now();
    this.#missingSince.set(index, since);
    return (Date.now() - since) / 1000 < this.#patience(state);
  }

  /** Seconds. */
  #patience({ kind, queued }: TaskState & { kind: "lost" | "interrupted" }): number {
    // Looked for twice.
    if (queued === null) return this.#run.settings.poll_s / 2;
    if (queued.state === "COMPLETED" && kind === "lost") return FILE_DELAY_S;
    return queued.requeued ? REQUEUE_DELAY_S : 0;
  }

  #mayTryAgain(index: number, state: TaskState & { kind: "failed" | "lost" | "interrupted" }): boolean {
    // Whoever starts the waiting anew asks for another attempt; a cluster's ordinary interruptions are none.
    const inOrder = endedInOrder(state) && this.#progress[index] > this.#before[index];
    if (inOrder || state.place.submission.number < this.#inherited) return true;
    if (this.#attempts[index] < this.#run.settings.resubmits) {
      this.#attempts[index]++;
      return true;
    }
    this.#givenUp.set(index, reasonOf(state));
    this.#run.say(
      `${this.#nameOf(index)}: ${reasonOf(state)}; given up after ${this.#attempts[index]} new attempts`,
    );
    return false;
  }

  #sayAgain(reasons: ReadonlyMap<number, string>): void {
    const byReason = new Map<string, number[]>();
    for (const [index, reason] of reasons) byReason.set(reason, [...(byReason.get(reason) ?? []), index]);
    for (const [reason, indices] of byReason) {
      if (reason === "") continue;
      const who = indices.length === 1 ? this.#nameOf(indices[0]) : `${indices.length} tasks`;
      this.#run.say(`${who}: ${reason}; submitting again`);
    }
  }

  /** @returns false when it has to be tried again later */
  async #submit(
    elements: readonly number[][],
    reasons: ReadonlyMap<number, string>,
    others: boolean,
  ): Promise<boolean> {
    const number = this.#submissions.length;
    const submission: Submission = {
      number,
      jobName: `eciton-${randomBytes(6).toString("hex")}`,
      module: this.#task.module,
      name: this.#task.name,
      elements,
      reasons: Object.fromEntries(elements.flat().map((index) => [index, reasons.get(index)!])),
      cores: this.#run.settings.cpus_per_task,
      submitted: new Date().toISOString(),
      jobId: null,
      abandoned: false,
    };
    const args = jobArguments(this.#run.settings, this.#folder, submission);
    // The name is on the disk before Slurm hears it: whatever happens in between, the job can be found.
    this.#folder.writeSubmission(submission);
    this.#submissions.push(submission);
    for (const index of elements.flat()) {
      this.#before[index] = this.#progress[index];
      this.#missingSince.delete(index);
    }
    try {
      const jobId = await submitJob(args);
      this.#submissions[number] = { ...submission, jobId };
      this.#folder.writeSubmission(this.#submissions[number]);
      const tasks = elements.flat().length;
      this.#run.say(
        `submitted job ${jobId}: ${tasks} ${tasks === 1 ? "task" : "tasks"} in ${elements.length === 1 ? "one element" : `${elements.length} elements`}`,
      );
      return true;
    } catch (error) {
      // Without an answer the next look at the queue tells whether the job is there.
      if (error instanceof SlurmUnavailable) return false;
      this.#submissions[number] = { ...submission, abandoned: true };
      this.#folder.writeSubmission(this.#submissions[number]);
      if (!others || !(error instanceof EcitonError) || !/limit|polic/i.test(error.message)) throw error;
      if (!this.#saidFull) this.#run.say(`${error.message}: trying again as other jobs end`);
      this.#saidFull = true;
      return false;
    }
  }

  #nameOf(index: number): string {
    return this.#map.names?.[index] ?? `task ${index}`;
  }

  #leave(states: readonly TaskState[], detached: boolean): EcitonError {
    return waitingEnded(this.#folder, {
      detached,
      jobs: [...new Set(this.#submissions.flatMap(({ jobId }) => jobId ?? []))],
      tasks: this.#gathered.length,
      done: this.#gathered.reduce((a, b) => a + b, 0),
      queued: states.filter(({ kind }) => kind === "queued").length,
    });
  }

  #partial(): EcitonError {
    const failed = [...this.#givenUp].map(([index, reason]) => {
      const last = this.#submissions.findLast((s) => s.elements.some((tasks) => tasks.includes(index)))!;
      const element = last.elements.findIndex((tasks) => tasks.includes(index));
      return { index, name: this.#nameOf(index), reason, log: this.#folder.logFile(last.number, element) };
    });
    return tasksGivenUp(this.#folder, failed, this.#gathered.length);
  }
}

/** With these codes the cause may be the machine, not the input. */
function mayPass(code: ErrorCode): boolean {
  return code === "io" || code === "cancelled" || code === "partial";
}
