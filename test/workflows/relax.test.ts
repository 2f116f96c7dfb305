import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../src/core/calculator.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { readStructures } from "../../src/data/formats/index.ts";
import type { Structure } from "../../src/data/structure.ts";
import { evaluateEmbeddedAtoms } from "../../src/dynamics/potentials/embedded-atoms.ts";
import { guptaFunctions } from "../../src/dynamics/potentials/gupta.ts";
import { guptaSet } from "../../src/dynamics/potentials/parameter-sets.ts";
import * as relaxation from "../../src/workflows/atoms/relax.ts";
import { scratch } from "../cli/eciton.ts";
import { failureOf } from "../failure.ts";
import { type PartOptions, planOfText, runPartStudy } from "./part-study.ts";

const clusters = `
name: small-clusters
model: {potential: {kind: gupta}}
atoms: {random: {composition: {Cu: 9}}, count: 5}
relax: {force_tolerance_eV_per_A: 1e-5}
`;

/** The pictures take longer than the rest. */
const plainClusters = `${clusters}report: {pictures: false}\n`;

const slab = `
name: slab
model: {potential: {kind: gupta}}
atoms:
  slab: {crystal: {species: Cu}, miller: [1, 0, 0], layers: 4}
  rattle_A: 0.1
relax:
  method: conjugate-gradient
  fix: {below_A: 1}
report: {pictures: false}
`;

async function relaxStudy(text: string, files: Record<string, string> = {}, options: PartOptions = {}) {
  const done = await runPartStudy(relaxation, text, files, options);
  return { ...done, rows: done.rows("relaxed.csv") };
}

const planOf = (text: string, files: Record<string, string> = {}) => planOfText(relaxation, text, files);

/** Two pairs of atoms; one pair may coincide. */
const pairsOf = (second: number) =>
  `2\nname=good pbc="F F F" Properties=species:S:1:pos:R:3\nCu 0 0 0\nCu 2.4 0 0\n` +
  `2\nname=doubtful pbc="F F F" Properties=species:S:1:pos:R:3\nCu 0 0 0\nCu ${second} 0 0\n`;
const pairs = `
name: pairs
model: {potential: {kind: gupta}}
atoms: {file: pairs.extxyz, frames: all}
relax: {}
report: {pictures: false}
`;

describe("a study of relaxations", () => {
  it("writes minima with the energies and forces of the plain formula", async () => {
    const { plan, result, outDir, rows, read } = await relaxStudy(clusters);
    expect(result.failure).toBeNull();
    expect(result.verdict.level).toBe("ok");
    const { structures } = readStructures(join(outDir, "relaxed.extxyz"));
    expect(structures.map(({ name }) => name)).toEqual(plan.structures.map(({ name }) => name));
    expect(rows.map(({ name }) => name)).toEqual(plan.structures.map(({ name }) => name));
    const functions = guptaFunctions(guptaSet("cleri-rosato-1993", ["Cu"], "none"));
    for (const [i, structure] of structures.entries()) {
      const out = evaluationFor(9);
      const evaluate = ({ periodic, positions, cell }: Structure) =>
        evaluateEmbeddedAtoms(functions, new Int32Array(9), periodic, positions, cell, out);
      evaluate(structure);
      // Sums of the same 72 terms of some eV in another order.
      expect(structure.energy).toBeCloseTo(out.energy, 10);
      for (let k = 0; k < 27; k++) expect(structure.forces![k]).toBeCloseTo(out.forces[k], 9);
      expect(Math.max(...out.forces.map(Math.abs))).toBeLessThan(1.01e-5);
      expect(structure.converged).toBe(true);
      expect(Number(rows[i].energy_eV)).toBe(structure.energy);
      expect(Number(rows[i].energy_per_atom_eV)).toBe(structure.energy! / 9);
      expect(rows[i].ended).toBe("forces");
      evaluate(plan.structures[i]);
      expect(structure.energy).toBeLessThan(out.energy);
    }
    const html = read("report.html").replaceAll(/<script[\s\S]*?<\/script>/g, "");
    for (const { name } of structures) expect(html).toContain(name);
    expect(html).not.toMatch(/\b(NaN|Infinity|undefined)\b/);
    expect(readdirSync(outDir).sort()).toEqual([
      "provenance.json",
      "relaxed.csv",
      "relaxed.extxyz",
      "report-csv",
      "report.html",
    ]);
  });

  it("gives the same on any number of threads", async () => {
    const [one, two] = [await relaxStudy(plainClusters), await relaxStudy(plainClusters, {}, { workers: 2 })];
    expect(two.read("relaxed.extxyz")).toBe(one.read("relaxed.extxyz"));
    expect(two.read("relaxed.csv")).toBe(one.read("relaxed.csv"));
  });

  it("goes on after an interruption, and has then nothing more to do", async () => {
    const folder = join(scratch(), "out");
    const stopped = AbortSignal.abort();
    const error = await relaxStudy(plainClusters, {}, { folder, signal: stopped }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(EcitonError);
    expect((error as EcitonError).code).toBe("cancelled");
    expect(existsSync(join(folder, "relaxed.csv"))).toBe(false);
    const resumed = await relaxStudy(plainClusters, {}, { folder, resume: true });
    expect(resumed.read("relaxed.extxyz")).toBe((await relaxStudy(plainClusters)).read("relaxed.extxyz"));
    expect(existsSync(join(folder, "checkpoints"))).toBe(false);
    expect(resumed.finished()).toBe(true);
  });

  it("keeps fixed atoms of a slab, and relaxes the others", async () => {
    const { plan, outDir } = await relaxStudy(slab);
    const [start] = plan.structures;
    const [end] = readStructures(join(outDir, "relaxed.extxyz")).structures;
    const fixed = [...plan.fixed[0]!];
    expect(fixed.filter((one) => one === 1)).toHaveLength(1);
    fixed.forEach((isFixed, i) => {
      const same = [0, 1, 2].every((k) => start.positions[3 * i + k] === end.positions[3 * i + k]);
      expect(same).toBe(isFixed === 1);
      const force = Math.hypot(...end.forces!.subarray(3 * i, 3 * i + 3));
      if (!isFixed) expect(force).toBeLessThanOrEqual(1e-3);
    });
  });

  it("writes what it has where evaluations run out, and says so", async () => {
    const { result, rows } = await relaxStudy(
      plainClusters.replace("relax: {", "relax: {max_evaluations: 5, "),
    );
    expect(result.failure?.code).toBe("not-converged");
    expect(result.verdict.level).toBe("problem");
    expect(rows.map(({ ended, evaluations }) => [ended, evaluations])).toEqual(
      new Array(5).fill(["limit", "5"]),
    );
    expect(result.warnings.join()).toContain("max_evaluations");
  });

  it("goes on past a structure that cannot be described", async () => {
    const { result, rows, outDir } = await relaxStudy(pairs, { "pairs.extxyz": pairsOf(0) });
    expect(result.failure?.code).toBe("partial");
    expect(result.failure?.message).toContain("doubtful");
    expect(rows.map(({ ended }) => ended)).toEqual(["forces", "failed"]);
    expect(rows[1].note).not.toBe("");
    expect(readStructures(join(outDir, "relaxed.extxyz")).structures).toHaveLength(1);
  });

  it("tells of more than one rest at the same minimum by the energy", async () => {
    const { rows } = await relaxStudy(pairs, { "pairs.extxyz": pairsOf(3) });
    // Both are the pair at its distance: forces of 1e-3 eV/Å leave 1e-6 over twice the curvature, some 5 eV/Å².
    expect(Math.abs(Number(rows[0].energy_eV) - Number(rows[1].energy_eV))).toBeLessThan(1e-6);
  });
});

describe("a study of relaxations that cannot be", () => {
  it.each([
    ["relax", clusters.replace(/relax: .*/, "")],
    ["atoms", clusters.replace(/atoms: .*/, "")],
    ["relax.cell", clusters.replace("relax: {", "relax: {cell: full, ")],
    ["relax.pressure_GPa", clusters.replace("relax: {", "relax: {cell: fixed, pressure_GPa: 2, ")],
    ["relax.fix.indices[1]", clusters.replace("relax: {", "relax: {fix: {indices: [1, 10]}, ")],
    ["relax.fix", clusters.replace("relax: {", "relax: {fix: {species: [Cu]}, ")],
    ["relax.pressure_GPa", slab.replace("relax:", "relax:\n  cell: full\n  pressure_GPa: 1")],
    ["relax.method", clusters.replace("Cu: 9", "Cu: 501").replace("relax: {", "relax: {method: bfgs, ")],
  ])("is refused at %s before anything is written", (path, text) => {
    const error = failureOf(() => planOf(text));
    expect(error.code).toBe("study");
    expect(error.message).toContain(path);
  });
});
