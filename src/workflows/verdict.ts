/** The first sentence of a report: what came out, and whether it can be used. */
import { count } from "../report/numbers.ts";
import type { FitResult } from "./fit.ts";
import { finalErrors } from "./report-fit.ts";
import type { SampleOutcome } from "./sample.ts";
import type { SampledState } from "./sample-states.ts";

/** Leave-one-out errors this much above the training error say that the model has learnt noise. */
const OVERFIT_RATIO = 2;
/** Data without noise are fitted to rounding, and ratios of rounding errors say nothing. */
const ROUNDING_EV = 1e-6;

export interface Verdict {
  readonly level: "ok" | "warning" | "problem";
  readonly text: string;
}

export function verdictOf(
  fit: FitResult | null,
  outcome: SampleOutcome | null,
  states: readonly SampledState[],
  warnings: readonly string[],
): Verdict {
  const sentences: string[] = [];
  let level: Verdict["level"] = warnings.length > 0 ? "warning" : "ok";
  if (fit) {
    const { trainingSizes, cvSizes } = finalErrors(fit);
    sentences.push(
      `A model of ${count(fit.kept.length, "term")} predicts energies it has not seen to ${cvSizes.rmse.toPrecision(2)} ${fit.setup.errorUnit} ` +
        `(cross-validation; ${trainingSizes.rmse.toPrecision(2)} on its own data).`,
    );
    if (cvSizes.rmse > Math.max(OVERFIT_RATIO * trainingSizes.rmse, ROUNDING_EV)) {
      level = "problem";
      sentences.push("It fits its own data far better than new ones: more data or fewer terms are needed.");
    }
  }
  if (states.length > 0) {
    const settled = states.filter((state) => state.equilibrated).length;
    sentences.push(
      settled === states.length
        ? `Monte Carlo settled at ${states.length === 1 ? "the one state" : `all ${states.length} states`} of the grid.`
        : `Monte Carlo settled at ${settled} of ${count(states.length, "state")} of the grid; ${states.length - settled === 1 ? "the other needs" : "the others need"} longer chains.`,
    );
    if (settled === 0) level = "problem";
  }
  const { densities = [], searches = [] } = outcome ?? {};
  if (densities.length > 0) {
    const converged = densities.filter(({ walkers }) => walkers.every((w) => w.converged)).length;
    sentences.push(`${converged} of ${count(densities.length, "density", "densities")} of states converged.`);
    if (converged === 0) level = "problem";
  }
  if (searches.length > 0) {
    const agreed = searches.filter(({ search }) => search.metLowest > 1).length;
    sentences.push(
      `Annealing met its lowest energy more than once in ${agreed} of ${count(searches.length, "search", "searches")}.`,
    );
  }
  return { level, text: sentences.join(" ") };
}
