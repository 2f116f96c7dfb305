/** Chemical potential of oxygen in its gas. */
import { EcitonError } from "../core/errors.ts";
import { BOLTZMANN_EV_PER_K } from "../core/units.ts";

/**
 * Shomate parameters A to G of O2 gas, with t = T / 1000 K:
 *   H(T) - H(298.15 K) = A t + B t²/2 + C t³/3 + D t⁴/4 - E/t + F   (kJ/mol)
 *   S(T) at 1 bar      = A ln t + B t + C t²/2 + D t³/3 - E/(2 t²) + G   (J/mol/K)
 * @see Chase, NIST-JANAF Thermochemical Tables, 4th ed., J. Phys. Chem. Ref. Data, Monograph 9 (1998), as fitted in
 *   the NIST Chemistry WebBook, SRD 69, oxygen, gas phase
 */
const shomate = [
  { to: 700, a: 31.32234, b: -20.23531, c: 57.86644, d: -36.50624, e: -0.007374, f: -8.903471, g: 246.7945 },
  { to: 2000, a: 30.03235, b: 8.772972, c: -3.988133, d: 0.788313, e: -0.741599, f: -11.32468, g: 236.1663 },
  { to: 6000, a: 20.91111, b: 10.72071, c: -2.020498, d: 0.146449, e: 9.245722, f: 5.337651, g: 237.6185 },
] as const;

/** Where these hold. */
export const OXYGEN_RANGE_K = { from: 100, to: 6000 } as const;

/** H(298.15 K) - H(0 K) of O2, kJ/mol. @see the same tables */
const ENTHALPY_TO_298 = 8.683;

/** eV in 1 kJ/mol: 1000 / (e N_A) (CODATA 2018, exact). */
const EV_PER_KJ_MOL = 1000 / (1.602176634e-19 * 6.02214076e23);

/**
 * Enthalpy relative to 0 K and entropy at 1 bar of an O2 molecule in the gas.
 * @returns eV, and eV/K
 * @throws {EcitonError} "usage" outside 100 to 6000 K
 */
export function oxygenGas(temperature_K: number): { enthalpy: number; entropy: number } {
  const range = shomate.find(({ to }) => temperature_K <= to);
  if (!range || !(temperature_K >= OXYGEN_RANGE_K.from))
    throw new EcitonError(
      "usage",
      `the chemical potential of oxygen is known from ${OXYGEN_RANGE_K.from} to ${OXYGEN_RANGE_K.to} K, asked for was ${temperature_K} K; give delta_mu_eV instead`,
      { temperature_K },
    );
  const { a, b, c, d, e, f, g } = range;
  const t = temperature_K / 1000;
  const enthalpy = t * (a + t * (b / 2 + t * (c / 3 + (t * d) / 4))) - e / t + f + ENTHALPY_TO_298;
  const entropy = a * Math.log(t) + t * (b + t * (c / 2 + (t * d) / 3)) - e / (2 * t * t) + g;
  return { enthalpy: enthalpy * EV_PER_KJ_MOL, entropy: (entropy / 1000) * EV_PER_KJ_MOL };
}

/**
 * Chemical potential of an oxygen atom in O2 gas, relative to half the total energy of the molecule at 0 K:
 *   Δμ_O(T, p) = 1/2 [H(T) - H(0 K) - T S(T, 1 bar) + k_B T ln(p / 1 bar)]
 * The zero-point energy of the molecule is left out, as it is in the reference.
 * @returns eV
 * @throws {EcitonError} "usage" outside 100 to 6000 K, or for a pressure that is not above 0
 * @see Reuter, Scheffler, Phys. Rev. B 65, 035406 (2001)
 */
export function oxygenChemicalPotential(temperature_K: number, pressure_bar: number): number {
  if (!(Number.isFinite(pressure_bar) && pressure_bar > 0))
    throw new EcitonError("usage", `expected a pressure of oxygen above 0 bar, found ${pressure_bar}`, {
      pressure_bar,
    });
  const { enthalpy, entropy } = oxygenGas(temperature_K);
  const standard = enthalpy - temperature_K * entropy;
  return (standard + BOLTZMANN_EV_PER_K * temperature_K * Math.log(pressure_bar)) / 2;
}
