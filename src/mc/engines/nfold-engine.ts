/** Rejection-free swaps of a cluster expansion in compiled code. */
import type { CompiledExpansion } from "../../clusters/compiled-expansion.ts";
import type { RandomStream } from "../../core/random.ts";
import { NfoldKernel } from "../../kernels/nfold.ts";
import * as nfold from "../../kernels/nfold-block.ts";
import type { SwapMoves } from "../moves/swap-moves.ts";
import { boundsFor } from "./nfold-bounds.ts";
import { type NfoldChannel, nfoldChannels, shareSteps } from "./nfold-channels.ts";
import { addStay, type NfoldState, type RejectionFreeEngine } from "./rejection-free.ts";
import { loadNumbers, loadState, type RunningNumbers, readNumbers } from "./running-numbers.ts";

export class NfoldEngine implements RejectionFreeEngine {
  steps = 0;
  readonly #kernel: NfoldKernel;
  readonly #moves: SwapMoves;
  readonly #channels: readonly NfoldChannel[];
  readonly #weights: readonly number[];
  readonly #order: Int32Array;

  constructor(model: CompiledExpansion, moves: SwapMoves) {
    this.#moves = moves;
    this.#channels = nfoldChannels(moves);
    this.#weights = this.#channels.map(({ weight }) => weight);
    const bounds = boundsFor(Math.max(...this.#channels.map(({ a, b }) => a.count * b.count)));
    const patience = this.#channels.reduce((sum, { a, b }) => sum + a.count + b.count, 0);
    this.#order = new Int32Array(patience);
    const { kernel, interactions } = model.shared;
    this.#kernel = new NfoldKernel(kernel, interactions, {
      channels: this.#channels.map((channel) => ({
        ...channel,
        group: channel.a.group,
        fewA: channel.few === channel.a,
        share: channel.share / bounds.one,
      })),
      groupOf: this.#groupsOf(model, interactions.sites),
      ...bounds,
      patience,
    });
  }

  /** Group of each sublattice, -1 for those of which no site is ever exchanged. */
  #groupsOf(model: CompiledExpansion, sites: Int32Array): number[] {
    const members = this.#moves.state();
    const groups = new Map<number, number>();
    for (const { a, b } of this.#channels)
      for (const { group, start, count } of [a, b])
        for (let k = 0; k < count; k++) groups.set(model.supercell.sublatticeOf(members[start + k]), group);
    return Array.from(sites, (site) => groups.get(site) ?? -1);
  }

  load(
    occupation: Uint8Array,
    lowest: Uint8Array,
    random: RandomStream,
    rounding: number,
    state: NfoldState | null,
  ): void {
    const kernel = this.#kernel;
    loadState(kernel, occupation, lowest, random, rounding);
    kernel.buildFields();
    const [beta, wait, stay, inVain] = state?.numbers ?? [0, 0, 0, 0];
    kernel.set(nfold.CLASS_BETA, beta);
    kernel.set(nfold.WAIT, wait);
    kernel.set(nfold.STAY, stay);
    kernel.set(nfold.IN_VAIN, inVain);
    kernel.setOrigins(state ? state.numbers.subarray(4) : kernel.origins().fill(0));
    kernel.setMoves(state?.order ?? this.#listed());
    kernel.makeStale();
  }

  /** The sites of all sides as the moves list them. */
  #listed(): Int32Array {
    const members = this.#moves.state();
    const sides = this.#channels.flatMap(({ a, b }) => [a, b]);
    return Int32Array.from(
      sides.flatMap(({ start, count }) => Array.from(members.subarray(start, start + count))),
    );
  }

  run(
    steps: number,
    beta: number,
    numbers: RunningNumbers,
    proposed: Float64Array,
    accepted: Float64Array,
  ): void {
    const kernel = this.#kernel;
    loadNumbers(kernel, beta, numbers);
    kernel.runField(steps);
    this.steps += steps;
    kernel.takeCounts(proposed, accepted);
    shareSteps(this.#weights, numbers.step, proposed, -1);
    shareSteps(this.#weights, numbers.step + steps, proposed, 1);
    readNumbers(kernel, numbers);
  }

  settle(numbers: RunningNumbers): void {
    addStay(numbers, this.#kernel.get(nfold.STAY));
    this.#kernel.set(nfold.STAY, 0);
  }

  state(): NfoldState {
    const kernel = this.#kernel;
    const numbers = [nfold.CLASS_BETA, nfold.WAIT, nfold.STAY, nfold.IN_VAIN].map((at) => kernel.get(at));
    kernel.readMoves(this.#order);
    return { numbers: Float64Array.from([...numbers, ...kernel.origins()]), order: this.#order.slice() };
  }

  readOccupation(out: Uint8Array): void {
    this.#kernel.readOccupation(out);
  }

  readLowest(out: Uint8Array): void {
    this.#kernel.readLowest(out);
  }

  release(random: RandomStream): void {
    this.#kernel.readMoves(this.#order);
    const members = this.#moves.state();
    let from = 0;
    for (const { a, b } of this.#channels)
      for (const { start, count } of [a, b]) {
        members.set(this.#order.subarray(from, from + count), start);
        from += count;
      }
    this.#moves.restore(members);
    random.skipTo(this.#kernel.drawn());
  }

  countOf(site: number, species: number): number {
    return this.#kernel.countOf(site, species);
  }

  close(): void {
    this.#kernel.close();
  }
}
