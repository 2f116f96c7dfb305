/** From files to reports: real tables with `run`, in the shortened form that a test allows. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { loadStudy, type Overrides } from "../../src/data/study/load-study.ts";
import { createExecutor, type Executor } from "../../src/exec/executor.ts";
import { predictRows } from "../../src/fitting/problem.ts";
import { readModelFile } from "../../src/workflows/model-file.ts";
import { planRun } from "../../src/workflows/plan.ts";
import { type RunResult, runStudy } from "../../src/workflows/run.ts";
import { rootMeanSquare, skipWithout } from "./published-data.ts";

const both = { fit: true, sample: true };

describe("studies of real tables, from file to report", () => {
  let executor: Executor;
  let folder: string;
  beforeAll(() => {
    executor = createExecutor(2);
    folder = mkdtempSync(join(tmpdir(), "eciton-validation-"));
  });
  afterAll(async () => {
    await executor.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(name: string, overrides: Overrides): Promise<RunResult> {
    const plan = await planRun(loadStudy(`test/validation/studies/${name}.yaml`, overrides), both);
    return runStudy(plan, both, {
      executor,
      outDir: join(folder, name),
      resume: false,
      signal: new AbortController().signal,
      say: () => {},
      command: `eciton run ${name}.yaml`,
    });
  }

  /** The model file says of every training configuration what the fit said. */
  function expectModelFile({ data, fit, model }: RunResult): void {
    const { expansion } = readModelFile(model!);
    const { problem, normaliser } = fit!.setup;
    const fitted = predictRows(problem, fit!.coefficients);
    const differences = data!.configurations.slice(0, 40).map(({ supercell, occupation }, i) => {
      const energy = new CompiledExpansion(expansion, supercell).energy(occupation);
      return energy / normaliser[i] - fitted[i];
    });
    expect(rootMeanSquare(differences)).toBeLessThan(1e-9);
  }

  function expectReport({ report, data }: RunResult, texts: readonly string[]): void {
    const page = readFileSync(report!, "utf8");
    expect(page).toContain(`${data!.configurations.length} accepted, 0 rejected`);
    for (const text of texts) expect(page).toContain(text);
    for (const file of ["sampling.csv", "training.csv", "model.json"])
      expect(existsSync(join(report!, "..", file))).toBe(true);
    // Nothing is fetched when the page is opened.
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
  }

  test.skipIf(skipWithout("ag-pd-icet"))("Ag-Pd: mixing energy against temperature", async () => {
    const result = await run("ag-pd", {
      "sample.steps": 20_000,
      "sample.temperatures_K": [150, 500, 1500],
    });
    expect(result.data!.configurations.length).toBe(625);
    expectReport(result, ["Convex hull", "Energy against temperature", "Predictions against the data"]);
    expectModelFile(result);
    const lines = result.states.map(
      (s) =>
        `${s.conditionLabel} ${s.temperature_K} K: ${((1000 * s.energy_eV.value) / s.numCells).toFixed(2)} ± ${((1000 * s.energy_eV.error) / s.numCells).toFixed(2)} meV/atom`,
    );
    console.log(`Ag-Pd mixing energies: ${lines.join("; ")}`);
    for (const label of new Set(result.states.map((s) => s.conditionLabel))) {
      const [cold, warm, hot] = result.states.filter((s) => s.conditionLabel === label);
      // Silver and palladium mix at every temperature, and order on cooling.
      for (const state of [cold, warm, hot]) expect(state.energy_eV.value).toBeLessThan(0);
      const error = (a: typeof cold, b: typeof cold) => 4 * Math.hypot(a.energy_eV.error, b.energy_eV.error);
      expect(warm.energy_eV.value).toBeLessThan(hot.energy_eV.value + error(warm, hot));
      expect(cold.energy_eV.value).toBeLessThan(hot.energy_eV.value - error(cold, hot));
    }
  });

  test.skipIf(skipWithout("srcuox-vacancies-pyclupan"))("SrCuOx: absent atoms are vacancies", async () => {
    const result = await run("srcuox", { "sample.steps": 30_000 });
    expect(result.data!.configurations.length).toBe(513);
    expectReport(result, ["Convex hull", "Energy against temperature", "final.extxyz"]);
    expectModelFile(result);
    expect(result.fit!.cv.rmse[result.fit!.cv.minimum]).toBeLessThan(0.02);
    // The hottest states have no order left: their energy is above that of every colder state.
    for (const label of new Set(result.states.map((s) => s.conditionLabel))) {
      const states = result.states.filter((s) => s.conditionLabel === label);
      const hottest = states[states.length - 1];
      expect(hottest.equilibrated).toBe(true);
      for (const state of states.slice(0, -1))
        expect(state.energy_eV.value).toBeLessThan(hottest.energy_eV.value);
    }
  });
});
