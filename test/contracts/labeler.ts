/** What every labeler has to do, whatever stands behind it. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Structure } from "../../src/data/structure.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { createLabeler } from "../../src/labelers/create-labeler.ts";
import { type Labelled, type LabelOptions, labelStructures } from "../../src/labelers/label-structures.ts";
import { createAnyPotential } from "../../src/workflows/atoms/create-any-potential.ts";
import { type AnyLabelerSpec, labelTask } from "../../src/workflows/atoms/label-task.ts";
import { entriesIn, newFolder, rattledCopies, structureOf } from "./labeler-case.ts";

export interface LabelerContract {
  readonly spec: AnyLabelerSpec;
  /** A cluster of different elements that can be labeled, also with its atoms moved by 0.1 Å. */
  readonly cluster: Structure;
  /** Of central differences of the energy, Å, and how well forces agree with them, eV/Å. */
  readonly differences: { readonly step: number; readonly tolerance: number };
  /** Of energies of the same atoms elsewhere, turned or in another order, eV. */
  readonly invariance: number;
  /** Copies of the cluster that an interruption comes into: together some tenths of a second of work. */
  readonly many: number;
}

export function labelerContract({ spec, cluster, differences, invariance, many }: LabelerContract): void {
  const inline = createExecutor(0);
  const labeler = createLabeler(spec, createAnyPotential);
  const label = (structures: readonly Structure[], options: Partial<LabelOptions<AnyLabelerSpec>> = {}) =>
    labelStructures(structures, {
      spec,
      labeler,
      task: labelTask,
      executor: inline,
      archive: null,
      ...options,
    });
  const [a, b, c] = rattledCopies(cluster, 3, 0.1);

  it("gives forces that are the slopes of the energy", async () => {
    const { step, tolerance } = differences;
    const atoms = cluster.species.length;
    const moved = Array.from({ length: 6 * atoms }, (_, n) => {
      const positions = a.positions.slice();
      positions[n >> 1] += n % 2 === 0 ? step : -step;
      return { ...a, positions };
    });
    const { labelled } = await label([a, ...moved]);
    const energies = labelled.slice(1).map(({ structure }) => structure.energy!);
    const forces = labelled[0].structure.forces!;
    expect(forces.length).toBe(3 * atoms);
    // A comparison of zeros would prove nothing.
    expect(Math.max(...forces.map(Math.abs))).toBeGreaterThan(0.1);
    forces.forEach((force, n) => {
      const slope = -(energies[2 * n] - energies[2 * n + 1]) / (2 * step);
      expect(Math.abs(force - slope), `component ${n}: ${force}, ${slope}`).toBeLessThan(tolerance);
    });
  });

  it("gives the same energy to atoms that are elsewhere, turned, or in another order", async () => {
    const turned = a.positions.slice();
    const reversed = a.positions.slice();
    const atoms = a.species.length;
    for (let i = 0; i < atoms; i++) {
      const [x, y, z] = a.positions.subarray(3 * i, 3 * i + 3);
      turned.set([0.6 * x - 0.8 * y + 1, 0.8 * x + 0.6 * y - 2, z + 3], 3 * i);
      reversed.set([x, y, z], 3 * (atoms - 1 - i));
    }
    const { labelled } = await label([
      a,
      { ...a, positions: turned },
      { ...a, positions: reversed, species: [...a.species].reverse() },
    ]);
    const [first, ...others] = labelled.map(({ structure }) => structure.energy!);
    for (const energy of others) expect(Math.abs(energy - first)).toBeLessThan(invariance);
  });

  it("finds again what it has labeled, in the order asked for, each structure once", async () => {
    const archive = newFolder();
    const first = await label([b, a, b], { archive });
    expect(first.counts).toEqual({ new: 3, found: 0, failed: 0 });
    expect(entriesIn(archive).entries.length).toBe(2);
    expect(entriesIn(archive).others).toEqual([]);
    const second = await label([c, a, b], { archive });
    expect(second.counts).toEqual({ new: 1, found: 2, failed: 0 });
    expect(second.labelled.map(({ found }) => found)).toEqual([false, true, true]);
    expect(second.labelled[1].structure).toEqual(first.labelled[1].structure);
    expect(second.labelled[2].structure).toEqual(first.labelled[0].structure);
    expect(first.labelled[2].structure).toEqual(first.labelled[0].structure);
    expect(second.labelled[0].structure.positions).toEqual(c.positions);
    expect(new Set(second.labelled.map(({ structure }) => structure.energy)).size).toBe(3);
  });

  describe("on threads", () => {
    const threads = createExecutor(2);
    afterAll(() => threads.close());
    it("gives what it gives in one", async () => {
      const structures = rattledCopies(cluster, 7, 0.1);
      const progress: number[] = [];
      const onProgress = (done: number, all: number) => {
        expect(all).toBe(7);
        progress.push(done);
      };
      const parallel = await label(structures, { executor: threads, archive: newFolder(), onProgress });
      expect(parallel.labelled.map(plain)).toEqual((await label(structures)).labelled.map(plain));
      expect(progress.at(-1)).toBe(7);
    });
  });

  it("says of each impossible structure what is wrong, and labels the others", async () => {
    const archive = newFolder();
    const near = a.positions.slice();
    near.set([near[0], near[1], near[2] + 0.3], 3);
    const together = a.positions.slice();
    together.set(together.subarray(0, 3), 3);
    const nowhere = a.positions.slice();
    nowhere[4] = Number.NaN;
    const structures = [
      { ...a, positions: near },
      b,
      { ...a, positions: together },
      { ...a, positions: nowhere },
      { ...a, species: ["Xx", ...a.species.slice(1)] },
      structureOf("empty", [], []),
      c,
    ];
    const { labelled, counts } = await label(structures, { archive });
    expect(labelled.map(({ failure }) => failure?.reason ?? null)).toEqual([
      "overlap",
      null,
      "overlap",
      "not-finite",
      "unsupported",
      "unsupported",
      null,
    ]);
    expect(counts).toEqual({ new: 2, found: 0, failed: 5 });
    expect(labelled[0].failure?.message).toMatch(/^atoms 1 \(\S+\) and 2 \(\S+\) are 0\.3000 Å apart/);
    expect(labelled[4].failure?.message).toContain("Xx");
    expect(labelled[0].structure).toBe(structures[0]);
    expect((await label(structures, { archive })).labelled.map(plain)).toEqual(labelled.map(plain));
  });

  it("keeps what is finished when it is interrupted, and goes on from there", async () => {
    const archive = newFolder();
    const structures = rattledCopies(cluster, many, 0.1);
    const stop = new AbortController();
    const timer = setInterval(() => {
      if (entriesIn(archive).entries.length >= 2) stop.abort();
    }, 1);
    const error = await label(structures, { archive, signal: stop.signal }).then(
      () => null,
      (reason) => reason,
    );
    clearInterval(timer);
    expect(error?.code).toBe("cancelled");
    const kept = entriesIn(archive).entries.length;
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(many);
    const rest = await label(structures, { archive });
    expect(rest.counts).toEqual({ new: many - kept, found: kept, failed: 0 });
    expect(rest.labelled.map(plain)).toEqual((await label(structures)).labelled.map(plain));
  });

  it("gives the same after kills at any time", async () => {
    const folder = newFolder();
    const [archive, payload] = [join(folder, "archive"), join(folder, "payload.json")];
    const structures = rattledCopies(cluster, many, 0.1);
    const plainStructures = structures.map(({ name, species, positions }) => ({
      name,
      species,
      positions: [...positions],
    }));
    writeFileSync(payload, JSON.stringify({ spec, structures: plainStructures }));
    const child = [resolve("test/contracts/label-child.ts"), payload, archive];
    // Killed while it writes some entry after the second, and again after as many more.
    for (const least of [2, Math.ceil(many / 2)]) {
      const most = String(least + Math.floor(many / 4));
      const running = spawn(process.execPath, ["--import", "tsx", ...child, most], { stdio: "inherit" });
      const ended = new Promise<NodeJS.Signals | null>((done) => running.on("close", (_, by) => done(by)));
      const timer = setInterval(() => {
        if (entriesIn(archive).entries.length >= least) running.kill("SIGKILL");
      }, 1);
      const signal = await ended;
      clearInterval(timer);
      expect(signal).toBe("SIGKILL");
    }
    const kept = entriesIn(archive).entries;
    expect(kept.length).toBeLessThan(many);
    for (const name of kept)
      expect(() => JSON.parse(readFileSync(join(archive, "entries", name), "utf8"))).not.toThrow();
    const rest = await label(structures, { archive });
    expect(rest.counts).toEqual({ new: many - kept.length, found: kept.length, failed: 0 });
    expect(rest.labelled.map(plain)).toEqual((await label(structures)).labelled.map(plain));
  });

  it("refuses an archive whose entries were damaged", async () => {
    const archive = newFolder();
    await label([a], { archive });
    const path = join(archive, "entries", entriesIn(archive).entries[0]);
    const whole = readFileSync(path, "utf8");
    for (const text of [
      whole.slice(0, 100),
      whole.replace(/"energy_eV":[^,]*/, '"energy_eV":null'),
      whole.replace(/"forces_eV_per_A":\[[^,]*,/, '"forces_eV_per_A":['),
    ]) {
      expect(text).not.toBe(whole);
      writeFileSync(path, text);
      const error = await label([a], { archive }).then(
        () => null,
        (reason) => reason,
      );
      expect(error?.code).toBe("data");
      expect(error?.message).toContain(path);
    }
  });
}

/** All that a label says, without where it came from. */
function plain({ structure, failure, notes }: Labelled): unknown {
  return { energy: structure.energy, forces: structure.forces, stress: structure.stress, failure, notes };
}
