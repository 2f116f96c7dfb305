/** Pooling and comparison on numbers whose answers are known. */
import { describe, expect, it } from "vitest";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Labels } from "../../src/workflows/analyze-labels.ts";
import {
  compareCells,
  conditionKey,
  poolStates,
  quantitiesOf,
  type RunEntry,
} from "../../src/workflows/analyze-pool.ts";
import type { AnalysedRun, RunState } from "../../src/workflows/analyze-runs.ts";

const lattice = createParentLattice({
  cell: [3, 0, 0, 0, 3, 0, 0, 0, 3],
  coordinates: "fractional",
  sites: [{ name: "a", position: [0, 0, 0], species: ["B", "A"], layer: "one" }],
});

function runOf(folder: string, seed: number, modelHash = "m"): AnalysedRun {
  return {
    folder,
    study: "s",
    seed,
    modelHash,
    lattice,
    vacancies: [],
    states: [],
    chains: [],
    trajectories: new Map(),
  };
}

interface Given {
  readonly label?: string;
  readonly temperature?: number;
  readonly cells?: number;
  readonly energy?: number;
  readonly error?: number;
  readonly steps?: number;
  readonly settled?: boolean;
  readonly share?: number;
  readonly per_cell?: number;
  readonly ensemble?: { readonly kind: string; readonly [key: string]: unknown };
}

/** A state of n × n × 1 cells with its energy per cell. */
function stateOf(given: Given = {}): RunState {
  const { cells = 4, energy = -1, error = 0.01, steps = 1000, settled = true, share = 0.5 } = given;
  const { per_cell = 0.25, ensemble = { kind: "canonical" }, label = "c", temperature = 300 } = given;
  const n = cells ** 2;
  const value = (v: number, e: number) => ({ value: v, error: e });
  return {
    supercell: [cells, cells, 1],
    supercellText: `${cells} × ${cells} × 1`,
    conditionLabel: label,
    conditionIndex: 0,
    composition: { A: per_cell * n },
    fractions: [],
    temperature_K: temperature,
    replicas: 1,
    numCells: n,
    energy_eV: value(energy * n, error * n),
    heatCapacity_kB: null,
    layers: [
      { species: "B", layer: "one", share: value(1, 0), occupancy: value(0.5, 0) },
      { species: "A", layer: "one", share: value(share, 0.02), occupancy: value(0.5, 0.01) },
    ],
    observations: [],
    effectiveSamples: 100,
    acceptance: 0.5,
    equilibrated: settled,
    chains: [
      {
        index: 0,
        supercell: [cells, cells, 1],
        conditionIndex: 0,
        temperature_K: temperature,
        replica: 0,
        ensemble,
        steps: steps + 100,
        energy_eV: value(energy * n, error * n),
        heatCapacity_kB: null,
        equilibration: {
          start_step: 100,
          effective_samples: 100,
          autocorrelation_steps: 5,
          equilibrated: settled,
          reason: null,
        },
        acceptance: [],
        lowest: { energy_eV: -2 * n },
      },
    ],
  };
}

const entry = (run: AnalysedRun, given?: Given): RunEntry => {
  const state = stateOf(given);
  return { run, state, quantities: quantitiesOf(state) };
};
const energyOf = (entries: readonly RunEntry[]) => {
  const { states } = poolStates(entries);
  expect(states.length).toBe(1);
  return states[0].quantities.find(({ kind }) => kind === "energy")!;
};

describe("poolStates", () => {
  it("weighs with the steps after equilibrium", () => {
    const pooled = energyOf([
      entry(runOf("a", 1), { energy: -1, steps: 3000, error: 1 }),
      entry(runOf("b", 2), { energy: -2, steps: 1000, error: 1 }),
    ]);
    expect(pooled.value).toBeCloseTo(-1.25, 12);
    expect(pooled.unit).toBe("eV per cell");
  });

  it("leaves out what did not settle, where something did", () => {
    const good = entry(runOf("a", 1), { energy: -1 });
    const bad = entry(runOf("b", 2), { energy: -5, settled: false });
    expect(energyOf([good, bad]).value).toBe(-1);
    expect(energyOf([bad]).value).toBe(-5);
    expect(poolStates([bad]).states[0].equilibrated).toBe(false);
  });

  it("takes the same seed with other numbers for other chains, and equal numbers with it for copies", () => {
    const first = entry(runOf("a", 1), { energy: -1 });
    expect(poolStates([first, entry(runOf("b", 1), { energy: -1 })]).warnings).toEqual([
      "b holds the same chains as a (1 state); they count once in pooled numbers",
    ]);
    expect(poolStates([first, entry(runOf("b", 1), { energy: -1.1 })]).states[0].entries.length).toBe(2);
    expect(poolStates([first, entry(runOf("b", 2), { energy: -1 })]).states[0].entries.length).toBe(2);
  });

  it("keeps models, cells and conditions apart", () => {
    const { states } = poolStates([
      entry(runOf("a", 1)),
      entry(runOf("b", 2, "other")),
      entry(runOf("c", 3), { cells: 5 }),
      entry(runOf("d", 4), { per_cell: 0.5 }),
      entry(runOf("e", 5), { ensemble: { kind: "reservoir", deltaMu: -2 } }),
      entry(runOf("f", 6), { ensemble: { kind: "reservoir", deltaMu: -2.1 } }),
    ]);
    expect(states.length).toBe(6);
  });

  it("takes three integers and their diagonal matrix for one cell", () => {
    const diagonal = entry(runOf("b", 2));
    const matrix = { ...diagonal.state, supercell: [4, 0, 0, 0, 4, 0, 0, 0, 1] };
    expect(poolStates([entry(runOf("a", 1)), { ...diagonal, state: matrix }]).states.length).toBe(1);
  });

  it("pools only what every run measured", () => {
    const observation = { kind: "observation" as const, name: "x", unit: "", value: 1, error: 0.1 };
    const first = entry(runOf("a", 1));
    const both = { ...first, quantities: [...first.quantities, observation] };
    const names = (entries: RunEntry[]) => poolStates(entries).states[0].quantities.map(({ name }) => name);
    expect(names([both])).toContain("x");
    expect(names([both, entry(runOf("b", 2))])).not.toContain("x");
  });
});

describe("conditionKey", () => {
  it("is that of the concentration: the same in cells of any size", () => {
    expect(conditionKey(stateOf({ cells: 4, per_cell: 1 / 16 }))).toBe(
      conditionKey(stateOf({ cells: 8, per_cell: 1 / 16 })),
    );
    expect(conditionKey(stateOf({ per_cell: 1 / 16 }))).not.toBe(conditionKey(stateOf({ per_cell: 1 / 8 })));
  });
});

describe("compareCells", () => {
  const compare = (...given: Given[]) =>
    compareCells(poolStates(given.map((g, i) => entry(runOf(`r${i}`, i), g))).states);

  it("gives the difference, larger minus smaller, with its error and in standard errors", () => {
    const differences = compare(
      { cells: 8, energy: -1.2, error: 0.03 },
      { cells: 4, energy: -1, error: 0.04 },
    );
    const energy = differences.find(({ quantity }) => quantity.kind === "energy")!;
    expect(energy.smaller.state.supercellText).toBe("4 × 4 × 1");
    expect(energy.difference.value).toBeCloseTo(-0.2, 12);
    expect(energy.difference.error).toBeCloseTo(0.05, 12);
    expect(energy.sigmas).toBeCloseTo(4, 9);
    expect(energy.flagged).toBe(true);
    // The share of the background follows from the others.
    expect(differences.map(({ quantity }) => quantity.name)).toEqual(["energy", "share of A in one"]);
  });

  it("flags what is above three standard errors, and no less", () => {
    const flagged = (share: number) =>
      compare({ cells: 4, share: 0.5 }, { cells: 8, share }).find(
        ({ quantity }) => quantity.kind === "share",
      )!.flagged;
    const error = 0.02 * Math.SQRT2;
    expect(flagged(0.5 + 2.99 * error)).toBe(false);
    expect(flagged(0.5 - 3.01 * error)).toBe(true);
  });

  it("needs no error bar to see that numbers without one differ", () => {
    const energy = (second: number) =>
      compare({ cells: 4, error: 0, energy: -1 }, { cells: 8, error: 0, energy: second })[0];
    expect(energy(-1)).toMatchObject({ sigmas: null, flagged: false });
    expect(energy(-1.1)).toMatchObject({ sigmas: null, flagged: true });
  });

  it("compares each of several cells with the next larger one, and states in one cell with nothing", () => {
    const pairs = compare({ cells: 12 }, { cells: 4 }, { cells: 8 })
      .filter(({ quantity }) => quantity.kind === "energy")
      .map(({ smaller, larger }) => [smaller.state.numCells, larger.state.numCells]);
    expect(pairs).toEqual([
      [16, 64],
      [64, 144],
    ]);
    expect(compare({ cells: 4 }, { cells: 8, per_cell: 0.5 })).toEqual([]);
  });
});

describe("Labels", () => {
  const labels = (...given: (Given & { readonly model?: string })[]) => {
    const { states } = poolStates(given.map((g, i) => entry(runOf(`r${i}`, i, g.model), g)));
    const all = new Labels(states);
    return states.map((state) => all.of(state));
  };

  it("are the study's own, with a Θ before bare numbers", () => {
    expect(labels({ label: "1/16" }, { label: "half", per_cell: 0.5 })).toEqual(["Θ = 1/16", "half"]);
  });

  it("say the composition where two studies mean different ones by one name", () => {
    expect(labels({ label: "half", per_cell: 0.5 }, { label: "half", per_cell: 0.25 })).toEqual([
      "half (A 0.5)",
      "half (A 0.25)",
    ]);
  });

  it("stay as they are where one pressure is another potential at each temperature", () => {
    const at = (temperature: number): Given => ({
      label: "p(O2) = 1 bar",
      temperature,
      ensemble: { kind: "reservoir", deltaMu: -temperature / 1000 },
    });
    expect(labels(at(300), at(500))).toEqual(["p(O2) = 1 bar", "p(O2) = 1 bar"]);
  });

  it("name the model where there are several", () => {
    expect(labels({ model: "0123456789ab" }, { model: "ba9876543210" })).toEqual([
      "c, model 01234567",
      "c, model ba987654",
    ]);
  });
});
