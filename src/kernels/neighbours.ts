/**
 * A potential's kernel with its memory: positions in, neighbour list when it is needed, forces out. What a kernel
 * has to keep to stands at the head of assembly/_neighbours.ts.
 */
import { EcitonError } from "../core/errors.ts";
import { faceSpacings, inv3, type Mat3, mul3 } from "../core/linalg.ts";
import { completedCell } from "../core/periodic-cell.ts";
import { Layout } from "./layout.ts";
import { instantiateKernel } from "./load.ts";
import * as block from "./neighbour-block.ts";

export interface NeighbourPlan {
  /** The file in assembly, without its ending. */
  readonly kernel: string;
  /** Uint8Array(N): the number of each atom's species, as the parameters count them. */
  readonly kinds: Uint8Array;
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Å; Infinity for all pairs of atoms that are not periodic. */
  readonly cutoff: number;
  /** How far the list reaches beyond the cut-off, Å: the wider, the longer the list and the rarer its building. */
  readonly skin: number;
  readonly list: "half" | "full";
  /** Arrays of one number for each record that the kernel works with; none if absent. */
  readonly scalars?: number;
  /** Bytes that the kernel works with at PAIRS for each entry of the list; none if absent. */
  readonly pairBytes?: number;
  /** Bytes that the kernel has at WORK to begin with; more as it asks for them. None if absent. */
  readonly workBytes?: number;
  /** What the kernel finds at PARAMETERS. */
  readonly parameters: Float64Array;
}

interface NeighbourExports {
  place(): number;
  build(): number;
  clear(): void;
  compute(parts: number): void;
  finish(parts: number): void;
  closest(): void;
}

/** Displacements are compared with a little less than half the skin: rounding must not cost a pair. */
const HALF_SKIN = 0.5 * (1 - 1e-9);
const IDENTITY: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const REMEDY = "take fewer atoms or a shorter cut-off, and see whether the cell is in Å";

export class NeighbourKernel {
  readonly numAtoms: number;
  readonly memory: WebAssembly.Memory;
  /** Lists built so far. */
  builds = 0;
  readonly #plan: NeighbourPlan;
  readonly #exports: NeighbourExports;
  /** False before the first list, and after one that failed. */
  #built = false;
  /** Positions and cell of the last build. */
  readonly #referencePositions: Float64Array;
  readonly #referenceCell = new Float64Array(9);
  #referenceInverse: Mat3 = IDENTITY;
  #ghostRoom = 0;
  #entryRoom = 0;
  #workRoom = 0;
  /** Where WORK begins; nothing comes after it. */
  #work = 0;
  #f64 = new Float64Array(0);
  #u32 = new Uint32Array(0);
  #input = 0;
  #forces = 0;
  #energies = 0;

  constructor(plan: NeighbourPlan) {
    this.#plan = plan;
    this.numAtoms = plan.kinds.length;
    if (plan.cutoff === Infinity && plan.periodic.some(Boolean))
      throw new EcitonError(
        "data",
        "a potential without a cut-off is not for periodic atoms: give it a cut-off",
      );
    const { exports, memory } = instantiateKernel<NeighbourExports>(plan.kernel, 65536);
    this.#exports = exports;
    this.memory = memory;
    this.#referencePositions = new Float64Array(3 * this.numAtoms);
    this.#ghostRoom = plan.periodic.some(Boolean) ? this.numAtoms + 64 : 0;
    this.#entryRoom = 24 * this.numAtoms + 64;
    this.#workRoom = plan.workBytes ?? 0;
    this.#layOut();
  }

  /**
   * Takes positions and cell over, and builds the list where the last one may lack a pair within the cut-off.
   * @throws {EcitonError} "data" for a position that is not finite or astray; "memory" when the list would not fit
   */
  place(positions: Float64Array, cell: Float64Array): void {
    if (!this.#built) {
      this.build(positions, cell);
      return;
    }
    this.#f64.set(positions, this.#input / 8);
    const stretched = this.#writeCell(cell);
    const { cutoff, skin } = this.#plan;
    const at = (block.BLOCK + block.FARTHEST) / 8;
    if (cutoff === Infinity) this.#f64[at] = Infinity;
    else {
      // A pair within the cut-off now was nearer than (cut-off + 2 displacements) / (1 − stretch) at the build.
      const slack = HALF_SKIN * (skin - stretched * (cutoff + skin));
      this.#f64[at] = slack > 0 ? slack * slack : -1;
    }
    const status = this.#exports.place();
    if (status === block.ASTRAY) throw this.#astray(positions);
    if (status === block.REBUILD) this.build(positions, cell);
  }

  /** Builds the list here, whether it is needed or not. */
  build(positions: Float64Array, cell: Float64Array): void {
    const { periodic, cutoff, skin } = this.#plan;
    const completed = completedCell(cell, periodic);
    const spacings = faceSpacings(completed);
    const inverse = inv3(completed);
    const reach = cutoff === Infinity ? block.FAR : cutoff + skin;
    this.#refuseManyImages(spacings, reach);
    this.#built = false;
    for (;;) {
      this.#f64.set(positions, this.#input / 8);
      this.#writeCell(cell);
      const at = block.BLOCK / 8;
      this.#f64.set(inverse, at + block.INVERSE / 8);
      this.#f64.set(spacings, at + block.SPACINGS / 8);
      this.#f64[at + block.LIST_CUTOFF / 8] = reach;
      const status = this.#exports.build();
      if (status === block.READY) break;
      if (status === block.ASTRAY) throw this.#astray(positions);
      if (status === block.GHOSTS_FULL) this.#ghostRoom = Math.ceil(1.1 * this.#word(block.NUM_GHOSTS)) + 64;
      else
        this.#entryRoom = Math.ceil(
          Math.max(1.3 * this.#entryRoom, 1.1 * this.#word(block.ENTRIES_WANTED) + 2 * this.numAtoms),
        );
      this.#layOut();
    }
    this.builds++;
    this.#built = true;
    this.#referencePositions.set(positions);
    this.#referenceCell.set(cell);
    this.#referenceInverse = inverse;
  }

  /**
   * Energy of the whole, eV; forces and, where `parts` asks for them, the rest wait for read.
   * @param parts WITH_ENERGIES and WITH_VIRIAL of neighbour-block.ts
   */
  compute(parts: number): number {
    for (;;) {
      this.#exports.clear();
      this.#exports.compute(parts);
      const wanted = this.#word(block.WORK_WANTED);
      if (wanted <= this.#workRoom) break;
      this.#workRoom = Math.ceil(1.3 * wanted);
      this.#reach(this.#work + this.#workRoom);
    }
    this.#exports.finish(parts);
    return this.#f64[(block.BLOCK + block.ENERGY) / 8];
  }

  /** A number that the kernel left among its parameters. */
  readParameter(index: number): number {
    return this.#f64[this.#word(block.PARAMETERS) / 8 + index];
  }

  /** Copies of numbers that the kernel left among its parameters, from an index on. */
  readParameters(from: number, count: number): Float64Array {
    const at = this.#word(block.PARAMETERS) / 8 + from;
    return this.#f64.slice(at, at + count);
  }

  readForces(out: Float64Array): void {
    const from = this.#forces / 8;
    for (let i = 0; i < out.length; i++) out[i] = this.#f64[from + i];
  }

  readEnergies(out: Float64Array): void {
    out.set(this.#f64.subarray(this.#energies / 8, this.#energies / 8 + this.numAtoms));
  }

  readVirial(out: Float64Array): void {
    const at = (block.BLOCK + block.VIRIAL) / 8;
    out.set(this.#f64.subarray(at, at + 9));
  }

  /** The closest pair in the list; null for an empty one. */
  closest(): { atoms: [number, number]; distance: number } | null {
    this.#exports.closest();
    const first = this.#word(block.ATOM_A) | 0;
    if (first < 0) return null;
    const second = this.#word(block.ATOM_B);
    return {
      atoms: [Math.min(first, second), Math.max(first, second)],
      distance: this.#f64[(block.BLOCK + block.CLOSEST) / 8],
    };
  }

  /** Where the list was built, as copies; null before the first, and for all pairs, which depend on nothing. */
  reference(): { positions: Float64Array; cell: Float64Array } | null {
    if (!this.#built || this.#plan.cutoff === Infinity) return null;
    return { positions: this.#referencePositions.slice(), cell: this.#referenceCell.slice() };
  }

  #word(field: number): number {
    return this.#u32[(block.BLOCK + field) / 4];
  }

  /** Returns a bound on the relative change of any length between the cell of the last build and this one. */
  #writeCell(cell: Float64Array): number {
    const { periodic } = this.#plan;
    const at = (block.BLOCK + block.CELL) / 8;
    let same = true;
    for (let m = 0; m < 9; m++) {
      const used = periodic[Math.floor(m / 3)];
      this.#f64[at + m] = used ? cell[m] : 0;
      if (used && cell[m] !== this.#referenceCell[m]) same = false;
    }
    const stretch = (block.BLOCK + block.STRETCH) / 8;
    if (same || !this.#built) {
      this.#f64.set(IDENTITY, stretch);
      return 0;
    }
    const change = mul3(this.#referenceInverse, completedCell(cell, periodic));
    this.#f64.set(change, stretch);
    return Math.hypot(...change.map((x, m) => x - IDENTITY[m]));
  }

  #astray(positions: Float64Array): EcitonError {
    const atom = this.#word(block.ATOM_A);
    const where = Array.from(positions.subarray(3 * atom, 3 * atom + 3));
    return new EcitonError(
      "data",
      `atom ${atom + 1} is at (${where.join(", ")}) Å: positions have to be finite, within ${block.FAR} Å of the origin ` +
        "and not jump as far at once; the step that led there was probably too long",
      { atoms: [atom], position_A: where },
    );
  }

  /** Counting the images of a cell far too small would take forever. */
  #refuseManyImages(spacings: readonly number[], reach: number): void {
    let images = 1;
    for (let k = 0; k < 3; k++) if (this.#plan.periodic[k]) images *= 1 + (2 * reach) / spacings[k];
    const bytes = this.numAtoms * images * block.RECORD_BYTES;
    if (bytes > 2 ** 31)
      throw new EcitonError(
        "memory",
        `within ${reach.toPrecision(4)} Å, ${this.numAtoms} atoms have about ${Math.round(this.numAtoms * images)} periodic ` +
          `images, ${(bytes / 2 ** 30).toPrecision(3)} GiB (at most 2): the faces of the cell are ` +
          `${spacings.map((x) => x.toPrecision(3)).join(", ")} Å apart; ${REMEDY}`,
        { atoms: this.numAtoms, cutoff_A: this.#plan.cutoff, spacings_A: [...spacings] },
      );
  }

  /** Lays the memory out for the room that is wished now; all of it has to be written anew. */
  #layOut(): void {
    const { kinds, parameters, periodic, scalars = 0, pairBytes = 0 } = this.#plan;
    const atoms = this.numAtoms;
    const records = atoms + this.#ghostRoom + 1;
    const bins = 4 * atoms + 512;
    const layout = new Layout(REMEDY, block.BLOCK + block.BLOCK_BYTES);
    const addresses: [number, number][] = [];
    const put = (field: number, bytes: number) => {
      const at = layout.take(bytes);
      addresses.push([field, at]);
      return at;
    };
    const parametersAt = put(block.PARAMETERS, 8 * parameters.length);
    const kindsAt = put(block.KINDS, atoms);
    this.#input = put(block.INPUT, 24 * atoms);
    this.#forces = put(block.FORCES_OUT, 24 * atoms);
    this.#energies = put(block.ENERGIES_OUT, 8 * atoms);
    put(block.ORDER, 4 * atoms);
    put(block.WRAPS, 12 * atoms);
    put(block.REFERENCE, 24 * atoms);
    put(block.ATOM_BINS, 4 * (bins + 2));
    put(block.GHOST_BINS, 4 * (bins + 2));
    put(block.ROWS, 8 * atoms);
    put(block.GHOSTS, 16 * this.#ghostRoom);
    for (let k = 0; k < scalars; k++) put(block.SCALARS + 4 * k, 8 * records);
    layout.bytes = (layout.bytes + 63) & ~63;
    put(block.RECORDS, block.RECORD_BYTES * records);
    const list = put(block.LIST, 4 * this.#entryRoom);
    addresses.push([block.LIST_END, list + 4 * this.#entryRoom]);
    put(block.PAIRS, pairBytes * this.#entryRoom);
    this.#work = put(block.WORK, this.#workRoom);

    this.#reach(layout.bytes);
    const words = this.#u32.subarray(block.BLOCK / 4);
    for (const [field, at] of addresses) words[field / 4] = at;
    words[block.NUM_ATOMS / 4] = atoms;
    words[block.GHOST_ROOM / 4] = this.#ghostRoom;
    words[block.BIN_ROOM / 4] = bins;
    words[block.HALF / 4] = this.#plan.list === "half" ? 1 : 0;
    words[block.ALL_PAIRS / 4] = this.#plan.cutoff === Infinity ? 1 : 0;
    for (let k = 0; k < 3; k++) words[block.PERIODIC / 4 + k] = periodic[k] ? 1 : 0;
    this.#f64.set(parameters, parametersAt / 8);
    new Uint8Array(this.memory.buffer).set(kinds, kindsAt);
  }

  /** Makes the memory as large as that; WORK ends there. */
  #reach(bytes: number): void {
    const missing = bytes - this.memory.buffer.byteLength;
    if (bytes > 2 ** 31 || missing > 0) this.#grow(bytes > 2 ** 31 ? 65536 : Math.ceil(missing / 65536));
    this.#f64 = new Float64Array(this.memory.buffer);
    this.#u32 = new Uint32Array(this.memory.buffer);
    this.#u32[(block.BLOCK + block.WORK_END) / 4] = this.#work + this.#workRoom;
  }

  #grow(pages: number): void {
    try {
      this.memory.grow(pages);
    } catch (error) {
      throw new EcitonError(
        "memory",
        `${this.numAtoms} atoms: no memory for the neighbour list; ${REMEDY}`,
        {},
        error,
      );
    }
  }
}
