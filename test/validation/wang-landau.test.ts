/** Density of states of the 6 x 6 Ising square, walked to a small ln f. */
import { describe, expect, it } from "vitest";
import { expansionRecord } from "../../src/clusters/expansion.ts";
import { joinDensities } from "../../src/mc/methods/density-of-states.ts";
import { runWalker } from "../../src/mc/methods/wang-landau-task.ts";
import { isingLevels } from "../mc/density-of-states.ts";
import { isingModel, J } from "../mc/ising-models.ts";

describe("Wang-Landau on 6 x 6", () => {
  it("agrees with the transfer matrix to a part in a thousand of ln g", () => {
    const walkers = Array.from({ length: 8 }, (_, walker) => {
      const result = runWalker(
        {
          expansion: expansionRecord(isingModel("square", 6).expansion),
          supercell: [6, 6, 1],
          composition: { up: 18 },
          ensemble: { kind: "semi-grand", chemicalPotentials: {} },
          temperatures_K: [100],
          finalLnF: 1e-6,
          flatness: 0.8,
          steps: 200_000_000,
          seed: 5,
          stream: 0,
          walker,
          index: walker,
          checkpoint: null,
        },
        { cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 },
      );
      if (result.interrupted) throw new Error("interrupted");
      expect(result.converged).toBe(true);
      return result.levels;
    });
    const exact = isingLevels(6);
    const { levels } = joinDensities(walkers, []);
    const usual = Math.sqrt(
      levels.reduce((sum, { lnStates }) => sum + lnStates.error! ** 2, 0) / levels.length,
    );
    let worst = 0;
    for (const { energy_eV, lnStates } of levels) {
      const { states } = exact.find(({ energy }) => Math.abs(energy - energy_eV) < 1e-3 * J)!;
      worst = Math.max(worst, Math.abs(lnStates.value - Math.log(states)) / Math.max(usual, lnStates.error!));
    }
    console.log(
      `ln g of ${levels.length} levels: error ${usual.toFixed(4)}, largest deviation ${worst.toFixed(1)} errors`,
    );
    expect(worst).toBeLessThan(4.5);
    // The largest ln g is 22.
    expect(usual).toBeLessThan(0.022);
  });
});
