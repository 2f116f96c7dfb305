/** The cell as CP2K prints it: vectors of three decimals, lengths and angles of six. */
import { dataError } from "../../core/errors.ts";
import { dot } from "../../core/linalg.ts";
import { decimal, quoteToken } from "./tokens.ts";

const angleNames = ["alpha", "beta", "gamma"];

/** What the lines "CELL|" say; each line gives a new one, so that steps may keep theirs. */
export class Cp2kCell {
  readonly #rows: readonly (readonly number[] | undefined)[];
  readonly #lengths: readonly (number | undefined)[];
  readonly #angles: readonly (number | undefined)[];
  readonly #periodicity: string | null;

  constructor(
    rows: readonly (readonly number[] | undefined)[] = [],
    lengths: readonly (number | undefined)[] = [],
    angles: readonly (number | undefined)[] = [],
    periodicity: string | null = null,
  ) {
    this.#rows = rows;
    this.#lengths = lengths;
    this.#angles = angles;
    this.#periodicity = periodicity;
  }

  /** @throws {EcitonError} "data" with file and line for a number that cannot be read */
  with(line: string, file: string, number: number): Cp2kCell {
    const read = (token: string): number => {
      const value = decimal(token);
      if (value === undefined)
        throw dataError(file, number, `CELL|: expected a number, found ${quoteToken(token)}`);
      return value;
    };
    const vector =
      /CELL\| Vector ([abc]) \[angstrom\]?:?\s*(\S+)\s+(\S+)\s+(\S+)\s+\|[abc]\|\s*=\s*(\S+)/i.exec(line);
    if (vector !== null) {
      const k = "abc".indexOf(vector[1]);
      return new Cp2kCell(
        replaced(this.#rows, k, [read(vector[2]), read(vector[3]), read(vector[4])]),
        replaced(this.#lengths, k, read(vector[5])),
        this.#angles,
        this.#periodicity,
      );
    }
    const angle = /CELL\| Angle .*, *(alpha|beta|gamma) +\[degree\]:?\s*(\S+)/.exec(line);
    if (angle !== null) {
      const k = angleNames.indexOf(angle[1]);
      return new Cp2kCell(
        this.#rows,
        this.#lengths,
        replaced(this.#angles, k, read(angle[2])),
        this.#periodicity,
      );
    }
    const periodicity = /CELL\| Periodicity\s+(\S+)/.exec(line);
    return periodicity === null
      ? this
      : new Cp2kCell(this.#rows, this.#lengths, this.#angles, periodicity[1]);
  }

  /**
   * Lattice vectors in Å as rows, and the periodic directions.
   * @throws {EcitonError} "data" if there were no such lines
   */
  vectors(file: string): { cell: Float64Array; periodic: [boolean, boolean, boolean] } {
    const rows = [0, 1, 2].map((k) => this.#rows[k]);
    if (rows.some((row) => row === undefined))
      throw dataError(
        file,
        null,
        'no cell: lines "CELL| Vector a", b and c are missing (print level MEDIUM has them)',
      );
    const letters = this.#periodicity ?? "XYZ";
    const has = (letter: string) => letters !== "NONE" && letters.includes(letter);
    return {
      cell: Float64Array.from(this.#exact(rows as number[][]).flat()),
      periodic: [has("X"), has("Y"), has("Z")],
    };
  }

  /**
   * From lengths and angles, which have more digits, where a lies along x and b in the xy plane; the vectors themselves where
   * their digits are all that there are.
   */
  #exact(rows: number[][]): number[][] {
    const [a, b, c] = this.#lengths;
    const usual =
      rows[0][1] === 0 && rows[0][2] === 0 && rows[1][2] === 0 && rows[0][0] > 0 && rows[1][1] > 0;
    const angles = [0, 1, 2].map((k) => this.#angles[k]);
    if (!usual || a === undefined || b === undefined || c === undefined || angles.includes(undefined))
      return rows;
    const [cosA, cosB, cosC] = angles.map((x) => cosine(x!));
    const told = [a, b, c, cosA, cosB, cosC];
    if (metric(rows).every((x, k) => Math.abs(x - told[k]) <= METRIC_ROUNDING)) return rows;
    const sinC = Math.sqrt(1 - cosC * cosC);
    const cy = (cosA - cosB * cosC) / sinC;
    const cz = Math.sqrt(1 - cosB * cosB - cy * cy) * Math.sign(rows[2][2]);
    return [
      [a, 0, 0],
      [b * cosC, b * sinC, 0],
      [c * cosB, c * cy, c * cz],
    ];
  }
}

/** Lengths have six decimals; angles too, in degrees, which is finer. */
const METRIC_ROUNDING = 5.1e-7;

/** Lengths, and cosines of the angles between b and c, a and c, a and b. */
function metric(rows: number[][]): number[] {
  const lengths = rows.map((row) => Math.hypot(...row));
  const cosineOf = (i: number, j: number) => dot(rows[i], rows[j]) / (lengths[i] * lengths[j]);
  return [...lengths, cosineOf(1, 2), cosineOf(0, 2), cosineOf(0, 1)];
}

/** Exactly 0 at 90 degrees. */
function cosine(degrees: number): number {
  return degrees === 90 ? 0 : Math.cos((degrees * Math.PI) / 180);
}

function replaced<Item>(
  items: readonly (Item | undefined)[],
  index: number,
  item: Item,
): (Item | undefined)[] {
  return [0, 1, 2].map((k) => (k === index ? item : items[k]));
}
