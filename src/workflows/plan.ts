/** What a command will do with a study, everything checked before anything runs. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { studyError } from "../core/errors.ts";
import type { LoadedStudy } from "../data/study/load-study.ts";
import type { Study } from "../data/study/schema.ts";
import { checkClaims } from "./claims.ts";
import { loadTrainingData, type TrainingData } from "./configurations.ts";
import { formationHull } from "./formation-hull.ts";
import type { ObserverPlan } from "./observers.ts";
import { buildStudyPool, type PoolResult } from "./pool.ts";
import { checkedObservers, countTasks } from "./sample-plan.ts";
import { modelOfStudy } from "./study-lattice.ts";

/** Which parts of a study a command does; a part that the study does not have is left out. */
export interface RunParts {
  readonly fit: boolean;
  readonly sample: boolean;
}

/** What is known before any work starts. */
export interface RunPlan {
  readonly loaded: LoadedStudy;
  readonly pool: PoolResult | null;
  readonly data: TrainingData | null;
  /** The study's own model, if it states one. */
  readonly published: ClusterExpansion | null;
  readonly chains: number;
  readonly observers: ObserverPlan;
}

/**
 * Reads and checks everything that the parts need: study, lattice, pool, data, grid, observers.
 * @param observerFiles users' observer modules
 * @throws {EcitonError} as the parts do, before anything is written
 */
export async function planRun(
  loaded: LoadedStudy,
  parts: RunParts,
  observerFiles: readonly string[] = [],
): Promise<RunPlan> {
  const { study, folder } = loaded;
  const fits = parts.fit && study.fit !== undefined;
  const samples = parts.sample && study.sample !== undefined;
  if (!fits && !samples) {
    const missing = parts.fit ? "fit" : "sample";
    const others = (["relax", "hop", "dynamics"] as const).filter((part) => study[part] !== undefined);
    if (others.length > 0)
      throw studyError(
        others[0],
        `run, fit and sample work on lattices; for this section there is eciton ${others[0]}`,
      );
    throw studyError(
      missing,
      parts.fit && parts.sample
        ? "there is nothing to run without this section or the section sample"
        : "this command needs this section",
    );
  }
  if (samples && sampledModel(study, fits) === "fit" && !fits)
    throw studyError(
      "sample.model",
      "asks for the fitted model, but nothing is fitted here (eciton run does both)",
    );
  const needsPool = fits || study.model?.terms !== undefined;
  const pool = needsPool ? buildStudyPool(study) : null;
  const lazyPool = () => pool!.pool;
  const published = study.model ? modelOfStudy(study, folder, lazyPool) : null;
  const data = fits ? loadTrainingData(loaded, pool!.pool.lattice, () => requireModel(published)) : null;
  if (data && study.fit?.hull) {
    // Whether there is a hull at all depends on the data alone.
    const energies = data.configurations.map((configuration) => configuration.energy!);
    formationHull(study.fit.hull.species, data.configurations, energies);
  }
  if (samples && sampledModel(study, fits) === "published") requireModel(published);
  // The grid depends on the lattice alone, so it can be checked before there is a fit.
  const lattice = pool?.pool.lattice ?? published?.lattice;
  const chains = samples
    ? countTasks(study, published ?? { lattice: lattice!, basis: "indicator", terms: [] })
    : 0;
  const observers = samples
    ? await checkedObservers(study, lattice ?? published!.lattice, observerFiles)
    : { modules: [] };
  if (samples) await checkClaims(study, lattice ?? published!.lattice, observers);
  return { loaded, pool, data, published, chains, observers };
}

export function requireModel(model: ClusterExpansion | null): ClusterExpansion {
  if (!model)
    throw studyError(
      "model",
      "this needs a model of the study's own: the section model with terms or a file",
    );
  return model;
}

export function sampledModel(study: Study, fits: boolean): "fit" | "published" {
  return study.sample?.model ?? (fits ? "fit" : "published");
}
