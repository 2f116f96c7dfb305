/** The transition matrix of the code as it is: every outcome of every random number is tried. */
import { describe, expect, it } from "vitest";
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { RandomStream } from "../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { forEachState } from "../../src/mc/enumerate-states.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";
import { FlipMoves } from "../../src/mc/flip-moves.ts";
import type { Moves, RandomSource } from "../../src/mc/lattice-model.ts";
import { SwapMoves } from "../../src/mc/swap-moves.ts";
import { publishedCeria } from "./ceria.ts";

/** Walks through all sequences of outcomes of nextIndex, each with its probability. */
class EveryOutcome implements RandomSource {
  #choices: { value: number; of: number }[] = [];
  #depth = 0;

  nextIndex(n: number): number {
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

interface Subject {
  readonly states: readonly { occupation: Uint8Array; potential: number }[];
  readonly movesFor: (occupation: Uint8Array) => Moves;
}

/** Proposal and transition matrices, P[from][to], from the moves themselves. */
function matrices({ states, movesFor }: Subject, temperature: number) {
  const indexOf = new Map(states.map(({ occupation }, i) => [occupation.join(), i]));
  const proposals = states.map(() => new Float64Array(states.length));
  const transitions = states.map(() => new Float64Array(states.length));
  states.forEach((state, from) => {
    const every = new EveryOutcome();
    do {
      const occupation = state.occupation.slice();
      const moves = movesFor(occupation);
      const change = moves.propose(occupation, every);
      const probability = every.probability();
      expect(occupation).toEqual(state.occupation);
      moves.commit(occupation);
      const to = indexOf.get(occupation.join());
      if (to === undefined) throw new Error("a move left the ensemble");
      expect(Math.abs(change - (states[to].potential - state.potential))).toBeLessThan(1e-12);
      const accepted = Math.min(1, Math.exp(-change / (BOLTZMANN_EV_PER_K * temperature)));
      proposals[from][to] += probability;
      transitions[from][to] += probability * accepted;
      transitions[from][from] += probability * (1 - accepted);
    } while (every.next());
  });
  return { proposals, transitions };
}

function checkBalance(subject: Subject, temperature: number): void {
  const { states } = subject;
  const { proposals, transitions } = matrices(subject, temperature);
  const weights = states.map(({ potential }) =>
    Math.exp(-(potential - states[0].potential) / (BOLTZMANN_EV_PER_K * temperature)),
  );
  const total = weights.reduce((a, x) => a + x, 0);
  const pi = weights.map((w) => w / total);
  let asymmetry = 0;
  let imbalance = 0;
  let leak = 0;
  for (let i = 0; i < states.length; i++) {
    expect(proposals[i].reduce((a, x) => a + x, 0)).toBeCloseTo(1, 12);
    let inflow = 0;
    for (let j = 0; j < states.length; j++) {
      inflow += pi[j] * transitions[j][i];
      asymmetry = Math.max(asymmetry, Math.abs(proposals[i][j] - proposals[j][i]));
      imbalance = Math.max(imbalance, Math.abs(pi[i] * transitions[i][j] - pi[j] * transitions[j][i]));
    }
    leak = Math.max(leak, Math.abs(inflow - pi[i]));
  }
  expect(asymmetry).toBeLessThan(1e-14);
  expect(imbalance).toBeLessThan(1e-14);
  expect(leak).toBeLessThan(1e-13);
  // Every state is reached from the first.
  const reached = new Set([0]);
  const open = [0];
  for (let from = open.pop(); from !== undefined; from = open.pop())
    for (let to = 0; to < states.length; to++)
      if (transitions[from][to] > 0 && !reached.has(to)) {
        reached.add(to);
        open.push(to);
      }
  expect(reached.size).toBe(states.length);
}

/** Three species on two sublattices that exchange with each other, and two more on a third. */
function alloy() {
  const lattice = createParentLattice({
    cell: [3, 0, 0, 0, 3, 0, 0, 0, 5],
    coordinates: "fractional",
    sites: [
      { name: "a", position: [0, 0, 0], species: ["A", "B", "C"] },
      { name: "b", position: [0.5, 0.5, 0.3], species: ["A", "B", "C"] },
      { name: "c", position: [0.5, 0.5, 0.7], species: ["P", "Q"] },
    ],
  });
  const random = new RandomStream(3, 0);
  const { orbits } = buildPool(lattice, "chebyshev", { 2: 4, 3: 3.2 });
  const terms = orbits.map((orbit) => ({ ...orbit, coefficient: 0.03 * random.nextNormal() }));
  const supercell = new Supercell(lattice, [2, 1, 1]);
  const groups = exchangeGroups(lattice);
  return {
    supercell,
    groups,
    model: new CompiledExpansion({ lattice, basis: "chebyshev", terms }, supercell),
  };
}

describe("detailed balance, from the exact transition matrix", () => {
  it("holds for swaps in the published ceria model with its two groups", () => {
    const { model, supercell, groups, counts } = publishedCeria([2, 1, 1], 1);
    const states: { occupation: Uint8Array; potential: number }[] = [];
    forEachState(model, supercell, groups, counts, (occupation, potential) => {
      states.push({ occupation: occupation.slice(), potential });
    });
    expect(states).toHaveLength(36); // C(6,1) C(4,2)
    const movesFor = (occupation: Uint8Array) => new SwapMoves(model, supercell, groups, occupation);
    for (const temperature of [300, 1000, 5000]) checkBalance({ states, movesFor }, temperature);
  });

  it("holds for swaps of three species", () => {
    const { model, supercell, groups } = alloy();
    const states: { occupation: Uint8Array; potential: number }[] = [];
    const counts = [
      [1, 1, 2],
      [1, 1],
    ];
    forEachState(model, supercell, groups, counts, (occupation, potential) => {
      states.push({ occupation: occupation.slice(), potential });
    });
    expect(states).toHaveLength(24); // 4! / 2! * 2
    const movesFor = (occupation: Uint8Array) => new SwapMoves(model, supercell, groups, occupation);
    checkBalance({ states, movesFor }, 400);
  });

  it("holds for flips at chemical potentials", () => {
    const { model, supercell, groups } = alloy();
    const mu: Record<string, number> = { A: 0.02, B: -0.05, Q: 0.04 };
    const states: { occupation: Uint8Array; potential: number }[] = [];
    for (let code = 0; code < 3 ** 4 * 2 ** 2; code++) {
      let rest = code;
      const occupation = Uint8Array.from({ length: 6 }, (_, site) => {
        const base = site < 4 ? 3 : 2;
        const digit = rest % base;
        rest = (rest - digit) / base;
        return digit;
      });
      let potential = model.energy(occupation);
      occupation.forEach((species, site) => {
        potential -= mu[(site < 4 ? ["A", "B", "C"] : ["P", "Q"])[species]] ?? 0;
      });
      states.push({ occupation, potential });
    }
    const movesFor = () => new FlipMoves(model, supercell, groups, mu);
    checkBalance({ states, movesFor }, 600);
  });
});

describe("lists of sites", () => {
  it("stay those of the occupation over many swaps", () => {
    const { model, supercell, groups, counts } = publishedCeria([3, 3, 1], 2);
    const random = new RandomStream(4, 0);
    const occupation = new Uint8Array(supercell.numSites);
    counts.forEach((group, g) => {
      const first = groups[g].sublattices[0] * supercell.numCells;
      for (let n = 0; n < group[1]; n++) occupation[first + n] = 1;
    });
    const moves = new SwapMoves(model, supercell, groups, occupation);
    for (let step = 0; step < 2000; step++) {
      moves.propose(occupation, random);
      moves.commit(occupation);
    }
    // A freshly made set of lists holds the same sites in each list; their order may differ.
    const fresh = new SwapMoves(model, supercell, groups, occupation).state();
    const kept = moves.state();
    let at = 0;
    for (const count of counts.flat()) {
      expect(kept.slice(at, at + count).sort()).toEqual(fresh.slice(at, at + count).sort());
      at += count;
    }
    expect(at).toBe(supercell.numSites);
  });
});
