/** `eciton dynamics` as a person starts it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildCli, eciton, scratch, startEciton } from "./eciton.ts";

const study = `
name: cu13
model: {potential: {kind: gupta}}
atoms: {icosahedron: {species: Cu, shells: 1}}
dynamics:
  time_step_fs: 2
  segments: [{duration_ps: 60, temperature_K: 300}]
  checkpoint_every_steps: 1000
  trajectory: {every_steps: 50}
report: {pictures: false}
`;
const overlapping = "atoms: {file: s.extxyz}\n";
const close = '4\nname=four pbc="F F F"\nCu 0 0 0\nCu 2.5 0 0\nCu 0 2.5 0\nCu 0 2.5 0.7\n';

beforeAll(buildCli);

describe("eciton dynamics", () => {
  it("says what it would do and writes nothing", async () => {
    const folder = scratch({ "cu13.yaml": study });
    const { code, stdout } = await eciton(["dynamics", "cu13.yaml", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("1 replica of 13 atoms");
    expect(existsSync(join(folder, "eciton-out"))).toBe(false);
  });

  it("stops on Ctrl-C with 130, and goes on to the end", async () => {
    const folder = scratch({ "cu13.yaml": study });
    const running = startEciton(["dynamics", "cu13.yaml", "--workers", "1"], folder);
    const out = join(folder, "eciton-out/cu13");
    const watch = setInterval(() => {
      if (!existsSync(join(out, "checkpoints/replica-0000.json"))) return;
      // A second one would stop it at once.
      clearInterval(watch);
      running.process.kill("SIGINT");
    }, 5);
    const { code, stderr } = await running.outcome;
    expect([code, stderr]).toEqual([130, expect.stringContaining("--resume")]);
    expect(existsSync(join(out, "segments.csv"))).toBe(false);
    const resumed = await eciton(["dynamics", "cu13.yaml", "--resume", "--json"], folder);
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ replicas: [{ steps: 30_000 }] });
    const series = readFileSync(join(out, "trajectories/replica-0000.csv"), "utf8").trim().split("\n");
    expect(series).toHaveLength(1 + 30_000 / 100 + 1);
  });

  it("ends with 4 where a run explodes, and with 3 where atoms overlap", async () => {
    const long = study.replace("time_step_fs: 2", "time_step_fs: 80");
    const files = {
      "cu13.yaml": long,
      "close.yaml": study.replace(/atoms: .*\n/, overlapping),
      "s.extxyz": close,
    };
    const folder = scratch(files);
    const exploded = await eciton(["dynamics", "cu13.yaml", "--workers", "0"], folder);
    expect([exploded.code, exploded.stderr]).toEqual([
      4,
      expect.stringMatching(/step \d+ .*: atom \d+ \(Cu\)/),
    ]);
    expect(existsSync(join(folder, "eciton-out/cu13/trajectories/replica-0000.extxyz"))).toBe(true);
    const refused = await eciton(["dynamics", "close.yaml"], folder);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringMatching(/atoms 3 .* and 4 .* 0\.7 Å/)]);
    expect(existsSync(join(folder, "eciton-out/close"))).toBe(false);
  });
});
