import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { FileUnits } from "../../../src/data/formats/n2p2-units.ts";
import type { HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { parseInputNn } from "../../../src/nn/n2p2/input-nn.ts";
import { readN2p2Potential } from "../../../src/nn/n2p2/read-potential.ts";
import { trainingSettingsOf } from "../../../src/nn/n2p2/training-keywords.ts";
import { writeN2p2Potential } from "../../../src/nn/n2p2/write-potential.ts";
import type { TrainingSettings } from "../../../src/nn/training/training-settings.ts";
import { dataErrorOf } from "../../data/formats/errors-of.ts";
import { anyModel } from "./arbitrary-model.ts";

const scratch = mkdtempSync(join(tmpdir(), "eciton-n2p2-"));
afterAll(() => rmSync(scratch, { recursive: true }));
let number = 0;
const newFolder = () => join(scratch, String(number++));
const ATOMIC: FileUnits = { length: "bohr", energy: "hartree" };

const simple: HdnnpModel = {
  elements: [
    {
      element: "H",
      energy: 0,
      functions: [
        { type: 2, neighbour: "H", eta: 0.5, shift: 0, radius: 6, cutoff: { form: "cos", alpha: 0 } },
        {
          type: 3,
          neighbours: ["H", "H"],
          eta: 0.1,
          shift: 0,
          lambda: -1,
          zeta: 4,
          radius: 6,
          cutoff: { form: "cos", alpha: 0 },
        },
      ],
      ranges: {
        min: Float64Array.of(0, 1),
        max: Float64Array.of(1, 2),
        mean: Float64Array.of(0.5, 1.5),
        sigma: Float64Array.of(0.1, 0.2),
      },
      network: {
        nodes: [2, 2, 1],
        activations: ["tanh", "linear"],
        normaliseNodes: false,
        weights: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
      },
    },
  ],
  scaling: "scale-center",
  scalingRange: [0, 1],
  normalisation: { meanEnergy: 0, perEnergy: 1, perLength: 1 },
  notes: [],
};

describe("what is written", () => {
  it("reads back to the same bits", () => {
    const folder = newFolder();
    fc.assert(
      fc.property(anyModel, (model) => {
        writeN2p2Potential(folder, model);
        expect(readN2p2Potential(folder)).toEqual(model);
      }),
      { numRuns: 30 },
    );
  });

  it("reads back to the same bits in atomic units what came from there", () => {
    const [from, to] = [newFolder(), newFolder()];
    fc.assert(
      fc.property(anyModel, (model) => {
        writeN2p2Potential(from, model);
        const read = readN2p2Potential(from, { units: ATOMIC });
        writeN2p2Potential(to, read, { units: ATOMIC });
        expect(readN2p2Potential(to, { units: ATOMIC })).toEqual(read);
      }),
      { numRuns: 20 },
    );
  });

  it("is to one unit of the last digit the same in atomic units", () => {
    const folder = newFolder();
    writeN2p2Potential(folder, simple, { units: ATOMIC });
    const [one] = readN2p2Potential(folder, { units: ATOMIC }).elements;
    one.functions.forEach((fn, g) => {
      const before = simple.elements[0].functions[g] as typeof fn;
      expect(Math.abs(fn.radius / before.radius - 1)).toBeLessThanOrEqual(Number.EPSILON);
      if ("eta" in fn && "eta" in before)
        expect(Math.abs(fn.eta / before.eta - 1)).toBeLessThanOrEqual(2 * Number.EPSILON);
    });
    expect(one.network.weights).toEqual(simple.elements[0].network.weights);
  });

  it("has the lines of n2p2, of LAMMPS, and its own notes", () => {
    const folder = newFolder();
    writeN2p2Potential(folder, { ...simple, notes: ["by hand"] }, { units: ATOMIC });
    const text = readFileSync(join(folder, "input.nn"), "utf8");
    // 1/0.529177210903 and 1/27.211386245988; the cut-off in Å, not below the largest.
    expect(text).toMatch(
      /^# {3}pair_style hdnnp 6\.01 dir "\." .* cflength 1\.88972612\d+ cfenergy 0\.036749322\d+\n# {3}pair_coeff \* \* H$/m,
    );
    expect(text).toContain("\n# note: by hand\n");
    expect(text).toMatch(/^cutoff_type 1 0$/m);
    expect(text).toMatch(/^symfunction_short H 2 H 0\.14\S* 0 11\.33\d+$/m);
    expect(text).not.toMatch(/atom_energy|normalize_nodes/);
    // Å and eV in files of atomic units are a normalisation.
    expect(text).toMatch(/^conv_energy 27\.2113\d+\nconv_length 0\.529177\d+$/m);
    expect(readdirSync(folder).sort()).toEqual(["input.nn", "scaling.data", "weights.001.data"]);
    expect(readFileSync(join(folder, "weights.001.data"), "utf8").split("\n").slice(3, 8)).toEqual([
      "  1.0000000000000001E-01 a         1     0     1     1     1",
      "  2.0000000000000001E-01 a         2     0     1     1     2",
      "  2.9999999999999999E-01 a         3     0     2     1     1",
      "  4.0000000000000002E-01 a         4     0     2     1     2",
      "  5.0000000000000000E-01 b         5     1     1",
    ]);
    expect(readFileSync(join(folder, "scaling.data"), "utf8").split("\n").at(-2)).toBe(
      "         1          2   1.0000000000000000E+00   2.0000000000000000E+00   1.5000000000000000E+00   2.0000000000000001E-01",
    );
  });

  it("tells where n2p2 cannot follow", () => {
    const [hydrogen] = simple.elements;
    const other = {
      ...hydrogen,
      element: "O",
      network: { ...hydrogen.network, nodes: [2, 3, 1], weights: new Float64Array(13) },
    };
    const remarks = writeN2p2Potential(newFolder(), { ...simple, elements: [hydrogen, other] });
    expect(remarks.join()).toMatch(/cannot read the network of O/);
  });

  const [one] = simple.elements;
  it.each<[Partial<HdnnpModel>, RegExp]>([
    [{ elements: [] }, /it has no elements/],
    [{ elements: [{ ...one, element: "O" }, one] }, /not in the order of their atomic numbers: O H/],
    [
      { elements: [{ ...one, functions: one.functions.toReversed() }] },
      /functions of H are not in the order/,
    ],
    [
      { elements: [{ ...one, functions: one.functions.slice(1) }] },
      /network of H .* does not fit its 1 functions/,
    ],
    [{ elements: [{ ...one, energy: Number.NaN }] }, /not finite/],
    [
      { elements: [{ ...one, network: { ...one.network, weights: new Float64Array(9).fill(Number.NaN) } }] },
      /a number to be written is NaN/,
    ],
    [
      { elements: [one, { ...one, element: "O", network: { ...one.network, normaliseNodes: true } }] },
      /normalised in the networks of some elements only/,
    ],
    [
      {
        elements: [
          {
            ...one,
            functions: one.functions.map((fn, g) =>
              "cutoff" in fn && g === 1 ? { ...fn, cutoff: { form: "poly2", alpha: 0 } } : fn,
            ),
          },
        ],
      },
      /one cut-off function for all symmetry functions, found cos .* and poly2/,
    ],
    [
      { elements: [{ ...one, ranges: { ...one.ranges, min: new Float64Array(1) } }] },
      /ranges of H are not those/,
    ],
  ])("refuses case %#", (change, message) => {
    const folder = newFolder();
    expect(dataErrorOf(() => writeN2p2Potential(folder, { ...simple, ...change }))).toMatch(message);
    expect(existsSync(join(folder, "input.nn"))).toBe(false);
  });
});

describe("the training", () => {
  const kalman: TrainingSettings = {
    optimiser: {
      method: "kalman",
      type: "fading-memory",
      strategy: "global",
      epsilon: 0.001,
      q0: 0.01,
      qtau: 2.5,
      qmin: 1e-6,
      eta: 0.01,
      etatau: 2.1,
      etamax: 1,
      lambda: 0.98,
      nu: 0.9987,
      energyBatch: 2,
      forceBatch: 3,
    },
    epochs: 12,
    energyFraction: 0.9,
    forceFraction: 0.05,
    stressFraction: 0,
    forceWeight: 8,
    stressWeight: 1,
    selection: { mode: "threshold", energyThreshold: 0.8, forceThreshold: 1.1, trials: 4 },
    initialWeights: { kind: "nguyen-widrow" },
    patience: null,
    keep: "last",
  };
  const adam: TrainingSettings = {
    ...kalman,
    optimiser: {
      method: "adam",
      eta: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      energyBatch: 5,
      forceBatch: 0,
    },
    forceFraction: 0,
    forceWeight: 1,
    initialWeights: { kind: "glorot" },
    selection: { mode: "sorted", energyThreshold: 0, forceThreshold: 0, trials: 1 },
  };

  it.each([kalman, adam])("reads back from the potential, case %#", (training) => {
    const folder = newFolder();
    expect(writeN2p2Potential(folder, simple, { training })).toEqual([]);
    const input = parseInputNn(readFileSync(join(folder, "input.nn"), "utf8"), "input.nn");
    const back = trainingSettingsOf(input);
    expect(back.settings).toEqual(training);
    expect(back.remarks).toEqual([]);
    expect(readN2p2Potential(folder)).toEqual(simple);
  });

  it.each([
    [
      kalman,
      ["kalman_type", "kalman_epsilon", "kalman_q0", "kalman_qtau", "kalman_qmin", "kalman_lambda_short"],
    ],
    [adam, ["gradient_type", "gradient_adam_eta", "gradient_adam_beta1", "gradient_adam_epsilon"]],
  ] as const)("has every keyword that nnp-train does not begin without, case %#", (training, ofMethod) => {
    const folder = newFolder();
    writeN2p2Potential(folder, simple, { training });
    const { lines } = parseInputNn(readFileSync(join(folder, "input.nn"), "utf8"), "input.nn");
    // Those that n2p2's Dataset.cpp and Training.cpp look up without asking whether they are there.
    const demanded = ["random_seed", "test_fraction", "updater_type", "parallel_mode", "jacobian_mode"];
    for (const keyword of [...demanded, "update_strategy", "epochs", ...ofMethod])
      expect(lines.map((line) => line.keyword)).toContain(keyword);
  });

  it("tells what n2p2 has no keywords for", () => {
    const training: TrainingSettings = {
      ...kalman,
      optimiser: { method: "l-bfgs", evaluations: 20 },
      stressFraction: 0.1,
    };
    const remarks = writeN2p2Potential(newFolder(), simple, { training }).join();
    expect(remarks).toMatch(/stresses.*L-BFGS/);
  });
});
