import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CompiledExpansion } from "../../../src/clusters/compiled-expansion.ts";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import {
  type ChainPayload,
  type ChainResult,
  chainTask,
  type FinishedChain,
  runChain,
} from "../../../src/mc/methods/chain-task.ts";
import { failureOf } from "../../failure.ts";
import { publishedExpansion } from "../ceria.ts";

const expansion = publishedExpansion();
const record = expansionRecord(expansion);

function payload(changes: Partial<ChainPayload> = {}): ChainPayload {
  return {
    expansion: record,
    supercell: [4, 4, 1],
    composition: { V: 3, "Ce3+": 6 },
    temperature_K: 900,
    steps: 50_000,
    seed: 5,
    index: 2,
    samples: 500,
    snapshots: 4,
    layers: ["O1", "O2", "O3", "Ce1", "Ce2"],
    checkpoint: null,
    ...changes,
  };
}

const flags = () => ({ cancel: new Int32Array(1), progress: new Int32Array(3), index: 1 });

function finished(result: ChainResult): FinishedChain {
  if (result.interrupted) throw new Error(`interrupted at step ${result.step}`);
  return result;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-chain-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a finished chain", () => {
  const context = flags();
  const result = finished(runChain(payload(), context));
  const supercell = new Supercell(expansion.lattice, [4, 4, 1]);
  const model = new CompiledExpansion(expansion, supercell);

  it("has the energies of its snapshots and keeps the composition", () => {
    expect(result.snapshots.map((snapshot) => snapshot.step)).toEqual([12_500, 25_000, 37_500, 50_000]);
    for (const { energy_eV, occupation } of [...result.snapshots, result.lowest]) {
      expect(energy_eV).toBeCloseTo(model.energy(occupation), 8);
      let vacancies = 0;
      let reduced = 0;
      occupation.forEach((species, site) => {
        if (expansion.lattice.sites[supercell.sublatticeOf(site)].kind === "O") vacancies += species;
        else reduced += species;
      });
      expect([vacancies, reduced]).toEqual([3, 6]);
    }
  });

  it("knows the lowest state", () => {
    const { lowest, trace, snapshots } = result;
    for (const energy of [...trace.energies_eV, ...snapshots.map((s) => s.energy_eV)])
      expect(lowest.energy_eV).toBeLessThanOrEqual(energy + 1e-9);
    expect(lowest.step).toBeLessThanOrEqual(result.steps);
  });

  it("spreads its trace evenly up to the last step", () => {
    expect(result.trace.steps).toHaveLength(500);
    expect(result.trace.steps.every((step, k) => step === 100 * (k + 1))).toBe(true);
    expect(result.trace.energies_eV.at(-1)).toBeCloseTo(result.snapshots[3].energy_eV, 8);
    const long = finished(runChain(payload({ samples: 5000 }), flags()));
    expect(long.trace.steps).toHaveLength(1000);
    expect(long.trace.steps.at(-1)).toBe(50_000);
  });

  it("adds up", () => {
    expect(result.acceptance.map(({ move }) => move)).toEqual(["O ↔ V", "Ce4+ ↔ Ce3+"]);
    expect(result.acceptance.reduce((sum, channel) => sum + channel.proposed, 0)).toBe(50_000);
    for (const species of ["V", "Ce3+", "O", "Ce4+"]) {
      const rows = result.layers.filter((row) => row.species === species);
      expect(rows.reduce((sum, row) => sum + row.share!.value, 0)).toBeCloseTo(1, 10);
      for (const row of rows)
        expect(row.occupancy.value * row.sites).toBeCloseTo(row.share!.value * row.total!, 10);
    }
    expect(context.progress).toEqual(Int32Array.of(0, 1000, 0));
  });

  it("is a function of seed and index alone", () => {
    expect(runChain(payload(), flags())).toEqual(result);
    const other = finished(runChain(payload({ index: 3 }), flags()));
    expect(other.trace.energies_eV).not.toEqual(result.trace.energies_eV);
  });

  it("does not depend on the engine, nor does a resumed one", () => {
    for (const engine of ["reference", "direct", "field", "auto"] as const)
      expect(runChain(payload({ engine }), flags())).toEqual(result);
    const path = join(folder, "engines.json");
    const context = flags();
    const stopped = { path, everySteps: 7001, resume: true };
    context.cancel[0] = 1;
    runChain(payload({ engine: "reference", checkpoint: stopped }), context);
    expect(runChain(payload({ engine: "field", checkpoint: stopped }), flags())).toEqual(result);
  });

  it("says when it cannot be trusted", () => {
    const short = finished(runChain(payload({ steps: 600, samples: 60 }), flags()));
    expect(short.equilibration.equilibrated).toBe(false);
    expect(short.equilibration.reason).toMatch(/uncorrelated samples|settled only|drifts/);
    // At 1 K a chain that has found a hollow does not leave it.
    const frozen = finished(runChain(payload({ temperature_K: 1, steps: 40_000 }), flags()));
    expect(frozen.equilibration.equilibrated).toBe(false);
  });

  it("has no share of a species that is not there", () => {
    const result = finished(runChain(payload({ composition: { V: 2 } }), flags()));
    const reduced = result.layers.find((row) => row.species === "Ce3+")!;
    expect(reduced.share).toBeNull();
    expect(reduced.occupancy).toEqual({ value: 0, error: 0 });
  });
});

describe("an executor", () => {
  it("gives the same chains on two threads as in this one", async () => {
    const tasks = [0, 1, 2, 3].map((index) =>
      payload({ index, steps: 20_000, temperature_K: 700 + 100 * index }),
    );
    const threads = createExecutor(2);
    try {
      const results = await threads.map<ChainResult>(chainTask, tasks);
      expect(results).toEqual(tasks.map((task) => runChain(task, flags())));
    } finally {
      await threads.close();
    }
  });
});

describe("checkpoints", () => {
  it("let a chain that is interrupted again and again end bit for bit like an undisturbed one", async () => {
    // Some seconds long, since progress is told about four times in each.
    const long = payload({ steps: 20_000_000, samples: 700, snapshots: 5 });
    const whole = finished(runChain(long, flags()));
    const executor = createExecutor(1);
    const path = join(folder, "resume.json");
    // Intervals that share no factor with those of samples, energy checks and polls.
    const task = { ...long, checkpoint: { path, everySteps: 123_457, resume: true } };
    const stops: number[] = [];
    try {
      for (let attempt = 0; ; attempt++) {
        const controller = new AbortController();
        const before = stops.length === 0 ? 0 : Math.floor((1000 * stops.at(-1)!) / long.steps);
        const [result] = await executor.map<ChainResult>(chainTask, [task], {
          signal: attempt < 3 ? controller.signal : undefined,
          onProgress: (progress) => {
            if (progress[0] > before) controller.abort();
          },
        });
        if (!result.interrupted) {
          expect(result).toEqual(whole);
          break;
        }
        stops.push(result.step);
      }
    } finally {
      await executor.close();
    }
    expect(stops.length).toBeGreaterThan(0);
    expect(stops.every((step, k) => step > (stops[k - 1] ?? 0) && step < long.steps)).toBe(true);
    // The last checkpoint holds the finished chain: asking once more costs no step.
    expect(runChain(task, flags())).toEqual(whole);
  });

  it("are written at once when the chain is cancelled before its first step", () => {
    const path = join(folder, "early", "chain.json");
    const context = flags();
    context.cancel[0] = 1;
    const task = payload({ checkpoint: { path, everySteps: 10_000, resume: false } });
    expect(runChain(task, context)).toEqual({ interrupted: true, index: 2, step: 0 });
    expect(existsSync(path)).toBe(true);
    const resumed = runChain({ ...task, checkpoint: { path, everySteps: 10_000, resume: true } }, flags());
    expect(resumed).toEqual(runChain(payload(), flags()));
  });

  it("do not change the result by being written", () => {
    const path = join(folder, "often.json");
    const often = payload({ checkpoint: { path, everySteps: 777, resume: false } });
    expect(runChain(often, flags())).toEqual(runChain(payload(), flags()));
  });

  it("that cannot be written are an error that names the file", () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const path = join(file, "chain.json");
    const error = failureOf(() =>
      runChain(payload({ checkpoint: { path, everySteps: 10_000, resume: false } }), flags()),
    );
    expect(error.code).toBe("io");
    expect(error.message).toContain(path);
  });

  it("of another run or broken ones are refused", () => {
    const path = join(folder, "other.json");
    runChain(payload({ checkpoint: { path, everySteps: 10_000, resume: false } }), flags());
    const checkpoint = { path, everySteps: 10_000, resume: true };
    expect(failureOf(() => runChain(payload({ seed: 6, checkpoint }), flags())).message).toContain(
      "of another run",
    );
    writeFileSync(path, readFileSync(path, "utf8").slice(0, 100));
    const broken = failureOf(() => runChain(payload({ checkpoint }), flags()));
    expect(broken.code).toBe("data");
    expect(broken.message).toContain(path);
    // Without `resume` an old file is simply replaced.
    expect(runChain(payload({ checkpoint: { ...checkpoint, resume: false } }), flags()).interrupted).toBe(
      false,
    );
  });
});

describe("impossible chains", () => {
  it.each([
    [{ composition: { V: 49 } }, "sample.composition", "do not fit on the 48 sites"],
    [{ composition: { Au: 1 } }, "sample.composition.Au", 'no site can hold "Au"'],
    [{ composition: { V: 0 } }, "composition", "nothing can exchange"],
    [{ layers: ["O1", "O9"] }, "sample.layers[1]", "there are O1, Ce1, O2, O3, Ce2"],
    [{ steps: 10, samples: 20 }, "sample.steps", "at least 20"],
    [{ snapshots: 0 }, "sample.snapshots", "at least 1"],
  ] as [Partial<ChainPayload>, string, string][])("are refused: %j", (changes, path, message) => {
    const error = failureOf(() => runChain(payload(changes), flags()));
    expect(error.code).toBe("study");
    expect(error.details.path).toBe(path);
    expect(error.message).toContain(message);
  });

  it("a temperature of zero is refused", () => {
    expect(failureOf(() => runChain(payload({ temperature_K: 0 }), flags())).message).toContain("above 0 K");
  });
});
