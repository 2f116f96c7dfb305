import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../src/core/calculator.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { readStructures } from "../../src/data/formats/index.ts";
import { createAnyPotential } from "../../src/workflows/atoms/create-any-potential.ts";
import * as hop from "../../src/workflows/atoms/hop.ts";
import { scratch } from "../cli/eciton.ts";
import { failureOf } from "../failure.ts";
import { type PartOptions, planOfText, runPartStudy } from "./part-study.ts";

const lj13 = `
name: lj13
model: {potential: {kind: lennard-jones, epsilon_eV: 1, sigma_A: 1}}
atoms: {random: {composition: {X: 13}, min_A: 0.8, max_A: 1.4, volume_A3: 1.2}}
relax: {}
hop: {paths: 3, steps: 40, temperature_K: 0.8 / 8.617333262e-5, keep: 30, save: accepted}
`;

const hopStudy = (text: string, options: PartOptions = {}) => runPartStudy(hop, text, {}, options);
const planOf = (text: string, files: Record<string, string> = {}) => planOfText(hop, text, files);

describe("a study of minima", () => {
  it("writes minima, tables, accepted structures and a report that agree", async () => {
    const { result, outDir, read, rows } = await hopStudy(lj13);
    expect(result.failure).toBeNull();
    const { structures } = readStructures(join(outDir, "minima.extxyz"));
    const minima = rows("minima.csv");
    expect(minima).toHaveLength(structures.length);
    expect(Number(minima[0].relative_eV)).toBe(0);
    structures.forEach(({ energy, info }, i) => {
      expect(Number(minima[i].rank)).toBe(i + 1);
      expect(Number(minima[i].energy_eV)).toBe(energy);
      expect(minima[i].point_group).toBe(info.point_group);
      if (i > 0) expect(energy).toBeGreaterThanOrEqual(structures[i - 1].energy!);
    });
    // The published minimum of LJ13 is the icosahedron at -44.326801.
    expect(structures[0].energy).toBeCloseTo(-44.326801, 5);
    expect(minima[0].point_group).toBe("Ih");
    const paths = rows("paths.csv");
    for (const path of ["0", "1", "2"]) {
      const mine = paths.filter((row) => row.path === path);
      mine.forEach((row, i) => {
        if (i > 0) expect(Number(row.best_energy_eV)).toBeLessThanOrEqual(Number(mine[i - 1].best_energy_eV));
      });
      expect(Number(mine.at(-1)!.step)).toBe(40);
      expect(existsSync(join(outDir, "trajectories", `path-000${path}.extxyz`))).toBe(true);
    }
    expect(Math.min(...paths.map((row) => Number(row.best_energy_eV)))).toBe(structures[0].energy);
    const html = read("report.html").replaceAll(/<script[\s\S]*?<\/script>/g, "");
    expect(html).toContain("Ih");
    expect(html).not.toMatch(/\b(NaN|Infinity|undefined)\b/);
    expect(readdirSync(outDir).sort()).toEqual([
      "minima.csv",
      "minima.extxyz",
      "paths.csv",
      "provenance.json",
      "report-csv",
      "report.html",
      "trajectories",
    ]);
  });

  it("gives the same on any number of threads", async () => {
    const [one, two] = [await hopStudy(lj13), await hopStudy(lj13, { workers: 2 })];
    for (const name of ["minima.extxyz", "minima.csv", "paths.csv", "trajectories/path-0001.extxyz"])
      expect(two.read(name)).toBe(one.read(name));
  });

  it("goes on after an interruption, and has then nothing more to do", async () => {
    const folder = join(scratch(), "out");
    const error = await hopStudy(lj13, { folder, signal: AbortSignal.abort() }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(EcitonError);
    expect((error as EcitonError).code).toBe("cancelled");
    expect(existsSync(join(folder, "minima.csv"))).toBe(false);
    const resumed = await hopStudy(lj13, { folder, resume: true });
    expect(resumed.read("minima.extxyz")).toBe((await hopStudy(lj13)).read("minima.extxyz"));
    expect(existsSync(join(folder, "checkpoints"))).toBe(false);
    expect(resumed.finished()).toBe(true);
  });

  it("ends a path at its target, and does not converge where none finds it", async () => {
    const withTarget = (target: string) => lj13.replace("keep: 30", `keep: 30, target_eV: ${target}`);
    const found = await hopStudy(withTarget("-44.326801"));
    expect(found.result.failure).toBeNull();
    const { paths } = found.result.document;
    expect(paths.some(({ reached_target, steps }) => reached_target && steps < 40)).toBe(true);
    const missed = await hopStudy(withTarget("-44.4"));
    expect(missed.result.failure).toMatchObject({ code: "not-converged" });
    expect(missed.result.failure!.message).toContain("no path found -44.4 eV");
    expect(missed.read("minima.csv")).toContain("Ih");
  });

  it("joins the minima of paths whose starts have their species in other orders", async () => {
    const text = `
name: silver-in-gold
model: {potential: {kind: gupta, set: noble-metal-alloys}}
atoms: {icosahedron: {species: Au, shells: 1}, ordering: {composition: {Ag: 3, Au: rest}}}
relax: {}
hop: {paths: 3, steps: 120, temperature_K: 2000, moves: {exchange: 1}}
`;
    const { plan, outDir } = await hopStudy(text);
    const { structures } = readStructures(join(outDir, "minima.extxyz"));
    // Orbits of three of the twelve vertices under the icosahedral group: 5; of the centre and two vertices: 3.
    expect(structures).toHaveLength(8);
    const potential = createAnyPotential(plan.potential.spec);
    const out = evaluationFor(13);
    for (const { species, periodic, positions, cell, energy } of structures) {
      potential.calculator({ species, periodic }).evaluate(positions, cell, out);
      expect(out.energy).toBeCloseTo(energy!, 9);
    }
  });

  it("relaxes independent structures out of a crystal", async () => {
    const text = `
name: copper-pieces
model: {potential: {kind: gupta}}
atoms: {extract: {crystal: {species: Cu}, composition: {Cu: 8}, center: Cu, strategy: uniform}}
relax: {method: conjugate-gradient, energy_tolerance_eV: 1e-5}
hop: {sampling: independent, paths: 2, steps: 15}
`;
    const { result, rows } = await hopStudy(text);
    expect(result.failure).toBeNull();
    const { paths } = result.document;
    expect(paths.map(({ tried }) => tried.start)).toEqual([15, 15]);
    const visits = rows("minima.csv").reduce((sum, row) => sum + Number(row.visits), 0);
    expect(visits).toBe(30);
  });

  it("moves adatoms over a slab whose lowest layers are fixed", async () => {
    const text = `
name: slab
model: {potential: {kind: gupta}}
atoms: {slab: {crystal: {species: Cu}, miller: [1, 1, 1], layers: 3}, supercell: [3, 3, 1], rattle_A: 0.1}
relax: {fix: {below_A: 3}}
hop: {paths: 2, steps: 6, temperature_K: 800}
`;
    const { plan, result } = await hopStudy(text);
    expect(plan.settings.moves).toEqual({ displace: 1, surface: 1 });
    expect(result.document.minima[0].point_group).toBeNull();
  });
});

describe("the plan", () => {
  it("takes the moves that the atoms allow", () => {
    expect(planOf(lj13).settings.moves).toEqual({ displace: 1, surface: 1, twist: 1 });
    const alloy = lj13
      .replace("{kind: lennard-jones, epsilon_eV: 1, sigma_A: 1}", "{kind: gupta, set: noble-metal-alloys}")
      .replace(/atoms: .*/, "atoms: {random: {composition: {Ag: 4, Au: 5}}}");
    expect(planOf(alloy).settings.moves).toEqual({ displace: 1, exchange: 1, surface: 1, twist: 1 });
  });

  it("tells what it would do", () => {
    const lines = hop.describe(planOf(lj13), 2);
    expect(lines[0]).toBe(
      "hop: 3 paths of 40 relaxations at 9283.61 K; moves: displace 1, surface 1, twist 1",
    );
    expect(lines.join("\n")).toContain("X13-random, 13 atoms");
  });

  it.each([
    [
      "a missing temperature",
      "temperature_K: 0.8 / 8.617333262e-5,",
      "",
      "hop.temperature_K",
      "needs the temperature",
    ],
    ["an impossible move", "keep: 30", "moves: {exchange: 1}", "hop.moves.exchange", "needs two species"],
    ["moves without a weight", "keep: 30", "moves: {twist: 0}", "hop.moves", "above zero"],
    [
      "moves of independent structures",
      "keep: 30",
      "sampling: independent",
      "hop.temperature_K",
      "belongs to sampling: walk",
    ],
    ["no relaxation", "relax: {}", "", "relax", "needs this section"],
    ["an unknown key", "keep: 30", "stepsize: 1", "hop", "stepsize"],
  ])("refuses %s", (_, from, to, path, message) => {
    const error = failureOf(() => planOf(lj13.replace(from, to)));
    expect(error.code).toBe("study");
    expect(error.message).toContain(path);
    expect(error.message).toContain(message);
  });

  it("refuses starts with different atoms", () => {
    const frames = ["Cu 0 0 0\nCu 2.4 0 0", "Cu 0 0 0\nAg 2.6 0 0"]
      .map((atoms) => `2\npbc="F F F" Properties=species:S:1:pos:R:3\n${atoms}\n`)
      .join("");
    const text = lj13.replace(/atoms: .*/, "atoms: {file: starts.extxyz, frames: all}");
    const error = failureOf(() => planOf(text, { "starts.extxyz": frames }));
    expect(error.message).toContain("structure 2");
    expect(error.message).toContain("all starts of a search need the same");
  });
});
