import { describe, expect, it } from "vitest";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { oxygenChemicalPotential, oxygenGas } from "../../src/mc/oxygen-potential.ts";

describe("chemical potential of oxygen", () => {
  // Reuter, Scheffler, Phys. Rev. B 65, 035406 (2001), Table II: eV at 1 atm.
  it.each([
    [300, -0.27],
    [600, -0.61],
    [1000, -1.1],
  ])("is that of the published table at %i K", (temperature, published) => {
    const atm = oxygenChemicalPotential(temperature, 1.01325);
    // The table is rounded to 0.01 eV; the fit is within 0.001 eV of the data.
    expect(Math.abs(atm - published)).toBeLessThan(0.005 + 0.001);
  });

  // NIST-JANAF tables (1998), O2: H(T) - H(298.15 K) in kJ/mol and S(T) in J/mol/K.
  it.each([
    [100, -5.779, 173.307],
    [500, 6.084, 220.693],
    [1000, 22.703, 243.578],
  ])("follows from the tabulated enthalpy and entropy at %i K", (temperature, enthalpy, entropy) => {
    const kilojoule = (8.683 + enthalpy - (temperature * entropy) / 1000) / 2;
    // H is tabulated to 0.001 kJ/mol, S to 0.001 J/mol/K; the fit follows it to some such units.
    expect(Math.abs(oxygenChemicalPotential(temperature, 1) * 96.48533212 - kilojoule)).toBeLessThan(0.005);
  });

  it("has the slope -S/2 at constant pressure, and k_B T / 2 in ln p", () => {
    for (const temperature of [150, 298.15, 500, 699, 701, 1200, 1999, 2001, 4000, 5990]) {
      const { entropy } = oxygenGas(temperature);
      for (const pressure of [1e-10, 1, 50]) {
        const h = 1e-3;
        const slope =
          (oxygenChemicalPotential(temperature + h, pressure) -
            oxygenChemicalPotential(temperature - h, pressure)) /
          (2 * h);
        const exact = -(entropy - BOLTZMANN_EV_PER_K * Math.log(pressure)) / 2;
        // Enthalpy and entropy are separate fits with rounded parameters, and values of 10 eV are rounded to 1e-15.
        expect(Math.abs(slope - exact)).toBeLessThan(1e-9);
        const ratio =
          oxygenChemicalPotential(temperature, pressure * Math.E) -
          oxygenChemicalPotential(temperature, pressure);
        expect(ratio).toBeCloseTo((BOLTZMANN_EV_PER_K * temperature) / 2, 12);
      }
    }
  });

  it("has the tabulated entropy at 298.15 K and goes on at the seams of the fit", () => {
    // 205.15 J/mol/K (CODATA 205.152 ± 0.005), as eV/K.
    const { entropy } = oxygenGas(298.15);
    expect(Math.abs(entropy * 96485.33212 - 205.15)).toBeLessThan(0.01);
    expect(Math.abs(oxygenGas(298.15).enthalpy * 96.48533212 - 8.683)).toBeLessThan(0.005);
    // The ranges were fitted apart: the tables that they follow are given to 0.001 kJ/mol (1e-5 eV).
    for (const seam of [700, 2000])
      expect(
        Math.abs(oxygenChemicalPotential(seam, 1) - oxygenChemicalPotential(seam * (1 + 1e-12), 1)),
      ).toBeLessThan(2e-5);
  });

  it.each([
    [99.9, 1],
    [6000.1, 1],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
    [500, 0],
    [500, -1],
    [500, Number.NaN],
    [500, Number.POSITIVE_INFINITY],
  ])("refuses %f K and %f bar", (temperature, pressure) => {
    expect(() => oxygenChemicalPotential(temperature, pressure)).toThrow(/oxygen/);
  });

  it("takes both ends of its range", () => {
    for (const temperature of [100, 6000]) expect(oxygenChemicalPotential(temperature, 1)).toBeLessThan(0);
  });
});
