/** How many states an ensemble has, as a logarithm. */
import { studyError } from "../../core/errors.ts";
import { type Ensemble, resolveReplacements } from "../ensemble.ts";
import type { ExchangeGroup } from "../exchange-groups.ts";

/** ln Σ e^x */
export function logSum(values: readonly number[]): number {
  const largest = values.reduce((a, x) => Math.max(a, x), Number.NEGATIVE_INFINITY);
  return largest + Math.log(values.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

/**
 * ln of the number of arrangements: of one composition in the canonical ensemble, of all in the semi-grand one, of those
 * that the replacements reach with a reservoir.
 * @param counts by group and species, at the start
 * @throws {EcitonError} "study" for the variance-constrained ensemble, whose weights are not those of a potential alone
 */
export function logNumberOfStates(
  ensemble: Ensemble,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
): number {
  switch (ensemble.kind) {
    case "canonical":
      return logArrangements(counts);
    case "semi-grand":
      return counts.reduce(
        (sum, group, g) => sum + group.reduce((a, n) => a + n, 0) * Math.log(groups[g].species.length),
        0,
      );
    case "reservoir":
      return logSum(reachable(ensemble, groups, counts).map(logArrangements));
    case "variance-constrained":
      throw studyError(
        "sample.ensemble",
        "a density of states has no variance constraint; take semi-grand, which covers all compositions",
      );
    default:
      return ensemble satisfies never;
  }
}

function logArrangements(counts: readonly (readonly number[])[]): number {
  return counts.reduce((sum, group) => {
    const sites = group.reduce((a, n) => a + n, 0);
    return sum + logFactorial(sites) - group.reduce((a, n) => a + logFactorial(n), 0);
  }, 0);
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}

/** Compositions from which forward and backward replacements lead to each other. */
function reachable(
  { replace }: Extract<Ensemble, { kind: "reservoir" }>,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
): number[][][] {
  const resolved = resolveReplacements(replace, groups, "sample.reservoir.replace");
  const after = (from: readonly (readonly number[])[], forward: boolean): number[][] | null => {
    const left = from.map((group) => [...group]);
    for (const r of resolved) left[r.group][forward ? r.from : r.to] -= r.count;
    // A move takes all of its sites before it puts anything on them.
    if (left.some((group) => group.some((n) => n < 0))) return null;
    for (const r of resolved) left[r.group][forward ? r.to : r.from] += r.count;
    return left;
  };
  const compositions = [counts.map((group) => [...group])];
  for (const forward of [true, false])
    for (let next = after(counts, forward); next; next = after(next, forward)) compositions.push(next);
  return compositions;
}
