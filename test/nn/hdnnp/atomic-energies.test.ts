import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Structure } from "../../../src/data/structure.ts";
import { atomicEnergyRemarks, fitAtomicEnergies } from "../../../src/nn/hdnnp/atomic-energies.ts";
import { failureOf } from "../../failure.ts";

function structure(counts: Readonly<Record<string, number>>, energy?: number): Structure {
  const species = Object.entries(counts).flatMap(([name, n]) => Array<string>(n).fill(name));
  return {
    cell: new Float64Array(9),
    periodic: [false, false, false],
    species,
    positions: new Float64Array(3 * species.length),
    energy,
    name: "",
    info: {},
    source: { file: "data.xyz", line: 7 },
  };
}

describe("fitAtomicEnergies", () => {
  it("finds the energies that made the data, whatever they are", () => {
    const energy = fc.double({ min: -1e4, max: 0, noNaN: true });
    fc.assert(
      fc.property(energy, energy, energy, (o, ti, ce) => {
        const of = (counts: { O?: number; Ti?: number; Ce?: number }) =>
          structure(counts, (counts.O ?? 0) * o + (counts.Ti ?? 0) * ti + (counts.Ce ?? 0) * ce);
        const data = [
          of({ O: 2, Ce: 1 }),
          of({ O: 54, Ce: 28 }),
          of({ O: 2, Ti: 1 }),
          of({ O: 2 }),
          structure({ O: 9 }),
        ];
        const found = fitAtomicEnergies(data, ["Ce", "O", "Ti"]);
        expect([...found.energies.keys()]).toEqual(["O", "Ti", "Ce"]);
        // Condition of the shares of this data is below 10, energies up to 1e4: 1e-16 · 1e5.
        expect(Math.abs(found.energies.get("O")! - o)).toBeLessThan(1e-9);
        expect(Math.abs(found.energies.get("Ti")! - ti)).toBeLessThan(1e-9);
        expect(Math.abs(found.energies.get("Ce")! - ce)).toBeLessThan(1e-9);
        expect(found.rmse).toBeLessThan(1e-9);
        expect(found.determined).toBe(true);
        expect(atomicEnergyRemarks(found)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it("weighs every structure the same, however large", () => {
    // Energies per atom −1 and −2 of one element: the mean, though one structure has 99 atoms.
    const found = fitAtomicEnergies([structure({ O: 1 }, -1), structure({ O: 99 }, -198)], ["O"]);
    expect(found.energies.get("O")).toBeCloseTo(-1.5, 12);
    expect(found.rmse).toBeCloseTo(0.5, 12);
  });

  it("takes the smallest energies where one composition determines none, and says so", () => {
    // (1/3) E_Ce + (2/3) E_O = −10: the shortest vector is along (1, 2): E_Ce = −6, E_O = −12.
    for (const copies of [1, 2, 5]) {
      const data = Array.from({ length: copies }, () => structure({ Ce: 1, O: 2 }, -30));
      const found = fitAtomicEnergies(data, ["O", "Ce"]);
      expect(found.energies.get("Ce")).toBeCloseTo(-6, 10);
      expect(found.energies.get("O")).toBeCloseTo(-12, 10);
      expect(found.determined).toBe(false);
      expect(found.rmse).toBeCloseTo(0, 10);
      expect(atomicEnergyRemarks(found).join()).toContain("do not determine");
    }
  });

  it("refuses elements that the data or the model do not have", () => {
    const missing = failureOf(() =>
      fitAtomicEnergies([structure({ O: 1 }, 1), structure({ Ce: 1 })], ["O", "Ce"]),
    );
    expect(missing.code).toBe("data");
    expect(missing.message).toContain("none of 1 holds Ce");
    const foreign = failureOf(() => fitAtomicEnergies([structure({ O: 1, H: 2 }, 1)], ["O"]));
    expect(foreign.code).toBe("data");
    expect(foreign.message).toContain("data.xyz: a structure holds H");
    expect(failureOf(() => fitAtomicEnergies([], ["O"])).message).toContain("none of 0 holds O");
  });
});
