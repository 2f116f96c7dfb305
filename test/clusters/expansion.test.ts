import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { CountsEvaluator } from "../../src/clusters/counts.ts";
import {
  type ClusterExpansion,
  type ExpansionRecord,
  expansionFromRecord,
  expansionRecord,
} from "../../src/clusters/expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { type BasisName, basisNames } from "../../src/clusters/site-basis.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { ceriaInput } from "../lattice/lattices.ts";
import { gapCutoff, matricesFor, randomLattice, randomOccupation } from "./random-lattices.ts";

const latticeAndCells = randomLattice.chain((lattice) =>
  fc.record({
    lattice: fc.constant(lattice),
    matrix: matricesFor(lattice),
    basis: fc.constantFrom(...basisNames),
    seed: fc.nat(1000),
  }),
);

/** A model with random coefficients of both signs, some of them zero. */
function randomModel(lattice: ParentLattice, basis: BasisName, random: RandomStream): ClusterExpansion {
  const pool = buildPool(lattice, basis, { 2: gapCutoff(lattice, 12), 3: gapCutoff(lattice, 6) });
  const terms = pool.orbits.map((orbit) => ({
    ...orbit,
    coefficient: random.nextFloat() < 0.2 ? 0 : random.nextNormal(),
  }));
  return { lattice, basis, terms };
}

/** Sum of the magnitudes that an energy is made of: the scale of its rounding errors. */
function scaleOf(model: ClusterExpansion, supercell: Supercell): number {
  return (
    model.terms.reduce((sum, t) => sum + Math.abs(t.coefficient) * t.instances.length, 0) * supercell.numCells
  );
}

describe("CompiledExpansion", () => {
  it("has the energy of the definition, and the change of every move, also where clusters meet themselves", () => {
    fc.assert(
      fc.property(latticeAndCells, ({ lattice, matrix, basis, seed }) => {
        const random = new RandomStream(seed, 0);
        const model = randomModel(lattice, basis, random);
        const supercell = new Supercell(lattice, matrix);
        const compiled = new CompiledExpansion(model, supercell);
        const evaluator = new CountsEvaluator(supercell, basis, model.terms);
        const energyOf = (occupation: Uint8Array) =>
          evaluator.counts(occupation).reduce((sum, n, t) => sum + n * model.terms[t].coefficient, 0);
        // Some hundred additions, each with a relative error of 1e-16 of the scale.
        const tolerance = 1e-12 * (1 + scaleOf(model, supercell));
        const occupation = randomOccupation(supercell, random);
        const before = occupation.slice();
        const energy = energyOf(occupation);
        expect(Math.abs(compiled.energy(occupation) - energy)).toBeLessThan(tolerance);
        for (const i of supercell.active) {
          const count = lattice.sites[supercell.sublatticeOf(i)].species.length;
          for (let species = 0; species < count; species++) {
            const changed = occupation.slice();
            changed[i] = species;
            const change = compiled.changeOfSite(occupation, i, species);
            expect(Math.abs(change - (energyOf(changed) - energy))).toBeLessThan(tolerance);
          }
          for (const j of supercell.active) {
            if (lattice.sites[supercell.sublatticeOf(j)].species.length !== count) continue;
            const swapped = occupation.slice();
            [swapped[i], swapped[j]] = [occupation[j], occupation[i]];
            const change = compiled.changeOfSwap(occupation, i, j);
            expect(Math.abs(change - (energyOf(swapped) - energy))).toBeLessThan(tolerance);
          }
        }
        expect(occupation).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses an occupation of another supercell", () => {
    const lattice = createParentLattice(ceriaInput);
    const compiled = new CompiledExpansion(
      { lattice, basis: "indicator", terms: [] },
      new Supercell(lattice, [2, 1, 1]),
    );
    expect(() => compiled.check(new Uint8Array(9))).toThrow(expect.objectContaining({ code: "shape" }));
    expect(compiled.energy(new Uint8Array(10))).toBe(0);
  });
});

describe("the record of a model", () => {
  it("gives back the same energies on any supercell", () => {
    fc.assert(
      fc.property(latticeAndCells, ({ lattice, matrix, basis, seed }) => {
        const random = new RandomStream(seed, 1);
        const model = randomModel(lattice, basis, random);
        const record = JSON.parse(JSON.stringify(expansionRecord(model))) as ExpansionRecord;
        const again = expansionFromRecord(record, "model.json");
        expect(
          again.terms.map((t) => [t.label, t.size, t.diameter, t.instances.length, t.coefficient]),
        ).toEqual(model.terms.map((t) => [t.label, t.size, t.diameter, t.instances.length, t.coefficient]));
        const supercell = new Supercell(lattice, matrix);
        const occupation = randomOccupation(supercell, random);
        const first = new CompiledExpansion(model, supercell).energy(occupation);
        const second = new CompiledExpansion(again, new Supercell(again.lattice, matrix)).energy(occupation);
        expect(Math.abs(first - second)).toBeLessThan(1e-12 * (1 + scaleOf(model, supercell)));
        expect(expansionRecord(again)).toEqual(expansionRecord(model));
      }),
      { numRuns: 40 },
    );
  });

  const lattice = createParentLattice(ceriaInput);
  const model = {
    lattice,
    basis: "indicator" as const,
    terms: buildPool(lattice, "indicator", { 2: 4 }).orbits.map((orbit) => ({ ...orbit, coefficient: 0.1 })),
  };
  const good = () => JSON.parse(JSON.stringify(expansionRecord(model)));
  const pair = model.terms.findIndex((term) => term.label === "VO1VO2_1N");

  it.each<[string, (record: ReturnType<typeof good>) => void, string]>([
    [
      "another multiplicity",
      (r) => (r.terms[pair].multiplicity += 1),
      "VO1VO2_1N: the file states 4 instances",
    ],
    ["an unknown site", (r) => (r.terms[pair].points[0].site = "O9"), 'no site "O9"'],
    ["an unknown species", (r) => (r.terms[pair].points[0].function = "H"), 'no function "H"'],
    ["the background species", (r) => (r.terms[pair].points[0].function = "O"), 'no function "O"'],
    ["a coefficient that is NaN", (r) => (r.terms[pair].coefficient_eV = Number.NaN), "not a finite number"],
    [
      "a coefficient that JSON made null",
      (r) => (r.terms[pair].coefficient_eV = null),
      "not a finite number",
    ],
    [
      "a diameter that is NaN",
      (r) => (r.terms[pair].diameter_A = Number.NaN),
      "diameter is not a finite number",
    ],
    ["a cell of fractions", (r) => (r.terms[pair].points[1].cell = [0.5, 0, 0]), "three integers"],
    ["a cell that is NaN", (r) => (r.terms[pair].points[1].cell = [0, Number.NaN, 0]), "three integers"],
    [
      "a cell along the free direction",
      (r) => (r.terms[pair].points[1].cell[2] = 1),
      "not periodic along its vector 3",
    ],
    ["one site twice", (r) => (r.terms[pair].points[1] = r.terms[pair].points[0]), "are the same site"],
    ["a lattice without volume", (r) => (r.lattice.cell_A = Array(9).fill(1)), "no volume"],
    ["a position that JSON made null", (r) => (r.lattice.sites[0].position[0] = null), "three numbers"],
    ["an unknown basis", (r) => (r.basis = "fourier"), 'found "fourier"'],
  ])("is refused with %s", (_, spoil, message) => {
    const record = good();
    expect(() => expansionFromRecord(record, "model.json")).not.toThrow();
    spoil(record);
    expect(() => expansionFromRecord(record, "model.json")).toThrow(message);
    expect(() => expansionFromRecord(record, "model.json")).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringMatching(/^model\.json: /) }),
    );
  });
});
