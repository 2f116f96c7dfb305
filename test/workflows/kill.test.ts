/** Every way of sampling, killed at random moments and resumed (npm run validate does it fifty times). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { killCases } from "./kill-cases.ts";
import { KillHarness, type KillRecord } from "./kill-harness.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** Short runs, but still longer than the start of the program. */
const cases = killCases(0.4);
/** Ladders have checkpoints that must fit together, so they get most. */
const shares = [2, 1, 1, 3, 1, 1];

let folder: string;
const kills: KillRecord[] = [];

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-kill-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a run that is killed", () => {
  it.each(cases.map(({ name }, i) => ({ name, i })))("$name: ends with the same files", async ({ i }) => {
    const harness = new KillHarness(join(folder, cases[i].name), cases[i], 20 + i);
    await harness.reference();
    const outcome = await harness.kill(shares[i]);
    expect(outcome.kills).toHaveLength(shares[i]);
    expect(outcome.identical).toBeGreaterThan(0);
    kills.push(...outcome.kills);
  });

  it("was hit while it sampled", () => {
    expect(kills.length).toBe(shares.reduce((a, b) => a + b, 0));
    // Most kills wait for a checkpoint to be begun.
    expect(kills.filter(({ phase }) => phase === "between checkpoints").length).toBeGreaterThan(1);
  });
});
