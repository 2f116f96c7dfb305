/** Every study of lattices in configs, from file to report at reduced size, and whether what it writes agrees with itself. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CompiledExpansion } from "../src/clusters/compiled-expansion.ts";
import { CountsEvaluator } from "../src/clusters/counts.ts";
import { SupercellCache } from "../src/data/configuration.ts";
import { configurationOfRecord } from "../src/data/configuration-record.ts";
import { readStructures } from "../src/data/formats/index.ts";
import { readOccupationTable } from "../src/data/occupation-table.ts";
import { loadStudy, type Overrides } from "../src/data/study/load-study.ts";
import { predictRows } from "../src/fitting/problem.ts";
import { conditionsOfStudy } from "../src/workflows/conditions.ts";
import { readModelFile } from "../src/workflows/model-file.ts";
import { type FinishedRun, runFile } from "./workflows/run-study.ts";

const names = readdirSync("configs").filter(
  (name) => name.endsWith(".yaml") && loadStudy(join("configs", name)).study.lattice !== undefined,
);

/** Smaller, but every section is still there. */
function reduced(file: string): Overrides {
  const { study } = loadStudy(file);
  return {
    // The longest published interaction is 6.11 Å.
    "clusters.cutoff_A": 6.2,
    "clusters.max_points": 3,
    ...(study.data?.synthetic ? { "data.synthetic.configurations": 60 } : {}),
    ...(study.fit ? { "fit.bootstrap": 20, "fit.path.count": 20 } : {}),
    "sample.steps": 2000,
    "sample.samples": 200,
    "sample.temperatures_K": [300, 900],
  };
}

interface Row {
  readonly [column: string]: string;
}

/** Numbers are written with the shortest digits that give them back. */
const rows = (text: string) => parseCsv(text, { columns: true }) as Row[];

it("there are studies", () => {
  expect(names).toContain("ceria-111.yaml");
  expect(names).toContain("ceria-111-published.yaml");
});

describe.each(names)("%s", (name) => {
  const file = join("configs", name);
  const whole = loadStudy(file).study;
  let run: FinishedRun;

  beforeAll(async () => {
    run = await runFile(file, reduced(file));
  });
  afterAll(() => run?.remove());

  it("leaves every file that belongs to its sections, and no other", () => {
    const top = readdirSync(run.folder).sort();
    const expected = ["report-csv", "report.html", "provenance.json"];
    if (whole.fit) expected.push("model.json", "training.csv");
    if (whole.sample) expected.push("layers.csv", "sampling.csv", "sampling.json", "snapshots");
    if (whole.sample && whole.sample.ensemble !== "canonical") expected.push("fractions.csv");
    const observe = whole.sample?.observe;
    if (whole.report?.claims) expected.push("claims.csv");
    if (observe) expected.push("observations.csv");
    if (observe?.site_map || observe?.structure_factor) expected.push("maps.csv");
    expect(top).toEqual(expected.sort());
    const html = run.read("report.html");
    expect(html.startsWith("<!DOCTYPE html>")).toBe(true);
    expect(html.trimEnd().endsWith("</html>")).toBe(true);
    // Programs in the page may well speak of NaN, its text and pictures may not.
    const shown = html.replaceAll(/<script[\s\S]*?<\/script>/g, "");
    expect(shown.match(/.{0,40}\b(NaN|Infinity|undefined)\b.{0,40}/)).toBeNull();
    for (const csv of readdirSync(join(run.folder, "report-csv")))
      expect(run.read(join("report-csv", csv))).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("says plainly where its table is synthetic and which terms are assumed", () => {
    const html = run.read("report.html");
    if (whole.data?.synthetic) expect(html).toContain(whole.data.synthetic.why.slice(0, 40));
    for (const term of whole.model?.terms?.filter(({ assumed }) => assumed) ?? [])
      expect(html).toContain(term.label);
  });

  it("keeps the study that was run beside the results", () => {
    const provenance = JSON.parse(run.read("provenance.json")) as Record<string, unknown>;
    expect(provenance).toMatchObject({ study: whole.name, seed: whole.seed });
    expect(provenance.resolvedStudy).toContain("steps: 2000");
  });

  if (whole.fit)
    it("writes a model and a table that together give the fit's own predictions", () => {
      const { expansion } = readModelFile(join(run.folder, "model.json"));
      const supercells = new SupercellCache(expansion.lattice);
      const { records } = readOccupationTable(join(run.folder, "training.csv"));
      const { setup, coefficients } = run.result.fit!;
      const { problem, normaliser } = setup;
      const predicted = predictRows(problem, coefficients);
      expect(records).toHaveLength(problem.rows);
      records.forEach((record, i) => {
        const { supercell, occupation } = configurationOfRecord(record, supercells, "training.csv");
        const evaluator = new CountsEvaluator(supercell, expansion.basis, expansion.terms);
        const counts = new Float64Array(expansion.terms.length);
        evaluator.counts(occupation, counts);
        const energy = expansion.terms.reduce((sum, term, j) => sum + term.coefficient * counts[j], 0);
        // Sums of the same some hundred products of order 1 eV in another order: far below 1e-9 eV.
        expect(energy).toBeCloseTo(predicted[i] * normaliser[i], 9);
        expect(new CompiledExpansion(expansion, supercell).energy(occupation)).toBeCloseTo(energy, 9);
        expect(record.energy! / normaliser[i]).toBe(problem.y[i]);
      });
      expect(expansion.terms.map((term) => term.coefficient)).toEqual(
        run.result.fit!.expansion.terms.map((term) => term.coefficient),
      );
    });

  if (whole.sample)
    it("has the same averages in sampling.csv, layers.csv and sampling.json", () => {
      const { states, chains } = JSON.parse(run.read("sampling.json")) as {
        states: typeof run.result.states;
        chains: { energy_eV: { value: number }; lowest: { energy_eV: number } }[];
      };
      expect(states).toEqual(
        JSON.parse(JSON.stringify(run.result.states.map(({ maps: _, ...state }) => state))),
      );
      const sampling = rows(run.read("sampling.csv"));
      expect(sampling).toHaveLength(states.length);
      expect(states).toHaveLength(
        2 * conditionsOfStudy(whole.sample!).length * whole.sample!.supercells.length,
      );
      sampling.forEach((row, i) => {
        const state = states[i];
        expect(row.condition).toBe(state.conditionLabel);
        expect(Number(row.temperature_K)).toBe(state.temperature_K);
        expect(Number(row.energy_eV)).toBe(state.energy_eV.value);
        expect(Number(row.error_eV)).toBe(state.energy_eV.error);
        if (state.heatCapacity_kB === null) expect(row.heat_capacity_kB).toBe("");
        else expect(Number(row.heat_capacity_kB)).toBe(state.heatCapacity_kB.value);
      });
      const layers = rows(run.read("layers.csv"));
      expect(layers.map((row) => [row.species, row.layer, Number(row.occupancy)])).toEqual(
        states.flatMap((s) => s.layers.map((l) => [l.species, l.layer, l.occupancy.value])),
      );
      for (const { energy_eV, lowest } of chains)
        expect(lowest.energy_eV).toBeLessThanOrEqual(energy_eV.value);
      // Occupations are averages of whole arrangements: each species adds up to what the composition holds.
      for (const state of states)
        for (const [species, count] of Object.entries(state.composition)) {
          const mine = state.layers.filter((layer) => layer.species === species);
          const shares = mine.reduce((sum, layer) => sum + (layer.share?.value ?? 0), 0);
          if (count > 0 && mine.length > 0) expect(shares).toBeCloseTo(1, 9);
        }
    });

  if (whole.sample)
    it("has snapshots with the atoms of their composition", () => {
      const files = readdirSync(join(run.folder, "snapshots"));
      const { states } = run.result;
      expect(files.filter((f) => f.endsWith(".extxyz"))).toHaveLength(states.length);
      states.forEach((state, i) => {
        const chain = `chain-${String(i).padStart(4, "0")}`;
        const { structures } = readStructures(join(run.folder, "snapshots", `${chain}.extxyz`));
        // Snapshots and the lowest state met.
        expect(structures).toHaveLength(whole.sample!.snapshots + 1);
        for (const structure of structures) {
          const vacancies = structure.species.filter((s) => s === "X").length;
          const charges = structure.charges ?? [];
          const reduced = structure.species.filter((s, k) => s === "Ce" && charges[k] === 3).length;
          expect(reduced).toBe(2 * vacancies);
          if (whole.sample!.ensemble === "canonical") expect(vacancies).toBe(state.composition.V);
          expect(structure.energy).toBeTypeOf("number");
        }
        expect(existsSync(join(run.folder, "snapshots", `${chain}-lowest.POSCAR`))).toBe(true);
      });
    });
});
