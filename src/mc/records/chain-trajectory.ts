/** The states of a chain that are kept in a file. */
import type { TrajectoryHeader } from "../../data/trajectory-format.ts";
import { TrajectoryWriter } from "../../data/trajectory-writer.ts";
import type { MetropolisChain } from "../engines/metropolis.ts";

export interface TrajectoryPlan {
  readonly path: string;
  /** Evenly spaced over the steps; the last one is the final state. */
  readonly frames: number;
  readonly header: TrajectoryHeader;
}

export class ChainTrajectory {
  readonly #writer: TrajectoryWriter;
  readonly #steps: number;
  readonly #planned: number;

  /** @param written frames of the checkpoint that the chain goes on from; null to begin the file */
  constructor(plan: TrajectoryPlan, steps: number, written: number | null) {
    this.#steps = steps;
    this.#planned = plan.frames;
    this.#writer =
      written === null
        ? TrajectoryWriter.create(plan.path, plan.header)
        : TrajectoryWriter.resume(plan.path, plan.header, written);
  }

  get frames(): number {
    return this.#writer.frames;
  }

  nextStep(): number {
    return this.frames < this.#planned
      ? Math.floor((this.#steps * (this.frames + 1)) / this.#planned)
      : Number.POSITIVE_INFINITY;
  }

  record(chain: MetropolisChain): void {
    if (chain.step === this.nextStep()) this.#writer.append(chain.step, chain.energy, chain.occupation);
  }

  /** To be called before a checkpoint that counts these frames is written. */
  sync(): void {
    this.#writer.sync();
  }

  close(): void {
    this.#writer.close();
  }
}
