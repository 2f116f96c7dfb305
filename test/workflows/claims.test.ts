import { describe, expect, it } from "vitest";
import { parseStudy } from "../../src/data/study/load-study.ts";
import { checkClaims, claimSummary } from "../../src/workflows/claims.ts";
import { observerPlan } from "../../src/workflows/observers.ts";
import type { SampledState } from "../../src/workflows/sample-states.ts";
import { ceriaLattice } from "../mc/ceria.ts";

const study = (statements: string, more = "") =>
  parseStudy(
    `
name: claims
sample:
  supercells: [[2, 2, 1]]
  temperatures_K: [300, 900]
  compositions:
    - { label: few, per_cell: { V: 1/4 } }
    - { label: many, per_cell: { V: 1/2 } }
  steps: 100
report:
  claims:
    source: a paper
    statements:
${statements}
${more}`,
    "claims.yaml",
  );

function state(conditionLabel: string, temperature_K: number, shares: Record<string, [number, number]>) {
  return {
    supercell: [2, 2, 1],
    supercellText: "2 × 2 × 1",
    conditionLabel,
    conditionIndex: 0,
    composition: {},
    fractions: [],
    temperature_K,
    replicas: 1,
    numCells: 4,
    energy_eV: { value: 2, error: 0.02 },
    heatCapacity_kB: null,
    layers: Object.entries(shares).map(([layer, [value, error]]) => ({
      species: "V",
      layer,
      share: { value, error },
      occupancy: { value: value / 2, error: error / 2 },
    })),
    observations: [{ name: "motif pair", unit: "", value: 3, error: 0.5 }],
    maps: [],
    effectiveSamples: 100,
    acceptance: 0.5,
    equilibrated: true,
  } satisfies SampledState;
}

const states = [
  state("few", 300, { O1: [0.02, 0.01], O2: [0.95, 0.01] }),
  state("few", 900, { O1: [0.3, 0.01], O2: [0.7, 0.01] }),
  state("many", 900, { O1: [0.49, 0.01], O2: [0.51, 0.01] }),
];

const judged = (statement: string) => claimSummary(study(`      - ${statement}`), states)!.claims[0];

describe("claims", () => {
  it("hold, fail or stay open by two standard errors", () => {
    const above = (limit: number) =>
      judged(
        `{ text: t, quantity: share, species: V, layer: O2, above: ${limit}, where: { conditions: [few], to_K: 300 } }`,
      ).outcome;
    expect(above(0.92)).toBe("holds");
    expect(above(0.94)).toBe("open");
    expect(above(0.96)).toBe("open");
    expect(above(0.98)).toBe("fails");
  });

  it("take the states that are meant", () => {
    const claim = judged(
      "{ text: t, quantity: occupancy, species: V, layer: O1, below: 0.2, where: { from_K: 300 } }",
    );
    expect(claim.measured.map(({ state: name, outcome }) => [name, outcome])).toEqual([
      ["few, 300 K, 2 × 2 × 1", "holds"],
      ["few, 900 K, 2 × 2 × 1", "holds"],
      ["many, 900 K, 2 × 2 × 1", "fails"],
    ]);
    expect(claim.outcome).toBe("fails");
    const none = judged("{ text: t, quantity: energy_eV_per_cell, above: 0, where: { from_K: 5000 } }");
    expect(none.outcome).toBe("open");
    expect(none.measured).toEqual([]);
    expect(none.note).toBe("No state of this study is meant.");
  });

  it("stay open where a state has not settled, whatever its numbers", () => {
    const unsettled = [{ ...states[0], equilibrated: false }, ...states.slice(1)];
    const statement = "{ text: t, quantity: share, species: V, layer: O2, above: 0.4 }";
    const claim = claimSummary(study(`      - ${statement}`), unsettled)!.claims[0];
    expect(claim.measured.map(({ state: name, outcome }) => [name, outcome])).toEqual([
      ["few, 300 K, 2 × 2 × 1 (not settled)", "open"],
      ["few, 900 K, 2 × 2 × 1", "holds"],
      ["many, 900 K, 2 × 2 × 1", "holds"],
    ]);
    expect(claim.outcome).toBe("open");
  });

  it("compare layers with errors that add up", () => {
    const claim = judged("{ text: t, quantity: share, species: V, layer: O2, above_layer: O1 }");
    // 0.51 - 0.49 is less than twice the sum of the errors, 0.04.
    expect(claim.measured.map(({ outcome }) => outcome)).toEqual(["holds", "holds", "open"]);
    expect(claim.outcome).toBe("open");
    expect(claim.relation).toBe("share of V in O2 > share in O1");
  });

  it("look at energies per cell and observations", () => {
    expect(judged("{ text: t, quantity: energy_eV_per_cell, between: [0.4, 0.6] }").outcome).toBe("holds");
    expect(judged("{ text: t, quantity: observation, observation: motif pair, below: 5 }").outcome).toBe(
      "holds",
    );
    expect(() => judged("{ text: t, quantity: observation, observation: motif ring, below: 5 }")).toThrow(
      /report\.claims\.statements\[0\]\.observation: nothing was observed under the name "motif ring"; there are motif pair/,
    );
    expect(() => judged("{ text: t, quantity: share, species: V, layer: O9, below: 1 }")).toThrow(
      /V in O1, V in O2/,
    );
  });

  it("stay open, with the other states judged, where a state has no such number", () => {
    const bare: SampledState = {
      ...state("few", 500, {}),
      layers: [
        { species: "V", layer: "O2", share: null, occupancy: { value: 0, error: 0 } },
        { species: "V", layer: "O1", share: null, occupancy: { value: 0, error: 0 } },
      ],
      observations: [],
    };
    const judge = (statement: string) =>
      claimSummary(study(`      - ${statement}`), [...states.slice(0, 1), bare])!.claims[0];
    for (const statement of [
      "{ text: t, quantity: share, species: V, layer: O2, above: 0.5 }",
      "{ text: t, quantity: share, species: V, layer: O2, above_layer: O1 }",
      "{ text: t, quantity: observation, observation: motif pair, below: 5 }",
    ]) {
      const claim = judge(statement);
      expect(claim.measured.map(({ outcome }) => outcome)).toEqual(["holds"]);
      expect(claim.outcome).toBe("open");
      expect(claim.note).toBe("Not measured: few, 500 K, 2 × 2 × 1.");
    }
    expect(judge("{ text: t, quantity: occupancy, species: V, layer: O2, above: -1 }").outcome).toBe("holds");
  });

  it("are refused where they make no sense, before anything runs", async () => {
    expect(() => study("      - { text: t, quantity: share, species: V, layer: O1 }")).toThrow(
      /give one of above/,
    );
    expect(() => study("      - { text: t, quantity: share, above: 1 }")).toThrow(
      /share needs species and layer/,
    );
    expect(() => study("      - { text: t, quantity: energy_eV_per_cell, between: [2, 1] }")).toThrow(
      /smaller number/,
    );
    const unknown = study(
      "      - { text: t, quantity: energy_eV_per_cell, above: 0, where: { conditions: [none] } }",
    );
    const check = (wrong: ReturnType<typeof study>) =>
      checkClaims(wrong, ceriaLattice(), observerPlan(wrong, []));
    await expect(check(unknown)).rejects.toThrow(/no condition is called "none"; there are few, many/);
    await expect(
      check(study("      - { text: t, quantity: share, species: V, layer: O2, above_layer: O4 }")),
    ).rejects.toThrow(/report\.claims\.statements\[0\]: there is no share of V in O4; there are .*V in O3/);
    await expect(
      check(study("      - { text: t, quantity: occupancy, species: V, layer: Ce1, above: 0 }")),
    ).rejects.toThrow(/no occupancy of V in Ce1/);
    const observed = (name: string) =>
      parseStudy(
        `
name: claims
sample:
  supercells: [[2, 2, 1]]
  temperatures_K: [300]
  compositions: [{ per_cell: { V: 1/4, Ce3+: 1/2 } }]
  steps: 100
  observe: { motifs: { far: [VO2VO3_5N] } }
report:
  claims:
    source: a paper
    statements: [{ text: t, quantity: observation, observation: ${name}, above: 0 }]`,
        "claims.yaml",
      );
    await expect(check(observed("motif fra"))).rejects.toThrow(
      /statements\[0\]\.observation: nothing was observed under the name "motif fra"; there are motif far/,
    );
    await expect(check(observed("motif far"))).resolves.toBeUndefined();
  });
});
