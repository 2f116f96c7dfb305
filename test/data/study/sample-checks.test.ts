import { describe, expect, it } from "vitest";
import { sampleProblems } from "../../../src/data/study/sample-checks.ts";

type Section = Parameters<typeof sampleProblems>[0];

const right: Section = {
  ensemble: "canonical",
  method: "metropolis",
  supercells: [
    [4, 4, 1],
    [8, 8, 1],
  ],
  temperatures_K: [300, 500],
  compositions: [{}],
  steps: 1000,
};

const paths = (changes: Partial<Section>) =>
  sampleProblems({ ...right, ...changes }).map(({ path }) => path.join("."));

describe("keys of a study's section sample", () => {
  it("are taken where they go together", () => {
    expect(paths({})).toEqual([]);
    expect(paths({ method: "tempering", tempering: { exchange_every_steps: 1000 } })).toEqual([]);
    expect(paths({ method: "anneal", temperatures_K: [], anneal: { from_K: 300, to_K: 300 } })).toEqual([]);
  });

  it.each<[string, Partial<Section>, string]>([
    ["a temperature twice", { temperatures_K: [300, 500, 300] }, "temperatures_K.2"],
    [
      "a cell twice, written in two ways",
      {
        supercells: [
          [4, 4, 1],
          [4, 0, 0, 0, 4, 0, 0, 0, 1],
        ],
      },
      "supercells.1",
    ],
    ["no temperature", { temperatures_K: [] }, "temperatures_K"],
    [
      "a density of states under a constraint",
      {
        ensemble: "variance-constrained",
        compositions: undefined,
        variance_constraint: {},
        method: "wang-landau",
      },
      "ensemble",
    ],
    [
      "exchanges that would never come",
      { method: "tempering", tempering: { exchange_every_steps: 1001 } },
      "tempering.exchange_every_steps",
    ],
    [
      "a histogram as flat as none is",
      { method: "wang-landau", wang_landau: { flatness: 1 } },
      "wang_landau.flatness",
    ],
    ["cooling upwards", { method: "anneal", anneal: { from_K: 10, to_K: 100 } }, "anneal.to_K"],
    ["a method's keys under another one", { anneal: { from_K: 100, to_K: 10 } }, "anneal"],
    ["observables that nothing would measure", { method: "anneal", observe: {} }, "observe"],
    ["a trajectory that nothing would write", { method: "wang-landau", trajectory: 10 }, "trajectory"],
    ["an early end of a ladder", { method: "tempering", until: { confidence: 0.9 } }, "until"],
    ["a cluster of no distance", { observe: { clusters: [{}] } }, "observe.clusters.0"],
    ["both chemical potentials", { ensemble: "reservoir", reservoir: {} }, "reservoir"],
    ["a condition of another ensemble", { chemical_potentials: [{}] }, "chemical_potentials"],
  ])("are refused for %s", (_, changes, path) => {
    expect(paths(changes)).toEqual([path]);
  });
});
