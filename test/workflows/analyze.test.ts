/** Analyses of runs that were really made: numbers against those of the runs, and what is refused. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { readExtxyz } from "../../src/data/formats/extxyz.ts";
import { parseStudy } from "../../src/data/study/load-study.ts";
import { openTrajectory } from "../../src/data/trajectory.ts";
import { readRuns } from "../../src/workflows/analyze.ts";
import { observerPlan } from "../../src/workflows/observers.ts";
import type { FinishedRun } from "./run-study.ts";
import { analyze, sampleSlab, slabStudy } from "./slab-study.ts";

const scratch = mkdtempSync(join(tmpdir(), "eciton-analyze-"));
let runs: FinishedRun[] = [];
let a = "";
let b = "";

beforeAll(async () => {
  runs = [
    await sampleSlab(),
    // Other chains of the larger cell alone, one for each state.
    await sampleSlab({ seed: 13, "sample.supercells": [[6, 6, 1]], "sample.replicas": 1 }),
  ];
  [a, b] = runs.map(({ folder }) => folder);
});
afterAll(() => {
  for (const run of runs) run.remove();
  rmSync(scratch, { recursive: true, force: true });
});

let outputs = 0;
const newOut = () => join(scratch, `out-${outputs++}`);
const observers = observerPlan(parseStudy(slabStudy, "slab.yaml"), []);

type Row = Record<string, string>;
function csv(folder: string, name: string): Row[] {
  return parseCsv(readFileSync(join(folder, name)), { columns: true }) as Row[];
}

async function failure(work: () => unknown): Promise<EcitonError> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    return error as EcitonError;
  }
  throw new Error("it did not fail");
}

/** A copy of a run that a test may spoil. */
function copyOf(folder: string): string {
  const copy = join(scratch, `copy-${outputs++}`);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe("tables", () => {
  it("hold every state, layer, observation and chain of every run, as the runs wrote them", async () => {
    const out = newOut();
    const result = await analyze([a, b], out, { formats: ["csv", "jsonl", "parquet"] });
    expect(result.runs.map(({ study }) => study)).toEqual(["slab", "slab"]);
    const states = csv(out, "states.csv");
    expect(states.length).toBe(8 + 4);
    const written = runs.flatMap(({ folder }) => csv(folder, "sampling.csv"));
    expect(
      states.map((s) => [s.supercell, s.condition, s.temperature_K, s.energy_eV, s.energy_error_eV]),
    ).toEqual(written.map((s) => [s.supercell, s.condition, s.temperature_K, s.energy_eV, s.error_eV]));
    expect(states.map(({ run }) => run)).toEqual([...Array(8).fill(a), ...Array(4).fill(b)]);
    const layers = runs.flatMap(({ folder }) => csv(folder, "layers.csv"));
    const columns = ["condition", "temperature_K", "species", "layer", "share", "share_error", "occupancy"];
    const picked = (rows: Row[], names: string[]) => rows.map((row) => names.map((name) => row[name]));
    expect(picked(csv(out, "layers.csv"), columns)).toEqual(picked(layers, columns));
    const observations = runs.flatMap(({ folder }) => csv(folder, "observations.csv"));
    expect(observations.length).toBe(12);
    expect(picked(csv(out, "observations.csv"), ["observable", "value", "error"])).toEqual(
      picked(observations, ["observable", "value", "error"]),
    );
    expect(csv(out, "chains.csv").length).toBe(2 * 8 + 4);

    for (const name of ["states", "layers", "observations", "chains", "pooled", "cells"]) {
      const rows = csv(out, `${name}.csv`);
      const lines = readFileSync(join(out, `${name}.jsonl`), "utf8")
        .trimEnd()
        .split("\n");
      expect(lines.length).toBe(rows.length);
      const bytes = readFileSync(join(out, `${name}.parquet`));
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      expect(await parquetReadObjects({ file })).toEqual(lines.map((line) => JSON.parse(line) as unknown));
    }
  });

  it("of a second analysis replace those of the first, and nothing else in the folder", async () => {
    const out = newOut();
    await analyze([a], out, { formats: ["csv", "parquet"] });
    writeFileSync(join(out, "notes.txt"), "mine");
    await analyze([b], out, { formats: ["jsonl"] });
    const names = readdirSync(out);
    expect(names.filter((name) => /\.(csv|parquet)$/.test(name))).toEqual([]);
    expect(names).toContain("notes.txt");
    expect(names).toContain("states.jsonl");
  });
});

describe("pooling", () => {
  it("joins the states that both runs have, and says from which runs", async () => {
    const out = newOut();
    const { pooled } = await analyze([a, b], out);
    expect(pooled.length).toBe(8);
    expect(pooled.map(({ entries }) => entries.length)).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    const states = csv(out, "states.csv");
    const rows = csv(out, "pooled.csv").filter(
      (row) => row.quantity === "energy" && row.supercell === "6 × 6 × 1",
    );
    expect(rows.length).toBe(4);
    for (const row of rows) {
      const single = states.filter(
        (s) =>
          s.supercell === row.supercell &&
          s.condition === row.condition &&
          s.temperature_K === row.temperature_K,
      );
      const perCell = single.map((s) => Number(s.energy_eV) / 36);
      expect(Number(row.value)).toBeGreaterThanOrEqual(Math.min(...perCell));
      expect(Number(row.value)).toBeLessThanOrEqual(Math.max(...perCell));
      expect(row.runs).toBe(`${a}; ${b}`);
    }
  });

  it("counts the same chains in two folders once, and says so", async () => {
    const copy = copyOf(a);
    const alone = await analyze([a], newOut());
    const twice = await analyze([a, copy], newOut());
    expect(twice.pooled.map(({ quantities }) => quantities)).toEqual(
      alone.pooled.map(({ quantities }) => quantities),
    );
    expect(twice.warnings).toEqual([
      `${copy} holds the same chains as ${a} (8 states); they count once in pooled numbers`,
    ]);
  });

  it("never joins or compares different models, and names them", async () => {
    const other = await sampleSlab({ "model.terms.0.energy_eV": 0.06, "sample.supercells": [[4, 4, 1]] });
    try {
      const out = newOut();
      const { pooled, warnings, differences } = await analyze([b, other.folder], out);
      expect(pooled.length).toBe(8);
      expect(differences).toEqual([]);
      expect(warnings[0]).toMatch(/2 different models, whose states are neither pooled nor compared/);
      expect(warnings[0]).toContain(other.folder);
      expect(new Set(csv(out, "pooled.csv").map(({ model }) => model)).size).toBe(2);
      expect(readFileSync(join(out, "analysis.html"), "utf8")).toContain("different models");
    } finally {
      other.remove();
    }
  });

  it("knows a composition by its numbers, not by its label", async () => {
    const renamed = await sampleSlab({
      seed: 14,
      "sample.supercells": [[6, 6, 1]],
      "sample.compositions": [
        { label: "quarter", per_cell: { A: 0.5 } },
        { label: "other", per_cell: { A: 0.25 } },
      ],
    });
    try {
      const out = newOut();
      const { pooled } = await analyze([b, renamed.folder], out);
      expect(pooled.map(({ entries }) => entries.map(({ state }) => state.conditionLabel))).toEqual([
        ["half", "quarter"],
        ["half", "quarter"],
        ["quarter", "other"],
        ["quarter", "other"],
      ]);
    } finally {
      renamed.remove();
    }
  });
});

describe("measuring anew on trajectories", () => {
  it("gives what the run measured at the same steps, to rounding", async () => {
    const out = newOut();
    await analyze([a, b], out, { observers });
    const measured = csv(out, "observations.csv");
    const before = runs.flatMap(({ folder }) => csv(folder, "observations.csv"));
    expect(measured.length).toBe(before.length);
    measured.forEach((row, i) => {
      expect(row.observable).toBe("motif neighbours");
      const [value, error] = [Number(row.value), Number(row.error)];
      const [inRun, inRunError] = [Number(before[i].value), Number(before[i].error)];
      if (row.run === b) {
        expect(Math.abs(value - inRun)).toBeLessThan(1e-12 * inRun);
        expect(Math.abs(error - inRunError)).toBeLessThan(1e-12 * inRun);
      } else {
        // Replicas weigh as much as their frames after equilibrium here, and alike in the run.
        expect(Math.abs(value - inRun)).toBeLessThan(inRunError);
        expect(error / inRunError).toBeGreaterThan(0.5);
        expect(error / inRunError).toBeLessThan(2);
      }
    });
    const maps = csv(out, "maps.csv");
    // Site by site, the shares of A add up to the composition.
    const first = maps.filter(
      (row) => row.run === a && row.supercell === "4 × 4 × 1" && row.condition === "half",
    );
    const sum = first.reduce((total, row) => total + Number(row.value), 0);
    expect(sum / new Set(first.map(({ temperature_K }) => temperature_K)).size).toBeCloseTo(8, 9);
  });

  it("does not depend on the number of threads", async () => {
    const [one, two] = [newOut(), newOut()];
    await analyze([a], one, { observers });
    await analyze([a], two, { observers }, { workers: 2 });
    for (const name of ["observations.csv", "maps.csv", "pooled.csv"])
      expect(readFileSync(join(two, name), "utf8")).toBe(readFileSync(join(one, name), "utf8"));
  });

  it("measures with a user's module", async () => {
    const file = join(scratch, "count.mjs");
    writeFileSync(
      file,
      `export function createObserver({ supercell }) {
        return {
          columns: [{ name: "atoms", unit: "", description: "atoms" }],
          measure(occupation, out, at) { out[at] = occupation.reduce((a, b) => a + b, 0); },
        };
      }`,
    );
    const out = newOut();
    await analyze([b], out, { observers: observerPlan({ sample: undefined }, [file]) });
    const rows = csv(out, "observations.csv").filter(({ observable }) => observable === "atoms");
    expect(rows.map(({ value, error }) => [Number(value), Number(error)])).toEqual([
      [18, 0],
      [18, 0],
      [9, 0],
      [9, 0],
    ]);
    // What the run itself measured is still there.
    expect(csv(out, "observations.csv").length).toBe(8);
  });

  it("writes frames as extended XYZ with the energies of the trajectory", async () => {
    const out = newOut();
    const { files } = await analyze([b], out, { extxyz: true });
    const frames = files.filter((file) => file.endsWith(".extxyz"));
    expect(frames.length).toBe(4);
    const { structures } = readExtxyz(readFileSync(frames[3], "utf8"), frames[3]);
    const trajectory = openTrajectory(join(b, "trajectories", "chain-0003.traj"));
    expect(structures.length).toBe(400);
    expect(structures.map(({ energy }) => energy)).toEqual(
      Array.from(trajectory.frames(), ({ energy_eV }) => energy_eV),
    );
    trajectory.close();
  });

  it("refuses runs without trajectories, and says how to get them", async () => {
    const copy = copyOf(b);
    rmSync(join(copy, "trajectories"), { recursive: true });
    const out = newOut();
    const error = await failure(() => analyze([copy], out, { observers }));
    expect(error.code).toBe("data");
    expect(error.message).toMatch(/no run has trajectories.*sample\.trajectory/);
    expect(existsSync(out)).toBe(false);
    // Without anything to measure anew they are not needed, and beside others they are left out.
    expect((await analyze([copy], newOut())).warnings).toEqual([]);
    expect((await analyze([a, copy], newOut(), { observers })).warnings).toContainEqual(
      expect.stringMatching(/4 of 4 states have no trajectories/),
    );
  });

  it("refuses damaged and foreign trajectories, and writes nothing", async () => {
    const damaged = copyOf(b);
    const path = join(damaged, "trajectories", "chain-0001.traj");
    const bytes = readFileSync(path);
    bytes[bytes.length - 10] ^= 1;
    writeFileSync(path, bytes);
    const out = newOut();
    expect((await failure(() => analyze([damaged], out, { observers }))).message).toMatch(
      /chain-0001\.traj: frame 399 .* damaged/,
    );
    const foreign = copyOf(b);
    cpSync(join(a, "trajectories", "chain-0001.traj"), join(foreign, "trajectories", "chain-0001.traj"));
    expect((await failure(() => analyze([foreign], out, { observers }))).message).toMatch(
      /of another run: expected chain 1 with seed 13/,
    );
    const short = copyOf(b);
    truncateSync(join(short, "trajectories", "chain-0001.traj"), bytes.length - 1);
    expect((await analyze([short], newOut(), { observers })).pooled.length).toBe(4);
    expect(existsSync(out)).toBe(false);
  });

  it("ends after an interruption with nothing written", async () => {
    const controller = new AbortController();
    controller.abort();
    const out = newOut();
    const error = await failure(() =>
      analyze([a], out, { observers }, { workers: 0, signal: controller.signal }),
    );
    expect(error.code).toBe("cancelled");
    expect((await failure(() => analyze([a], out, {}, { workers: 0, signal: controller.signal }))).code).toBe(
      "cancelled",
    );
    expect(existsSync(out)).toBe(false);
  });
});

describe("other methods", () => {
  it("of which tempering has trajectories for every temperature of every ladder", async () => {
    const ladders = await sampleSlab({ "sample.method": "tempering" });
    try {
      const out = newOut();
      const { pooled } = await analyze([ladders.folder], out, { observers });
      expect(pooled.length).toBe(8);
      expect(csv(out, "chains.csv").map(({ chain }) => Number(chain))).toEqual([...Array(16).keys()]);
      // The energy of the lattice gas is ε times the neighbours less 0.05 eV for each atom in the upper layer.
      for (const { quantities, state } of pooled) {
        const value = (name: string) => quantities.find((q) => q.name === name)!;
        const top = value("occupancy of top with A");
        const neighbours = value("motif neighbours");
        const energy = (0.05 * neighbours.value) / state.numCells - 0.05 * top.value;
        const error = (0.05 * neighbours.error) / state.numCells + 0.05 * top.error;
        expect(Math.abs(energy - value("energy").value)).toBeLessThan(4 * (error + value("energy").error));
      }
    } finally {
      ladders.remove();
    }
  });

  it("without averages at a temperature are refused", async () => {
    const search = await sampleSlab({
      "sample.method": "anneal",
      "sample.trajectory": undefined,
      "sample.observe": undefined,
      "sample.supercells": [[4, 4, 1]],
      "sample.temperatures_K": [300],
      "sample.steps": 2000,
    });
    try {
      expect((await failure(() => readRuns([search.folder]))).message).toMatch(
        /annealing .* leave no averages/,
      );
    } finally {
      search.remove();
    }
  });
});

describe("the page", () => {
  it("shows shares, comparison of cells, final states and the way there", async () => {
    const out = newOut();
    const { report } = await analyze([a, b], out);
    const page = readFileSync(report, "utf8");
    for (const title of [
      "Share of A in each layer",
      "Energy against temperature",
      "Share of A against temperature, half",
      "Final states, 6 × 6 × 1 cell",
      "Snapshots along the chains, 4 × 4 × 1 cell",
      "Share of each layer: 4 × 4 × 1 and 6 × 6 × 1 cells",
    ])
      expect(page).toContain(title);
    const points = csv(out, "report-csv/maps-final-states-6-6-1-cell.csv");
    // Every atom of the four final states of 36 cells: two with 18, two with 9.
    expect(points.length).toBe(2 * 18 + 2 * 9);
    expect(new Set(points.map(({ layer }) => layer))).toEqual(new Set(["top", "low"]));
  });
});

describe("refused", () => {
  const refused = async (folder: string) => {
    const error = await failure(() => readRuns([folder]));
    expect(error.code).toBe("data");
    expect(error.message).toContain(folder);
    return error.message;
  };
  const changed = (name: string, change: (document: Record<string, unknown>) => void) => {
    const copy = copyOf(b);
    const document = JSON.parse(readFileSync(join(copy, name), "utf8")) as Record<string, unknown>;
    change(document);
    writeFileSync(join(copy, name), JSON.stringify(document));
    return copy;
  };

  it("are folders that are no runs", async () => {
    expect(await refused(join(scratch, "nowhere"))).toMatch(/no such folder/);
    const empty = join(scratch, "empty");
    mkdirSync(empty);
    expect(await refused(empty)).toMatch(/no output folder of eciton run or eciton sample/);
    expect(await refused(join(b, "sampling.json"))).toMatch(/this is a file/);
  });

  it("are unfinished runs and runs without Monte Carlo", async () => {
    const unfinished = copyOf(b);
    rmSync(join(unfinished, "sampling.json"));
    expect(await refused(unfinished)).toMatch(/not finished: repeat its command with --resume/);
    const fitted = changed("provenance.json", (document) => {
      document.parts = ["fit"];
    });
    rmSync(join(fitted, "sampling.json"));
    expect(await refused(fitted)).toMatch(/did no Monte Carlo/);
  });

  it("are results of another version, and damaged ones", async () => {
    const format = (value: unknown) =>
      changed("sampling.json", (document) => {
        document.format = value;
      });
    expect(await refused(format(2))).toMatch(/newer than this one .* format 2, this program reads up to 1/);
    expect(await refused(format(undefined))).toMatch(/expected format 1, found none; sample again/);
    const crooked = changed("sampling.json", (document) => {
      (document.states as Record<string, unknown>[])[1].energy_eV = null;
    });
    expect(await refused(crooked)).toMatch(/sampling\.json: states\.1\.energy_eV: /);
    const cut = copyOf(b);
    truncateSync(join(cut, "sampling.json"), 1000);
    expect(await refused(cut)).toMatch(/not JSON/);
  });

  it("are a folder that is given twice and an output folder that holds a run", async () => {
    const twice = await failure(() => readRuns([b, a, `${b}/.`]));
    expect(twice.code).toBe("usage");
    expect(twice.message).toMatch(/same folder/);
    const before = readdirSync(a);
    const into = await failure(() => analyze([b], a));
    expect(into.code).toBe("usage");
    expect(into.message).toMatch(/holds the results of a run; choose another folder with --out/);
    expect(readdirSync(a)).toEqual(before);
    const file = join(scratch, "file");
    writeFileSync(file, "");
    expect((await failure(() => analyze([b], file))).code).toBe("usage");
  });
});
