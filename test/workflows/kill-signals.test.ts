/** Runs that are interrupted, lose a thread, or meet another run in their folder. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildCli, type Outcome, type Running } from "../cli/eciton.ts";
import { type KillCase, killCases } from "./kill-cases.ts";
import { differencesBetween, KillHarness } from "./kill-harness.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const long = killCases(3);
const short = killCases(0.2);
const named = (cases: readonly KillCase[], name: string) => cases.find((one) => one.name === name)!;

let folder: string;
let folders = 0;

beforeAll(async () => {
  await buildCli();
  folder = mkdtempSync(join(tmpdir(), "eciton-signals-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newHarness = (killCase: KillCase) => new KillHarness(join(folder, String(folders++)), killCase, 1);

async function until(condition: () => boolean, run: Running): Promise<void> {
  let over = false;
  run.outcome.then(() => {
    over = true;
  });
  while (!condition()) {
    if (over) throw new Error(`it has ended: ${(await run.outcome).stderr}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

const checkpointsIn = (path: string) =>
  existsSync(join(path, "checkpoints"))
    ? readdirSync(join(path, "checkpoints")).filter((name) => /-\d.*\.json$/.test(name))
    : [];

const signals = [...long.map(({ name }) => ["SIGINT", name] as const), ["SIGTERM", "canonical"] as const];

describe("a signal", () => {
  it.each(signals)("%s ends %s soon, with checkpoints and code 130", async (signal, name) => {
    const harness = newHarness(named(long, name));
    const run = harness.start("out");
    await until(() => checkpointsIn(harness.path("out")).length > 0, run);
    const asked = performance.now();
    run.process.kill(signal);
    const { code, stderr } = await run.outcome;
    // On an idle machine a fifth of a second.
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /interrupted: \d of \d [a-z -]+ are finished, the others stopped at a checkpoint; run the same command with --resume/,
    );
    expect(existsSync(harness.path("out", "running.json"))).toBe(false);
    expect(existsSync(harness.path("out", "sampling.json"))).toBe(false);
    expect(checkpointsIn(harness.path("out")).length).toBeGreaterThan(1);
  });
});

/** Ends its thread, or fails, as long as a file says so. */
const culprit = `
import { existsSync } from "node:fs";
let calls = 0;
export const createObserver = () => ({
  columns: [{ name: "mine", unit: "", description: "" }],
  measure(occupation, out, at) {
    if (++calls === 20 && existsSync("exit")) process.exit(1);
    if (calls === 20 && existsSync("abort")) throw new Error("cannot go on");
    out[at] = occupation[0];
  },
});
`;

describe.each(["canonical", "tempering"])("a thread that ends in the middle of %s", (name) => {
  it("is named, code 5, and once the cause is gone the run goes on to the same files", async () => {
    const killCase = { ...named(short, name), files: { "mine.mjs": culprit } };
    const harness = newHarness(killCase);
    await harness.reference();
    writeFileSync(harness.path("exit"), "");
    const { code, stderr } = await harness.start("out").outcome;
    expect(stderr).toMatch(
      /eciton: (chain \d{4}, .+, \d+ K, .+|ladder 0, .+, part \d) \(runObserved\w+\) was lost with its thread: worker exited with code: 1/,
    );
    expect(stderr).toContain("the same command with --resume goes on from the last checkpoints");
    expect(code).toBe(5);
    rmSync(harness.path("exit"));
    expect(existsSync(harness.path("out", "running.json"))).toBe(false);
    expect((await harness.start("out", "--resume").outcome).code).toBe(0);
    expect(differencesBetween(harness.path("whole"), harness.path("out"))).toEqual([]);
  });
});

it("a module that fails is named, and resuming with another one is refused with what to do", async () => {
  const harness = newHarness({ ...named(short, "canonical"), files: { "mine.mjs": culprit } });
  writeFileSync(harness.path("abort"), "");
  const failed = await harness.start("out").outcome;
  expect(failed.stderr).toContain("mine.mjs: measure failed: cannot go on");
  expect(failed.code).toBe(3);
  writeFileSync(harness.path("mine.mjs"), culprit.replace("cannot go on", "can go on"));
  const other = await harness.start("out", "--resume").outcome;
  expect(other.stderr).toContain(
    "out holds another run (input files have changed: mine.mjs); begin anew without --resume, or choose another folder with --out",
  );
  expect(other.code).toBe(2);
});

describe("two runs into one folder", () => {
  const refused = ({ code, stderr }: Outcome, pid: number | undefined) => {
    expect(stderr).toContain(
      `eciton: out: another run works in this folder (process ${pid} on ${hostname()}); wait for its end or end it first`,
    );
    expect(code).toBe(2);
  };

  it("the second is refused, and the first notices nothing", async () => {
    const harness = newHarness(named(killCases(20), "reservoir"));
    const first = harness.start("out");
    await until(() => checkpointsIn(harness.path("out")).length > 0, first);
    const [second, resumed] = [harness.start("out"), harness.start("out", "--resume")];
    refused(await second.outcome, first.process.pid);
    refused(await resumed.outcome, first.process.pid);
    first.process.kill("SIGINT");
    const { code, stderr } = await first.outcome;
    expect(stderr).toContain("0 of 4 chains are finished, the others stopped at a checkpoint");
    expect(code).toBe(130);
  });

  it("of two that begin in the same moment one works", async () => {
    const harness = newHarness(named(short, "anneal"));
    await harness.reference();
    const both = [harness.start("out"), harness.start("out")];
    const outcomes = await Promise.all(both.map((run) => run.outcome));
    // On a busy machine the first may be done before the second looks: then that one begins anew.
    const losers = outcomes.filter(({ code }) => code !== 0);
    expect(losers.length).toBeLessThan(2);
    for (const loser of losers) refused(loser, both[1 - outcomes.indexOf(loser)].process.pid);
    expect(differencesBetween(harness.path("whole"), harness.path("out"))).toEqual([]);
  });
});
