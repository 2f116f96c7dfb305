/** Single-flip chains against exact results for the Ising model. */
import { describe, expect, it } from "vitest";
import { estimateMean, estimateVariance, findEquilibration } from "../../src/core/statistics.ts";
import {
  fccPolygons,
  fccSeriesEnergy,
  isingChain,
  isingModel,
  J,
  kaufmanLogZ,
  onsagerEnergy,
  torusExact,
} from "./ising-models.ts";

/** Energy (J) and heat capacity (k_B) for each spin, with errors; a sample is a sweep. */
function measure(kind: "square" | "fcc", size: number, coupling: number, sweeps: number) {
  const chain = isingChain(kind, size, coupling, 77);
  const spins = chain.occupation.length;
  const means = new Float64Array(sweeps);
  const variances = new Float64Array(sweeps);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    chain.run(spins);
    const bin = chain.takeBin();
    means[sweep] = bin.mean / (spins * J);
    variances[sweep] = bin.variance / (spins * J) ** 2;
  }
  const { start } = findEquilibration(means);
  const energy = estimateMean(means, start);
  const variance = estimateVariance(means, variances, start, energy.inefficiency);
  const scale = spins * coupling ** 2;
  return { energy, heatCapacity: { value: variance.value * scale, error: variance.error * scale } };
}

describe("the references", () => {
  it("Kaufman's partition function is that of all 65,536 states of the 4x4 torus", () => {
    const { model, supercell } = isingModel("square", 4);
    for (const coupling of [0.3, 0.4406868, 0.6]) {
      let z = 0;
      const occupation = new Uint8Array(supercell.numSites);
      for (let code = 0; code < 1 << 16; code++) {
        for (let i = 0; i < 16; i++) occupation[i] = (code >> i) & 1;
        z += Math.exp((-coupling * model.energy(occupation)) / J);
      }
      expect(kaufmanLogZ(4, coupling)).toBeCloseTo(Math.log(z), 9);
    }
  });

  it("Onsager's energy is -√2 J at the critical point and the limit of large tori elsewhere", () => {
    expect(onsagerEnergy(Math.log(1 + Math.SQRT2) / 2 + 1e-9)).toBeCloseTo(-Math.SQRT2, 6);
    for (const coupling of [1 / 3, 1 / 2])
      expect(Math.abs(torusExact(32, coupling).energy - onsagerEnergy(coupling))).toBeLessThan(1e-4);
  });

  it("the fcc lattice has the published numbers of polygons", () => {
    // Sykes, McKenzie, Watts, Martin, J. Phys. A 5, 661 (1972); OEIS A001337 is 2 n p_n
    expect([3, 4, 5, 6, 7].map(fccPolygons)).toEqual([8, 33, 168, 970, 6168]);
  });
});

describe("square lattice", () => {
  it.each([
    ["below", 1 / 2.0],
    ["at", Math.log(1 + Math.SQRT2) / 2],
    ["above", 1 / 3.0],
  ])("energy and heat capacity of the 16x16 torus, %s the critical point", (_, coupling) => {
    const exact = torusExact(16, coupling);
    const found = measure("square", 16, coupling, 12_000);
    expect(found.energy.effective).toBeGreaterThan(100);
    expect(Math.abs(found.energy.mean - exact.energy)).toBeLessThan(4 * found.energy.error);
    expect(Math.abs(found.heatCapacity.value - exact.heatCapacity)).toBeLessThan(
      4 * found.heatCapacity.error,
    );
    // Small enough for a wrong rule to be seen.
    expect(found.energy.error).toBeLessThan(0.01);
    expect(found.heatCapacity.error).toBeLessThan(0.1 * exact.heatCapacity);
  });

  it.each([1 / 2.0, 1 / 3.0])("Onsager's energy of the infinite lattice from 32x32 at K = %f", (coupling) => {
    const { energy } = measure("square", 32, coupling, 2000);
    // The torus of this size is within 1e-4 J of the infinite lattice (tested above).
    expect(Math.abs(energy.mean - onsagerEnergy(coupling))).toBeLessThan(4 * energy.error + 1e-4);
    expect(energy.error).toBeLessThan(0.004);
  });
});

describe("fcc lattice", () => {
  it("counts twelve neighbours and has the ground state -6 J", () => {
    const { model, supercell, neighbours } = isingModel("fcc", 4);
    expect(neighbours).toBe(12);
    expect(model.energy(new Uint8Array(supercell.numSites)) / (J * supercell.numSites)).toBeCloseTo(-6, 10);
  });

  it("follows the high-temperature series", () => {
    const { energy: exact, remainder } = fccSeriesEnergy(0.05, [8, 33, 168, 970, 6168]);
    // Correlations at half the critical coupling fade within two spacings; 8 of them are as good as infinity.
    const { energy } = measure("fcc", 8, 0.05, 8000);
    expect(remainder).toBeLessThan(1e-3);
    expect(Math.abs(energy.mean - exact)).toBeLessThan(4 * energy.error + remainder);
    expect(energy.error).toBeLessThan(0.005 * Math.abs(exact));
  });
});
