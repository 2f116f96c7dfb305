/** Symmetry functions of structures with their derivatives, by the compiled kernel. */
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import {
  NEIGHBOUR_BLOCK,
  NEIGHBOUR_BYTES,
  NEIGHBOUR_DISTANCE,
  NEIGHBOUR_KIND,
  WITH_GRADIENTS,
  WITH_STRAINS,
} from "../../kernels/descriptor-block.ts";
import {
  compiledDescriptors,
  type DescriptorMemory,
  type DescriptorProgram,
} from "../../kernels/descriptors.ts";
import { type NeighbourList, neighbourList } from "../../lattice/neighbour-list.ts";
import { dependenceOf, type ElementFunctions } from "./dependence.ts";
import { describeFunction } from "./describe-function.ts";
import { programOf, reachOf } from "./function-groups.ts";
import type { Dependence, StructureDescriptors } from "./structure-descriptors.ts";

/** What descriptors are made from. */
export type AtomicStructure = Pick<Structure, "species" | "positions" | "cell" | "periodic"> &
  Partial<Pick<Structure, "name" | "source">>;

export interface DescribeOptions {
  /** Default true; without them partners and gradients are empty. */
  readonly gradients?: boolean;
  /** Default false; with gradients only. */
  readonly strains?: boolean;
  /** Results in memory that threads can share; default false. */
  readonly shared?: boolean;
}

/** How many numbers the descriptors of a structure are. */
export interface DescriptorSizes {
  readonly values: number;
  readonly partners: number;
  readonly gradients: number;
}

/** No two atoms of a sensible structure are nearer, Å. */
export const CLOSEST_ATOMS = 0.1;

export class Descriptors {
  readonly elements: readonly ElementFunctions[];
  readonly dependence: Dependence;
  readonly #names: readonly string[];
  readonly #reach: readonly (readonly number[])[];
  readonly #longest: number;
  readonly #program: DescriptorProgram;
  #kernel: DescriptorMemory | null = null;

  /**
   * @param elements of the model, in its order; species of structures carry exactly these names
   * @throws {EcitonError} "data" for functions whose parameters make no sense, or of neighbours that are none of the elements
   */
  constructor(elements: readonly ElementFunctions[]) {
    this.elements = elements;
    this.#names = elements.map(({ element }) => element);
    this.dependence = dependenceOf(elements);
    this.#program = programOf(elements);
    this.#reach = reachOf(elements, this.dependence);
    this.#longest = Math.max(0, ...this.#reach.flat());
  }

  /**
   * Values, the same bits with and without derivatives; partners of an atom ascend after itself.
   * @param structure positions in Å, anywhere; the cell may be smaller than the radii
   * @throws {EcitonError} "shape" for another number of coordinates; "data" for species that the elements lack, atoms nearer than 0.1 Å, and functions that are not
   *   finite, naming the structure, its place in the file and the atoms
   */
  describe(
    structure: AtomicStructure,
    { gradients = true, strains = false, shared = false }: DescribeOptions = {},
  ): StructureDescriptors {
    const { kinds, list, sizes } = this.#look(structure);
    const numAtoms = kinds.length;
    const room = allocator(shared);
    const numValues = sizes.values;
    const made = {
      numAtoms,
      kinds: room(Uint8Array, numAtoms),
      valueOffsets: room(Uint32Array, numAtoms + 1),
      values: room(Float64Array, numValues),
      partnerOffsets: room(Uint32Array, numAtoms + 1),
      partners: room(Uint32Array, gradients ? sizes.partners : 0),
      gradientOffsets: room(Float64Array, gradients ? sizes.partners + 1 : 1),
      gradients: room(Float64Array, gradients ? sizes.gradients : 0),
      strains: room(Float64Array, gradients && strains ? 6 * numValues : 0),
    };
    made.kinds.set(kinds);
    const parts = gradients ? WITH_GRADIENTS + (strains ? WITH_STRAINS : 0) : 0;
    this.#fill(made, list, parts, this.#kernelFor(sizes));
    this.#checkFinite(structure, made);
    return made;
  }

  /** What `describe` would give, without computing it. @throws {EcitonError} as describe, but for functions */
  sizes(structure: AtomicStructure): DescriptorSizes {
    return this.#look(structure).sizes;
  }

  #look(structure: AtomicStructure) {
    const { species, positions, cell, periodic } = structure;
    if (positions.length !== 3 * species.length)
      throw new EcitonError(
        "shape",
        `${placeOf(structure)}: expected 3 coordinates for each of ${species.length} atoms, found ${positions.length} numbers`,
      );
    const kinds = Uint8Array.from(species, (name, i) => {
      const kind = this.#names.indexOf(name);
      if (kind < 0)
        throw new EcitonError(
          "data",
          `${placeOf(structure)}: atom ${i + 1} is ${name}, but the model knows ${this.#names.join(", ")}; ` +
            "leave the structure out, or give the model symmetry functions of this element",
          { atoms: [i], ...structure.source },
        );
      return kind;
    });
    let list: NeighbourList;
    try {
      list = neighbourList(positions, cell, periodic, Math.max(this.#longest, CLOSEST_ATOMS));
    } catch (error) {
      if (!(error instanceof EcitonError)) throw error;
      throw new EcitonError(error.code, `${placeOf(structure)}: ${error.message}`, error.details, error);
    }
    return { kinds, list, sizes: this.#count(structure, kinds, list) };
  }

  /** Numbers of results, and the most neighbours and gradients that an atom has. */
  #count(structure: AtomicStructure, kinds: Uint8Array, { first, index, distances }: NeighbourList) {
    let values = 0;
    let partners = 0;
    let gradients = 0;
    let mostNeighbours = 0;
    let mostGradients = 0;
    kinds.forEach((kind, i) => {
      const reach = this.#reach[kind];
      const numFunctions = this.elements[kind].functions.length;
      let own = 3 * numFunctions;
      let near = 0;
      let before = i;
      values += numFunctions;
      partners++;
      for (let n = first[i]; n < first[i + 1]; n++) {
        const j = index[n];
        const distance = distances[n];
        if (distance < CLOSEST_ATOMS) throw tooClose(structure, i, j, distance);
        if (distance >= reach[kinds[j]]) continue;
        near++;
        if (j === i || j === before) continue;
        before = j;
        partners++;
        own += 3 * this.dependence[kind][kinds[j]].length;
      }
      gradients += own;
      mostNeighbours = Math.max(mostNeighbours, near);
      mostGradients = Math.max(mostGradients, own);
    });
    return { values, partners, gradients, mostNeighbours, mostGradients };
  }

  /** One with room enough; it grows by doubling, so that few are made. */
  #kernelFor({ mostNeighbours, mostGradients }: { mostNeighbours: number; mostGradients: number }) {
    const known = this.#kernel;
    if (known && mostNeighbours <= known.mostNeighbours && mostGradients <= known.mostGradients) return known;
    const roomFor = (count: number) => 2 ** Math.ceil(Math.log2(Math.max(64, count)));
    this.#kernel = compiledDescriptors(
      this.#program,
      Math.max(known?.mostNeighbours ?? 0, roomFor(mostNeighbours)),
      Math.max(known?.mostGradients ?? 0, roomFor(mostGradients)),
    );
    return this.#kernel;
  }

  #fill(made: StructureDescriptors, list: NeighbourList, parts: number, kernel: DescriptorMemory): void {
    const { kinds, valueOffsets, values, partnerOffsets, partners, gradientOffsets, gradients, strains } =
      made;
    const { first, index, distances, vectors } = list;
    const { words, doubles, neighboursAt, kindStartsAt, gradientsAt } = kernel;
    const numKinds = this.elements.length;
    let value = 0;
    let partner = 0;
    let gradient = 0;
    // Entry → address of its partner's block, 0 for an image of the atom.
    const blocks = new Uint32Array(longestRow(first));
    for (let i = 0; i < kinds.length; i++) {
      const kind = kinds[i];
      const reach = this.#reach[kind];
      const dependence = this.dependence[kind];
      const numFunctions = this.elements[kind].functions.length;
      const start = first[i];
      let block = 3 * numFunctions;
      valueOffsets[i] = value;
      if (parts !== 0) {
        partnerOffsets[i] = partner;
        partners[partner] = i;
        gradientOffsets[partner++] = gradient;
        let before = i;
        let at = 0;
        for (let n = start; n < first[i + 1]; n++) {
          const j = index[n];
          if (distances[n] >= reach[kinds[j]]) continue;
          if (j !== i && j !== before) {
            before = j;
            partners[partner] = j;
            gradientOffsets[partner++] = gradient + block;
            at = gradientsAt + 8 * block;
            block += 3 * dependence[kinds[j]].length;
          }
          blocks[n - start] = j === i ? 0 : at;
        }
      }
      let count = 0;
      for (let other = 0; other < numKinds; other++) {
        words[kindStartsAt / 4 + other] = count;
        const limit = reach[other];
        for (let n = start; n < first[i + 1]; n++) {
          if (kinds[index[n]] !== other || distances[n] >= limit) continue;
          const record = neighboursAt + NEIGHBOUR_BYTES * count++;
          const to = record / 8;
          doubles[to] = vectors[3 * n];
          doubles[to + 1] = vectors[3 * n + 1];
          doubles[to + 2] = vectors[3 * n + 2];
          doubles[to + NEIGHBOUR_DISTANCE / 8] = distances[n];
          words[(record + NEIGHBOUR_KIND) / 4] = other;
          words[(record + NEIGHBOUR_BLOCK) / 4] = blocks[n - start];
        }
      }
      words[kindStartsAt / 4 + numKinds] = count;
      kernel.describe(kind, parts === 0 ? 0 : block, parts);
      const copy = (to: Float64Array, offset: number, from: number, length: number) =>
        to.set(doubles.subarray(from / 8, from / 8 + length), offset);
      copy(values, value, kernel.valuesAt, numFunctions);
      if (parts & WITH_GRADIENTS) copy(gradients, gradient, gradientsAt, block);
      if (parts & WITH_STRAINS) copy(strains, 6 * value, kernel.strainsAt, 6 * numFunctions);
      value += numFunctions;
      gradient += block;
    }
    valueOffsets[kinds.length] = value;
    if (parts === 0) return;
    partnerOffsets[kinds.length] = partner;
    gradientOffsets[partner] = gradient;
  }

  #checkFinite(structure: AtomicStructure, made: StructureDescriptors): void {
    const { kinds, valueOffsets, values, partnerOffsets, gradientOffsets, gradients, strains } = made;
    const owner = (at: number, starts: (i: number) => number) => {
      let i = 0;
      while (starts(i + 1) <= at) i++;
      return i;
    };
    const fail = (i: number, what: string): never => {
      throw new EcitonError(
        "data",
        `${placeOf(structure)}: atom ${i + 1} (${structure.species[i]}): ${what} is not finite`,
        {
          atoms: [i],
          ...structure.source,
        },
      );
    };
    const badValue = notFinite(values);
    if (badValue >= 0) {
      const i = owner(badValue, (k) => valueOffsets[k]);
      const { element, functions } = this.elements[kinds[i]];
      fail(i, describeFunction(functions[badValue - valueOffsets[i]], element));
    }
    const badGradient = notFinite(gradients);
    if (badGradient >= 0)
      fail(
        owner(badGradient, (k) => gradientOffsets[partnerOffsets[k]]),
        "a derivative of a symmetry function",
      );
    const badStrain = notFinite(strains);
    if (badStrain >= 0)
      fail(
        owner(badStrain, (k) => 6 * valueOffsets[k]),
        "a derivative of a symmetry function with strain",
      );
  }
}

function allocator(shared: boolean) {
  return <Numbers>(
    numbers: { new (buffer: ArrayBufferLike): Numbers; readonly BYTES_PER_ELEMENT: number },
    count: number,
  ): Numbers => {
    const bytes = numbers.BYTES_PER_ELEMENT * count;
    return new numbers(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  };
}

/** Index of the first number that is not finite, or −1. */
function notFinite(numbers: Float64Array): number {
  // 0 x is 0 for all others; sums that need not wait for each other are quicker than a test of each.
  let [even, odd] = [0, 0];
  for (let k = 0; k < numbers.length; k += 2) {
    even += 0 * numbers[k];
    odd += 0 * (numbers[k + 1] ?? 0);
  }
  return even + odd === 0 ? -1 : numbers.findIndex((x) => !Number.isFinite(x));
}

function longestRow(first: Int32Array): number {
  let longest = 0;
  for (let i = 1; i < first.length; i++) longest = Math.max(longest, first[i] - first[i - 1]);
  return longest;
}

/** The error that two atoms of a structure are nearer than CLOSEST_ATOMS. */
export function tooClose(structure: AtomicStructure, i: number, j: number, distance: number): EcitonError {
  return new EcitonError(
    "data",
    `${placeOf(structure)}: atoms ${i + 1} and ${j + 1} are ${distance.toPrecision(3)} Å apart; at least ` +
      `${CLOSEST_ATOMS} Å is expected: see whether positions and cell are in Å, and whether an atom is listed twice`,
    { atoms: [i, j], distance_A: distance, ...structure.source },
  );
}

/** "Mo_12 (train.xyz:57)" */
function placeOf({ name, source }: AtomicStructure): string {
  const place = source === undefined ? "" : `${source.file}${source.line === null ? "" : `:${source.line}`}`;
  if (!name) return place || "a structure";
  return place ? `${name} (${place})` : name;
}
