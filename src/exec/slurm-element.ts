/**
 * What a job runs: one element of a job array, `node slurm-element.js FOLDER SUBMISSION ELEMENT`. Tasks run in threads,
 * so this thread is free to hear that the job has to end and to say how far the tasks are.
 */
import { hostname } from "node:os";
import { EcitonError, exitCodeOf } from "../core/errors.ts";
import { createExecutor, type Executor } from "./executor.ts";
import { failureFile, resultFile, type Submission, TaskFolder } from "./task-folder.ts";

const PROGRESS_MS = 5000;
/** Looking through the folder costs more than one's own small file, and many elements share the disk. */
const TICKS_PER_LOOK = 6;

class Element {
  readonly #folder: TaskFolder;
  readonly #submission: Submission;
  readonly #number: number;
  readonly #stop = new AbortController();
  readonly #progress = new Map<number, number>();
  #exitCode = 0;

  constructor(folder: TaskFolder, submission: Submission, number: number) {
    this.#folder = folder;
    this.#submission = submission;
    this.#number = number;
  }

  /** @returns exit code */
  async run(): Promise<number> {
    const { elements, cores } = this.#submission;
    const tasks = elements[this.#number].filter((index) => !this.#settled(index));
    if (tasks.length === 0 || this.#replaced()) {
      console.log("nothing to do: these tasks are done, or another job has them");
      return 0;
    }
    const payloads = this.#folder.payloads();
    process.on("SIGTERM", () => {
      console.log(`asked to end at ${new Date().toISOString()}: writing checkpoints`);
      this.#stop.abort();
    });
    this.#writeProgress();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks++;
      if (this.#begunElsewhere() || (ticks % TICKS_PER_LOOK === 0 && this.#replaced())) {
        // Taken for dead, perhaps on a machine that lost its network: two must not write the same files.
        console.log("another job has these tasks now");
        process.exit(0);
      }
      this.#writeProgress();
    }, PROGRESS_MS);
    const executor = createExecutor(Math.min(cores, Math.max(1, tasks.length)));
    try {
      let next = 0;
      const runner = async () => {
        while (next < tasks.length) {
          const index = tasks[next++];
          await this.#runTask(executor, index, payloads[index]);
        }
      };
      await Promise.all(Array.from({ length: executor.workers }, runner));
    } finally {
      clearInterval(timer);
      this.#writeProgress();
      await executor.close();
    }
    return this.#exitCode;
  }

  /** Whether its tasks were submitted again. */
  #replaced(): boolean {
    const { elements, number } = this.#submission;
    const own = new Set(elements[this.#number]);
    return this.#folder
      .submissions(number + 1)
      .some((later) => !later.abandoned && later.elements.some((tasks) => tasks.some((i) => own.has(i))));
  }

  /** Whether the queue began this element anew in another process. */
  #begunElsewhere(): boolean {
    const { host, pid } = this.#folder.progress(this.#submission.number, this.#number);
    return host !== hostname() || pid !== process.pid;
  }

  /** The queue may begin an element anew, and part of its tasks may be done by then. */
  #settled(index: number): boolean {
    const files = this.#folder.files();
    if (files.has(resultFile(index))) return true;
    if (!files.has(failureFile(index))) return false;
    const failure = this.#folder.failure(index);
    return failure.submission === this.#submission.number && !failure.interrupted;
  }

  async #runTask(executor: Executor, index: number, payload: unknown): Promise<void> {
    const { module, name } = this.#submission;
    if (this.#stop.signal.aborted) return this.#interrupted(index, "its job had to end before it began");
    try {
      const [result] = await executor.map<unknown>({ module, name }, [payload], {
        signal: this.#stop.signal,
        onProgress: ([progress]) => this.#progress.set(index, progress),
      });
      // Whoever sees the result sees this too.
      this.#writeProgress();
      if (saysInterrupted(result)) this.#interrupted(index, "stopped at a checkpoint");
      else this.#folder.writeResult(index, result);
    } catch (error) {
      const known = error instanceof EcitonError ? error : null;
      const code = known?.code ?? "io";
      const message = error instanceof Error ? error.message : String(error);
      console.log(`task ${index} failed: ${error instanceof Error ? error.stack : message}`);
      this.#exitCode ||= exitCodeOf(code);
      this.#folder.writeFailure(index, {
        submission: this.#submission.number,
        interrupted: false,
        code,
        message,
        details: known?.details ?? {},
      });
    }
  }

  #interrupted(index: number, message: string): void {
    this.#exitCode = exitCodeOf("cancelled");
    this.#folder.writeFailure(index, {
      submission: this.#submission.number,
      interrupted: true,
      code: "cancelled",
      message,
      details: {},
    });
  }

  #writeProgress(): void {
    const tasks = [...this.#progress].map(([index, progress]) => ({ index, progress }));
    try {
      this.#folder.writeProgress(this.#submission.number, this.#number, {
        host: hostname(),
        pid: process.pid,
        time: Date.now(),
        tasks,
      });
    } catch (error) {
      // Results matter, and a disk that is full for a moment may not be so when they come.
      console.log(`no progress written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function saysInterrupted(result: unknown): boolean {
  return (
    typeof result === "object" &&
    result !== null &&
    (result as { interrupted?: unknown }).interrupted === true
  );
}

const [path, submissionNumber, elementNumber] = process.argv.slice(2);
try {
  const folder = TaskFolder.open(path);
  const submission = folder.submission(Number(submissionNumber));
  if (submission.abandoned)
    console.log(
      "nothing to do: these tasks were submitted again, because this job was not seen in the queue",
    );
  else process.exitCode = await new Element(folder, submission, Number(elementNumber)).run();
} catch (error) {
  console.log(error instanceof Error ? error.stack : String(error));
  process.exitCode = error instanceof EcitonError ? exitCodeOf(error.code) : 70;
}
