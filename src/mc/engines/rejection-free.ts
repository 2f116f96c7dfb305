/** What a chain asks of an engine that skips rejections. */
import type { RandomStream } from "../../core/random.ts";
import type { RunningNumbers } from "./running-numbers.ts";

/** What goes on beside the occupation, for a chain that goes on bit for bit. */
export interface NfoldState {
  /**
   * 1 / k_B T of the classes, steps up to the next candidate, steps at the present energy that are in no sum yet,
   * candidates in vain, first class of each side.
   */
  readonly numbers: Float64Array;
  /** The sites of all sides. */
  readonly order: Int32Array;
}

export interface RejectionFreeEngine {
  /** Steps done in compiled code, skipped ones among them. */
  readonly steps: number;
  /** @param state null to begin with the lists of the moves */
  load(
    occupation: Uint8Array,
    lowest: Uint8Array,
    random: RandomStream,
    rounding: number,
    state: NfoldState | null,
  ): void;
  run(
    steps: number,
    beta: number,
    numbers: RunningNumbers,
    proposed: Float64Array,
    accepted: Float64Array,
  ): void;
  /** Adds the steps at the present energy to the sums of the bin; elsewhere that is done once for each energy. */
  settle(numbers: RunningNumbers): void;
  state(): NfoldState;
  readOccupation(out: Uint8Array): void;
  readLowest(out: Uint8Array): void;
  /** Brings the lists of the moves and the random stream to where the engine is. */
  release(random: RandomStream): void;
  countOf(site: number, species: number): number;
  close(): void;
}

/** Adds a number of steps at one energy to the sums of the bin. */
export function addStay(numbers: RunningNumbers, stay: number): void {
  const difference = numbers.energy - numbers.binOrigin;
  numbers.binSum += stay * difference;
  numbers.binSquares += stay * (difference * difference);
}
