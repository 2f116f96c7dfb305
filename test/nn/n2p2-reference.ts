/** Values that n2p2 printed for potentials and structures in ../shared/data/nn/reference, which are not part of the project. */
import { existsSync, readFileSync } from "node:fs";
import { readN2p2Data } from "../../src/data/formats/n2p2-data.ts";
import { ANGSTROM_EV, energyUnit, type FileUnits, lengthUnit } from "../../src/data/formats/n2p2-units.ts";
import type { Structure } from "../../src/data/structure.ts";
import type { HdnnpModel } from "../../src/nn/hdnnp/model.ts";
import { readN2p2Potential } from "../../src/nn/n2p2/read-potential.ts";
import { parseScalingData, rangesOf } from "../../src/nn/n2p2/scaling-data.ts";
import { readN2p2Setup } from "../../src/nn/n2p2/setup.ts";

const ATOMIC: FileUnits = { length: "bohr", energy: "hartree" };
const ROOT = "../shared/data/nn/reference";

/** Folders with a potential, one structure and n2p2's values for it. */
export const referencePotentials = {
  "n2p2_predict/Cu2S_PBE": ANGSTROM_EV,
  "n2p2_predict/H2O_RPBE-D3": ATOMIC,
  "mlearn_potentials/Mo": ATOMIC,
  "mlearn_potentials/Si": ATOMIC,
  "cu_clusters/cu_3_6.0_g3": ANGSTROM_EV,
  "cu_clusters/cu_3_6.0_g9": ANGSTROM_EV,
  "cu_clusters/cu_3_6.0_g39": ANGSTROM_EV,
  "cu_clusters/cu_3_8.0_g3": ANGSTROM_EV,
  "cu_clusters/cu_3_8.0_g39": ANGSTROM_EV,
  "cu_clusters/cu_5_6.0_g3": ANGSTROM_EV,
  "cu_clusters/cu_5_6.0_g39": ANGSTROM_EV,
  "cu_clusters/cu_5_8.0_g3": ANGSTROM_EV,
  "cu_clusters/cu_5_8.0_g9": ANGSTROM_EV,
  "cu_clusters/cu_5_8.0_g39": ANGSTROM_EV,
} as const satisfies Record<string, FileUnits>;
export type ReferencePotential = keyof typeof referencePotentials;

/** True, with a line that says so, where the values are absent. */
export function skipWithoutReference(): boolean {
  const missing = !existsSync(ROOT);
  if (missing) console.warn(`skipped: ${ROOT} is absent`);
  return missing;
}

export function referenceModel(name: ReferencePotential): HdnnpModel {
  return readN2p2Potential(`${ROOT}/${name}`, { units: referencePotentials[name] });
}

export function referenceStructure(name: ReferencePotential): Structure {
  const file = `${ROOT}/${name}/input.data`;
  return readN2p2Data(readFileSync(file, "utf8"), file, { units: referencePotentials[name] }).structures[0];
}

/** Folders with structures and the ranges that n2p2 found over them. */
export const rangedData = {
  "n2p2_train/replay_LJ": ANGSTROM_EV,
  "n2p2_train/replay_Cu2S_PBE": ANGSTROM_EV,
  "n2p2_train/replay_H2O_RPBE-D3": ATOMIC,
  "cu_clusters/cu_3_6.0_g3": ANGSTROM_EV,
} as const satisfies Record<string, FileUnits>;

/** The elements of such a folder, its structures, and the ranges in its scaling.data. */
export function referenceRanges(name: keyof typeof rangedData) {
  const units = rangedData[name];
  const path = (file: string) => `${ROOT}/${name}/${file}`;
  const { elements } = readN2p2Setup(path("input.nn"), units);
  const sizes = elements.map(({ element, functions }) => ({ element, functions: functions.length }));
  const rows = parseScalingData(readFileSync(path("scaling.data"), "utf8"), path("scaling.data"));
  return {
    elements,
    structures: readN2p2Data(readFileSync(path("input.data"), "utf8"), path("input.data"), { units })
      .structures,
    ranges: rangesOf(rows, sizes, true, path("scaling.data")),
  };
}

export interface ReferenceValues {
  /** eV */
  readonly energy: number;
  /** Of the networks, in their own unit. */
  readonly outputs: readonly number[];
  /** eV/Å, 3N */
  readonly forces: readonly number[];
  /** Functions of some atoms, in the sorted order. */
  readonly unscaled: readonly AtomValues[];
  readonly scaled: readonly AtomValues[];
  /** ∂y/∂x of one atom. */
  readonly outputSlopes: AtomValues;
  /** ∂x/∂r_i of one atom, xyz of function after function; r in the networks' own unit. */
  readonly ownSlopes: AtomValues;
}

export interface AtomValues {
  readonly atom: number;
  readonly values: readonly number[];
}

export function referenceValues(name: ReferencePotential): ReferenceValues {
  const units = referencePotentials[name];
  const perForce = energyUnit(units) / lengthUnit(units);
  const lines = readFileSync(`${ROOT}/${name}/ref.txt`, "utf8").trim().split("\n");
  const unscaled = readFileSync(`${ROOT}/${name}/ref_Gunscaled.txt`, "utf8").trim().split("\n");
  const atoms = lines.filter((line) => line.startsWith("atom ")).map((line) => line.split(" "));
  const after = (key: string, from = lines) => from.filter((line) => line.startsWith(key)).map(atomValues);
  return {
    energy: Number(/ E (\S+)/.exec(lines[0])![1]) * energyUnit(units),
    outputs: atoms.map((words) => Number(words[7])),
    forces: atoms.flatMap((words) => words.slice(9, 12).map((text) => Number(text) * perForce)),
    unscaled: after("Gunscaled", unscaled),
    scaled: after("Gscaled"),
    outputSlopes: after("dEdGscaled")[0],
    ownSlopes: after("dGdr_scaled_self")[0],
  };
}

/** Forces that nnp-predict prints, eV/Å, 3N; only of n2p2_predict. */
export function predictedForces(name: ReferencePotential): number[] {
  const units = referencePotentials[name];
  return wordsOfLines(`${name}/nnforces.out`).flatMap((words) =>
    words.slice(5, 8).map((text) => (Number(text) * energyUnit(units)) / lengthUnit(units)),
  );
}

/** "... atom 3 ...: 1.5 2.5" */
function atomValues(line: string): AtomValues {
  const [head, numbers] = line.split(": ");
  return { atom: Number(/atom (\d+)/.exec(head)![1]), values: numbers.trim().split(/\s+/).map(Number) };
}

function wordsOfLines(path: string): string[][] {
  return readFileSync(`${ROOT}/${path}`, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => line.trim().split(/\s+/));
}
