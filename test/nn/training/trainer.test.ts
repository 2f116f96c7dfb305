import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { minimise } from "../../../src/dynamics/minimise/minimise.ts";
import { readState, writeState } from "../../../src/exec/state-file.ts";
import { evaluateHdnnp } from "../../../src/nn/hdnnp/hdnnp-reference.ts";
import { dependenceOf } from "../../../src/nn/symmetry-functions/dependence.ts";
import { FitTargets } from "../../../src/nn/training/fit-targets.ts";
import { updateKinds } from "../../../src/nn/training/selection.ts";
import { StructureEvaluator } from "../../../src/nn/training/structure-evaluator.ts";
import { type MinimiseLoss, Trainer, type TrainingData } from "../../../src/nn/training/trainer.ts";
import type { TrainerState } from "../../../src/nn/training/trainer-state.ts";
import { TrainingLoss } from "../../../src/nn/training/training-loss.ts";
import { TrainingSet, type TrainingStructure } from "../../../src/nn/training/training-set.ts";
import type { TrainingSettings } from "../../../src/nn/training/training-settings.ts";
import { weightsOf, withWeights } from "../../../src/nn/training/weight-layout.ts";
import { smallModel } from "./small-model.ts";
import { adam, kalman, labelled, settings, teacher } from "./taught.ts";

/** Networks of the same shape with other weights. */
const model = withWeights(teacher, weightsOf(smallModel(8)));
const dependence = dependenceOf(model.elements);

let structures: readonly TrainingStructure[] = [];
let data: TrainingData;
beforeAll(async () => {
  const samples = Array.from({ length: 16 }, (_, k) => ({
    structure: labelled(100 + k),
    weight: k === 3 ? 0.5 : 1,
  }));
  ({ structures } = await TrainingSet.create(model.elements, samples));
  data = { model, dependence, train: structures.slice(0, 12), test: structures.slice(12) };
});

const byLbfgs: MinimiseLoss = (loss, x, evaluations) =>
  minimise(loss, x, {
    method: "l-bfgs",
    residualTolerance: 0,
    valueTolerance: null,
    maxEvaluations: evaluations,
    maxStep: 0.5,
  });

function run(changes: Partial<TrainingSettings>, seed = 1): Trainer {
  const trainer = new Trainer(data, { ...settings, ...changes }, seed, { minimise: byLbfgs });
  while (!trainer.finished) trainer.epoch();
  return trainer;
}

describe("targets", () => {
  it.each(updateKinds)("rows of %s are the derivatives of predictions by all weights", (kind) => {
    const targets = new FitTargets(model, structures);
    const evaluator = new StructureEvaluator(model, dependence);
    const weights = weightsOf(model);
    const row = new Float64Array(weights.length);
    const step = 1e-5;
    const candidates = [0, Math.floor(targets.count(kind) / 2), targets.count(kind) - 1];
    for (const candidate of candidates) {
      const residual = targets.residual(evaluator, kind, candidate, row);
      expect(targets.residual(evaluator, kind, candidate, null)).toBeCloseTo(residual, 12);
      for (let w = 0; w < weights.length; w += 3) {
        const at = (x: number) => {
          evaluator.setWeights(weights.with(w, x));
          return targets.residual(evaluator, kind, candidate, null);
        };
        const slope = -(at(weights[w] + step) - at(weights[w] - step)) / (2 * step);
        // Differences: truncation step², rounding 1e-15 / step of numbers up to ten.
        expect(Math.abs(row[w] - slope)).toBeLessThan(1e-8 * Math.max(1, Math.abs(slope)));
      }
      evaluator.setWeights(weights);
    }
  });

  it("vanish for the weights that made the data", () => {
    const targets = new FitTargets(teacher, structures);
    const evaluator = new StructureEvaluator(teacher, dependence);
    expect(updateKinds.map((kind) => targets.count(kind))).toEqual([16, 16 * 21, 6 * 11]);
    for (const kind of updateKinds)
      for (const size of targets.sizes(evaluator, kind)) expect(size).toBeLessThan(1e-12);
  });

  it("are measured like the errors of sets", () => {
    const targets = new FitTargets(model, data.train);
    const evaluator = new StructureEvaluator(model, dependence);
    const trainer = new Trainer(data, settings, 1);
    const { train } = trainer.epoch()!;
    const rms = (sizes: Float64Array) => Math.sqrt(sizes.reduce((sum, x) => sum + x * x, 0) / sizes.length);
    expect(rms(targets.sizes(evaluator, "energy"))).toBeCloseTo(train.energyRmse, 12);
    expect(rms(targets.sizes(evaluator, "force"))).toBeCloseTo(train.forceRmse!, 12);
    expect(rms(targets.sizes(evaluator, "stress"))).toBeCloseTo(train.stressRmse!, 12);
  });
});

describe("loss of all errors", () => {
  it("has the gradient that differences give", () => {
    const evaluator = new StructureEvaluator(model, dependence);
    const loss = new TrainingLoss(model, structures, evaluator, {
      ...settings,
      stressFraction: 1,
      forceWeight: 0.7,
      stressWeight: 2,
    });
    const x = weightsOf(model);
    const gradient = new Float64Array(loss.size);
    const unused = new Float64Array(loss.size);
    loss.evaluate(x, gradient);
    const step = 1e-5;
    for (let w = 0; w < x.length; w += 2) {
      const at = (value: number) => loss.evaluate(x.with(w, value), unused);
      const slope = (at(x[w] + step) - at(x[w] - step)) / (2 * step);
      expect(Math.abs(gradient[w] - slope)).toBeLessThan(1e-8 * Math.max(1, Math.abs(slope)));
    }
    expect(loss.residual(x, gradient)).toBe(Math.max(...gradient.map(Math.abs)));
  });

  it("is half the mean of squares, and leaves out what the settings leave out", () => {
    const evaluator = new StructureEvaluator(model, dependence);
    const targets = new FitTargets(model, structures);
    const sum = (kind: "energy" | "force") =>
      Array.from({ length: targets.count(kind) }, (_, k) => {
        const residual = targets.residual(evaluator, kind, k, null);
        return (
          (targets.weight(kind, k) * (kind === "energy" ? residual / 7 : residual) ** 2) / targets.count(kind)
        );
      }).reduce((total, x) => total + x, 0);
    const value = (changes: Partial<TrainingSettings>) =>
      new TrainingLoss(model, structures, evaluator, { ...settings, forceWeight: 3, ...changes }).evaluate(
        weightsOf(model),
        new Float64Array(evaluator.numWeights),
      );
    expect(value({})).toBeCloseTo(0.5 * (sum("energy") + 9 * sum("force")), 11);
    expect(value({ forceFraction: 0 })).toBeCloseTo(0.5 * sum("energy"), 11);
    expect(value({ energyFraction: 0 })).toBeCloseTo(4.5 * sum("force"), 11);
  });
});

describe("training", () => {
  it.each([
    ["the Kalman filter", {}, 20],
    ["the Kalman filter, largest errors first", { selection: { ...settings.selection, mode: "sorted" } }, 5],
    [
      "the Kalman filter, errors above a threshold",
      { selection: { ...settings.selection, mode: "threshold" } },
      20,
    ],
    ["fading memory", { optimiser: { ...kalman, type: "fading-memory" } }, 20],
    ["a filter for each element", { optimiser: { ...kalman, strategy: "element-decoupled" } }, 10],
    ["updates of several candidates", { optimiser: { ...kalman, energyBatch: 3, forceBatch: 8 } }, 5],
    ["all energies in one update", { optimiser: { ...kalman, energyBatch: 0, forceBatch: 5 } }, 5],
    ["stresses too", { stressFraction: 0.5, stressWeight: 0.2 }, 20],
    [
      "Adam",
      {
        optimiser: { ...adam, forceBatch: 4 },
        epochs: 30,
      },
      3,
    ],
    ["quasi-Newton steps", { optimiser: { method: "l-bfgs", evaluations: 20 }, epochs: 10 }, 5],
  ] as [string, Partial<TrainingSettings>, number][])("%s: errors fall", (_, changes, times) => {
    const trainer = run(changes);
    const [first, last] = [trainer.history[0], trainer.history.at(-1)!];
    expect(last.epoch).toBe(trainer.history.length - 1);
    expect(last.train.forceRmse).toBeLessThan(first.train.forceRmse! / times);
    expect(last.train.energyRmse).toBeLessThan(first.train.energyRmse / times);
    expect(last.test!.forceRmse).toBeLessThan(first.test!.forceRmse!);
  });

  it("learns the energies of atoms alone in their cells, where forces and their RMSE are 0", async () => {
    const crystals = Array.from({ length: 8 }, (_, k): Structure => {
      const a = 2.4 + 0.1 * k;
      const geometry = {
        species: ["Cu"],
        positions: new Float64Array(3),
        cell: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
        periodic: [true, true, true] as const,
      };
      const { energy, forces } = evaluateHdnnp(teacher, geometry);
      return { ...geometry, energy, forces, name: `${a} Å`, info: {}, source: { file: "none", line: null } };
    });
    const set = await TrainingSet.create(
      model.elements,
      crystals.map((structure) => ({ structure })),
    );
    const selection = { ...settings.selection, mode: "threshold" } as const;
    const trainer = new Trainer(
      { model, dependence, train: set.structures, test: [] },
      { ...settings, selection },
      1,
    );
    while (!trainer.finished) trainer.epoch();
    const [first, last] = [trainer.history[0], trainer.history.at(-1)!];
    expect(first.train.forceRmse).toBe(0);
    expect(last.forceUpdates).toBeGreaterThan(0);
    expect(last.train.energyRmse).toBeLessThan(first.train.energyRmse / 5);
  });

  it("counts its updates: 12 energies, a fifth of 252 force components", () => {
    const trainer = new Trainer(data, settings, 1);
    expect(trainer.updatesOfEpoch).toBe(12 + 50);
    const [before, after] = [trainer.epoch()!, trainer.epoch()!];
    expect(before).toMatchObject({ epoch: 0, energyUpdates: 0, forceUpdates: 0 });
    expect(after).toMatchObject({ epoch: 1, energyUpdates: 12, forceUpdates: 50, stressUpdates: 0 });
    expect(after.optimiser.eta).toBeCloseTo(0.01 * Math.exp(2.3), 12);
  });

  it("follows from the seed", () => {
    const weights = (seed: number) => weightsOf(run({ epochs: 2 }, seed).model());
    expect(weights(4)).toEqual(weights(4));
    expect(weights(4)).not.toEqual(weights(5));
  });

  it("keeps the best epoch, or the last", () => {
    // Adam with a step that is too large goes up and down.
    const optimiser = { ...adam, eta: 0.8, beta1: 0, beta2: 0.9 };
    const best = run({ optimiser, keep: "best", epochs: 8 });
    const last = run({ optimiser, keep: "last", epochs: 8 });
    const score = ({ test }: (typeof best.history)[number]) => test!.energyRmse * test!.forceRmse!;
    const scores = best.history.map(score);
    const errorsOf = (trainer: Trainer) =>
      new Trainer({ ...data, model: trainer.model() }, settings, 1).epoch()!;
    expect(scores.at(-1)).toBeGreaterThan(Math.min(...scores));
    expect(score(errorsOf(best))).toBeCloseTo(Math.min(...scores), 12);
    expect(score(errorsOf(last))).toBeCloseTo(scores.at(-1)!, 12);
    expect(best.keptEpoch).toBe(scores.indexOf(Math.min(...scores)));
    expect(last.keptEpoch).toBe(8);
  });

  it("ends when its patience does", () => {
    const optimiser = { ...adam, eta: 0.8, beta1: 0, beta2: 0.9 };
    const { history } = run({ optimiser, epochs: 100, patience: 3 });
    const scores = history.map(({ test }) => test!.energyRmse * test!.forceRmse!);
    expect(history.length).toBeLessThan(101);
    expect(history.length - 1 - scores.indexOf(Math.min(...scores))).toBe(3);
  });

  it("needs energies, updates, and a minimiser where one is called for", () => {
    const without = structures.map((one) => ({ ...one, energy: null, values: one.values }));
    expect(() => new Trainer({ ...data, train: without }, settings, 1)).toThrow(/none of the 16 training/);
    expect(() => new Trainer({ ...data, test: without }, settings, 1)).toThrow(/none of the 16 test/);
    expect(() => new Trainer(data, { ...settings, energyFraction: 0.01, forceFraction: 0 }, 1)).toThrow(
      expect.objectContaining({ code: "study" }),
    );
    const lbfgs = { ...settings, optimiser: { method: "l-bfgs", evaluations: 5 } as const };
    expect(() => new Trainer(data, lbfgs, 1)).toThrow(/needs a minimiser/);
  });

  it("stops with an error where the weights diverge", () => {
    const optimiser = { ...adam, eta: 1e300 };
    expect(() => run({ optimiser })).toThrow(expect.objectContaining({ code: "not-converged" }));
  });
});

describe("a training that was interrupted", () => {
  const cases: [string, Partial<TrainingSettings>][] = [
    ["Kalman filter", {}],
    ["several candidates", { optimiser: { ...kalman, forceBatch: 4 } }],
    ["decoupled", { optimiser: { ...kalman, strategy: "element-decoupled" } }],
    ["fading memory and stresses", { optimiser: { ...kalman, type: "fading-memory" }, stressFraction: 0.3 }],
    ["sorted", { selection: { ...settings.selection, mode: "sorted" } }],
    ["threshold", { selection: { ...settings.selection, mode: "threshold" } }],
    [
      "Adam",
      {
        optimiser: { ...adam, energyBatch: 2 },
      },
    ],
    ["quasi-Newton", { optimiser: { method: "l-bfgs", evaluations: 20 }, keep: "best" }],
  ];

  it.each(cases)("%s: goes on bit for bit from its file, wherever it was left", (_, changes) => {
    const folder = mkdtempSync(join(tmpdir(), "eciton-"));
    try {
      const all = { ...settings, ...changes, epochs: 3 };
      const whole = run(all);
      const random = new RandomStream(2, 0);
      let trainer = new Trainer(data, all, 1, { minimise: byLbfgs });
      let kills = 0;
      while (!trainer.finished) {
        let left = random.nextIndex(12);
        const stop = () => left-- === 0;
        if (trainer.epoch(random.nextIndex(4) === 0 ? { pause: stop } : { cancel: stop }) !== null) continue;
        kills++;
        const path = join(folder, `${kills}.json`);
        writeState(path, "task", trainer.state());
        trainer = new Trainer(data, all, 1, { minimise: byLbfgs });
        trainer.restore(readState<TrainerState>(path, "task")!);
      }
      expect(kills).toBeGreaterThan(1);
      expect(trainer.history).toEqual(whole.history);
      expect(weightsOf(trainer.model())).toEqual(weightsOf(whole.model()));
      expect(trainer.state()).toEqual(whole.state());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses the state of another", () => {
    const state = new Trainer(data, settings, 1).state();
    expect(() => new Trainer(data, settings, 1).restore({ ...state, weights: new Float64Array(3) })).toThrow(
      /training of 3 weights/,
    );
    expect(() => new Trainer(data, settings, 1).restore({ ...state, optimiser: null })).toThrow(
      /same optimiser/,
    );
  });
});
