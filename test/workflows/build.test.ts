import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { readStructures } from "../../src/data/formats/index.ts";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import * as building from "../../src/workflows/atoms/build.ts";
import { scratch } from "../cli/eciton.ts";
import { failureOf } from "../failure.ts";

function planOf(atoms: string, more = "") {
  const folder = scratch({ "study.yaml": `name: s\natoms: ${atoms}\nreport: {pictures: false}\n${more}` });
  return { folder, plan: building.plan(loadStudy(join(folder, "study.yaml"))) };
}

async function build(atoms: string, signal = new AbortController().signal) {
  const { folder, plan } = planOf(atoms);
  const context = {
    executor: createExecutor(0),
    outDir: join(folder, "out"),
    resume: false,
    signal,
    say: () => {},
    command: "eciton build",
  };
  const result = await building.run(plan, context);
  const read = (name: string) => readFileSync(join(folder, "out", name), "utf8");
  const rows = parseCsv(read("structures.csv"), { columns: true }) as Record<string, string>[];
  return { folder: join(folder, "out"), plan, result, read, rows, context };
}

describe("a study of structures", () => {
  it("writes them as they are made, with a table of what can be counted", async () => {
    const { folder, plan, rows, result, read } = await build(
      "{random: {composition: {Cu: 7, Ag: 2}}, count: 12}",
    );
    const { structures } = readStructures(join(folder, "structures.extxyz"));
    expect(structures).toHaveLength(12);
    structures.forEach((structure, i) => {
      const made = plan.source.create(i);
      expect(structure.positions).toEqual(made.positions);
      expect(structure.species).toEqual(made.species);
      expect(structure.name).toBe(made.name);
      expect(rows[i]).toMatchObject({ name: made.name, formula: "Ag2Cu7", atoms: "9", volume_A3: "" });
      const distances: number[] = [];
      for (let a = 0; a < 9; a++)
        for (let b = 0; b < a; b++)
          distances.push(
            Math.hypot(...[0, 1, 2].map((k) => made.positions[3 * a + k] - made.positions[3 * b + k])),
          );
      expect(Number(rows[i].shortest_distance_A)).toBeCloseTo(Math.min(...distances), 12);
    });
    expect(result.verdict).toEqual({
      level: "ok",
      text: "12 structures are built, from Ag2Cu7-random-01 to Ag2Cu7-random-12.",
    });
    expect(read("report.html")).toContain("Ag2Cu7-random-07");
  });

  it("writes other formats where asked, which read back as the same atoms", async () => {
    const { folder, plan } = await build(
      "{icosahedron: {species: Au, shells: 1}, ordering: {composition: {Ag: 4, Au: rest}}, vacuum_A: 8, count: 2, write: [poscar, cif]}",
    );
    expect(readdirSync(join(folder, "structures")).sort()).toEqual(
      ["POSCAR", "cif"].flatMap((ending) => [1, 2].map((n) => `structure-000${n}.${ending}`)).sort(),
    );
    const [poscar] = readStructures(join(folder, "structures/structure-0002.POSCAR")).structures;
    expect(poscar.positions).toEqual(plan.source.create(1).positions);
    expect(poscar.species).toEqual(plan.source.create(1).species);
    const [cif] = readStructures(join(folder, "structures/structure-0001.cif")).structures;
    expect(cif.species.filter((name) => name === "Ag")).toHaveLength(4);
  });

  it("warns of atoms that are too close, and of shapes with another number of atoms", async () => {
    const close = await build("{cuboctahedron: {species: Au, shells: 1, distance_A: 1.3}}");
    expect(close.result.warnings).toEqual([
      "1 structure has atoms closer than half the sum of their covalent radii; Au13-cuboctahedron: 1.300 Å",
    ]);
    expect(close.result.verdict.level).toBe("warning");
    const shape = await build(
      "{wulff: {crystal: {species: Cu}, surfaces: [{miller: [1, 1, 1], energy: 1}], atoms: 40}}",
    );
    // Octahedra have 6, 19, 44, 85 atoms.
    expect(shape.result.warnings).toEqual(["40 atoms were wanted; the closed shape nearest to that has 44"]);
  });

  it("gives crystals their volume", async () => {
    const { rows } = await build("{crystal: {species: Cu, a_A: 4}, supercell: [2, 1, 1]}");
    expect(Number(rows[0].volume_A3)).toBeCloseTo(128, 9);
  });

  it("knows when it is finished, and when it is another study", async () => {
    const { plan, context } = await build("{icosahedron: {species: Au, shells: 1}}");
    expect(building.finished(plan, { ...context, resume: true })).toBe(true);
    const other = planOf("{icosahedron: {species: Au, shells: 2}}").plan;
    expect(building.finished(other, { ...context, resume: true })).toBe(false);
  });

  it("says beforehand what it would do", () => {
    const { plan } = planOf("{random: {composition: {Cu: 38}}, count: 50}");
    expect(building.describe(plan)[0]).toBe("build: 50 structures; the first is Cu38-random-01, 38 atoms");
  });

  it("stops when interrupted, with nothing written", async () => {
    const controller = new AbortController();
    controller.abort();
    // Takes many stretches of work.
    const atoms = "{random: {composition: {Cu: 300}}, count: 100000}";
    const { folder, plan } = planOf(atoms);
    const outDir = join(folder, "out");
    const failure = await building
      .run(plan, {
        executor: createExecutor(0),
        outDir,
        resume: false,
        signal: controller.signal,
        say: () => {},
        command: "eciton build",
      })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EcitonError);
    expect(failure).toMatchObject({ code: "cancelled" });
    expect(existsSync(join(outDir, "structures.extxyz"))).toBe(false);
  });
});

describe("a study that cannot be built", () => {
  it.each([
    [
      "{icosahedron: {species: Au, shells: 1}, write: [poscar]}",
      "study",
      "poscar need a cell, which Au13-icosahedron does not have",
    ],
    [
      "{icosahedron: {species: Au, shells: 1}, ordering: {composition: {Ag: 14}}}",
      "study",
      "14 atoms are named, there are 13",
    ],
    ["{file: none.xyz}", "data", "none.xyz"],
    ["{random: {composition: {Cu: 90}, volume_A3: 3}}", "not-converged", "90 atoms found no place"],
  ])("%s is refused before anything is written", (atoms, code, message) => {
    const error = failureOf(() => planOf(atoms));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(message);
  });

  it("lacks the section", () => {
    const folder = scratch({ "study.yaml": "name: s\n" });
    expect(() => building.plan(loadStudy(join(folder, "study.yaml")))).toThrow(
      "atoms: this command needs this section",
    );
  });
});
