/** Twenty kills at random moments for each command that moves atoms: every run ends with the very same files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { atomsKillCases } from "../workflows/kill-cases-atoms.ts";
import { KillHarness, type KillRecord, phases } from "../workflows/kill-harness.ts";

const KILLS = 20;
const cases = atomsKillCases(1);

let folder: string;
const kills: KillRecord[] = [];

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-kills-atoms-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("runs of atoms that are killed and resumed", () => {
  it.each(cases.map((killCase, i) => ({ ...killCase, i })))("$name", async ({ i, command }) => {
    // Commands with two cases share their kills.
    const share = KILLS / cases.filter((other) => other.command === command).length;
    const harness = new KillHarness(join(folder, String(i)), cases[i], 2000 + i);
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
    expect(kills).toHaveLength(3 * KILLS);
    for (const phase of phases)
      expect(kills.filter((kill) => kill.phase === phase).length).toBeGreaterThan(3);
  });
});
