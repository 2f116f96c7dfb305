import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { readStructures } from "../../src/data/formats/index.ts";
import { framesOf } from "../../src/data/frames.ts";
import * as dynamics from "../../src/workflows/atoms/dynamics.ts";
import { scratch } from "../cli/eciton.ts";
import { failureOf } from "../failure.ts";
import { type PartOptions, planOfText, runPartStudy } from "./part-study.ts";

/** A cluster that is heated: 2 replicas of 3 temperatures. */
const heating = `
name: heating
model: {potential: {kind: gupta}}
atoms: {icosahedron: {species: Cu, shells: 1}}
dynamics:
  time_step_fs: 2
  staircase: {from_K: 200, to_K: 600, step_K: 200, equilibrate_ps: 0.2, measure_ps: 2}
  replicas: 2
  sample_every_steps: 2
  series_every_steps: 10
  trajectory: {every_steps: 40, velocities: true, forces: true}
  checkpoint_every_steps: 300
report: {pictures: false}
`;

/** One that rests in its own energy. */
const free = `
name: free
model: {potential: {kind: gupta}}
atoms: {icosahedron: {species: Cu, shells: 1}}
dynamics:
  ensemble: nve
  time_step_fs: 2
  segments: [{duration_ps: 1, temperature_K: 300}]
report: {pictures: false}
`;

const runStudy = (text: string, files: Record<string, string> = {}, options: PartOptions = {}) =>
  runPartStudy(dynamics, text, files, options);
const planOf = (text: string, files: Record<string, string> = {}) => planOfText(dynamics, text, files);

type Finished = Awaited<ReturnType<typeof runStudy>>;

/** All files of results but the page, which has times in it. */
function resultsOf({ outDir, read }: Finished): Record<string, string> {
  const names = readdirSync(outDir, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.(csv|extxyz|lammpstrj)$/.test(name) || name === "dynamics.json");
  return Object.fromEntries(files.sort().map((name) => [name, read(name)]));
}

/** Two atoms in a dimer, so many Å apart. */
const dimers = (...distances: readonly number[]) =>
  distances.map((d, i) => `2\nname=pair-${i + 1} pbc="F F F"\nCu 0 0 0\nCu ${d} 0 0\n`).join("");

describe("a study of molecular dynamics", () => {
  let whole: Finished;
  const home = mkdtempSync(join(tmpdir(), "eciton-"));
  beforeAll(async () => {
    whole = await runStudy(heating, {}, { home });
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("writes series, trajectories, means, last states and curves that agree with each other", () => {
    const { result, rows, read, outDir } = whole;
    expect(result.failure).toBeNull();
    expect(Object.keys(resultsOf(whole)).filter((name) => !name.startsWith("report-csv"))).toEqual([
      "caloric.csv",
      "dynamics.json",
      "final.extxyz",
      "segments.csv",
      ...["0000", "0001"].flatMap((n) => [
        `trajectories/replica-${n}.csv`,
        `trajectories/replica-${n}.extxyz`,
      ]),
    ]);
    expect(existsSync(join(outDir, "checkpoints"))).toBe(false);
    const segments = rows("segments.csv");
    expect(segments).toHaveLength(2 * 6);
    const last = readStructures(join(outDir, "final.extxyz")).structures;
    for (const [k, file] of ["replica-0000", "replica-0001"].entries()) {
      const series = rows(`trajectories/${file}.csv`);
      const frames = [...framesOf(join(outDir, `trajectories/${file}.extxyz`))];
      expect(series).toHaveLength(3300 / 10 + 1);
      expect(frames).toHaveLength(Math.floor(3300 / 40) + 2);
      for (const [i, { info, energy }] of frames.entries()) {
        // The last state is written whenever it comes.
        expect(info.step).toBe(Math.min(40 * i, 3300));
        expect(energy).toBe(Number(series[Math.min(4 * i, 330)].potential_eV));
      }
      const end = frames[frames.length - 1];
      expect(last[k].positions).toEqual(end.positions);
      expect(last[k].info["atom.vel"]).toEqual(end.info["atom.vel"]);
      expect(last[k].energy).toBe(end.energy);
      // Means over every second step and over every tenth differ by what a tenth of the measurements leaves unknown.
      for (const s of segments.filter((one) => one.replica === file && one.measured === "true")) {
        const own = series.filter(
          ({ time_ps }) => Number(time_ps) > Number(s.from_ps) && Number(time_ps) <= Number(s.to_ps) + 1e-9,
        );
        const mean = own.reduce((sum, row) => sum + Number(row.total_eV), 0) / own.length;
        expect(Math.abs(mean - Number(s.total_eV))).toBeLessThan(4 * Number(s.total_error_eV) + 0.02);
        expect(Number(s.potential_eV) + Number(s.kinetic_eV)).toBeCloseTo(Number(s.total_eV), 9);
      }
    }
    const html = read("report.html");
    expect(html).toContain("Caloric curve");
    expect(html).toContain("Lindemann index");
    expect(html).not.toMatch(/\b(NaN|Infinity|undefined)\b/);
  });

  it("has a curve of the means of its replicas", () => {
    const curve = whole.rows("caloric.csv");
    const segments = whole.rows("segments.csv");
    expect(curve.map((row) => [row.direction, Number(row.temperature_K)])).toEqual([
      ["heating", 200],
      ["heating", 400],
      ["heating", 600],
    ]);
    for (const row of curve) {
      const own = segments.filter((s) => s.measured === "true" && s.from_temperature_K === row.temperature_K);
      const mean = (key: string) => own.reduce((sum, s) => sum + Number(s[key]), 0) / own.length;
      expect(own).toHaveLength(2);
      expect(Number(row.energy_eV)).toBeCloseTo(mean("total_eV"), 10);
      expect(Number(row.lindemann)).toBeCloseTo(mean("lindemann"), 12);
      // 12 atoms outside and 1 below: the index of the cluster is their mean.
      expect((12 * Number(row.lindemann_surface) + Number(row.lindemann_middle)) / 13).toBeCloseTo(
        Number(row.lindemann),
        12,
      );
      expect(row.lindemann_core).toBe("");
    }
    // Solid: fluctuations grow with the root of the temperature, and the energy by about 2 k_B for each degree of freedom.
    const [cold, , hot] = curve.map((row) => Number(row.lindemann));
    expect(hot).toBeGreaterThan(1.3 * cold);
    expect(hot).toBeLessThan(0.1);
    const slope = (Number(curve[2].energy_eV) - Number(curve[0].energy_eV)) / 400 / BOLTZMANN_EV_PER_K / 33;
    expect(slope).toBeGreaterThan(0.8);
    expect(slope).toBeLessThan(1.6);
  });

  it("gives the same bytes on any number of threads", async () => {
    expect(resultsOf(await runStudy(heating, {}, { workers: 2 }))).toEqual(resultsOf(whole));
  });

  it("gives the same bytes after an interruption, and has then nothing more to do", async () => {
    const folder = join(scratch(), "out");
    const abort = new AbortController();
    // The first checkpoint of the first of two runs: the second one at least is not finished.
    const watch = setInterval(() => {
      if (existsSync(join(folder, "checkpoints/replica-0000.json"))) abort.abort();
    }, 2);
    const stopped = await runStudy(heating, {}, { folder, workers: 1, signal: abort.signal }).catch((e) => e);
    clearInterval(watch);
    expect(stopped).toBeInstanceOf(EcitonError);
    expect((stopped as EcitonError).code).toBe("cancelled");
    expect(existsSync(join(folder, "segments.csv"))).toBe(false);
    const resumed = await runStudy(heating, {}, { folder, resume: true });
    expect(resultsOf(resumed)).toEqual(resultsOf(whole));
    expect(resumed.finished()).toBe(true);
  });

  it("goes on from the last states of another run as if there had been none between", async () => {
    const half = free.replace("duration_ps: 1,", "duration_ps: 0.5,");
    const long = await runStudy(free);
    const first = await runStudy(half);
    const second = await runStudy(
      half
        .replace(/atoms: .*/, "atoms: {file: start.extxyz}")
        .replace("ensemble: nve", "ensemble: nve\n  start: {velocities: file}"),
      { "start.extxyz": first.read("final.extxyz") },
    );
    const end = ({ outDir }: Finished) => readStructures(join(outDir, "final.extxyz")).structures[0];
    // Removing momenta that are zero but for rounding moves velocities by rounding; 250 steps make 1e-10 Å of it.
    for (const [i, x] of end(long).positions.entries()) expect(end(second).positions[i]).toBeCloseTo(x, 8);
    expect(Number(long.rows("segments.csv")[0].largest_drift_eV)).toBeLessThan(1e-3);
    expect(existsSync(join(long.outDir, "caloric.csv"))).toBe(false);
  });

  it("writes LAMMPS dumps that tell the same as extended XYZ", async () => {
    const dumped = await runStudy(
      heating.replace("{every_steps: 40,", "{every_steps: 40, format: lammps-dump,"),
    );
    const path = join(dumped.outDir, "trajectories/replica-0001.lammpstrj");
    const frames = [...framesOf(path)];
    const others = [...framesOf(join(whole.outDir, "trajectories/replica-0001.extxyz"))];
    expect(frames).toHaveLength(others.length);
    for (const [i, frame] of frames.entries())
      expect([frame.info.step, frame.positions]).toEqual([others[i].info.step, others[i].positions]);
    expect(dumped.read("caloric.csv")).toBe(whole.read("caloric.csv"));
  });

  it("keeps the other runs where one goes wrong", async () => {
    // 2 Å is inside of the bond of 2.2 Å by an energy of some 1000 K: too hot for one, not for the other.
    const { result, rows, outDir } = await runStudy(
      `${free.replace(/atoms: .*/, "atoms: {file: pairs.extxyz, frames: all}")}`.replace(
        "time_step_fs: 2",
        "time_step_fs: 2\n  max_temperature_K: 2000",
      ),
      { "pairs.extxyz": dimers(2.2, 1.7, 2.2) },
    );
    expect(result.failure?.code).toBe("not-converged");
    for (const part of ["1 of 3", "pair-2", "replica-0001", "step", "K"])
      expect(result.failure?.message).toContain(part);
    expect(result.verdict.level).toBe("problem");
    expect(rows("segments.csv").map(({ replica }) => replica)).toEqual(["replica-0000", "replica-0002"]);
    expect(readStructures(join(outDir, "final.extxyz")).structures).toHaveLength(2);
    expect(rows("trajectories/replica-0001.csv").length).toBeGreaterThan(0);
  });
});

const argon = `
name: argon
model: {potential: {kind: lennard-jones}}
atoms: {crystal: {species: Ar, structure: fcc, a_A: 5.5}, supercell: [3, 3, 3]}
dynamics:
  ensemble: npt
  time_step_fs: 5
  segments: [{duration_ps: 1, temperature_K: 60}]
report: {pictures: false}
`;

describe("a crystal under pressure", () => {
  it("has volumes and pressures in its tables", async () => {
    const { rows } = await runStudy(argon);
    const [segment] = rows("segments.csv");
    const series = rows("trajectories/replica-0000.csv");
    expect(Number(series[0].volume_A3)).toBeCloseTo(16.5 ** 3, 6);
    expect(Number(segment.volume_A3)).toBeGreaterThan(0.9 * 16.5 ** 3);
    expect(segment.pressure_GPa).not.toBe("");
    expect(rows("segments.csv")[0].lindemann).toBe("");
  });
});

describe("a study of molecular dynamics that cannot be", () => {
  it.each([
    ["study", "dynamics", heating.replace(/dynamics:[\s\S]*?report/, "report")],
    ["study", "atoms", heating.replace(/atoms: .*/, "")],
    [
      "study",
      "model.potential",
      heating
        .replace("{kind: gupta}", "{kind: gupta, set: cleri-rosato-1993}")
        .replace("Cu,", "Xe, distance_A: 4,"),
    ],
    ["study", "dynamics.ensemble", heating.replace("dynamics:", "dynamics:\n  ensemble: npt")],
    [
      "study",
      "dynamics.fix.indices[1]",
      heating.replace("dynamics:", "dynamics:\n  fix: {indices: [1, 14]}"),
    ],
    ["study", "dynamics.fix", heating.replace("dynamics:", "dynamics:\n  fix: {species: [Cu]}")],
    [
      "data",
      "dynamics.start.velocities",
      heating.replace("dynamics:", "dynamics:\n  start: {velocities: file}"),
    ],
  ])("is refused as %s at %s before anything is written", (code, path, text) => {
    const error = failureOf(() => planOf(text));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(path)]);
  });

  it.each([
    ["zero", 0],
    ["a part of a bond", 0.8],
  ])("names atoms that are %s apart", (_, distance) => {
    const text = free.replace(/atoms: .*/, "atoms: {file: s.extxyz}");
    const positions = [
      [0, 0, 0],
      [2.5, 0, 0],
      [0, 2.5, 0],
      [2.5, 2.5, 0],
      [2.5, 2.5, distance],
    ];
    const file = `5\nname=five pbc="F F F"\n${positions.map((p) => `Cu ${p.join(" ")}\n`).join("")}`;
    const error = failureOf(() => planOf(text, { "s.extxyz": file }));
    expect(error.code).toBe("data");
    expect(error.message).toMatch(/^five: .*\b4\b.*\b5\b/);
  });

  it("tells of a time step that is long for the lightest atom, and of replicas that are the same", () => {
    const hydrogen = heating.replace("time_step_fs: 2", "time_step_fs: 2\n  masses_amu: {Cu: 1}");
    expect(planOf(heating).warnings).toEqual([]);
    expect(planOf(hydrogen).warnings.join()).toContain("time_step_fs");
    const text = free
      .replace(/atoms: .*/, "atoms: {file: s.extxyz}")
      .replace("ensemble: nve", "ensemble: nve\n  replicas: 2\n  start: {velocities: file}");
    const file =
      '2\nname=two pbc="F F F" Properties=species:S:1:pos:R:3:vel:R:3\nCu 0 0 0 0 0 0\nCu 2.3 0 0 0.001 0 0\n';
    expect(planOf(text, { "s.extxyz": file }).warnings.join()).toContain("same");
  });

  it("can be described without running it", () => {
    const lines = dynamics.describe(planOf(heating), 2);
    expect(lines[0]).toBe("dynamics: 2 replicas of 13 atoms, 3\u202f300 steps each");
    expect(lines.join("\n")).toMatch(/µs for each atom and step/);
  });
});
