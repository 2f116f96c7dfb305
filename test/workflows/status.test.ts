import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { type RunStatus, statusOfRun } from "../../src/workflows/status.ts";
import { buildCli, eciton, scratch, startEciton } from "../cli/eciton.ts";
import { smallStudy, smallTable } from "../cli/small-study.ts";

beforeAll(buildCli);

/** No process has this number: Linux gives none above 2^22. */
const NOBODY = 2 ** 30;

function provenance(command = "eciton run study.yaml --out out"): string {
  const resolvedStudy = "name: small\nsample:\n  steps: 1000\n";
  return JSON.stringify({ study: "small", date: "2024-03-11", command, parts: ["sample"], resolvedStudy });
}

/** @param pid of the process that has the folder */
function run(files: Readonly<Record<string, unknown>>, pid = NOBODY): string {
  const owner = JSON.stringify({ host: hostname(), pid, begun: null });
  const folder = scratch({ "provenance.json": provenance(), "running.json": owner });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, "checkpoints"), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(join(folder, "checkpoints", name), text);
  }
  return folder;
}

const sign = (progress: number[]) => ({
  time: Date.now(),
  names: progress.map((_, i) => `chain ${i}`),
  progress,
});

const brief = ({ tasks }: RunStatus) => tasks.map(({ state, step }) => [state, step]);

describe("statusOfRun", () => {
  it("tells running chains from those that an interruption left", async () => {
    const progress = [1000, 500, 0];
    const running = await statusOfRun(run({ "progress.json": sign(progress) }, process.pid));
    expect(running).toMatchObject({ study: "small", state: "running", executor: "threads", jobs: [] });
    expect(brief(running)).toEqual([
      ["done", 1000],
      ["running", 500],
      ["pending", null],
    ]);
    expect(running.tasks[1]).toMatchObject({ name: "chain 1", steps: 1000, seen_s: 0 });
    expect(running.next).toContain(String(process.pid));
    const stopped = await statusOfRun(run({ "progress.json": sign(progress) }));
    expect(stopped.state).toBe("stopped");
    expect(brief(stopped)[1]).toEqual(["interrupted", 500]);
    expect(stopped.next).toContain("eciton run study.yaml --out out --resume");
  });

  it("takes the step from checkpoints, wherever it stands in them, and passes over other files", async () => {
    const folder = run({
      "chain-0000.json": { format: "x", state: { chain: { step: 700, energy: 1 }, records: { step: 5 } } },
      "ladder-0001.json": { state: { step: 250, replicas: [{ step: 900 }] } },
      "chain-0002.json": "half a fi",
      "notes.txt": "mine",
      "progress.json": "{",
    });
    expect(brief(await statusOfRun(folder))).toEqual([
      ["interrupted", 700],
      ["interrupted", 250],
    ]);
  });

  it("believes the newer of checkpoint and sign of life", async () => {
    const folder = run(
      {
        "chain-0000.json": { state: { step: 300 } },
        "chain-0001.json": { state: { step: 800 } },
        "progress.json": sign([400, 600]),
      },
      process.pid,
    );
    expect(brief(await statusOfRun(folder))).toEqual([
      ["running", 400],
      ["running", 800],
    ]);
  });

  it("refuses a folder without a run, and one whose record cannot be read", async () => {
    const codeOf = (folder: string) =>
      statusOfRun(folder).then(
        () => "none",
        (error: unknown) => (error instanceof EcitonError ? error.code : String(error)),
      );
    expect(await codeOf(scratch())).toBe("usage");
    expect(await codeOf(scratch({ "provenance.json": "{" }))).toBe("data");
  });
});

describe("eciton status", () => {
  it("follows a run on threads until it is killed", async () => {
    const sample = (steps: number) => ({ sample: { steps, checkpoint_every_steps: 100_000 } });
    // Longer than any test: it is killed.
    const folder = scratch({ "study.yaml": smallStudy(sample(10 ** 12)), "table.csv": smallTable });
    const args = ["run", "study.yaml", "--out", "out", "--workers", "2"];
    const running = startEciton(args, folder);
    const file = (name: string) => join(folder, "out", "checkpoints", name);
    while (!existsSync(file("chain-0000.json")) || !existsSync(file("progress.json")))
      await new Promise((done) => setTimeout(done, 50));
    const during = await eciton(["status", "out"], folder);
    expect(during.code).toBe(0);
    expect(during.stdout).toMatch(/^small: running, 2 chains: .*running/);
    expect(during.stdout).toContain("of 1,000,000,000,000 steps");
    expect(during.stdout).toMatch(/\n {2}chain 0001, Au 0\.3333, 600 K, 3 × 3 × 3 /);
    running.process.kill("SIGKILL");
    await running.outcome;
    const after = JSON.parse((await eciton(["status", "out", "--json"], folder)).stdout);
    expect(after.state).toBe("stopped");
    const saved = JSON.parse(readFileSync(file("chain-0000.json"), "utf8"));
    expect(JSON.stringify(saved)).toContain(`"step":${after.tasks[0].step}`);
    expect(after.next).toContain("--resume");
  });

  it("says that a finished run is finished", async () => {
    const folder = scratch({ "study.yaml": smallStudy(), "table.csv": smallTable });
    expect((await eciton(["run", "study.yaml", "--out", "out", "--workers", "0"], folder)).code).toBe(0);
    const { code, stdout } = await eciton(["status", "out"], folder);
    expect(code).toBe(0);
    expect(stdout).toBe(`small: finished\nnext: see ${join("out", "report.html")}\n`);
  });
});
