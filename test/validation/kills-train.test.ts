/** Twenty-one kills of trainings at random moments: every one ends with the very same files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { trainKillCases } from "../workflows/kill-cases-train.ts";
import { KillHarness, type KillRecord, phases } from "../workflows/kill-harness.ts";

const KILLS = 7;
const cases = trainKillCases(1);

let folder: string;
const kills: KillRecord[] = [];

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-kills-train-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("trainings that are killed and resumed", () => {
  it.each(cases.map(({ name }, i) => ({ name, i })))("$name", async ({ name, i }) => {
    const harness = new KillHarness(join(folder, String(i)), cases[i], 3000 + i);
    await harness.reference();
    const outcome = await harness.kill(KILLS);
    expect(outcome.kills).toHaveLength(KILLS);
    expect(outcome.identical).toBeGreaterThan(0);
    kills.push(...outcome.kills);
    const counts = phases.map((phase) => `${outcome.kills.filter((k) => k.phase === phase).length} ${phase}`);
    console.info(
      `${name}: ${KILLS} kills (${counts.join(", ")}), ${outcome.identical} runs ended with identical files`,
    );
  });

  it("were hit at all times of their lives", () => {
    for (const phase of phases)
      expect(kills.filter((kill) => kill.phase === phase).length, phase).toBeGreaterThan(0);
  });
});
