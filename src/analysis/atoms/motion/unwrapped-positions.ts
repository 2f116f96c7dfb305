/** Positions that can be followed: undoes the wrapping into a periodic cell that many programs do. */
import { det3, inv3, type Mat3, rowTimes } from "../../../core/linalg.ts";
import { completedCell } from "../../../core/periodic-cell.ts";
import type { AtomFrame } from "../frame.ts";

/** Fractional coordinates of a wrapped file span at most one cell; the rest is rounding of its digits. */
const ROUNDING = 1e-3;
/** Moves of more than this part of the cell could as well be ones of the rest the other way. */
const DOUBTFUL = 0.4;

/**
 * Follows atoms from frame to frame. Positions are taken as they are until an atom has moved by more than half of a
 * cell; if all atoms of that frame, and of the one before, lie within one cell along that direction, then the file is
 * wrapped, and from there on each atom is continued by its image nearest to where it was. Else the file is unwrapped,
 * and stays as it is.
 */
export class UnwrappedPositions {
  #before: Float64Array | null = null;
  #spans: readonly [number, number, number] = [0, 0, 0];
  /** Cells that each atom has to be moved by, 3N. */
  #shifts = new Float64Array(0);
  #wrapped: boolean | null = null;
  /** Largest part of a cell that an atom has moved by, after unwrapping. */
  #largest = 0;

  /** Whether the file has been found to be wrapped. */
  get wrapped(): boolean {
    return this.#wrapped === true;
  }

  /** Whether moves were so large that the nearest image may be the wrong one. */
  get doubtful(): boolean {
    return this.wrapped && this.#largest > DOUBTFUL;
  }

  /** @returns positions of this frame, Å; those of the frame itself where nothing is to be done */
  next({ positions, cell, periodic }: AtomFrame): Float64Array {
    if (!periodic.some(Boolean)) return positions;
    // A tilted cell wraps along its own vectors, also where one of them is not periodic.
    const whole = det3(cell) === 0 ? completedCell(cell, periodic) : (Array.from(cell) as Mat3);
    const fractions = fractionsOf(positions, whole);
    const spans = spansOf(fractions);
    const before = this.#before;
    if (before === null) this.#shifts = new Float64Array(positions.length);
    else this.#follow(before, fractions, spans, periodic);
    this.#before = fractions;
    this.#spans = spans;
    if (!this.wrapped) return positions;
    const out = positions.slice();
    for (let at = 0; at < out.length; at += 3) {
      const shift = rowTimes(this.#shifts.subarray(at, at + 3), whole);
      for (let k = 0; k < 3; k++) out[at + k] += shift[k];
    }
    return out;
  }

  #follow(
    before: Float64Array,
    now: Float64Array,
    spans: readonly number[],
    periodic: AtomFrame["periodic"],
  ): void {
    for (let at = 0; at < now.length; at++) {
      const k = at % 3;
      if (!periodic[k] || this.#wrapped === false) continue;
      const moved = now[at] - before[at];
      const cells = Math.round(moved);
      if (cells !== 0) {
        this.#wrapped ??= Math.max(spans[k], this.#spans[k]) <= 1 + ROUNDING;
        if (!this.#wrapped) return;
        this.#shifts[at] -= cells;
      }
      this.#largest = Math.max(this.#largest, Math.abs(moved - cells));
    }
  }
}

function fractionsOf(positions: Float64Array, cell: Mat3): Float64Array {
  const inverse = inv3(cell);
  const out = new Float64Array(positions.length);
  for (let at = 0; at < out.length; at += 3) out.set(rowTimes(positions.subarray(at, at + 3), inverse), at);
  return out;
}

function spansOf(fractions: Float64Array): [number, number, number] {
  return [0, 1, 2].map((k) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let at = k; at < fractions.length; at += 3) {
      low = Math.min(low, fractions[at]);
      high = Math.max(high, fractions[at]);
    }
    return high - low;
  }) as [number, number, number];
}
