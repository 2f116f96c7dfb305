/** The memory of an analysis does not grow with the trajectories. */
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { analyzeInChild, lengthen, sampleOneState } from "./long-trajectory.ts";
import { removeSlabStudy } from "./slab-study.ts";

afterAll(removeSlabStudy);

it("a trajectory of 60 MB takes no more memory than one of 1 MB", async () => {
  const run = await sampleOneState(40);
  try {
    // 400 bytes of occupation, two doubles and a check sum.
    const small = lengthen(run, 2400);
    const first = analyzeInChild(run, join(run.folder, "first"));
    const large = lengthen(run, 144_000);
    const second = analyzeInChild(run, join(run.folder, "second"));
    expect(large / small).toBeGreaterThan(50);
    expect(large).toBeGreaterThan(6e7);
    expect(second.observations[0].name).toBe("motif neighbours");
    // The same frames again and again.
    expect(Math.abs(second.observations[0].value / first.observations[0].value - 1)).toBeLessThan(0.01);
    // Blocks of a few MB, garbage that waits to be collected, and 16384 bins; far below the 60 MB of the file.
    expect(second.peak_MiB - first.peak_MiB).toBeLessThan(40);
  } finally {
    run.remove();
  }
});
