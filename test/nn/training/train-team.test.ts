import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import type { HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { initialWeights } from "../../../src/nn/networks/initial-weights.ts";
import { dependenceOf } from "../../../src/nn/symmetry-functions/dependence.ts";
import { errorNumbers, readErrors, writeErrors } from "../../../src/nn/training/error-numbers.ts";
import { predict, structureErrors } from "../../../src/nn/training/errors.ts";
import { StructureEvaluator } from "../../../src/nn/training/structure-evaluator.ts";
import { boardMemory, TeamBoard } from "../../../src/nn/training/team-board.ts";
import { createTeam } from "../../../src/nn/training/train-team.ts";
import { TrainingSet } from "../../../src/nn/training/training-set.ts";
import type { TrainingSettings } from "../../../src/nn/training/training-settings.ts";
import { adam, kalman, labelled, settings, teacher } from "./taught.ts";
import { type BoardPayload, boardTask, type TeamPayload, teamTask } from "./team-task.ts";

/** Networks that are large enough for a covariance of several parts. */
function largeModel(): HdnnpModel {
  const random = new RandomStream(8, 0);
  const elements = teacher.elements.map((one) => {
    const nodes = [one.functions.length, 18, 18, 1];
    const shape = { nodes, activations: ["tanh", "tanh", "linear"] as const, normaliseNodes: false };
    return { ...one, network: { ...shape, weights: initialWeights(shape, { kind: "glorot" }, random) } };
  });
  return { ...teacher, elements };
}

const model = largeModel();
let set: TrainingSet;
const executor = createExecutor(3);
afterAll(() => executor.close());
beforeAll(async () => {
  const samples = Array.from({ length: 12 }, (_, k) => ({ structure: labelled(200 + k) }));
  set = await TrainingSet.create(model.elements, samples);
});

const dataOf = (numTraining: number) => ({
  model,
  dependence: dependenceOf(model.elements),
  train: set.structures.slice(0, numTraining),
  test: set.structures.slice(numTraining),
});

async function trainWith(threads: number, changes: Partial<TrainingSettings>): Promise<string> {
  const all = { ...settings, epochs: 2, stressFraction: 0.5, ...changes };
  const team = createTeam(dataOf(9), all);
  const shared = set.share();
  const payloads = Array.from({ length: threads }, (_, member): TeamPayload => {
    return { member, team, model, set: shared, numTraining: 9, settings: all };
  });
  const [state] = await executor.map<string>(teamTask, payloads);
  return state;
}

describe("a training that threads share", () => {
  it.each([
    ["one filter", {}],
    [
      "a filter for each element, batches",
      { optimiser: { ...kalman, strategy: "element-decoupled", forceBatch: 3 } },
    ],
    [
      "without a covariance",
      {
        optimiser: { ...adam, beta2: 0.99 },
      },
    ],
  ] as [string, Partial<TrainingSettings>][])(
    "%s: the same to the last bit with 1, 2 and 3 threads",
    async (_, changes) => {
      const alone = await trainWith(1, changes);
      expect(JSON.parse(alone).history.length).toBe(3);
      expect(await trainWith(2, changes)).toBe(alone);
      expect(await trainWith(3, changes)).toBe(alone);
    },
  );

  it("has a covariance of several parts", () => {
    const [{ plan }] = createTeam(dataOf(9), settings).blocks;
    expect(plan.size).toBe(2 * (5 * 18 + 19 * 18 + 19));
    expect(plan.parts.length - 1).toBeGreaterThan(2);
  });

  it("says what went wrong, and lets the helpers go", async () => {
    const broken = { ...adam, eta: 1e300, beta2: 0.99 };
    await expect(trainWith(2, { optimiser: broken })).rejects.toThrow(/grown without bound/);
  });
});

describe("errors as numbers", () => {
  it("come back as they were, also where parts are missing", () => {
    const evaluator = new StructureEvaluator(model, dependenceOf(model.elements));
    const row = new Float64Array(errorNumbers(model));
    expect(row.length).toBe(1 + 3 + 6);
    for (const structure of set.structures)
      for (const sample of [
        structure,
        { ...structure, energy: null },
        { ...structure, forces: null, stress: null },
      ]) {
        const errors = structureErrors(model, sample, predict(model, evaluator, sample));
        row.fill(NaN);
        writeErrors(errors, row);
        expect(readErrors(sample, row)).toEqual(errors);
      }
  });
});

describe("where threads meet", () => {
  const job = (parts: number) => ({ kind: 1, parts, block: 2, numbers: [3, 4] });

  it("does every part once, alone", () => {
    const board = new TeamBoard(boardMemory());
    for (const parts of [3, 1, 5]) {
      const done: number[] = [];
      expect(board.lead(job(parts), (part) => done.push(part))).toBe(true);
      expect(done).toEqual(Array.from({ length: parts }, (_, part) => part));
    }
  });

  it("throws what a part throws, after the others", () => {
    const board = new TeamBoard(boardMemory());
    const done: number[] = [];
    const run = (part: number) => {
      done.push(part);
      if (part === 1) throw new RangeError("part 1");
    };
    expect(() => board.lead(job(4), run)).toThrow(/part 1/);
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it("shares parts with helpers, and knows of those that failed there", async () => {
    const memory = boardMemory();
    const marks = new Int32Array(new SharedArrayBuffer(12));
    const helping = executor.map(boardTask, [{ memory, marks } satisfies BoardPayload]);
    while (Atomics.load(marks, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const board = new TeamBoard(memory);
    /** Two parts; one here ends only when the helper has done another. */
    const lead = (number: number) => {
      const before = marks[1];
      let here = 0;
      const whole = board.lead({ kind: 0, parts: 2, block: 0, numbers: [number] }, () => {
        here++;
        Atomics.wait(marks, 1, before);
      });
      return { whole, here, there: (marks[1] - before) / number };
    };
    const good = lead(10);
    expect(good.whole).toBe(true);
    expect(good.there).toBeGreaterThan(0);
    expect(good.here + good.there).toBe(2);
    marks[2] = 1;
    expect(lead(3).whole).toBe(false);
    board.end();
    await helping;
  });

  it("lets helpers go when it is over, or cancelled", () => {
    const memory = boardMemory();
    const flag = (value: number) => Int32Array.of(value);
    const seen: number[] = [];
    new TeamBoard(memory).help(flag(1), (_, part) => seen.push(part));
    new TeamBoard(memory).end();
    new TeamBoard(memory).help(flag(0), (_, part) => seen.push(part));
    expect(seen).toEqual([]);
  });
});
