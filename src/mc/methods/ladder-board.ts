/** Where the members of a ladder meet: numbers of all rungs, states on their way, and a barrier, in shared memory. */

/** A configuration that moves from rung to rung; all else stays with the temperature. */
export interface Configuration {
  readonly energy: number;
  readonly occupation: Uint8Array;
  /** What the moves keep beside the occupation. */
  readonly moves: Int32Array;
}

/** Waiting members look at the cancel flag this often. */
const WAIT_MS = 20;
/** In place of the number of a meeting that somebody called off: nobody passes it. */
const calledOff = (meeting: number) => -1 - meeting;
const PHASE = 0;
const ARRIVED = 1;
const HEADER_BYTES = 16;
const ALIGN = 8;

/** Sizes that all members agree on. */
export interface BoardPlan {
  readonly members: number;
  readonly rungs: number;
  /** Numbers of species that go with each energy. */
  readonly counts: number;
  readonly sites: number;
  /** Entries of the state of the moves, at most. */
  readonly moves: number;
}

const align = (bytes: number) => Math.ceil(bytes / ALIGN) * ALIGN;

/** Energy and length, occupation, moves. */
const slotBytes = ({ sites, moves }: BoardPlan) => 16 + align(sites) + align(4 * moves);

/** Only what is written takes memory, so the bound on the state of the moves may be generous. */
export function boardMemory(plan: BoardPlan): SharedArrayBuffer {
  const numbers = 2 * plan.rungs * (1 + plan.counts) * 8;
  return new SharedArrayBuffer(HEADER_BYTES + numbers + 2 * (plan.members - 1) * slotBytes(plan));
}

/** The first rung of each member, and the number of rungs at the end. */
export function shareOfRungs(rungs: number, members: number): number[] {
  return Array.from({ length: members + 1 }, (_, member) => Math.floor((member * rungs) / members));
}

export class LadderBoard {
  readonly #plan: BoardPlan;
  readonly #words: Int32Array;
  /** Two tables in turn: a member may already write for the next meeting while another still reads. */
  readonly #numbers: Float64Array;
  readonly #memory: SharedArrayBuffer;
  readonly #slots: number;
  #meeting = 0;

  constructor(plan: BoardPlan, memory: SharedArrayBuffer) {
    this.#plan = plan;
    this.#memory = memory;
    this.#words = new Int32Array(memory, 0, 2);
    const entries = 2 * plan.rungs * (1 + plan.counts);
    this.#numbers = new Float64Array(memory, HEADER_BYTES, entries);
    this.#slots = HEADER_BYTES + 8 * entries;
  }

  /** Energy and numbers of species of a rung, for the coming meeting. */
  coming(rung: number): Float64Array {
    return this.#row(rung, this.#meeting);
  }

  /** The same of the last meeting that took place, for all rungs. */
  last(rung: number): Float64Array {
    return this.#row(rung, this.#meeting - 1);
  }

  #row(rung: number, meeting: number): Float64Array {
    const width = 1 + this.#plan.counts;
    const at = ((meeting % 2) * this.#plan.rungs + rung) * width;
    return this.#numbers.subarray(at, at + width);
  }

  /**
   * Leaves a state for the other side of a border between members. The same pair is tried at every second meeting only,
   * so what is here has been read by then.
   * @param border between the members border - 1 and border
   * @param side 0 for the state of the lower rung, 1 for that of the upper
   */
  leave(border: number, side: 0 | 1, { energy, occupation, moves }: Configuration): void {
    const { sites, moves: most } = this.#plan;
    if (moves.length > most)
      throw new RangeError(`moves keep ${moves.length} numbers, expected at most ${most}`);
    const at = this.#slot(border, side);
    new Float64Array(this.#memory, at, 2).set([energy, moves.length]);
    new Uint8Array(this.#memory, at + 16, sites).set(occupation);
    new Int32Array(this.#memory, at + 16 + align(sites), moves.length).set(moves);
  }

  take(border: number, side: 0 | 1): Configuration {
    const { sites } = this.#plan;
    const at = this.#slot(border, side);
    const [energy, length] = new Float64Array(this.#memory, at, 2);
    return {
      energy,
      occupation: new Uint8Array(this.#memory, at + 16, sites).slice(),
      moves: new Int32Array(this.#memory, at + 16 + align(sites), length).slice(),
    };
  }

  #slot(border: number, side: 0 | 1): number {
    return this.#slots + (2 * (border - 1) + side) * slotBytes(this.#plan);
  }

  /**
   * Waits until all members are here. Whether a meeting takes place is decided in one place, by one exchange of a
   * number in memory: either everybody passes it, or nobody does, now or later.
   * @param cancel flag that ends the waiting
   * @returns false where the meeting does not take place
   */
  meet(cancel: Int32Array): boolean {
    const words = this.#words;
    const meeting = this.#meeting;
    if (Atomics.add(words, ARRIVED, 1) + 1 === this.#plan.members) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.compareExchange(words, PHASE, meeting, meeting + 1);
      Atomics.notify(words, PHASE);
    }
    while (Atomics.load(words, PHASE) === meeting) {
      Atomics.wait(words, PHASE, meeting, WAIT_MS);
      if (Atomics.load(cancel, 0) !== 0) this.breakUp();
    }
    // A later meeting may have been called off already; this one then took place.
    if (Atomics.load(words, PHASE) === calledOff(meeting)) return false;
    this.#meeting++;
    return true;
  }

  /** Calls off the coming meeting unless everybody has arrived. */
  breakUp(): void {
    Atomics.compareExchange(this.#words, PHASE, this.#meeting, calledOff(this.#meeting));
    Atomics.notify(this.#words, PHASE);
  }
}
