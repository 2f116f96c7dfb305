/** A text file that grows while a task runs, so that a killed task can go on with the same bytes. */
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { EcitonError } from "../core/errors.ts";
import { writeFileAtomic, writeWhole, writing } from "./atomic-file.ts";

/** Text is handed to the system in pieces of about this size. */
const BUFFER_CHARACTERS = 2 ** 20;

/**
 * Text may reach the disk at any time between `append` and the next `sync`. Who writes a checkpoint calls `sync` before
 * it, stores the number of bytes in it, and goes on with `resume`, which cuts off whatever came later.
 */
export class AppendedFile {
  readonly path: string;
  #descriptor: number;
  #waiting: string[] = [];
  #characters = 0;
  #bytes: number;

  private constructor(path: string, descriptor: number, bytes: number) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#bytes = bytes;
  }

  /**
   * Begins an empty file; one that is there is replaced.
   * @throws {EcitonError} "io" when it cannot be written
   */
  static create(path: string): AppendedFile {
    return writing(path, () => {
      writeFileAtomic(path, "");
      return new AppendedFile(path, openSync(path, "a"), 0);
    });
  }

  /**
   * Goes on after so many bytes; what the file has beyond them is cut off.
   * @throws {EcitonError} "data" for a file that is absent or shorter; "io" when it cannot be written
   */
  static resume(path: string, bytes: number): AppendedFile {
    const refuse = (message: string): never => {
      throw new EcitonError(
        "data",
        `${path}: ${message}; begin anew without --resume, or choose another folder with --out`,
        { file: path },
      );
    };
    if (!existsSync(path)) refuse("the file that belongs to the checkpoint is not there");
    return writing(path, () => {
      const descriptor = openSync(path, "r+");
      try {
        const { size } = fstatSync(descriptor);
        if (size < bytes)
          refuse(`the checkpoint was written after ${bytes} bytes, but the file holds ${size}`);
        ftruncateSync(descriptor, bytes);
      } finally {
        closeSync(descriptor);
      }
      return new AppendedFile(path, openSync(path, "a"), bytes);
    });
  }

  /** Length of the file once everything that was appended is in it. */
  get bytes(): number {
    return this.#bytes;
  }

  append(text: string): void {
    this.#waiting.push(text);
    this.#bytes += Buffer.byteLength(text);
    this.#characters += text.length;
    if (this.#characters >= BUFFER_CHARACTERS) this.#flush();
  }

  /** Returns when everything is on the disk. */
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
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#characters = 0;
    writing(this.path, () => writeWhole(this.#descriptor, text));
  }
}
