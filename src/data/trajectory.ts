/** Reads a trajectory of any size with the memory of a few frames. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EcitonError } from "../core/errors.ts";
import { ioError } from "../exec/atomic-file.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { decodeHeader, FrameCodec, type TrajectoryHeader } from "./trajectory-format.ts";

/** Frames are read in blocks of about this size, or one by one where a frame is larger. */
const BLOCK_BYTES = 2 ** 22;

export interface TrajectoryFrame {
  /** Position in the trajectory, from 0. */
  readonly index: number;
  readonly step: number;
  /** eV for the supercell. */
  readonly energy_eV: number;
  /** Uint8Array(numSites). */
  readonly occupation: Uint8Array;
}

/**
 * Opens a trajectory; close it when done.
 * @throws {EcitonError} "data" for a file that is absent, is no trajectory, is of another version, or has a damaged header
 */
export function openTrajectory(path: string): Trajectory {
  let descriptor = -1;
  try {
    descriptor = openSync(path, "r");
    return new Trajectory(path, descriptor);
  } catch (error) {
    if (descriptor >= 0) closeSync(descriptor);
    throw error instanceof EcitonError ? error : ioError("read", path, error);
  }
}

export class Trajectory {
  readonly path: string;
  readonly header: TrajectoryHeader;
  readonly supercell: Supercell;
  /** Number of whole frames. */
  readonly frameCount: number;
  /** Whether the file ends within a frame, as after a crash; that frame is not counted. */
  readonly cut: boolean;
  readonly #descriptor: number;
  readonly #codec: FrameCodec;
  readonly #begin: number;

  /** @param descriptor of the opened file, taken over */
  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
    const { header, bytes } = decodeHeader((offset, length) => this.#read(offset, length), path);
    this.header = header;
    this.#begin = bytes;
    this.#codec = new FrameCodec(header, path);
    this.supercell = this.#codec.supercell;
    const { frameBytes } = this.#codec;
    const rest = fstatSync(descriptor).size - bytes;
    this.frameCount = Math.floor(rest / frameBytes);
    this.cut = rest % frameBytes !== 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /**
   * One frame, with an occupation of its own.
   * @throws {EcitonError} "shape" for a number that no frame has, "data" for a damaged frame
   */
  frame(index: number): TrajectoryFrame {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.frameCount)
      throw new EcitonError(
        "shape",
        `${this.path}: there is no frame ${index}; the trajectory has ${this.frameCount}`,
      );
    const { frameBytes } = this.#codec;
    const bytes = this.#readWhole(this.#begin + index * frameBytes, frameBytes);
    const occupation = new Uint8Array(this.supercell.numSites);
    const { step, energy } = this.#codec.decode(bytes, 0, occupation, index);
    return { index, step, energy_eV: energy, occupation };
  }

  /**
   * Frames from one number up to but without another. All share one occupation array, which the next frame overwrites.
   * @throws {EcitonError} "data" at a damaged frame
   */
  *frames(from = 0, to = this.frameCount): Generator<TrajectoryFrame> {
    const { frameBytes } = this.#codec;
    const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / frameBytes));
    const block = Buffer.alloc(Math.min(perBlock, Math.max(0, to - from)) * frameBytes);
    const occupation = new Uint8Array(this.supercell.numSites);
    for (let first = from; first < to; first += perBlock) {
      const count = Math.min(perBlock, to - first);
      this.#readWhole(this.#begin + first * frameBytes, count * frameBytes, block);
      for (let k = 0; k < count; k++) {
        const index = first + k;
        const { step, energy } = this.#codec.decode(block, k * frameBytes, occupation, index);
        yield { index, step, energy_eV: energy, occupation };
      }
    }
  }

  /**
   * Number of the first frame at or after a step; frameCount if there is none.
   * @throws {EcitonError} "data" for a damaged frame
   */
  firstFrameAt(step: number): number {
    let low = 0;
    let high = this.frameCount;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.frame(middle).step < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #readWhole(offset: number, length: number, into?: Buffer): Buffer {
    const bytes = this.#read(offset, length, into);
    if (bytes.length < length)
      throw new EcitonError("data", `${this.path}: the trajectory became shorter while it was read`, {
        file: this.path,
      });
    return bytes;
  }

  #read(offset: number, length: number, into: Buffer = Buffer.alloc(length)): Buffer {
    let done = 0;
    try {
      while (done < length) {
        const read = readSync(this.#descriptor, into, done, length - done, offset + done);
        if (read === 0) break;
        done += read;
      }
    } catch (error) {
      throw ioError("read", this.path, error);
    }
    return into.subarray(0, done);
  }
}
