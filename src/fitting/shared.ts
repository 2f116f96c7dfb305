/** Problems whose arrays lie in shared memory, so that threads read them without a copy. */
import type { LinearProblem } from "./problem.ts";
import type { ProjectedProblem } from "./projection.ts";

export function shareArray(array: Float64Array): Float64Array {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const shared = new Float64Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

export function shareProblem(problem: LinearProblem): LinearProblem {
  return {
    ...problem,
    X: shareArray(problem.X),
    y: shareArray(problem.y),
    weights: shareArray(problem.weights),
    complexity: shareArray(problem.complexity),
  };
}

export function shareProjected(projected: ProjectedProblem): ProjectedProblem {
  return {
    ...projected,
    X: shareArray(projected.X),
    y: shareArray(projected.y),
    lengths: shareArray(projected.lengths),
    basis: shareArray(projected.basis),
  };
}
