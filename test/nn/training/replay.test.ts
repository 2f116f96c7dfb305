import { describe, expect, it } from "vitest";
import { replay } from "./replay.ts";
import { skipWithoutReplays } from "./replay-data.ts";

describe.skipIf(skipWithoutReplays())("a training that n2p2 did: Lennard-Jones dimers", () => {
  it("has the same weights to 1e-11 after each of ten epochs of 184 updates", async () => {
    const epochs = await replay("LJ");
    expect(epochs.length).toBe(10);
    for (const { distance } of epochs) expect(distance).toBeLessThan(1e-11);
  });
});
