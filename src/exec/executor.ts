/**
 * Whoever has many independent tasks is handed an Executor: the same tasks run in this thread (tests, one
 * worker) or on piscina's threads, with the same results, because a task sees only its payload.
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Piscina } from "piscina";
import { EcitonError } from "../core/errors.ts";

/** Names an exported function `(payload, context) => result` of a module. */
export interface TaskFunction {
  /** `import.meta.url` of the module. */
  readonly module: string;
  readonly name: string;
}

/** What a task is given beside its payload. */
export interface TaskContext {
  /** Shared Int32Array(1): non-zero asks the task to write a checkpoint and return early. */
  readonly cancel: Int32Array;
  /** Shared Int32Array(number of tasks): a task counts its own progress in its slot with Atomics.store. */
  readonly progress: Int32Array;
  readonly index: number;
}

export interface MapOptions {
  readonly signal?: AbortSignal;
  /** What people know the tasks by; default: their numbers. */
  readonly names?: readonly string[];
  /** Called in order of completion, in the calling thread. */
  readonly onResult?: (index: number, result: unknown) => void;
  /** Called about four times a second with the tasks' own progress counters. */
  readonly onProgress?: (progress: Int32Array) => void;
}

export interface Executor {
  readonly workers: number;
  /**
   * Whether tasks run in this process, so that a payload may hold memory that they share. Where they do not, payloads
   * are plain data, and a task may be stopped and begun again: its payload asks to go on from a checkpoint if there is
   * one, and a result that is not final says so by `interrupted: true`.
   */
  readonly sharesMemory: boolean;
  /** Results in the order of the payloads, whatever the order of completion. */
  map<Result>(task: TaskFunction, payloads: readonly unknown[], options?: MapOptions): Promise<Result[]>;
  close(): Promise<void>;
}

const POLL_MS = 250;

/** @param workers number of threads; 0 runs in the calling thread; undefined takes every core */
export function createExecutor(workers: number = availableParallelism()): Executor {
  return workers === 0 ? new InlineExecutor() : new ThreadExecutor(workers);
}

/** @throws {EcitonError} "io" when the module exports no such function */
export async function loadTask(
  task: TaskFunction,
): Promise<(payload: unknown, context: TaskContext) => unknown> {
  const loaded = (await import(task.module)) as Record<string, unknown>;
  const found = loaded[task.name];
  if (typeof found !== "function")
    throw new EcitonError("io", `the module ${task.module} exports no function ${task.name}`);
  return found as (payload: unknown, context: TaskContext) => unknown;
}

class InlineExecutor implements Executor {
  readonly workers = 0;
  readonly sharesMemory = true;

  async map<Result>(task: TaskFunction, payloads: readonly unknown[], options: MapOptions = {}) {
    const run = await loadTask(task);
    const { cancel, progress, stop } = sharedFlags(payloads.length, options);
    const results: Result[] = [];
    try {
      for (let index = 0; index < payloads.length; index++) {
        // Lets a pending SIGINT handler run between tasks.
        await new Promise((resolve) => setImmediate(resolve));
        const result = (await run(payloads[index], { cancel, progress, index })) as Result;
        results.push(result);
        options.onResult?.(index, result);
      }
    } finally {
      stop();
    }
    return results;
  }

  async close(): Promise<void> {}
}

class ThreadExecutor implements Executor {
  readonly workers: number;
  readonly sharesMemory = true;
  readonly #pool: Piscina;

  constructor(workers: number) {
    this.workers = workers;
    const fromSource = import.meta.url.endsWith(".ts");
    this.#pool = new Piscina({
      filename: new URL(fromSource ? "./worker.ts" : "./worker.js", import.meta.url).href,
      minThreads: Math.min(1, workers),
      maxThreads: workers,
      idleTimeout: 2_000,
      // Running from sources (tests, benchmarks) the workers need the TypeScript loader too.
      execArgv: fromSource ? ["--import", typescriptLoader()] : [],
    });
  }

  async map<Result>(task: TaskFunction, payloads: readonly unknown[], options: MapOptions = {}) {
    const { cancel, progress, stop } = sharedFlags(payloads.length, options);
    const results = new Array<Result>(payloads.length);
    let next = 0;
    let failure: { error: unknown } | undefined;
    // One runner a thread: after a failure no further task is begun, and those that run are asked to return.
    const runner = async () => {
      while (next < payloads.length && !failure) {
        const index = next++;
        try {
          const name = options.names?.[index] ?? `task ${index}`;
          results[index] = await this.#run<Result>(task, payloads[index], { cancel, progress, index }, name);
          options.onResult?.(index, results[index]);
        } catch (error) {
          failure ??= { error };
          Atomics.store(cancel, 0, 1);
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: this.workers }, runner));
    } finally {
      stop();
    }
    if (failure) throw failure.error;
    return results;
  }

  async #run<Result>(
    task: TaskFunction,
    payload: unknown,
    context: TaskContext,
    name: string,
  ): Promise<Result> {
    let answer: TaskFailure | TaskSuccess;
    try {
      answer = await this.#pool.run({ task, payload, context });
    } catch (error) {
      // The task itself reports its errors, so this is the thread: it exited, ran out of memory, or could not be
      // handed the payload.
      const reason = error instanceof Error ? error.message : String(error);
      throw new EcitonError(
        "io",
        `${name} (${task.name}) was lost with its thread: ${reason}`,
        { task: task.name, index: context.index },
        error,
      );
    }
    if (answer.failed) throw new EcitonError(answer.code, answer.message, answer.details, answer.stack);
    return answer.result as Result;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/**
 * What `node --import` needs to run sources. tsx registers itself in the main thread only when it is merely imported,
 * so a thread has to ask for it.
 */
export function typescriptLoader(): string {
  const manifest = pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json"));
  const api = new URL("./dist/esm/api/index.mjs", manifest).href;
  return `data:text/javascript,import { register } from ${JSON.stringify(api)}; register();`;
}

/** An error loses its class on the way out of a thread, so the worker sends the parts of one. */
export interface TaskFailure {
  readonly failed: true;
  readonly code: EcitonError["code"];
  readonly message: string;
  readonly details: EcitonError["details"];
  readonly stack: string | undefined;
}

export interface TaskSuccess {
  readonly failed: false;
  readonly result: unknown;
}

function sharedFlags(tasks: number, options: MapOptions) {
  const cancel = new Int32Array(new SharedArrayBuffer(4));
  const progress = new Int32Array(new SharedArrayBuffer(4 * Math.max(1, tasks)));
  const abort = () => Atomics.store(cancel, 0, 1);
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener("abort", abort);
  const timer = options.onProgress ? setInterval(() => options.onProgress?.(progress), POLL_MS) : undefined;
  const stop = () => {
    clearInterval(timer);
    options.signal?.removeEventListener("abort", abort);
    options.onProgress?.(progress);
  };
  return { cancel, progress, stop };
}
