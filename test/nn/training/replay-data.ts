/** Trainings that n2p2 did, with every weight and error printed: ../shared/data/nn/reference/n2p2_train. */
import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { atomicNumberOf } from "../../../src/data/elements.ts";
import { readN2p2Data } from "../../../src/data/formats/n2p2-data.ts";
import { ANGSTROM_EV, energyUnit, type FileUnits, lengthUnit } from "../../../src/data/formats/n2p2-units.ts";
import type { Structure } from "../../../src/data/structure.ts";
import type { HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { parseInputNn } from "../../../src/nn/n2p2/input-nn.ts";
import { parseScalingData, rangesOf } from "../../../src/nn/n2p2/scaling-data.ts";
import { readN2p2Setup } from "../../../src/nn/n2p2/setup.ts";
import { trainingSettingsOf } from "../../../src/nn/n2p2/training-keywords.ts";
import { parseWeights, weightsFileName } from "../../../src/nn/n2p2/weights.ts";
import { dependenceOf } from "../../../src/nn/symmetry-functions/dependence.ts";
import { Descriptors } from "../../../src/nn/symmetry-functions/descriptors.ts";
import { predict, type Sample, setErrors, structureErrors } from "../../../src/nn/training/errors.ts";
import { StructureEvaluator } from "../../../src/nn/training/structure-evaluator.ts";
import type { TrainingSettings } from "../../../src/nn/training/training-settings.ts";

const ROOT = "../shared/data/nn/reference/n2p2_train";

/** Lennard-Jones data have no units: theirs are taken for Å and eV. */
export const replays = {
  LJ: ANGSTROM_EV,
  Cu2S_PBE: ANGSTROM_EV,
  "H2O_RPBE-D3": { length: "bohr", energy: "hartree" },
} as const satisfies Record<string, FileUnits>;
export type Replay = keyof typeof replays;

/** True, with a line that says so, where the data are absent. */
export function skipWithoutReplays(): boolean {
  const missing = !existsSync(ROOT);
  if (missing) console.warn(`skipped: ${ROOT} is absent`);
  return missing;
}

const textOf = (name: Replay, file: string) => readFileSync(`${ROOT}/replay_${name}/${file}`, "utf8");

/** The model with the weights that n2p2 had after this epoch. */
export function replayModel(name: Replay, epoch: number): HdnnpModel {
  const { scaling, scalingRange, normaliseNodes, normalisation, ...setup } = readN2p2Setup(
    `${ROOT}/replay_${name}/input.nn`,
    replays[name],
  );
  const ranges = rangesOf(
    parseScalingData(textOf(name, "scaling.data"), "scaling.data"),
    setup.elements.map(({ element, functions }) => ({ element, functions: functions.length })),
    scaling === "sigma",
    "scaling.data",
  );
  return {
    elements: setup.elements.map(({ element, energy, functions, nodes, activations }, k) => {
      const file = weightsFileName(atomicNumberOf(element)!, epoch);
      const weights = parseWeights(textOf(name, file), file, nodes);
      return {
        element,
        energy,
        functions,
        ranges: ranges[k],
        network: { nodes, activations, normaliseNodes, weights },
      };
    }),
    scaling,
    scalingRange,
    normalisation,
    notes: [],
  };
}

/** Words of the lines of one of the files; comments left out. */
export function replayRows(name: Replay, file: string): string[][] {
  return textOf(name, file)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("#"))
    .map((line) => line.trim().split(/\s+/));
}

/** How n2p2 was told to train. */
export function replaySettings(name: Replay): TrainingSettings {
  return trainingSettingsOf(parseInputNn(textOf(name, "input.nn"), "input.nn")).settings;
}

export function replayStructures(name: Replay, set: "train" | "test"): readonly Structure[] {
  const file = `${set}.data`;
  return readN2p2Data(textOf(name, file), file, { units: replays[name] }).structures;
}

export function replaySamples(name: Replay, set: "train" | "test"): Sample[] {
  const compiled = new Descriptors(replayModel(name, 0).elements);
  return replayStructures(name, set).map((structure) => {
    const descriptors = compiled.describe(structure);
    return {
      name: structure.name,
      source: structure.source,
      structureClass: set,
      numAtoms: descriptors.numAtoms,
      kinds: descriptors.kinds,
      volume: null,
      energy: structure.energy!,
      forces: structure.forces!,
      stress: null,
      descriptors: () => descriptors,
    };
  });
}

/** Columns of learning-curve.out, which count from 0 for the epoch; those of the test set stand one further. */
const columns = { energyRmse: 1, energyMae: 5, forceRmse: 9, forceMae: 11 } as const;

/** Errors of the weights that n2p2 had after an epoch are, in its units, those that it printed: nine digits. */
export function expectCurve(
  name: Replay,
  epoch: number,
  set: "train" | "test",
  samples: readonly Sample[],
): void {
  const model = replayModel(name, epoch);
  const evaluator = new StructureEvaluator(model, dependenceOf(model.elements));
  const found = setErrors(
    samples.map((sample) => structureErrors(model, sample, predict(model, evaluator, sample))),
  );
  const printed = textOf(name, "learning-curve.out")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([first]) => first === String(epoch))!;
  const units = replays[name];
  const energy = energyUnit(units);
  for (const [key, column] of Object.entries(columns) as [keyof typeof columns, number][]) {
    const unit = key.startsWith("force") ? energy / lengthUnit(units) : energy;
    const expected = Number(printed[column + (set === "test" ? 1 : 0)]);
    // Half a unit of the last printed digit.
    const half = 0.5001 * 10 ** (Math.floor(Math.log10(expected)) - 8);
    expect(Math.abs(found[key]! / unit - expected), `${name}, epoch ${epoch}, ${set} ${key}`).toBeLessThan(
      half,
    );
  }
}
