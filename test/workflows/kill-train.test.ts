/** Trainings, killed at random moments and resumed (npm run validate does it twenty times). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { trainKillCases } from "./kill-cases-train.ts";
import { KillHarness } from "./kill-harness.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let folder: string;

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-kill-train-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a training that is killed", () => {
  it("ends with the same files", async () => {
    const [killCase] = trainKillCases(0.5);
    const harness = new KillHarness(folder, killCase, 60);
    await harness.reference();
    const outcome = await harness.kill(1);
    expect(outcome.kills).toHaveLength(1);
    expect(outcome.identical).toBeGreaterThan(0);
  });
});
