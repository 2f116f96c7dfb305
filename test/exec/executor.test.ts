import { afterAll, describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import * as tasks from "./tasks.ts";

const task = (name: keyof typeof tasks) => ({ module: tasks.module, name });

async function failureOf(promise: Promise<unknown>): Promise<EcitonError> {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(EcitonError);
  return error as EcitonError;
}

describe.each([0, 1, 2])("an executor with %i workers", (workers) => {
  const executor = createExecutor(workers);
  afterAll(() => executor.close());

  it("says how many workers it has", () => {
    expect(executor.workers).toBe(workers);
  });

  it("gives results in the order of the payloads, and reports each once", async () => {
    const payloads = [1, 2, 3, 4, 5, 6].map((x) => ({ x, of: 6 }));
    const seen: [number, unknown][] = [];
    const results = await executor.map<number>(task("squareSlowly"), payloads, {
      onResult: (index, result) => seen.push([index, result]),
    });
    expect(results).toEqual([1, 4, 9, 16, 25, 36]);
    expect(seen.sort((a, b) => a[0] - b[0])).toEqual(results.map((result, index) => [index, result]));
  });

  it("carries typed arrays, shared memory and nothing at all", async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4));
    const [array, memory] = await executor.map<Float64Array | Int32Array>(task("echo"), [
      Float64Array.of(1, Number.NaN),
      shared,
    ]);
    expect(array).toEqual(Float64Array.of(1, Number.NaN));
    Atomics.store(memory as Int32Array, 0, 7);
    expect(shared[0]).toBe(7);
    expect(await executor.map(task("echo"), [])).toEqual([]);
  });

  it("keeps class, code, message and details of an error", async () => {
    const payloads = [1, 2, 3].map((x) => ({ x, bad: 2 }));
    const error = await failureOf(executor.map(task("failOn"), payloads));
    expect(error.code).toBe("not-converged");
    expect(error.message).toBe("no end at 2");
    expect(error.details).toEqual({ x: 2, list: [1, 2] });
    // The executor goes on working.
    expect(await executor.map(task("echo"), [1])).toEqual([1]);
  });

  it("keeps the message of any other error", async () => {
    const promise = executor.map(task("failOn"), [{ x: 1, bad: 1, plain: true }]);
    await expect(promise).rejects.toThrow("plain");
  });

  it("refuses a name that is no exported function", async () => {
    for (const name of ["notAFunction", "absent"]) {
      const error = await failureOf(executor.map({ module: tasks.module, name }, [1]));
      expect(error.message).toContain(name);
    }
  });

  it("raises the cancellation flag for every task when the signal is aborted", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 60);
    const results = await executor.map(task("untilCancelled"), [2000, 2000, 2000], {
      signal: controller.signal,
    });
    expect(results).toEqual(["stopped", "stopped", "stopped"]);
  });

  it("raises it too when the signal was aborted before", async () => {
    const results = await executor.map(task("untilCancelled"), [2000], { signal: AbortSignal.abort() });
    expect(results).toEqual(["stopped"]);
  });

  it("passes on the progress that tasks count, at last the final one", async () => {
    let calls = 0;
    let last: number[] = [];
    await executor.map(task("untilCancelled"), [60, 30], {
      onProgress: (progress) => {
        calls++;
        last = Array.from(progress);
      },
    });
    // 90 pauses of 5 ms on at most two threads are 0.3 s, so one regular report and the final one.
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(last).toEqual([60, 30]);
  });

  it("begins no further task after a failure, and returns only when none runs", async () => {
    const marks = new Int32Array(new SharedArrayBuffer(8));
    const error = await failureOf(executor.map(task("failFirst"), Array(6).fill(marks)));
    expect(error.message).toBe("first");
    const [begun, ended] = marks;
    // One task a thread at most, and the one that failed does not count as ended.
    expect(begun).toBeLessThanOrEqual(Math.max(1, workers) + 1);
    expect(ended).toBe(begun - 1);
  });

  it("lets an error of the caller's own callback through", async () => {
    const promise = executor.map(task("echo"), [1, 2], {
      onResult: () => {
        throw new EcitonError("io", "callback");
      },
    });
    expect((await failureOf(promise)).message).toBe("callback");
  });
});

describe("an executor with threads", () => {
  const executor = createExecutor(2);
  afterAll(() => executor.close());

  it("reports a thread that died as a clean error, and goes on with a new one", async () => {
    const payloads = [1, 2, 3, 4].map((x) => ({ x, bad: 2 }));
    const error = await failureOf(executor.map(task("exitOn"), payloads));
    expect(error.code).toBe("io");
    expect(error.message).toContain("exitOn");
    expect(error.message).toMatch(/exit/);
    expect(await executor.map(task("echo"), [1, 2, 3])).toEqual([1, 2, 3]);
  });

  it("reports payloads and results that cannot cross threads", async () => {
    expect((await failureOf(executor.map(task("echo"), [() => 1]))).code).toBe("io");
    expect((await failureOf(executor.map(task("notCloneable"), [1]))).code).toBe("io");
    expect(await executor.map(task("echo"), [1])).toEqual([1]);
  });

  it("takes every core by default", async () => {
    const all = createExecutor();
    expect(all.workers).toBeGreaterThanOrEqual(1);
    await all.close();
  });
});
