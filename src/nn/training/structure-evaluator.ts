/**
 * Energy, forces and strain derivatives of structures from their symmetry functions, with the derivatives of each by all
 * weights: what training compares with data. Internal units of the model's normalisation, without the energies of free
 * atoms and the mean:
 *   E* = Σ_i E_i(G_i),   F*_a = −(1/perLength) Σ_i ∂E_i/∂G_i · ∂G_i/∂r_a,   ∂E* /∂ε_v = Σ_i ∂E_i/∂G_i · ∂G_i/∂ε_v
 * Sums over i run over the atoms that have a among their partners. The derivative of a force by the weights is that of a
 * directional derivative of each E_i along ∂G_i/∂r_a; feed-forward.ts has it in one pass, network-rows.ts for many atoms at once.
 */
import { EcitonError } from "../../core/errors.ts";
import type { HdnnpModel } from "../hdnnp/model.ts";
import type { Dependence, StructureDescriptors } from "../symmetry-functions/structure-descriptors.ts";
import { affectedAtoms } from "./affected-atoms.ts";
import { BatchedNetworkRows, type NetworkRows, PlainNetworkRows, type RowSums } from "./network-rows.ts";
import { ScaledNetwork } from "./scaled-network.ts";
import { checkLength, weightOffsets, weightsOf } from "./weight-layout.ts";

/** Components of the symmetric strain: xx, yy, zz, yz, xz, xy. */
export const STRAINS = 6;

const ENERGY_ROW: RowSums = { directions: false, gradient: { energy: 1 } };
const DIRECTIONS: RowSums = { directions: true, gradient: null };
const DIRECTION_ROW: RowSums = { directions: true, gradient: { energy: 0 } };

export class StructureEvaluator {
  /** Of all elements; see weight-layout.ts for their order. */
  readonly numWeights: number;
  readonly #perLength: number;
  readonly #networks: readonly ScaledNetwork[];
  readonly #rows: readonly NetworkRows[];
  readonly #dependence: Dependence;
  readonly #weights: Float64Array;
  readonly #offsets: Uint32Array;
  /** ∂E/∂G of one atom, of the functions that depend on neighbours of each element. */
  readonly #slopesOf: readonly Float64Array[];

  /**
   * Starts with the weights of the model.
   * @param engine of rows: the kernel, or the plain formulas that it is held against
   * @throws {EcitonError} "shape", "data" as ScaledNetwork
   */
  constructor(model: HdnnpModel, dependence: Dependence, engine: "compiled" | "plain" = "compiled") {
    this.#dependence = dependence;
    this.#perLength = model.normalisation.perLength;
    this.#weights = weightsOf(model);
    this.#offsets = weightOffsets(model);
    this.numWeights = this.#weights.length;
    const weights = model.elements.map((_, k) =>
      this.#weights.subarray(this.#offsets[k], this.#offsets[k + 1]),
    );
    this.#networks = model.elements.map((one, k) => new ScaledNetwork(one, model, weights[k]));
    this.#rows = this.#networks.map((network, k) =>
      engine === "plain"
        ? new PlainNetworkRows(network, weights[k].length)
        : new BatchedNetworkRows(model.elements[k].network, network.scaling, weights[k]),
    );
    const most = Math.max(...this.#networks.map((one) => one.numFunctions));
    this.#slopesOf = this.#networks.map(() => new Float64Array(most));
  }

  /**
   * Copies the weights.
   * @throws {EcitonError} "shape" for another number of them
   */
  setWeights(weights: Float64Array): void {
    checkLength("weights of the model", weights, this.numWeights);
    this.#weights.set(weights);
    for (const rows of this.#rows) rows.takeWeights();
  }

  energy(d: StructureDescriptors): number {
    let energy = 0;
    for (let i = 0; i < d.numAtoms; i++)
      energy += this.#networks[d.kinds[i]].energy(d.values, d.valueOffsets[i]);
    return energy;
  }

  /**
   * @param out Float64Array(3N), overwritten
   * @returns the energy
   * @throws {EcitonError} "shape" for descriptors without gradients
   */
  forces(d: StructureDescriptors, out: Float64Array): number {
    const { partnerOffsets, partners, gradientOffsets, gradients, kinds } = d;
    requireGradients(d);
    checkLength("forces", out, 3 * d.numAtoms);
    out.fill(0);
    let energy = 0;
    for (let i = 0; i < d.numAtoms; i++) {
      const kind = kinds[i];
      energy += this.#slopes(d, i);
      let slopes = this.#networks[kind].slopes;
      let length = slopes.length;
      for (let p = partnerOffsets[i]; p < partnerOffsets[i + 1]; p++) {
        const atom = partners[p];
        if (p > partnerOffsets[i]) {
          slopes = this.#slopesOf[kinds[atom]];
          length = this.#dependence[kind][kinds[atom]].length;
        }
        let x = 0;
        let y = 0;
        let z = 0;
        let at = gradientOffsets[p];
        for (let s = 0; s < length; s++) {
          const slope = slopes[s];
          x += slope * gradients[at];
          y += slope * gradients[at + 1];
          z += slope * gradients[at + 2];
          at += 3;
        }
        out[3 * atom] -= x;
        out[3 * atom + 1] -= y;
        out[3 * atom + 2] -= z;
      }
    }
    for (let k = 0; k < out.length; k++) out[k] /= this.#perLength;
    return energy;
  }

  /**
   * ∂E/∂ε_v for all components of the strain.
   * @param out Float64Array(6), overwritten
   * @throws {EcitonError} "shape" for descriptors without strains
   */
  strain(d: StructureDescriptors, out: Float64Array): void {
    requireStrains(d);
    out.fill(0);
    for (let i = 0; i < d.numAtoms; i++) {
      const network = this.#networks[d.kinds[i]];
      network.energy(d.values, d.valueOffsets[i]);
      network.computeSlopes();
      const { slopes } = network;
      let at = STRAINS * d.valueOffsets[i];
      for (let g = 0; g < slopes.length; g++)
        for (let v = 0; v < STRAINS; v++) out[v] += slopes[g] * d.strains[at++];
    }
  }

  /** One component of the force on one atom: as in `forces`, from the atoms around it alone. */
  force(d: StructureDescriptors, atom: number, component: number): number {
    return this.#force(d, atom, component, null);
  }

  /**
   * @param out Float64Array(numWeights), overwritten with ∂E/∂w
   * @returns the energy
   */
  energyRow(d: StructureDescriptors, out: Float64Array): number {
    checkLength("row of a Jacobian", out, this.numWeights);
    out.fill(0);
    this.#begin(ENERGY_ROW);
    for (let i = 0; i < d.numAtoms; i++) this.#rows[d.kinds[i]].add(d.values, d.valueOffsets[i]);
    this.#end(1, out);
    return this.#rows.reduce((sum, rows) => sum + rows.energy, 0);
  }

  /**
   * @param component 0, 1, 2
   * @param out Float64Array(numWeights), overwritten with ∂F/∂w
   * @returns the component of the force
   */
  forceRow(d: StructureDescriptors, atom: number, component: number, out: Float64Array): number {
    checkLength("row of a Jacobian", out, this.numWeights);
    out.fill(0);
    return this.#force(d, atom, component, out);
  }

  /**
   * @param v 0 ... 5
   * @param out Float64Array(numWeights), overwritten with the derivative of ∂E/∂ε_v by the weights
   * @returns ∂E/∂ε_v
   */
  strainRow(d: StructureDescriptors, v: number, out: Float64Array): number {
    requireStrains(d);
    checkLength("row of a Jacobian", out, this.numWeights);
    out.fill(0);
    this.#begin(DIRECTION_ROW);
    for (let i = 0; i < d.numAtoms; i++) {
      const rows = this.#rows[d.kinds[i]];
      const { direction } = rows;
      const at = STRAINS * d.valueOffsets[i] + v;
      for (let g = 0; g < direction.length; g++) direction[g] = d.strains[at + STRAINS * g];
      rows.add(d.values, d.valueOffsets[i]);
    }
    this.#end(1, out);
    return this.#directional();
  }

  /**
   * Adds λ ∂E/∂w + Σ_k μ_k ∂F_k/∂w + Σ_v ν_v ∂(∂E/∂ε_v)/∂w: the gradient of any function of energy, forces and strain
   * derivatives, in one pass for each atom instead of one for each row.
   * @param byForces Float64Array(3N) of μ, or null
   * @param byStrains Float64Array(6) of ν, or null
   * @param out Float64Array(numWeights), changed
   */
  addGradient(
    d: StructureDescriptors,
    byEnergy: number,
    byForces: Float64Array | null,
    byStrains: Float64Array | null,
    out: Float64Array,
  ): void {
    checkLength("gradient by the weights", out, this.numWeights);
    if (byForces) {
      requireGradients(d);
      checkLength("multipliers of forces", byForces, 3 * d.numAtoms);
    }
    if (byStrains) {
      requireStrains(d);
      checkLength("multipliers of strains", byStrains, STRAINS);
    }
    this.#begin({ directions: byForces !== null || byStrains !== null, gradient: { energy: byEnergy } });
    for (let i = 0; i < d.numAtoms; i++) {
      const rows = this.#rows[d.kinds[i]];
      rows.direction.fill(0);
      if (byForces) this.#addForceDirection(d, i, byForces, rows.direction);
      if (byStrains) addStrainDirection(d, i, byStrains, rows.direction);
      rows.add(d.values, d.valueOffsets[i]);
    }
    this.#end(1, out);
  }

  /** Energy of atom i, with ∂E/∂G in its network's slopes and in #slopesOf. */
  #slopes(d: StructureDescriptors, i: number): number {
    const kind = d.kinds[i];
    const network = this.#networks[kind];
    const energy = network.energy(d.values, d.valueOffsets[i]);
    network.computeSlopes();
    const { slopes } = network;
    for (let j = 0; j < this.#slopesOf.length; j++) {
      const functions = this.#dependence[kind][j];
      const slopesOf = this.#slopesOf[j];
      for (let s = 0; s < functions.length; s++) slopesOf[s] = slopes[functions[s]];
    }
    return energy;
  }

  /** @param row where ∂F/∂w is added, if asked for */
  #force(d: StructureDescriptors, atom: number, component: number, row: Float64Array | null): number {
    requireGradients(d);
    const { offsets, atoms, pairs } = affectedAtoms(d);
    const factor = -1 / this.#perLength;
    this.#begin(row ? DIRECTION_ROW : DIRECTIONS);
    for (let k = offsets[atom]; k < offsets[atom + 1]; k++) {
      const i = atoms[k];
      const kind = d.kinds[i];
      const rows = this.#rows[kind];
      const { direction } = rows;
      const at = d.gradientOffsets[pairs[k]] + component;
      if (i === atom) {
        for (let g = 0; g < direction.length; g++) direction[g] = d.gradients[at + 3 * g];
      } else {
        const functions = this.#dependence[kind][d.kinds[atom]];
        direction.fill(0);
        for (let s = 0; s < functions.length; s++) direction[functions[s]] = d.gradients[at + 3 * s];
      }
      rows.add(d.values, d.valueOffsets[i]);
    }
    this.#end(factor, row);
    return factor * this.#directional();
  }

  #begin(sums: RowSums): void {
    for (const rows of this.#rows) rows.begin(sums);
  }

  #end(factor: number, out: Float64Array | null): void {
    for (let k = 0; k < this.#rows.length; k++) this.#rows[k].end(factor, out, this.#offsets[k]);
  }

  #directional(): number {
    return this.#rows.reduce((sum, rows) => sum + rows.directional, 0);
  }

  /** Adds −(1/perLength) Σ_k μ_k ∂G_i/∂r_k. */
  #addForceDirection(d: StructureDescriptors, i: number, byForces: Float64Array, direction: Float64Array) {
    const { partnerOffsets, partners, gradientOffsets, gradients, kinds } = d;
    for (let p = partnerOffsets[i]; p < partnerOffsets[i + 1]; p++) {
      const atom = partners[p];
      const x = -byForces[3 * atom] / this.#perLength;
      const y = -byForces[3 * atom + 1] / this.#perLength;
      const z = -byForces[3 * atom + 2] / this.#perLength;
      let at = gradientOffsets[p];
      if (p === partnerOffsets[i]) {
        for (let g = 0; g < direction.length; g++, at += 3)
          direction[g] += x * gradients[at] + y * gradients[at + 1] + z * gradients[at + 2];
        continue;
      }
      const functions = this.#dependence[kinds[i]][kinds[atom]];
      for (let s = 0; s < functions.length; s++, at += 3)
        direction[functions[s]] += x * gradients[at] + y * gradients[at + 1] + z * gradients[at + 2];
    }
  }
}

function addStrainDirection(
  d: StructureDescriptors,
  i: number,
  byStrains: Float64Array,
  direction: Float64Array,
): void {
  let at = STRAINS * d.valueOffsets[i];
  for (let g = 0; g < direction.length; g++)
    for (let v = 0; v < STRAINS; v++) direction[g] += byStrains[v] * d.strains[at++];
}

/** An atom is its own partner at least. */
function requireGradients(d: StructureDescriptors): void {
  if (d.partners.length < d.numAtoms)
    throw new EcitonError("shape", "these symmetry functions were computed without their gradients");
}

function requireStrains(d: StructureDescriptors): void {
  if (d.strains.length !== STRAINS * d.values.length)
    throw new EcitonError("shape", "these symmetry functions were computed without their strain derivatives");
}
