/** The length of displacements, adapted so that a wanted share of them is accepted. */

export interface StepState {
  /** Å, where it began. */
  readonly first: number;
  readonly step: number;
  readonly tried: number;
  readonly accepted: number;
}

/** Displacements between two looks at the acceptance. */
const WINDOW = 50;
const FACTOR = 1.05;
/** Shares of the first step that it stays between: atoms that leap through each other make no new structures. */
const SMALLEST = 0.2;
const LARGEST = 3;

export class StepControl {
  readonly #target: number | null;
  readonly #first: number;
  #step: number;
  #tried = 0;
  #accepted = 0;

  /**
   * @param first Å
   * @param target null keeps the step
   */
  constructor(first: number, target: number | null) {
    this.#first = first;
    this.#target = target;
    this.#step = first;
  }

  /** Å */
  get step(): number {
    return this.#step;
  }

  record(accepted: boolean): void {
    if (this.#target === null) return;
    this.#tried++;
    if (accepted) this.#accepted++;
    if (this.#tried < WINDOW) return;
    const wanted = this.#accepted / WINDOW > this.#target ? this.#step * FACTOR : this.#step / FACTOR;
    this.#step = Math.min(LARGEST * this.#first, Math.max(SMALLEST * this.#first, wanted));
    this.#tried = 0;
    this.#accepted = 0;
  }

  state(): StepState {
    return { first: this.#first, step: this.#step, tried: this.#tried, accepted: this.#accepted };
  }

  static restore({ first, step, tried, accepted }: StepState, target: number | null): StepControl {
    const control = new StepControl(first, target);
    control.#step = step;
    control.#tried = tried;
    control.#accepted = accepted;
    return control;
  }
}
