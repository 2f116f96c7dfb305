/** Conjugate gradients, BFGS and L-BFGS: a direction, a search along it, what the step tells, and again. */
import { EcitonError } from "../../core/errors.ts";
import { Conjugate, DenseInverse, type Directions, LimitedMemory } from "./directions.ts";
import { LineSearch } from "./line-search.ts";
import type { MinimiseResult, MinimiseSettings, Progress } from "./minimise-settings.ts";
import { dotProduct, largestBlock, type Objective, tame } from "./objective.ts";
import type { MinimiserName } from "./relax-settings.ts";

export type DescentName = Exclude<MinimiserName, "fire">;

/** Steps that L-BFGS remembers: with 10 a quench of 38 atoms takes an eighth more evaluations, with 30 a twentieth fewer. */
const MEMORY = 20;
/** Coordinates up to which BFGS keeps its matrix: 1500² numbers are 18 MB, and a step costs several times as many products. */
export const MAX_DENSE = 1500;
/** Share of the first slope that ends a search: quasi-Newton steps come with their length, conjugate ones need the minimum. */
const NEARLY_ANY = 0.9;
const NEAR_MINIMUM = 0.1;

/** Of the longest step allowed, or of the gradient where that is shorter: how far to go at first, knowing nothing. */
const FIRST_SHARE = 0.1;

/** @see minimise */
export function descend(
  objective: Objective,
  method: DescentName,
  x: Float64Array,
  settings: MinimiseSettings,
  progress: Progress,
): MinimiseResult {
  const directions = createDirections(method, objective.size);
  try {
    return descendAlong(directions, objective, x, settings, progress);
  } finally {
    directions.release();
  }
}

function descendAlong(
  directions: Directions,
  objective: Objective,
  x: Float64Array,
  settings: MinimiseSettings,
  progress: Progress,
): MinimiseResult {
  const { size, block } = objective;
  const { residualTolerance, valueTolerance, maxEvaluations, maxStep } = settings;
  const direction = new Float64Array(size);
  const flat = directions.scaled ? NEARLY_ANY : NEAR_MINIMUM;
  const line = new LineSearch(objective, x, flat, maxEvaluations, progress);
  const finish = (ended: MinimiseResult["ended"]): MinimiseResult => {
    const { value, gradient, x } = line.here;
    return { value, gradient, residual: objective.residual(x, gradient), ...progress, ended };
  };
  // What the step before promised: conjugate gradients guess that the next one brings as much.
  let promised = 0;
  try {
    for (;;) {
      const { here } = line;
      const residual = objective.residual(here.x, here.gradient);
      if (residual === 0 || (residualTolerance !== null && residual <= residualTolerance))
        return finish("forces");
      if (progress.evaluations >= maxEvaluations) return finish("limit");

      if (residual === Number.POSITIVE_INFINITY) tame(here.gradient);
      directions.direction(here, direction);
      let slope = dotProduct(direction, here.gradient);
      if (!(slope < 0)) {
        directions.reset();
        directions.direction(here, direction);
        slope = dotProduct(direction, here.gradient);
      }
      const farthest = maxStep / largestBlock(direction, block);
      let first = FIRST_SHARE * Math.min(farthest, 1);
      if (directions.learned) first = directions.scaled ? 1 : promised / slope;
      const gone = line.search(direction, slope, first, farthest);
      if (gone === 0) {
        if (progress.evaluations >= maxEvaluations) return finish("limit");
        if (!directions.learned) return finish("stuck");
        directions.reset();
        continue;
      }
      promised = gone * slope;
      progress.steps++;
      const knew = directions.learned;
      directions.learn(line.before, line.here);
      if (knew && valueTolerance !== null && line.before.value - line.here.value < valueTolerance)
        return finish("energy");
      // After a fall by many orders of magnitude, what was learned asks for steps that the coordinates round away.
      if (gone * largestBlock(direction, block) <= Number.EPSILON * largestBlock(line.here.x, 1)) {
        if (!knew) return finish("stuck");
        directions.reset();
      }
    }
  } finally {
    x.set(line.here.x);
  }
}

function createDirections(method: DescentName, size: number): Directions {
  switch (method) {
    case "l-bfgs":
      return new LimitedMemory(size, MEMORY);
    case "bfgs":
      if (size > MAX_DENSE)
        throw new EcitonError(
          "study",
          `bfgs keeps a matrix of ${size} x ${size} numbers for ${size} coordinates; at most ${MAX_DENSE} are allowed (500 atoms); l-bfgs does as well without one`,
        );
      return new DenseInverse(size);
    case "conjugate-gradient":
      return new Conjugate(size);
    default:
      return method satisfies never;
  }
}
