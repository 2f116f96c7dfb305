/** The published model's own statements, from its study at full length. */
import { describe, expect, it } from "vitest";
import { claimSummary } from "../../src/workflows/claims.ts";
import { runFile } from "../workflows/run-study.ts";

describe("configs/ceria-111-published.yaml", () => {
  it("gives back the paper's four statements on 8 x 8 and on 16 x 16", async () => {
    const run = await runFile("configs/ceria-111-published.yaml", {}, 2);
    const { states, seconds } = run.result;
    const summary = claimSummary(run.plan.loaded.study, states)!;
    for (const { outcome, relation, measured } of summary.claims)
      console.log(
        `${outcome}: ${relation}\n${measured
          .map(({ state, value, against }) => {
            const number = (e: { mean: number; error?: number }) =>
              `${e.mean.toFixed(4)}(${(e.error ?? 0).toFixed(4)})`;
            return `  ${state}: ${number(value)}${against ? ` against ${number(against)}` : ""}`;
          })
          .join("\n")}`,
      );
    console.log(`${states.length} states, ${seconds.toFixed(0)} s`);
    expect(summary.claims.map(({ outcome }) => outcome)).toEqual(["holds", "holds", "holds", "holds"]);
    // Every statement was held against both cells.
    for (const { measured } of summary.claims)
      for (const cell of ["8 × 8 × 1", "16 × 16 × 1"])
        expect(measured.some(({ state }) => state.includes(`K, ${cell}`))).toBe(true);
    expect(states.every((state) => state.heatCapacity_kB!.value > 0)).toBe(true);
    expect(run.read("report.html")).toContain("Ce3+ fills the surface layer");
    run.remove();
  });
});
