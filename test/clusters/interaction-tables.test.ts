import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileDifferences } from "../../src/clusters/cell-differences.ts";
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { compileTables } from "../../src/clusters/interaction-tables.ts";
import { buildTries } from "../../src/clusters/interaction-tries.ts";
import { latticeGas } from "../../src/clusters/lattice-gas.ts";
import { padCells, paddedStep } from "../../src/clusters/padded-cells.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { basisNames } from "../../src/clusters/site-basis.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { ceriaInput, fccInput } from "../lattice/lattices.ts";
import { gapCutoff, matricesFor, randomLattice, randomOccupation } from "./random-lattices.ts";

const randomCell = randomLattice.chain((lattice) =>
  fc.record({ lattice: fc.constant(lattice), matrix: matricesFor(lattice), seed: fc.nat(1000) }),
);

function randomExpansion(lattice: ParentLattice, basis: (typeof basisNames)[number], random: RandomStream) {
  const { orbits } = buildPool(lattice, basis, { 2: gapCutoff(lattice, 12), 3: gapCutoff(lattice, 6) });
  const terms = orbits.map((orbit) => ({ ...orbit, coefficient: random.nextNormal() }));
  return { lattice, basis, terms };
}

describe("the lattice gas", () => {
  it("has energies of whole units, and none of the background", () => {
    fc.assert(
      fc.property(randomCell, fc.constantFrom(...basisNames), ({ lattice, seed }, basis) => {
        const { clusters, unit } = latticeGas(randomExpansion(lattice, basis, new RandomStream(seed, 0)));
        expect(Number.isInteger(Math.log2(unit))).toBe(true);
        for (const { points, energy } of clusters) {
          expect(Number.isSafeInteger(energy / unit)).toBe(true);
          for (let at = 0; at < points.length; at += 5) expect(points[at + 4]).toBeGreaterThan(0);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is the model itself in the indicator basis, up to half a unit", () => {
    const lattice = createParentLattice(ceriaInput);
    const expansion = randomExpansion(lattice, "indicator", new RandomStream(1, 0));
    const { clusters, unit } = latticeGas(expansion);
    const found = new Map(clusters.map(({ points, energy }) => [points.join(), energy]));
    let instances = 0;
    for (const term of expansion.terms)
      for (const instance of term.instances) {
        if (instance.length === 0) continue;
        instances++;
        expect(Math.abs(found.get(instance.join())! - term.coefficient)).toBeLessThanOrEqual(unit / 2);
      }
    expect(clusters).toHaveLength(instances);
  });

  it("refuses energies whose sums are not finite", () => {
    const lattice = createParentLattice(fccInput(4));
    const { orbits } = buildPool(lattice, "indicator", { 2: 3 });
    const terms = orbits.map((orbit) => ({ ...orbit, coefficient: 1e308 }));
    let code = "";
    try {
      latticeGas({ lattice, basis: "indicator", terms });
    } catch (error) {
      if (error instanceof EcitonError) code = error.code;
    }
    expect(code).toBe("data");
  });
});

describe("energy changes", () => {
  it("add up to exactly nothing around any closed walk through configurations", () => {
    fc.assert(
      fc.property(randomCell, fc.constantFrom(...basisNames), ({ lattice, matrix, seed }, basis) => {
        const random = new RandomStream(seed, 0);
        const supercell = new Supercell(lattice, matrix);
        const model = new CompiledExpansion(randomExpansion(lattice, basis, random), supercell);
        const start = randomOccupation(supercell, random);
        const occupation = start.slice();
        let sum = 0;
        const go = (site: number, species: number) => {
          sum += model.changeOfSite(occupation, site, species);
          occupation[site] = species;
        };
        for (let k = 0; k < 30; k++) {
          const site = supercell.active[random.nextIndex(supercell.active.length)];
          go(site, random.nextIndex(lattice.sites[supercell.sublatticeOf(site)].species.length));
        }
        // Back to the start in another order.
        for (const site of random.shuffle(supercell.active.slice())) go(site, start[site]);
        expect(sum).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("interaction tables", () => {
  it("are as large for a small supercell as for a large one", () => {
    const lattice = createParentLattice(ceriaInput);
    const { orbits } = buildPool(lattice, "indicator", { 2: 6.2, 3: 5 });
    const terms = orbits.map((orbit) => ({ ...orbit, coefficient: 0.1 }));
    const gas = latticeGas({ lattice, basis: "indicator", terms });
    const sizes = [6, 24].map((n) => {
      const tables = compileTables(gas, new Supercell(lattice, [n, n, 1]));
      const { records, values } = buildTries(tables).energies;
      return [tables.neighbourStep.length, tables.entryEnergy.length, records.length, values.length];
    });
    expect(sizes[1]).toEqual(sizes[0]);
    expect(sizes[0][1]).toBeGreaterThan(100);
  });

  it("step from every cell to the cell at an offset", () => {
    fc.assert(
      fc.property(
        randomCell,
        fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)), { minLength: 1 }),
        (cell, raw) => {
          const supercell = new Supercell(cell.lattice, cell.matrix);
          const offsets = raw.map((offset) => offset.map((x, k) => (cell.lattice.periodic[k] ? x - 2 : 0)));
          const padded = padCells(supercell, offsets);
          for (let c = 0; c < supercell.numCells; c++) {
            const [u, v, w] = supercell.cellOf(c);
            expect(padded.cellOf[padded.home[c]]).toBe(c);
            for (const offset of offsets)
              expect(padded.cellOf[padded.home[c] + paddedStep(padded, offset)]).toBe(
                supercell.cellIndex(u + offset[0], v + offset[1], w + offset[2]),
              );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("tell for any two sites whether one is the other's neighbour, and which", () => {
    fc.assert(
      fc.property(randomCell, ({ lattice, matrix, seed }) => {
        const supercell = new Supercell(lattice, matrix);
        const gas = latticeGas(randomExpansion(lattice, "indicator", new RandomStream(seed, 0)));
        const tables = compileTables(gas, supercell);
        const { codes, classes, centre, neighbours } = compileDifferences(tables, supercell);
        const { cells, neighbourStart, neighbourStep, neighbourSublattice, sites } = tables;
        const count = sites.length;
        for (let s = 0; s < count; s++)
          for (let c = 0; c < supercell.numCells; c++) {
            const expected = new Map<string, number>();
            for (let k = neighbourStart[s]; k < neighbourStart[s + 1]; k++) {
              const key = `${neighbourSublattice[k]},${cells.cellOf[cells.home[c] + neighbourStep[k]]}`;
              expect(expected.has(key)).toBe(false);
              expected.set(key, k - neighbourStart[s] + 1);
            }
            expect(expected.has(`${s},${c}`)).toBe(false);
            for (let t = 0; t < count; t++)
              for (let d = 0; d < supercell.numCells; d++) {
                const difference = classes[centre + codes[d] - codes[c]];
                const found = difference === 0 ? 0 : neighbours[(difference * count + s) * count + t];
                expect(found).toBe(expected.get(`${t},${d}`) ?? 0);
              }
          }
      }),
      { numRuns: 40 },
    );
  });
});
