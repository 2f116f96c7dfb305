/**
 * Symmetry functions of many structures, held for a training: values always, gradients and strain derivatives as far as a
 * budget goes. What is not held is computed again when it is asked for, with the same bits: a structure's descriptors depend
 * on the structure alone.
 */
import { EcitonError } from "../../core/errors.ts";
import type { Executor, TaskContext, TaskFunction } from "../../exec/executor.ts";
import type { FunctionRanges } from "../hdnnp/model.ts";
import type { ElementFunctions } from "../symmetry-functions/dependence.ts";
import { type AtomicStructure, Descriptors } from "../symmetry-functions/descriptors.ts";
import { RangeAccumulator } from "../symmetry-functions/ranges.ts";
import type { StructureDescriptors } from "../symmetry-functions/structure-descriptors.ts";

export interface StoreOptions {
  /** Bytes that gradients and strain derivatives may take; default 2 GiB. */
  readonly budget?: number;
  /** Of which structures strain derivatives are wanted; default none. */
  readonly strains?: readonly boolean[];
  /** How many of the structures computed again are kept at hand; default 4. */
  readonly recent?: number;
  /** Threads that share the work; default this one. */
  readonly executor?: Executor;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, structures: number) => void;
}

export interface StoreMemory {
  /** Bytes of values, and of derivatives that are held. */
  readonly values: number;
  readonly derivatives: number;
  /** Structures whose derivatives are held, of how many. */
  readonly held: number;
  readonly structures: number;
}

/** Plain data whose arrays are in memory that threads share. */
export interface SharedDescriptors {
  readonly elements: readonly ElementFunctions[];
  readonly descriptors: readonly StructureDescriptors[];
  /** What derivatives are computed from where they are not held, else null. */
  readonly structures: readonly (AtomicStructure | null)[];
  readonly strains: readonly boolean[];
  readonly recent: number;
}

const GIB = 2 ** 30;
/** Atoms of the structures of a task: enough to make up for its start, few enough to be shared evenly. */
const ATOMS_PER_TASK = 250;

export class DescriptorStore {
  readonly #shared: SharedDescriptors;
  readonly #descriptors: Descriptors;
  readonly #values: readonly StructureDescriptors[];
  /** Computed again, the latest last. */
  readonly #recent = new Map<number, StructureDescriptors>();

  private constructor(shared: SharedDescriptors) {
    this.#shared = shared;
    this.#descriptors = new Descriptors(shared.elements);
    this.#values = shared.descriptors.map(withoutDerivatives);
  }

  /**
   * @param elements of the model, in its order
   * @throws {EcitonError} "data" as Descriptors.describe, naming the structure; "cancelled"
   */
  static async create(
    elements: readonly ElementFunctions[],
    structures: readonly AtomicStructure[],
    options: StoreOptions = {},
  ): Promise<DescriptorStore> {
    const { budget = 2 * GIB, recent = 4, executor, signal, onProgress } = options;
    const strains = structures.map((_, s) => options.strains?.[s] ?? false);
    // Functions alone: descriptions of elements may hold more (a whole model), which threads need not be sent.
    const plain = elements.map(({ element, functions }) => ({ element, functions }));
    const descriptors = new Descriptors(plain);
    let left = budget;
    const jobs = structures.map((structure, s): DescribeJob => {
      const bytes = derivativeBytes(descriptors, structure, strains[s]);
      const held = bytes <= left;
      if (held) left -= bytes;
      const { species, positions, cell, periodic, name, source } = structure;
      const lean = { species, positions, cell, periodic, name, source };
      return { structure: lean, gradients: held, strains: strains[s] };
    });
    const blocks = blocksOf(jobs);
    let done = 0;
    const made: StructureDescriptors[] = [];
    const finish = (block: readonly DescribeJob[]) => {
      done += block.length;
      onProgress?.(done, jobs.length);
    };
    if (executor?.sharesMemory) {
      const payloads = blocks.map((block): DescribePayload => ({ elements: plain, jobs: block }));
      const onResult = (index: number) => finish(blocks[index]);
      const results = await executor.map<StructureDescriptors[]>(describeTask, payloads, {
        signal,
        onResult,
      });
      made.push(...results.flat());
    } else
      for (const block of blocks) {
        // Lets a pending interrupt be seen.
        await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted) break;
        made.push(...block.map((job) => describeJob(descriptors, job)));
        finish(block);
      }
    if (made.length < jobs.length)
      throw new EcitonError(
        "cancelled",
        `interrupted after the symmetry functions of ${made.length} structures`,
      );
    return new DescriptorStore({
      elements: plain,
      descriptors: made,
      structures: jobs.map(({ structure, gradients }) =>
        gradients ? null : { ...structure, positions: sharedCopy(structure.positions) },
      ),
      strains,
      recent,
    });
  }

  get dependence() {
    return this.#descriptors.dependence;
  }

  get size(): number {
    return this.#values.length;
  }

  get memory(): StoreMemory {
    const all = this.#shared.descriptors;
    const total = sum(all.map(bytesOf));
    const values = sum(this.#values.map(bytesOf));
    const held = this.#shared.structures.filter((one) => one === null).length;
    return { values, derivatives: total - values, held, structures: this.size };
  }

  /** Without derivatives, which are empty. */
  values(index: number): StructureDescriptors {
    return this.#values[index];
  }

  /** With gradients, and strain derivatives where they were asked for. Not to be modified. */
  descriptors(index: number): StructureDescriptors {
    const structure = this.#shared.structures[index];
    if (structure === null) return this.#shared.descriptors[index];
    const known = this.#recent.get(index);
    this.#recent.delete(index);
    const found = known ?? this.#descriptors.describe(structure, { strains: this.#shared.strains[index] });
    this.#recent.set(index, found);
    if (this.#recent.size > this.#shared.recent) this.#recent.delete(this.#recent.keys().next().value!);
    return found;
  }

  /**
   * Ranges of the functions of each element over the atoms of these structures, by default all.
   * @throws {EcitonError} "data" for an element without atoms
   */
  ranges(indices: Iterable<number> = this.#values.keys()): FunctionRanges[] {
    const { elements } = this.#shared;
    const accumulators = elements.map(({ functions }) => new RangeAccumulator(functions.length));
    for (const index of indices) {
      const { kinds, values, valueOffsets } = this.#values[index];
      for (let i = 0; i < kinds.length; i++) accumulators[kinds[i]].add(values, valueOffsets[i]);
    }
    return accumulators.map((accumulator, kind) => {
      if (accumulator.count === 0)
        throw new EcitonError(
          "data",
          `no training structure has an atom of ${elements[kind].element}: its symmetry functions have no ranges; add ` +
            "structures with it, or leave it out of the model",
        );
      return accumulator.ranges();
    });
  }

  /** For a thread: see open. */
  share(): SharedDescriptors {
    return this.#shared;
  }

  /** The store that was shared, on the same arrays; what it computes again is its own. */
  static open(shared: SharedDescriptors): DescriptorStore {
    return new DescriptorStore(shared);
  }
}

interface DescribeJob {
  readonly structure: AtomicStructure;
  readonly gradients: boolean;
  readonly strains: boolean;
}

interface DescribePayload {
  readonly elements: readonly ElementFunctions[];
  readonly jobs: readonly DescribeJob[];
}

const describeTask: TaskFunction = { module: import.meta.url, name: "describeBlock" };

/** A task: descriptors of some structures, in memory that threads share; fewer when it is asked to stop. */
export function describeBlock(
  { elements, jobs }: DescribePayload,
  { cancel }: TaskContext,
): StructureDescriptors[] {
  const descriptors = new Descriptors(elements);
  const made: StructureDescriptors[] = [];
  for (const job of jobs) {
    if (Atomics.load(cancel, 0) !== 0) break;
    made.push(describeJob(descriptors, job));
  }
  return made;
}

function describeJob(descriptors: Descriptors, { structure, gradients, strains }: DescribeJob) {
  return descriptors.describe(structure, { gradients, strains, shared: true });
}

/** Consecutive structures of about as many atoms; the same whatever the number of threads. */
function blocksOf(jobs: readonly DescribeJob[]): DescribeJob[][] {
  const blocks: DescribeJob[][] = [];
  let atoms = Infinity;
  for (const job of jobs) {
    if (atoms >= ATOMS_PER_TASK) {
      blocks.push([]);
      atoms = 0;
    }
    blocks[blocks.length - 1].push(job);
    atoms += job.structure.species.length;
  }
  return blocks;
}

/** What holding the derivatives of a structure takes beyond its values. */
function derivativeBytes(descriptors: Descriptors, structure: AtomicStructure, strains: boolean): number {
  const { values, partners, gradients } = descriptors.sizes(structure);
  return 8 * gradients + 12 * partners + (strains ? 48 * values : 0);
}

const EMPTY = { partners: new Uint32Array(0), gradients: new Float64Array(0), strains: new Float64Array(0) };

function withoutDerivatives(one: StructureDescriptors): StructureDescriptors {
  return {
    ...one,
    ...EMPTY,
    partnerOffsets: new Uint32Array(one.numAtoms + 1),
    gradientOffsets: new Float64Array(1),
  };
}

function bytesOf(one: StructureDescriptors): number {
  const { kinds, valueOffsets, values, partnerOffsets, partners, gradientOffsets, gradients, strains } = one;
  return sum(
    [kinds, valueOffsets, values, partnerOffsets, partners, gradientOffsets, gradients, strains].map(
      (array) => array.byteLength,
    ),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0);
}

/** The same numbers in memory that threads share. */
export function sharedCopy(numbers: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(numbers.byteLength));
  copy.set(numbers);
  return copy;
}
