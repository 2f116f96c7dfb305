/** Monte Carlo of a study by the method that it names. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import type { Study } from "../data/study/schema.ts";
import type { RunContext } from "./context.ts";
import type { ObserverPlan } from "./observers.ts";
import { type SampledChain, sampleChains } from "./sample-chains.ts";
import { type SampledDensity, sampleDensities } from "./sample-densities.ts";
import { type SampledLadder, sampleLadders } from "./sample-ladders.ts";
import { sampleSection } from "./sample-plan.ts";
import { type SampledSearch, sampleSearches } from "./sample-searches.ts";

export interface SampleOutcome {
  readonly chains: readonly SampledChain[];
  readonly ladders: readonly SampledLadder[];
  readonly densities: readonly SampledDensity[];
  readonly searches: readonly SampledSearch[];
}

const NOTHING: SampleOutcome = { chains: [], ladders: [], densities: [], searches: [] };

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
      return { ...NOTHING, chains: await sampleChains(study, expansion, observers, context) };
    case "tempering":
      return { ...NOTHING, ...(await sampleLadders(study, expansion, observers, context)) };
    case "wang-landau":
      return { ...NOTHING, densities: await sampleDensities(study, expansion, context) };
    case "anneal":
      return { ...NOTHING, searches: await sampleSearches(study, expansion, context) };
    default:
      throw method satisfies never;
  }
}
