/** The transition matrix of the code as it is: every outcome of every random number is tried. */
import { expect } from "vitest";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import type { Moves, RandomSource } from "../../src/mc/lattice-model.ts";

/** Walks through all sequences of outcomes of nextIndex, each with its probability. */
class EveryOutcome implements RandomSource {
  #choices: { value: number; of: number }[] = [];
  #depth = 0;

  nextIndex(n: number): number {
    if (!(n >= 1)) throw new Error(`a choice out of ${n}`);
    if (this.#depth === this.#choices.length) this.#choices.push({ value: 0, of: n });
    return this.#choices[this.#depth++].value;
  }

  nextFloat(): number {
    throw new Error("proposals are drawn by whole numbers");
  }

  /** Probability of the sequence just drawn. */
  probability(): number {
    return this.#choices.reduce((p, choice) => p / choice.of, 1);
  }

  /** Goes to the next sequence; false after the last. */
  next(): boolean {
    this.#depth = 0;
    for (;;) {
      const last = this.#choices.at(-1);
      if (!last) return false;
      if (++last.value < last.of) return true;
      this.#choices.pop();
    }
  }
}

export interface State {
  readonly occupation: Uint8Array;
  /** eV */
  readonly potential: number;
  /** Part of ln of the weight that no temperature changes. */
  readonly logWeight: number;
}

export interface Subject {
  readonly states: readonly State[];
  /** Fresh moves for a copy of a state's occupation. */
  readonly movesFor: (occupation: Uint8Array) => Moves;
}

interface Step {
  readonly to: number;
  readonly probability: number;
  /** Change of the potential, eV. */
  readonly change: number;
  readonly logRatio: number;
}

/** Every outcome of one proposal from every state, with the changes of energy and potential checked. */
function everyStep({ states, movesFor }: Subject, energyOf: (occupation: Uint8Array) => number): Step[][] {
  const keyOf = (occupation: Uint8Array) => String.fromCharCode(...occupation);
  const indexOf = new Map(states.map(({ occupation }, i) => [keyOf(occupation), i]));
  const energies = states.map(({ occupation }) => energyOf(occupation));
  // Asserted once at the end: an assertion for each of a million outcomes would take most of the time.
  let energyError = 0;
  let potentialError = 0;
  const all = states.map((state, from) => {
    const steps: Step[] = [];
    const every = new EveryOutcome();
    const key = keyOf(state.occupation);
    const moves = movesFor(state.occupation.slice());
    const kept = moves.state();
    do {
      const occupation = state.occupation.slice();
      const change = moves.propose(occupation, every);
      const { logRatio } = moves;
      if (keyOf(occupation) !== key) throw new Error("a proposal changed the occupation");
      if (!moves.kinds[moves.kind]) throw new Error(`a proposal of the kind ${moves.kind}`);
      moves.commit(occupation);
      const to = indexOf.get(keyOf(occupation));
      if (to === undefined) throw new Error("a move left the ensemble");
      energyError = Math.max(energyError, Math.abs(moves.energyChange - (energies[to] - energies[from])));
      potentialError = Math.max(potentialError, Math.abs(change - (states[to].potential - state.potential)));
      steps.push({ to, probability: every.probability(), change, logRatio });
      moves.restore(kept);
    } while (every.next());
    return steps;
  });
  // Energies are sums of some hundred terms below 1 eV.
  expect(energyError).toBeLessThan(1e-12);
  expect(potentialError).toBeLessThan(1e-12);
  return all;
}

/**
 * Asserts that proposals are normalised, that π_i T_ij = π_j T_ji for every two states, and that every state can be
 * reached from the first.
 * @returns the matrix of proposals, Q[from][to]
 */
export function checkBalance(
  subject: Subject,
  energyOf: (occupation: Uint8Array) => number,
  temperatures: readonly number[],
): Float64Array[] {
  const { states } = subject;
  const n = states.length;
  const steps = everyStep(subject, energyOf);
  const proposals = states.map(() => new Float64Array(n));
  steps.forEach((list, from) => {
    for (const { to, probability } of list) proposals[from][to] += probability;
    expect(proposals[from].reduce((a, x) => a + x, 0)).toBeCloseTo(1, 12);
  });
  for (const temperature of temperatures) {
    const beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
    const transitions = states.map(() => new Float64Array(n));
    steps.forEach((list, from) => {
      for (const { to, probability, change, logRatio } of list) {
        const accepted = Math.min(1, Math.exp(logRatio - beta * change));
        transitions[from][to] += probability * accepted;
        transitions[from][from] += probability * (1 - accepted);
      }
    });
    const exponents = states.map(({ potential, logWeight }) => logWeight - beta * potential);
    const top = exponents.reduce((a, b) => Math.max(a, b));
    const weights = exponents.map((x) => Math.exp(x - top));
    const total = weights.reduce((a, x) => a + x, 0);
    const pi = weights.map((w) => w / total);
    let imbalance = 0;
    let relative = 0;
    let leak = 0;
    for (let i = 0; i < n; i++) {
      let inflow = 0;
      for (let j = 0; j < n; j++) {
        inflow += pi[j] * transitions[j][i];
        const there = pi[i] * transitions[i][j];
        const back = pi[j] * transitions[j][i];
        imbalance = Math.max(imbalance, Math.abs(there - back));
        if (there !== back) relative = Math.max(relative, Math.abs(there - back) / Math.max(there, back));
      }
      leak = Math.max(leak, Math.abs(inflow - pi[i]));
    }
    // Changes of energy are rounded to 2e-15 eV or so, which the exponent multiplies by beta.
    expect(imbalance).toBeLessThan(1e-14 + 2e-15 * beta);
    // Improbable states hardly show in that; between them the two directions agree as well as energies do (see above).
    expect(relative).toBeLessThan(1e-12 * (1 + beta));
    expect(leak).toBeLessThan(1e-12);
    expectConnected(transitions);
  }
  return proposals;
}

/** Every state can be reached: the chain is ergodic. */
function expectConnected(transitions: readonly Float64Array[]): void {
  const reached = new Set([0]);
  const open = [0];
  for (let from = open.pop(); from !== undefined; from = open.pop())
    for (let to = 0; to < transitions.length; to++)
      if (transitions[from][to] > 0 && !reached.has(to)) {
        reached.add(to);
        open.push(to);
      }
  expect(reached.size).toBe(transitions.length);
}

/** Q_ij = Q_ji. */
export function expectSymmetric(proposals: readonly Float64Array[]): void {
  let asymmetry = 0;
  for (let i = 0; i < proposals.length; i++)
    for (let j = 0; j < i; j++) asymmetry = Math.max(asymmetry, Math.abs(proposals[i][j] - proposals[j][i]));
  expect(asymmetry).toBeLessThan(1e-14);
}
