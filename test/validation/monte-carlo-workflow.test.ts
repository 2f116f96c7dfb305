/** Studies on small cells, from their text to their tables, against sums over all states that are made without the project. */
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
  StateTable,
} from "./monte-carlo-pairs.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-exact-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ceria = new PlainCell(plainCeria, [2, 2], 6.2);
const alloy = new PlainCell(plainAlloy, [3, 3], 4.5);
/** Charge balance: two Ce3+ for each vacancy. */
const neutral = (counts: ReadonlyMap<string, number>) =>
  (counts.get("Ce3+") ?? 0) === 2 * (counts.get("V") ?? 0);
const neutralStates = new StateTable(ceria.states(neutral));
const twoVacancies = new StateTable(
  neutralStates.states.filter((state) => countHeld(ceria, state, "V") === 2),
);
const alloyStates = new StateTable(alloy.states(() => true));
const alloyFixed = new StateTable(
  alloyStates.states.filter(
    (state) => countHeld(alloy, state, "B") === 3 && countHeld(alloy, state, "C") === 2,
  ),
);

interface Case {
  readonly name: string;
  readonly cell: PlainCell;
  readonly states: StateTable;
  /** Of one condition at one temperature. */
  readonly lnWeight: (state: PlainState, temperature: number, condition: number) => number;
  readonly conditions: number;
  readonly sample: Overrides;
}

const boltzmann = (state: PlainState, temperature: number) => -state.energy / (BOLTZMANN * temperature);
const REPLICAS = 40;
const ceriaSample: Overrides = {
  "sample.supercells": [[2, 2, 1]],
  "sample.temperatures_K": [700, 1200],
  "sample.steps": 20_000,
  "sample.samples": 1000,
  "sample.replicas": REPLICAS,
  "sample.snapshots": 1,
  "sample.observe": {
    measurements: 1000,
    site_map: true,
    pairs: { cutoff_A: 4 },
    motifs: { far: ["VO2VO3_5N"], near: ["VO1Ce1_1N", "VO2Ce1_1N"] },
  },
};
const alloySample: Overrides = {
  "sample.supercells": [[3, 3, 1]],
  "sample.temperatures_K": [300, 900],
  "sample.steps": 20_000,
  "sample.samples": 1000,
  "sample.replicas": REPLICAS,
  "sample.snapshots": 1,
  "sample.observe": {
    measurements: 1000,
    site_map: true,
    pairs: { cutoff_A: 4.4 },
    motifs: { bc: ["BC_1N"] },
  },
};
const fixed = {
  ...alloySample,
  "sample.compositions": [{ per_cell: { B: "3/9", C: "2/9" } }],
};
const mus = [
  { B: 0.03, C: -0.02 },
  { B: -0.05, C: 0.04 },
];
const semiGrand = {
  ...alloySample,
  "sample.ensemble": "semi-grand",
  "sample.chemical_potentials": mus.map((mu_eV) => ({ mu_eV })),
};
const semiGrandWeight = (state: PlainState, temperature: number, condition: number) =>
  boltzmann(state, temperature) +
  (mus[condition].B * countHeld(alloy, state, "B") + mus[condition].C * countHeld(alloy, state, "C")) /
    (BOLTZMANN * temperature);
const kappa = 3;
const phis = [
  { B: -0.7, C: -0.5 },
  { B: -1.2, C: 0.1 },
];
const constrained = {
  ...alloySample,
  "sample.ensemble": "variance-constrained",
  "sample.variance_constraint": { kappa, phi: phis.map((phi) => ({ phi })) },
};
const constrainedWeight = (state: PlainState, temperature: number, condition: number) =>
  boltzmann(state, temperature) -
  kappa *
    9 *
    ((countHeld(alloy, state, "B") / 9 + phis[condition].B / 2) ** 2 +
      (countHeld(alloy, state, "C") / 9 + phis[condition].C / 2) ** 2);
const replace = [
  { from: "O", to: "V" },
  { from: "Ce4+", to: "Ce3+", count: 2 },
];
const deltaMus = [-1.9, -2.3];
const reservoir = {
  ...ceriaSample,
  "sample.compositions": undefined,
  "sample.ensemble": "reservoir",
  "sample.reservoir": { replace, delta_mu_eV: deltaMus },
};
const reservoirWeight = (state: PlainState, temperature: number, condition: number) =>
  boltzmann(state, temperature) -
  (countHeld(ceria, state, "V") * deltaMus[condition]) / (BOLTZMANN * temperature);
const pressures = [1e-12, 1e-10];
/**
 * Half of μ(O2) from its partition function: ideal gas with rotation (2.0736 K, symmetry 2), vibration (2273.5 K), spin
 * 3, without the energy of the ground state. Good to some meV below 2000 K (no anharmonicity, no excited electrons).
 */
const oxygen = (temperature: number, bar: number) => {
  const kT = 1.380649e-23 * temperature;
  const mass = 31.998 * 1.6605390666e-27;
  const volume = (kT / (bar * 1e5)) * ((2 * Math.PI * mass * kT) / 6.62607015e-34 ** 2) ** 1.5;
  const inner = (temperature / (2 * 2.0736)) * (1 / (1 - Math.exp(-2273.5 / temperature))) * 3;
  return (-BOLTZMANN * temperature * Math.log(volume * inner)) / 2;
};
const pressureWeight = (state: PlainState, temperature: number, condition: number) =>
  boltzmann(state, temperature) -
  (countHeld(ceria, state, "V") * oxygen(temperature, pressures[condition])) / (BOLTZMANN * temperature);

const twoOfTwelve = { ...ceriaSample, "sample.compositions": [{ per_cell: { V: "1/2", "Ce3+": 1 } }] };
const canonical = { cell: ceria, states: twoVacancies, lnWeight: boltzmann, conditions: 1 };
const ladder = { "sample.method": "tempering", "sample.tempering": { exchange_every_steps: 50 } };

const cases: Case[] = [
  { ...canonical, name: "canonical, swaps", sample: twoOfTwelve },
  { ...canonical, name: "canonical, plain code", sample: { ...twoOfTwelve, "sample.engine": "reference" } },
  {
    ...canonical,
    name: "canonical, without rejections",
    sample: { ...twoOfTwelve, "sample.engine": "nfold", "sample.steps": 80_000 },
  },
  {
    ...canonical,
    name: "canonical, swaps and neighbours",
    sample: { ...twoOfTwelve, "sample.moves": { swap: 1, neighbour_swap: 3 } },
  },
  { ...canonical, name: "canonical, tempering", sample: { ...twoOfTwelve, ...ladder } },
  {
    name: "canonical, three species",
    cell: alloy,
    states: alloyFixed,
    lnWeight: boltzmann,
    conditions: 1,
    sample: fixed,
  },
  {
    name: "canonical, three species, neighbours alone",
    cell: alloy,
    states: alloyFixed,
    lnWeight: boltzmann,
    conditions: 1,
    sample: { ...fixed, "sample.moves": { neighbour_swap: 1 } },
  },
  ...(
    [
      ["flips", {}],
      ["flips, swaps and neighbours", { "sample.moves": { flip: 1, swap: 2, neighbour_swap: 2 } }],
      ["tempering", ladder],
    ] as const
  ).flatMap(([name, more]) => [
    {
      name: `semi-grand, ${name}`,
      cell: alloy,
      states: alloyStates,
      lnWeight: semiGrandWeight,
      conditions: 2,
      sample: { ...semiGrand, ...more },
    },
    {
      name: `variance-constrained, ${name}`,
      cell: alloy,
      states: alloyStates,
      lnWeight: constrainedWeight,
      conditions: 2,
      sample: { ...constrained, ...more },
    },
  ]),
  ...(
    [
      ["Δμ", {}],
      ["Δμ, mixture", { "sample.moves": { reaction: 1, swap: 1, neighbour_swap: 1 } }],
      ["Δμ, tempering", ladder],
    ] as const
  ).map(([name, more]) => ({
    name: `reservoir, ${name}`,
    cell: ceria,
    states: neutralStates,
    lnWeight: reservoirWeight,
    conditions: 2,
    sample: { ...reservoir, ...more },
  })),
  ...(["metropolis", "tempering"] as const).map((method) => ({
    name: `reservoir, pressure, ${method}`,
    cell: ceria,
    states: neutralStates,
    lnWeight: pressureWeight,
    conditions: 2,
    sample: {
      ...reservoir,
      ...(method === "tempering" ? ladder : {}),
      // Where these pressures leave some vacancies and some Ce4+.
      "sample.temperatures_K": [900, 1000],
      "sample.reservoir": { replace, oxygen_pressures_bar: pressures },
    },
  })),
];

/** A column of the observations, from its name and what the documentation says of it. */
function observable(cell: PlainCell, name: string): (state: PlainState) => number {
  const kindOf = (species: string) => cell.sites.find((site) => site.species.includes(species))!.kind;
  const sitesOf = (kind: string) => cell.sites.filter((site) => site.kind === kind).length;
  const [what, pair, shellName] = name.split(" ");
  if (what === "motif") {
    const parts = {
      far: [["O2", "O3", "V", "V", 5]],
      near: [
        ["O1", "Ce1", "V", "Ce3+", 1],
        ["O2", "Ce1", "V", "Ce3+", 1],
      ],
      bc: [["s", "s", "B", "C", 1]],
    }[pair] as [string, string, string, string, number][];
    return ({ held }) =>
      parts.reduce((sum, [s, t, p, q, n]) => sum + cell.countPairs(held, [s, t], [p, q], n), 0);
  }
  const [a, b] = pair.split("-");
  const shell = Number.parseInt(shellName, 10);
  const kinds = [kindOf(a), kindOf(b)] as const;
  const same = kinds[0] === kinds[1];
  return (state) => {
    const [numA, numB] = [countHeld(cell, state, a), countHeld(cell, state, b)];
    if (numA === 0 || numB === 0) return what === "alpha" ? 0 : 1;
    const pairs = cell.countPairs(state.held, kinds, [a, b], shell);
    const bonds = cell.countPairs(state.held, kinds, ["*", "*"], shell);
    const [cA, cB] = [numA / sitesOf(kinds[0]), numB / sitesOf(kinds[1])];
    if (what === "pair") return pairs / (bonds * cA * cB * (same && a !== b ? 2 : 1));
    // Ends of bonds on A: a bond between two A has two.
    const ends =
      cell.countPairs(state.held, kinds, [a, "*"], shell) + cell.countPairs(state.held, kinds, [a, a], shell);
    return 1 - ((a === b ? 2 : 1) * pairs) / ends / cB;
  };
}

async function runText(name: string, cell: PlainCell, sample: Overrides, more = ""): Promise<FinishedRun> {
  const own = cell === alloy ? alloyStudy : "";
  if (cell === ceria)
    return runFile("configs/ceria-111-published.yaml", {
      seed: 7,
      "sample.observe": undefined,
      report: undefined,
      ...sample,
    });
  const file = join(folder, `${name.replace(/\W+/g, "-")}.yaml`);
  writeFileSync(
    file,
    `name: exact\nseed: 11\n${own}\nsample: { steps: 2, supercells: [[3, 3, 1]] }\n${more}`,
  );
  return runFile(file, sample);
}

interface Record {
  readonly energy_eV: { value: number; error: number };
  readonly heatCapacity_kB: { value: number; error: number } | null;
  readonly fractions: { species: string; fraction: { value: number; error: number } }[];
  readonly observations: { name: string; value: number; error: number }[];
  readonly conditionIndex: number;
  readonly temperature_K: number;
  readonly equilibration: { equilibrated: boolean };
}

describe.each(cases)("$name", ({ name, cell, states, lnWeight, conditions, sample }) => {
  it("means within four standard errors of the exact ones, error bars that say what chains scatter by", async () => {
    const run = await runText(name, cell, sample);
    const { chains } = JSON.parse(run.read("sampling.json")) as { chains: Record[] };
    const temperatures = sample["sample.temperatures_K"] as number[];
    expect(run.result.states).toHaveLength(temperatures.length * conditions);
    const seen = { worst: 0, where: "", compared: 0, squares: 0, chis: 0, mostScatter: 0, scatterWhere: "" };
    const scatterOf = (what: string, exact: number, values: { value: number; error: number }[]) => {
      expect(values).toHaveLength(REPLICAS);
      const square =
        values.reduce((sum, { value, error }) => sum + ((value - exact) / error) ** 2, 0) / REPLICAS;
      seen.squares += square;
      seen.chis++;
      if (square > seen.mostScatter) Object.assign(seen, { mostScatter: square, scatterWhere: what });
    };
    for (const state of run.result.states) {
      const { temperature_K, conditionIndex } = state;
      const means = new PlainMeans(
        Float64Array.from(states.states, (s) => lnWeight(s, temperature_K, conditionIndex)),
      );
      const own = chains.filter(
        (c) => c.conditionIndex === conditionIndex && c.temperature_K === temperature_K,
      );
      const hold = (what: string, exact: number, found: { value: number; error: number }) => {
        seen.compared++;
        const deviation = Math.abs(found.value - exact) / found.error;
        expect(deviation, what).not.toBeNaN();
        if (deviation > seen.worst)
          Object.assign(seen, { worst: deviation, where: `${what} at ${temperature_K} K` });
      };
      const compare = (
        what: string,
        values: Float64Array,
        found: { value: number; error: number },
        of?: (chain: Record) => { value: number; error: number },
      ) => {
        const exact = means.mean(values);
        // What is the same in all states has no error; 1e-9 is the rounding of sums of energies.
        if (Math.sqrt(means.variance(values)) < 1e-9) {
          expect(Math.abs(found.value - exact), what).toBeLessThan(1e-9);
          return;
        }
        hold(what, exact, found);
        if (of) scatterOf(what, exact, own.map(of));
      };
      const energies = states.column("energy", (s) => s.energy);
      compare("energy", energies, state.energy_eV, (c) => c.energy_eV);
      if (conditions === 1) {
        const exact = means.variance(energies) / (BOLTZMANN * temperature_K) ** 2;
        hold("heat capacity", exact, state.heatCapacity_kB!);
        scatterOf(
          "heat capacity",
          exact,
          own.map((c) => c.heatCapacity_kB!),
        );
      } else expect(state.heatCapacity_kB).toBeNull();
      for (const row of state.layers) {
        const sites = cell.sites.filter((site) => site.name === row.layer).length;
        const inLayer = states.column(`${row.species} in ${row.layer}`, (s) =>
          countHeld(cell, s, row.species, row.layer),
        );
        const occupancy = inLayer.map((n) => n / sites);
        compare(`occupancy of ${row.species} in ${row.layer}`, occupancy, row.occupancy);
        // The share is the ratio of means, not the mean of ratios.
        const whole = states.column(row.species, (s) => countHeld(cell, s, row.species));
        const share = means.mean(inLayer) / means.mean(whole);
        if (Math.abs(share - 1) > 1e-9) hold(`share of ${row.species} in ${row.layer}`, share, row.share!);
        // Site maps have no errors of their own; over a layer they are its occupancy, measured at the same steps.
        const entries = cell.sites.flatMap((site) =>
          site.species.slice(1).map((species) => ({ species, layer: site.name })),
        );
        const [map] = state.maps;
        expect(map.values).toHaveLength(entries.length);
        const mapped = entries.flatMap(({ species, layer }, entry) =>
          species === row.species && layer === row.layer ? [map.values[entry]] : [],
        );
        if (mapped.length > 0) {
          const value = mapped.reduce((sum, x) => sum + x, 0) / mapped.length;
          hold(`map of ${row.species}`, means.mean(occupancy), { value, error: row.occupancy.error });
        }
      }
      expect(state.fractions.length > 0).toBe(conditions > 1);
      for (const [k, { species, fraction }] of state.fractions.entries()) {
        const sites = cell.sites.filter((site) => site.species.includes(species)).length;
        const values = states.column(species, (s) => countHeld(cell, s, species)).map((n) => n / sites);
        compare(`fraction of ${species}`, values, fraction, (c) => c.fractions[k].fraction);
      }
      expect(state.observations.length).toBeGreaterThan(5);
      for (const [k, { name: column, ...found }] of state.observations.entries())
        compare(column, states.column(column, observable(cell, column)), found, (c) => c.observations[k]);
    }
    const table = parseCsv(run.read("sampling.csv"), { columns: true }) as { energy_eV: string }[];
    expect(table.map((row) => Number(row.energy_eV))).toEqual(
      run.result.states.map((s) => s.energy_eV.value),
    );
    const settled = chains.filter((c) => c.equilibration.equilibrated).length / chains.length;
    console.log(
      `${name}: ${seen.compared} means, worst ${seen.worst.toFixed(2)} errors (${seen.where}); z² of chains ` +
        `${(seen.squares / seen.chis).toFixed(2)}, at most ${seen.mostScatter.toFixed(2)} (${seen.scatterWhere}); settled ${settled.toFixed(3)}`,
    );
    run.remove();
    expect(seen.worst).toBeLessThan(4);
    // χ²/40 of independent normal errors scatters by sqrt(2/40) = 0.22. Some fifty of them in a study reach 1.7 by chance,
    // and error bars from some hundred effective samples, themselves unsure by a tenth, widen this.
    expect(seen.squares / seen.chis).toBeGreaterThan(0.7);
    expect(seen.squares / seen.chis).toBeLessThan(1.35);
    expect(seen.mostScatter).toBeLessThan(2.5);
  });
});
