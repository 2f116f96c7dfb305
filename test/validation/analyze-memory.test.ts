/** A trajectory larger than the memory that is allowed: 700 MB analysed within 500 MB. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { analyzeInChild, lengthen, sampleOneState } from "../workflows/long-trajectory.ts";

it("analyses 700 MB of frames with a peak below 500 MB", async () => {
  const run = await sampleOneState(128);
  try {
    const bytes = lengthen(run, 172_000);
    expect(bytes).toBeGreaterThan(7e8);
    const report = analyzeInChild(run, join(run.folder, "out"));
    console.log(
      `${(bytes / 1e6).toFixed(0)} MB in ${report.seconds.toFixed(0)} s, peak ${report.peak_MiB.toFixed(0)} MiB`,
    );
    expect(report.observation.value).toBeGreaterThan(0);
    expect(report.observation.value).toBeLessThan(1);
    expect((report.peak_MiB * 2 ** 20) / 1e6).toBeLessThan(500);
  } finally {
    run.remove();
  }
});
