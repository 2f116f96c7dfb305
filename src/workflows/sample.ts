/** Monte Carlo of a study by the method that it names. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import type { Study } from "../data/study/schema.ts";
import type { RunContext } from "./context.ts";
import type { ObserverPlan } from "./observers.ts";
import { type SampledChain, sampleChains } from "./sample-chains.ts";
import { type SampledLadder, sampleLadders } from "./sample-ladders.ts";
import { sampleSection } from "./sample-plan.ts";

export interface SampleOutcome {
  readonly chains: readonly SampledChain[];
  readonly ladders: readonly SampledLadder[];
}

/** @throws {EcitonError} "cancelled" after an interruption, all checkpoints written */
export async function sampleModel(
  study: Study,
  expansion: ClusterExpansion,
  observers: ObserverPlan,
  context: RunContext,
): Promise<SampleOutcome> {
  const { method } = sampleSection(study);
  switch (method) {
    case "metropolis":
      return { chains: await sampleChains(study, expansion, observers, context), ladders: [] };
    case "tempering":
      return sampleLadders(study, expansion, observers, context);
    case "wang-landau":
    case "anneal":
      throw new Error("not wired");
    default:
      throw method satisfies never;
  }
}
