/** Rejection-free swaps in plain code; the compiled engine repeats it to the last bit. */
import type { CompiledExpansion } from "../../clusters/compiled-expansion.ts";
import { expNonPositive } from "../../core/exponential.ts";
import { RandomStream } from "../../core/random.ts";
import { CLASS_WIDTH, NEAR_BOUNDS, NEAR_WIDTH, PLAIN_RATE } from "../../kernels/nfold-scheme.ts";
import type { SwapMoves } from "../moves/swap-moves.ts";
import { ClassPairs, type DrawnPair } from "./class-pairs.ts";
import { ClassedSites } from "./classed-sites.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { type Bounds, boundsFor, waitingSteps } from "./nfold-bounds.ts";
import { type NfoldSide, nfoldChannels, shareSteps } from "./nfold-channels.ts";
import { addStay, type NfoldState, type RejectionFreeEngine } from "./rejection-free.ts";
import type { RunningNumbers } from "./running-numbers.ts";
import { SumTree } from "./sum-tree.ts";

interface Side extends NfoldSide {
  readonly list: ClassedSites;
}

interface Channel {
  readonly weight: number;
  readonly a: Side;
  readonly b: Side;
  readonly few: Side;
  readonly many: Side;
  /** Probability that a step proposes one given pair, for each unit of its bound. */
  readonly share: number;
  /** Bounds of near pairs, by site of the side with few. */
  readonly near: SumTree;
  /** All pairs by their classes. */
  readonly far: ClassPairs;
}

/**
 * Every step of the Metropolis chain proposes one pair (i, j) of channel k with the probability q_k = w_k / (W n_A n_B)
 * and accepts it with r_ij = min(1, e^(-β ΔE_ij)). Let b_ij >= r_ij be bounds that depend on the state S alone. A step
 * can be carried out like this: with the probability R = Σ q_k b_ij it has a candidate, (i, j) with the probability
 * q_k b_ij / R, which is accepted with r_ij / b_ij. A step then makes the swap (i, j) with the probability
 * R (q_k b_ij / R) (r_ij / b_ij) = q_k r_ij, which is that of the Metropolis chain: the two are one process. R changes only
 * with S, so the number of steps up to the next candidate is geometric, and steps without one are skipped.
 *
 * Pairs without a common cluster have ΔE_ij = v_i + v_j, the changes of either site alone. Sites are sorted into classes
 * of v, and the bound is that of the two classes' lower edges. The sum over pairs is one over classes; a candidate is a
 * pair of classes, then a uniform site of each. Pairs with common clusters, which this can draw too, are thrown away, a
 * candidate accepted with probability 0; they have bounds of their own from their ΔE, kept by site of the rarer species.
 * @see Bortz, Kalos, Lebowitz, J. Comput. Phys. 17, 10 (1975)
 */
export class PlainNfold implements RejectionFreeEngine {
  /** None is done in compiled code. */
  readonly steps = 0;
  readonly #model: CompiledExpansion;
  readonly #moves: SwapMoves;
  readonly #occupation: Uint8Array;
  readonly #lowest: Uint8Array;
  readonly #neighbourhood: Neighbourhood;
  readonly #bounds: Bounds;
  readonly #channels: readonly Channel[];
  readonly #sides: readonly Side[];
  /** Sides by group and species of a site. */
  readonly #sidesOf: readonly (readonly Side[])[][];
  readonly #groupOf: Int16Array;
  readonly #totalWeight: number;
  readonly #patience: number;
  #random = new RandomStream(0, 0);
  #rounding = 0;
  #numbers: RunningNumbers | null = null;
  #accepted: Float64Array = new Float64Array(0);
  #beta = 0;
  #rate = 0;
  #wait = 0;
  #stay = 0;
  #inVain = 0;
  /** Whether a site is below the classes of its list. */
  #below = false;

  constructor(model: CompiledExpansion, moves: SwapMoves) {
    const { numSites } = model.supercell;
    this.#model = model;
    this.#moves = moves;
    this.#occupation = new Uint8Array(numSites);
    this.#lowest = new Uint8Array(numSites);
    this.#neighbourhood = new Neighbourhood(model.tables, model.supercell);
    this.#groupOf = new Int16Array(numSites).fill(-1);
    const channels = nfoldChannels(moves);
    const members = moves.state();
    this.#totalWeight = channels.reduce((sum, { weight }) => sum + weight, 0);
    this.#bounds = boundsFor(Math.max(...channels.map(({ a, b }) => a.count * b.count)));
    const sidesOf: Side[][][] = [];
    const makeSide = (side: NfoldSide): Side => {
      const made = { ...side, list: new ClassedSites(side.count, numSites) };
      for (let k = 0; k < side.count; k++) this.#groupOf[members[side.start + k]] = side.group;
      sidesOf[side.group] ??= [];
      sidesOf[side.group][side.from] = [...(sidesOf[side.group][side.from] ?? []), made];
      return made;
    };
    this.#channels = channels.map((channel) => {
      const a = makeSide(channel.a);
      const b = makeSide(channel.b);
      const [few, many] = channel.few === channel.a ? [a, b] : [b, a];
      const share = channel.share / this.#bounds.one;
      const far = new ClassPairs(few.list, many.list, this.#bounds.far);
      return { weight: channel.weight, a, b, few, many, share, near: new SumTree(numSites), far };
    });
    this.#sidesOf = sidesOf;
    this.#sides = this.#channels.flatMap(({ a, b }) => [a, b]);
    this.#patience = this.#sides.reduce((sum, { count }) => sum + count, 0);
  }

  load(
    occupation: Uint8Array,
    lowest: Uint8Array,
    random: RandomStream,
    rounding: number,
    state: NfoldState | null,
  ): void {
    this.#occupation.set(occupation);
    this.#lowest.set(lowest);
    this.#random = random;
    this.#rounding = rounding;
    const members = this.#moves.state();
    let from = 0;
    this.#sides.forEach(({ list, start, count }, k) => {
      list.order.set(
        state ? state.order.subarray(from, from + count) : members.subarray(start, start + count),
      );
      list.origin = state ? state.numbers[4 + k] : 0;
      from += count;
    });
    [this.#beta, this.#wait, this.#stay, this.#inVain] = state?.numbers ?? [0, 0, 0, 0];
    this.#below = false;
    for (const { near } of this.#channels) near.clear();
    // Without a state there are no classes yet: they are made when the chain runs.
    if (this.#beta === 0) return;
    for (const { list, to } of this.#sides)
      list.sort(Float64Array.from(list.order, (site) => this.#absoluteClass(site, to)));
    this.#weighAllRows();
    this.#sum();
  }

  run(
    steps: number,
    beta: number,
    numbers: RunningNumbers,
    proposed: Float64Array,
    accepted: Float64Array,
  ): void {
    this.#numbers = numbers;
    this.#accepted = accepted;
    const last = numbers.step + steps;
    const weights = this.#channels.map(({ weight }) => weight);
    shareSteps(weights, numbers.step, proposed, -1);
    shareSteps(weights, last, proposed, 1);
    if (beta !== this.#beta) this.#layOut(beta);
    while (numbers.step < last) {
      if (this.#wait === 0 && this.#rate >= PLAIN_RATE) {
        numbers.step++;
        this.#plainStep();
        continue;
      }
      if (this.#wait === 0) this.#wait = waitingSteps(this.#rate, this.#random);
      const passed = Math.min(this.#wait, last - numbers.step);
      numbers.step += passed;
      this.#stay += passed;
      this.#wait -= passed;
      if (this.#wait > 0) return;
      // The last of these steps is the candidate's.
      this.#stay--;
      this.#candidate();
    }
  }

  /** A step of the Metropolis chain as it is. */
  #plainStep(): void {
    const random = this.#random;
    let k = 0;
    if (this.#channels.length > 1) {
      let pick = random.nextIndex(this.#totalWeight);
      while (pick >= this.#channels[k].weight) pick -= this.#channels[k++].weight;
    }
    const { a, b } = this.#channels[k];
    const siteA = a.list.order[random.nextIndex(a.list.order.length)];
    const siteB = b.list.order[random.nextIndex(b.list.order.length)];
    const change = this.#model.changeOfSwap(this.#occupation, siteA, siteB);
    if (change <= 0 || random.nextFloat() < expNonPositive(-this.#beta * change))
      this.#accept(k, siteA, siteB, change);
    else this.#stay++;
  }

  /** Draws a pair in proportion to its bound, and accepts it with its rate over its bound. */
  #candidate(): void {
    const random = this.#random;
    let x = random.nextFloat() * this.#rate;
    // Two parts for each channel. Every far part is above 0, so that rounding can end in no empty one but the last.
    let part = 0;
    for (; part < 2 * this.#channels.length - 1; part++) {
      const size = this.#partSize(part);
      if (x < size) break;
      x -= size;
    }
    if (this.#partSize(part) === 0) part--;
    const k = part >> 1;
    const channel = this.#channels[k];
    const drawn = (part & 1) === 0 ? this.#drawFar(channel) : this.#drawNear(channel);
    if (drawn) {
      const { few, many, bound } = drawn;
      const change = this.#model.changeOfSwap(this.#occupation, many, few);
      if (
        change <= 0 ||
        random.nextFloat() * bound < expNonPositive(-this.#beta * change) * this.#bounds.one
      ) {
        const [siteA, siteB] = channel.few === channel.a ? [few, many] : [many, few];
        this.#accept(k, siteA, siteB, change);
        return;
      }
    }
    this.#stay++;
    if (++this.#inVain >= this.#patience) this.#layOut(this.#beta);
  }

  #partSize(part: number): number {
    const { share, far, near } = this.#channels[part >> 1];
    return share * ((part & 1) === 0 ? far : near).total;
  }

  /** Uniform whole number below n. */
  #nextBelow(n: number): number {
    if (n < 2 ** 32) return this.#random.nextIndex(n);
    const shift = Math.clz32(Math.floor(n / 2 ** 32));
    for (;;) {
      const high = this.#random.nextUint32() >>> shift;
      const drawn = high * 2 ** 32 + this.#random.nextUint32();
      if (drawn < n) return drawn;
    }
  }

  /** A pair by the classes of its sites; null for one that shares a cluster. */
  #drawFar({ far }: Channel): DrawnPair | null {
    const drawn = far.at(this.#nextBelow(far.total));
    return this.#neighbourhood.of(drawn.few).includes(drawn.many) ? null : drawn;
  }

  #drawNear(channel: Channel): DrawnPair {
    const { index, rest } = channel.near.find(this.#nextBelow(channel.near.total));
    let left = rest;
    for (const many of this.#neighbourhood.of(index)) {
      const bound = this.#nearBound(channel.few, index, many);
      if (left < bound) return { few: index, many, bound };
      left -= bound;
    }
    throw new Error("the sum of near pairs is not that of its terms");
  }

  /** Bound of a pair that shares a cluster, 0 where it is none of the side's channel. */
  #nearBound(few: Side, site: number, other: number): number {
    const { near } = this.#bounds;
    if (this.#groupOf[other] !== few.group || this.#occupation[other] !== few.to) return 0;
    const change = this.#model.changeOfSwap(this.#occupation, site, other);
    if (change <= 0) return near[0];
    return near[Math.min(Math.floor((this.#beta * change) / NEAR_WIDTH), NEAR_BOUNDS)];
  }

  #accept(k: number, siteA: number, siteB: number, change: number): void {
    const { group, from, to } = this.#channels[k].a;
    this.#accepted[k]++;
    this.settle(this.#numbers!);
    this.#stay = 1;
    for (const { list } of this.#sidesOf[group][from] ?? []) list.replace(siteA, siteB);
    for (const { list } of this.#sidesOf[group][to] ?? []) list.replace(siteB, siteA);
    this.#occupation[siteA] = to;
    this.#occupation[siteB] = from;
    this.#noteLowest(change);
    const changed = [siteA, siteB, ...this.#neighbourhood.of(siteA), ...this.#neighbourhood.of(siteB)];
    const rows = new Set(changed);
    for (const site of changed) {
      this.#classify(site);
      for (const other of this.#neighbourhood.of(site)) rows.add(other);
    }
    if (this.#below) this.#layOut(this.#beta);
    for (const site of rows) this.#weighRow(site);
    this.#sum();
  }

  #noteLowest(change: number): void {
    const numbers = this.#numbers!;
    numbers.energy += change;
    if (numbers.energy < numbers.lowestEnergy - this.#rounding) {
      numbers.lowestEnergy = numbers.energy;
      numbers.lowestStep = numbers.step;
      this.#lowest.set(this.#occupation);
    }
  }

  /** Brings a site to its class in the lists of all sides that it is on. */
  #classify(site: number): void {
    for (const { list, to } of this.#sidesAt(site)) {
      const c = list.localClass(this.#absoluteClass(site, to));
      if (c < 0) this.#below = true;
      else list.move(site, c);
    }
  }

  #sidesAt(site: number): readonly Side[] {
    const group = this.#groupOf[site];
    return group < 0 ? [] : (this.#sidesOf[group][this.#occupation[site]] ?? []);
  }

  /** Class of the energy of changing a site into a species, counted from energy 0. */
  #absoluteClass(site: number, species: number): number {
    return Math.floor(this.#model.changeOfSite(this.#occupation, site, species) * (this.#beta / CLASS_WIDTH));
  }

  /** Sums the bounds of a site with all sites that it shares clusters with. */
  #weighRow(site: number): void {
    for (const { few, near } of this.#channels) {
      let sum = 0;
      if (this.#groupOf[site] === few.group && this.#occupation[site] === few.from)
        for (const other of this.#neighbourhood.of(site)) sum += this.#nearBound(few, site, other);
      near.set(site, sum);
    }
  }

  #weighAllRows(): void {
    for (const { few } of this.#channels) for (const site of few.list.order) this.#weighRow(site);
  }

  /** Sorts all lists anew, each from its present lowest energy on. */
  #layOut(beta: number): void {
    const changed = beta !== this.#beta;
    this.#beta = beta;
    this.#inVain = 0;
    this.#below = false;
    for (const { list, to } of this.#sides) {
      const absolute = Float64Array.from(list.order, (site) => this.#absoluteClass(site, to));
      list.origin = ClassedSites.originFor(absolute.reduce((least, c) => Math.min(least, c)));
      list.sort(absolute);
    }
    if (changed) {
      this.#wait = 0;
      this.#weighAllRows();
    }
    this.#sum();
  }

  /** Sums the bounds of all pairs. */
  #sum(): void {
    this.#rate = 0;
    for (const { share, far, near } of this.#channels) {
      far.sum();
      this.#rate += share * far.total;
      this.#rate += share * near.total;
    }
  }

  settle(numbers: RunningNumbers): void {
    addStay(numbers, this.#stay);
    this.#stay = 0;
  }

  state(): NfoldState {
    const numbers = [this.#beta, this.#wait, this.#stay, this.#inVain];
    const order: number[] = [];
    for (const { list } of this.#sides) {
      numbers.push(list.origin);
      for (const site of list.order) order.push(site);
    }
    return { numbers: Float64Array.from(numbers), order: Int32Array.from(order) };
  }

  readOccupation(out: Uint8Array): void {
    out.set(this.#occupation);
  }

  readLowest(out: Uint8Array): void {
    out.set(this.#lowest);
  }

  release(): void {
    const members = this.#moves.state();
    for (const { list, start } of this.#sides) members.set(list.order, start);
    this.#moves.restore(members);
  }

  countOf(site: number, species: number): number {
    const { numCells } = this.#model.supercell;
    const sublattice = this.#occupation.subarray(site * numCells, (site + 1) * numCells);
    return sublattice.reduce((sum, held) => sum + (held === species ? 1 : 0), 0);
  }

  close(): void {}
}
