/**
 * Between physical units and those of a model's networks (see Normalisation):
 *   E* = (E − Σ_i [E_el(i) + meanEnergy]) perEnergy,   F* = F perEnergy / perLength,   (∂E/∂ε)* = ∂E/∂ε perEnergy
 * Stress is σ = (1/V) ∂E/∂ε, tension positive.
 */
import type { HdnnpModel } from "../hdnnp/model.ts";
import { VOIGT } from "../symmetry-functions/structure-descriptors.ts";

/**
 * What the networks leave out of the energy, eV.
 * @param kinds of the atoms, numbers of elements of the model
 */
function energyLeftOut({ elements, normalisation }: HdnnpModel, kinds: Uint8Array): number {
  // An element at a time: what is left of an energy is small beside it, and the roundings of thousands of atoms are not.
  const counts = new Float64Array(elements.length);
  for (let i = 0; i < kinds.length; i++) counts[kinds[i]]++;
  return elements.reduce(
    (sum, { energy }, k) => sum + counts[k] * energy,
    kinds.length * normalisation.meanEnergy,
  );
}

/** @param energy eV */
export function internalEnergy(model: HdnnpModel, kinds: Uint8Array, energy: number): number {
  return (energy - energyLeftOut(model, kinds)) * model.normalisation.perEnergy;
}

/** @returns eV */
export function physicalEnergy(model: HdnnpModel, kinds: Uint8Array, internal: number): number {
  return internal / model.normalisation.perEnergy + energyLeftOut(model, kinds);
}

/** F* of 1 eV/Å. */
export function internalForce({ normalisation }: HdnnpModel): number {
  return normalisation.perEnergy / normalisation.perLength;
}

/**
 * (∂E/∂ε_v)* of a stress; an off-diagonal ε_v stands for both halves.
 * @param stress Float64Array(9), eV/Å³; of an off-diagonal pair the mean is taken
 * @param volume Å³
 * @returns Float64Array(6)
 */
export function internalStrains(model: HdnnpModel, stress: Float64Array, volume: number): Float64Array {
  const unit = volume * model.normalisation.perEnergy;
  return Float64Array.from(VOIGT, ([a, b]) =>
    a === b ? unit * stress[4 * a] : unit * (stress[3 * a + b] + stress[3 * b + a]),
  );
}

/**
 * @param strains Float64Array(6), (∂E/∂ε_v)*
 * @param volume Å³
 * @returns Float64Array(9), eV/Å³
 */
export function physicalStress(model: HdnnpModel, strains: Float64Array, volume: number): Float64Array {
  const unit = volume * model.normalisation.perEnergy;
  const stress = new Float64Array(9);
  VOIGT.forEach(([a, b], v) => {
    const value = strains[v] / (a === b ? unit : 2 * unit);
    stress[3 * a + b] = value;
    stress[3 * b + a] = value;
  });
  return stress;
}
