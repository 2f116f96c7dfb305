/** The memory of an analysis does not grow with the trajectories. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { analyzeInChild, lengthen, sampleOneState } from "./long-trajectory.ts";

it("a trajectory of 100 MB takes no more memory than one of 1 MB", async () => {
  const run = await sampleOneState(40);
  try {
    // 400 bytes of occupation, two doubles and a check sum.
    const small = lengthen(run, 2400);
    const first = analyzeInChild(run, join(run.folder, "first"));
    const large = lengthen(run, 240_000);
    const second = analyzeInChild(run, join(run.folder, "second"));
    expect(large / small).toBeGreaterThan(90);
    expect(large).toBeGreaterThan(1e8);
    // The same frames again and again.
    expect(Math.abs(second.observation.value - first.observation.value)).toBeLessThan(0.01);
    // Garbage that waits to be collected makes a difference of some 20 MiB from run to run; the file has 100 MB, its
    // occupations of a byte a site 770 MB.
    console.log(`peaks: ${first.peak_MiB.toFixed(0)} and ${second.peak_MiB.toFixed(0)} MiB`);
    expect(second.peak_MiB - first.peak_MiB).toBeLessThan(60);
  } finally {
    run.remove();
  }
});
