/** What createMoves and checkEnsemble accept, and how mixed chains go on after an interruption. */
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { createParentLattice } from "../../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import { checkEnsemble } from "../../../src/mc/check-ensemble.ts";
import { MetropolisChain } from "../../../src/mc/engines/metropolis.ts";
import type { Ensemble, MoveWeights, Replacement } from "../../../src/mc/ensemble.ts";
import { exchangeGroups } from "../../../src/mc/exchange-groups.ts";
import type { LatticeModel } from "../../../src/mc/lattice-model.ts";
import { createMoves } from "../../../src/mc/moves/create-moves.ts";
import { FlipMoves } from "../../../src/mc/moves/flip-moves.ts";
import { MixedMoves, wholeWeights } from "../../../src/mc/moves/mixed-moves.ts";
import { SwapMoves } from "../../../src/mc/moves/swap-moves.ts";
import { publishedCeria } from "../ceria.ts";
import { alloy } from "../small-systems.ts";

const { model, supercell, groups } = publishedCeria([3, 3, 1], 0);
const { lattice } = supercell;
const charges = { O: -2, V: 0, "Ce4+": 4, "Ce3+": 3 };
const canonical: Ensemble = { kind: "canonical" };
const semiGrand: Ensemble = { kind: "semi-grand", chemicalPotentials: { V: -0.3, "Ce3+": -0.8 } };
const constrained: Ensemble = { kind: "variance-constrained", kappa: 50, phi: { V: -0.2, "Ce3+": -0.4 } };
const reservoirOf = (...replace: Replacement[]): Ensemble => ({ kind: "reservoir", replace, deltaMu: -1.6 });
const vacancy = { from: "O", to: "V", count: 1 };
const polarons = { from: "Ce4+", to: "Ce3+", count: 2 };
const reservoir = reservoirOf(vacancy, polarons);

/** A vacancy and two Ce3+. */
function reduced(): Uint8Array {
  const occupation = new Uint8Array(supercell.numSites);
  occupation[0] = 1;
  const cerium = groups[1].sublattices[0] * supercell.numCells;
  occupation.fill(1, cerium, cerium + 2);
  return occupation;
}

const create = (ensemble: Ensemble, weights?: MoveWeights) =>
  createMoves(ensemble, weights, model, supercell, groups, reduced());

describe("usual moves of each ensemble", () => {
  it("are swaps, flips, or replacements and swaps", () => {
    expect(create(canonical)).toBeInstanceOf(SwapMoves);
    expect(create(canonical, { swap: 3, flip: 0 })).toBeInstanceOf(SwapMoves);
    expect(create(semiGrand)).toBeInstanceOf(FlipMoves);
    expect(create(semiGrand).kinds).toEqual(["flip O/V", "flip Ce4+/Ce3+"]);
    expect(create(constrained)).toBeInstanceOf(MixedMoves);
    expect(create(constrained).kinds).toEqual(["flip O/V", "flip Ce4+/Ce3+"]);
    expect(create(reservoir).kinds).toEqual([
      "swap O ↔ V",
      "swap Ce4+ ↔ Ce3+",
      "reaction forward",
      "reaction backward",
    ]);
  });

  it("have kinds of different names in any mixture", () => {
    const named = exchangeGroups(lattice, { surface: ["O1"], below: ["O2", "O3"], cerium: ["Ce1", "Ce2"] });
    const weights = { swap: 1, neighbourSwap: 1, flip: 1, neighbourCutoff: 4 };
    const { kinds } = createMoves(semiGrand, weights, model, supercell, named, reduced());
    expect(kinds).toHaveLength(9);
    expect(new Set(kinds).size).toBe(9);
    expect(kinds).toContain("neighbour swap O ↔ V (below)");
  });

  it("draw kinds in proportion to their weights", () => {
    const occupation = reduced();
    const random = new RandomStream(1, 0);
    const moves = create(reservoir, { swap: 0.1, neighbourSwap: 0.3, reaction: 0.6 });
    const share = new Map<string, number>();
    const draws = 20_000;
    for (let n = 0; n < draws; n++) {
      moves.propose(occupation, random);
      const kind = moves.kinds[moves.kind].split(" ")[0];
      share.set(kind, (share.get(kind) ?? 0) + 1 / draws);
    }
    // Binomial: four standard errors.
    for (const [kind, p] of [
      ["swap", 0.1],
      ["neighbour", 0.3],
      ["reaction", 0.6],
    ] as const)
      expect(Math.abs((share.get(kind) ?? 0) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
  });

  it("draw neighbours of the rarer species only", () => {
    // One vacancy among 27 sites: all its neighbours hold oxygen, so no proposal of this kind is in vain.
    const occupation = reduced();
    const random = new RandomStream(3, 0);
    const moves = create(canonical, { neighbourSwap: 1 });
    let vacancies = 0;
    for (let n = 0; n < 2000; n++) {
      moves.propose(occupation, random);
      if (!moves.kinds[moves.kind].includes("V")) continue;
      expect(moves.logRatio).toBeGreaterThan(Number.NEGATIVE_INFINITY);
      vacancies++;
    }
    // The weights of the pairs of species are 1 vacancy to 2 Ce3+.
    expect(Math.abs(vacancies / 2000 - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 2000));
  });

  it("have whole weights in the ratio that was asked for", () => {
    expect(wholeWeights({ swap: 3, flip: 1, reaction: 0 }, "p")).toEqual({ swap: 3, flip: 1 });
    expect(wholeWeights({ swap: 0.25, flip: 0.75 }, "p")).toEqual({ swap: 250_000, flip: 750_000 });
    expect(wholeWeights({ swap: 1e-9, flip: 1 }, "p")).toEqual({ swap: 1, flip: 1_000_000 });
    expect(wholeWeights({ swap: 1e300, flip: 1e300 }, "p")).toEqual({ swap: 500_000, flip: 500_000 });
  });
});

describe("what cannot be", () => {
  /** The path of the error. */
  const pathOf = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof EcitonError) || error.code !== "study") throw error;
      expect(error.message.startsWith(`${error.details.path}: `)).toBe(true);
      return error.details.path;
    }
    return null;
  };

  it.each([
    ["flip", canonical, { flip: 1 }],
    ["reaction", canonical, { swap: 1, reaction: 1 }],
    ["flip", semiGrand, { swap: 1 }],
    ["flip", semiGrand, { swap: 1, flip: 0 }],
    ["reaction", semiGrand, { flip: 1, reaction: 1 }],
    ["flip", constrained, { neighbourSwap: 1 }],
    ["reaction", constrained, { reaction: 1 }],
    ["reaction", reservoir, { swap: 1 }],
    ["flip", reservoir, { flip: 1, reaction: 1 }],
    ["", canonical, { swap: 0 }],
    ["", reservoir, { swap: 0, reaction: 0 }],
    ["swap", canonical, { swap: -1 }],
    ["swap", canonical, { swap: Number.NaN }],
    ["neighbour_swap", canonical, { swap: 1, neighbourSwap: Number.POSITIVE_INFINITY }],
    ["neighbour_cutoff_A", canonical, { neighbourCutoff: 4 }],
    ["neighbour_cutoff_A", canonical, { swap: 1, neighbourSwap: 0, neighbourCutoff: 4 }],
    ["neighbour_cutoff_A", canonical, { swap: 1, neighbourSwap: 1, neighbourCutoff: 2.7 }],
    ["neighbour_cutoff_A", canonical, { swap: 1, neighbourSwap: 1, neighbourCutoff: -2 }],
  ] as [string, Ensemble, MoveWeights][])("sample.moves.%s in %j with %j", (name, ensemble, weights) => {
    const path = name === "" ? "sample.moves" : `sample.moves.${name}`;
    expect(pathOf(() => checkEnsemble(ensemble, weights, lattice, groups))).toBe(path);
    expect(pathOf(() => create(ensemble, weights))).toBe(path);
  });

  it.each([
    ["sample.chemical_potentials.X", { kind: "semi-grand", chemicalPotentials: { X: 1 } }],
    ["sample.chemical_potentials.V@O", { kind: "semi-grand", chemicalPotentials: { "V@O": 1 } }],
    ["sample.chemical_potentials.V", { kind: "semi-grand", chemicalPotentials: { V: Number.NaN } }],
    ["sample.variance_constraint.kappa", { ...constrained, kappa: 0 }],
    ["sample.variance_constraint.kappa", { ...constrained, kappa: Number.NaN }],
    ["sample.variance_constraint.phi", { ...constrained, phi: { V: -0.2 } }],
    ["sample.variance_constraint.phi.Vac", { ...constrained, phi: { Vac: -0.2, "Ce3+": -0.4 } }],
    ["sample.reservoir.delta_mu_eV", { ...reservoir, deltaMu: Number.POSITIVE_INFINITY }],
    ["sample.reservoir.replace", reservoirOf()],
    ["sample.reservoir.replace[0].from", reservoirOf({ ...vacancy, from: "F" })],
    ["sample.reservoir.replace[1].to", reservoirOf(vacancy, { ...polarons, to: "Ce2+" })],
    ["sample.reservoir.replace[0]", reservoirOf({ ...vacancy, to: "Ce3+" })],
    ["sample.reservoir.replace[0]", reservoirOf({ ...vacancy, to: "O" })],
    ["sample.reservoir.replace[0].count", reservoirOf({ ...vacancy, count: 0 })],
    ["sample.reservoir.replace[1].count", reservoirOf(vacancy, { ...polarons, count: 1.5 })],
    ["sample.reservoir.replace", reservoirOf(vacancy, { from: "V", to: "O", count: 1 })],
  ] as [string, Ensemble][])("%s in %j", (path, ensemble) => {
    expect(pathOf(() => checkEnsemble(ensemble, undefined, lattice, groups))).toBe(path);
    expect(pathOf(() => create(ensemble))).toBe(path);
  });

  it("a replacement whose species are in several groups, unless one is named", () => {
    const named = exchangeGroups(lattice, { surface: ["O1"], below: ["O2", "O3"], cerium: ["Ce1", "Ce2"] });
    expect(() => checkEnsemble(reservoir, undefined, lattice, named)).toThrow(
      'sample.reservoir.replace[0]: several groups have both O and V; write from as "O@surface" or "O@below"',
    );
    const atSurface = reservoirOf({ ...vacancy, from: "O@surface" }, polarons);
    expect(pathOf(() => checkEnsemble(atSurface, undefined, lattice, named))).toBeNull();
    const across = reservoirOf({ from: "O@surface", to: "V@below", count: 1 });
    expect(() => checkEnsemble(across, undefined, lattice, named)).toThrow(/no group of sites has both/);
  });

  it("changes of the total charge, where charges are known", () => {
    expect(pathOf(() => checkEnsemble(reservoir, undefined, lattice, groups, charges))).toBeNull();
    expect(pathOf(() => checkEnsemble(canonical, undefined, lattice, groups, charges))).toBeNull();
    const effective = { V: 2, "Ce3+": -1 };
    expect(pathOf(() => checkEnsemble(reservoir, undefined, lattice, groups, effective))).toBeNull();
    expect(() =>
      checkEnsemble(reservoirOf(vacancy, { ...polarons, count: 1 }), undefined, lattice, groups, charges),
    ).toThrow(
      "sample.reservoir.replace: not neutral: 1 O by V adds 2 e, 1 Ce4+ by Ce3+ adds -1 e, together 1 e",
    );
    for (const ensemble of [semiGrand, constrained]) {
      expect(() => checkEnsemble(ensemble, undefined, lattice, groups, charges)).toThrow(
        /^sample\.moves\.flip: .*O \(-2 e\) and V \(0 e\).*reservoir/,
      );
      expect(pathOf(() => checkEnsemble(ensemble, undefined, lattice, groups, { O: -2, V: -2 }))).toBeNull();
    }
  });

  it("names other places where the caller says so", () => {
    const paths = { ensemble: "sample.chemical_potentials[2].mu_eV", moves: "moves" };
    const ensemble: Ensemble = { kind: "semi-grand", chemicalPotentials: { X: 1 } };
    expect(pathOf(() => checkEnsemble(ensemble, undefined, lattice, groups, undefined, paths))).toBe(
      "sample.chemical_potentials[2].mu_eV.X",
    );
  });

  it("moves that never reach some arrangements", () => {
    const other = alloy();
    const make = (ensemble: Ensemble, weights: MoveWeights, occupation: number[]) =>
      createMoves(ensemble, weights, other.model, other.supercell, other.groups, Uint8Array.from(occupation));
    const replace = reservoirOf({ from: "A", to: "C", count: 1 });
    // B, or both P and Q, would stay where they are.
    expect(pathOf(() => make(replace, { reaction: 1 }, [0, 0, 1, 0, 0, 0]))).toBe("sample.moves.swap");
    expect(pathOf(() => make(replace, { reaction: 1 }, [0, 0, 2, 0, 0, 1]))).toBe("sample.moves.swap");
    expect(pathOf(() => make(replace, { reaction: 1 }, [0, 0, 2, 0, 1, 1]))).toBeNull();
    expect(pathOf(() => make(replace, { reaction: 1, neighbourSwap: 1 }, [0, 0, 1, 0, 0, 1]))).toBeNull();
    expect(pathOf(() => make(canonical, { neighbourSwap: 1 }, [0, 0, 0, 0, 1, 1]))).toBe("composition");
    // Rows that are 5 Å apart, with neighbours at 3 Å within each.
    const rows = createParentLattice({
      cell: [3, 0, 0, 0, 5, 0, 0, 0, 5],
      periodic: [true, true, false],
      coordinates: "fractional",
      sites: [{ name: "s", position: [0, 0, 0], species: ["A", "B"] }],
    });
    const cell = new Supercell(rows, [3, 2, 1]);
    const none: LatticeModel = { energy: () => 0, changeOfSite: () => 0, changeOfSwap: () => 0 };
    const start = Uint8Array.from([1, 0, 0, 0, 0, 0]);
    const neighbours = (weights: MoveWeights) =>
      pathOf(() => createMoves(canonical, weights, none, cell, exchangeGroups(rows), start));
    expect(neighbours({ neighbourSwap: 1 })).toBe("sample.moves.neighbour_cutoff_A");
    expect(neighbours({ neighbourSwap: 1, neighbourCutoff: 5 })).toBeNull();
    expect(neighbours({ neighbourSwap: 1, swap: 1 })).toBeNull();
  });
});

describe("proposals that are not possible", () => {
  it("are rejected and counted, whatever the temperature", () => {
    const perfect = new Uint8Array(supercell.numSites);
    // Nothing to swap and nothing to heal at first; making a vacancy costs far too much.
    const dear: Ensemble = { kind: "reservoir", replace: [vacancy, polarons], deltaMu: 50 };
    const moves = createMoves(
      dear,
      { swap: 1, neighbourSwap: 1, reaction: 1 },
      model,
      supercell,
      groups,
      perfect,
    );
    const chain = new MetropolisChain(model, moves, perfect, 300, new RandomStream(9, 0));
    chain.run(2000);
    chain.setTemperature(1e4);
    chain.run(2000);
    expect(chain.occupation).toEqual(perfect);
    expect(chain.proposed.reduce((a, b) => a + b, 0)).toBe(4000);
    expect(chain.accepted.every((n) => n === 0)).toBe(true);
  });
});

describe("a chain of mixed moves", () => {
  it.each([
    [reservoir, { reaction: 1, swap: 1, neighbourSwap: 1 }],
    [constrained, undefined],
    [semiGrand, { flip: 1, swap: 1, neighbourSwap: 1 }],
    [canonical, { swap: 1, neighbourSwap: 1 }],
  ] as [Ensemble, MoveWeights | undefined][])(
    "goes on bit for bit after an interruption: %o",
    (ensemble, weights) => {
      const start = (occupation: Uint8Array, seed: number) => {
        const moves = createMoves(ensemble, weights, model, supercell, groups, occupation);
        return new MetropolisChain(model, moves, occupation, 1200, new RandomStream(seed, 0));
      };
      const whole = start(reduced(), 1);
      whole.run(7000);
      const first = start(reduced(), 1);
      first.run(3210);
      // Another chain, which has gone its own way.
      const elsewhere = reduced();
      elsewhere.reverse();
      const occupation = ensemble.kind === "canonical" ? reduced() : Uint8Array.from(elsewhere, (k) => k);
      const second = start(occupation, 2);
      second.run(500);
      second.restore(structuredClone(first.state()));
      second.run(3790);
      expect(second.state()).toEqual(whole.state());
      expect(whole.accepted.reduce((a, b) => a + b, 0)).toBeGreaterThan(100);
    },
  );
});
