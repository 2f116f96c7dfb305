import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { readStructures } from "../../../src/data/formats/index.ts";
import {
  type FinishedPath,
  type HopPayload as PathPayload,
  type PathResult,
  runPath as runPathWith,
} from "../../../src/dynamics/hop/hop-task.ts";
import { createPotential, type PotentialSpec } from "../../../src/dynamics/potentials/create-potential.ts";
import { lennardJonesPotential } from "../../../src/dynamics/potentials/lennard-jones.ts";
import type { TaskContext } from "../../../src/exec/executor.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import { hopTask } from "../../../src/workflows/atoms/hop-path-task.ts";
import { failureOf } from "../../failure.ts";
import { hopSettings, ljAtoms, reducedLj } from "./hop-systems.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-hop-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type HopPayload = PathPayload<PotentialSpec>;
const runPath = (task: HopPayload, context: TaskContext) => runPathWith(task, context, createPotential);
const flags = () => ({ cancel: new Int32Array(1), progress: new Int32Array(4), index: 1 });

function payload(changes: Partial<HopPayload> = {}): HopPayload {
  return {
    potential: reducedLj,
    atoms: { spec: { ...ljAtoms(19), count: 1 }, seed: 3, folder: "" },
    fix: undefined,
    settings: hopSettings({ steps: 60, targetAcceptance: 0.5, restartAfter: 25, keep: 15 }),
    path: 1,
    paths: 2,
    seed: 3,
    stream: 7,
    save: null,
    checkpoint: null,
    ...changes,
  };
}

function finished(result: PathResult): FinishedPath {
  if (result.interrupted) throw new Error(`interrupted at step ${result.step}`);
  return result;
}

describe("a path", () => {
  it("does its steps and keeps its lowest minima", () => {
    const context = flags();
    const result = finished(runPath(payload(), context));
    expect(result.steps).toBe(60);
    expect(context.progress[1]).toBe(1000);
    expect(result.minima.length).toBeLessThanOrEqual(15);
    expect(result.best).toBe(result.minima[0].energy);
    expect(result.minima.every(({ path }) => path === 1)).toBe(true);
  });

  it("ends at its target", () => {
    // The published energy of LJ19.
    const settings = { ...payload().settings, steps: 2000, targetEnergy: -72.659782 + 1e-5 };
    const result = finished(runPath(payload({ settings }), flags()));
    expect(result.reachedTarget).toBe(true);
    expect(result.steps).toBeLessThan(2000);
    expect(result.improvements.at(-1)).toEqual({ step: result.steps, energy: result.best });
  });

  it("has other starts and other random numbers than another path, and begins anew with new ones", () => {
    const energies = (changes: Partial<HopPayload>) =>
      finished(runPath(payload(changes), flags())).improvements.map(({ energy }) => energy);
    const settings = hopSettings({ steps: 4, sampling: "independent", moves: {}, keep: 100 });
    const paths = [0, 1].map((path) => finished(runPath(payload({ settings, path }), flags())));
    const found = paths.flatMap(({ minima }) => minima.map(({ energy }) => energy.toFixed(6)));
    expect(new Set(found).size).toBe(8);
    expect(energies({ stream: 8 })).not.toEqual(energies({}));
  });
});

describe("checkpoints", () => {
  it("let a path that is interrupted again and again end like an undisturbed one, its file included", async () => {
    // Some seconds long, since progress is told about four times in each.
    const settings = hopSettings({ steps: 600, targetAcceptance: 0.5, restartAfter: 100, keep: 20 });
    const saved = (name: string) => ({ path: join(folder, `${name}.extxyz`), what: "accepted" }) as const;
    const whole = finished(runPath(payload({ settings, save: saved("whole") }), flags()));
    const checkpoint = { path: join(folder, "path.json"), resume: true, everySeconds: 0.1 };
    const task = payload({ settings, save: saved("parts"), checkpoint });
    const executor = createExecutor(1);
    const stops: number[] = [];
    try {
      for (;;) {
        const controller = new AbortController();
        const before = stops.length === 0 ? 0 : Math.floor((1000 * stops.at(-1)!) / settings.steps);
        const [result] = await executor.map<PathResult>(hopTask, [task], {
          signal: stops.length < 2 ? controller.signal : undefined,
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
    expect(
      readFileSync(join(folder, "parts.extxyz")).equals(readFileSync(join(folder, "whole.extxyz"))),
    ).toBe(true);
    // The last checkpoint holds the finished path: asking once more costs no step.
    expect(runPath(task, flags())).toEqual(whole);
  }, 120_000);

  it("let a path that is killed at any moment end like an undisturbed one, its file included", async () => {
    const settings = hopSettings({ steps: 200, targetAcceptance: 0.5, restartAfter: 100, keep: 20 });
    const save = (name: string) => ({ path: join(folder, `${name}.extxyz`), what: "accepted" }) as const;
    const whole = finished(runPath(payload({ settings, save: save("unkilled") }), flags()));
    const checkpoint = { path: join(folder, "killed.json"), resume: true, everySeconds: 0.02 };
    const [file, result] = [join(folder, "killed-payload.json"), join(folder, "killed-result.json")];
    writeFileSync(file, JSON.stringify(payload({ settings, save: save("killed"), checkpoint })));
    const random = new RandomStream(17, 0);
    let kills = 0;
    for (;;) {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", resolve("test/dynamics/hop/path-child.ts"), file, result],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      // At a moment that has nothing to do with its steps, most of them while it hops or writes a checkpoint.
      const patience = 30 + 150 * random.nextFloat();
      child.stdout.once("data", () => {
        if (kills < 2) setTimeout(() => child.kill("SIGKILL"), patience);
      });
      const signal = await new Promise((done) => child.on("close", (_, by) => done(by)));
      if (signal === null) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(result, "utf8"))).toEqual(JSON.parse(JSON.stringify(whole)));
    expect(readFileSync(save("killed").path, "utf8")).toBe(readFileSync(save("unkilled").path, "utf8"));
  }, 120_000);

  it("at every step change nothing, and what a kill leaves behind them is cut off", () => {
    const save = { path: join(folder, "often.extxyz"), what: "accepted" } as const;
    const checkpoint = { path: join(folder, "often.json"), resume: false, everySeconds: 0 };
    const plain = { ...save, path: join(folder, "plain.extxyz") };
    const whole = runPath(payload({ save: plain }), flags());
    const short = { ...payload().settings, steps: 60 };
    expect(runPath(payload({ settings: short, save, checkpoint }), flags())).toEqual(whole);
    expect(readFileSync(save.path, "utf8")).toBe(readFileSync(plain.path, "utf8"));
    writeFileSync(save.path, `${readFileSync(save.path, "utf8")}13\nhalf a fra`);
    expect(runPath(payload({ save, checkpoint: { ...checkpoint, resume: true } }), flags())).toEqual(whole);
    expect(readFileSync(save.path, "utf8")).toBe(readFileSync(plain.path, "utf8"));
  });

  it("are written at once when the path is cancelled before its first step", () => {
    const checkpoint = { path: join(folder, "early.json"), resume: false, everySeconds: 10 };
    const context = flags();
    context.cancel[0] = 1;
    expect(runPath(payload({ checkpoint }), context)).toEqual({ interrupted: true, path: 1, step: 0 });
    expect(existsSync(checkpoint.path)).toBe(true);
    const resumed = runPath(payload({ checkpoint: { ...checkpoint, resume: true } }), flags());
    expect(resumed).toEqual(runPath(payload(), flags()));
  });

  it("of another search are refused", () => {
    const checkpoint = { path: join(folder, "other.json"), resume: true, everySeconds: 10 };
    runPath(payload({ checkpoint }), flags());
    const error = failureOf(() => runPath(payload({ checkpoint, stream: 9 }), flags()));
    expect(error.code).toBe("data");
    expect(error.message).toContain("of another run");
  });
});

describe("structures that a path keeps in a file", () => {
  const atoms = lennardJonesPotential(reducedLj);

  it("are all accepted minima", () => {
    const save = { path: join(folder, "accepted.extxyz"), what: "accepted" } as const;
    const { counts } = finished(runPath(payload({ save }), flags()));
    const { structures } = readStructures(save.path);
    expect(structures).toHaveLength(Object.values(counts.accepted).reduce((a, b) => a + b));
    const calculator = atoms.calculator(structures[0]);
    const out = evaluationFor(19);
    for (const { positions, cell, energy } of structures) {
      calculator.evaluate(positions, cell, out);
      expect(out.energy).toBeCloseTo(energy!, 9);
      expect(Math.max(...out.forces.map(Math.abs))).toBeLessThan(1e-4 + 1e-9);
    }
  });

  it("are moments of all minimisations, with the potential's forces", () => {
    const save = { path: join(folder, "quenches.extxyz"), what: "quenches" } as const;
    finished(runPath(payload({ save }), flags()));
    const { structures } = readStructures(save.path);
    const minima = structures.filter(({ info }) => info.minimum === true);
    expect(minima).toHaveLength(60);
    expect(minima.map(({ info }) => info.step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(structures.length).toBeGreaterThan(200);
    const calculator = atoms.calculator(structures[0]);
    const out = evaluationFor(19);
    for (const { positions, cell, energy, forces } of structures) {
      calculator.evaluate(positions, cell, out);
      // Sums in the order of another neighbour list; atoms that overlap have energies of 1e6 and more.
      const size = Math.max(1, Math.abs(energy!), ...out.forces.map(Math.abs));
      const errors = forces!.map((f, k) => Math.abs(f - out.forces[k]));
      expect(Math.max(Math.abs(out.energy - energy!), ...errors)).toBeLessThan(1e-11 * size);
    }
  });
});
