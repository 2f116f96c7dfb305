/**
 * Job arrays on a real Slurm, by the built executor. Every chain is compared with the same chain on threads, and its own
 * record tells how often it was begun and from which step.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { chain, createBuilt, failureOf, module, newCase, onThreads, settings } from "./case.ts";
import { bringUp, node, slurm, until } from "./cluster.ts";

function isAlive(pid: number): boolean {
  try {
    // A zombie can still be sent signals.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const jobState = (jobId: number, element: number) =>
  slurm(
    "squeue",
    "--noheader",
    "--array",
    "--states=all",
    `--jobs=${jobId}_${element}`,
    "--format=%T",
  ).trim();

export function jobArrays(): void {
  it("give what threads give, in the order of the payloads, each reported once", async () => {
    const { map, payloads, said, submissions } = newCase();
    const tasks = payloads(7, 40, 2);
    const seen: number[] = [];
    let progress: number[] = [];
    const changes = { settings: { ...settings, cpus_per_task: 2, tasks_per_job: 3, max_running: 2 } };
    const results = await map(tasks, changes, {
      onResult: (index) => seen.push(index),
      onProgress: (now) => {
        progress = Array.from(now);
      },
    });
    expect(results).toEqual(await onThreads(tasks));
    expect(results.every(({ inThread }) => inThread)).toBe(true);
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(progress).toEqual(Array(7).fill(1000));
    expect(submissions().map(({ elements }) => elements)).toEqual([[[0, 1, 2], [3, 4, 5], [6]]]);
    expect(said).toEqual([expect.stringMatching(/^submitted job \d+: 7 tasks in 3 elements$/)]);
  });

  it("are several where the cluster limits the size of one", async () => {
    const { map, payloads, submissions } = newCase();
    const tasks = payloads(8, 3, 0);
    expect(await map(tasks)).toEqual(await onThreads(tasks));
    // MaxArraySize is 6 here.
    expect(slurm("scontrol", "show", "config")).toMatch(/MaxArraySize *= 6\n/);
    expect(submissions().map(({ elements }) => elements.flat())).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7],
    ]);
  });

  it("do nothing at all for no tasks", async () => {
    const { map, outDir } = newCase();
    expect(await map([])).toEqual([]);
    expect(readdirSync(outDir)).toEqual([]);
  });

  it("raise the error of a wrong input as threads do, and end the other jobs at a checkpoint", async () => {
    const { payloads, starts, outDir, submissions } = newCase();
    const tasks = [payloads(1, 10_000, 5)[0], { ...payloads(2, 10, 0)[1], seed: "wrong" }];
    writeFileSync(
      join(outDir, "check.mjs"),
      `import { chain } from ${JSON.stringify(module)};
       export function checked(payload, context) {
         if (payload.seed !== "wrong") return chain(payload, context);
         // Fails when the other one runs.
         for (let i = 0; i < 200 && Atomics.load(context.cancel, 0) === 0 && !fs.existsSync(payload.other); i++)
           Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
         throw new EcitonError("study", "sample.steps: wrong", { path: "sample.steps" });
       }
       import fs from "node:fs";
       import { EcitonError } from ${JSON.stringify(pathToFileURL(resolve("dist/core/errors.js")).href)};`,
    );
    const bad = { module: pathToFileURL(join(outDir, "check.mjs")).href, name: "checked" };
    const given = [tasks[0], { ...tasks[1], other: tasks[0].checkpoint }];
    const error = await failureOf(createBuilt({ outDir }).map(bad, given));
    expect(error).toMatchObject({ code: "study", message: "sample.steps: wrong" });
    expect(error.details).toEqual({ path: "sample.steps" });
    // The long one has been stopped, with a checkpoint that holds what it did.
    const job = submissions()[0].jobId!;
    expect(jobState(job, 0)).toBe("CANCELLED");
    const saved = JSON.parse(readFileSync(tasks[0].checkpoint, "utf8")) as { step: number };
    expect(saved.step).toBeGreaterThan(0);
    expect(starts(0)).toHaveLength(1);
    expect(submissions()).toHaveLength(1);
  });

  it("submit a cancelled element again, which goes on from its checkpoint", async () => {
    const { map, payloads, starts, said, submissions } = newCase();
    const tasks = payloads(2, 150, 10);
    const results = map(tasks);
    await until("a checkpoint", () => existsSync(tasks[1].checkpoint));
    slurm("scancel", `${submissions()[0].jobId}_1`);
    expect(await results).toEqual(await onThreads(tasks));
    expect(starts(0)).toHaveLength(1);
    expect(starts(1)).toHaveLength(2);
    expect(starts(1)[1][0]).toBeGreaterThan(0);
    expect(submissions()[1].elements).toEqual([[1]]);
    expect(submissions()[1].reasons).toEqual({ 1: "cancelled, at a checkpoint" });
    expect(said).toContain("task 1: cancelled, at a checkpoint; submitting again");
  });

  it("go on after the time limit without counting it as a failure", async () => {
    const { map, payloads, starts, submissions } = newCase();
    const tasks = payloads(1, 150, 10);
    const results = map(tasks, { settings: { ...settings, resubmits: 0 } });
    await until("a checkpoint", () => existsSync(tasks[0].checkpoint));
    // What Slurm sends a minute before the end of the time.
    slurm("scancel", "--batch", "--signal=TERM", String(submissions()[0].jobId));
    expect(await results).toEqual(await onThreads(tasks));
    expect(starts(0)[1][0]).toBeGreaterThan(0);
    expect(submissions()[1].reasons[0]).toContain("time limit");
  });

  it("submit again what was killed", async () => {
    const { map, payloads, starts, submissions } = newCase();
    const tasks = payloads(1, 100, 10);
    const results = map(tasks);
    await until("a checkpoint", () => existsSync(tasks[0].checkpoint));
    process.kill(starts(0)[0][1], "SIGKILL");
    expect(await results).toEqual(await onThreads(tasks));
    expect(starts(0)).toHaveLength(2);
    expect(starts(0)[1][0]).toBeGreaterThanOrEqual(10);
    expect(submissions()[1].reasons[0]).toContain("ended without a result");
  });

  it("give up what is killed again and again, and keep the rest", async () => {
    const { map, outDir, submissions, folder } = newCase();
    const tasks = [
      { marker: join(outDir, "a"), always: false },
      { marker: join(outDir, "b"), always: true },
    ];
    const error = await failureOf(map(tasks, {}, { names: ["first", "second"] }, "dies"));
    expect(error.code).toBe("partial");
    expect(error.message).toContain("1 of 2 tasks failed too often");
    expect(error.message).toContain("second: its job ended without a result");
    expect(error.message).toMatch(/log-000\d-\d\.txt/);
    const attempts = (index: number) => submissions().filter((s) => s.elements.flat().includes(index)).length;
    expect([attempts(0), attempts(1)]).toEqual([2, 3]);
    expect(readdirSync(folder())).toContain("result-00000.bin");
    // Going on means another attempt, not another complaint.
    writeFileSync(join(outDir, "b"), "");
    expect((await failureOf(map(tasks, { resume: true }, {}, "dies"))).code).toBe("partial");
    // Where it was left: one more for the command, two for resubmits.
    expect([attempts(0), attempts(1)]).toEqual([2, 6]);
  });

  it("survive a slurmd that is killed: the queue begins the element anew, and two never go on side by side", async () => {
    const { map, payloads, starts, submissions } = newCase();
    const tasks = payloads(1, 400, 10);
    const results = map(tasks);
    await until("a checkpoint", () => existsSync(tasks[0].checkpoint));
    process.kill(Number(readFileSync("/run/eciton-slurm/slurmd.pid", "utf8")), "SIGKILL");
    // Slurm would find out by itself after SlurmdTimeout. Nobody is left to end the task's process.
    slurm("scontrol", "update", `nodename=${node}`, "state=down", "reason=test");
    const { jobId } = submissions()[0];
    await until("the requeued job", () => jobState(jobId!, 0) === "PENDING");
    expect(bringUp()).toBeNull();
    // The new slurmd refuses what comes in the second in which it ended the job before.
    await new Promise((done) => setTimeout(done, 2000));
    slurm("scontrol", "update", `jobid=${jobId}`, "StartTime=now");
    expect(await results).toEqual(await onThreads(tasks));
    const [[, first], [step, second, restarts]] = starts(0);
    expect(step).toBeGreaterThan(0);
    expect(second).not.toBe(first);
    // Slurm's counter of restarts tells that it began the element anew; should it refuse to, Eciton submits it again.
    expect(restarts + submissions().length).toBe(2);
    await until("the end of the first process", () => !isAlive(first));
  });

  it("are found again after --detach, and gathered once", async () => {
    const { map, payloads, submissions, outDir } = newCase();
    const tasks = payloads(2, 60, 10);
    const error = await failureOf(map(tasks, { detach: true }));
    expect(error.code).toBe("cancelled");
    expect(error.details).toMatchObject({ detached: true, tasks: 2, jobs: [submissions()[0].jobId] });
    // A new run must not mix with these jobs.
    const refused = await failureOf(map(tasks));
    expect(refused.code).toBe("usage");
    expect(refused.message).toContain(String(submissions()[0].jobId));
    const seen: number[] = [];
    const results = await map(tasks, { resume: true }, { onResult: (index) => seen.push(index) });
    expect(results).toEqual(await onThreads(tasks));
    expect(seen.sort()).toEqual([0, 1]);
    expect(submissions()).toHaveLength(1);
    expect(readdirSync(join(outDir, "slurm"))).toHaveLength(1);
  });

  it("go on when the waiting is interrupted", async () => {
    const { map, payloads, submissions } = newCase();
    const tasks = payloads(1, 60, 10);
    const controller = new AbortController();
    const waiting = map(tasks, {}, { signal: controller.signal });
    await until("a checkpoint", () => existsSync(tasks[0].checkpoint));
    controller.abort();
    const error = await failureOf(waiting);
    expect(error.code).toBe("cancelled");
    expect(error.message).toContain("--resume");
    expect(await map(tasks, { resume: true })).toEqual(await onThreads(tasks));
    expect(submissions()).toHaveLength(1);
  });

  it("survive the process that submitted them, which is killed as it waits", async () => {
    const { map, payloads, outDir, submissions, starts } = newCase();
    const tasks = payloads(2, 100, 10);
    const script = join(outDir, "submit.mjs");
    writeFileSync(
      script,
      `import { createSlurmExecutor } from ${JSON.stringify(pathToFileURL(resolve("dist/exec/slurm.js")).href)};
       const options = ${JSON.stringify({ settings, outDir, resume: false, detach: false, version: "test" })};
       await createSlurmExecutor({ ...options, say: () => {} }).map(${JSON.stringify(chain)}, ${JSON.stringify(tasks)});`,
    );
    const child = spawn(process.execPath, [script], { stdio: "ignore" });
    const ended = new Promise((done) => child.on("close", (_, signal) => done(signal)));
    await until("a checkpoint", () => existsSync(tasks[0].checkpoint));
    // While it lives nobody else waits for the same jobs.
    const refused = await failureOf(map(tasks, { resume: true }));
    expect(refused).toMatchObject({ code: "usage" });
    expect(refused.message).toContain(String(child.pid));
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    expect(await map(tasks, { resume: true })).toEqual(await onThreads(tasks));
    expect(submissions()).toHaveLength(1);
    expect([starts(0), starts(1)].map((lines) => lines.length)).toEqual([1, 1]);
  });

  it("are found by their name when the process died before it wrote their number", async () => {
    const { map, payloads, submissions, folder, starts } = newCase();
    const tasks = payloads(1, 60, 10);
    await failureOf(map(tasks, { detach: true }));
    const [submission] = submissions();
    const file = join(folder(), "submission-0000.json");
    writeFileSync(file, JSON.stringify({ ...submission, jobId: null }));
    expect(await map(tasks, { resume: true })).toEqual(await onThreads(tasks));
    expect(submissions()).toEqual([submission]);
    expect(starts(0)).toHaveLength(1);
  });

  it("that come late, after they were taken for lost, do nothing", async () => {
    const { map, payloads, submissions, folder, starts } = newCase();
    const tasks = payloads(1, 30, 2);
    // As if the process had died between writing the name and asking Slurm.
    await failureOf(map(tasks, { detach: true, settings: { ...settings, extra: ["--hold"] } }));
    const [submission] = submissions();
    slurm("scontrol", "update", `jobid=${submission.jobId}`, "name=other");
    writeFileSync(join(folder(), "submission-0000.json"), JSON.stringify({ ...submission, jobId: null }));
    expect(await map(tasks, { resume: true })).toEqual(await onThreads(tasks));
    expect(submissions().map(({ abandoned }) => abandoned)).toEqual([true, false]);
    slurm("scontrol", "release", String(submission.jobId));
    await until("the late job", () => jobState(submission.jobId!, 0) === "COMPLETED");
    expect(readFileSync(join(folder(), "log-0000-0.txt"), "utf8")).toContain("nothing to do");
    expect(starts(0)).toHaveLength(1);
  });

  it("are waited for while the controller is away", async () => {
    const { map, payloads, said, submissions, starts } = newCase();
    const tasks = payloads(2, 150, 10);
    const results = map(tasks);
    await until("a checkpoint", () => existsSync(tasks[0].checkpoint));
    // Its state is on the disk within moments; a controller that is killed before has forgotten the job.
    slurm("scontrol", "shutdown", "slurmctld");
    await until("the complaint", () => said.some((line) => line.startsWith("Slurm does not answer")));
    expect(bringUp()).toBeNull();
    expect(await results).toEqual(await onThreads(tasks));
    expect(said).toContain("Slurm answers again");
    expect(submissions()).toHaveLength(1);
    expect(starts(0)).toHaveLength(1);
  });

  it("say what Slurm says when it refuses them", async () => {
    const { map, payloads, submissions } = newCase();
    const tasks = payloads(1, 10, 0);
    const error = await failureOf(map(tasks, { settings: { ...settings, partition: "absent" } }));
    expect(error.code).toBe("study");
    expect(error.message).toMatch(/^slurm: sbatch refused the jobs: .*partition/);
    // The next attempt is not in the way of the first.
    expect(await map(tasks, { resume: true })).toEqual(await onThreads(tasks));
    expect(submissions().map(({ abandoned }) => abandoned)).toEqual([true, false]);
  });

  it("refuse results that are not theirs", async () => {
    const { map, payloads, folder } = newCase();
    const tasks = payloads(2, 10, 0);
    await map(tasks);
    const results = ["result-00000.bin", "result-00001.bin"].map((file) => join(folder(), file));
    writeFileSync(results[0], readFileSync(results[1]));
    expect(await failureOf(map(tasks, { resume: true }))).toMatchObject({ code: "data" });
    writeFileSync(results[0], readFileSync(results[1]).subarray(0, 40));
    const error = await failureOf(map(tasks, { resume: true }));
    expect(error.message).toContain("result-00000.bin: cannot be used");
  });
}
