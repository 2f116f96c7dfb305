/** Errors that n2p2 printed while it trained, against those of the same weights here: real data, both sets, every epoch. */
import { describe, expect, it } from "vitest";
import { expectCurve, replaySamples, skipWithoutReplays } from "../nn/training/replay-data.ts";

describe.skipIf(skipWithoutReplays())("learning curves that n2p2 printed", () => {
  it.each([
    ["Cu2S_PBE", 20 * 144],
    ["H2O_RPBE-D3", 2064],
  ] as const)("of %s are reproduced to every digit", (name, atoms) => {
    const [train, test] = [replaySamples(name, "train"), replaySamples(name, "test")];
    expect([...train, ...test].reduce((sum, { numAtoms }) => sum + numAtoms, 0)).toBe(atoms);
    for (const epoch of [0, 1, 2]) {
      expectCurve(name, epoch, "train", train);
      expectCurve(name, epoch, "test", test);
    }
  });
});
