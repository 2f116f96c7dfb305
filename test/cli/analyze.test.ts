/** `eciton analyze` as a person starts it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slabStudy } from "../workflows/slab-study.ts";
import { buildCli, eciton, scratch, startEciton } from "./eciton.ts";

let folder = "";
beforeAll(async () => {
  await buildCli();
  folder = scratch({ "slab.yaml": slabStudy }, (remove) => afterAll(remove));
  const { code, stderr } = await eciton(["sample", "slab.yaml", "--workers", "0"], folder);
  expect(code, stderr).toBe(0);
}, 120_000);

const run = join("eciton-out", "slab");

describe("eciton analyze", () => {
  it("says what it found in one sentence, and where its files are", async () => {
    const { code, stdout, stderr } = await eciton(["analyze", run, "--workers", "0"], folder);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^All 8 states settled\. (No difference|\d of 8|\d+ of)/);
    const report = join("eciton-out", "analysis", "analysis.html");
    expect(stdout).toContain(`report: ${report}\n`);
    expect(existsSync(join(folder, report))).toBe(true);
    expect(stdout).toContain(`table:  ${join("eciton-out", "analysis", "states.csv")}\n`);
  });

  it("prints one document with --json, and measures what another study asks for", async () => {
    writeFileSync(
      join(folder, "more.yaml"),
      slabStudy.replace("neighbours: [AtAt_1N]", "atoms: [At]").replace("site_map: true", "site_map: false"),
    );
    const args = [
      "analyze",
      run,
      "--study",
      "more.yaml",
      "--format",
      "jsonl,parquet",
      "--out",
      "o",
      "--json",
    ];
    const { code, stdout } = await eciton([...args, "--workers", "2"], folder);
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(document).toMatchObject({
      report: join("o", "analysis.html"),
      states: 8,
      warnings: [],
      runs: [{ folder: run, study: "slab", states: 8 }],
    });
    for (const file of document.files as string[]) expect(existsSync(join(folder, file))).toBe(true);
    const rows = readFileSync(join(folder, "o", "observations.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { observable: string });
    expect(rows.filter(({ observable }) => observable === "motif atoms").length).toBe(8);
    expect(readdirSync(join(folder, "o")).filter((name) => name.endsWith(".csv"))).toEqual([]);
  });

  it("says with --dry-run what it would read, and writes nothing", async () => {
    const { code, stdout } = await eciton(["analyze", run, "--out", "dry", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/study slab, 8 states, 16 chains, 16 trajectories/);
    expect(existsSync(join(folder, "dry"))).toBe(false);
  });

  it("ends with the exit code of the fault", async () => {
    const fails = async (args: string[], code: number, message: RegExp) => {
      const outcome = await eciton(["analyze", ...args], folder);
      expect(outcome.stderr).toMatch(message);
      expect(outcome.stderr).not.toContain("    at ");
      expect(outcome.code).toBe(code);
    };
    await fails([], 2, /missing required argument 'input'/);
    await fails(["nowhere"], 3, /nowhere: there is no such folder/);
    await fails([run, "--format", "xlsx"], 2, /"xlsx" is none of csv, jsonl, parquet/);
    await fails([run, run], 2, /same folder/);
    await fails([run, "--out", run], 2, /holds the results of a run/);
    writeFileSync(join(folder, "bare.yaml"), slabStudy.replace(/ {2}observe: .*\n/, ""));
    await fails([run, "--study", "bare.yaml"], 2, /no section sample\.observe/);
    writeFileSync(join(folder, "wrong.yaml"), slabStudy.replace("[AtAt_1N]", "[NoNo_1N]"));
    await fails([run, "--study", "wrong.yaml"], 2, /wrong\.yaml:\d+: sample\.observe\.motifs\.neighbours/);
    await fails([run, "--observer", "none.mjs"], 2, /none\.mjs/);
    mkdirSync(join(folder, "unfinished"));
    writeFileSync(
      join(folder, "unfinished", "provenance.json"),
      readFileSync(join(folder, run, "provenance.json")),
    );
    await fails(["unfinished"], 3, /has not finished: repeat its command with --resume/);
    writeFileSync(join(folder, "short.yaml"), slabStudy.replace(/ {2}trajectory: .*\n/, ""));
    const sampled = await eciton(["sample", "short.yaml", "--out", "short", "--workers", "0"], folder);
    expect(sampled.code, sampled.stderr).toBe(0);
    await fails(["short", "--extxyz", "--out", "none"], 3, /no run has trajectories; sample again with/);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("ends with 130 when it is interrupted, and leaves nothing behind", async () => {
    writeFileSync(
      join(folder, "slow.mjs"),
      `export const createObserver = () => ({
        columns: [{ name: "slow", unit: "", description: "" }],
        measure(occupation, out, at) {
          const until = performance.now() + 20;
          while (performance.now() < until);
          out[at] = 1;
        },
      });`,
    );
    const args = ["analyze", run, "--observer", "slow.mjs", "--out", "slow", "--workers", "1"];
    const { process: child, outcome } = startEciton(args, folder);
    await new Promise<void>((done) => {
      child.stderr!.on("data", (text: Buffer) => {
        if (text.toString().includes("measuring on 16 trajectories")) setTimeout(done, 500);
      });
    });
    child.kill("SIGINT");
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toMatch(/nothing was written/);
    expect(stderr).not.toContain("checkpoint");
    expect(existsSync(join(folder, "slow"))).toBe(false);
    rmSync(join(folder, "slow.mjs"));
  });
});
