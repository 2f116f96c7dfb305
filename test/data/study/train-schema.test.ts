import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { parseStudy } from "../../../src/data/study/load-study.ts";

const trainOf = (text: string) => parseStudy(`train: ${text}\n`, "s.yaml").train!;

function problem(text: string): string {
  try {
    trainOf(text);
  } catch (error) {
    if (error instanceof EcitonError) return error.message;
    throw error;
  }
  throw new Error("the study was accepted");
}

describe("the section train", () => {
  it("needs nothing but data", () => {
    expect(trainOf("{ data: [{ files: [a.xyz] }] }")).toMatchObject({
      kind: "hdnnp",
      data: [{ files: ["a.xyz"], frames: "all", every: 1 }],
      test: { fraction: 0.1 },
      use: { forces: true, stress: false },
      atomic_energies_eV: "fit",
      descriptors: { cutoff_A: 6, kinds: ["radial", "narrow", "wide"] },
      network: { hidden: [15, 15], activation: expect.any(String) },
      keep: "best",
      members: 1,
      extrapolation: "warn",
      checkpoint_every_s: 20,
    });
  });

  it("fills in what a section that is begun leaves out", () => {
    const whole = trainOf("{}");
    const begun = trainOf("{ descriptors: {}, network: {}, selection: {}, use: {}, test: {} }");
    for (const key of ["descriptors", "network", "selection", "use", "test"] as const)
      expect(begun[key]).toEqual(whole[key]);
  });

  it("takes units with numbers", () => {
    const { descriptors, atomic_energies_eV: energies } = trainOf(
      '{ descriptors: { cutoff_A: "0.6 nm" }, atomic_energies_eV: { Cu: "-100 kJ/mol" } }',
    );
    expect(descriptors.cutoff_A).toBeCloseTo(6, 12);
    expect((energies as Record<string, number>).Cu).toBeCloseTo(-1.0364269656, 8);
  });

  it.each([
    ["{ epochs: 0 }", /train\.epochs/],
    ["{ epochs: 2.5 }", /train\.epochs/],
    ["{ members: 21 }", /train\.members/],
    ["{ test: { fraction: 1.5 } }", /train\.test\.fraction: expected a number from 0 to 1/],
    ["{ test: { fraction: 0.1, files: [a] } }", /train\.test/],
    ["{ energy_fraction: -0.1 }", /train\.energy_fraction/],
    ["{ force_weight: 0 }", /train\.force_weight/],
    ["{ network: { hidden: [] } }", /train\.network\.hidden/],
    ["{ network: { hidden: [0] } }", /train\.network\.hidden\[0\]/],
    ["{ network: { activation: relu } }", /train\.network\.activation: expected one of/],
    ["{ descriptors: { cutoff_A: -1 } }", /train\.descriptors\.cutoff_A/],
    ["{ descriptors: { kinds: [] } }", /train\.descriptors\.kinds/],
    ["{ optimiser: { method: sgd } }", /train\.optimiser/],
    ["{ optimiser: { method: adam, epsilonn: 1 } }", /unknown key "epsilonn"/],
    ["{ optimiser: { method: kalman, eta: 0 } }", /train\.optimiser\.eta/],
    ["{ memory_GiB: 65 }", /train\.memory_GiB: expected at most 64/],
    ["{ checkpoint_every_s: 0 }", /train\.checkpoint_every_s/],
    ["{ data: [{ files: [] }] }", /train\.data\[0\]\.files/],
    ["{ data: [{ files: [a], format: xyz }] }", /train\.data\[0\]\.format: expected one of/],
    [
      "{ setup_units: { length: bohr } }",
      /train\.setup_units: belongs to the n2p2 files that setup or start names/,
    ],
    ["{ descriptors: { kinds: [weighted, wide] } }", /weighted functions stand alone/],
  ])("refuses %s", (text, says) => {
    expect(problem(text)).toMatch(says);
  });
});
