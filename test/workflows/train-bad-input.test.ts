/** Wrong data and studies of a training: one message, with its place, before any work. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EcitonError, type ErrorCode } from "../../src/core/errors.ts";
import { loadStudy } from "../../src/data/study/load-study.ts";
import * as train from "../../src/workflows/train/train.ts";
import { scratch } from "../cli/eciton.ts";
import { planOfText, runPartStudy } from "./part-study.ts";
import { toyClusters, toyCrystals, toyStudy, toyText } from "./toy-training-data.ts";

const clusters = toyClusters(12);
const good = toyText(clusters);
/** Lines of a frame. */
const FRAME = 15;

/** The text with one line of the fifth frame (0: the number of atoms) changed. */
function changed(line: number, change: (text: string) => string): string {
  const lines = good.split("\n");
  lines[4 * FRAME + line] = change(lines[4 * FRAME + line]);
  return lines.join("\n");
}

function fault(keys: object, files: Readonly<Record<string, string>> = {}): EcitonError {
  try {
    planOfText(train, toyStudy(keys), { "toy.xyz": good, ...files });
  } catch (error) {
    if (error instanceof EcitonError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("data that are refused", () => {
  const cases: readonly (readonly [string, string, ErrorCode, RegExp])[] = [
    [
      "no energy",
      changed(1, (text) => text.replace(/energy=\S+ /, "free=1 ")),
      "data",
      /toy\.xyz:61: cluster-5 has no energy \(energy_key names it\); numbers that it has: free$/,
    ],
    [
      "an energy that is no number",
      changed(1, (text) => text.replace(/energy=\S+/, "energy=nan")),
      "data",
      /toy\.xyz:62: energy: expected a number/,
    ],
    [
      "an impossible energy",
      changed(1, (text) => text.replace(/energy=\S+/, "energy=1e300")),
      "data",
      /toy\.xyz:61: cluster-5: an energy of 1e\+300 eV for 13 atoms/,
    ],
    [
      "a force that is no number",
      changed(2, (text) => text.replace(/\S+$/, "NaN")),
      "data",
      /toy\.xyz:63: column 7 \(forces\)/,
    ],
    [
      "an impossible force",
      changed(3, (text) => text.replace(/\S+$/, "-1e200")),
      "data",
      /toy\.xyz:61: cluster-5: a force of -1e\+200 eV\/Å on atom 2/,
    ],
    [
      "an unknown species",
      changed(2, (text) => text.replace("Cu", "Xx")),
      "data",
      /toy\.xyz:61: Xx is no element; the key species/,
    ],
    [
      "atoms at the same place",
      changed(3, () => good.split("\n")[4 * FRAME + 2]),
      "data",
      /cluster-5 \(.*toy\.xyz:61\): atoms 1 and 2 are 0\.00 Å apart/,
    ],
    [
      "one structure",
      toyText(clusters.slice(0, 1)),
      "data",
      /1 structure with an energy: nothing can be learned/,
    ],
    [
      "a file that ends in the middle",
      good.slice(0, -200),
      "data",
      /toy\.xyz:\d+: atom \d+ of 13 of the frame at line 166/,
    ],
    [
      "the same atoms with another energy",
      toyText([...clusters, { ...clusters[0], energy: clusters[0].energy! + 1 }]),
      "data",
      /toy\.xyz:(1|181): cluster-1 has the atoms of that at .*toy\.xyz:(181|1), but another energy/,
    ],
    [
      "an element in one structure alone",
      toyText([...clusters, ...toyClusters(1, 9, 1)]),
      "data",
      /has Ag, but no training structure has|Ag: none of \d+ symmetry functions varies/,
    ],
    [
      "atoms that are too far apart for anything to be learned",
      toyText(
        [8, 9, 10].map((x) => ({
          ...clusters[0],
          species: ["Cu", "Cu"],
          positions: Float64Array.of(0, 0, 0, x, 0, 0),
          forces: undefined,
        })),
      ),
      "data",
      /Cu: none of \d+ symmetry functions varies/,
    ],
  ];
  it.each(cases)("%s", (_, text, code, says) => {
    const error = fault({}, { "toy.xyz": text });
    expect(error.message).toMatch(says);
    expect(error.code).toBe(code);
  });

  it("but not line ends of other systems or blank lines at the end", () => {
    const numbers = (text: string) =>
      planOfText(train, toyStudy(), { "toy.xyz": text }).training.map(({ structure }) => [
        structure.energy,
        ...structure.positions,
      ]);
    expect(numbers(`${good.replaceAll("\n", "\r\n")}\r\n\r\n`)).toEqual(numbers(good));
  });
});

describe("test structures", () => {
  it("of other elements are refused", () => {
    const error = fault({ test: { files: ["ag.xyz"] } }, { "ag.xyz": toyText(toyClusters(1, 9, 2)) });
    expect(error.message).toMatch(
      /ag\.xyz:1: cluster-1 is kept for the test and has Ag, but no training structure has; they have Cu/,
    );
  });
});

describe("what is told of data that can be used", () => {
  const warnings = (text: string, keys: object = {}, files = {}) =>
    planOfText(train, toyStudy(keys), { "toy.xyz": text, ...files }).warnings;
  const without = (one: (typeof clusters)[number]) => ({ ...one, forces: undefined });

  it("forces that are missing", () => {
    expect(warnings(toyText(clusters.map((one, k) => (k % 2 ? one : without(one)))))).toEqual([
      "6 of 12 structures have no forces; their energies are used",
    ]);
    expect(warnings(toyText(clusters.map(without)))).toEqual([
      expect.stringContaining("the data have no forces: the potential is fitted to energies alone"),
    ]);
    expect(warnings(toyText(clusters.map(without)), { use: { forces: false } })).toEqual([]);
  });

  it("structures that stand twice", () => {
    expect(warnings(toyText([...clusters, clusters[0]]), { test: { fraction: 0 } })).toEqual([
      "1 structure is in the data twice, and counts twice",
    ]);
  });

  it("test structures that were trained with", () => {
    const test = { test: { files: ["test.xyz"] } };
    const some = toyText([...clusters.slice(0, 2), ...toyClusters(1, 7)]);
    expect(warnings(good, test, { "test.xyz": some })).toEqual([
      "2 of 3 test structures are in the training too: test errors are too small",
    ]);
  });

  it("a share for the test that is no structure", () => {
    expect(warnings(good, { test: { fraction: 0.0001 } })[0]).toMatch(/0\.0001 of 12 structures is none/);
  });
});

describe("keys that are refused", () => {
  const cases: readonly (readonly [string, object, ErrorCode, RegExp])[] = [
    ["nothing to train with", { test: { fraction: 1 } }, "study", /train\.test\.fraction: all 12 structures/],
    [
      "a pattern without files",
      { data: [{ files: ["no*.xyz"] }] },
      "study",
      /train\.data\[0\]\.files\[0\]: no file matches/,
    ],
    ["a file that is not there", { data: [{ files: ["no.xyz"] }] }, "data", /no\.xyz/],
    [
      "test files that are not there",
      { test: { files: ["no*.xyz"] } },
      "study",
      /train\.test\.files\[0\]: no file matches/,
    ],
    [
      "stresses that are not there",
      { use: { stress: true } },
      "study",
      /train\.use\.stress: the training structures have no stresses/,
    ],
    [
      "a network of another element",
      { network: { elements: { Ag: { hidden: [3] } } } },
      "study",
      /train\.network\.elements\.Ag: no training structure has Ag; they have Cu/,
    ],
    [
      "the energy of another element",
      { atomic_energies_eV: { Ag: -1 } },
      "study",
      /train\.atomic_energies_eV\.Ag/,
    ],
    [
      "too few energies of atoms",
      { atomic_energies_eV: {} },
      "study",
      /train\.atomic_energies_eV: the energy of Cu is missing/,
    ],
    [
      "more weights than a filter can hold",
      { network: { hidden: [300, 300] } },
      "memory",
      /the covariance of 96[\s\u202f]\d{3} weights needs 34\.\d GiB; 2\.0 GiB hold some 23[\s\u202f]100 weights: take fewer nodes/,
    ],
    [
      "fractions of nothing",
      { energy_fraction: 0, force_fraction: 0 },
      "study",
      /train\.energy_fraction: nothing would be fitted/,
    ],
    [
      "a fraction of less than one",
      { force_fraction: 1e-6 },
      "study",
      /train\.force_fraction: 0\.000001 of 429 force components make no update/,
    ],
    [
      "a batch that an epoch cannot fill",
      { optimiser: { method: "kalman", force_batch: 500 } },
      "study",
      /train\.force_fraction: .* make no update of 500: raise the fraction, or lower train\.optimiser\.force_batch/,
    ],
    [
      "a setup beside a start",
      { setup: "a", start: "b" },
      "study",
      /train\.start: a potential to start from has its own setup/,
    ],
    [
      "a start that is not there",
      { start: "nowhere" },
      "study",
      /train\.start: there is no potential in .*nowhere/,
    ],
    [
      "units of no file",
      { setup_units: { length: "bohr" } },
      "study",
      /train\.setup_units: belongs to the n2p2 files/,
    ],
    [
      "weighted functions beside others",
      { descriptors: { kinds: ["weighted", "radial"] } },
      "study",
      /train\.descriptors\.kinds: weighted functions stand alone/,
    ],
    ["a key that is misspelt", { epoch: 4 }, "study", /train: unknown key "epoch"; did you mean "epochs"/],
    ["no data", { data: undefined }, "study", /train\.data: this command needs structures/],
  ];
  it.each(cases)("%s", (_, keys, code, says) => {
    const error = fault(keys);
    expect(error.message).toMatch(says);
    expect(error.code).toBe(code);
  });
});

describe("potentials that a training cannot begin with", () => {
  const n2p2 =
    "number_of_elements 1\nelements Ag\ncutoff_type 1\nglobal_hidden_layers_short 1\nglobal_nodes_short 3\n" +
    "global_activation_short t l\nsymfunction_short Ag 2 Ag 1 0 5\nepochs 2\nshort_energy_fraction 1\n" +
    "kalman_epsilon 0.01\nkalman_q0 0.01\nkalman_qtau 2\nkalman_qmin 1e-6\nkalman_eta 0.01\n";

  it("a setup of other elements", () => {
    const error = fault(
      { descriptors: undefined, network: undefined, setup: "input.nn" },
      { "input.nn": n2p2 },
    );
    expect(error.message).toMatch(/input\.nn: the data hold Cu; it knows Ag/);
  });

  it("a setup beside symmetry functions of the study", () => {
    const error = fault({ network: undefined, setup: "input.nn" }, { "input.nn": n2p2 });
    expect(error.message).toMatch(
      /train\.descriptors: .*input\.nn decides this already, which train\.setup names/,
    );
  });

  it("a committee, one member of which would do", async () => {
    const { outDir } = await runPartStudy(train, toyStudy({ members: 2, epochs: 1 }), { "toy.xyz": good });
    const start = join(outDir, "potential");
    const keys = { descriptors: undefined, network: undefined, start };
    expect(fault(keys).message).toMatch(/train\.start: .* holds a committee of 2; .*member-01/);
    expect(fault({ ...keys, start: join(start, "member-02"), normalise: "none" }).message).toMatch(
      /train\.normalise: the potential in .*member-02 decides this already/,
    );
    writeFileSync(join(start, "member-02", "scaling.data"), "1 1 0 1 0.5 0.1\n");
    expect(fault({ ...keys, start: join(start, "member-02") }).message).toMatch(/scaling\.data/);
  });
});

describe("the folder of results", () => {
  it("is not begun where something is wrong", () => {
    const folder = scratch({ "toy.xyz": good, "study.yaml": toyStudy({ start: "nowhere" }) });
    mkdirSync(join(folder, "nowhere"));
    expect(() => train.plan(loadStudy(join(folder, "study.yaml")))).toThrow(/there is no potential in/);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});

describe("structures without forces of strained crystals", () => {
  it("have stresses that are learned where forces are not", async () => {
    const text = toyText(toyCrystals(10).map((one) => ({ ...one, forces: undefined })));
    const keys = { use: { forces: false, stress: true }, epochs: 2 };
    const { rows } = await runPartStudy(train, toyStudy(keys), { "toy.xyz": text });
    const [first, , last] = rows("learning-curve.csv");
    expect(last.force_updates).toBe("0");
    expect(Number(last.train_stress_rmse_GPa)).toBeLessThan(0.3 * Number(first.train_stress_rmse_GPa));
  });
});
