/** `eciton train` as a person starts it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { differencesBetween } from "../workflows/kill-harness.ts";
import { toyClusters, toyStudy, toyText } from "../workflows/toy-training-data.ts";
import { buildCli, eciton, scratch, startEciton } from "./eciton.ts";

const data = toyText(toyClusters(20));
const folderOf = (keys: object = {}, more: object = {}) =>
  scratch({ "toy.xyz": data, "toy.yaml": toyStudy(keys, more) });

beforeAll(buildCli);

describe("eciton train", () => {
  it("says what it would do and writes nothing", async () => {
    const folder = folderOf();
    const { code, stdout } = await eciton(["train", "toy.yaml", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("train: 18 structures, 702 force components; test: 2 structures");
    expect(stdout).toMatch(/memory: .* MiB for the optimiser/);
    expect(existsSync(join(folder, "eciton-out"))).toBe(false);
  });

  it("trains, prints errors, and moves atoms with the potential at once", async () => {
    const use = { atoms: { icosahedron: { species: "Cu", shells: 1 } }, relax: {} };
    const folder = folderOf({}, use);
    const { code, stdout, stderr } = await eciton(["train", "toy.yaml", "--json", "--workers", "1"], folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(/epoch 4 of 4: [\d.]+ meV\/atom and [\d.]+ eV\/Å/);
    const {
      errors,
      potential,
      epochs_kept: kept,
    } = JSON.parse(stdout) as {
      errors: Record<"training" | "test", { structures: number; energy_rmse_eV_per_atom: number }>;
      potential: string[];
      epochs_kept: number[];
    };
    expect(errors.training.structures + errors.test.structures).toBe(20);
    expect(errors.test.energy_rmse_eV_per_atom).toBeGreaterThan(0);
    expect(kept).toHaveLength(1);
    expect(readdirSync(join(folder, potential[0])).sort()).toEqual([
      "input.nn",
      "scaling.data",
      "weights.029.data",
    ]);
    const again = await eciton(["train", "toy.yaml", "--resume"], folder);
    expect(again.stdout).toContain("already finished");
    const relaxed = await eciton(["relax", "toy.yaml", "--workers", "0"], folder);
    expect(relaxed.code).toBe(0);
    expect(relaxed.stderr).toContain("HDNNP Cu (potential)");
    expect(existsSync(join(folder, potential[0], "input.nn"))).toBe(true);
    const elsewhere = await eciton(["relax", "toy.yaml", "--out", "elsewhere"], folder);
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toMatch(/there is no potential in elsewhere.potential: .*eciton train/);
  });

  it("stops at Ctrl-C with a checkpoint and goes on to the same files", async () => {
    const folder = folderOf({ epochs: 12, members: 2 });
    const args = ["train", "toy.yaml", "--workers", "1"];
    expect((await eciton([...args, "--out", "whole"], folder)).code).toBe(0);
    const run = startEciton([...args, "--out", "stopped"], folder);
    while (run.process.exitCode === null && !run.said().includes("epoch "))
      await new Promise((go) => setTimeout(go, 5));
    run.process.kill("SIGINT");
    const { code, stderr } = await run.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("--resume");
    expect(readdirSync(join(folder, "stopped", "checkpoints")).length).toBeGreaterThan(0);
    expect(existsSync(join(folder, "stopped", "potential"))).toBe(false);
    const resumed = await eciton(
      [...args.slice(0, 2), "--workers", "2", "--out", "stopped", "--resume"],
      folder,
    );
    expect(resumed.code).toBe(0);
    expect(differencesBetween(join(folder, "whole"), join(folder, "stopped"))).toEqual([]);
    expect(existsSync(join(folder, "stopped", "checkpoints"))).toBe(false);
  });

  it("refuses to go on with other data, and names them", async () => {
    const folder = folderOf({ epochs: 1 });
    expect((await eciton(["train", "toy.yaml", "--workers", "0"], folder)).code).toBe(0);
    writeFileSync(join(folder, "toy.xyz"), toyText(toyClusters(20, 4)));
    const { code, stderr } = await eciton(["train", "toy.yaml", "--resume"], folder);
    expect(code).toBe(2);
    expect(stderr).toContain("toy.xyz");
  });

  it.each([
    ["a misspelt key", { epoch: 3 }, 2, /toy\.yaml:1: train: unknown key "epoch"/],
    ["contradicting keys", { start: "a", setup: "b" }, 2, /toy\.yaml:1: train\.start: /],
    ["too many weights", { network: { hidden: [500, 500] } }, 2, /the covariance of .* needs .* GiB/],
    ["data that are not there", { data: [{ files: ["no.xyz"] }] }, 3, /no\.xyz: there is no such file/],
  ])("ends with one message and no files for %s", async (_, keys, expected, says) => {
    const folder = folderOf(keys);
    const { code, stdout, stderr } = await eciton(["train", "toy.yaml"], folder);
    expect(code).toBe(expected);
    expect(stderr).toMatch(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(existsSync(join(folder, "eciton-out"))).toBe(false);
  });

  it("ends with 4 where nothing is learned, its results written", async () => {
    const folder = folderOf({ optimiser: { method: "adam", eta: 1e12 }, epochs: 2 });
    const { code, stdout, stderr } = await eciton(["train", "toy.yaml", "--json", "--workers", "0"], folder);
    expect(code).toBe(4);
    expect(stderr).toContain("no epoch made the errors smaller");
    expect(JSON.parse(stdout)).toMatchObject({ failure: { code: "not-converged" } });
    expect(readFileSync(join(folder, "eciton-out/toy/learning-curve.csv"), "utf8")).toContain("member,epoch");
  });

  it("ends with 4 where the filter breaks down, nothing half written", async () => {
    const folder = folderOf({ optimiser: { method: "kalman", epsilon: 1e-300 } });
    const { code, stderr } = await eciton(["train", "toy.yaml", "--workers", "0"], folder);
    expect(code).toBe(4);
    expect(stderr).toContain("the Kalman filter came to numbers that it cannot go on from");
    expect(existsSync(join(folder, "eciton-out/toy/potential"))).toBe(false);
    expect(existsSync(join(folder, "eciton-out/toy/report.html"))).toBe(false);
  });
});
