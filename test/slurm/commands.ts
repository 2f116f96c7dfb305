/**
 * The command line with --executor slurm, and eciton status. Jobs are held until a test has looked at them, so that
 * nothing depends on how fast they are.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { RunStatus } from "../../src/workflows/status.ts";
import { eciton, scratch, startEciton } from "../cli/eciton.ts";
import { smallStudy, smallTable } from "../cli/small-study.ts";
import { slurm, until } from "./cluster.ts";

function studies(): Record<string, string> {
  const study = (extra: readonly string[]) => smallStudy({ slurm: { poll_s: 0.2, extra } });
  // How jobs are asked for may change between a run and its resumption.
  return { "held.yaml": study(["--hold"]), "study.yaml": study([]), "table.csv": smallTable };
}

async function statusOf(folder: string): Promise<RunStatus> {
  const { code, stdout } = await eciton(["status", "out", "--json"], folder);
  expect(code).toBe(0);
  return JSON.parse(stdout) as RunStatus;
}

/** Everything that a run computes, by file; a model file names the command that made it. */
function results(folder: string, out: string): Record<string, string> {
  const files = ["sampling.json", "sampling.csv", "layers.csv", "training.csv"];
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, out, file), "utf8")]));
}

export function commands(): void {
  it("submits the chains of a study without waiting, and gathers later what threads compute", async () => {
    const folder = scratch(studies());
    onTestFinished(() => void slurm("scancel", "--me"));
    const options = ["--executor", "slurm", "--out", "out"];
    const detached = await eciton(["run", "held.yaml", ...options, "--detach", "--json"], folder);
    expect(detached.code).toBe(0);
    const { jobs, tasks } = JSON.parse(detached.stdout).detached;
    expect(tasks).toBe(2);

    const status = await statusOf(folder);
    expect(status).toMatchObject({ study: "small", state: "pending", executor: "slurm", jobs });
    expect(status.next).toContain("eciton run held.yaml --executor slurm --out out --json --resume");
    expect(status.tasks.map(({ state, steps, job }) => [state, steps, job])).toEqual([
      ["held", 2000, `${jobs[0]}_0`],
      ["held", 2000, `${jobs[0]}_1`],
    ]);
    const text = await eciton(["status", "out"], folder);
    expect(text.stdout).toMatch(
      /^small: pending on Slurm, 2 chains: 2 held\n {2}chain 0000.* held .*JobHeldUser/,
    );

    // Threads must not write where jobs do, and neither must a new run.
    for (const others of [["--resume"], ["--executor", "slurm"]]) {
      const refused = await eciton(["run", "study.yaml", "--out", "out", ...others], folder);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`scancel ${jobs[0]}`);
    }

    slurm("scancel", `${jobs[0]}_1`);
    slurm("scontrol", "release", String(jobs[0]));
    await until<RunStatus>("the end of both jobs", async () => {
      const now = await statusOf(folder);
      return now.jobs.length === 0 && now;
    });
    expect((await statusOf(folder)).tasks.map(({ state, reason }) => [state, reason])).toEqual([
      ["done", null],
      // Slurm keeps no record of an element that is cancelled before it began.
      ["interrupted", "its job has left the queue: cancelled, or ended long ago"],
    ]);
    const gathered = await eciton(["run", "study.yaml", ...options, "--resume"], folder);
    expect(gathered.stderr).toMatch(/chain 0001, .+, 600 K, .+: its job has left the queue/);
    expect(gathered.code).toBe(0);
    const threads = await eciton(["run", "study.yaml", "--out", "threads"], folder);
    expect(threads.code).toBe(0);
    expect(results(folder, "out")).toEqual(results(folder, "threads"));
    expect(readdirSync(join(folder, "out")).sort()).toEqual(readdirSync(join(folder, "threads")).sort());
    expect((await statusOf(folder)).state).toBe("finished");
  }, 180_000);

  it("stops waiting at Ctrl-C with code 130, and the jobs go on", async () => {
    const folder = scratch(studies());
    onTestFinished(() => void slurm("scancel", "--me"));
    const options = ["--executor", "slurm", "--out", "out"];
    const { process, outcome, said } = startEciton(["run", "held.yaml", ...options], folder);
    const job = await until<string>("the job", () => /submitted job (\d+)/.exec(said())?.[1]);
    process.kill("SIGINT");
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("no longer waiting for the jobs");
    expect(stderr).toContain("--resume");
    slurm("scontrol", "release", job);
    await until<RunStatus>("all chains", async () => {
      const now = await statusOf(folder);
      return now.state === "gathering" && now;
    });
    const again = await eciton(["run", "held.yaml", ...options, "--resume"], folder);
    expect(again.stderr).not.toContain("submitted");
    expect(again.code).toBe(0);
  }, 120_000);

  it("says so when a job cannot be had", async () => {
    const text = smallStudy({ slurm: { partition: "absent" } });
    const folder = scratch({ "study.yaml": text, "table.csv": smallTable });
    const run = await eciton(["run", "study.yaml", "--executor", "slurm"], folder);
    expect(run.stderr).toMatch(/study\.yaml:\d+: slurm: sbatch refused the jobs: .*partition/);
    expect(run.code).toBe(2);
    const threads = await eciton(["run", "study.yaml", "--detach"], folder);
    expect(threads.stderr).toContain("--detach needs --executor slurm");
    expect(threads.code).toBe(2);
  }, 120_000);
}
