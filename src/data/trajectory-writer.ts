/** Writes a trajectory while its chain runs, so that a killed run can go on with the same bytes. */
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from "node:fs";
import { EcitonError } from "../core/errors.ts";
import { writeFileAtomic, writeWhole, writing } from "../exec/atomic-file.ts";
import { encodeHeader, FrameCodec, type TrajectoryHeader } from "./trajectory-format.ts";

/** Frames are handed to the system in pieces of at least this size. */
const BUFFER_BYTES = 2 ** 20;

/**
 * Frames may reach the disk at any time between `append` and the next `sync`. Who writes a checkpoint calls `sync` before
 * it, stores the number of frames in it, and goes on with `resume`, which cuts off whatever came later.
 */
export class TrajectoryWriter {
  readonly path: string;
  readonly #codec: FrameCodec;
  readonly #buffer: Buffer;
  #descriptor: number;
  #used = 0;
  #frames: number;

  private constructor(path: string, codec: FrameCodec, descriptor: number, frames: number) {
    this.path = path;
    this.#codec = codec;
    this.#descriptor = descriptor;
    this.#frames = frames;
    const perBuffer = Math.max(1, Math.floor(BUFFER_BYTES / codec.frameBytes));
    this.#buffer = Buffer.alloc(perBuffer * codec.frameBytes);
  }

  /**
   * Begins a file; one that is there is replaced.
   * @throws {EcitonError} "io" when it cannot be written
   */
  static create(path: string, header: TrajectoryHeader): TrajectoryWriter {
    const codec = new FrameCodec(header, path);
    return writing(path, () => {
      writeFileAtomic(path, encodeHeader(header));
      return new TrajectoryWriter(path, codec, openSync(path, "a"), 0);
    });
  }

  /**
   * Goes on after so many frames; what the file has beyond them is cut off.
   * @throws {EcitonError} "data" for a file that is absent, belongs to another chain, or has fewer frames; "io" when it
   *   cannot be written
   */
  static resume(path: string, header: TrajectoryHeader, frames: number): TrajectoryWriter {
    const codec = new FrameCodec(header, path);
    const expected = encodeHeader(header);
    const refuse = (message: string): never => {
      throw new EcitonError(
        "data",
        `${path}: ${message}; begin anew without --resume, or choose another folder with --out`,
        { file: path },
      );
    };
    if (!existsSync(path)) refuse("the trajectory that belongs to the checkpoint is not there");
    return writing(path, () => {
      const descriptor = openSync(path, "r+");
      try {
        const found = Buffer.alloc(expected.length);
        const length = readSync(descriptor, found, 0, found.length, 0);
        if (length < expected.length || !found.equals(expected))
          refuse("the trajectory is not of this chain (its header is another one)");
        const size = expected.length + frames * codec.frameBytes;
        const { size: present } = fstatSync(descriptor);
        if (present < size) {
          const held = Math.floor((present - expected.length) / codec.frameBytes);
          refuse(`the checkpoint was written after ${frames} frames, but the trajectory holds ${held}`);
        }
        ftruncateSync(descriptor, size);
      } finally {
        closeSync(descriptor);
      }
      return new TrajectoryWriter(path, codec, openSync(path, "a"), frames);
    });
  }

  /** Frames appended so far, those before a resumption included. */
  get frames(): number {
    return this.#frames;
  }

  /**
   * @param energy eV for the supercell
   * @param occupation Uint8Array(numSites)
   */
  append(step: number, energy: number, occupation: Uint8Array): void {
    this.#codec.encode(step, energy, occupation, this.#buffer, this.#used);
    this.#used += this.#codec.frameBytes;
    this.#frames++;
    if (this.#used === this.#buffer.length) this.#flush();
  }

  /** Returns when every frame is on the disk. */
  sync(): void {
    this.#flush();
    writing(this.path, () => fsyncSync(this.#descriptor));
  }

  close(): void {
    if (this.#descriptor < 0) return;
    try {
      this.sync();
    } finally {
      closeSync(this.#descriptor);
      this.#descriptor = -1;
    }
  }

  #flush(): void {
    writing(this.path, () => writeWhole(this.#descriptor, this.#buffer.subarray(0, this.#used)));
    this.#used = 0;
  }
}
