/** What a training reads from files: formats, units, names, classes. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { writeN2p2Data } from "../../src/data/formats/n2p2-data-write.ts";
import type { Structure } from "../../src/data/structure.ts";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { readExamples } from "../../src/workflows/train/training-data.ts";
import { scratch } from "../cli/eciton.ts";
import { outcarText } from "../data/formats/outcar-text.ts";
import type { Run } from "../data/formats/vasp-run.ts";
import { vasprunText } from "../data/formats/vasprun-text.ts";
import { toyClusters, toyCrystals, toyStudy, toyText } from "./toy-training-data.ts";

/** What the first entry of `train.data` gives. */
function read(entry: object, files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = scratch({ ...files, "study.yaml": toyStudy({ data: [entry] }) });
  const { study } = loadStudy(join(folder, "study.yaml"));
  return readExamples(study.train!.data![0], folder, "train.data[0]");
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof EcitonError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

const clusters = toyClusters(6);
const crystals = toyCrystals(6);

function expectAlike(found: Structure, expected: Structure, digits: number): void {
  expect(found.species).toEqual(expected.species);
  expect(found.energy).toBeCloseTo(expected.energy!, digits);
  found.positions.forEach((x, k) => {
    expect(x).toBeCloseTo(expected.positions[k], digits);
  });
  found.forces!.forEach((f, k) => {
    expect(f).toBeCloseTo(expected.forces![k], digits);
  });
}

describe("formats of training data", () => {
  it("extended XYZ, as text and compressed, to the last bit", () => {
    const text = toyText([...clusters, ...crystals]);
    for (const [name, content] of [
      ["a.extxyz", text],
      ["a.extxyz.gz", gzipSync(text)],
    ] as const) {
      const { examples } = read({ files: [name] }, { [name]: content });
      [...clusters, ...crystals].forEach((structure, k) => {
        const { energy, forces, stress, positions } = examples[k].structure;
        expect({ energy, forces, stress, positions }).toEqual({
          energy: structure.energy,
          forces: structure.forces,
          stress: structure.stress,
          positions: structure.positions,
        });
        expect(examples[k].structureClass).toBe("a.extxyz");
      });
    }
  });

  it("n2p2's, in any units", () => {
    for (const units of [
      { length: "A", energy: "eV" },
      { length: "bohr", energy: "hartree" },
    ] as const) {
      const { examples } = read(
        { files: ["input.data"], units },
        { "input.data": writeN2p2Data(crystals, { units }) },
      );
      expect(examples).toHaveLength(6);
      examples.forEach(({ structure }, k) => {
        expectAlike(structure, crystals[k], 11);
      });
    }
  });

  it("VASP's, step by step, without those that did not converge", () => {
    const step = (
      direct: readonly number[],
      electronicSteps: number,
      free: number,
    ): Run["steps"][number] => ({
      cell: [6, 0, 0, 0, 6, 0, 0, 0, 6],
      direct,
      forces: [0.5, 0, 0, -0.5, 0, 0],
      stressKbar: [10, 0, 0, 0, 20, 0, 0, 0, 30],
      free,
      withoutEntropy: free + 0.02,
      sigma0: free + 0.01,
      dispersion: 0,
      electronicSteps,
      moments: [0, 0],
    });
    const run: Run = {
      types: [{ element: "Cu", count: 2 }],
      steps: [
        step([0, 0, 0, 0.4, 0, 0], 3, -7),
        step([0, 0, 0, 0.41, 0, 0], 8, -7.1),
        step([0, 0, 0, 0.42, 0, 0], 3, -7.2),
      ],
      nelm: 8,
      nsw: 3,
      ibrion: 2,
      ediffg: -0.01,
    };
    const files = { "vasprun.xml": vasprunText(run), OUTCAR: outcarText(run, { moments: "none" }) };
    for (const name of ["vasprun.xml", "OUTCAR"]) {
      const { examples, warnings } = read({ files: [name] }, files);
      expect(examples.map(({ structure }) => structure.energy)).toEqual(
        [-6.99, -7.19].map((e) => expect.closeTo(e, 6)),
      );
      expect(warnings.join("\n")).toContain("1 structure of 3 left out: their electrons did not converge");
      const [{ structure }] = examples;
      expect(structure.forces![0]).toBeCloseTo(0.5, 6);
      // Pressure positive in VASP, tension here; 1 kbar = 6.2415e-4 eV/Å³ (CODATA 2018).
      expect(structure.stress![0]).toBeCloseTo(-10 * 6.241509074e-4, 8);
      expect(structure.stress![8]).toBeCloseTo(-30 * 6.241509074e-4, 8);
    }
  });
});

describe("what is taken of files", () => {
  const names = (entry: object) =>
    read({ files: ["a.xyz"], ...entry }, { "a.xyz": toyText(clusters) }).examples.map(
      ({ structure }) => structure.name,
    );

  it("every n-th structure, or the last", () => {
    expect(names({ every: 4 })).toEqual(["cluster-1", "cluster-5"]);
    expect(names({ frames: "last" })).toEqual(["cluster-6"]);
  });

  it("files of a pattern in the order of their names", () => {
    const files = { "b.xyz": toyText([clusters[1]]), "a.xyz": toyText([clusters[0]]), "c.txt": "" };
    const { examples, files: found } = read({ files: ["*.xyz"] }, files);
    expect(examples.map(({ structure }) => structure.name)).toEqual(["cluster-1", "cluster-2"]);
    expect(found.map((path) => path.split("/").at(-1))).toEqual(["a.xyz", "b.xyz"]);
  });

  it("energies and forces of other names", () => {
    const text = toyText(clusters).replaceAll(" energy=", " e_total=").replaceAll("forces:R", "f_total:R");
    expect(messageOf(() => read({ files: ["a.xyz"] }, { "a.xyz": text }))).toMatch(
      /^data: .*a\.xyz:1: cluster-1 has no energy \(energy_key names it\); numbers that it has: e_total/,
    );
    const keys = { energy_key: "e_total", forces_key: "f_total" };
    const { examples } = read({ files: ["a.xyz"], ...keys }, { "a.xyz": text });
    examples.forEach(({ structure }, k) => {
      expectAlike(structure, clusters[k], 14);
    });
    expect(messageOf(() => read({ files: ["a.xyz"], energy_key: "none" }, { "a.xyz": text }))).toContain(
      'energy_key is "none", but no frame has it',
    );
  });

  it("classes by config_type, by another entry, or by file", () => {
    const text = toyText(
      clusters.map((one, k) => ({ ...one, info: { config_type: `t${k % 2}`, phase: k } })),
    );
    const classes = (entry: object) =>
      read({ files: ["a.xyz"], ...entry }, { "a.xyz": text }).examples.map(
        ({ structureClass }) => structureClass,
      );
    expect(classes({})).toEqual(["t0", "t1", "t0", "t1", "t0", "t1"]);
    expect(classes({ class_key: "phase" })).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(messageOf(() => classes({ class_key: "nothing" }))).toContain(
      "has no entry nothing, which class_key names",
    );
  });

  it("elements of species: charges are dropped, other names mapped", () => {
    const renamed = (name: string) =>
      toyText(clusters.map((one) => ({ ...one, species: one.species.map(() => name) })));
    const elements = (entry: object, name: string) => [
      ...new Set(
        read({ files: ["a.xyz"], ...entry }, { "a.xyz": renamed(name) }).examples.flatMap(
          ({ structure }) => structure.species,
        ),
      ),
    ];
    expect(elements({}, "Ce4+")).toEqual(["Ce"]);
    expect(elements({ species: { Q1: "Cu" } }, "Q1")).toEqual(["Cu"]);
    expect(messageOf(() => elements({}, "Q1"))).toContain("Q1 is no element");
  });
});

describe("a trajectory of this program", () => {
  it("has in its frames what a training needs", () => {
    const folder = scratch({ "study.yaml": toyStudy() });
    const frame = toyText([{ ...clusters[0], info: { step: 0, time_ps: 0, temperature_K: 300 } }]);
    writeFileSync(join(folder, "replica-0000.extxyz"), frame);
    const { study } = loadStudy(join(folder, "study.yaml"));
    const data = { ...study.train!.data![0], files: ["replica-*.extxyz"] };
    const { examples } = readExamples(data, folder, "train.data[0]");
    expect(examples[0].structure.energy).toBe(clusters[0].energy);
    expect(examples[0].structureClass).toBe("replica-0000.extxyz");
  });
});
