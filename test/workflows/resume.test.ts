/** Runs that are killed, interrupted or begun over an earlier one, as processes of their own. */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildCli, eciton, startEciton } from "../cli/eciton.ts";
import { smallStudy, smallTable } from "../cli/small-study.ts";

/** Long enough to be caught in the middle: more than a second for each of four chains. */
const sample = {
  supercells: [[6, 6, 6]],
  temperatures_K: [300, 600],
  replicas: 2,
  steps: 20_000_000,
  samples: 2000,
  snapshots: 3,
  checkpoint_every_steps: 500_000,
};

/** Done at once. */
const shorter = smallStudy({
  sample: { ...sample, steps: 2000, samples: 500, temperatures_K: [600], replicas: 1 },
  report: { pictures: false },
});

// Processes that start one after another take long on a machine that is busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let folder: string;

function start(out: string, ...more: string[]) {
  return startEciton(["run", "study.yaml", "--out", out, "--workers", "2", ...more], folder);
}

const file = (...path: string[]) => join(folder, ...path);
const text = (...path: string[]) => readFileSync(file(...path), "utf8");
const names = (path: string) => readdirSync(file(path), { recursive: true, encoding: "utf8" }).sort();

async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error("waited in vain");
    await new Promise((done) => setTimeout(done, 10));
  }
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

const checkpoints = (out: string) =>
  existsSync(file(out, "checkpoints"))
    ? readdirSync(file(out, "checkpoints")).filter((name) => name.endsWith(".json"))
    : [];

function sameResults(out: string): void {
  for (const name of ["sampling.json", "sampling.csv", "layers.csv", "training.csv"])
    expect(text(out, name)).toBe(text("whole", name));
  expect(names(out).filter((name) => name.startsWith("checkpoints"))).toEqual([]);
  expect(existsSync(file(out, "report.html"))).toBe(true);
}

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-resume-"));
  writeFileSync(file("study.yaml"), smallStudy({ sample, report: { pictures: false } }));
  writeFileSync(file("shorter.yaml"), shorter);
  writeFileSync(file("table.csv"), smallTable);
  const { code, stderr } = await start("whole").outcome;
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a run that was killed", () => {
  it("goes on from its checkpoints to the very same results, however often", async () => {
    const killed: number[] = [];
    // Moments that no checkpoint waits for: some in the first chains, some in the last.
    for (const [k, delay] of [30, 170, 400, 90].entries()) {
      const run = start("killed", ...(k === 0 ? [] : ["--resume"]));
      const written = checkpoints("killed").length;
      const finished = run.outcome.then(() => true);
      await Promise.race([until(() => checkpoints("killed").length > Math.min(written, 3) - 1), finished]);
      await Promise.race([wait(delay), finished]);
      run.process.kill("SIGKILL");
      const { signal } = await run.outcome;
      if (signal === "SIGKILL") killed.push(delay);
      expect(existsSync(file("killed", "report.html"))).toBe(signal !== "SIGKILL");
      for (const name of checkpoints("killed"))
        expect(() => JSON.parse(text("killed", "checkpoints", name))).not.toThrow();
    }
    expect(killed.length).toBeGreaterThan(1);
    const { code } = await start("killed", "--resume").outcome;
    expect(code).toBe(0);
    sameResults("killed");
  });
});

describe("a run that is interrupted", () => {
  it("while sampling: leaves checkpoints, says how to go on, and goes on", async () => {
    const run = start("interrupted", "--json");
    await until(() => checkpoints("interrupted").length > 0);
    run.process.kill("SIGINT");
    const { code, stdout, stderr } = await run.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted: writing checkpoints (press Ctrl-C again to stop at once)");
    expect(stderr).toMatch(
      /chains are finished, the others stopped at a checkpoint; run the same command with --resume/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "cancelled" } });
    expect(existsSync(file("interrupted", "report.html"))).toBe(false);
    expect(checkpoints("interrupted").length).toBeGreaterThan(0);
    cpSync(file("interrupted"), file("changed"), { recursive: true });
    expect((await start("interrupted", "--resume").outcome).code).toBe(0);
    sameResults("interrupted");
  });

  it("does not go on with another study, nor with another table", async () => {
    const before = names("changed");
    const other = await start("changed", "--resume", "--seed", "8").outcome;
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(
      "changed holds another run (seed was 3, is 8); begin anew without --resume, or choose another folder with --out",
    );
    writeFileSync(file("table.csv"), smallTable.replace("0.18", "0.19"));
    try {
      const { code, stderr } = await start("changed", "--resume").outcome;
      expect(code).toBe(2);
      expect(stderr).toContain("changed holds another run (input files have changed: table.csv)");
    } finally {
      writeFileSync(file("table.csv"), smallTable);
    }
    expect(names("changed")).toEqual(before);
  });

  it("goes on with another engine and other numbers of threads", async () => {
    writeFileSync(
      file("direct.yaml"),
      smallStudy({ sample: { ...sample, engine: "direct" }, report: { pictures: false } }),
    );
    const args = ["run", "direct.yaml", "--out", "changed", "--workers", "1", "--resume"];
    const { code, stderr } = await eciton(args, folder);
    expect(stderr).not.toContain("nothing to go on from");
    expect(code).toBe(0);
    sameResults("changed");
  });

  it("while fitting: stops soon and has written nothing", async () => {
    const fit = { bootstrap: 200_000 };
    writeFileSync(file("slow.yaml"), smallStudy({ fit, sample: undefined }));
    const run = startEciton(["fit", "slow.yaml", "--out", "fitting", "--workers", "2"], folder);
    let said = "";
    run.process.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    await until(() => said.includes("fitting 9 configurations"));
    await wait(500);
    const asked = performance.now();
    run.process.kill("SIGINT");
    const { code, stderr } = await run.outcome;
    expect(code).toBe(130);
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(stderr).toContain("interrupted during the fit: nothing was written; run the same command again");
    expect(existsSync(file("fitting"))).toBe(false);
  });
});

describe("a run that is finished", () => {
  it("is not done again by --resume, as long as its files are there", async () => {
    const times = () => names("whole").map((name) => [name, statSync(file("whole", name)).mtimeMs]);
    const before = times();
    const { code, stdout, stderr } = await start("whole", "--resume").outcome;
    expect(code).toBe(0);
    expect(stdout).toBe(
      `already finished: ${join("whole", "report.html")}; without --resume it is done again\n`,
    );
    expect(stderr).toBe("");
    const json = await start("whole", "--resume", "--json").outcome;
    expect(JSON.parse(json.stdout)).toEqual({ already_finished: true, report: join("whole", "report.html") });
    expect(times()).toEqual(before);
  });

  it("is done again where a file is gone", async () => {
    const args = ["run", "shorter.yaml", "--out", "again-gone", "--workers", "0"];
    await eciton(args, folder);
    const table = text("again-gone", "sampling.csv");
    rmSync(file("again-gone", "sampling.csv"));
    const { code, stdout } = await eciton([...args, "--resume"], folder);
    expect(code).toBe(0);
    expect(stdout).not.toContain("already finished");
    expect(text("again-gone", "sampling.csv")).toBe(table);
  });
});

describe("a run into a folder with results", () => {
  it("replaces those of the earlier run, and leaves a person's own files alone", async () => {
    cpSync(file("whole"), file("again"), { recursive: true });
    writeFileSync(file("again", "notes.txt"), "mine");
    writeFileSync(file("again", "snapshots", "mine.extxyz"), "mine");
    const args = (out: string) => ["run", "shorter.yaml", "--out", out, "--workers", "0"];
    const { code, stderr } = await eciton(args("again"), folder);
    expect(code).toBe(0);
    expect(stderr).toContain("replacing the results of an earlier run in again");
    expect((await eciton(args("fresh"), folder)).stderr).not.toContain("replacing");
    expect(names("again")).toEqual([...names("fresh"), "notes.txt", join("snapshots", "mine.extxyz")].sort());
    expect(text("again", "sampling.json")).toBe(text("fresh", "sampling.json"));
    // One chain was left of four.
    expect(names("again").filter((name) => name.includes("chain-0001"))).toEqual([]);
  });

  it("keeps them until there is something to put in their place", async () => {
    const before = names("fresh");
    writeFileSync(
      file("wrong.yaml"),
      smallStudy({ fit: { path: { values: [0] } }, clusters: { cutoff_A: 13 } }),
    );
    const { code } = await eciton(["run", "wrong.yaml", "--out", "fresh", "--workers", "0"], folder);
    expect(code).toBe(2);
    expect(names("fresh")).toEqual(before);
  });

  it("begins anew where --resume finds nothing", async () => {
    const { code, stderr } = await eciton(
      ["run", "shorter.yaml", "--out", "nothing", "--workers", "0", "--resume"],
      folder,
    );
    expect(code).toBe(0);
    expect(stderr).toContain("nothing to go on from in nothing: beginning anew");
    expect(text("nothing", "sampling.json")).toBe(text("fresh", "sampling.json"));
  });
});
