/** Models and states that every engine is tried on, and how it is compared with the plain code. */
import fc from "fast-check";
import { expect } from "vitest";
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../../src/clusters/expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { type BasisName, basisNames } from "../../src/clusters/site-basis.ts";
import { RandomStream } from "../../src/core/random.ts";
import type { ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import type { EngineName } from "../../src/mc/engines/compiled-engine.ts";
import type { MetropolisChain } from "../../src/mc/engines/metropolis.ts";
import type { ExchangeGroup } from "../../src/mc/exchange-groups.ts";
import { gapCutoff, matricesFor, randomLattice, randomOccupation } from "../clusters/random-lattices.ts";

/** Random energies of both signs; four-body clusters among them where the lattice is not too dense. */
export function randomModel(
  lattice: ParentLattice,
  basis: BasisName,
  random: RandomStream,
): ClusterExpansion {
  const cutoffs = { 2: gapCutoff(lattice, 12), 3: gapCutoff(lattice, 6), 4: gapCutoff(lattice, 4) };
  const terms = buildPool(lattice, basis, cutoffs).orbits.map((orbit) => ({
    ...orbit,
    coefficient: random.nextFloat() < 0.2 ? 0 : 0.1 * random.nextNormal(),
  }));
  return { lattice, basis, terms };
}

export interface Subject {
  readonly model: CompiledExpansion;
  readonly supercell: Supercell;
  readonly groups: readonly ExchangeGroup[];
  readonly occupation: Uint8Array;
}

/** Whether any group holds two species. */
export function canExchange({ supercell, groups, occupation }: Subject): boolean {
  return groups.some((group) => {
    const found = new Set<number>();
    occupation.forEach((species, site) => {
      if (group.sublattices.includes(supercell.sublatticeOf(site))) found.add(species);
    });
    return found.size > 1;
  });
}

/** Lists of one set in different orders make no groups by species. */
export function groupsOf(lattice: ParentLattice): ExchangeGroup[] {
  return lattice.sites.flatMap((site, s) =>
    site.species.length > 1 ? [{ name: site.name, species: site.species, sublattices: [s] }] : [],
  );
}

/** Any lattice, supercell and basis, at one of some temperatures, K. */
export const engineCases = (...temperatures: readonly number[]) =>
  randomLattice.chain((lattice) =>
    fc.record({
      lattice: fc.constant(lattice),
      matrix: matricesFor(lattice),
      basis: fc.constantFrom(...basisNames),
      seed: fc.nat(1000),
      temperature: fc.constantFrom(...temperatures),
    }),
  );

type EngineCase = ReturnType<typeof engineCases> extends fc.Arbitrary<infer Case> ? Case : never;

/** A model and a state of the case, and the random numbers that come after them. */
export function subjectOf({ lattice, matrix, basis, seed }: EngineCase): {
  readonly subject: Subject;
  readonly random: RandomStream;
} {
  const random = new RandomStream(seed, 0);
  const supercell = new Supercell(lattice, matrix);
  const model = new CompiledExpansion(randomModel(lattice, basis, random), supercell);
  const occupation = randomOccupation(supercell, random);
  return { subject: { model, supercell, groups: groupsOf(lattice), occupation }, random };
}

/**
 * Runs the plain code and both compiled engines side by side: states and bins are equal to the last bit.
 * @returns the chain of the plain code
 */
export function expectSameChains(
  { model }: Subject,
  chainWith: (engine: EngineName) => MetropolisChain,
  steps: number,
): MetropolisChain {
  const plain = chainWith("reference");
  const direct = chainWith("direct");
  const field = chainWith("field");
  expect(plain.engineSteps).toBeNull();
  let done = 0;
  // Pieces of all lengths, so that batches of random numbers end anywhere.
  for (const part of [1, 2, 3, steps >> 2, 61, steps]) {
    for (const chain of [plain, direct, field]) chain.run(part);
    done += part;
    const expected = plain.state();
    expect(direct.state()).toEqual(expected);
    expect(field.state()).toEqual(expected);
    const bin = plain.takeBin();
    expect(direct.takeBin()).toEqual(bin);
    expect(field.takeBin()).toEqual(bin);
  }
  expect(direct.engineSteps).toEqual({ direct: done, field: 0 });
  expect(field.engineSteps).toEqual({ direct: 0, field: done });
  expect(model.energy(field.occupation)).toBeCloseTo(field.energy, 8);
  for (const chain of [direct, field]) chain.close();
  return plain;
}
