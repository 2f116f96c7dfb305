/** Copper clusters of 147 and 309 atoms are heated through their melting points: the study of configs, with shorter stays. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import type { CaloricDocument } from "../../src/workflows/atoms/caloric.ts";
import * as dynamics from "../../src/workflows/atoms/dynamics.ts";

const clusters = [
  { atoms: 147, shells: 3, from_K: 650, to_K: 1050, equilibrate_ps: 20, measure_ps: 40 },
  { atoms: 309, shells: 4, from_K: 850, to_K: 1200, equilibrate_ps: 15, measure_ps: 30 },
] as const;

describe.each(clusters)("the icosahedron of $atoms copper atoms", ({ atoms, shells, ...staircase }) => {
  const outDir = mkdtempSync(join(tmpdir(), "eciton-"));
  let curve: CaloricDocument;

  beforeAll(async () => {
    const plan = dynamics.plan(
      loadStudy("configs/melting-cu147.yaml", {
        "atoms.icosahedron.shells": shells,
        "dynamics.staircase": { ...staircase, step_K: 50 },
        "report.pictures": false,
      }),
      outDir,
    );
    const executor = createExecutor(2);
    try {
      await dynamics.run(plan, {
        executor,
        outDir,
        resume: false,
        signal: new AbortController().signal,
        say: () => {},
        command: "eciton dynamics",
      });
    } finally {
      await executor.close();
    }
    const { caloric } = JSON.parse(readFileSync(join(outDir, "dynamics.json"), "utf8")) as {
      caloric: { curves: CaloricDocument[] }[];
    };
    [curve] = caloric[0].curves;
    for (const { temperature_K, energy_eV, lindemann } of curve.states)
      console.log(
        `${temperature_K} K: ${(energy_eV.value / atoms).toFixed(4)} eV per atom, Lindemann ${lindemann!.cluster.toFixed(3)}, ` +
          `surface ${lindemann!.surface!.toFixed(3)}, core ${lindemann!.core!.toFixed(3)}`,
      );
    console.log(`steepest at ${curve.steepest.temperature_K} ± ${curve.steepest.uncertainty_K} K`);
  }, 900_000);
  afterAll(() => rmSync(outDir, { recursive: true, force: true }));

  it("melts by a jump of its energy where its Lindemann index passes 0.1", () => {
    const { steepest, slopes, melting_K } = curve;
    expect(steepest.clear).toBe(true);
    expect(melting_K).not.toBeNull();
    // Two temperatures that are measured, or the next interval: while it melts it is half of each.
    const [from, to] = melting_K!;
    expect(steepest.temperature_K).toBeGreaterThan(from - 51);
    expect(steepest.temperature_K).toBeLessThan(to + 51);
    // Below the bulk's 1350 K, and above where surfaces of such clusters begin to soften.
    expect(steepest.temperature_K).toBeGreaterThan(700);
    expect(steepest.temperature_K).toBeLessThan(1200);
    // A solid has 3 k_B for each atom by Dulong and Petit, somewhat more because bonds are not harmonic.
    const solid = slopes[0].slope_eV_per_K / atoms / BOLTZMANN_EV_PER_K;
    expect(solid).toBeGreaterThan(2.8 - (4 * slopes[0].error_eV_per_K) / atoms / BOLTZMANN_EV_PER_K);
    expect(solid).toBeLessThan(4 + (4 * slopes[0].error_eV_per_K) / atoms / BOLTZMANN_EV_PER_K);
  });

  it("loosens at the surface first", () => {
    const last = curve.states.findLast(({ temperature_K }) => temperature_K <= curve.melting_K![0])!;
    expect(last.lindemann!.surface).toBeGreaterThan(last.lindemann!.core!);
  });
});
