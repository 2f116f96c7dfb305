import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluationFor, type Potential } from "../../../src/core/calculator.ts";
import { readStructures } from "../../../src/data/formats/index.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { hdnnpPotential } from "../../../src/nn/hdnnp/hdnnp-potential.ts";
import { readN2p2Potential } from "../../../src/nn/n2p2/read-potential.ts";
import { createAnyPotential } from "../../../src/workflows/atoms/create-any-potential.ts";
import * as learn from "../../../src/workflows/learn/learn.ts";
import { failureOf } from "../../failure.ts";
import { planOfText } from "../part-study.ts";
import { argon, expectSame, type Run, study } from "./argon-study.ts";

const lennardJones = (): Potential =>
  createAnyPotential(
    planOfText(learn, argon).labeler.spec.kind === "calculator" ? potentialOfLabeler() : never(),
  );
function potentialOfLabeler() {
  const { spec } = planOfText(learn, argon).labeler;
  return spec.kind === "calculator" ? spec.potential : never();
}
function never(): never {
  throw new Error("the labeler of the test is a calculator");
}

function evaluate(potential: Potential, { species, periodic, positions, cell }: Structure) {
  const out = evaluationFor(species.length);
  potential.calculator({ species, periodic }).evaluate(positions, cell, out);
  return out;
}

describe("a potential that asks for its structures", () => {
  let run: Run;
  const home = mkdtempSync(join(tmpdir(), "eciton-learn-"));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  beforeAll(async () => {
    run = await study(argon, { home });
  }, 60_000);

  it("ends when new minima are right, and says so", () => {
    const rounds = run.rows("rounds.csv");
    expect(rounds.at(-1)!.target_met).toBe("true");
    expect(Number(rounds.at(-1)!.search_error_eV_per_atom)).toBeLessThanOrEqual(0.3e-3);
    // Until then minima were wrong, or those of a search.
    for (const { target_met, search_error_eV_per_atom } of rounds.slice(0, -1))
      expect(target_met === "false" || Number(search_error_eV_per_atom) > 0.3e-3).toBe(true);
    expect(rounds.length).toBeGreaterThan(1);
    expect(Number(rounds.at(-1)!.energy_rmse_eV_per_atom)).toBeLessThanOrEqual(0.3e-3);
    expect(run.result.failure).toBeNull();
    expect(run.result.document.target_met).toBe(true);
    expect(run.result.warnings.join()).toContain("train.members is 1: 2 are trained");
  });

  it("writes labels that are those of the labeler", () => {
    const { structures } = readStructures(join(run.outDir, "dataset.extxyz"));
    const potential = lennardJones();
    for (const structure of structures) {
      const { energy, forces } = evaluate(potential, structure);
      expect(structure.energy).toBe(energy);
      expect([...structure.forces!]).toEqual([...forces]);
      expect(["Ar6", "Ar7"]).toContain(structure.info.config_type);
      expect(structure.species).toHaveLength(structure.info.config_type === "Ar7" ? 7 : 6);
    }
    const rounds = run.rows("rounds.csv");
    for (const { round, new_labels } of rounds)
      expect(
        structures.filter(({ info, name }) => info.round === Number(round) && !name.includes("-search-")),
      ).toHaveLength(Number(new_labels));
    // Three lowest minima of each of two systems.
    expect(structures.filter(({ name }) => name.includes(`-search-${rounds.length}-`))).toHaveLength(6);
  });

  it("is judged by minima that it was not trained with", () => {
    const { structures } = readStructures(join(run.outDir, "dataset.extxyz"));
    const rounds = run.rows("rounds.csv");
    const last = rounds.at(-1)!;
    const minima = structures.filter(
      ({ info, name }) => info.round === rounds.length && name.endsWith("-minimum"),
    );
    expect(minima).toHaveLength(Number(last.labeled_minima));
    const trained = run.rows("predictions.csv").map(({ structure }) => structure);
    expect(trained.length).toBe(Number(last.training_structures) + Number(last.test_structures));
    for (const { name, info } of structures)
      if (info.round === rounds.length) expect(trained).not.toContain(name);
    // The mean of the written networks, by the plain definition.
    const members = ["member-01", "member-02"].map((name) =>
      readN2p2Potential(join(run.outDir, "potential", name)),
    );
    const mean = hdnnpPotential({ kind: "hdnnp", title: "", members, extrapolation: "ignore" });
    const squares = minima.map(
      (one) => ((evaluate(mean, one).energy - one.energy!) / one.species.length) ** 2,
    );
    const rmse = Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length);
    expect(rmse).toBeCloseTo(Number(last.energy_rmse_eV_per_atom), 9);
  });

  it("checks the lowest minima of each system, and follows the best", () => {
    const checked = run.rows("checked.csv");
    const best = readStructures(join(run.outDir, "best.extxyz")).structures;
    expect(best.map(({ name }) => name)).toEqual(["Ar7", "Ar6"]);
    const potential = lennardJones();
    for (const { name, energy, info, species } of best) {
      const own = checked.filter(({ system }) => system === name);
      const minima = readStructures(join(run.outDir, "search", name, "minima.extxyz")).structures;
      expect(own).toHaveLength(Math.min(3, minima.length));
      own.forEach((row, k) => {
        const label = evaluate(potential, minima[k]).energy;
        expect(Number(row.label_eV)).toBe(label);
        expect(Number(row.error_eV_per_atom)).toBeCloseTo((minima[k].energy! - label) / species.length, 12);
        // Downhill from there.
        expect(Number(row.relaxed_label_eV)).toBeLessThanOrEqual(label);
      });
      const labels = own.map(({ label_eV }) => Number(label_eV));
      expect(info.label_eV).toBe(Math.min(...labels));
      expect(energy).toBe(Number(own[labels.indexOf(Math.min(...labels))].energy_eV));
      expect(existsSync(join(run.outDir, "dynamics", name, "final.extxyz"))).toBe(true);
    }
    // The pentagonal bipyramid is the lowest there is: Cambridge Cluster Database.
    expect(best[0].info.label_eV).toBeGreaterThanOrEqual(-16.505384 * 0.0103 - 1e-8);
    expect(best[0].info.label_eV).toBeLessThan(-15 * 0.0103);
    expect(run.result.document.motions.map(({ stayed }) => stayed)).toEqual([true, true]);
  });

  it("tells all that in a page", () => {
    const html = run.read("report.html").replaceAll(/<script[\s\S]*?<\/script>/g, "");
    for (const text of [
      "Active learning",
      "Error of new minima",
      "Ar7: lowest minima",
      "Dynamics of the best",
      "Trained potential",
    ])
      expect(html).toContain(text);
    expect(html).not.toMatch(/\b(NaN|Infinity|undefined)\b/);
    expect(existsSync(join(run.outDir, "checkpoints"))).toBe(false);
    expect(run.finished()).toBe(true);
  });

  it("is the same on any number of threads", async () => {
    expectSame(run, await study(argon, { workers: 2 }));
  }, 60_000);
});

const small = argon.replace(/^hop:.*\n^dynamics:.*\n/m, "");

describe("a potential that does not become good enough", () => {
  it("is kept, and the run fails with what is missing", async () => {
    const text = small
      .replace("epochs: 12", "epochs: 1")
      .replace("rounds: 5", "rounds: 1")
      .replace("per_atom: 0.3", "per_atom: 0.0001");
    const { result, outDir, rows } = await study(text);
    expect(result.failure).toMatchObject({ code: "not-converged" });
    expect(result.failure!.message).toMatch(
      /^after 1 round the target of 0.0001 meV\/atom is not met: .*results are kept/,
    );
    expect(result.verdict.level).toBe("problem");
    expect(rows("rounds.csv")).toMatchObject([{ target_met: "false" }]);
    expect(existsSync(join(outDir, "potential", "member-02", "input.nn"))).toBe(true);
    expect(readStructures(join(outDir, "dataset.extxyz")).structures.length).toBeGreaterThan(8);
  });
});

describe("labels that fail", () => {
  it("are counted and left out", async () => {
    const text = small
      .replace("sigma_A: 3.4}", "sigma_A: 3.4}, largest_force_eV_per_A: 0.02")
      .replace("rounds: 5", "rounds: 1");
    const { result, outDir } = await study(text);
    const { structures } = readStructures(join(outDir, "dataset.extxyz"));
    for (const { forces } of structures)
      for (let i = 0; i < forces!.length; i += 3)
        expect(Math.hypot(...forces!.subarray(i, i + 3))).toBeLessThanOrEqual(0.02);
    const starts = structures.filter(({ info }) => info.round === 0).length;
    expect(starts).toBeLessThan(16);
    expect(result.warnings.join("\n")).toContain(`${16 - starts} implausible`);
  });
});

describe("a study that cannot be learned from", () => {
  const refused = (text: string) => failureOf(() => planOfText(learn, text)).message;

  it.each([
    ["learn", argon.replace(/^learn:[\s\S]*?^hop/m, "hop"), /^learn: .*needs this section/],
    ["train", argon.replace(/^train:[\s\S]*?^learn/m, "learn"), /^train: .*needs this section/],
    ["relax", argon.replace(/^relax:.*\n/m, ""), /^relax: .*needs this section/],
    ["hop", argon.replace(/^hop:.*\n/m, ""), /^dynamics: .*needs the section hop/],
    [
      "model",
      `${argon}model: {potential: {kind: lennard-jones, epsilon_eV: 0.0103, sigma_A: 3.4}}\n`,
      /^model: .*leave this section out/,
    ],
    [
      "test files",
      argon.replace("epochs: 12", "epochs: 12\n  test: {files: [a.extxyz]}"),
      /^train\.test\.files: .*train\.data/,
    ],
    [
      "atoms",
      argon.replace(/^atoms:.*\n/m, "").replace(/^ {2}systems:\n.*\n.*\n/m, ""),
      /^atoms: .*learn\.systems/,
    ],
    ["names", argon.replace("name: Ar6", "name: Ar7"), /there is another system Ar7/],
    ["trust", argon.replace("low: 0.003", "low: 3"), /expected low below high/],
  ])("is refused for its %s", (_, text, message) => {
    expect(refused(text)).toMatch(message);
  });
});
