/** Compiled flips and mixed moves against the plain code: equal to the last bit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CompiledExpansion } from "../../../src/clusters/compiled-expansion.ts";
import { EcitonError } from "../../../src/core/errors.ts";
import { RandomStream } from "../../../src/core/random.ts";
import type { ParentLattice } from "../../../src/lattice/parent-lattice.ts";
import type { EngineName } from "../../../src/mc/engines/compiled-engine.ts";
import { ENERGY_CHECK_STEPS, MetropolisChain } from "../../../src/mc/engines/metropolis.ts";
import type { Ensemble, MoveWeights } from "../../../src/mc/ensemble.ts";
import { createMoves } from "../../../src/mc/moves/create-moves.ts";
import { randomOccupation } from "../../clusters/random-lattices.ts";
import { publishedCeria } from "../ceria.ts";
import { engineCases, expectSameChains, type Subject, subjectOf } from "../engine-subjects.ts";
import { alloy } from "../small-systems.ts";

interface Condition {
  readonly ensemble: Ensemble;
  readonly moves?: MoveWeights;
  readonly temperature: number;
}

function chainOf(subject: Subject, condition: Condition, engine: EngineName): MetropolisChain {
  const { model, supercell, groups, occupation } = subject;
  const { ensemble, moves: weights, temperature } = condition;
  const moves = createMoves(ensemble, weights, model, supercell, groups, occupation);
  return new MetropolisChain(model, moves, occupation, temperature, new RandomStream(77, 3), engine);
}

function expectSame(subject: Subject, condition: Condition, steps: number): MetropolisChain {
  return expectSameChains(subject, (engine) => chainOf(subject, condition, engine), steps);
}

const total = (counts: Float64Array) => counts.reduce((sum, n) => sum + n, 0);

/** Values for every species, by group for the first one. */
function valuesFor(lattice: ParentLattice, random: RandomStream, scale: number): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { name, species } of lattice.sites)
    for (const s of species) if (species.length > 1) values[`${s}@${name}`] = scale * random.nextNormal();
  return values;
}

/** Everything that can be tried on any lattice; two species of every group are replaced together. */
function conditions(lattice: ParentLattice, random: RandomStream, temperature: number): Condition[] {
  const semiGrand: Ensemble = {
    kind: "semi-grand",
    chemicalPotentials: valuesFor(lattice, random, 0.1),
  };
  const constrained: Ensemble = {
    kind: "variance-constrained",
    kappa: 50,
    phi: Object.fromEntries(Object.entries(valuesFor(lattice, random, 1)).filter((_, i) => i !== 1)),
  };
  const first = lattice.sites.find(({ species }) => species.length > 1)!;
  const last = lattice.sites.findLast(({ species }) => species.length > 1)!;
  const at = (site: typeof first, k: number) => `${site.species.at(k)}@${site.name}`;
  const reservoir: Ensemble = {
    kind: "reservoir",
    replace: [
      { from: at(first, 0), to: at(first, 1), count: 1 },
      ...(last === first ? [] : [{ from: at(last, 0), to: at(last, -1), count: 2 }]),
    ],
    deltaMu: 0.1 * random.nextNormal(),
  };
  return [
    { ensemble: semiGrand },
    { ensemble: constrained },
    { ensemble: semiGrand, moves: { swap: 2, flip: 1 } },
    { ensemble: semiGrand, moves: { neighbourSwap: 3, flip: 2, neighbourCutoff: 4.5 } },
    { ensemble: constrained, moves: { swap: 1, flip: 3 } },
    { ensemble: { kind: "canonical" } as const, moves: { swap: 1, neighbourSwap: 2, neighbourCutoff: 4.5 } },
    { ensemble: reservoir },
    { ensemble: reservoir, moves: { swap: 1, reaction: 2, neighbourSwap: 1, neighbourCutoff: 4.5 } },
  ].map((condition) => ({ ...condition, temperature }));
}

describe("compiled flips and mixtures", () => {
  it("give the same chains as the plain code on any lattice, basis, supercell and ensemble", () => {
    const tried = new Array<number>(8).fill(0);
    const moved = new Array<number>(8).fill(0);
    fc.assert(
      fc.property(engineCases(200, 1000, 5000), (given) => {
        const { subject, random } = subjectOf(given);
        conditions(given.lattice, random, given.temperature).forEach((condition, k) => {
          try {
            chainOf(subject, condition, "reference");
          } catch (error) {
            // Not every ensemble can be sampled by these moves everywhere.
            if (error instanceof EcitonError && error.code === "study") return;
            throw error;
          }
          tried[k]++;
          moved[k] += total(expectSame(subject, condition, 300).accepted);
        });
      }),
      { numRuns: 30 },
    );
    for (const count of tried) expect(count).toBeGreaterThan(2);
    for (const count of moved) expect(count).toBeGreaterThan(100);
  });

  it("do so with three species on two sublattices of one group, over a check of the energy", () => {
    const system = alloy([3, 3, 2]);
    const random = new RandomStream(8, 1);
    const subject = {
      model: system.model as CompiledExpansion,
      supercell: system.supercell,
      groups: system.groups,
      occupation: randomOccupation(system.supercell, random),
    };
    const potentials = { A: 0.02, B: -0.05, Q: 0.03 };
    const flips: Condition = {
      ensemble: { kind: "semi-grand", chemicalPotentials: potentials },
      temperature: 400,
    };
    expectSame(subject, flips, ENERGY_CHECK_STEPS >> 2);
    for (const moves of [undefined, { swap: 1, neighbourSwap: 1, reaction: 2, neighbourCutoff: 3.1 }])
      expectSame(
        subject,
        {
          ensemble: {
            kind: "reservoir",
            replace: [
              { from: "A", to: "B", count: 2 },
              { from: "B", to: "C", count: 1 },
              { from: "Q", to: "P", count: 1 },
            ],
            deltaMu: 0.04,
          },
          moves,
          temperature: 900,
        },
        30_000,
      );
  });

  it("exchange vacancies of ceria with its surroundings, each with two Ce3+", () => {
    const { model, supercell, groups } = publishedCeria([4, 4, 1], 4);
    const occupation = new Uint8Array(supercell.numSites);
    for (let i = 0; i < 4; i++) occupation[i] = 1;
    for (let i = 16; i < 24; i++) occupation[i] = 1;
    const subject = { model, supercell, groups, occupation };
    const { sites } = supercell.lattice;
    const speciesOf = (name: string) => sites.find(({ species }) => species.includes(name))!.species;
    const [oxygen, cerium] = [speciesOf("V"), speciesOf("Ce3+")];
    const ensemble: Ensemble = {
      kind: "reservoir",
      replace: [
        { from: oxygen[0], to: "V", count: 1 },
        { from: cerium[0], to: "Ce3+", count: 2 },
      ],
      deltaMu: -1.6,
    };
    const plain = expectSame(subject, { ensemble, temperature: 900 }, 40_000);
    expect(total(plain.accepted)).toBeGreaterThan(1000);
  });

  it("start from a state of the plain code, and the other way round, with auto among them", () => {
    const system = alloy([3, 2, 2]);
    const subject = {
      model: system.model as CompiledExpansion,
      supercell: system.supercell,
      groups: system.groups,
      occupation: randomOccupation(system.supercell, new RandomStream(4, 4)),
    };
    const condition: Condition = {
      ensemble: { kind: "variance-constrained", kappa: 100, phi: { A: -0.6, B: -0.8, P: -1 } },
      temperature: 500,
    };
    const whole = chainOf(subject, condition, "reference");
    whole.run(15_000);
    let state = chainOf(subject, condition, "reference").state();
    for (const [k, engine] of (["field", "reference", "direct", "field", "auto"] as const).entries()) {
      const chain = chainOf(subject, condition, engine);
      chain.restore(state);
      chain.run([1, 1234, 777, 3, 12_985][k]);
      state = chain.state();
    }
    expect(state).toEqual(whole.state());
  });

  it("are chosen without being asked for, and count species as they go", () => {
    const system = alloy([3, 2, 2]);
    const occupation = new Uint8Array(system.supercell.numSites);
    const subject = { ...system, model: system.model as CompiledExpansion, occupation };
    const condition: Condition = {
      ensemble: { kind: "semi-grand", chemicalPotentials: { B: 0.01 } },
      temperature: 600,
    };
    const chain = chainOf(subject, condition, "auto");
    const { numCells } = system.supercell;
    for (let k = 0; k < 30; k++) {
      chain.run(7 + 100 * k);
      [0, 1, 2].forEach((site) => {
        const range = { site, from: site * numCells, to: (site + 1) * numCells };
        const held = chain.occupation.subarray(range.from, range.to);
        for (const species of [0, 1, 2])
          expect(chain.countOf(range, species)).toBe(held.filter((s) => s === species).length);
      });
    }
    const { direct, field } = chain.engineSteps!;
    expect(direct + field).toBe(chain.step);
  });
});
