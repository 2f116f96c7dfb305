/**
 * Threads that share one training: the rows of the covariance in every update, and the structures whose errors end an epoch.
 * Parts are the same for any number of threads, and so are the results, to the last bit.
 */
import { EcitonError } from "../../core/errors.ts";
import {
  CompiledCovariance,
  type CovariancePass,
  type CovariancePlan,
  CovarianceWorker,
  covarianceMemory,
  planCovariance,
} from "../../kernels/kalman.ts";
import { covarianceSizes } from "./create-optimiser.ts";
import { EpochPlan } from "./epoch-plan.ts";
import { errorNumbers, readErrors, writeErrors } from "./error-numbers.ts";
import { predict, type StructureErrors, structureErrors } from "./errors.ts";
import { FitTargets } from "./fit-targets.ts";
import { StructureEvaluator } from "./structure-evaluator.ts";
import { type BoardMemory, boardMemory, type Job, TeamBoard } from "./team-board.ts";
import type { TrainerOptions, TrainingData } from "./trainer.ts";
import type { TrainingStructure } from "./training-set.ts";
import type { TrainingSettings } from "./training-settings.ts";
import { weightOffsets } from "./weight-layout.ts";

const COVARIANCE = 0;
const ERRORS = 1;

/** What all threads of a training have in common; crosses to them. */
export interface TeamMemory {
  readonly board: BoardMemory;
  readonly blocks: readonly { readonly plan: CovariancePlan; readonly memory: WebAssembly.Memory }[];
  /** Those that errors are of. */
  readonly weights: SharedArrayBuffer;
  /** Errors of each structure, those of the training first; see error-numbers.ts. */
  readonly errors: SharedArrayBuffer;
}

/**
 * For one training, once.
 * @throws {EcitonError} as Trainer
 */
export function createTeam(data: TrainingData, settings: TrainingSettings): TeamMemory {
  const { model, train, test } = data;
  const { columns } = new EpochPlan(settings, new FitTargets(model, train), 0);
  const numWeights = weightOffsets(model)[model.elements.length];
  return {
    board: boardMemory(),
    blocks: covarianceSizes(model, settings.optimiser).map((size) => {
      const plan = planCovariance(size, columns);
      return { plan, memory: covarianceMemory(plan) };
    }),
    weights: new SharedArrayBuffer(8 * numWeights),
    errors: new SharedArrayBuffer(8 * errorNumbers(model) * (train.length + test.length)),
  };
}

/** What the work of a part needs, in each thread. */
class Hand {
  readonly #data: TrainingData;
  readonly #structures: readonly TrainingStructure[];
  readonly #workers: readonly CovarianceWorker[];
  readonly #evaluator: StructureEvaluator;
  readonly weights: Float64Array;
  readonly #errors: Float64Array;

  constructor({ blocks, weights, errors }: TeamMemory, data: TrainingData) {
    this.#data = data;
    this.#structures = [...data.train, ...data.test];
    this.#workers = blocks.map(({ plan, memory }) => new CovarianceWorker(plan, memory));
    this.#evaluator = new StructureEvaluator(data.model, data.dependence);
    this.weights = new Float64Array(weights);
    this.#errors = new Float64Array(errors);
  }

  pass(block: number, part: number, pass: CovariancePass): void {
    this.#workers[block].run(part, pass);
  }

  evaluate(place: number): void {
    const { model } = this.#data;
    const structure = this.#structures[place];
    this.#evaluator.setWeights(this.weights);
    const found = structureErrors(model, structure, predict(model, this.#evaluator, structure));
    writeErrors(found, this.#numbers(place));
  }

  errors(place: number): StructureErrors {
    return readErrors(this.#structures[place], this.#numbers(place));
  }

  #numbers(place: number): Float64Array {
    const size = errorNumbers(this.#data.model);
    return this.#errors.subarray(size * place, size * (place + 1));
  }
}

/**
 * Helps until the leader ends.
 * @param data as the leader's
 * @param cancel a flag that ends it as well
 */
export function helpTraining(team: TeamMemory, data: TrainingData, cancel: Int32Array): void {
  const hand = new Hand(team, data);
  new TeamBoard(team.board).help(cancel, ({ kind, block, numbers }: Job, part) => {
    if (kind === ERRORS) hand.evaluate(block + part);
    else {
      const [taken, factor, noise, count] = numbers;
      hand.pass(block, part, { taken, factor, noise, count });
    }
  });
}

/** The options of the Trainer that leads; `end` lets the helpers go, also after an error. */
export function leadTeam(
  team: TeamMemory,
  data: TrainingData,
): Required<Pick<TrainerOptions, "createCovariance" | "evaluate">> & { end(): void } {
  const board = new TeamBoard(team.board);
  const hand = new Hand(team, data);
  let created = 0;
  return {
    createCovariance: (_size, _columns, diagonal) => {
      const block = created++;
      const { plan, memory } = team.blocks[block];
      return new CompiledCovariance(plan, memory, diagonal, (pass) => {
        const { taken, factor, noise, count } = pass;
        const parts = plan.parts.length - 1;
        if (parts === 1) return hand.pass(block, 0, pass);
        const job = {
          kind: COVARIANCE,
          parts,
          block,
          numbers: [taken, factor, noise, count],
        };
        if (!board.lead(job, (part) => hand.pass(block, part, pass)))
          throw new EcitonError("io", "a thread that helps in a training failed; run again, with --resume");
      });
    },
    evaluate: (structures, first, weights) => {
      hand.weights.set(weights);
      const job = { kind: ERRORS, parts: structures.length, block: first, numbers: [] };
      // What failed elsewhere fails here as well, and says why.
      if (!board.lead(job, (part) => hand.evaluate(first + part)))
        for (let part = 0; part < structures.length; part++) hand.evaluate(first + part);
      return structures.map((_, part) => hand.errors(first + part));
    },
    end: () => board.end(),
  };
}
