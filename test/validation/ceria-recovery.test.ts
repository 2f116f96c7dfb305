/**
 * The main job's fit with other seeds than its own (for which test/workflows demands everything): how often the
 * demands hold is printed, and what does not hang on luck is asserted.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterPool } from "../../src/clusters/pool.ts";
import { createExecutor, type Executor } from "../../src/exec/executor.ts";
import {
  ceriaPool,
  loadCeria,
  type Recovery,
  recover,
  shortfalls,
} from "../workflows/ceria-recovery-case.ts";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe("recovery of the published ceria interactions", () => {
  let executor: Executor;
  let pool: ClusterPool;
  beforeAll(() => {
    executor = createExecutor(2);
    pool = ceriaPool(loadCeria());
  });
  afterAll(() => executor.close());

  test("ten other seeds", async () => {
    const met: number[] = [];
    const nine: number[] = [];
    for (const seed of SEEDS) {
      const recovery = await recover(loadCeria(seed), pool, executor);
      console.log(`ceria-111, seed ${seed}: ${summary(recovery)}`);
      if (shortfalls(recovery).length === 0) met.push(seed);
      if (recovery.strongPairs.every((label) => recovery.largest.includes(label))) nine.push(seed);
      // Only the weakest pair, -0.05 eV, is ever lost, and predictions are good whichever terms do its work.
      const lost = recovery.strongPairs.filter((label) => !recovery.pairs.some((p) => p.label === label));
      expect(lost.filter((label) => label !== "VO1Ce1_2N")).toEqual([]);
      expect(recovery.unseenRmse).toBeLessThan(0.03);
    }
    console.log(
      `ceria-111: of ${SEEDS.length} other seeds ${met.length} meet every demand (${met.join(", ")}), ` +
        `${nine.length} have the nine strong pairs as the nine largest terms (${nine.join(", ")})`,
    );
  });
});

function summary(recovery: Recovery): string {
  const { fit, spurious, unseenRmse } = recovery;
  const missing = shortfalls(recovery);
  return (
    `${fit.path.fits[fit.cv.minimum].selected.length} terms at the least error, ${fit.refit!.kept.length} kept, ` +
    `${spurious.length} of them not in the model, unseen ${unseenRmse.toFixed(4)} eV per vacancy; ` +
    (missing.length === 0 ? "every demand met" : missing.join("; "))
  );
}
