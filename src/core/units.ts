/** Physical constants and conversions. Inside: Å, eV, K, fs, amu, e. */

/** Boltzmann constant, eV/K (CODATA 2018, exact by definition of the SI). */
export const BOLTZMANN_EV_PER_K = 8.617333262e-5;
/** eV/Å³ per kbar: 1 kbar = 1e8 Pa, 1 eV/Å³ = 1.602176634e11 Pa. */
export const KBAR_EV_PER_A3 = 1e8 / 1.602176634e11;

/**
 * An energy without the rounding of the sums it comes from, for people to read: 0.3 in place of 0.30000000000000004,
 * and 0 in place of -4.4e-16. Energies that are followed along a chain are allowed to drift by far more.
 * @param energy eV
 * @returns eV, a whole number of 1e-12 eV; as it was from 9000 eV on, where doubles are no finer
 */
export function withoutRounding(energy: number): number {
  const whole = Math.round(energy * 1e12);
  // Adding 0 makes 0 of -0.
  return Number.isSafeInteger(whole) ? whole / 1e12 + 0 : energy;
}

const ELEMENTARY_CHARGE_C = 1.602176634e-19;
const ATOMIC_MASS_KG = 1.6605390666e-27;
/** eV per amu Å²/fs² (CODATA 2018): kinetic energies, and accelerations as force / mass. */
export const AMU_A2_PER_FS2_EV = (ATOMIC_MASS_KG * 1e10) / ELEMENTARY_CHARGE_C;
/** e²/(4πε₀), eV Å (CODATA 2018). */
export const COULOMB_EV_A = (ELEMENTARY_CHARGE_C / (4 * Math.PI * 8.8541878128e-12)) * 1e10;
/** eV/Å³ per GPa. */
export const GPA_EV_PER_A3 = 1e9 / 1.602176634e11;
/** Å (CODATA 2018: 5.29177210903e-11 m). */
export const BOHR_A = 0.529177210903;
/** eV (CODATA 2018). */
export const HARTREE_EV = 27.211386245988;
