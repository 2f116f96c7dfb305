/**
 * All errors of a training as one function of the weights, for quasi-Newton methods; internal units:
 *   L = ½ [Σ_s ω_s (ΔE_s / N_s)² / n_E + (forceWeight)² Σ ω_s ΔF² / n_F + (stressWeight)² Σ ω_s (V Δσ_v / N_s)² / n_σ]
 * with n the numbers of energies, of force components, and of stress components, ω_s the weight of a structure.
 */
import type { HdnnpModel } from "../hdnnp/model.ts";
import { halfOf } from "./fit-targets.ts";
import { internalEnergy, internalForce, internalStrains } from "./internal-units.ts";
import { STRAINS, type StructureEvaluator } from "./structure-evaluator.ts";
import type { TrainingStructure } from "./training-set.ts";
import type { TrainingSettings } from "./training-settings.ts";

type LossSettings = Pick<
  TrainingSettings,
  "energyFraction" | "forceFraction" | "stressFraction" | "forceWeight" | "stressWeight"
>;

export class TrainingLoss {
  readonly size: number;
  /** Weights stand alone. */
  readonly block = 1;
  readonly #model: HdnnpModel;
  readonly #structures: readonly TrainingStructure[];
  readonly #evaluator: StructureEvaluator;
  /** What one squared error counts. */
  readonly #ofEnergy: number;
  readonly #ofForce: number;
  readonly #ofStress: number;
  readonly #forces: Float64Array;
  readonly #strains = new Float64Array(STRAINS);

  /** Errors of a kind whose fraction is 0 do not count; those of the others all do. */
  constructor(
    model: HdnnpModel,
    structures: readonly TrainingStructure[],
    evaluator: StructureEvaluator,
    settings: LossSettings,
  ) {
    this.size = evaluator.numWeights;
    this.#model = model;
    this.#structures = structures;
    this.#evaluator = evaluator;
    const sum = (count: (structure: TrainingStructure) => number) =>
      structures.reduce((total, structure) => total + count(structure), 0);
    const share = (weight: number, count: number) => (count === 0 ? 0 : weight ** 2 / count);
    const { energyFraction, forceFraction, stressFraction, forceWeight, stressWeight } = settings;
    this.#ofEnergy =
      energyFraction > 0
        ? share(
            1,
            sum(({ energy }) => (energy === null ? 0 : 1)),
          )
        : 0;
    this.#ofForce =
      forceFraction > 0
        ? share(
            forceWeight,
            sum(({ forces }) => forces?.length ?? 0),
          )
        : 0;
    this.#ofStress =
      stressFraction > 0
        ? share(
            stressWeight,
            sum(({ stress }) => (stress === null ? 0 : STRAINS)),
          )
        : 0;
    this.#forces = new Float64Array(3 * Math.max(0, ...structures.map(({ numAtoms }) => numAtoms)));
  }

  /**
   * @param x Float64Array(size), weights
   * @param gradient Float64Array(size), overwritten
   */
  evaluate(x: Float64Array, gradient: Float64Array): number {
    this.#evaluator.setWeights(x);
    gradient.fill(0);
    let loss = 0;
    for (const structure of this.#structures) loss += this.#add(structure, gradient);
    return loss;
  }

  /** Largest derivative by a weight. */
  residual(_x: Float64Array, gradient: Float64Array): number {
    return gradient.reduce((largest, g) => Math.max(largest, Math.abs(g)), 0);
  }

  #add(structure: TrainingStructure, gradient: Float64Array): number {
    const { numAtoms, kinds, weight } = structure;
    const withForces = this.#ofForce > 0 && structure.forces !== null;
    const withStress = this.#ofStress > 0 && structure.stress !== null;
    const d = withForces || withStress ? structure.descriptors() : structure.values;
    const evaluator = this.#evaluator;
    const forces = this.#forces.subarray(0, 3 * numAtoms);
    const found = withForces ? evaluator.forces(d, forces) : evaluator.energy(d);
    let loss = 0;
    let byEnergy = 0;
    if (structure.energy !== null) {
      const factor = (weight * this.#ofEnergy) / numAtoms ** 2;
      const error = found - internalEnergy(this.#model, kinds, structure.energy);
      byEnergy = factor * error;
      loss += 0.5 * byEnergy * error;
    }
    if (withForces) {
      const unit = internalForce(this.#model);
      const factor = weight * this.#ofForce;
      for (let k = 0; k < forces.length; k++) {
        const error = forces[k] - structure.forces![k] * unit;
        forces[k] = factor * error;
        loss += 0.5 * factor * error * error;
      }
    }
    const strains = this.#strains;
    if (withStress) {
      evaluator.strain(d, strains);
      const wanted = internalStrains(this.#model, structure.stress!, structure.volume!);
      for (let v = 0; v < STRAINS; v++) {
        const factor = (weight * this.#ofStress * halfOf(v) ** 2) / numAtoms ** 2;
        const error = strains[v] - wanted[v];
        strains[v] = factor * error;
        loss += 0.5 * factor * error * error;
      }
    }
    evaluator.addGradient(d, byEnergy, withForces ? forces : null, withStress ? strains : null, gradient);
    return loss;
  }
}
