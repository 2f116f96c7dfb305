import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { parseInputNn } from "../../../src/nn/n2p2/input-nn.ts";
import { readN2p2Potential } from "../../../src/nn/n2p2/read-potential.ts";
import { readN2p2Setup, setupOf } from "../../../src/nn/n2p2/setup.ts";
import { dataErrorOf } from "../../data/formats/errors-of.ts";

const scratch = mkdtempSync(join(tmpdir(), "eciton-n2p2-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Two elements, in the file's order O H: H has 2 functions and 2-2-1 = 9 weights, O has 1 and 1-2-1 = 7. */
const input = `# comment
number_of_elements 2
elements O H ! sorted by n2p2
atom_energy H -13.6
cutoff_type 2 0.25
scale_symmetry_functions
center_symmetry_functions
scale_min_short -1
scale_max_short 1.0D0
global_hidden_layers_short 1
global_nodes_short 2
global_activation_short t l
symfunction_short H 3 O H 0.01 -1 4.0 6.0 0.5
symfunction_short H 2 O 1.0 0.0 6.0
symfunction_short O 2 H 1.0E-1 0.0 6.0
epochs 3
`;
const scaling = `# e_index sf_index min max mean sigma
1 1 0.0 2.0 1.0 0.5
1 2 1.0 3.0 1.5D0 0.5
2 1 0.1 0.9 0.4 0.2
`;
const weights = (count: number) =>
  `# connections\n${Array.from({ length: count }, (_, k) => `${(k + 1) / 8} \n`).join("")}`;

interface Files {
  readonly "input.nn"?: string;
  readonly "scaling.data"?: string;
  readonly "weights.001.data"?: string;
  readonly "weights.008.data"?: string;
}
let number = 0;
/** The potential with some files changed; "" leaves one out. */
function folderWith(change: Files): string {
  const folder = join(scratch, String(number++));
  mkdirSync(folder);
  const files = {
    "input.nn": input,
    "scaling.data": scaling,
    "weights.001.data": weights(9),
    "weights.008.data": weights(7),
    ...change,
  };
  for (const [name, text] of Object.entries(files)) if (text !== "") writeFileSync(join(folder, name), text);
  return folder;
}
/** The error without the folder. */
const errorOf = (change: Files) => {
  const folder = folderWith(change);
  return dataErrorOf(() => readN2p2Potential(folder)).replaceAll(`${folder}/`, "");
};
const setup = (text: string) => setupOf(parseInputNn(text, "input.nn"));

describe("a potential of two elements", () => {
  it("is read in n2p2's order, with everything in its place", () => {
    const model = readN2p2Potential(folderWith({}));
    const [h, o] = model.elements;
    const cutoff = { form: "tanh3", alpha: 0.25 };
    expect([h.element, o.element]).toEqual(["H", "O"]);
    expect([h.energy, o.energy]).toEqual([-13.6, 0]);
    expect(h.functions).toEqual([
      { type: 2, neighbour: "O", eta: 1, shift: 0, radius: 6, cutoff },
      { type: 3, neighbours: ["H", "O"], eta: 0.01, shift: 0.5, lambda: -1, zeta: 4, radius: 6, cutoff },
    ]);
    expect([...h.ranges.mean]).toEqual([1, 1.5]);
    expect([...o.ranges.max]).toEqual([0.9]);
    expect(h.network).toEqual({
      nodes: [2, 2, 1],
      activations: ["tanh", "linear"],
      normaliseNodes: false,
      weights: Float64Array.from({ length: 9 }, (_, k) => (k + 1) / 8),
    });
    expect(model.scaling).toBe("scale-center");
    expect(model.scalingRange).toEqual([-1, 1]);
    expect(model.normalisation).toEqual({ meanEnergy: 0, perEnergy: 1, perLength: 1 });
    expect(model.notes).toEqual([]);
  });

  it("in bohr and Hartree", () => {
    const model = readN2p2Potential(folderWith({}), { units: { length: "bohr", energy: "hartree" } });
    const [first] = model.elements[0].functions;
    expect(first.radius).toBeCloseTo(3.175063265418, 12);
    // 1 bohr⁻² in Å⁻².
    expect("eta" in first && first.eta).toBeCloseTo(1 / 0.529177210903 ** 2, 12);
    expect(model.elements[0].energy).toBeCloseTo(-13.6 * 27.211386245988, 10);
    // Its networks give Hartree, from lengths in bohr.
    expect(model.normalisation.perEnergy).toBeCloseTo(1 / 27.211386245988, 14);
    expect(model.normalisation.perLength).toBeCloseTo(1 / 0.529177210903, 14);
  });

  it("a header of normalisation is converted", () => {
    const header = "mean_energy -0.5\nconv_energy 4.0\nconv_length 2.0\n";
    const { normalisation, normalised } = setupOf(parseInputNn(header + input, "a"), {
      length: "bohr",
      energy: "hartree",
    });
    expect(normalised).toBe(true);
    expect(normalisation.meanEnergy).toBeCloseTo(-0.5 * 27.211386245988, 12);
    expect(normalisation.perEnergy).toBeCloseTo(4 / 27.211386245988, 14);
    expect(normalisation.perLength).toBeCloseTo(2 / 0.529177210903, 14);
  });

  it("passes over CR LF, tabs, blank lines", () => {
    const messy = (text: string) => `\n${text.replaceAll(" ", "\t ").replaceAll("\n", "\r\n \r\n")}\r\n\r\n`;
    const folder = folderWith({
      "input.nn": messy(input),
      "scaling.data": messy(scaling),
      "weights.001.data": messy(weights(9)),
    });
    expect(readN2p2Potential(folder)).toEqual(readN2p2Potential(folderWith({})));
  });

  it("its setup needs no other file", () => {
    const path = join(folderWith({ "scaling.data": "", "weights.001.data": "" }), "input.nn");
    expect(readN2p2Setup(path).elements.map(({ element, nodes }) => [element, nodes])).toEqual([
      ["H", [2, 2, 1]],
      ["O", [1, 2, 1]],
    ]);
  });

  it.each<[Files, RegExp]>([
    [{ "input.nn": "" }, /^input\.nn: there is no such file/],
    [{ "scaling.data": "" }, /^scaling\.data: there is no such file/],
    [{ "weights.008.data": "" }, /^weights\.008\.data: there is no such file/],
    [
      { "scaling.data": scaling.replace(/2 1 .*\n/, "") },
      /^scaling\.data:3: expected 3 rows, .*H 2, O 1.*found 2/,
    ],
    [
      { "scaling.data": `${scaling}2 2 0 1 0.5 1\n` },
      /^scaling\.data:5: expected 3 rows, .* found 4: is it of another/,
    ],
    [
      { "scaling.data": scaling.replace("1 2 1.0", "2 1 1.0") },
      /^scaling\.data:3: expected function 2 of element 1 \(H\)/,
    ],
    [
      { "scaling.data": scaling.replace("0.0 2.0", "2.5 2.0") },
      /^scaling\.data:2: min 2\.5 is larger than max 2/,
    ],
    [
      { "scaling.data": scaling.replace("1.5D0", "3.5") },
      /^scaling\.data:3: mean 3\.5 lies outside of min 1 and max 3/,
    ],
    [{ "scaling.data": scaling.replace("0.4 0.2", "0.4 -0.2") }, /^scaling\.data:4: sigma -0\.2 is negative/],
    [
      { "scaling.data": scaling.replace("0.4 0.2", "nan 0.2") },
      /^scaling\.data:4: mean: expected a number, found "nan"/,
    ],
    [
      { "scaling.data": scaling.replace("2 1 0.1", "x 1 0.1") },
      /^scaling\.data:4: element: expected a whole number/,
    ],
    [
      { "scaling.data": scaling.replace(" 0.9 0.4 0.2", "") },
      /^scaling\.data:4: expected element, function, min/,
    ],
    [
      { "scaling.data": scaling.replace("0.0 2.0 1.0", "1.0 1.0 1.0") },
      /^scaling\.data:2: function 1, .*cannot be scaled: max − min is 0/,
    ],
    [
      {
        "input.nn": input
          .replace("center_symmetry_functions", "")
          .replace("functions\n", "functions_sigma\n"),
        "scaling.data": scaling.replace("0.4 0.2", "0.4"),
      },
      /^scaling\.data:4: sigma, the sixth number, is missing/,
    ],
    [
      { "weights.001.data": weights(8) },
      /^weights\.001\.data:10: expected 9 weights .* 2-2-1 nodes, found 8: is the file/,
    ],
    [{ "weights.001.data": weights(10) }, /^weights\.001\.data:12: expected 9 weights .*, found 10/],
    [
      { "weights.001.data": weights(9).replace("0.5 ", "nan ") },
      /^weights\.001\.data:5: weight: .* found "nan"/,
    ],
    [
      { "weights.001.data": weights(9).replace("0.5 ", "1e400 ") },
      /^weights\.001\.data:5: weight: .* found "1e400"/,
    ],
    [
      { "weights.001.data": weights(9).replace("0.125 ", "0.125 b") },
      /^weights\.001\.data:2: weight 1: expected "a"/,
    ],
  ])("names file and line of mistakes, case %#", (change, message) => {
    expect(errorOf(change)).toMatch(message);
  });

  it("a damaged file gives an error that names it, or a potential of finite numbers", () => {
    const whole = {
      "input.nn": input,
      "scaling.data": scaling,
      "weights.001.data": weights(9),
      "weights.008.data": weights(7),
    };
    const damage = fc.record({
      name: fc.constantFrom(...(Object.keys(whole) as (keyof typeof whole)[])),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      length: fc.integer({ min: 0, max: 12 }),
      insert: fc.constantFrom("", "-", "\n", "9", "e99", "nan", "#", " ", "H", "1e400"),
    });
    const finite = (value: unknown): boolean =>
      typeof value === "number"
        ? Number.isFinite(value)
        : typeof value !== "object" || value === null || Object.values(value).every(finite);
    let refused = 0;
    fc.assert(
      fc.property(damage, ({ name, at, length, insert }) => {
        const text = whole[name];
        const start = Math.floor(at * text.length);
        const folder = folderWith({ [name]: text.slice(0, start) + insert + text.slice(start + length) });
        try {
          expect(finite(readN2p2Potential(folder))).toBe(true);
        } catch (error) {
          if (!(error instanceof EcitonError)) throw error;
          expect(error.code).toBe("data");
          expect(error.message.startsWith(folder)).toBe(true);
          refused++;
        }
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it("passes over the last line of RuNNer's scaling.data, the range of energies", () => {
    const model = readN2p2Potential(folderWith({ "scaling.data": `${scaling}-1.5 -0.5\n` }));
    expect(model).toEqual(readN2p2Potential(folderWith({})));
  });
});

describe("input.nn", () => {
  it.each([
    [
      "number_of_elements 2",
      "number_of_elements 3",
      /^input\.nn:2: number_of_elements: 3, but line 3 lists 2: O H/,
    ],
    ["number_of_elements 2", "", /^input\.nn: keyword "number_of_elements" is missing/],
    ["elements O H", "elements O O", /^input\.nn:3: elements: O stands twice/],
    ["elements O H", "elements O Xx", /^input\.nn:3: elements: expected symbols such as Cu, found "Xx"/],
    ["atom_energy H", "atom_energy C", /^input\.nn:4: atom_energy: element "C" is not among those/],
    ["atom_energy H -13.6", "atom_energy H 1\natom_energy H 2", /^input\.nn:5: atom_energy of H again/],
    ["cutoff_type 2 0.25", "cutoff_type 9", /^input\.nn:5: cutoff_type: expected 0 to 8, found 9/],
    ["cutoff_type 2 0.25", "cutoff_type 2 1", /^input\.nn:5: cutoff_type: expected 0 <= alpha < 1, found 1/],
    ["cutoff_type 2 0.25", "", /^input\.nn:13: .*type 3 needs a cut-off function/],
    [
      "cutoff_type 2 0.25",
      "cutoff_type two",
      /^input\.nn:5: cutoff_type: type: expected a number, found "two"/,
    ],
    ["scale_min_short -1", "scale_min_short 1", /^input\.nn:9: expected scale_min_short < scale_max_short/],
    ["epochs 3", "epochs 3\nepochs 4", /^input\.nn:17: keyword "epochs" again, which stands on line 16/],
    [
      "epochs 3",
      "energy_fraction 1\nshort_energy_fraction 1",
      /^input\.nn:17: keyword "short_energy_fraction" again/,
    ],
    [
      "global_nodes_short 2",
      "global_nodes_short 2 3",
      /^input\.nn:11: global_nodes_short: expected the nodes of 1 hidden/,
    ],
    [
      "global_nodes_short 2",
      "global_nodes_short 0",
      /^input\.nn:11: global_nodes_short: nodes: expected a whole number/,
    ],
    [
      "global_activation_short t l",
      "global_activation_short t",
      /^input\.nn:12: .*expected 2 letters .* found 1/,
    ],
    [
      "global_activation_short t l",
      "global_activation_short q l",
      /^input\.nn:12: .*letters of l t s .*, found "q"/,
    ],
    [
      "H 2 O 1.0 0.0 6.0",
      "H 2 C 1.0 0.0 6.0",
      /^input\.nn:14: .*element "C" is not among those of the potential: H, O/,
    ],
    ["H 2 O 1.0 0.0 6.0", "C 2 O 1.0 0.0 6.0", /^input\.nn:14: .*element "C" is not among/],
    [
      "H 2 O 1.0 0.0 6.0",
      "H 4 O 1.0 0.0 6.0",
      /^input\.nn:14: .*type 4 is not known; expected one of 2, 3, 9, 12/,
    ],
    [
      "H 2 O 1.0 0.0 6.0",
      "H 2 O 1.0 0.0",
      /^input\.nn:14: expected "symfunction_short <element> 2 <element> <eta>/,
    ],
    ["H 2 O 1.0 0.0 6.0", "H 2 O 1.0 0.0 6.0 7", /^input\.nn:14: expected .*found 7 words/],
    [
      "H 2 O 1.0 0.0 6.0",
      "H 2 O -1.0 0.0 6.0",
      /^input\.nn:14: .*eta: expected a number that is not negative/,
    ],
    ["H 2 O 1.0 0.0 6.0", "H 2 O 1.0 0.0 0", /^input\.nn:14: .*rcutoff: expected a positive number/],
    ["H 2 O 1.0 0.0 6.0", "H 20 O 5 4 p2", /^input\.nn:14: .*expected rleft < rcutoff, found 5 and 4/],
    ["H 2 O 1.0 0.0 6.0", "H 20 O 1 4 p5", /^input\.nn:14: .*form: expected one of p1, p1a/],
    ["H 2 O 1.0 0.0 6.0", "H 22 O O 1 4 20 10 p2", /^input\.nn:14: .*expected angleleft < angleright/],
    ["H 2 O 1.0 0.0 6.0", "H 22 O O 1 4 -10 20 p2", /^input\.nn:14: .*centred at 0 or 180/],
    ["0.01 -1 4.0", "0.01 -2 4.0", /^input\.nn:13: .*lambda: expected 1 or -1, found -2/],
    ["symfunction_short O 2 H", "symfunction_short H 2 H", /^input\.nn: no symfunction_short for element O/],
    ["epochs 3", "symfunction_short H 2 O 1 0 6", /^input\.nn:16: the function of H on line 14 again/],
    [
      "epochs 3",
      "symfunction_short H 3 H O 0.01 -1 4 6 0.5",
      /^input\.nn:16: the function of H on line 13 again/,
    ],
    [
      "epochs 3",
      "mean_energy 1",
      /^input\.nn:16: the normalisation needs all of mean_energy, conv_energy, conv_length/,
    ],
    [
      "epochs 3",
      "mean_energy 1\nconv_energy 0\nconv_length 1",
      /^input\.nn:17: conv_energy: expected a positive/,
    ],
    ["epochs 3", "nnp_type 4G-HDNNP", /^input\.nn:16: nnp_type 4G-HDNNP is not supported: expected 2G-HDNNP/],
    ["epochs 3", "nn_type 4", /^input\.nn:16: nnp_type 4 is not supported/],
    ["epochs 3", "use_electrostatics", /^input\.nn:16: keyword "use_electrostatics" changes the energy/],
    ["epochs 3", "fixed_gausswidth H 1", /^input\.nn:16: keyword "fixed_gausswidth" changes the energy/],
    ["epochs 3", "global_nodes_charge 3", /^input\.nn:16: keyword "global_nodes_charge" changes the energy/],
    [
      "epochs 3",
      "global_symfunction_short 2 1 0 6",
      /^input\.nn:16: keyword "global_symfunction_short" changes/,
    ],
    ["epochs 3", "committee_mode prediction", /^input\.nn:16: committee_mode prediction is not supported/],
    ["epochs 3", "use_vdw", /^input\.nn:16: keyword "use_vdw" changes/],
    ["epochs 3", "element_nodes_short C 3", /^input\.nn:16: element_nodes_short: element "C" is not among/],
    ["epochs 3", "element_nodes_short H 2 3", /^input\.nn:16: element_nodes_short: hidden layer 2 of 1 of H/],
    [
      "epochs 3",
      "element_activation_short H t",
      /^input\.nn:16: element_activation_short: expected 2 letters/,
    ],
  ])("%j → %j is refused", (from, to, message) => {
    expect(input).toContain(from);
    expect(dataErrorOf(() => setup(input.replace(from, to)))).toMatch(message);
  });

  it("refuses what is too large for the units", () => {
    const huge = parseInputNn(input.replace("1.0E-1", "1.0E308"), "input.nn");
    expect(setupOf(huge).elements[1].functions[0]).toMatchObject({ eta: 1e308 });
    expect(dataErrorOf(() => setupOf(huge, { length: "bohr" }))).toMatch(/^input\.nn: a number is too large/);
  });

  it("passes over keywords of trainings silently, over unknown ones with a remark", () => {
    const { remarks } = setup(`${input}kalman_q0 1\nwrite_neuronstats\ncentre_symmetry_functions\n`);
    expect(remarks).toEqual([
      'input.nn line 19: unknown keyword "centre_symmetry_functions" was passed over',
    ]);
  });

  it.each([
    ["", "none"],
    ["scale_symmetry_functions", "scale"],
    ["center_symmetry_functions", "center"],
    ["scale_symmetry_functions\ncenter_symmetry_functions", "scale-center"],
    ["scale_symmetry_functions_sigma", "sigma"],
    // As n2p2 decides, which a person may not expect.
    ["scale_symmetry_functions_sigma\ncenter_symmetry_functions", "center"],
    ["scale_symmetry_functions_sigma\nscale_symmetry_functions", "scale"],
  ])("%j scales %s", (keywords, scaling) => {
    const text = input.replace("scale_symmetry_functions\ncenter_symmetry_functions", keywords);
    const found = setup(text);
    expect(found.scaling).toBe(scaling);
    expect(found.remarks.length).toBe(keywords.includes("sigma\n") ? 1 : 0);
  });

  it("reads every type of function", () => {
    const lines = [
      "H 9 O O 0.1 1 2 5",
      "H 12 0.3 0.5 5",
      "H 13 0.3 0.5 -1 2 5",
      "H 20 H -4 4 p1a",
      "H 21 H O 0 4 -30 30 p2",
      "H 22 H H 1 4 10 80 e",
      "H 23 0.5 4 p3",
      "H 24 0.5 4 100 260 p4a",
      "H 25 0.5 4 100 170 p4",
    ].map((line) => `symfunction_short ${line}\n`);
    const [h] = setup(input + lines.join("")).elements;
    const cutoff = { form: "tanh3", alpha: 0.25 };
    const between = { left: 0.5, radius: 4 };
    expect(h.functions.slice(2)).toEqual([
      { type: 9, neighbours: ["O", "O"], eta: 0.1, lambda: 1, zeta: 2, radius: 5, shift: 0, cutoff },
      { type: 12, eta: 0.3, shift: 0.5, radius: 5, cutoff },
      { type: 13, eta: 0.3, shift: 0.5, lambda: -1, zeta: 2, radius: 5, cutoff },
      { type: 20, neighbour: "H", left: -4, radius: 4, form: "p1a" },
      { type: 21, neighbours: ["H", "O"], left: 0, radius: 4, angleLeft: -30, angleRight: 30, form: "p2" },
      { type: 22, neighbours: ["H", "H"], left: 1, radius: 4, angleLeft: 10, angleRight: 80, form: "e" },
      { type: 23, ...between, form: "p3" },
      { type: 24, ...between, angleLeft: 100, angleRight: 260, form: "p4a" },
      { type: 25, ...between, angleLeft: 100, angleRight: 170, form: "p4" },
    ]);
  });
});

describe("networks of single elements", () => {
  const nodes = (text: string) => setup(text).elements.map((one) => one.nodes.join("-"));
  const two = input
    .replace("global_hidden_layers_short 1", "global_hidden_layers_short 2")
    .replace("global_nodes_short 2", "global_nodes_short 20 15")
    .replace("global_activation_short t l", "global_activation_short t p l");

  it("all nodes on one line, as in n2p2 from 2.2 on", () => {
    expect(nodes(`${two}element_nodes_short O 30 25\n`)).toEqual(["2-20-15-1", "1-30-25-1"]);
    expect(nodes(`${input}element_nodes_short O 30\n`)).toEqual(["2-2-1", "1-30-1"]);
  });

  it("layer and nodes, as in n2p2 before and in RuNNer", () => {
    expect(nodes(`${two}element_nodes_short O 1 30\nelement_nodes_short O 2 25\n`)).toEqual([
      "2-20-15-1",
      "1-30-25-1",
    ]);
    expect(nodes(`${input}element_nodes_short O 1 30\n`)).toEqual(["2-2-1", "1-30-1"]);
  });

  it("layers and activations", () => {
    const own = "element_hidden_layers_short O 1\nelement_nodes_short O 7\nelement_activation_short O s t\n";
    const [h, o] = setup(two + own).elements;
    expect(h.activations).toEqual(["tanh", "softplus", "linear"]);
    expect(o.nodes).toEqual([1, 7, 1]);
    expect(o.activations).toEqual(["logistic", "tanh"]);
  });

  it("no hidden layer at all", () => {
    const text = input
      .replace("global_hidden_layers_short 1", "global_hidden_layers_short 0")
      .replace("global_nodes_short 2\n", "")
      .replace("global_activation_short t l", "global_activation_short l");
    expect(nodes(text)).toEqual(["2-1", "1-1"]);
  });
});
