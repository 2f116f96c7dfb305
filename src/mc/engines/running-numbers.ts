/** The numbers of a chain that change with every step, and how compiled code takes them over. */
import type { RandomStream } from "../../core/random.ts";
import type { ChainKernel } from "../../kernels/chain-kernel.ts";
import * as block from "../../kernels/swap-block.ts";

export interface RunningNumbers {
  step: number;
  energy: number;
  lowestStep: number;
  lowestEnergy: number;
  binOrigin: number;
  binSum: number;
  binSquares: number;
}

/**
 * Hands a state to a kernel; the moves have theirs besides.
 * @param rounding lower energies than the lowest by less than this make no new lowest state, eV
 */
export function loadState(
  kernel: ChainKernel,
  occupation: Uint8Array,
  lowest: Uint8Array,
  random: RandomStream,
  rounding: number,
): void {
  const { seed, stream, drawn } = random.state();
  const halves = (x: number) => [x >>> 0, Math.floor(x / 2 ** 32)] as const;
  kernel.setOccupation(occupation);
  kernel.setLowest(lowest);
  kernel.seekRandom(halves(seed), halves(stream), drawn);
  kernel.set(block.ROUNDING, rounding);
}

export function loadNumbers(kernel: ChainKernel, beta: number, numbers: RunningNumbers): void {
  kernel.set(block.BETA, beta);
  kernel.set(block.STEP, numbers.step);
  kernel.set(block.ENERGY, numbers.energy);
  kernel.set(block.LOWEST_STEP, numbers.lowestStep);
  kernel.set(block.LOWEST_ENERGY, numbers.lowestEnergy);
  kernel.set(block.BIN_ORIGIN, numbers.binOrigin);
  kernel.set(block.BIN_SUM, numbers.binSum);
  kernel.set(block.BIN_SQUARES, numbers.binSquares);
}

/** All that steps change; the origin of the bin is not among it. */
export function readNumbers(kernel: ChainKernel, numbers: RunningNumbers): void {
  numbers.step = kernel.get(block.STEP);
  numbers.energy = kernel.get(block.ENERGY);
  numbers.lowestStep = kernel.get(block.LOWEST_STEP);
  numbers.lowestEnergy = kernel.get(block.LOWEST_ENERGY);
  numbers.binSum = kernel.get(block.BIN_SUM);
  numbers.binSquares = kernel.get(block.BIN_SQUARES);
}
