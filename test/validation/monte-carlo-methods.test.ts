/** Density of states and annealing from a study against all states; agreement of ensembles through Δμ. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { afterAll, describe, expect, it } from "vitest";
import type { Overrides } from "../../src/data/study/load-study.ts";
import { type FinishedRun, runFile } from "../workflows/run-study.ts";
import {
  alloyStudy,
  BOLTZMANN,
  countHeld,
  PlainCell,
  PlainMeans,
  type PlainState,
  plainAlloy,
  plainCeria,
} from "./monte-carlo-pairs.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-methods-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "alloy.yaml");
writeFileSync(file, `seed: 5\n${alloyStudy}\nsample: { steps: 2, supercells: [[3, 3, 1]] }\n`);

const ceria = new PlainCell(plainCeria, [2, 2], 6.2);
const alloy = new PlainCell(plainAlloy, [3, 3], 4.5);
const neutral = ceria.states((c) => (c.get("Ce3+") ?? 0) === 2 * (c.get("V") ?? 0));
const alloys = alloy.states(() => true);

const onCeria = (sample: Overrides): Promise<FinishedRun> =>
  runFile("configs/ceria-111-published.yaml", {
    seed: 3,
    report: undefined,
    "sample.observe": undefined,
    "sample.compositions": undefined,
    "sample.supercells": [[2, 2, 1]],
    ...sample,
  });
const vacancies = (state: PlainState) => countHeld(ceria, state, "V");
const replace = [
  { from: "O", to: "V" },
  { from: "Ce4+", to: "Ce3+", count: 2 },
];
const mu = { B: 0.03, C: -0.02 };
const deltaMu = -2.1;
const cases = [
  {
    name: "canonical",
    states: neutral.filter((s) => vacancies(s) === 2),
    potential: (s: PlainState) => s.energy,
    run: (sample: Overrides) =>
      onCeria({ "sample.compositions": [{ per_cell: { V: "1/2", "Ce3+": 1 } }], ...sample }),
    temperatures: [500, 1000],
  },
  {
    name: "reservoir",
    states: neutral,
    potential: (s: PlainState) => s.energy + vacancies(s) * deltaMu,
    run: (sample: Overrides) =>
      onCeria({
        "sample.ensemble": "reservoir",
        "sample.reservoir": { replace, delta_mu_eV: [deltaMu] },
        ...sample,
      }),
    temperatures: [700, 1200],
  },
  {
    name: "semi-grand",
    states: alloys,
    potential: (s: PlainState) =>
      s.energy - mu.B * countHeld(alloy, s, "B") - mu.C * countHeld(alloy, s, "C"),
    run: (sample: Overrides) =>
      runFile(file, {
        "sample.ensemble": "semi-grand",
        "sample.chemical_potentials": [{ mu_eV: mu }],
        ...sample,
      }),
    temperatures: [300, 900],
  },
];

describe.each(cases)("$name ensemble", ({ states, potential, run, temperatures }) => {
  const potentials = Float64Array.from(states, potential);

  it("density of states, free energy, energy, heat capacity and entropy from walkers", async () => {
    const done = await run({
      "sample.method": "wang-landau",
      "sample.temperatures_K": temperatures,
      "sample.steps": 20_000_000,
      "sample.replicas": 10,
      "sample.wang_landau": { final_ln_f: 2e-4 },
    });
    const levels = parseCsv(done.read("density-of-states.csv"), { columns: true }) as Record<
      string,
      string
    >[];
    const counted = new Map<number, number>();
    for (const energy of potentials) {
      const level = Math.round(energy * 1e4);
      counted.set(level, (counted.get(level) ?? 0) + 1);
    }
    let worst = 0;
    let found = 0;
    for (const { energy_eV, ln_states, ln_states_error, walkers } of levels) {
      const exact = counted.get(Math.round(Number(energy_eV) * 1e4));
      expect(exact, energy_eV).toBeDefined();
      found += exact!;
      if (Number(walkers) < 10) continue;
      // Ten walkers tell their own scatter to a quarter only, and a level may look sharper than it is: a common floor.
      const error = Math.max(Number(ln_states_error), 0.01);
      worst = Math.max(worst, Math.abs(Number(ln_states) - Math.log(exact!)) / error);
    }
    // All levels but the rarest of the highest ones.
    expect(found / states.length).toBeGreaterThan(0.999);
    const rows = parseCsv(done.read("thermodynamics.csv"), { columns: true }) as Record<string, string>[];
    const lines: string[] = [];
    let worstMean = 0;
    for (const row of rows) {
      const kT = BOLTZMANN * Number(row.temperature_K);
      const means = new PlainMeans(potentials.map((e) => -e / kT));
      const exact = {
        free_energy: -kT * means.lnZ,
        energy: means.mean(potentials),
        heat_capacity: means.variance(potentials) / kT ** 2,
        entropy: means.mean(potentials) / kT + means.lnZ,
      };
      for (const [name, value] of Object.entries(exact)) {
        const unit = name.endsWith("energy") ? "eV" : "kB";
        const deviation =
          Math.abs(Number(row[`${name}_${unit}`]) - value) / Number(row[`${name}_error_${unit}`]);
        lines.push(`${name} ${deviation.toFixed(2)}`);
        worstMean = Math.max(worstMean, deviation);
      }
    }
    console.log(`${levels.length} levels, worst ln g ${worst.toFixed(2)} errors; ${lines.join(", ")} errors`);
    done.remove();
    expect(worst).toBeLessThan(5);
    // Student's t of nine degrees of freedom: 5.5 is as rare as 4 standard errors of a normal distribution (p = 4e-4 for
    // 24 numbers here at 5.5).
    expect(worstMean).toBeLessThan(5.5);
  });

  it("annealing ends in the lowest state", async () => {
    const done = await run({
      "sample.method": "anneal",
      "sample.temperatures_K": undefined,
      "sample.steps": 20_000,
      "sample.anneal": { from_K: 2000, to_K: 50, restarts: 6 },
    });
    const [lowest] = parseCsv(done.read("ground-states.csv"), { columns: true }) as Record<string, string>[];
    const best = potentials.reduce((a, x) => Math.min(a, x), Number.POSITIVE_INFINITY);
    // Rounding of some hundred sums of energies of about 1 eV.
    expect(Math.abs(Number(lowest.potential_eV) - best)).toBeLessThan(1e-9);
    const energies = states.filter((_, i) => potentials[i] < best + 1e-9).map((s) => s.energy);
    expect(Math.min(...energies.map((e) => Math.abs(e - Number(lowest.energy_eV))))).toBeLessThan(1e-9);
    done.remove();
  });
});

it("Δμ from canonical free energies gives the number of vacancies that the reservoir shows, on 4 x 4", async () => {
  const temperature = 1000;
  const kT = BOLTZMANN * temperature;
  // F(n) of one to six vacancies; n = 0 is one state of energy 0.
  const numbers = [1, 2, 3, 4, 5, 6];
  const learnt = await onCeria({
    "sample.supercells": [[4, 4, 1]],
    "sample.compositions": numbers.map((n) => ({
      label: `n${n}`,
      per_cell: { V: `${n}/16`, "Ce3+": `${2 * n}/16` },
    })),
    "sample.method": "wang-landau",
    "sample.temperatures_K": [temperature],
    "sample.steps": 8_000_000,
    "sample.replicas": 6,
    "sample.wang_landau": { final_ln_f: 1e-4 },
  });
  const rows = parseCsv(learnt.read("thermodynamics.csv"), { columns: true }) as Record<string, string>[];
  learnt.remove();
  const free = [0, ...rows.map((row) => Number(row.free_energy_eV))];
  const errors = [0, ...rows.map((row) => Number(row.free_energy_error_eV))];
  expect(free).toHaveLength(7);
  console.log(`F(1) to F(6): ${free.slice(1).map((f, n) => `${f.toFixed(4)}(${errors[n + 1].toFixed(4)})`)}`);
  // Seven and more vacancies must be rare for these Δμ.
  const deltaMus = [-1.3, -1.5];
  const open = await onCeria({
    "sample.supercells": [[4, 4, 1]],
    "sample.ensemble": "reservoir",
    "sample.reservoir": { replace, delta_mu_eV: deltaMus },
    "sample.temperatures_K": [temperature],
    "sample.steps": 400_000,
    "sample.samples": 10_000,
    "sample.replicas": 4,
  });
  for (const [k, mu] of deltaMus.entries()) {
    const weights = free.map((f, n) => Math.exp(-(f + n * mu) / kT));
    const sum = weights.reduce((a, w) => a + w, 0);
    const shares = weights.map((w) => w / sum);
    const mean = shares.reduce((a, p, n) => a + n * p, 0);
    const { fraction } = open.result.states[k].fractions.find(({ species }) => species === "V")!;
    const found = { value: 48 * fraction.value, error: 48 * fraction.error };
    // δ⟨n⟩ = -Σ p_n (n - ⟨n⟩) δF_n / kT; what n > 6 would add is less than 2 p_6.
    const spread = Math.hypot(...shares.map((p, n) => (p * (n - mean) * errors[n]) / kT));
    console.log(
      `Δμ ${mu}: ⟨n⟩ ${found.value.toFixed(4)}(${found.error.toFixed(4)}), from canonical F ${mean.toFixed(4)}(${spread.toFixed(4)}), p(6) ${shares[6].toExponential(1)}`,
    );
    expect(Math.abs(found.value - mean)).toBeLessThan(4 * Math.hypot(found.error, spread) + 2 * shares[6]);
    expect(mean).toBeGreaterThan(0.2);
    expect(shares[6]).toBeLessThan(0.02);
  }
  open.remove();
});
