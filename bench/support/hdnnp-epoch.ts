/**
 * An epoch of training as n2p2 does it in its examples: updates and then the errors of all structures, process CPU time. The
 * settings are those of input.nn, the first weights random; ../shared/data/nn/reference/n2p2_train has the data.
 */
import { existsSync, readFileSync } from "node:fs";
import { RandomStream } from "../../src/core/random.ts";
import { readN2p2Data } from "../../src/data/formats/n2p2-data.ts";
import { ANGSTROM_EV, type FileUnits } from "../../src/data/formats/n2p2-units.ts";
import type { Covariance } from "../../src/kernels/kalman.ts";
import { ReferenceCovariance } from "../../src/kernels/kalman-reference.ts";
import type { HdnnpModel } from "../../src/nn/hdnnp/model.ts";
import { parseInputNn } from "../../src/nn/n2p2/input-nn.ts";
import { parseScalingData, rangesOf } from "../../src/nn/n2p2/scaling-data.ts";
import { readN2p2Setup } from "../../src/nn/n2p2/setup.ts";
import { trainingSettingsOf } from "../../src/nn/n2p2/training-keywords.ts";
import { initialWeights } from "../../src/nn/networks/initial-weights.ts";
import { type CreateCovariance, compiledCovariance } from "../../src/nn/training/create-optimiser.ts";
import { Trainer } from "../../src/nn/training/trainer.ts";
import { TrainingSet } from "../../src/nn/training/training-set.ts";
import type { BenchResult } from "./measure.ts";

const ROOT = "../shared/data/nn/reference/n2p2_train";
const EPOCHS = 3;

interface EpochCase {
  readonly name: string;
  readonly folder: string;
  readonly units: FileUnits;
  /** Of n2p2 on one core of this kind of machine, s. */
  readonly n2p2: number;
}

const cases: readonly EpochCase[] = [
  { name: "cu2s", folder: "replay_Cu2S_PBE", units: ANGSTROM_EV, n2p2: 10.7 },
  { name: "h2o", folder: "replay_H2O_RPBE-D3", units: { length: "bohr", energy: "hartree" }, n2p2: 1.05 },
];

/** Nothing, with a line that says so, where the data are absent. */
export async function epochResults(): Promise<BenchResult[]> {
  if (!existsSync(ROOT)) {
    console.error(`skipped: ${ROOT} is absent`);
    return [];
  }
  const results: BenchResult[] = [];
  for (const one of cases) results.push(...(await measure(one)));
  return results;
}

async function measure({ name, folder, units, n2p2 }: EpochCase): Promise<BenchResult[]> {
  const model = modelOf(`${ROOT}/${folder}`, units);
  const { settings } = trainingSettingsOf(
    parseInputNn(readFileSync(`${ROOT}/${folder}/input.nn`, "utf8"), "input.nn"),
  );
  const setOf = (file: string) => {
    const { structures } = readN2p2Data(readFileSync(`${ROOT}/${folder}/${file}`, "utf8"), file, { units });
    return TrainingSet.create(
      model.elements,
      structures.map((structure) => ({ structure })),
    );
  };
  const [train, test] = [await setOf("train.data"), await setOf("test.data")];
  const data = {
    model,
    dependence: train.store.dependence,
    train: train.structures,
    test: test.structures,
  };
  const timed = (create: CreateCovariance, epochs: number) => {
    const clock = { seconds: 0 };
    const createCovariance: CreateCovariance = (...sizes) => timedCovariance(create(...sizes), clock);
    const begin = () => new Trainer(data, { ...settings, epochs }, 1, { createCovariance });
    const trainer = begin();
    trainer.epoch();
    const best = { epoch: Infinity, covariance: 0, errors: 0 };
    while (!trainer.finished) {
      clock.seconds = 0;
      const epoch = seconds(() => trainer.epoch());
      if (epoch < best.epoch) Object.assign(best, { epoch, covariance: clock.seconds });
    }
    // The first epoch of a training is nothing but errors; by now the compiler is warm.
    const another = begin();
    best.errors = seconds(() => another.epoch());
    return best;
  };
  const compiled = timed(compiledCovariance, EPOCHS);
  const plain = timed((...sizes) => new ReferenceCovariance(...sizes), 1);
  const label = `hdnnp.epoch.${name}`;
  const rows = compiled.epoch - compiled.errors - compiled.covariance;
  return [
    { name: `${label}.cpu_s`, value: compiled.epoch, unit: "s" },
    { name: `${label}.n2p2.cpu_s`, value: n2p2, unit: "s" },
    { name: `${label}.times_n2p2`, value: n2p2 / compiled.epoch, unit: "" },
    { name: `${label}.reference.cpu_s`, value: plain.epoch, unit: "s" },
    { name: `${label}.errors.cpu_s`, value: compiled.errors, unit: "s" },
    { name: `${label}.jacobians.cpu_s`, value: Math.max(0, rows), unit: "s" },
    { name: `${label}.covariance.cpu_s`, value: compiled.covariance, unit: "s" },
    { name: `${label}.memory`, value: process.memoryUsage().rss / 2 ** 20, unit: "MiB" },
  ];
}

function modelOf(folder: string, units: FileUnits): HdnnpModel {
  const { scaling, scalingRange, normaliseNodes, normalisation, ...setup } = readN2p2Setup(
    `${folder}/input.nn`,
    units,
  );
  const ranges = rangesOf(
    parseScalingData(readFileSync(`${folder}/scaling.data`, "utf8"), "scaling.data"),
    setup.elements.map(({ element, functions }) => ({ element, functions: functions.length })),
    scaling === "sigma",
    "scaling.data",
  );
  const random = new RandomStream(1, 0);
  const elements = setup.elements.map(({ element, energy, functions, nodes, activations }, k) => {
    const shape = { nodes, activations, normaliseNodes };
    const weights = initialWeights(shape, { kind: "glorot" }, random);
    return { element, energy, functions, ranges: ranges[k], network: { ...shape, weights } };
  });
  return { elements, scaling, scalingRange, normalisation, notes: [] };
}

function seconds(action: () => void): number {
  const begun = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

/** The same matrix, its time added to the clock. */
function timedCovariance(covariance: Covariance, clock: { seconds: number }): Covariance {
  const { size, ld, jacobian, products, gains } = covariance;
  const time = <Result>(action: () => Result): Result => {
    let result: Result;
    clock.seconds += seconds(() => {
      result = action();
    });
    return result!;
  };
  return {
    size,
    ld,
    jacobian,
    products,
    gains,
    multiply: (columns) => time(() => covariance.multiply(columns)),
    subtract: (columns, factor, noise) => time(() => covariance.subtract(columns, factor, noise)),
    meanVariance: () => time(() => covariance.meanVariance()),
    triangle: () => covariance.triangle(),
    setTriangle: (triangle) => covariance.setTriangle(triangle),
  };
}
