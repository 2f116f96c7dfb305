/** Detailed balance of each kind of moves alone, from the exact transition matrix. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import type { Ensemble, MoveWeights } from "../../../src/mc/ensemble.ts";
import { createMoves } from "../../../src/mc/moves/create-moves.ts";
import { FlipMoves } from "../../../src/mc/moves/flip-moves.ts";
import { MixedMoves } from "../../../src/mc/moves/mixed-moves.ts";
import { SwapMoves } from "../../../src/mc/moves/swap-moves.ts";
import { publishedCeria } from "../ceria.ts";
import { alloy, allStates, type SmallSystem } from "../small-systems.ts";
import { checkBalance, expectSymmetric } from "../transition-matrix.ts";

const canonical: Ensemble = { kind: "canonical" };

/** Checks createMoves(ensemble, weights) on all states that `keep` accepts. */
function check(
  system: SmallSystem,
  ensemble: Ensemble,
  weights: MoveWeights | undefined,
  temperatures: readonly number[],
  keep?: Parameters<typeof allStates>[2],
) {
  const { model, supercell, groups } = system;
  const states = allStates(system, ensemble, keep);
  const movesFor = (occupation: Uint8Array) =>
    createMoves(ensemble, weights, model, supercell, groups, occupation);
  const energyOf = (occupation: Uint8Array) => model.energy(occupation);
  const proposals = checkBalance({ states, movesFor }, energyOf, temperatures);
  return { states, proposals, moves: movesFor(states[0].occupation.slice()) };
}

/** Only states with these numbers of each species of each group. */
const composition = (fixed: readonly (readonly number[])[]) => (counts: readonly (readonly number[])[]) =>
  counts.join(";") === fixed.join(";");

const vacancies = (n: number, cells: number) =>
  composition([
    [3 * cells - n, n],
    [2 * cells - 2 * n, 2 * n],
  ]);

/** The lattice of ceria needs two Ce3+ for each vacancy. */
const neutral = ([oxygen, cerium]: readonly (readonly number[])[]) => cerium[1] === 2 * oxygen[1];

const reduction: Ensemble = {
  kind: "reservoir",
  replace: [
    { from: "O", to: "V", count: 1 },
    { from: "Ce4+", to: "Ce3+", count: 2 },
  ],
  deltaMu: -1.9,
};

const alloyMu: Ensemble = {
  kind: "semi-grand",
  chemicalPotentials: { A: 0.02, B: -0.05, "Q@P/Q": 0.04 },
};

const alloyConstraint: Ensemble = {
  kind: "variance-constrained",
  kappa: 3,
  phi: { A: -0.6, "B@A/B/C": -0.4, Q: -1.1 },
};

/** 2 (A, P) become 2 C and Q; B takes no part. */
const alloyReaction: Ensemble = {
  kind: "reservoir",
  replace: [
    { from: "A", to: "C", count: 2 },
    { from: "P", to: "Q", count: 1 },
  ],
  deltaMu: 0.03,
};

describe("swaps", () => {
  it("are balanced in the published ceria model with its two groups", () => {
    const { states, proposals, moves } = check(
      publishedCeria([2, 1, 1], 1),
      canonical,
      undefined,
      [300, 1000, 5000],
      vacancies(1, 2),
    );
    expect(states).toHaveLength(36); // C(6,1) C(4,2)
    expect(moves).toBeInstanceOf(SwapMoves);
    expectSymmetric(proposals);
  });

  it("are balanced for three species", () => {
    const keep = composition([
      [1, 1, 2],
      [1, 1],
    ]);
    const { states, proposals } = check(alloy(), canonical, { swap: 1 }, [400], keep);
    expect(states).toHaveLength(24); // 4! / 2! * 2
    expectSymmetric(proposals);
  });
});

describe("exchanges of neighbours", () => {
  it("are balanced in ceria, where layers have different numbers of neighbours", () => {
    // 2.731 Å joins neighbouring oxygen layers only: O2 has six neighbours, O1 and O3 three. Ce1-Ce1 are 3.86 Å apart
    // as Ce1-Ce2 are.
    for (const neighbourCutoff of [undefined, 4.8]) {
      const weights = { neighbourSwap: 1, neighbourCutoff };
      const { states, proposals, moves } = check(
        publishedCeria([2, 2, 1], 1),
        canonical,
        weights,
        [300, 1500],
        vacancies(1, 4),
      );
      expect(states).toHaveLength(336); // C(12,1) C(8,2)
      expect(moves).toBeInstanceOf(MixedMoves);
      // Different numbers of neighbours make the proposals asymmetric; that is what the Hastings ratio is for.
      expect(() => expectSymmetric(proposals)).toThrow();
    }
  });

  it("are balanced where a neighbour is the site itself or occurs twice", () => {
    // In the cell 1 x 1 x 1 every neighbour is an image of one of two sites.
    for (const matrix of [
      [1, 1, 1],
      [2, 1, 1],
      [1, 1, 0, -1, 1, 0, 0, 0, 1],
    ]) {
      const cells = matrix.length === 9 ? 2 : matrix[0];
      const counts =
        cells === 1
          ? [
              [1, 0, 1],
              [1, 0],
            ]
          : [
              [1, 2, 1],
              [1, 1],
            ];
      const weights = { neighbourSwap: 1, neighbourCutoff: 4.3 };
      check(alloy(matrix), canonical, weights, [400], composition(counts));
    }
  });
});

describe("flips", () => {
  it("are balanced at chemical potentials", () => {
    const { states, proposals, moves } = check(alloy(), alloyMu, undefined, [200, 600]);
    expect(states).toHaveLength(3 ** 4 * 2 ** 2);
    expect(moves).toBeInstanceOf(FlipMoves);
    expectSymmetric(proposals);
  });

  it("are balanced with a constrained variance", () => {
    const { states, proposals } = check(alloy(), alloyConstraint, undefined, [200, 600]);
    expect(states).toHaveLength(3 ** 4 * 2 ** 2);
    expectSymmetric(proposals);
  });
});

describe("replacements with a reservoir", () => {
  it("are balanced for vacancies with two Ce3+ each", () => {
    const ceria = publishedCeria([3, 1, 1], 0);
    const { states } = check(ceria, reduction, { reaction: 1 }, [500, 2000], neutral);
    // Σ_n C(9, n) C(6, 2n)
    expect(states).toHaveLength(1 + 9 * 15 + 36 * 15 + 84);
  });

  it("are balanced with a species in two replacements, and with several sites each", () => {
    const system = alloy();
    // Two of four sites become different things: A -> B and A -> C; the sum over groups of (n_B - n_C) stays.
    const ensemble: Ensemble = {
      kind: "reservoir",
      replace: [
        { from: "A", to: "B", count: 1 },
        { from: "A@A/B/C", to: "C", count: 1 },
        { from: "P", to: "Q", count: 1 },
      ],
      deltaMu: 0.05,
    };
    const keep = ([abc, pq]: readonly (readonly number[])[]) => abc[1] === abc[2] && pq[1] === abc[1];
    const { states } = check(system, ensemble, { reaction: 1 }, [300, 900], keep);
    expect(states).toHaveLength(1 + 12 * 2 + 6); // Σ_n 4!/((4-2n)! n! n!) C(2, n)
  });

  it("are balanced where a made species is used up by the same move", () => {
    // A -> B and B -> C at once: the number of B stays.
    const ensemble: Ensemble = {
      kind: "reservoir",
      replace: [
        { from: "A", to: "B", count: 1 },
        { from: "B", to: "C", count: 1 },
      ],
      deltaMu: 0.05,
    };
    const keep = ([abc, pq]: readonly (readonly number[])[]) => abc[1] === 1 && pq[0] === 2;
    const { states } = check(alloy(), ensemble, { reaction: 1 }, [300], keep);
    expect(states).toHaveLength(4 * 2 ** 3);
  });
});

describe("mixtures of moves", () => {
  it("are balanced: swaps anywhere and between neighbours", () => {
    const weights = { swap: 1, neighbourSwap: 2 };
    check(publishedCeria([2, 2, 1], 1), canonical, weights, [800], vacancies(1, 4));
    const counts = composition([
      [1, 2, 1],
      [1, 1],
    ]);
    check(alloy(), canonical, weights, [300], counts);
  });

  it("are balanced: flips, swaps and neighbours at chemical potentials or constrained", () => {
    const weights = { flip: 2, swap: 1, neighbourSwap: 1 };
    check(alloy(), alloyMu, weights, [400]);
    check(alloy(), alloyConstraint, weights, [400]);
  });

  it("are balanced: replacements, swaps and neighbours with a reservoir", () => {
    const ceria = publishedCeria([3, 1, 1], 0);
    check(ceria, reduction, undefined, [1000], neutral);
    check(ceria, reduction, { reaction: 2, swap: 1, neighbourSwap: 1 }, [1000], neutral);
    // The third species B moves by swaps alone; which states there are follows from the number of events.
    const keep = ([abc, pq]: readonly (readonly number[])[]) =>
      abc[1] === 1 && abc[2] === 1 + 2 * pq[1] && pq[1] <= 1;
    const { states } = check(alloy(), alloyReaction, undefined, [500], keep);
    expect(states).toHaveLength(12 * 1 + 4 * 2); // n = 0: 4!/(2! 1! 1!), n = 1: B and three C, P and Q
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
