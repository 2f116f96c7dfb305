/**
 * What the networks are to learn of some structures, in the units of internal-units.ts: energies, force components, and
 * V σ_v, the work of a strain by the stress. Each is a candidate for an update, numbered within its kind.
 */
import type { HdnnpModel } from "../hdnnp/model.ts";
import { internalEnergy, internalForce, internalStrains } from "./internal-units.ts";
import type { UpdateKind } from "./selection.ts";
import { STRAINS, type StructureEvaluator } from "./structure-evaluator.ts";
import type { TrainingStructure } from "./training-set.ts";

interface Place {
  readonly structure: TrainingStructure;
  /** 3 atom + component of a force; xx, yy, zz, yz, xz, xy of a stress. */
  readonly component: number;
}

export class FitTargets {
  readonly #model: HdnnpModel;
  readonly #structures: readonly TrainingStructure[];
  /** Of each kind, the number of candidates before each structure; as the last entry the number of all. */
  readonly #offsets: Readonly<Record<UpdateKind, Float64Array>>;
  readonly #strains = new Float64Array(STRAINS);

  constructor(model: HdnnpModel, structures: readonly TrainingStructure[]) {
    this.#model = model;
    this.#structures = structures;
    this.#offsets = {
      energy: offsetsOf(structures, ({ energy }) => (energy === null ? 0 : 1)),
      force: offsetsOf(structures, ({ forces }) => forces?.length ?? 0),
      stress: offsetsOf(structures, ({ stress }) => (stress === null ? 0 : STRAINS)),
    };
  }

  /** Candidates of a kind. */
  count(kind: UpdateKind): number {
    return this.#offsets[kind][this.#structures.length];
  }

  /** How much a candidate counts beside others of its kind. */
  weight(kind: UpdateKind, candidate: number): number {
    return this.#place(kind, candidate).structure.weight;
  }

  /**
   * @param row Float64Array(weights), overwritten with the derivative of the prediction; null: not asked for
   * @returns reference minus prediction
   */
  residual(
    evaluator: StructureEvaluator,
    kind: UpdateKind,
    candidate: number,
    row: Float64Array | null,
  ): number {
    const { structure, component } = this.#place(kind, candidate);
    const model = this.#model;
    switch (kind) {
      case "energy": {
        const { kinds, energy, values } = structure;
        const found = row ? evaluator.energyRow(values, row) : evaluator.energy(values);
        return internalEnergy(model, kinds, energy!) - found;
      }
      case "force": {
        const d = structure.descriptors();
        const atom = Math.floor(component / 3);
        const c = component % 3;
        const found = row ? evaluator.forceRow(d, atom, c, row) : evaluator.force(d, atom, c);
        return structure.forces![component] * internalForce(model) - found;
      }
      case "stress": {
        const d = structure.descriptors();
        const half = halfOf(component);
        const found = row
          ? evaluator.strainRow(d, component, row)
          : this.#strain(evaluator, structure, component);
        if (row && half !== 1) for (let i = 0; i < row.length; i++) row[i] *= half;
        return half * (internalStrains(model, structure.stress!, structure.volume!)[component] - found);
      }
      default:
        return kind satisfies never;
    }
  }

  /** The size of a residual in the unit that errors of sets have: eV/atom, eV/Å, eV/Å³. */
  size(kind: UpdateKind, candidate: number, residual: number): number {
    const { structure } = this.#place(kind, candidate);
    const { perEnergy } = this.#model.normalisation;
    switch (kind) {
      case "energy":
        return Math.abs(residual) / (structure.numAtoms * perEnergy);
      case "force":
        return Math.abs(residual) / internalForce(this.#model);
      case "stress":
        return Math.abs(residual) / (structure.volume! * perEnergy);
      default:
        return kind satisfies never;
    }
  }

  /** Sizes of the residuals of all candidates. */
  sizes(evaluator: StructureEvaluator, kind: UpdateKind): Float64Array {
    const sizes = new Float64Array(this.count(kind));
    if (kind === "force") {
      let at = 0;
      const unit = internalForce(this.#model);
      for (const structure of this.#structures) {
        if (!structure.forces) continue;
        const found = new Float64Array(3 * structure.numAtoms);
        evaluator.forces(structure.descriptors(), found);
        for (let k = 0; k < found.length; k++) sizes[at++] = Math.abs(structure.forces[k] - found[k] / unit);
      }
      return sizes;
    }
    return sizes.map((_, candidate) =>
      this.size(kind, candidate, this.residual(evaluator, kind, candidate, null)),
    );
  }

  #strain(evaluator: StructureEvaluator, structure: TrainingStructure, v: number): number {
    evaluator.strain(structure.descriptors(), this.#strains);
    return this.#strains[v];
  }

  #place(kind: UpdateKind, candidate: number): Place {
    const offsets = this.#offsets[kind];
    let low = 0;
    let high = this.#structures.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (offsets[middle] <= candidate) low = middle;
      else high = middle;
    }
    return { structure: this.#structures[low], component: candidate - offsets[low] };
  }
}

/** An off-diagonal strain stands for both halves, σ_v for one. */
export const halfOf = (v: number) => (v < 3 ? 1 : 0.5);

function offsetsOf(
  structures: readonly TrainingStructure[],
  count: (structure: TrainingStructure) => number,
): Float64Array {
  const offsets = new Float64Array(structures.length + 1);
  for (const [s, structure] of structures.entries()) offsets[s + 1] = offsets[s] + count(structure);
  return offsets;
}
