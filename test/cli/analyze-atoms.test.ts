/** `eciton analyze` on atoms, as a person starts it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCli, eciton, scratch } from "./eciton.ts";

const study = `
name: warm
model: {potential: {kind: gupta}}
atoms: {icosahedron: {species: Cu, shells: 1}}
dynamics:
  time_step_fs: 2
  staircase: {from_K: 300, to_K: 500, step_K: 100, equilibrate_ps: 0.1, measure_ps: 0.4}
  trajectory: {every_steps: 5}
report: {pictures: false}
analysis: {lindemann: {}, caloric: {energy: potential}}
`;

const dimer = `2

Cu 0 0 0
Cu 0 0 2.4
`;

let folder = "";
beforeAll(async () => {
  await buildCli();
  folder = scratch({ "warm.yaml": study, "dimer.xyz": dimer }, (remove) => afterAll(remove));
  const { code, stderr } = await eciton(["dynamics", "warm.yaml", "--workers", "0"], folder);
  expect(code, stderr).toBe(0);
  // What a run on a lattice leaves, as far as it is looked at before its results are read.
  mkdirSync(join(folder, "lattice"));
  writeFileSync(
    join(folder, "lattice", "provenance.json"),
    JSON.stringify({ eciton: "0.1.0", study: "slab", parts: ["sample"], resolvedStudy: "{}" }),
  );
}, 120_000);

const out = join("eciton-out", "analysis");

describe("eciton analyze on atoms", () => {
  it("measures what a study asks for on what its own runs wrote", async () => {
    const { code, stdout, stderr } = await eciton(
      ["analyze", "warm.yaml", "--json", "--workers", "1"],
      folder,
    );
    expect(code, stderr).toBe(0);
    const document = JSON.parse(stdout) as {
      files: string[];
      sets: { lindemann: { kind: string; temperature_K: number; index: { value: number } }[] }[];
      caloric: { states: { temperature_K: number; energy_eV: { value: number } }[] }[];
    };
    for (const file of document.files) expect(existsSync(join(folder, file))).toBe(true);
    const cluster = document.sets[0].lindemann.filter(({ kind }) => kind === "cluster");
    expect(cluster.map(({ temperature_K }) => temperature_K)).toEqual([300, 400, 500]);
    // The run itself says the same of its segments.
    const run = JSON.parse(readFileSync(join(folder, "eciton-out", "warm", "dynamics.json"), "utf8")) as {
      replicas: {
        segments: { measured: boolean; potential_eV: { value: number }; lindemann: { cluster: number } }[];
      }[];
    };
    const segments = run.replicas[0].segments.filter(({ measured }) => measured);
    expect(cluster.map(({ index }) => index.value)).toEqual(
      segments.map(({ lindemann }) => lindemann.cluster),
    );
    expect(document.caloric[0].states.map(({ energy_eV }) => energy_eV.value)).toEqual(
      segments.map(({ potential_eV }) => potential_eV.value),
    );
    const numbers = JSON.parse(readFileSync(join(folder, out, "analysis.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(Object.keys(numbers)).toEqual(
      expect.arrayContaining(["sets", "caloric", "analysis", "provenance"]),
    );
    expect(readFileSync(join(folder, out, "report.html"), "utf8")).toContain("Lindemann");
  });

  it("takes files, says in one sentence what it did, writes tables in the formats asked for", async () => {
    const args = ["analyze", "dimer.xyz", "--out", "dimer", "--format", "jsonl,parquet", "--workers", "0"];
    const { code, stdout, stderr } = await eciton(args, folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^1 frame of 1 file in 1 data set measured\.\n/);
    const rows = readFileSync(join(folder, "dimer", "point-groups.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(rows.map((row) => JSON.parse(row) as object)).toMatchObject([
      { data_set: "dimer", point_group: "D*h" },
    ]);
    expect(existsSync(join(folder, "dimer", "point-groups.parquet"))).toBe(true);
    expect(existsSync(join(folder, "dimer", "point-groups.csv"))).toBe(false);
  });

  it("says with --dry-run what it would measure, and writes nothing", async () => {
    const inputs = ["dimer.xyz", join("eciton-out", "warm")];
    const { code, stdout } = await eciton(["analyze", ...inputs, "--out", "dry", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^dimer: 1 file, species Cu\nwarm: 1 file, species Cu, 1 trajectory\nmeasured: bonds, .*soap/,
    );
    expect(existsSync(join(folder, "dry"))).toBe(false);
  });

  it("ends with the exit code of the fault", async () => {
    const fails = async (args: string[], code: number, message: RegExp) => {
      const outcome = await eciton(["analyze", ...args], folder);
      expect(outcome.stderr).toMatch(message);
      expect(outcome.stderr).not.toContain("    at ");
      expect(outcome.code).toBe(code);
    };
    await fails(["dimer.xyz", "lattice"], 2, /lattice is a run on a lattice and dimer\.xyz holds atoms/);
    await fails(["nothing.xyz"], 3, /nothing\.xyz: there is no such file/);
    await fails(["dimer.xyz", "--observer", "o.mjs"], 2, /--observer is for runs on a lattice/);
    await fails(["dimer.xyz", "--out", join("eciton-out", "warm")], 2, /holds the results of a run/);
    writeFileSync(join(folder, "bare.yaml"), study.replace(/analysis: .*\n/, ""));
    await fails(["bare.yaml"], 2, /bare\.yaml: it has no section analysis/);
    await fails(
      ["dimer.xyz", "--study", "warm.yaml"],
      2,
      /warm\.yaml:\d+: analysis\.lindemann: dimer\.xyz: .*single frame/,
    );
    writeFileSync(join(folder, "broken.xyz"), dimer.replace("2.4", "far"));
    await fails(["broken.xyz"], 3, /broken\.xyz:4: /);
  });
});
