import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Calculator, Potential } from "../../../src/core/calculator.ts";
import { GPA_EV_PER_A3 } from "../../../src/core/units.ts";
import { framesOf } from "../../../src/data/frames.ts";
import type { EnsembleSpec } from "../../../src/dynamics/md/ensemble.ts";
import {
  type FinishedMd,
  type MdResult,
  type ReplicaPlan,
  runReplica,
} from "../../../src/dynamics/md/replica.ts";
import { createPotential } from "../../../src/dynamics/potentials/create-potential.ts";
import { guptaSet } from "../../../src/dynamics/potentials/parameter-sets.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import { failureOf } from "../../failure.ts";
import { type MdPayload, mdTask } from "./replica-task.ts";
import { none } from "./systems.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-md-"));
afterAll(() => rmSync(folder, { recursive: true }));
let folders = 0;
const place = () => join(folder, String(folders++));

const spec = guptaSet("cleri-rosato-1993", ["Cu"], "shells");
const copper = createPotential(spec);

const lattice = 3.615;
function fcc(cells: number): number[] {
  const out: number[] = [];
  for (let x = 0; x < cells; x++)
    for (let y = 0; y < cells; y++)
      for (let z = 0; z < cells; z++)
        for (const [a, b, c] of [
          [0, 0, 0],
          [0.5, 0.5, 0],
          [0.5, 0, 0.5],
          [0, 0.5, 0.5],
        ])
          out.push(lattice * (x + a), lattice * (y + b), lattice * (z + c));
  return out;
}

const clusterAtoms = (() => {
  // 13 atoms: a centre and its neighbours in the crystal.
  const positions = [0, 0, 0];
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ])
    for (const s of [-1, 1])
      for (const t of [-1, 1]) {
        const at = [0, 0, 0];
        at[i] = (s * lattice) / 2;
        at[j] = (t * lattice) / 2;
        positions.push(...at);
      }
  return {
    species: new Array<string>(13).fill("Cu"),
    periodic: none,
    cell: new Array<number>(9).fill(0),
    positions,
  };
})();

const crystalAtoms = {
  species: new Array<string>(32).fill("Cu"),
  periodic: [true, true, true] as const,
  cell: [2 * lattice, 0, 0, 0, 2 * lattice, 0, 0, 0, 2 * lattice],
  positions: fcc(2),
};

const held = (temperature: number, steps: number, measured = true) => ({
  steps,
  temperature_K: [temperature, temperature] as const,
  pressure_GPa: [1, 1] as const,
  measured,
});

function planOf(ensemble: EnsembleSpec, at: string | null, change: Partial<ReplicaPlan> = {}): ReplicaPlan {
  const npt = ensemble.kind === "martyna-tobias-klein" || ensemble.kind === "stochastic-cell";
  return {
    atoms: { name: "start", ...(npt ? crystalAtoms : clusterAtoms), velocities: null, fixed: [] },
    ensemble,
    timeStep_fs: 2,
    segments: [held(300, 40, false), { ...held(300, 60), temperature_K: [300, 900] }, held(900, 37)],
    start: { temperature_K: 300, energy: "exact" },
    momentum: "removed",
    masses_amu: {},
    seed: 11,
    index: 2,
    sampleEvery: 5,
    maxDisplacement_A: 0.5,
    maxTemperature_K: null,
    trajectory: at
      ? { path: join(at, "frames.xyz"), format: "extxyz", everySteps: 7, velocities: true, forces: true }
      : null,
    series: at ? { path: join(at, "series.csv"), everySteps: 3 } : null,
    checkpoint: at ? { path: join(at, "checkpoint.json"), everySteps: 25, resume: true } : null,
    ...change,
  };
}

function context() {
  return {
    cancel: new Int32Array(new SharedArrayBuffer(4)),
    progress: new Int32Array(new SharedArrayBuffer(4)),
    index: 0,
  };
}

const run = (plan: ReplicaPlan, potential: Potential = copper) =>
  runReplica(potential, spec, plan, context()) as FinishedMd;

/** The potential, with something done before so many evaluations. */
function interrupted(count: number, action: () => void): Potential {
  let left = count;
  return {
    ...copper,
    calculator: (atoms) => {
      const inner = copper.calculator(atoms);
      const outer: Calculator = {
        numAtoms: inner.numAtoms,
        evaluate(positions, cell, out) {
          if (left-- === 0) action();
          inner.evaluate(positions, cell, out);
        },
        state: () => inner.state(),
        restore: (state) => inner.restore(state),
      };
      return outer;
    },
  };
}

const ensembles: readonly EnsembleSpec[] = [
  { kind: "nve" },
  { kind: "langevin", time_fs: 100 },
  { kind: "nose-hoover", time_fs: 50, chain: 3 },
  { kind: "velocity-rescaling", time_fs: 50 },
  { kind: "martyna-tobias-klein", cell: "isotropic", time_fs: 50, chain: 3, barostat_time_fs: 200 },
  { kind: "martyna-tobias-klein", cell: "full", time_fs: 50, chain: 3, barostat_time_fs: 200 },
  { kind: "stochastic-cell", time_fs: 50, barostat_time_fs: 200, compressibility_per_GPa: 0.007 },
];
const names = ensembles.map((e) => [e.kind + ("cell" in e ? ` ${e.cell}` : ""), e] as const);

describe.each(names)("a replica in %s", (_, ensemble) => {
  it("is the same to the last bit however often it is cancelled or killed", () => {
    const whole = place();
    const expected = run(planOf(ensemble, whole));
    expect(expected.interrupted).toBe(false);
    const broken = place();
    const plan = planOf(ensemble, broken);
    let result: MdResult | null = null;
    let interruptions = 0;
    // Odd numbers of evaluations later the run is in turn cancelled and killed.
    for (const [i, count] of [33, 2, 61, 9, 30, 31, 5].entries()) {
      const here = context();
      const cancelled = i % 2 === 0;
      const potential = interrupted(count, () => {
        if (!cancelled) throw new Error("killed");
        Atomics.store(here.cancel, 0, 1);
      });
      try {
        result = runReplica(potential, spec, plan, here);
        if (!result.interrupted) break;
        interruptions++;
      } catch (error) {
        expect((error as Error).message).toBe("killed");
        interruptions++;
        // What a kill may leave: text beyond the checkpoint, a part of a line.
        writeFileSync(join(broken, "series.csv"), "9,9", { flag: "a" });
        writeFileSync(join(broken, "frames.xyz"), "13\nLatt", { flag: "a" });
      }
    }
    if (result === null || result.interrupted) result = run(plan);
    expect(interruptions).toBeGreaterThan(3);
    expect(result).toEqual(expected);
    for (const file of ["series.csv", "frames.xyz"])
      expect(readFileSync(join(broken, file), "utf8")).toBe(readFileSync(join(whole, file), "utf8"));
    // Once more on the finished checkpoint: the same result, and nothing is written.
    const before = readFileSync(join(broken, "series.csv"), "utf8");
    expect(run(plan)).toEqual(expected);
    expect(readFileSync(join(broken, "series.csv"), "utf8")).toBe(before);
  });
});

describe("a replica", () => {
  const langevin = { kind: "langevin", time_fs: 100 } as const;

  it("writes frames with all that was asked for, the first and the last state among them", () => {
    const at = place();
    const result = run(planOf(langevin, at));
    const frames = [...framesOf(join(at, "frames.xyz"))];
    expect(frames.map((frame) => frame.info.step)).toEqual([
      ...Array.from({ length: 20 }, (_, k) => 7 * k),
      137,
    ]);
    const last = frames[frames.length - 1];
    expect(last.positions).toEqual(result.final.positions);
    expect(last.info["atom.vel"]).toEqual([...result.final.velocities]);
    expect(last.forces!.length).toBe(39);
    expect(last.energy).toBe(result.final.energy_eV);
    expect(last.info.time_ps).toBeCloseTo(0.274, 12);
    const lines = readFileSync(join(at, "series.csv"), "utf8").trim().split("\n");
    expect(lines[0]).toBe("step,time_ps,temperature_K,potential_eV,kinetic_eV,total_eV,conserved_eV");
    expect(lines.length).toBe(1 + 46 + 1);
    const row = lines[lines.length - 1].split(",").map(Number);
    expect(row[0]).toBe(137);
    expect(row[2]).toBe(last.info.temperature_K);
    expect(row[5]).toBeCloseTo(row[3] + row[4], 12);
  });

  it("writes the same frames as a LAMMPS dump", () => {
    const [one, other] = [place(), place()];
    const ensemble = ensembles[4];
    run(planOf(ensemble, one));
    const plan = planOf(ensemble, other);
    const trajectory = {
      ...plan.trajectory!,
      path: join(other, "frames.dump"),
      format: "lammps-dump" as const,
    };
    run({ ...plan, trajectory });
    const expected = [...framesOf(join(one, "frames.xyz"))];
    const found = [...framesOf(trajectory.path)];
    expect(found.length).toBe(expected.length);
    found.forEach((frame, i) => {
      expect(frame.species).toEqual(expected[i].species);
      for (const [a, b] of [
        [frame.positions, expected[i].positions],
        [frame.forces!, expected[i].forces!],
        [frame.cell, expected[i].cell],
        [frame.info["atom.vel"], expected[i].info["atom.vel"]],
      ] as [Float64Array, Float64Array][])
        for (let k = 0; k < b.length; k++) expect(a[k]).toBeCloseTo(b[k], 12);
      expect(frame.info.step).toBe(expected[i].info.step);
      expect(frame.info.time_ps).toBe(expected[i].info.time_ps);
    });
  });

  it("tells segment by segment what was measured", () => {
    const { segments, degreesOfFreedom } = run(planOf(langevin, null));
    expect(degreesOfFreedom).toBe(33);
    expect(segments.map(({ from_ps, to_ps }) => [from_ps, to_ps])).toEqual([
      [0, 0.08],
      [0.08, 0.2],
      [0.2, 0.274],
    ]);
    expect(segments.map((s) => s.samples)).toEqual([0, 12, 7]);
    expect(segments[0].potential_eV).toBeNull();
    expect(segments[1].heat_capacity_eV_per_K).toBeNull();
    expect(segments[2].heat_capacity_eV_per_K!.value).toBeGreaterThan(0);
    expect(segments[2].pressure_GPa).toBeNull();
    // 2 fs in copper: ripples of the conserved energy of a few meV for 13 atoms.
    for (const { drift } of segments) expect(drift!.largest_eV).toBeLessThan(0.05);
  });

  it("measures pressure and volume of a crystal: at rest the derivative of the energy by the volume", () => {
    const still = {
      ...planOf({ kind: "nve" }, null),
      segments: [held(1e-9, 10)],
      start: { temperature_K: 1e-9, energy: "exact" } as const,
      maxTemperature_K: 1,
    };
    const at = (a: number) => {
      const scale = a / lattice;
      const atoms = {
        name: "",
        ...crystalAtoms,
        velocities: null,
        fixed: [],
        positions: crystalAtoms.positions.map((x) => scale * x),
        cell: crystalAtoms.cell.map((x) => scale * x),
      };
      const [segment] = run({ ...still, atoms }).segments;
      return {
        energy: segment.potential_eV!.value,
        volume: segment.volume_A3!.value,
        pressure: segment.pressure_GPa!.value * GPA_EV_PER_A3,
      };
    };
    const [low, mid, high] = [3.5499, 3.55, 3.5501].map(at);
    expect(mid.volume).toBeCloseTo(8 * 3.55 ** 3, 9);
    const slope = -(high.energy - low.energy) / (high.volume - low.volume);
    expect(Math.abs(mid.pressure / slope - 1)).toBeLessThan(1e-5);
    expect(slope).toBeGreaterThan(0);
  });

  it("starts from velocities that the atoms bring", () => {
    const at = place();
    run(planOf({ kind: "nve" }, at, { segments: [held(300, 20)] }));
    const frames = [...framesOf(join(at, "frames.xyz"))];
    const start = frames.find((frame) => frame.info.step === 14)!;
    const atoms = {
      name: "",
      ...clusterAtoms,
      fixed: [],
      positions: [...start.positions],
      velocities: [...(start.info["atom.vel"] as number[])],
    };
    const again = run(planOf({ kind: "nve" }, null, { atoms, segments: [held(300, 6)] }));
    const last = frames[frames.length - 1];
    for (let k = 0; k < 39; k++) expect(again.final.positions[k]).toBeCloseTo(last.positions[k], 11);
  });

  it("refuses a checkpoint of other settings, and files that do not fit", () => {
    const at = place();
    const plan = planOf(langevin, at);
    const here = context();
    const potential = interrupted(60, () => Atomics.store(here.cancel, 0, 1));
    expect(runReplica(potential, spec, plan, here)).toMatchObject({ interrupted: true, step: 60 });
    const other = failureOf(() => run({ ...plan, seed: 12 }));
    expect(other.message).toContain("of another run");
    writeFileSync(join(at, "series.csv"), "step");
    const short = failureOf(() => run(plan));
    expect(short.code).toBe("data");
    expect(short.message).toMatch(
      /series\.csv: the checkpoint was written after \d+ bytes, but the file holds 4/,
    );
    rmSync(join(at, "frames.xyz"));
    expect(failureOf(() => run(plan)).message).toContain("is not there");
    // Without --resume it begins anew.
    const anew = run({ ...plan, checkpoint: { ...plan.checkpoint!, resume: false } });
    expect(anew).toEqual(run(planOf(langevin, place())));
  });

  it("replicas differ, on any number of threads alike", async () => {
    const payloads: MdPayload[] = [0, 1, 2].map((index) => ({
      ...planOf(langevin, null, { index, segments: [held(300, 30)] }),
      potential: spec,
    }));
    const results: FinishedMd[][] = [];
    for (const workers of [0, 2]) {
      const executor = createExecutor(workers);
      results.push(await executor.map<FinishedMd>(mdTask, payloads));
      await executor.close();
    }
    expect(results[1]).toEqual(results[0]);
    const energies = results[0].map((result) => result.final.energy_eV);
    expect(new Set(energies).size).toBe(3);
  });
});

describe("dynamics that go wrong", () => {
  const nve = { kind: "nve" } as const;
  const failing = (change: Partial<ReplicaPlan>, at: string | null = null) =>
    failureOf(() => run(planOf(nve, at, change)));

  it("a time step that is far too long: step, atom, displacement, temperature, advice; files stay whole", () => {
    const at = place();
    const error = failing(
      { timeStep_fs: 25, segments: [held(1500, 5000)], start: { temperature_K: 1500, energy: "exact" } },
      at,
    );
    expect(error.code).toBe("not-converged");
    expect(error.message).toMatch(
      /^step \d+ \([\d.]+ ps\): atom \d+ \(Cu\) moved by [\d.]+ Å in one time step, more than dynamics\.max_displacement_A = 0\.5, at [\d.e+]+ K: shorten dynamics\.time_step_fs/,
    );
    expect(error.details).toMatchObject({ step: expect.any(Number), atom: expect.any(Number) });
    const step = error.details.step as number;
    const frames = [...framesOf(join(at, "frames.xyz"))];
    expect(frames.length).toBe(Math.floor((step - 1) / 7) + 1);
    expect(existsSync(join(at, "checkpoint.json"))).toBe(step > 25);
  });

  it("overlapping atoms that fly apart", () => {
    const positions = [...clusterAtoms.positions];
    positions[3] = positions[0] + 0.3;
    positions[4] = positions[1];
    positions[5] = positions[2];
    const error = failing({ atoms: { name: "", ...clusterAtoms, positions, velocities: null, fixed: [] } });
    expect(error.code).toBe("not-converged");
    expect(error.message).toContain("relax the structure first");
  });

  it("too hot", () => {
    const error = failing({ maxTemperature_K: 200 });
    expect(error.code).toBe("not-converged");
    expect(error.message).toMatch(
      /^step \d+ .*: the temperature is [\d.]+ K, above dynamics\.max_temperature_K = 200/,
    );
  });

  it("atoms that coincide on the way are told as dynamics, at the start as data", () => {
    const onTheWay = interrupted(5, () => {
      throw failureOf(() => copper.calculator({ species: ["Xx"], periodic: none }));
    });
    const error = failureOf(() => run(planOf(nve, null), onTheWay));
    expect(error.code).toBe("not-converged");
    expect(error.message).toContain("step 5 ");
    const positions = clusterAtoms.positions.map((x, i) => (i < 6 ? 0 : x));
    const start = failing({ atoms: { name: "", ...clusterAtoms, positions, velocities: null, fixed: [] } });
    expect(start.code).toBe("data");
  });

  it("settings that make no sense", () => {
    const path = (change: Partial<ReplicaPlan>) => failing(change).details.path;
    expect(path({ segments: [] })).toBe("dynamics.segments");
    expect(path({ segments: [held(300, 0)] })).toBe("dynamics.segments[0]");
    expect(path({ segments: [held(300, 5), held(0, 5)] })).toBe("dynamics.segments[1]");
    expect(path({ sampleEvery: 0 })).toBe("dynamics.sample_every_steps");
    const atoms = { name: "", ...clusterAtoms, velocities: null, fixed: [] };
    expect(path({ atoms, ensemble: ensembles[4] })).toBe("dynamics.ensemble");
    const crystal = { name: "", ...crystalAtoms, velocities: null, fixed: [3] };
    expect(path({ atoms: crystal, ensemble: ensembles[4] })).toBe("dynamics.ensemble");
  });
});
