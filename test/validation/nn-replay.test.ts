/** Trainings that n2p2 did of its examples, with real data: the same updates here lead to the same weights. */
import { describe, expect, it } from "vitest";
import { replay } from "../nn/training/replay.ts";
import { skipWithoutReplays } from "../nn/training/replay-data.ts";

describe.skipIf(skipWithoutReplays())("trainings that n2p2 did", () => {
  it("of water, 2,827 weights, 86 updates: weights to 1e-8 after both epochs", async () => {
    const epochs = await replay("H2O_RPBE-D3");
    expect(epochs.length).toBe(2);
    for (const { distance } of epochs) expect(distance).toBeLessThan(1e-8);
  });

  it("of copper sulphide, 3,227 weights, 418 updates: as near as roundings allow", async () => {
    const [first, second] = await replay("Cu2S_PBE");
    expect(first.distance).toBeLessThan(1e-8);
    // A filter amplifies differences. Sums over 144 atoms, in another order, differ by 1e-14 of their size: first weights
    // that differ by as much end 1e-8 apart after the second epoch, so n2p2's own weights are not known better.
    const [, other] = await replay("Cu2S_PBE", 1 + 1e-14);
    const spread = other.weights.reduce((most, w, i) => Math.max(most, Math.abs(w - second.weights[i])), 0);
    expect(spread).toBeGreaterThan(3e-9);
    expect(second.distance).toBeLessThan(3e-8);
  });
});
