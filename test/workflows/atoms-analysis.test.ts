/** What `eciton analyze` measures on files of atoms, against what is known of them exactly. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { RandomStream } from "../../src/core/random.ts";
import { writeExtxyz } from "../../src/data/formats/extxyz-write.ts";
import type { InfoValue, Structure } from "../../src/data/structure.ts";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { analyzeAtoms } from "../../src/workflows/atoms/analysis/analyze-atoms.ts";
import { kindOfAll, setsOfInputs, setsOfStudy } from "../../src/workflows/atoms/analysis/inputs.ts";
import { planAnalysis } from "../../src/workflows/atoms/analysis/plan.ts";
import { fcc } from "../analysis/atoms/crystals.ts";
import { scratch } from "../cli/eciton.ts";

type Row = Record<string, string>;

interface Options {
  /** The section analysis, and what else the study has. */
  readonly study?: string;
  /** Of the study: the files that it names itself. */
  readonly own?: boolean;
  readonly inputs?: readonly string[];
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly folder?: string;
}

async function analyse(files: Readonly<Record<string, string>>, options: Options = {}) {
  const folder = options.folder ?? scratch();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const outDir = join(folder, "out");
  const study = options.study ? join(folder, "study.yaml") : null;
  if (study) writeFileSync(study, `${options.study}\nreport: {pictures: false}\n`);
  const loaded = study ? loadStudy(study) : null;
  const inputs = (options.inputs ?? Object.keys(files)).map((name) => join(folder, name));
  const sets = options.own ? setsOfStudy(loaded!) : setsOfInputs(inputs);
  const executor = createExecutor(options.workers ?? 0);
  try {
    const result = await analyzeAtoms(planAnalysis(sets, loaded), ["csv"], {
      executor,
      outDir,
      resume: false,
      signal: options.signal ?? new AbortController().signal,
      say: () => {},
      command: "eciton analyze",
    });
    const rows = (name: string) =>
      parseCsv(readFileSync(join(outDir, `${name}.csv`), "utf8"), { columns: true }) as Row[];
    return {
      ...result,
      folder,
      outDir,
      rows,
      has: (name: string) => existsSync(join(outDir, `${name}.csv`)),
    };
  } finally {
    await executor.close();
  }
}

/** The error that an analysis ends with. */
async function failureOf(analysis: Promise<unknown>): Promise<EcitonError> {
  const [outcome] = await Promise.allSettled([analysis]);
  if (outcome.status === "fulfilled") throw new Error("it did not fail");
  expect(outcome.reason).toBeInstanceOf(EcitonError);
  return outcome.reason as EcitonError;
}

interface Frame {
  readonly species: readonly string[];
  readonly positions: ArrayLike<number>;
  readonly cell?: ArrayLike<number>;
  readonly periodic?: readonly [boolean, boolean, boolean];
  readonly time_ps?: number;
  readonly velocities?: readonly number[];
}

function xyz(frames: readonly Frame[]): string {
  return writeExtxyz(
    frames.map(({ species, positions, cell, periodic, time_ps, velocities }): Structure => {
      const info: Record<string, InfoValue> = {};
      if (time_ps !== undefined) info.time_ps = time_ps;
      if (velocities) info["atom.vel"] = velocities;
      return {
        species,
        positions: Float64Array.from(positions),
        cell: Float64Array.from(cell ?? new Array<number>(9).fill(0)),
        periodic: periodic ?? [false, false, false],
        name: "",
        info,
        source: { file: "", line: null },
      };
    }),
  );
}

/** Vertices of the icosahedron with edge 2 and its middle; neighbours are at 2 and, from the middle, at 1.902. */
function icosahedron(scale = 1): number[] {
  const golden = (1 + Math.sqrt(5)) / 2;
  const vertices = [-1, 1].flatMap((a) => [-golden, golden].map((b) => [0, a, b]));
  const all = vertices.flatMap(([x, y, z]) => [
    [x, y, z],
    [y, z, x],
    [z, x, y],
  ]);
  return [0, 0, 0, ...all.flat()].map((x) => scale * x);
}

function turned(positions: readonly number[], angle: number, shift = 0): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const out: number[] = [];
  for (let at = 0; at < positions.length; at += 3) {
    const [x, y, z] = positions.slice(at, at + 3);
    out.push(c * x - s * y + shift, s * x + c * y, z);
  }
  return out;
}

const copper = (count: number) => new Array<string>(count).fill("Cu");
const cubic = (a: number) => [a, 0, 0, 0, a, 0, 0, 0, a];

/** A Gaussian walk of atoms in a box. */
function walkFrames(atoms: number, frames: number, sigma: number, box: number, wrap: boolean): Frame[] {
  const random = new RandomStream(11, 0);
  const now = Float64Array.from({ length: 3 * atoms }, () => box * random.nextFloat());
  return Array.from({ length: frames }, (_, f) => {
    if (f > 0) for (let i = 0; i < now.length; i++) now[i] += sigma * random.nextNormal();
    return {
      species: copper(atoms),
      positions: wrap ? now.map((x) => x - box * Math.floor(x / box)) : now.slice(),
      cell: cubic(box),
      periodic: [true, true, true] as const,
      time_ps: f / 10,
    };
  });
}

describe("structures", () => {
  it("fcc bulk has 12 neighbours, a face-centred surrounding and the shells of the crystal", async () => {
    const { rows, has, warnings } = await analyse({ "fcc.extxyz": xyz([fcc(3.6, 3)]) });
    const probability = rows("coordination").filter(({ species }) => species === "all");
    expect(probability.find(({ coordination }) => coordination === "12")!.probability).toBe("1");
    expect(probability.filter((row) => Number(row.probability) > 0).length).toBe(1);
    expect(rows("cna").find(({ structure }) => structure === "fcc")!.fraction).toBe("1");
    // Six second neighbours at the lattice constant.
    const within = rows("rdf").filter(({ r_A }) => Number(r_A) < 3.7);
    expect(Number(within[within.length - 1].within)).toBeCloseTo(18, 9);
    // One frame has no errors; a crystal has neither layers nor a point group nor motion.
    expect(probability[12].probability_error).toBe("");
    expect(["layers", "point-groups", "msd", "soap-map"].filter(has)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("LJ13 is an icosahedron: one atom with 12 neighbours, 12 with 6; its species has no radius", async () => {
    const frame = { species: new Array<string>(13).fill("X"), positions: icosahedron(0.55) };
    const { rows, warnings, document } = await analyse({ "lj13.xyz": xyz([frame]) });
    expect(rows("point-groups")).toMatchObject([
      { point_group: "Ih", order: "120", frame: "1", atoms: "13" },
    ]);
    const [six, twelve] = [6, 12].map(
      (cn) => rows("coordination").find(({ coordination }) => coordination === String(cn))!.probability,
    );
    expect([Number(six), Number(twelve)]).toEqual([12 / 13, 1 / 13]);
    expect(warnings.join()).toMatch(/no covalent radius is known for X: .*first minimum/);
    const layers = rows("layers").filter(({ species }) => species === "all");
    expect(layers.find(({ part }) => part === "surface")!.atoms).toBe("12");
    expect(document).toMatchObject({ sets: [{ name: "lj13", point_groups: { Ih: 1 } }] });
  });

  it("files of a data set are taken together by the number of their atoms", async () => {
    const small = fcc(3.6, 1);
    const dimer = { species: ["Cu", "Cu"], positions: [0, 0, 0, 0, 0, 2.4] };
    const { rows } = await analyse(
      { "a/POSCAR.extxyz": xyz([small]), "b.extxyz": xyz([dimer, dimer]) },
      {
        study:
          "analysis: {frames: {sets: {both: [a/*.extxyz, b.extxyz], dimers: [b.extxyz]}}, coordination: {}, bonds: {}}",
        own: true,
      },
    );
    const of = (set: string, cn: number) =>
      Number(
        rows("coordination").find(
          (row) => row.data_set === set && row.species === "all" && Number(row.coordination) === cn,
        )?.probability ?? Number.NaN,
      );
    // 4 atoms with 12 neighbours, 2 frames of 2 atoms with one.
    expect([of("both", 12), of("both", 1), of("dimers", 1)]).toEqual([0.5, 0.5, 1]);
    // The crystal has 24 bonds of 3.6/√2, each dimer one of 2.4.
    const bonds = rows("bonds").find(({ data_set }) => data_set === "both")!;
    expect(Number(bonds.mean_A)).toBeCloseTo((24 * (3.6 / Math.SQRT2) + 2 * 2.4) / 26, 12);
  });

  it("measures distances from a reference, equivalence and angles where a study asks for them", async () => {
    const start = icosahedron();
    const frames = [0, 0.4].map((angle) => ({
      species: copper(13),
      positions: turned(start, angle, 3 * angle),
    }));
    const { rows, has } = await analyse(
      { "ico.xyz": xyz(frames), "ref.xyz": xyz([{ species: copper(13), positions: start }]) },
      {
        study:
          "analysis: {rmsd: {reference: ref.xyz, superpose: rotation}, equivalence: {atoms: [1, 2]}, angles: {}}",
        inputs: ["ico.xyz"],
      },
    );
    expect(rows("rmsd").map(({ rmsd_A }) => Number(rmsd_A) < 1e-7)).toEqual([true, true]);
    // From the middle to 12 vertices at the radius √(1 + φ²).
    const radius = Math.hypot(1, (1 + Math.sqrt(5)) / 2);
    const middle = rows("equivalence").filter(({ atom }) => atom === "1");
    expect(middle.map(({ index_A }) => Number(index_A))).toEqual(
      [12, 12].map((n) => expect.closeTo(n * radius, 9)),
    );
    const density = rows("angles").filter(({ triplet }) => triplet === "all");
    expect(density.reduce((sum, row) => sum + 2 * Number(row.density_per_degree), 0)).toBeCloseTo(1, 9);
    expect(has("coordination")).toBe(false);
  });
});

describe("trajectories", () => {
  const spinning = Array.from({ length: 12 }, (_, f) => ({
    species: [...copper(6), ...new Array<string>(7).fill("Au")],
    positions: turned(icosahedron(1.3), 0.7 * f, f),
    time_ps: f / 100,
  }));

  it("of a rigid cluster that turns and drifts have no fluctuations of distances", async () => {
    const { rows } = await analyse({ "rigid.extxyz": xyz(spinning) });
    const indices = rows("lindemann");
    expect(new Set(indices.map(({ kind }) => kind))).toEqual(
      new Set(["cluster", "shell", "species", "bonds"]),
    );
    expect(indices.map(({ part }) => part)).toEqual(expect.arrayContaining(["surface", "Au-Cu", "Cu-Cu"]));
    // Rounding of the coordinates, square root of squares of 1e-16.
    for (const { index } of indices) expect(Number(index)).toBeLessThan(1e-12);
  });

  it("a stretched bond fluctuates by exactly its amplitude", async () => {
    const frames = Array.from({ length: 20 }, (_, f) => ({
      species: ["Au", "S"],
      positions: [0, 0, 0, 0, 0, 2.3 * (1 + (f % 2 === 0 ? 0.05 : -0.05))],
      time_ps: f,
    }));
    const { rows } = await analyse(
      { "s.extxyz": xyz(frames) },
      { study: "analysis: {lindemann: {shells: false}}" },
    );
    const bond = rows("lindemann").find(({ part }) => part === "Au-S")!;
    expect(Number(bond.index)).toBeCloseTo(0.05, 12);
  });

  it("of a random walk give its diffusion coefficient, wrapped or not", async () => {
    const [atoms, frames, sigma] = [200, 200, 0.1];
    const files = [true, false].map((wrap) => xyz(walkFrames(atoms, frames, sigma, 8, wrap)));
    const { rows, warnings } = await analyse(
      { "wrapped.extxyz": files[0], "unwrapped.extxyz": files[1] },
      { study: "analysis: {msd: {}}" },
    );
    const of = (set: string) => rows("msd").filter(({ data_set }) => data_set === set);
    const [one, two] = [of("wrapped"), of("unwrapped")];
    expect(one.length).toBeGreaterThan(60);
    for (const [i, row] of one.entries())
      expect(Number(row.total_A2)).toBeCloseTo(Number(two[i].total_A2), 8);
    // D = σ²/2 for each frame of 0.1 ps. Relative error of a mean square over windows of k of F frames and N atoms:
    // √(2 (2k/3F)/3N), 0.033 at the end of the fit (k = F/2); four of them.
    const expected = sigma ** 2 / 2 / 0.1;
    for (const { D_A2_per_ps } of rows("diffusion"))
      expect(Math.abs(Number(D_A2_per_ps) / expected - 1)).toBeLessThan(0.133);
    expect(rows("diffusion")[0].D_cm2_per_s).toBe(String(Number(rows("diffusion")[0].D_A2_per_ps) * 1e-4));
    const wraps = warnings.filter((text) => /wrapped into the cell/.test(text));
    expect(wraps.length).toBe(1);
    expect(wraps[0]).toContain("wrapped.extxyz");
  });

  it("with velocities give their autocorrelation and a line at the frequency of the vibration", async () => {
    const [dt, frequency] = [0.01, 5];
    // Three phases: the products of the atoms add up to the cosine of the lag at any origin.
    const frames = Array.from({ length: 400 }, (_, f) => ({
      species: copper(3),
      positions: [0, 0, 0, 3, 0, 0, 6, 0, 0],
      velocities: [0, 1, 2].flatMap((k) => [
        1e-3 * Math.cos(2 * Math.PI * (frequency * f * dt + k / 3)),
        0,
        0,
      ]),
      time_ps: f * dt,
    }));
    const { rows } = await analyse(
      { "v.extxyz": xyz(frames) },
      { study: "analysis: {velocity_autocorrelation: {longest_ps: 2}}" },
    );
    const vacf = rows("vacf");
    expect(vacf.length).toBe(201);
    for (const row of vacf)
      expect(Number(row.autocorrelation)).toBeCloseTo(
        Math.cos(2 * Math.PI * frequency * Number(row.time_ps)),
        9,
      );
    const spectrum = rows("spectrum");
    const peak = spectrum.reduce((a, b) => (Number(b.density_per_THz) > Number(a.density_per_THz) ? b : a));
    // Lines lie 1/(2 · 2 ps) apart.
    expect(Math.abs(Number(peak.frequency_THz) - frequency)).toBeLessThanOrEqual(0.25);
  });

  it("leave out a last frame between the others, and refuse a gap", async () => {
    const at = (times: readonly number[]) => xyz(times.map((time_ps, f) => ({ ...spinning[f], time_ps })));
    const study = "analysis: {msd: {}}";
    const { rows, warnings } = await analyse({ "a.xyz": at([0, 1, 2, 3, 3.4]) }, { study });
    expect(
      rows("msd")
        .filter(({ species }) => species === "all")
        .map(({ time_ps }) => time_ps),
    ).toEqual(["1", "2", "3"]);
    expect(warnings.join()).not.toMatch(/left out/);
    const gap = await failureOf(analyse({ "a.xyz": at([0, 1, 2, 4]) }, { study }));
    expect(gap).toMatchObject({
      code: "data",
      message: expect.stringMatching(/a\.xyz:46: expected a frame every 1000/),
    });
  });

  it("without times are measured by analysis.frames.time_step_fs", async () => {
    const plain = xyz(spinning.map(({ time_ps: _, ...frame }) => frame));
    const refused = await failureOf(analyse({ "a.xyz": plain }, { study: "analysis: {msd: {}}" }));
    expect(refused).toMatchObject({
      code: "study",
      message: expect.stringMatching(/^analysis\.msd: .*time_step_fs/),
    });
    const { rows } = await analyse(
      { "a.xyz": plain },
      { study: "analysis: {frames: {time_step_fs: 20, every: 2}, msd: {species: [Au]}}" },
    );
    expect(rows("msd")[0]).toMatchObject({ species: "Au", time_ps: "0.04" });
  });

  it("that are cut are measured up to their last whole frame", async () => {
    const text = xyz(spinning);
    const { warnings, document } = await analyse({ "cut.extxyz": text.slice(0, -100) });
    expect(warnings.join()).toMatch(
      /cut\.extxyz:\d+: .*cut within its last frame, after 11 whole frames, which are used/,
    );
    expect(document).toMatchObject({ sets: [{ files: [{ frames: 11 }] }] });
  });

  it("of runs are measured segment by segment, with the energies of the run", async () => {
    const estimate = (value: number, error = 0.01) => ({ value, error });
    // Energies rise by 1 eV between 300 and 400 K and by 3 eV from there to 500 K.
    const segments = [300, 400, 500].map((T, k) => ({
      segment: k + 1,
      steps: 1000,
      from_ps: k,
      to_ps: k + 1,
      temperature_K: [T, T],
      measured: true,
      samples: 100,
      potential_eV: estimate(-10 + k),
      kinetic_eV: estimate(1),
      total_eV: estimate([0, 1, 4][k]),
      measured_temperature_K: estimate(T),
      volume_A3: null,
      pressure_GPa: null,
      heat_capacity_eV_per_K: null,
      drift: null,
      halves_eV: null,
      lindemann: null,
    }));
    const replica = (file: string) => ({ name: file, file, structure: "pair", atoms: 2, segments });
    const stretch = [0.01, 0.05, 0.2];
    const frames = Array.from({ length: 31 }, (_, f) => {
      const amplitude = stretch[Math.max(0, Math.ceil(f / 10) - 1)];
      return {
        species: copper(2),
        positions: [0, 0, 0, 0, 0, 2.5 * (1 + (f % 2 === 0 ? amplitude : -amplitude))],
        time_ps: f / 10,
      };
    });
    const { rows, document } = await analyse(
      {
        "run/provenance.json": JSON.stringify({ study: "heated", parts: ["dynamics"], resolvedStudy: "{}" }),
        "run/dynamics.json": JSON.stringify({ replicas: [replica("replica-0000"), replica("replica-0001")] }),
        "run/trajectories/replica-0000.extxyz": xyz(frames),
        "run/trajectories/replica-0001.extxyz": xyz(frames),
      },
      { inputs: ["run"] },
    );
    const cluster = rows("lindemann").filter(({ kind }) => kind === "cluster");
    expect(cluster.map(({ temperature_K }) => temperature_K)).toEqual(["300", "400", "500"]);
    for (const [k, { index }] of cluster.entries()) expect(Number(index)).toBeCloseTo(stretch[k], 12);
    const caloric = rows("caloric");
    expect(caloric.map(({ energy_eV }) => Number(energy_eV))).toEqual([0, 1, 4]);
    expect(caloric.map(({ slope_eV_per_K }) => slope_eV_per_K)).toEqual(["0.01", "0.03", ""]);
    // Two independent replicas with equal means: the errors of one over √2.
    expect(Number(caloric[0].energy_error_eV)).toBeCloseTo(0.01 / Math.SQRT2, 12);
    expect(document).toMatchObject({ caloric: [{ structure: "pair", steepest: { temperature_K: 450 } }] });
  });

  /** A pair 2.2 Å long while it comes to equilibrium, 2.6 Å later; `measured` says which of the two parts are. */
  const settling = (dynamics: object, measured: readonly [boolean, boolean], frames = 21) => {
    const segments = measured.map((is, k) => ({
      segment: k + 1,
      from_ps: k,
      to_ps: k + 1,
      temperature_K: [300, 300],
      measured: is,
      samples: 0,
      total_eV: null,
      potential_eV: null,
      measured_temperature_K: null,
      heat_capacity_eV_per_K: null,
    }));
    const trajectory = Array.from({ length: frames }, (_, f) => ({
      species: copper(2),
      positions: [0, 0, 0, 0, 0, f <= 10 ? 2.2 : 2.6],
      time_ps: f / 10,
    }));
    const record = { study: "settled", parts: ["dynamics"], resolvedStudy: JSON.stringify({ dynamics }) };
    return analyse(
      {
        "run/provenance.json": JSON.stringify(record),
        "run/dynamics.json": JSON.stringify({
          replicas: [{ file: "replica-0000", structure: "pair", segments }],
        }),
        "run/trajectories/replica-0000.extxyz": xyz(trajectory),
      },
      { inputs: ["run"] },
    );
  };
  const friction = "the langevin thermostat slows atoms by its friction";

  it("of runs leave out of averages what is not measured", async () => {
    const { rows } = await settling({ ensemble: "nve" }, [false, true]);
    expect(rows("bonds").map(({ mean_A }) => Number(mean_A))).toEqual([expect.closeTo(2.6, 12)]);
    const { has, warnings } = await settling({ ensemble: "nve" }, [false, true], 11);
    expect(has("bonds")).toBe(false);
    expect(warnings.join()).toContain("no frame lies in a segment that is measured");
  });

  it.each([
    [{ ensemble: "nvt" }, true],
    [{ ensemble: "nvt", thermostat: { method: "langevin" } }, true],
    [{ ensemble: "nvt", thermostat: { method: "nose-hoover" } }, false],
    [{ ensemble: "nve" }, false],
    [{ ensemble: "npt" }, false],
  ])("of %j: friction is warned of: %j", async (dynamics, warned) => {
    const { warnings } = await settling(dynamics, [true, true]);
    expect(warnings.some((warning) => warning.includes(friction))).toBe(warned);
  });
});

describe("data sets", () => {
  const jiggled = (seed: number, frames: number, by: number): Frame[] => {
    const random = new RandomStream(seed, 0);
    return Array.from({ length: frames }, () => {
      const { positions, ...rest } = fcc(3.6, 2);
      return { ...rest, positions: positions.map((x) => x + by * random.nextNormal()) };
    });
  };

  it("are mapped and covered by their environments: a part of a set by the set, a wilder one not", async () => {
    const all = jiggled(1, 4, 0.05);
    const soap = "{radial_functions: 4, max_angular: 3, environments: 128}";
    const { rows, document } = await analyse(
      { "all.xyz": xyz(all), "part.xyz": xyz(all.slice(1, 3)), "wild.xyz": xyz(jiggled(2, 2, 0.4)) },
      { study: `analysis: {soap: ${soap}}` },
    );
    // 4 × 32 environments are all of the first set.
    const by = Object.fromEntries(
      rows("coverage").map((row) => [`${row.data_set} by ${row.covered_by}`, row.covered]),
    );
    expect(by["part by all"]).toBe("1");
    expect(by["wild by all"]).toBe("0");
    expect(Number(by["all by part"])).toBeGreaterThanOrEqual(0.5);
    expect(rows("soap-map").length).toBe(128 + 64 + 64);
    // The same atom has the same place on the map.
    const find = (set: string, frame: string, atom: string) =>
      rows("soap-map").find((row) => row.data_set === set && row.frame === frame && row.atom === atom)!;
    expect(find("part", "1", "7").component_1).toBe(find("all", "2", "7").component_1);
    expect((document.coverage as unknown[]).length).toBe(6);
  });

  it("are covered by the reference that a study names", async () => {
    const { rows } = await analyse(
      { "a.xyz": xyz(jiggled(1, 1, 0.05)), "b.xyz": xyz(jiggled(3, 1, 0.05)) },
      {
        study:
          "analysis: {frames: {files: [a.xyz]}, soap: {radial_functions: 3, max_angular: 2, reference: [b.xyz], threshold: 2}}",
        own: true,
      },
    );
    expect(rows("coverage")).toMatchObject([{ data_set: "a", covered_by: "reference", covered: "1" }]);
  });

  it("give the same numbers with any number of workers", async () => {
    const files = {
      "a.xyz": xyz(jiggled(1, 3, 0.05)),
      "b.xyz": xyz(jiggled(2, 2, 0.2)),
      "walk.extxyz": xyz(walkFrames(20, 30, 0.1, 8, true)),
    };
    const outputs = await Promise.all(
      [0, 1, 2].map(async (workers) => {
        const { outDir } = await analyse(files, { workers, study: "analysis: {}" });
        const names = readdirSync(outDir)
          .filter((name) => name.endsWith(".csv"))
          .sort();
        // The scratch folder is another one each time.
        return names.map((name) => [
          name,
          readFileSync(join(outDir, name), "utf8").replaceAll(/[^,\n]*\/(\w+\.\w+)/g, "$1"),
        ]);
      }),
    );
    expect(outputs[0].length).toBeGreaterThan(8);
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
  });

  it("refuse species that SOAP was not set up for", async () => {
    const gold = { species: ["Au", "Au"], positions: [0, 0, 0, 0, 0, 2.6] };
    const failure = await failureOf(
      analyse({ "gold.xyz": xyz([gold]) }, { study: "analysis: {soap: {species: [Cu]}}" }),
    );
    expect(failure).toMatchObject({
      code: "data",
      message: expect.stringMatching(/gold\.xyz.*set up for Cu, found Au/),
    });
  });
});

describe("what a file lacks", () => {
  const still = [0, 1].map((time_ps) => ({ species: copper(2), positions: [0, 0, 0, 0, 0, 2.5], time_ps }));
  const bulk = xyz([fcc(3.6, 1)]);

  it.each([
    [
      "velocity_autocorrelation",
      xyz(still),
      /velocity_autocorrelation: .*a\.xyz: the frames have no velocities/,
    ],
    ["msd", xyz(still.slice(1)), /msd: .*expected a trajectory, found a single frame/],
    ["point_group", bulk, /point_group: .*expected a cluster, found periodic directions .*frames\.cluster/],
    ["lindemann", bulk, /lindemann: .*expected a cluster/],
    ["shells", bulk, /shells: .*found a crystal/],
    ["caloric", bulk, /caloric: there are no finished runs of eciton dynamics/],
  ])("is an error where a study asks for %s", async (name, text, message) => {
    const failure = await failureOf(analyse({ "a.xyz": text }, { study: `analysis: {${name}: {}}` }));
    expect(failure).toMatchObject({ code: "study", message: expect.stringMatching(message) });
  });

  it("is told for bonds of species without a radius, and for frames that are all left out", async () => {
    const odd = xyz([{ species: ["X1", "X1"], positions: [0, 0, 0, 0, 0, 1] }]);
    const radius = await failureOf(analyse({ "a.xyz": odd }, { study: "analysis: {bonds: {}}" }));
    expect(radius).toMatchObject({
      code: "study",
      message: expect.stringMatching(/^analysis\.bonded: .*pairs_A/),
    });
    const skipped = await failureOf(
      analyse({ "a.xyz": odd }, { study: "analysis: {frames: {skip: 3}, rdf: {}}" }),
    );
    expect(skipped).toMatchObject({ code: "data", message: expect.stringMatching(/more than 3 frames/) });
  });
});

describe("folders and names", () => {
  it("what relaxations and hops wrote is found; a crystal in a box can be taken as a cluster", async () => {
    const box = {
      species: copper(13),
      positions: icosahedron(1.25),
      cell: cubic(30),
      periodic: [true, true, true] as const,
    };
    const record = (part: string) => JSON.stringify({ study: "small", parts: [part], resolvedStudy: "{}" });
    const { rows, document } = await analyse(
      {
        "one/provenance.json": record("relax"),
        "one/relaxed.extxyz": xyz([box]),
        "two/provenance.json": record("hop"),
        "two/minima.extxyz": xyz([box, box]),
      },
      { inputs: ["one", "two"], study: "analysis: {frames: {cluster: true}, point_group: {}}" },
    );
    expect(rows("point-groups").map(({ point_group }) => point_group)).toEqual(["Ih", "Ih", "Ih"]);
    const names = (document.sets as { name: string }[]).map(({ name }) => name);
    expect(names.map((name) => basename(name))).toEqual(["one", "two"]);
  });

  it("runs on lattices and atoms do not mix, nor do studies with anything else", () => {
    const folder = scratch({ "a.xyz": "", "study.yaml": "name: unwritten\nanalysis: {}\n" });
    mkdirSync(join(folder, "run"));
    const kind = (...names: string[]) => kindOfAll(names.map((name) => join(folder, name)));
    expect([kind("a.xyz"), kind("run", "run"), kind("study.yaml")]).toEqual(["atoms", "lattice", "study"]);
    expect(() => kind("a.xyz", "run")).toThrow(/run is a run on a lattice and .*a\.xyz holds atoms/);
    expect(() => kind("a.xyz", "study.yaml")).toThrow(/study\.yaml: a study is analysed alone/);
    expect(() => kind("a.xyz", "b.xyz")).toThrow(/b\.xyz: there is no such file/);
    expect(() => setsOfStudy(loadStudy(join(folder, "study.yaml")))).toThrow(/has written no atoms into/);
  });

  it("an interruption leaves nothing", async () => {
    const folder = scratch({ "fcc.extxyz": xyz([fcc(3.6, 1)]) });
    const stop = new AbortController();
    stop.abort();
    const failure = await failureOf(
      analyse({ "fcc.extxyz": xyz([fcc(3.6, 1)]) }, { signal: stop.signal, folder }),
    );
    expect(failure.code).toBe("cancelled");
    expect(readdirSync(folder)).toEqual(["fcc.extxyz"]);
  });

  it("a second analysis leaves nothing of the first one", async () => {
    const first = await analyse({ "fcc.extxyz": xyz([fcc(3.6, 1)]) });
    expect(first.has("cna")).toBe(true);
    const { removeEarlierAnalysis } = await import("../../src/workflows/analysis-folder.ts");
    removeEarlierAnalysis(first.outDir);
    expect(readdirSync(first.outDir)).toEqual(["report-csv"]);
    expect(readdirSync(join(first.outDir, "report-csv"))).toEqual([]);
  });
});
