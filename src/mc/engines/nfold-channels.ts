/** The channels of swap moves as the rejection-free engine looks at them. */
import type { SwapMoves } from "../moves/swap-moves.ts";

/** The sites that hold one species of a channel, and the species that the channel's swaps put on them. */
export interface NfoldSide {
  readonly group: number;
  readonly from: number;
  readonly to: number;
  /** Its sites in the list of members. */
  readonly start: number;
  readonly count: number;
}

export interface NfoldChannel {
  readonly weight: number;
  /** Sides of the first and of the second species, and the same as the one with fewer sites and the other. */
  readonly a: NfoldSide;
  readonly b: NfoldSide;
  readonly few: NfoldSide;
  readonly many: NfoldSide;
  /** Probability that a step proposes one given pair. */
  readonly share: number;
}

export function nfoldChannels(moves: SwapMoves): NfoldChannel[] {
  const lists = moves.lists();
  const groups = [...new Set(moves.channels.map(({ group }) => group))];
  const totalWeight = lists.reduce((sum, { weight }) => sum + weight, 0);
  return lists.map(({ a, b, startA, countA, startB, countB, weight }, k) => {
    const group = groups.indexOf(moves.channels[k].group);
    const sideA = { group, from: a, to: b, start: startA, count: countA };
    const sideB = { group, from: b, to: a, start: startB, count: countB };
    const [few, many] = countA < countB ? [sideA, sideB] : [sideB, sideA];
    return { weight, a: sideA, b: sideB, few, many, share: weight / (totalWeight * countA * countB) };
  });
}

/**
 * Number of the first so many proposals that are counted for each kind, its share of the weights: proposals that are
 * skipped are not drawn, but since the kind of a proposal does not depend on the state, this is the mean of what would have
 * been drawn, and acceptances over it are an estimate of the acceptance without bias.
 */
export function shareSteps(weights: readonly number[], steps: number, out: Float64Array, sign: 1 | -1): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  let sum = 0;
  weights.forEach((weight, k) => {
    sum += weight;
    const to = Math.round(steps * (sum / total));
    out[k] += sign * (to - before);
    before = to;
  });
}
