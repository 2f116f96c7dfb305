/** Energies that nothing explains are named. */
import { describe, expect, it } from "vitest";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { loadTrainingData } from "../../src/workflows/configurations.ts";
import { fitExpansion } from "../../src/workflows/fit.ts";
import { outlierWarnings } from "../../src/workflows/outliers.ts";
import { latticeOfStudy, modelOfStudy, poolOfStudy } from "../../src/workflows/study-lattice.ts";

/** Warnings for a table of pair energies with Gaussian noise, its energies changed by `change`. */
async function warningsFor(change: (energy: number, row: number) => number): Promise<string[]> {
  const loaded = loadStudy("configs/ceria-111.yaml", {
    "data.synthetic.configurations": 120,
    "clusters.cutoff_A": 6.2,
    "clusters.max_points": 2,
    "fit.bootstrap": 0,
  });
  const { study, folder } = loaded;
  const pool = poolOfStudy(study, latticeOfStudy(study));
  const data = loadTrainingData(loaded, pool.lattice, () => modelOfStudy(study, folder, () => pool));
  const configurations = data.configurations.map((c, i) => ({ ...c, energy: change(c.energy!, i) }));
  const fit = await fitExpansion(
    study,
    pool,
    { ...data, configurations },
    {
      executor: createExecutor(0),
      outDir: "",
      resume: false,
      signal: new AbortController().signal,
      say: () => {},
      command: "",
    },
  );
  return outlierWarnings(fit, configurations);
}

describe("outlierWarnings", () => {
  it("names the one configuration whose energy has a misplaced decimal point", async () => {
    const warnings = await warningsFor((energy, row) => (row === 17 ? 1000 * energy : energy));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/synthetic-0018, off by/);
  });

  it("says nothing of Gaussian noise", async () => {
    expect(await warningsFor((energy) => energy)).toEqual([]);
  });
});
