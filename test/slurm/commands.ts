/** The command line with --executor slurm, and eciton status. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { RunStatus } from "../../src/workflows/status.ts";
import { eciton, scratch, startEciton } from "../cli/eciton.ts";
import { smallStudy, smallTable } from "../cli/small-study.ts";
import { slurm, until } from "./cluster.ts";

/** Long enough to be looked at while it runs, short enough for a test. */
const STEPS = 80_000_000;

function study(steps: number): string {
  const sample = { steps, checkpoint_every_steps: 1_000_000 };
  return smallStudy({ sample, slurm: { poll_s: 0.2, tasks_per_job: 1 } });
}

type Status = RunStatus & { readonly counts: Readonly<Record<string, number>> };

async function statusOf(folder: string): Promise<Status> {
  const { code, stdout } = await eciton(["status", "out", "--json"], folder);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

/** Everything that a run computes, by file. */
function results(folder: string, out: string): Record<string, string> {
  // A model file names the command that made it.
  const files = ["sampling.json", "sampling.csv", "layers.csv", "training.csv"];
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, out, file), "utf8")]));
}

export function commands(): void {
  it("runs the chains of a study as jobs, without waiting, and gathers what threads compute", async () => {
    const folder = scratch({ "study.yaml": study(STEPS), "table.csv": smallTable });
    onTestFinished(() => void slurm("scancel", "--me"));
    const args = ["run", "study.yaml", "--executor", "slurm", "--out", "out"];
    const detached = await eciton([...args, "--detach", "--json"], folder);
    expect(detached.code).toBe(0);
    const { jobs, tasks } = JSON.parse(detached.stdout).detached;
    expect(tasks).toBe(2);

    const status = await until<Status>("running chains", async () => {
      const found = await statusOf(folder);
      return found.tasks.some(({ step }) => step !== null && step > 0) && found;
    });
    expect(status).toMatchObject({ study: "small", state: "running", executor: "slurm", jobs });
    expect(status.next).toContain("eciton run study.yaml --executor slurm --out out --json --resume");
    for (const { name, steps, job } of status.tasks) {
      expect(name).toMatch(/^chain 000[01]/);
      expect(steps).toBe(STEPS);
      expect(job).toMatch(new RegExp(`^${jobs[0]}_[01]$`));
    }
    const text = await eciton(["status", "out"], folder);
    expect(text.stdout).toMatch(/^small: running on Slurm, 2 chains: /);
    expect(text.stdout).toContain("of 80,000,000 steps");

    // Threads may not write where jobs do.
    const refused = await eciton(["run", "study.yaml", "--out", "out", "--resume"], folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`scancel ${jobs[0]}`);

    slurm("scancel", `${jobs[0]}_1`);
    await until("the end of one job", async () => (await statusOf(folder)).counts.interrupted === 1);
    const gathered = await eciton([...args, "--resume"], folder);
    expect(gathered.stderr).toContain("submitting again");
    expect(gathered.code).toBe(0);
    const threads = await eciton(["run", "study.yaml", "--out", "threads"], folder);
    expect(threads.code).toBe(0);
    expect(results(folder, "out")).toEqual(results(folder, "threads"));
    expect(readdirSync(join(folder, "out")).sort()).toEqual(readdirSync(join(folder, "threads")).sort());
    expect((await statusOf(folder)).state).toBe("finished");
  });

  it("stops waiting at Ctrl-C with code 130, and the jobs go on", async () => {
    const folder = scratch({ "study.yaml": study(STEPS), "table.csv": smallTable });
    onTestFinished(() => void slurm("scancel", "--me"));
    const args = ["run", "study.yaml", "--executor", "slurm", "--out", "out"];
    const running = startEciton(args, folder);
    await until("a running chain", () => existsSync(join(folder, "out", "checkpoints", "chain-0000.json")));
    running.process.kill("SIGINT");
    const { code, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("no longer waiting for the jobs");
    expect(stderr).toContain("--resume");
    const again = await eciton([...args, "--resume"], folder);
    expect(again.stderr).not.toContain("submitted");
    expect(again.code).toBe(0);
  });

  it("says so when a job cannot be had", async () => {
    const text = smallStudy({ sample: { steps: 2000 }, slurm: { partition: "absent" } });
    const folder = scratch({ "study.yaml": text, "table.csv": smallTable });
    const run = await eciton(["run", "study.yaml", "--executor", "slurm"], folder);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/study\.yaml:\d+: slurm: sbatch refused the jobs: .*absent/);
    const threads = await eciton(["run", "study.yaml", "--detach"], folder);
    expect(threads.code).toBe(2);
    expect(threads.stderr).toContain("--detach needs --executor slurm");
  });
}
