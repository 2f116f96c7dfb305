/** Where arrays lie in a kernel's memory. */
import { EcitonError } from "../core/errors.ts";

/** Hands out byte addresses one after the other, 16-byte aligned. */
export class Layout {
  bytes: number;
  readonly #remedy: string;

  /**
   * @param remedy what to do when the arrays do not fit, for the message
   * @param start the first address
   */
  constructor(remedy: string, start = 1024) {
    this.#remedy = remedy;
    this.bytes = (start + 15) & ~15;
  }

  doubles(count: number): number {
    return this.take(8 * count);
  }

  words(count: number): number {
    return this.take(4 * count);
  }

  /** Room for so many bytes. */
  take(bytes: number): number {
    const at = this.bytes;
    if (at + bytes > 2 ** 31 - 65536)
      throw new EcitonError("memory", `one kernel would need more than 2 GiB; ${this.#remedy}`);
    this.bytes = (at + bytes + 15) & ~15;
    return at;
  }
}
