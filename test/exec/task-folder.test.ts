import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { cloneFromBytes, cloneToBytes } from "../../src/exec/clone-file.ts";
import type { QueuedElement } from "../../src/exec/slurm-commands.ts";
import { fingerprintOfTasks, type Submission, TaskFolder } from "../../src/exec/task-folder.ts";
import { lockFolder } from "../../src/exec/task-lock.ts";
import { taskStates } from "../../src/exec/task-states.ts";
import { failureOf } from "../failure.ts";

const root = mkdtempSync(join(tmpdir(), "eciton-tasks-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = (fingerprint = "f") => new TaskFolder(join(root, String(folders++)), fingerprint);

const submission = (number: number, elements: number[][], changes: Partial<Submission> = {}): Submission => ({
  number,
  jobName: `job-${number}`,
  module: "file:///task.js",
  name: "task",
  elements,
  reasons: {},
  cores: 1,
  submitted: "2024-03-11",
  jobId: 10 + number,
  abandoned: false,
  ...changes,
});

describe("clones as bytes", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withTypedArray: true,
          withMap: true,
          withSet: true,
          withBigInt: true,
          withSparseArray: false,
          withNullPrototype: false,
        }),
        (value) => {
          expect(cloneFromBytes(cloneToBytes(value))).toEqual(structuredClone(value));
        },
      ),
    );
  });

  it("keep what several places share, and give every array memory of its own", () => {
    const part = { numbers: Float64Array.of(1, Number.NaN, -0), bytes: Uint8Array.of(1, 2, 3) };
    const [a, b] = cloneFromBytes(cloneToBytes([part, part])) as (typeof part)[];
    expect(a).toBe(b);
    expect(a.numbers.buffer.byteLength).toBe(24);
    expect(new Uint8Array(a.bytes.buffer)).toEqual(part.bytes);
    const shared = new Int32Array(new SharedArrayBuffer(8)).fill(5);
    expect(cloneFromBytes(cloneToBytes(shared))).toEqual(Int32Array.of(5, 5));
  });

  it("refuse what only threads can share", () => {
    expect(() => cloneToBytes(() => 1)).toThrow();
    expect(() => cloneToBytes(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }))).toThrow();
    const error = failureOf(() => newFolder().begin({ task: "t", names: [], created: "" }, [() => 1]));
    expect(error.code).toBe("io");
  });
});

describe("fingerprintOfTasks", () => {
  const model = { terms: [1, 2.5], table: Float64Array.of(1, 2) };
  const payloads = (changes: object = {}) => [
    { model, seed: 1 },
    { model, seed: 2, ...changes },
  ];
  const base = fingerprintOfTasks("1", "task", payloads());

  it("is the same for the same payloads, shared or copied", () => {
    expect(fingerprintOfTasks("1", "task", structuredClone(payloads()))).toBe(base);
    expect(
      fingerprintOfTasks(
        "1",
        "task",
        payloads().map((p) => structuredClone(p)),
      ),
    ).toBe(base);
  });

  it.each([
    ["version", () => fingerprintOfTasks("2", "task", payloads())],
    ["task", () => fingerprintOfTasks("1", "other", payloads())],
    ["number of payloads", () => fingerprintOfTasks("1", "task", [...payloads(), {}])],
    ["order", () => fingerprintOfTasks("1", "task", payloads().reverse())],
    ["seed", () => fingerprintOfTasks("1", "task", payloads({ seed: 3 }))],
    [
      "array",
      () => fingerprintOfTasks("1", "task", payloads({ model: { ...model, table: Float64Array.of(1, 3) } })),
    ],
    ["NaN for null", () => fingerprintOfTasks("1", "task", payloads({ seed: Number.NaN }))],
  ])("changes with the %s", (_, other) => {
    expect(other()).not.toBe(base);
  });
});

describe("TaskFolder", () => {
  it("gives back what was written, to others too", () => {
    const folder = newFolder("abc");
    expect(folder.begun).toBe(false);
    folder.begin({ task: "t", names: ["a", "b"], created: "now" }, [{ x: 1 }, Float64Array.of(2)]);
    folder.writeResult(1, { value: Number.NaN });
    folder.writeSubmission(submission(0, [[0], [1]]));
    const again = TaskFolder.open(folder.path);
    expect(again.fingerprint).toBe("abc");
    expect(again.begun).toBe(true);
    expect(again.manifest()).toMatchObject({ task: "t", names: ["a", "b"] });
    expect(again.payloads()).toEqual([{ x: 1 }, Float64Array.of(2)]);
    expect(again.result(1)).toEqual({ value: Number.NaN });
    expect(again.submissions()).toMatchObject([submission(0, [[0], [1]])]);
  });

  it("refuses files of other tasks, other runs and halves of files, and says what to do", () => {
    const folder = newFolder("abc");
    folder.begin({ task: "t", names: ["a"], created: "now" }, [1]);
    folder.writeResult(0, 1);
    const file = join(folder.path, "result-00000.bin");
    const stranger = new TaskFolder(folder.path, "def");
    expect(failureOf(() => stranger.result(0)).message).toContain("of another run");
    expect(failureOf(() => stranger.manifest()).code).toBe("data");
    writeFileSync(join(folder.path, "result-00001.bin"), readFileSync(file));
    expect(failureOf(() => folder.result(1)).message).toContain("it is of task 0");
    for (const content of [readFileSync(file).subarray(0, 20), "", "text", cloneToBytes(null)]) {
      writeFileSync(file, content);
      const error = failureOf(() => folder.result(0));
      expect(error.code).toBe("data");
      expect(error.message).toContain("delete the file");
    }
    writeFileSync(
      join(folder.path, "failure-00000.json"),
      '{"format":"eciton-tasks-1","fingerprint":"abc","code":"odd"}',
    );
    expect(failureOf(() => folder.failure(0)).message).toContain("odd");
  });
});

describe("taskStates", () => {
  const element = (number: number, index: number, state: string): QueuedElement => ({
    jobId: 10 + number,
    jobName: `job-${number}`,
    element: index,
    state,
    reason: "",
    alive: ["RUNNING", "PENDING"].includes(state),
    requeued: false,
  });
  const failure = { interrupted: false, code: "io" as const, message: "m", details: {} };

  it("looks at the last attempt of each task, and at the files before the queue", () => {
    const folder = newFolder();
    folder.begin({ task: "t", names: [], created: "" }, [0, 1, 2, 3, 4, 5]);
    const submissions = [
      submission(0, [[0, 1], [2], [3], [4]]),
      submission(1, [[2], [3]]),
      submission(2, [[4]], { abandoned: true }),
    ];
    folder.writeResult(0, "done");
    folder.writeFailure(1, { submission: 0, ...failure });
    folder.writeFailure(2, { submission: 0, ...failure });
    folder.writeFailure(3, { submission: 1, ...failure, interrupted: true });
    const queue = [
      element(0, 0, "COMPLETED"),
      element(0, 1, "RUNNING"),
      element(1, 0, "FAILED"),
      element(1, 1, "CANCELLED"),
      element(0, 3, "PENDING"),
    ];
    const states = taskStates(folder, 6, folder.files(), submissions, queue);
    expect(states.map(({ kind }) => kind)).toEqual([
      "done",
      "failed",
      "lost",
      "interrupted",
      "queued",
      "new",
    ]);
  });

  it("believes that a job goes on if any of its records says so", () => {
    const folder = newFolder();
    folder.begin({ task: "t", names: [], created: "" }, [0]);
    for (const queue of [
      [element(0, 0, "NODE_FAIL"), element(0, 0, "PENDING")],
      [element(0, 0, "PENDING"), element(0, 0, "NODE_FAIL")],
    ])
      expect(taskStates(folder, 1, folder.files(), [submission(0, [[0]])], queue)[0].kind).toBe("queued");
  });
});

describe("lockFolder", () => {
  it("keeps a second process out until it is released, and passes over one that died", () => {
    const folder = newFolder();
    folder.begin({ task: "t", names: [], created: "" }, []);
    const lock = lockFolder(folder.path, 1);
    expect(failureOf(() => lockFolder(folder.path, 1)).message).toContain(String(process.pid));
    lock.renew();
    lock.release();
    const other = lockFolder(folder.path, 1);
    other.release();
    // Linux gives no process a number above 2^22.
    writeFileSync(join(folder.path, "waiting.json"), JSON.stringify({ host: hostname(), pid: 2 ** 30 }));
    lockFolder(folder.path, 1).release();
    writeFileSync(join(folder.path, "waiting.json"), JSON.stringify({ host: "elsewhere", pid: 1 }));
    expect(failureOf(() => lockFolder(folder.path, 1)).message).toContain("elsewhere");
  });
});
