/** A disk that is full again and again while a run goes on: what is there stays whole, and nothing is lost. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { killCases } from "./kill-cases.ts";
import { differencesBetween, KillHarness } from "./kill-harness.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const PAGE = 4096;

let folder: string;

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-disk-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesIn = (path: string) =>
  readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(path, name)).isFile(),
  );

describe.each(["canonical", "tempering"])("%s on a disk that is full", (name) => {
  it("ends with code 5 each time, and with --resume and more room goes on to the same files", async (context) => {
    const killCase = killCases(0.1).find((one) => one.name === name)!;
    const harness = new KillHarness(join(folder, name), killCase, 1);
    await harness.reference();
    const out = harness.path("out");
    mkdirSync(out);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", out], { stdio: "pipe" });
    } catch {
      console.warn("skipped: no permission to mount a small disk");
      return context.skip();
    }
    try {
      const whole = harness.path("whole");
      const total = filesIn(whole).reduce((sum, file) => sum + statSync(join(whole, file)).size + PAGE, 0);
      const failures: string[] = [];
      for (let room = 8 * PAGE; ; room += total / 16) {
        expect(room).toBeLessThan(2 * total);
        fill(out, room);
        const { code, stderr } = await harness.start("out", ...(failures.length === 0 ? [] : ["--resume"]))
          .outcome;
        if (code === 0) break;
        expect(code).toBe(5);
        const found = /eciton: (out\/\S+): cannot write: the disk is full; free some space/.exec(stderr);
        expect(stderr).toEqual(expect.stringMatching(/cannot write: the disk is full; free some space/));
        expect(stderr).not.toContain("    at ");
        failures.push(found?.[1] ?? stderr);
        if (/checkpoints|trajectories/.test(failures.at(-1)!))
          expect(stderr).toContain("with --resume goes on from the last checkpoints");
        for (const file of filesIn(out)) {
          expect(file).not.toMatch(/\.part$|running\.json/);
          if (file.endsWith(".json"))
            expect(() => JSON.parse(readFileSync(join(out, file), "utf8"))).not.toThrow();
        }
      }
      rmSync(join(out, "filler"));
      expect(differencesBetween(whole, out)).toEqual([]);
      // While sampling, and when the results are written.
      expect(failures.filter((file) => /checkpoints|trajectories/.test(file)).length).toBeGreaterThan(0);
      expect(failures.filter((file) => !/checkpoints|trajectories/.test(file)).length).toBeGreaterThan(0);
    } finally {
      execFileSync("umount", [out]);
    }
  });
});

/** Leaves so much room on the disk beside what it holds already, bytes. */
function fill(out: string, room: number): void {
  rmSync(join(out, "filler"), { force: true });
  const free = Number(execFileSync("df", ["--output=avail", "-B1", out]).toString().split("\n")[1]);
  if (free > room) writeFileSync(join(out, "filler"), Buffer.alloc(Math.floor((free - room) / PAGE) * PAGE));
}
