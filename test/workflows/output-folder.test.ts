/** Whose results a folder holds, and whether a run may go on in it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import type { RunContext } from "../../src/workflows/context.ts";
import { beginOutput, checkOutputFolder, isFinished } from "../../src/workflows/output-folder.ts";
import { type InputFile, type Provenance, provenanceOf } from "../../src/workflows/provenance.ts";
import { smallStudy } from "../cli/small-study.ts";
import { failureOf } from "../failure.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-output-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let outDir: string;
let runs = 0;
beforeEach(() => {
  outDir = join(folder, `out-${runs++}`);
});

const context = (resume: boolean): RunContext => ({
  executor: createExecutor(0),
  outDir,
  resume,
  signal: new AbortController().signal,
  say: () => {},
  command: "eciton run",
});

function provenance(changes: Record<string, unknown> = {}, inputs: readonly InputFile[] = []): Provenance {
  const file = join(folder, "study.yaml");
  writeFileSync(file, smallStudy(changes));
  return provenanceOf(loadStudy(file), inputs, "eciton run");
}

const both = ["fit", "sample"] as const;
const put = (...names: string[]) => {
  for (const name of names) {
    mkdirSync(join(outDir, name, ".."), { recursive: true });
    writeFileSync(join(outDir, name), "x");
  }
};

function begun(record = provenance()): void {
  beginOutput(context(false), record, both).release();
}

function finished(record = provenance()): void {
  const output = beginOutput(context(false), record, both);
  put("sampling.json", "sampling.csv", "snapshots/chain-0000.extxyz", "report.html", "report-csv/a.csv");
  put("trajectories/chain-0000.traj");
  output.finish();
  output.release();
}

describe("going on with a run", () => {
  it.each(["", "null", "{}", '{"parts": ["fit"], "inputs": []}'])(
    "is refused where provenance.json is %j",
    (text) => {
      put("provenance.json");
      writeFileSync(join(outDir, "provenance.json"), text);
      const failure = failureOf(() => checkOutputFolder(context(true), provenance(), both));
      expect(failure.code).toBe("data");
      expect(failure.message).toContain("provenance.json: not ");
    },
  );

  it.each([
    [{ sample: { until: { observable: "energy_eV_per_cell", error: 1 } } }, /sample\.until was absent, is /],
    [{ sample: { trajectory: 10 } }, /sample\.trajectory was absent, is 10/],
    [{ sample: { observe: { site_map: true } } }, /sample\.observe was absent, is /],
    [{ sample: { moves: { swap: 1, neighbour_swap: 1 } } }, /sample\.moves was absent, is /],
    [{ sample: { method: "tempering" } }, /sample\.method was "metropolis", is "tempering"/],
    [{ sample: { engine: "nfold" } }, /sample\.engine was "any but nfold", is "nfold"/],
    [{ sample: { steps: 4000 } }, /sample\.steps was 2000, is 4000/],
    [{ sample: { replicas: 2 } }, /sample\.replicas was 1, is 2/],
    [{ sample: { temperatures_K: [300, 700] } }, /sample\.temperatures_K was \[300,600\], is \[300,700\]/],
    [
      {
        sample: {
          compositions: undefined,
          ensemble: "semi-grand",
          chemical_potentials: [{ mu_eV: { Au: 0.1, Cu: 0 } }],
        },
      },
      /sample\.ensemble was "canonical", is "semi-grand"/,
    ],
    [{ fit: { bootstrap: 40 } }, /fit\.bootstrap was 20, is 40/],
  ])("is refused after a change that decides results: %j", (changes, says) => {
    begun();
    const check = () => checkOutputFolder(context(true), provenance(changes), both);
    expect(check).toThrow(says);
    expect(check).toThrow("begin anew without --resume, or choose another folder with --out");
    expect(() => beginOutput(context(true), provenance(changes), both)).toThrow(says);
    // A lock that stayed would keep everybody out.
    expect(readdirSync(outDir)).toEqual(["provenance.json"]);
  });

  it.each([
    { sample: { engine: "direct" } },
    { sample: { engine: "field" } },
    { report: { title: "Another" } },
    { description: "more" },
    { slurm: { cpus_per_task: 4 } },
  ])("is allowed after a change that does not: %j", (changes) => {
    begun();
    expect(() => checkOutputFolder(context(true), provenance(changes), both)).not.toThrow();
  });

  it.each(["sample", "dynamics"])("is allowed where checkpoints of %s are written more often", (section) => {
    const segments = [{ duration_ps: 1, temperature_K: 300 }];
    const often = (checkpoint_every_steps: number) => ({
      dynamics: { segments },
      [section]: { ...(section === "dynamics" ? { segments } : {}), checkpoint_every_steps },
    });
    begun(provenance(often(500)));
    expect(() => checkOutputFolder(context(true), provenance(often(100)), both)).not.toThrow();
  });

  it("names the key that has changed in a list of sections", () => {
    const heated = (to: number) => ({
      dynamics: {
        segments: [
          { duration_ps: 10, temperature_K: 300 },
          { duration_ps: 10, temperature_K: [300, to] },
        ],
      },
    });
    begun(provenance(heated(900)));
    expect(() => checkOutputFolder(context(true), provenance(heated(800)), both)).toThrow(
      /\(dynamics\.segments\[1\]\.temperature_K was \[300,900\], is \[300,800\]\)/,
    );
  });

  it("names input files that have changed, come or gone", () => {
    const input = (file: string, sha256: string) => ({ file, sha256 });
    begun(provenance({}, [input("table.csv", "ab"), input("old.mjs", "cd")]));
    const now = provenance({}, [input("table.csv", "ef"), input("new.mjs", "cd")]);
    expect(() => checkOutputFolder(context(true), now, both)).toThrow(
      "input files have changed: table.csv, old.mjs, new.mjs",
    );
  });
});

describe("an unfinished run of another command", () => {
  const other = ["relax"] as const;

  it("keeps its checkpoints", () => {
    begun();
    put("checkpoints/chain-0000.json");
    const failure = failureOf(() => checkOutputFolder(context(false), provenance(), other));
    expect(failure.code).toBe("usage");
    expect(failure.message).toContain("holds an unfinished run of eciton run: finish it with --resume,");
    expect(readdirSync(join(outDir, "checkpoints"))).toEqual(["chain-0000.json"]);
    // The command itself may begin anew.
    expect(() => checkOutputFolder(context(false), provenance(), both)).not.toThrow();
  });

  it("is in nobody's way once it has finished, or before it has anything to lose", () => {
    begun();
    expect(() => checkOutputFolder(context(false), provenance(), other)).not.toThrow();
    finished();
    put("checkpoints/chain-0000.json");
    expect(() => checkOutputFolder(context(false), provenance(), other)).not.toThrow();
  });
});

describe("a finished run", () => {
  it("is known as such, by the same study and parts alone", () => {
    finished();
    expect(isFinished(context(true), provenance(), both)).toBe(true);
    expect(isFinished(context(true), provenance({ sample: { engine: "direct" } }), both)).toBe(true);
    expect(isFinished(context(false), provenance(), both)).toBe(false);
    expect(isFinished(context(true), provenance(), ["sample"])).toBe(false);
    expect(isFinished(context(true), provenance({ seed: 4 }), both)).toBe(false);
    // Its page would be another one.
    expect(isFinished(context(true), provenance({ report: { title: "Another" } }), both)).toBe(false);
  });

  it.each(["sampling.csv", "report.html", "snapshots/chain-0000.extxyz", "trajectories/chain-0000.traj"])(
    "is not finished without %s",
    (name) => {
      finished();
      rmSync(join(outDir, name));
      expect(isFinished(context(true), provenance(), both)).toBe(false);
    },
  );

  it("is not finished before it says so, whatever is there", () => {
    begun();
    put("sampling.json", "report.html");
    expect(isFinished(context(true), provenance(), both)).toBe(false);
  });

  it("that was killed at its very end loses what is needed no more", () => {
    finished();
    put("checkpoints/chain-0000.json", "checkpoints/chain-0001.json.77.part", "checkpoints/progress.json");
    writeFileSync(join(outDir, "running.json"), JSON.stringify({ host: "elsewhere", pid: 1 }));
    expect(() => isFinished(context(true), provenance(), both)).toThrow("another run works in this folder");
    rmSync(join(outDir, "running.json"));
    expect(isFinished(context(true), provenance(), both)).toBe(true);
    expect(existsSync(join(outDir, "checkpoints"))).toBe(false);
    expect(existsSync(join(outDir, "running.json"))).toBe(false);
  });
});

describe("what killed processes left", () => {
  it("goes before a run goes on", () => {
    begun();
    put("checkpoints/chain-0000.json", "checkpoints/chain-0000.json.123456789.part");
    beginOutput(context(true), provenance(), both).release();
    expect(readdirSync(join(outDir, "checkpoints"))).toEqual(["chain-0000.json"]);
  });

  it("goes when a run ends, a person's own files stay", () => {
    const output = beginOutput(context(false), provenance(), both);
    put(
      "sampling.json.12.part",
      "snapshots/chain-0000.extxyz.12.part",
      "checkpoints/ladder-0000.1.a.json.9.part",
    );
    put("report-csv/traces.csv.12.part", "trajectories/chain-0001.traj.12.part", "provenance.json.12.part");
    put("notes.12.part", "snapshots/mine.extxyz", "sampling.json");
    output.finish();
    output.release();
    expect(
      readdirSync(outDir, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".")),
    ).toEqual(
      expect.arrayContaining([
        "notes.12.part",
        "provenance.json",
        "sampling.json",
        join("snapshots", "mine.extxyz"),
      ]),
    );
    expect(
      readdirSync(outDir, { recursive: true, encoding: "utf8" }).filter((name) => /part$/.test(name)),
    ).toEqual(["notes.12.part"]);
  });
});
