/** A high-dimensional neural network potential by its plain formulas, which tests hold everything faster against. */
import type { Structure } from "../../data/structure.ts";
import { FeedForward } from "../networks/feed-forward.ts";
import { dependenceOf } from "../symmetry-functions/dependence.ts";
import { describeFunction } from "../symmetry-functions/describe-function.ts";
import { describeStructure } from "../symmetry-functions/reference.ts";
import { type LinearScaling, scalingOf } from "../symmetry-functions/scaling.ts";
import type { StructureDescriptors } from "../symmetry-functions/structure-descriptors.ts";
import type { HdnnpModel } from "./model.ts";

export interface HdnnpEvaluation {
  /** eV, with the energies of the free atoms. */
  readonly energy: number;
  /** Float64Array(N), eV; they sum to the energy. */
  readonly energies: Float64Array;
  /** Float64Array(3N), eV/Å. */
  readonly forces: Float64Array;
  /** W_ab = −∂E/∂ε_ab, Float64Array(9), eV; see Evaluation. */
  readonly virial: Float64Array;
  readonly descriptors: StructureDescriptors;
  /** Scaled functions and what the networks make of them, ∂y/∂x: at the places of the descriptors' values. */
  readonly inputs: Float64Array;
  readonly inputGradients: Float64Array;
  /** y, Float64Array(N), in the networks' own unit. */
  readonly outputs: Float64Array;
}

/** Of each element of a model. */
export function scalingsOf({ elements, scaling, scalingRange }: HdnnpModel): LinearScaling[] {
  return elements.map(({ element, functions, ranges }) =>
    scalingOf(scaling, scalingRange, ranges, (g) => describeFunction(functions[g], element)),
  );
}

/**
 * E = Σ_i [E_el(i) + meanEnergy + y_i / perEnergy]
 * @param structure positions in Å, anywhere
 * @throws {EcitonError} "data" where describeStructure or scalingOf do
 */
export function evaluateHdnnp(
  model: HdnnpModel,
  structure: Pick<Structure, "species" | "positions" | "cell" | "periodic">,
): HdnnpEvaluation {
  const { elements, normalisation } = model;
  const descriptors = describeStructure(elements, structure, { strains: true });
  const { numAtoms, kinds, valueOffsets, values } = descriptors;
  const scalings = scalingsOf(model);
  const networks = elements.map(({ network }) => new FeedForward(network));
  const inputs = new Float64Array(values.length);
  const inputGradients = new Float64Array(values.length);
  const outputs = new Float64Array(numAtoms);
  const energies = new Float64Array(numAtoms);
  // ∂E/∂G, eV.
  const slopes = new Float64Array(values.length);
  for (let i = 0; i < numAtoms; i++) {
    const { base, factor, origin } = scalings[kinds[i]];
    const { energy, network } = elements[kinds[i]];
    const at = valueOffsets[i];
    for (let g = 0; g < factor.length; g++) inputs[at + g] = base + factor[g] * (values[at + g] - origin[g]);
    outputs[i] = networks[kinds[i]].forward(network.weights, inputs, at);
    networks[kinds[i]].gradient(network.weights, inputGradients, at);
    energies[i] = energy + normalisation.meanEnergy + outputs[i] / normalisation.perEnergy;
    for (let g = 0; g < factor.length; g++)
      slopes[at + g] = (inputGradients[at + g] * factor[g]) / normalisation.perEnergy;
  }
  return {
    energy: energies.reduce((sum, one) => sum + one, 0),
    energies,
    forces: forcesOf(model, descriptors, slopes),
    virial: virialOf(descriptors, slopes),
    descriptors,
    inputs,
    inputGradients,
    outputs,
  };
}

/** F = −Σ_i Σ_g ∂E/∂G_ig ∂G_ig/∂r */
function forcesOf(model: HdnnpModel, descriptors: StructureDescriptors, slopes: Float64Array): Float64Array {
  const { numAtoms, kinds, valueOffsets, partnerOffsets, partners, gradientOffsets, gradients } = descriptors;
  const dependence = dependenceOf(model.elements);
  const forces = new Float64Array(3 * numAtoms);
  for (let i = 0; i < numAtoms; i++)
    for (let p = partnerOffsets[i]; p < partnerOffsets[i + 1]; p++) {
      const partner = partners[p];
      const own = p === partnerOffsets[i];
      const count = (gradientOffsets[p + 1] - gradientOffsets[p]) / 3;
      for (let s = 0; s < count; s++) {
        const g = own ? s : dependence[kinds[i]][kinds[partner]][s];
        for (let c = 0; c < 3; c++)
          forces[3 * partner + c] -= slopes[valueOffsets[i] + g] * gradients[gradientOffsets[p] + 3 * s + c];
      }
    }
  return forces;
}

/** W = −Σ_i Σ_g ∂E/∂G_ig ∂G_ig/∂ε; the strains count both halves of an off-diagonal one. */
function virialOf({ strains }: StructureDescriptors, slopes: Float64Array): Float64Array {
  const voigt = new Float64Array(6);
  slopes.forEach((slope, at) => {
    for (let v = 0; v < 6; v++) voigt[v] -= slope * strains[6 * at + v];
  });
  const [xx, yy, zz, yz, xz, xy] = voigt;
  return Float64Array.of(xx, xy / 2, xz / 2, xy / 2, yy, yz / 2, xz / 2, yz / 2, zz);
}
