/** Atoms that move, killed at random moments and resumed (npm run validate does it twenty times each). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { atomsKillCases } from "./kill-cases-atoms.ts";
import { KillHarness } from "./kill-harness.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** One case of each command; barostats, dumps and independent structures are left to npm run validate. */
const cases = atomsKillCases(0.3).filter(({ name }) => ["relax", "dynamics", "hop"].includes(name));

let folder: string;

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-kill-atoms-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a run that is killed", () => {
  it.each(cases.map(({ name }, i) => ({ name, i })))("$name: ends with the same files", async ({ i }) => {
    const harness = new KillHarness(join(folder, String(i)), cases[i], 40 + i);
    await harness.reference();
    const outcome = await harness.kill(1);
    expect(outcome.kills).toHaveLength(1);
    expect(outcome.identical).toBe(1);
  });
});
