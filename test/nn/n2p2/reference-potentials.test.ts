/** Every published potential, against what is known of it from n2p2's own log. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { FileUnits } from "../../../src/data/formats/n2p2-units.ts";
import { readN2p2Potential } from "../../../src/nn/n2p2/read-potential.ts";
import { readN2p2Setup } from "../../../src/nn/n2p2/setup.ts";
import { trainingSettingsOf } from "../../../src/nn/n2p2/training-keywords.ts";
import { writeN2p2Potential } from "../../../src/nn/n2p2/write-potential.ts";

const data = "../shared/data/nn";
const skip = !existsSync(data);
if (skip) console.warn(`skipped: tests of published potentials, since ${data} is not here`);

const scratch = mkdtempSync(join(tmpdir(), "eciton-n2p2-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const ATOMIC: FileUnits = { length: "bohr", energy: "hartree" };
const clusters = ["3_6.0_g3", "3_6.0_g9", "3_6.0_g39", "3_8.0_g3", "3_8.0_g39", "5_6.0_g3"].concat([
  "5_6.0_g39",
  "5_8.0_g3",
  "5_8.0_g9",
  "5_8.0_g39",
]);

/** Folder, units, "element layers" and scaling; layers from n2p2's logs, those of the clusters from their generation. */
const potentials: [string, Partial<FileUnits>, string[], string][] = [
  ["n2p2/potentials/Cu2S_PBE", {}, ["S 72-25-25-1", "Cu 66-25-25-1"], "sigma"],
  ["n2p2/potentials/H2O_RPBE-D3", ATOMIC, ["H 27-25-25-1", "O 30-25-25-1"], "scale-center"],
  ["reference/n2p2_predict/Cu2S_PBE", {}, ["S 72-25-25-1", "Cu 66-25-25-1"], "sigma"],
  ["reference/n2p2_predict/H2O_RPBE-D3", ATOMIC, ["H 27-25-25-1", "O 30-25-25-1"], "scale-center"],
  ["reference/mlearn_potentials/Mo", ATOMIC, ["Mo 39-16-16-1"], "scale"],
  ["reference/mlearn_potentials/Si", ATOMIC, ["Si 27-24-24-1"], "scale"],
  ...clusters.map((name): [string, Partial<FileUnits>, string[], string] => [
    `reference/cu_clusters/cu_${name}`,
    {},
    [`Cu ${name.endsWith("39") ? 44 : 26}-20-20-1`],
    "scale-center",
  ]),
];

describe.skipIf(skip)("published potentials", () => {
  it.each(potentials)("%s", (folder, units, networks, scaling) => {
    const model = readN2p2Potential(join(data, folder), { units });
    expect(model.elements.map((one) => `${one.element} ${one.network.nodes.join("-")}`)).toEqual(networks);
    expect(model.scaling).toBe(scaling);
    expect(model.notes).toEqual([]);
    for (const { functions, network, ranges } of model.elements) {
      expect(functions.length).toBe(network.nodes[0]);
      expect(network.weights.every((w) => Number.isFinite(w) && w !== 0)).toBe(true);
      expect(ranges.max.every((max, g) => max > ranges.min[g])).toBe(true);
    }
    // What is written is the same potential, to the last bit.
    const folderOut = join(scratch, folder.replaceAll("/", "-"));
    expect(writeN2p2Potential(folderOut, model, { units })).toEqual([]);
    expect(readN2p2Potential(folderOut, { units })).toEqual(model);
  });

  it.each(potentials)("%s, written in the other units, differs in last digits only", (folder, units) => {
    const model = readN2p2Potential(join(data, folder), { units });
    const other: Partial<FileUnits> = units === ATOMIC ? {} : ATOMIC;
    const folderOut = join(scratch, `${folder.replaceAll("/", "-")}-other`);
    writeN2p2Potential(folderOut, model, { units: other });
    const back = readN2p2Potential(folderOut, { units: other });
    const far = (a: number, b: number) => Math.abs(a - b) > 2 * Number.EPSILON * Math.abs(a);
    back.elements.forEach(({ functions, network, ranges }, k) => {
      const before = model.elements[k];
      expect(network).toEqual(before.network);
      expect(ranges).toEqual(before.ranges);
      functions.forEach((fn, g) => {
        const same = before.functions[g] as typeof fn;
        expect(far(fn.radius, same.radius)).toBe(false);
        if ("eta" in fn && "eta" in same)
          expect(far(fn.eta, same.eta) || far(fn.shift, same.shift)).toBe(false);
      });
    });
    for (const key of ["meanEnergy", "perEnergy", "perLength"] as const)
      expect(far(back.normalisation[key], model.normalisation[key])).toBe(false);
  });

  it.each([
    ["reference/n2p2_predict/Cu2S_PBE/nnp-predict.log", {}],
    ["reference/n2p2_predict/H2O_RPBE-D3/nnp-predict.log", {}],
  ])("sorts the functions as %s lists them", (log, units) => {
    const setup = readN2p2Setup(join(data, log, "../input.nn"), units);
    // " ind ec tp sbtp e1 e2 eta rs/rl rc angl angr la zeta a ln", columns that do not apply left blank.
    const listed = [
      ...readFileSync(join(data, log), "utf8")
        .split("SYMMETRY FUNCTION CACHE")[0]
        .matchAll(/^ +(\d+) +([A-Z][a-z]?) +(\d+) +ct\d +([A-Za-z ]+?) +(\d\.\d+E\S+) +(\S+) +(\S+)( .*)$/gm),
    ].map(([, index, element, type, neighbours, eta, shift, radius]) => ({
      index: Number(index),
      element,
      type: Number(type),
      neighbours: neighbours.trim().split(/ +/),
      parameters: [eta, shift, radius].map(Number),
    }));
    const own = setup.elements.flatMap(({ element, functions }) =>
      functions.map((fn, g) => ({
        index: g + 1,
        element,
        type: fn.type,
        neighbours: "neighbour" in fn ? [fn.neighbour] : "neighbours" in fn ? [...fn.neighbours] : [],
        parameters: "eta" in fn ? [fn.eta, fn.shift, fn.radius].map((x) => Number(x.toExponential(3))) : [],
      })),
    );
    expect(listed.length).toBe(own.length);
    // The log gives four digits.
    expect(own).toEqual(listed);
  });

  // Epochs, fraction of forces and Kalman filter as the examples of n2p2 state them.
  it.each<[string, number, number, string[]]>([
    ["n2p2/nnp-train/Cu2S_PBE", 10, 0.02315, []],
    ["n2p2/nnp-train/H2O_RPBE-D3", 2, 0.0041, []],
    ["reference/n2p2_train/replay_LJ", 10, 0.167, []],
    ["reference/mlearn_potentials/Mo", 30, 0.02315, []],
  ])("%s: its training", (folder, epochs, forceFraction, remarked) => {
    const { settings, remarks } = trainingSettingsOf(readN2p2Setup(join(data, folder, "input.nn")).input);
    expect(settings.forceFraction).toBe(forceFraction);
    expect(settings.epochs).toBe(epochs);
    expect(settings.optimiser.method).toBe("kalman");
    expect(remarks).toEqual(remarked);
  });

  it("reads weights of an epoch of a training", () => {
    const folder = join(data, "reference/n2p2_train/replay_LJ");
    const at = (epoch: number) => readN2p2Potential(folder, { epoch }).elements[0].network.weights;
    expect(at(0)[0]).toBe(4.5922168937184288e-1);
    expect(at(0).length).toBe(6 * 3 + 4);
    expect(at(10)).not.toEqual(at(0));
  });
});
