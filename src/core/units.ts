/** Physical constants and conversions. Inside: Å, eV, K, fs, amu, e. */

/** Boltzmann constant, eV/K (CODATA 2018, exact by definition of the SI). */
export const BOLTZMANN_EV_PER_K = 8.617333262e-5;
/** eV/Å³ per kbar: 1 kbar = 1e8 Pa, 1 eV/Å³ = 1.602176634e11 Pa. */
export const KBAR_EV_PER_A3 = 1e8 / 1.602176634e11;
