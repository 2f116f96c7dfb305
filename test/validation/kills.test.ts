/** Fifty kills at random moments, over all ways of sampling: every run ends with the very same files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { killCases } from "../workflows/kill-cases.ts";
import { KillHarness, type KillRecord, phases } from "../workflows/kill-harness.ts";

const KILLS = 50;
const cases = killCases(1);

let folder: string;
const kills: KillRecord[] = [];

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-kills-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("runs that are killed and resumed", () => {
  it.each(cases.map((killCase, i) => ({ ...killCase, i })))("$name", async ({ i }) => {
    // The first cases take one more each, so that there are fifty in all.
    const share = Math.floor(KILLS / cases.length) + (i < KILLS % cases.length ? 1 : 0);
    const harness = new KillHarness(join(folder, cases[i].name), cases[i], 1000 + i);
    await harness.reference();
    const outcome = await harness.kill(share);
    expect(outcome.kills).toHaveLength(share);
    expect(outcome.identical).toBeGreaterThan(0);
    kills.push(...outcome.kills);
    const counts = phases.map((phase) => `${outcome.kills.filter((k) => k.phase === phase).length} ${phase}`);
    console.info(
      `${cases[i].name}: ${share} kills (${counts.join(", ")}; ${outcome.kills.filter((k) => k.writing).length} while a file was ` +
        `written), ${outcome.identical} runs ended with identical files`,
    );
  });

  it("were hit at all times of their lives", () => {
    expect(kills).toHaveLength(KILLS);
    for (const phase of phases)
      expect(kills.filter((kill) => kill.phase === phase).length).toBeGreaterThan(3);
    expect(kills.some(({ writing }) => writing)).toBe(true);
  });
});
