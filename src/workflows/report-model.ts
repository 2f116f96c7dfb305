/** Everything that a run found, as the report shows it. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import type { ReportModel } from "../report/model.ts";
import type { ClaimSummary } from "../report/sampling-model.ts";
import type { FitResult } from "./fit.ts";
import type { RunPlan } from "./plan.ts";
import type { Provenance } from "./provenance.ts";
import { latticeSummary, provenanceSummary } from "./report.ts";
import { dataSummary, fitSummary } from "./report-fit.ts";
import { methodsSummary, searchMaps } from "./report-methods.ts";
import { observationSummary } from "./report-observations.ts";
import { mcSummary, snapshotMapsOf, snapshotSummary } from "./report-sample.ts";
import type { SampleOutcome } from "./sample.ts";
import type { SampledState } from "./sample-states.ts";
import type { Verdict } from "./verdict.ts";

/** A part of the report that may have nothing to say. */
function optional<Key extends string, Part>(key: Key, part: Part | null): { [K in Key]?: Part } {
  return part === null ? {} : ({ [key]: part } as { [K in Key]?: Part });
}

export interface ReportParts {
  readonly plan: RunPlan;
  readonly fit: FitResult | null;
  readonly outcome: SampleOutcome | null;
  readonly states: readonly SampledState[];
  readonly claims: ClaimSummary | null;
  readonly warnings: readonly string[];
  readonly verdict: Verdict;
  readonly provenance: Provenance;
  readonly seconds: number;
  readonly expansion: ClusterExpansion | null | undefined;
}

export function reportModel(parts: ReportParts): ReportModel {
  const { plan, fit, outcome, states, claims, warnings, verdict, provenance, seconds, expansion } = parts;
  const chains = outcome?.chains ?? [];
  const { study } = plan.loaded;
  const known = plan.data?.synthetic ? plan.published : null;
  const assumed = (study.model?.terms ?? []).filter((term) => term.assumed).map((term) => term.label);
  const notes = assumed.length > 0 ? [`assumed, not in the source of the model: ${assumed.join(", ")}`] : [];
  return {
    header: {
      study: study.report?.title ?? study.name,
      verdict,
      warnings: [...warnings, ...notes].map((text) => ({ level: "warning" as const, text })),
      provenance: provenanceSummary(provenance, seconds),
    },
    ...(plan.data ? { data: dataSummary(study, plan.data) } : {}),
    ...(plan.pool ? { lattice: latticeSummary(study, plan.pool) } : {}),
    ...(fit && plan.data ? { fit: fitSummary(study, plan.data, fit, known) } : {}),
    ...(outcome && expansion ? optional("methods", methodsSummary(outcome, expansion.lattice)) : {}),
    ...(outcome && expansion && outcome.searches.length > 0 && study.report?.pictures !== false
      ? { snapshotMaps: searchMaps(outcome.searches, expansion.lattice) }
      : {}),
    ...(chains.length > 0 && expansion
      ? {
          mc: mcSummary(study, expansion, chains, states),
          ...optional("claims", claims),
          ...optional("observations", observationSummary(study, expansion.lattice, states)),
          ...(study.report?.pictures === false
            ? {}
            : {
                snapshotMaps: snapshotMapsOf(expansion.lattice, chains),
                snapshots: snapshotSummary(study, expansion.lattice, chains),
              }),
        }
      : {}),
  };
}
