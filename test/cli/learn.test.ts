/** `eciton learn` as a person starts it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildCli, eciton, scratch, startEciton } from "./eciton.ts";

const study = `
name: ar5
labeler: {kind: calculator, potential: {kind: lennard-jones}}
atoms: {random: {composition: {Ar: 5}, min_A: 3.4, max_A: 4.6, volume_A3: 60}}
relax: {force_tolerance_eV_per_A: 0.001, max_evaluations: 200}
train: {network: {hidden: [5]}, descriptors: {level: small}, epochs: 8, members: 2}
learn:
  start_structures: 12
  rounds: 2
  per_round: 8
  trust: {low: 0.002, high: 0.1}
  explore: {starts: 3, temperature_K: 20, steps: 50, every_steps: 10}
  target_meV_per_atom: 1e-6
  check: 2
hop: {sampling: independent, paths: 2, steps: 3}
`;

beforeAll(buildCli);

/** All but what has a date, a duration or a command in it. */
function resultsIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile() && !/(provenance\.json|report\.html)$/.test(name))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "latin1")]));
}

describe("eciton learn", () => {
  it("says what it would do and writes nothing", async () => {
    const folder = scratch({ "ar5.yaml": study });
    const { code, stdout } = await eciton(["learn", "ar5.yaml", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("learn: atoms; 12 starts");
    // 12 starts, 3 minima in each of two rounds, and 8 candidates of the first.
    expect(stdout).toContain("at most 26");
    expect(existsSync(join(folder, "eciton-out"))).toBe(false);
  });

  it("keeps its results where the target is not met, tells so by its exit code, and goes on to the same after kills", async () => {
    const folder = scratch({ "ar5.yaml": study });
    const whole = await eciton(["learn", "ar5.yaml", "--json", "--workers", "1"], folder);
    expect(whole.code).toBe(4);
    expect(whole.stderr).toContain("the target of 0.000001 meV/atom is not met");
    const document = JSON.parse(whole.stdout);
    expect(document).toMatchObject({
      target_met: false,
      failure: { code: "not-converged" },
      rounds: [{ round: 1 }, { round: 2 }],
    });
    const out = join(folder, "eciton-out/ar5");
    expect(readFileSync(join(out, "rounds.csv"), "utf8")).toContain("energy_rmse_eV_per_atom");

    const other = scratch({ "ar5.yaml": study });
    const killed = join(other, "eciton-out/ar5");
    const marks = [
      "checkpoints/train-0001-0000.json",
      "checkpoints/round-0001.json",
      "checkpoints/explore-0002-0001.json",
      "search",
    ];
    let kills = 0;
    for (const mark of marks) {
      const run = startEciton(
        ["learn", "ar5.yaml", "--workers", "2", ...(kills > 0 ? ["--resume"] : [])],
        other,
      );
      let over = false;
      void run.outcome.then(() => {
        over = true;
      });
      while (!over && !existsSync(join(killed, mark))) await new Promise((go) => setTimeout(go, 2));
      run.process.kill("SIGKILL");
      if ((await run.outcome).signal === "SIGKILL") kills++;
    }
    expect(kills).toBeGreaterThan(1);
    const resumed = await eciton(["learn", "ar5.yaml", "--workers", "2", "--resume"], other);
    expect(resumed.code).toBe(4);
    expect(resultsIn(killed)).toEqual(resultsIn(out));
    const again = await eciton(["learn", "ar5.yaml", "--resume"], other);
    expect(again.stdout).toContain("already finished");
  }, 120_000);

  it("names the line of a mistake", async () => {
    const folder = scratch({
      "ar5.yaml": `${study}dynamics: {segments: [{duration_ps: 1, temperature_K: 5}]}\n`.replace(
        /^hop:.*\n/m,
        "",
      ),
    });
    const { code, stderr } = await eciton(["learn", "ar5.yaml"], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/ar5\.yaml:\d+: dynamics: .*needs the section hop/);
  });
});
