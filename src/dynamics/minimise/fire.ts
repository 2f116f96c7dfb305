/**
 * FIRE 2.0: dynamics of unit masses whose velocity is turned towards the force, stopped where it goes uphill. Many more
 * evaluations than L-BFGS near a minimum, but it follows valleys and asks for no line search.
 * @see Bitzek, Koskinen, Gähler, Moseler, Gumbsch, Phys. Rev. Lett. 97, 170201 (2006)
 * @see Guénolé et al., Comput. Mater. Sci. 175, 109584 (2020): semi-implicit Euler, half a step back, the parameters
 */
import type { MinimiseResult, MinimiseSettings, Progress } from "./minimise-settings.ts";
import {
  dotProduct,
  largestBlock,
  type Objective,
  type Point,
  pointOf,
  ROUNDING,
  tame,
} from "./objective.ts";

/** In units of √(Å²/eV) for atoms. The stiffest bonds allow about 0.1, soft ones 1; it adapts between the bounds. */
const FIRST_TIME_STEP = 0.05;
const LONGEST_TIME_STEP = 1;
const SHORTEST_TIME_STEP = 1e-3;
const LENGTHEN = 1.1;
const SHORTEN = 0.5;
/** Steps downhill before the time step grows; a value that has not changed for as many has settled. */
const DELAY = 20;
const MIXING = 0.25;
const MIXING_FALLS = 0.99;

/** @see minimise */
export function fire(
  objective: Objective,
  x: Float64Array,
  settings: MinimiseSettings,
  progress: Progress,
): MinimiseResult {
  const { size, block } = objective;
  const { residualTolerance, valueTolerance, maxEvaluations, maxStep } = settings;
  const here = pointOf(size);
  const best = pointOf(size);
  const velocity = new Float64Array(size);
  const finish = (ended: MinimiseResult["ended"]): MinimiseResult => ({
    value: best.value,
    gradient: best.gradient,
    residual: objective.residual(best.x, best.gradient),
    ...progress,
    ended,
  });
  here.x.set(x);
  best.value = Number.POSITIVE_INFINITY;
  let longest = LONGEST_TIME_STEP;
  let timeStep = FIRST_TIME_STEP;
  let mixing = MIXING;
  let downhill = 0;
  let quiet = 0;
  try {
    for (;;) {
      const last = here.value;
      here.value = objective.evaluate(here.x, here.gradient);
      progress.evaluations++;
      if (progress.evaluations > 1) progress.steps++;
      // As low but for rounding counts as better: it is nearer to the minimum.
      const lowest = here.value <= best.value + ROUNDING * Math.abs(best.value);
      if (lowest || best.value === Number.POSITIVE_INFINITY) copyPoint(here, best);

      quiet = valueTolerance !== null && Math.abs(here.value - last) < valueTolerance ? quiet + 1 : 0;
      const residual = objective.residual(here.x, here.gradient);
      const flat = residual === 0 || (residualTolerance !== null && residual <= residualTolerance);
      if ((flat || quiet >= DELAY) && lowest) return finish(flat ? "forces" : "energy");
      if (progress.evaluations >= maxEvaluations) return finish("limit");
      if (flat || quiet >= DELAY) {
        // It came to rest higher than it has been: back to the lowest point, with more care.
        copyPoint(best, here);
        velocity.fill(0);
        longest = Math.max(SHORTEST_TIME_STEP, SHORTEN * longest);
        timeStep = SHORTEST_TIME_STEP;
        quiet = 0;
      }

      if (residual === Number.POSITIVE_INFINITY) tame(here.gradient);
      let allowed = maxStep;
      if (dotProduct(velocity, here.gradient) < 0) {
        downhill++;
        if (downhill > DELAY) {
          timeStep = Math.min(LENGTHEN * timeStep, longest);
          mixing *= MIXING_FALLS;
        }
      } else {
        downhill = 0;
        for (let i = 0; i < size; i++) here.x[i] -= 0.5 * timeStep * velocity[i];
        velocity.fill(0);
        timeStep = Math.max(SHORTEN * timeStep, SHORTEST_TIME_STEP);
        mixing = MIXING;
        allowed = 0.5 * maxStep;
      }
      push(velocity, here.gradient, timeStep, mixing);
      // The velocity itself is cut, so that a hard core does not go on throwing its atoms out for many steps.
      const far = timeStep * largestBlock(velocity, block);
      if (far > allowed) for (let i = 0; i < size; i++) velocity[i] *= allowed / far;
      for (let i = 0; i < size; i++) here.x[i] += timeStep * velocity[i];
    }
  } finally {
    if (best.value < Number.POSITIVE_INFINITY) x.set(best.x);
  }
}

/** v + F dt, then mixed with as fast a velocity along the force. */
function push(velocity: Float64Array, gradient: Float64Array, timeStep: number, mixing: number): void {
  for (let i = 0; i < velocity.length; i++) velocity[i] -= timeStep * gradient[i];
  const share = mixing * Math.sqrt(dotProduct(velocity, velocity) / dotProduct(gradient, gradient));
  for (let i = 0; i < velocity.length; i++) velocity[i] = (1 - mixing) * velocity[i] - share * gradient[i];
}

function copyPoint(from: Point, to: Point): void {
  to.x.set(from.x);
  to.gradient.set(from.gradient);
  to.value = from.value;
}
