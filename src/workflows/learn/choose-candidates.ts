/** Which of the structures that a committee disagrees about are labeled, where there are more than a round may label. */

export interface Choosable {
  /** What shares are told apart by. */
  readonly system: number;
  /** Largest standard deviation of a force component, eV/Å. */
  readonly deviation: number;
  /** Values of symmetry functions outside the training set. */
  readonly outside: number;
}

/**
 * Systems have equal shares; what one does not need goes to the others. Within a system the chosen stand at even distances in
 * the order of their deviations, the largest among them: the largest alone would all be of the same few explorations, and
 * each nearly the same as the next. Structures outside the training set count as more deviating than those inside.
 * @returns numbers of the chosen, ascending: the same for the same candidates
 */
export function chooseCandidates(candidates: readonly Choosable[], most: number): number[] {
  const systems = [...new Set(candidates.map(({ system }) => system))].sort((a, b) => a - b);
  const groups = systems.map((system) =>
    [...candidates.keys()]
      .filter((k) => candidates[k].system === system)
      .sort((a, b) => byDoubt(candidates[a], candidates[b]) || a - b),
  );
  const shares = sharesOf(
    groups.map(({ length }) => length),
    most,
  );
  return groups.flatMap((group, g) => spread(group, shares[g])).sort((a, b) => a - b);
}

/** The most doubtful first. */
function byDoubt(a: Choosable, b: Choosable): number {
  return Number(b.outside > 0) - Number(a.outside > 0) || b.deviation - a.deviation;
}

/** Equal shares, at most what each wants. */
function sharesOf(wanted: readonly number[], most: number): number[] {
  const shares = wanted.map(() => 0);
  let left = Math.min(
    most,
    wanted.reduce((sum, n) => sum + n, 0),
  );
  for (let k = 0; left > 0; k = (k + 1) % wanted.length) {
    if (shares[k] === wanted[k]) continue;
    shares[k]++;
    left--;
  }
  return shares;
}

function spread<T>(sorted: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => sorted[Math.floor((i * sorted.length) / count)]);
}
