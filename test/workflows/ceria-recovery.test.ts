/** The main job's fit in full: 221 configurations with noise, 3144 clusters, the published interactions come back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createExecutor, type Executor } from "../../src/exec/executor.ts";
import { ceriaPool, loadCeria, type Recovery, recover, shortfalls } from "./ceria-recovery-case.ts";

const MINUTES = 60_000;

describe("recovery of the published ceria interactions", () => {
  let executor: Executor;
  let recovery: Recovery;
  beforeAll(async () => {
    executor = createExecutor(2);
    const loaded = loadCeria();
    recovery = await recover(loaded, ceriaPool(loaded), executor);
  }, 5 * MINUTES);
  afterAll(() => executor.close());

  it("is judged on the published setting", () => {
    const { study } = loadCeria();
    expect(study.data?.synthetic?.configurations).toBe(221);
    expect(study.data?.synthetic?.noise_eV).toBe(0.07);
    expect(study.fit?.path).toEqual({ count: 50, decades: 3 });
    // 5, 47, 435 and 2661 clusters of one to four points, no constant.
    expect(recovery.fit.setup.problem.columns).toBe(3148);
  });

  it("has its least cross-validation error inside the path", () => {
    expect(recovery.fit.cv.minimum).toBeGreaterThan(0);
    expect(recovery.fit.cv.minimum).toBeLessThan(49);
  });

  it("finds the nine strong pairs as the nine largest many-body terms of the LASSO", () => {
    expect(recovery.strongPairs.length).toBe(9);
    expect([...recovery.largest].sort()).toEqual([...recovery.strongPairs].sort());
  });

  it("gives them, and what the data determine of the one-body terms, within their errors", () => {
    expect(shortfalls(recovery)).toEqual([]);
  });

  it("says that one-body terms are fixed only up to VO + 2c, Ce − c", () => {
    const { dependencies } = recovery.fit.dependencies;
    expect(dependencies.length).toBe(1);
    const factors = Object.fromEntries(dependencies[0].terms.map(({ name, factor }) => [name, factor]));
    // Two Ce3+ for each vacancy: 2 (VO1 + VO2 + VO3) = Ce1 + Ce2.
    const { VO1 } = factors;
    expect(factors).toEqual({ VO1, VO2: VO1, VO3: VO1, Ce1: -VO1 / 2, Ce2: -VO1 / 2 });
    expect(recovery.fit.warnings.some((warning) => warning.includes("VO1"))).toBe(true);
  });
});
