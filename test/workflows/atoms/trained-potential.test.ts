/** Potentials from `eciton train` where atoms move: the same numbers, forces that are derivatives, energy that is conserved. */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { loadStudy } from "../../../src/data/study/load-study.ts";
import { readN2p2Potential } from "../../../src/nn/n2p2/read-potential.ts";
import { writeN2p2Potential } from "../../../src/nn/n2p2/write-potential.ts";
import { createAnyPotential } from "../../../src/workflows/atoms/create-any-potential.ts";
import * as dynamics from "../../../src/workflows/atoms/dynamics.ts";
import * as relax from "../../../src/workflows/atoms/relax.ts";
import { membersIn, trainedPotential, trainedSpec } from "../../../src/workflows/atoms/trained-potential.ts";
import * as train from "../../../src/workflows/train/train.ts";
import { scratch } from "../../cli/eciton.ts";
import { runPartStudy } from "../part-study.ts";
import { toyClusters, toyCrystals, toyStudy, toyText } from "../toy-training-data.ts";

let home: string;
/** One potential of clusters; a committee of two; one of crystals with stresses. */
const single = () => join(home, "single", "potential");
const committee = () => join(home, "committee", "potential");
const solid = () => join(home, "solid", "potential");

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "eciton-trained-"));
  writeFileSync(join(home, "toy.xyz"), toyText(toyClusters(25)));
  writeFileSync(join(home, "solid.xyz"), toyText(toyCrystals(25)));
  const make = (name: string, keys: object) =>
    runPartStudy(train, toyStudy(keys), {}, { home, folder: join(home, name) });
  await make("single", { epochs: 10 });
  await make("committee", { epochs: 3, members: 2 });
  await make("solid", {
    data: [{ files: ["solid.xyz"] }],
    use: { stress: true },
    epochs: 8,
  });
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const specOf = (folder: string | string[], extrapolation: "ignore" | "warn" | "stop" = "ignore") =>
  trainedSpec({ kind: "hdnnp", folder, extrapolation }, ".", "nowhere").spec;

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof EcitonError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a trained potential", () => {
  it("is read back as it was, to the last bit", () => {
    const model = readN2p2Potential(single());
    const folder = scratch();
    writeN2p2Potential(join(folder, "again"), model);
    const again = readN2p2Potential(join(folder, "again"));
    expect(again).toEqual(model);
    const texts = (at: string) =>
      ["scaling.data", "weights.029.data"].map((name) => readFileSync(join(at, name), "utf8"));
    expect(texts(join(folder, "again"))).toEqual(texts(single()));
  });

  it("predicts what the training wrote for each structure", () => {
    const structures = toyClusters(25);
    const calculator = createAnyPotential(specOf(single())).calculator(structures[0]);
    const lines = readFileSync(join(home, "single", "predictions.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    expect(lines).toHaveLength(25);
    for (const line of lines) {
      const fields = line.split(",");
      const { positions, cell } = structures.find(({ name }) => name === fields[0])!;
      const out = { energy: 0, forces: new Float64Array(39) };
      calculator.evaluate(positions, cell, out);
      // Kernels of the training and of calculators add up in another order: some hundred terms of size 1.
      expect(out.energy / 13).toBeCloseTo(Number(fields[7]), 11);
    }
  });

  it.each([
    ["of clusters", single, toyClusters(1, 77)[0]],
    ["of a committee", committee, toyClusters(1, 78)[0]],
    ["of crystals", solid, toyCrystals(1, 79)[0]],
  ])("%s has forces and a virial that are derivatives of its energy", (_, folder, structure) => {
    const calculator = createAnyPotential(specOf(folder())).calculator(structure);
    const { positions, cell, periodic } = structure;
    const out = { energy: 0, forces: new Float64Array(positions.length), virial: new Float64Array(9) };
    const energyAt = (r: Float64Array, c = cell) => {
      const one = { energy: 0, forces: new Float64Array(r.length) };
      calculator.evaluate(r, c, one);
      return one.energy;
    };
    calculator.evaluate(positions, cell, out);
    // Central differences: h² f‴ / 6 of about 1e-8 beside rounding of 1e-14 / h.
    const h = 1e-5;
    for (let k = 0; k < positions.length; k++) {
      const [up, down] = [h, -h].map((d) => energyAt(positions.map((x, i) => (i === k ? x + d : x))));
      expect(Math.abs((up - down) / (2 * h) + out.forces[k])).toBeLessThan(2e-7);
    }
    if (!periodic.every(Boolean)) return;
    const strained = (rows: Float64Array, a: number, b: number, d: number) =>
      rows.map((x, i) => x + (i % 3 === b ? d * rows[i - (i % 3) + a] : 0));
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        const [up, down] = [h, -h].map((d) =>
          energyAt(strained(positions, a, b, d), strained(cell, a, b, d)),
        );
        expect(Math.abs((up - down) / (2 * h) + out.virial[3 * a + b])).toBeLessThan(2e-6);
      }
  });
});

describe("atoms in a trained potential", () => {
  const study = (folder: string, sections: object) =>
    JSON.stringify({
      name: "use",
      model: { potential: { kind: "hdnnp", folder, extrapolation: "ignore" } },
      report: { pictures: false },
      ...sections,
    });
  const icosahedron = { icosahedron: { species: "Cu", shells: 1 } };

  it("relax to a minimum, where the labels have theirs", async () => {
    const { rows } = await runPartStudy(relax, study(single(), { atoms: icosahedron, relax: {} }));
    const [row] = rows("relaxed.csv");
    expect(row.ended).toBe("forces");
    // The icosahedron of the Lennard-Jones potential that gave the labels, whose cut-off takes little from its -44.327 ε.
    expect(Math.abs(Number(row.energy_eV) / 13 - (0.4 * -44.327) / 13)).toBeLessThan(0.08);
  });

  it("conserve their energy", async () => {
    const segments = [{ duration_ps: 1, temperature_K: 400 }];
    const sections = { atoms: icosahedron, dynamics: { ensemble: "nve", time_step_fs: 1, segments } };
    const { rows } = await runPartStudy(dynamics, study(single(), sections));
    const [segment] = rows("segments.csv");
    expect(segment.largest_drift_eV).not.toBe("");
    // Velocity Verlet at 1 fs: the energy wavers by the square of the step and does not run away, eV per atom (and ps).
    expect(Math.abs(Number(segment.drift_eV_per_ps)) / 13).toBeLessThan(1e-5);
    expect(Number(segment.largest_drift_eV) / 13).toBeLessThan(2e-4);
  });

  it("relax their cell where stresses vanish", async () => {
    const file = join(home, "strained.xyz");
    writeFileSync(
      file,
      toyText(
        toyCrystals(1, 91).map((one) => ({
          ...one,
          energy: undefined,
          forces: undefined,
          stress: undefined,
        })),
      ),
    );
    const { read } = await runPartStudy(relax, study(solid(), { atoms: { file }, relax: { cell: "full" } }));
    const lattice = /Lattice="([^"]+)"/.exec(read("relaxed.extxyz"))![1].split(/\s+/).map(Number);
    const volume = Math.abs(
      lattice[0] * (lattice[4] * lattice[8] - lattice[5] * lattice[7]) -
        lattice[1] * (lattice[3] * lattice[8] - lattice[5] * lattice[6]) +
        lattice[2] * (lattice[3] * lattice[7] - lattice[4] * lattice[6]),
    );
    // Close-packed Lennard-Jones atoms are 1.5496 σ apart along the cube with all neighbours and 1.587 σ with the nearest alone.
    const edge = (volume / 2) ** (1 / 3) / 2.3;
    expect(edge).toBeGreaterThan(1.54);
    expect(edge).toBeLessThan(1.587);
  });
});

describe("where a trained potential comes from", () => {
  it("the results of the study itself, where it has no model", () => {
    const folder = scratch({ "toy.xyz": "", "study.yaml": toyStudy({ extrapolation: "stop" }) });
    const { study } = loadStudy(join(folder, "study.yaml"));
    const potential = trainedPotential(study)!;
    expect(potential).toMatchObject({ kind: "hdnnp", extrapolation: "stop" });
    const { spec, inputs } = trainedSpec(potential, folder, join(home, "single"));
    expect(spec).toMatchObject({ extrapolation: "stop" });
    expect(spec.members).toHaveLength(1);
    expect(inputs.map(({ file }) => file)).toEqual(["input.nn", "scaling.data", "weights.029.data"]);
    expect(messageOf(() => trainedSpec(potential, folder, join(home, "nothing")))).toMatch(
      /^study: train: there is no potential in .*nothing.*eciton train/,
    );
  });

  it("all members of a committee, by their folder or one by one", () => {
    expect(specOf(committee()).members).toHaveLength(2);
    expect(specOf(membersIn(committee(), "", "")).members).toHaveLength(2);
  });

  it("no folder without a potential, and none of other functions beside the first", () => {
    expect(messageOf(() => specOf(home))).toMatch(
      /^study: model\.potential\.folder: there is no potential in/,
    );
    expect(messageOf(() => specOf([single(), join(home, "missing")]))).toMatch(
      /^study: model\.potential\.folder\[1\]: there is no potential in .*missing/,
    );
    expect(messageOf(() => specOf([single(), solid()]))).toMatch(/have the same symmetry functions/);
  });

  it("no files that do not belong together", () => {
    const folder = scratch();
    const model = readN2p2Potential(single());
    const broken = (name: string, change: (text: string) => string) => {
      writeN2p2Potential(join(folder, "p"), model);
      const file = join(folder, "p", name);
      writeFileSync(file, change(readFileSync(file, "utf8")));
      return messageOf(() => specOf(join(folder, "p")));
    };
    const lines = (text: string) => text.split("\n");
    expect(
      broken("scaling.data", (text) =>
        lines(text)
          .filter((_, k, all) => k !== all.length - 2)
          .join("\n"),
      ),
    ).toMatch(/^data: .*scaling\.data/);
    expect(broken("weights.029.data", (text) => lines(text).slice(0, -4).join("\n"))).toMatch(
      /^data: .*weights\.029\.data/,
    );
    expect(broken("weights.029.data", (text) => text.replace(/-?\d\.\d+E[-+]\d+/, "nan"))).toMatch(
      /^data: .*weights\.029\.data:\d+/,
    );
    expect(broken("input.nn", (text) => text.replace(/^symfunction_short.*\n/m, ""))).toMatch(
      /^data: .*(scaling|weights)/,
    );
    writeN2p2Potential(join(folder, "p"), model);
    renameSync(join(folder, "p", "weights.029.data"), join(folder, "p", "weights.030.data"));
    expect(messageOf(() => specOf(join(folder, "p")))).toMatch(/^data: .*weights\.029\.data/);
  });
});
