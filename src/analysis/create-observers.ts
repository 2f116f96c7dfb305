/** The observers that a study names in sample.observe. */
import { studyError } from "../core/errors.ts";
import type { Study } from "../data/study/schema.ts";
import type { Observer } from "../lattice/observer.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { ConnectedClusters } from "./connected-clusters.ts";
import { LongRangeOrder } from "./long-range-order.ts";
import { Motifs } from "./motifs.ts";
import type { LabelledMap } from "./observer.ts";
import { PairCorrelations } from "./pair-correlations.ts";
import { SiteMap } from "./site-map.ts";
import { StructureFactor } from "./structure-factor.ts";

/** What to measure; plain data. */
export type ObserveSection = Omit<NonNullable<NonNullable<Study["sample"]>["observe"]>, "measurements">;

/**
 * @param options.path of the section in the study, for errors
 * @throws {EcitonError} "study" with the path of a species, layer, label or wave vector that does not exist on this
 *   lattice and supercell, of a cluster without or with two distances, or of something asked for twice; "memory" for a
 *   distance with too many neighbours
 */
export function createObservers(
  observe: ObserveSection,
  { supercell, path }: { readonly supercell: Supercell; readonly path: string },
): { series: Observer[]; maps: LabelledMap[] } {
  const series: Observer[] = [];
  const maps: LabelledMap[] = [];
  const owners = new Map<string, string>();
  const claim = (names: readonly string[], where: string) => {
    for (const name of names) {
      const owner = owners.get(name);
      if (owner !== undefined) throw studyError(where, `"${name}" is already measured by ${owner}`);
      owners.set(name, where);
    }
  };
  const addSeries = (observer: Observer, where: string) => {
    claim(
      observer.columns.map(({ name }) => name),
      where,
    );
    series.push(observer);
  };
  const addMap = (map: LabelledMap, where: string) => {
    claim([map.name], where);
    maps.push(map);
  };

  if (observe.pairs) {
    const where = `${path}.pairs.cutoff_A`;
    addSeries(new PairCorrelations(supercell, observe.pairs.cutoff_A, where), where);
  }
  if (observe.motifs && Object.keys(observe.motifs).length > 0)
    addSeries(new Motifs(supercell, observe.motifs, `${path}.motifs`), `${path}.motifs`);
  observe.clusters?.forEach((choice, i) => {
    const where = `${path}.clusters[${i}]`;
    addSeries(new ConnectedClusters(supercell, choice, where), where);
  });
  observe.order?.forEach((choice, i) => {
    const where = `${path}.order[${i}]`;
    addSeries(new LongRangeOrder(supercell, choice, where), where);
  });
  observe.structure_factor?.forEach((choice, i) => {
    const where = `${path}.structure_factor[${i}]`;
    addMap(new StructureFactor(supercell, choice, where), where);
  });
  if (observe.site_map) addMap(new SiteMap(supercell), `${path}.site_map`);
  return { series, maps };
}
