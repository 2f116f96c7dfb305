/** Structures with what is known of them and their symmetry functions: what a training learns from. */
import { EcitonError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import type { Structure } from "../../data/structure.ts";
import type { ElementFunctions } from "../symmetry-functions/dependence.ts";
import type { StructureDescriptors } from "../symmetry-functions/structure-descriptors.ts";
import {
  DescriptorStore,
  type SharedDescriptors,
  type StoreOptions,
  sharedCopy,
} from "./descriptor-store.ts";

export interface TrainingStructure {
  readonly name: string;
  readonly source: Structure["source"];
  /** Kind of structure that errors are told apart by ("surface", "liquid"). */
  readonly structureClass: string | null;
  readonly numAtoms: number;
  /** Uint8Array(N): number of each atom's element in the model. */
  readonly kinds: Uint8Array;
  /** Å³; null unless periodic in three directions. */
  readonly volume: number | null;
  /** eV, of the whole structure. */
  readonly energy: number | null;
  /** Float64Array(3N), eV/Å. */
  readonly forces: Float64Array | null;
  /** Float64Array(9), eV/Å³, tension positive; null without a volume. */
  readonly stress: Float64Array | null;
  /** How much its errors count; 1 as a rule. */
  readonly weight: number;
  /** Without derivatives, which are empty; at no cost. */
  readonly values: StructureDescriptors;
  /** With gradients, and strain derivatives where there is a stress; perhaps computed anew. Not to be modified. */
  descriptors(): StructureDescriptors;
}

export interface TrainingSample {
  readonly structure: Structure;
  readonly structureClass?: string | null;
  readonly weight?: number;
}

/** What a structure has beside its descriptors; plain data. */
type KnownOfStructure = Omit<TrainingStructure, "numAtoms" | "kinds" | "values" | "descriptors">;

/** Plain data whose arrays are in memory that threads share. */
export interface SharedTrainingSet {
  readonly known: readonly KnownOfStructure[];
  readonly store: SharedDescriptors;
}

export class TrainingSet {
  readonly structures: readonly TrainingStructure[];
  readonly store: DescriptorStore;
  readonly #known: readonly KnownOfStructure[];

  private constructor(known: readonly KnownOfStructure[], store: DescriptorStore) {
    this.store = store;
    this.#known = known;
    this.structures = known.map((one, index) => ({
      ...one,
      numAtoms: store.values(index).numAtoms,
      kinds: store.values(index).kinds,
      get values() {
        return store.values(index);
      },
      descriptors: () => store.descriptors(index),
    }));
  }

  /**
   * Computes the symmetry functions of all structures.
   * @param elements of the model, in its order
   * @throws {EcitonError} as DescriptorStore.create; "data" for a weight that is negative or not finite
   */
  static async create(
    elements: readonly ElementFunctions[],
    samples: readonly TrainingSample[],
    options: Omit<StoreOptions, "strains"> = {},
  ): Promise<TrainingSet> {
    const known = samples.map(knownOf);
    const store = await DescriptorStore.create(
      elements,
      samples.map(({ structure }) => structure),
      { ...options, strains: known.map(({ stress }) => stress !== null) },
    );
    return new TrainingSet(known, store);
  }

  /** For a thread: see open. */
  share(): SharedTrainingSet {
    return { known: this.#known, store: this.store.share() };
  }

  /** The set that was shared, on the same arrays. */
  static open({ known, store }: SharedTrainingSet): TrainingSet {
    return new TrainingSet(known, DescriptorStore.open(store));
  }
}

function knownOf({ structure, structureClass = null, weight = 1 }: TrainingSample): KnownOfStructure {
  const { name, source, cell, periodic, energy, forces, stress } = structure;
  if (!(weight >= 0 && weight < Infinity))
    throw new EcitonError("data", `${name}: a weight is a number from 0 on, found ${weight}`, { ...source });
  const volume = periodic.every(Boolean) ? Math.abs(det3(cell)) : null;
  return {
    name,
    source,
    structureClass,
    volume,
    energy: energy ?? null,
    forces: forces === undefined ? null : sharedCopy(forces),
    stress: stress === undefined || volume === null ? null : sharedCopy(stress),
    weight,
  };
}
