/** `eciton hop` as a person starts it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildCli, eciton, scratch } from "./eciton.ts";

const study = `
name: lj10
model: {potential: {kind: lennard-jones, epsilon_eV: 1, sigma_A: 1}}
atoms: {random: {composition: {X: 10}, min_A: 0.8, max_A: 1.4, volume_A3: 1.2}}
relax: {}
hop: {paths: 2, steps: 60, temperature_K: 0.8 / 8.617333262e-5, target_eV: -28.422532}
`;

beforeAll(buildCli);

describe("eciton hop", () => {
  it("says what it would do and writes nothing", async () => {
    const folder = scratch({ "lj10.yaml": study });
    const { code, stdout } = await eciton(["hop", "lj10.yaml", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("hop: 2 paths of 60 relaxations");
    expect(existsSync(join(folder, "eciton-out"))).toBe(false);
  });

  it("finds the published minimum, and resumes a finished run by doing nothing", async () => {
    const folder = scratch({ "lj10.yaml": study });
    const { code, stdout } = await eciton(["hop", "lj10.yaml", "--json", "--workers", "2"], folder);
    expect(code).toBe(0);
    const { minima, paths } = JSON.parse(stdout) as {
      minima: { energy_eV: number; relative_eV: number }[];
      paths: { reached_target: boolean }[];
    };
    // Cambridge Cluster Database, six decimals.
    expect(minima[0].energy_eV).toBeCloseTo(-28.422532, 5);
    expect(paths.some((path) => path.reached_target)).toBe(true);
    const again = await eciton(["hop", "lj10.yaml", "--resume"], folder);
    expect(again.stdout).toContain("already finished");
  });

  it("ends with 4 where no path finds the target, its results written", async () => {
    const folder = scratch({ "lj10.yaml": study.replace("-28.422532", "-29") });
    const { code, stdout, stderr } = await eciton(["hop", "lj10.yaml", "--json", "--workers", "0"], folder);
    expect(code).toBe(4);
    expect(stderr).toContain("no path found -29 eV");
    expect(JSON.parse(stdout)).toMatchObject({ failure: { code: "not-converged" } });
    expect(readFileSync(join(folder, "eciton-out/lj10/minima.csv"), "utf8")).toContain("rank,energy_eV");
  });

  it("names the line of a mistake", async () => {
    const folder = scratch({ "lj10.yaml": study.replace("steps: 60", "steps: 60, moves: {exchange: 1}") });
    const { code, stderr } = await eciton(["hop", "lj10.yaml"], folder);
    expect(code).toBe(2);
    expect(stderr).toContain("lj10.yaml:6");
    expect(stderr).toContain("needs two species");
  });
});
