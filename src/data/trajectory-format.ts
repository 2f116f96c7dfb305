/**
 * The bytes of a trajectory file. All numbers are little-endian.
 *
 * | bytes       | content                                                                |
 * |-------------|------------------------------------------------------------------------|
 * | 8           | "ECITRAJ" and a line feed                                              |
 * | 4           | u32, version of the format                                             |
 * | 4           | u32, length of the header text                                         |
 * | 4           | u32, CRC-32 of the header text                                         |
 * | as stated   | header: JSON in UTF-8                                                  |
 * | every frame | f64 step, f64 energy (eV), occupation of the changeable sites, u32 CRC-32 of what the frame has before it |
 *
 * Each site takes 1, 2, 4 or 8 bits, in the whole file as many as its longest list of species needs; the first site of a
 * byte is in its lowest bits. Spectators are left out. All frames have the same size, so a file can be cut back to
 * any number of them.
 */
import { crc32 } from "node:zlib";
import { EcitonError } from "../core/errors.ts";
import { type LatticeRecord, latticeFromRecord } from "../lattice/lattice-record.ts";
import { Supercell } from "../lattice/supercell.ts";

/** Where a trajectory comes from. */
export interface TrajectoryAbout {
  /** Number of the chain in its run, and of its random stream. */
  readonly chain: number;
  readonly seed: number;
  /** Steps of the whole chain. */
  readonly steps: number;
  readonly temperature_K: number;
  readonly replica: number;
  /** Label of the composition, or of the conditions in an open ensemble. */
  readonly state: string;
}

export interface TrajectoryHeader {
  readonly lattice: LatticeRecord;
  /** Three or nine integers. */
  readonly supercell: readonly number[];
  readonly about: TrajectoryAbout;
}

const MAGIC = "ECITRAJ\n";
const VERSION = 1;
const PREFIX_BYTES = MAGIC.length + 12;
/** No lattice needs more; a damaged length would otherwise ask for any amount of memory. */
const MOST_HEADER_BYTES = 2 ** 26;
const NUMBER_BYTES = 16;
const CHECK_BYTES = 4;

/** The bytes before the first frame. */
export function encodeHeader(header: TrajectoryHeader): Buffer {
  const { lattice, supercell, about } = header;
  const text = Buffer.from(JSON.stringify({ lattice, supercell, about }));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC, "latin1");
  prefix.writeUInt32LE(VERSION, MAGIC.length);
  prefix.writeUInt32LE(text.length, MAGIC.length + 4);
  prefix.writeUInt32LE(crc32(text), MAGIC.length + 8);
  return Buffer.concat([prefix, text]);
}

/**
 * @param read gives up to so many bytes from the place in the file
 * @param path named in errors
 * @throws {EcitonError} "data" for a file that is no trajectory, is of another version, or is damaged
 */
export function decodeHeader(
  read: (offset: number, length: number) => Buffer,
  path: string,
): { readonly header: TrajectoryHeader; readonly bytes: number } {
  const fail = (message: string, cause?: unknown): never => {
    throw new EcitonError("data", `${path}: ${message}`, { file: path }, cause);
  };
  const prefix = read(0, PREFIX_BYTES);
  const begin = prefix.toString("latin1", 0, MAGIC.length);
  if (begin !== MAGIC)
    fail(
      prefix.length === 0
        ? "the file is empty, not a trajectory of Eciton"
        : "not a trajectory of Eciton: it begins with other bytes",
    );
  if (prefix.length < PREFIX_BYTES) fail("the trajectory ends within its header");
  const version = prefix.readUInt32LE(MAGIC.length);
  if (version !== VERSION)
    fail(
      `the trajectory has version ${version} of the format, this program reads version ${VERSION}; ` +
        (version > VERSION ? "use the newer program that wrote it" : "sample again"),
    );
  const length = prefix.readUInt32LE(MAGIC.length + 4);
  if (length > MOST_HEADER_BYTES) fail("the header of the trajectory is damaged: it states an absurd length");
  const text = read(PREFIX_BYTES, length);
  if (text.length < length) fail("the trajectory ends within its header");
  if (crc32(text) !== prefix.readUInt32LE(MAGIC.length + 8))
    fail("the header of the trajectory is damaged: its check sum is wrong");
  try {
    const header = JSON.parse(text.toString()) as TrajectoryHeader;
    return { header, bytes: PREFIX_BYTES + length };
  } catch (cause) {
    return fail("the header of the trajectory is not JSON", cause);
  }
}

/** A run of sites with one list of species; spectators are in none. */
interface SiteRange {
  readonly from: number;
  readonly to: number;
  readonly species: number;
}

/** Between frames in memory and their bytes, for one lattice and supercell. */
export class FrameCodec {
  readonly supercell: Supercell;
  readonly frameBytes: number;
  readonly #bits: number;
  readonly #ranges: readonly SiteRange[];
  readonly #path: string;

  /**
   * @param path named in errors
   * @throws {EcitonError} "data" for a lattice or supercell that cannot be
   */
  constructor(header: TrajectoryHeader, path: string) {
    const lattice = latticeFromRecord(header.lattice, path);
    try {
      this.supercell = new Supercell(lattice, header.supercell);
    } catch (error) {
      throw new EcitonError("data", `${path}: ${(error as Error).message}`, { file: path }, error);
    }
    const { numCells } = this.supercell;
    this.#path = path;
    this.#ranges = lattice.sites.flatMap(({ species }, s) =>
      species.length > 1 ? [{ from: s * numCells, to: (s + 1) * numCells, species: species.length }] : [],
    );
    const most = Math.max(2, ...this.#ranges.map((range) => range.species));
    this.#bits = [1, 2, 4, 8].find((bits) => 2 ** bits >= most)!;
    const sites = this.#ranges.length * numCells;
    this.frameBytes = NUMBER_BYTES + Math.ceil((sites * this.#bits) / 8) + CHECK_BYTES;
  }

  /**
   * @param occupation Uint8Array(numSites)
   * @param out frameBytes bytes, written from `at` on
   * @throws {EcitonError} "data" for an energy that is no finite number, "shape" for an occupation that cannot be
   */
  encode(step: number, energy: number, occupation: Uint8Array, out: Buffer, at: number): void {
    if (!Number.isFinite(energy))
      throw new EcitonError("data", `${this.#path}: step ${step}: the energy is not a finite number`);
    if (!Number.isSafeInteger(step) || occupation.length !== this.supercell.numSites)
      throw new EcitonError(
        "shape",
        `${this.#path}: expected a whole step and ${this.supercell.numSites} sites, found step ${step} and ` +
          `${occupation.length} sites`,
      );
    out.writeDoubleLE(step, at);
    out.writeDoubleLE(energy, at + 8);
    const bits = this.#bits;
    let byte = at + NUMBER_BYTES;
    let held = 0;
    let shift = 0;
    for (const { from, to, species } of this.#ranges)
      for (let i = from; i < to; i++) {
        const value = occupation[i];
        if (value >= species)
          throw new EcitonError(
            "shape",
            `${this.#path}: step ${step}: site ${i} allows ${species} species, found species number ${value}`,
          );
        held |= value << shift;
        shift += bits;
        if (shift === 8) {
          out[byte++] = held;
          held = 0;
          shift = 0;
        }
      }
    if (shift > 0) out[byte++] = held;
    out.writeUInt32LE(crc32(out.subarray(at, byte)), byte);
  }

  /**
   * @param occupation Uint8Array(numSites), overwritten; entries of spectators are left as they are
   * @param frame number of the frame, for errors
   * @throws {EcitonError} "data" for a damaged frame
   */
  decode(
    bytes: Buffer,
    at: number,
    occupation: Uint8Array,
    frame: number,
  ): { readonly step: number; readonly energy: number } {
    const end = at + this.frameBytes - CHECK_BYTES;
    const fail = (message: string): never => {
      throw new EcitonError("data", `${this.#path}: frame ${frame} of the trajectory ${message}`, {
        file: this.#path,
        frame,
      });
    };
    if (crc32(bytes.subarray(at, end)) !== bytes.readUInt32LE(end))
      fail("is damaged: its check sum is wrong; sample again, or restore the file from a copy");
    const bits = this.#bits;
    const mask = 2 ** bits - 1;
    let byte = at + NUMBER_BYTES;
    let shift = 0;
    for (const { from, to, species } of this.#ranges)
      for (let i = from; i < to; i++) {
        const value = (bytes[byte] >> shift) & mask;
        if (value >= species) fail(`has species number ${value} on site ${i}, which allows ${species}`);
        occupation[i] = value;
        shift += bits;
        if (shift === 8) {
          byte++;
          shift = 0;
        }
      }
    return { step: bytes.readDoubleLE(at), energy: bytes.readDoubleLE(at + 8) };
  }
}
