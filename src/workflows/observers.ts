/** What is measured on states: the study's own observers and those of users' modules. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createObservers, type ObserveSection } from "../analysis/create-observers.ts";
import type { LabelledMap } from "../analysis/observer.ts";
import { loadUserObserver } from "../analysis/user-observer.ts";
import { EcitonError } from "../core/errors.ts";
import type { Study } from "../data/study/schema.ts";
import type { MapObserver, Observer } from "../lattice/observer.ts";
import type { Supercell } from "../lattice/supercell.ts";

/** Plain data from which every thread makes its own observers. */
export interface ObserverPlan {
  readonly observe?: ObserveSection;
  /** Users' modules, with a hash of what they held when the run began. */
  readonly modules: readonly { readonly file: string; readonly sha256: string }[];
}

export interface MadeObservers {
  readonly series: readonly Observer[];
  readonly maps: readonly (MapObserver | LabelledMap)[];
}

/**
 * @param files users' modules, as named on the command line
 * @throws {EcitonError} "usage" for a module that is not there
 */
export function observerPlan(study: Pick<Study, "sample">, files: readonly string[]): ObserverPlan {
  const modules = files.map((file) => {
    try {
      return { file, sha256: createHash("sha256").update(readFileSync(file)).digest("hex") };
    } catch (error) {
      throw new EcitonError("usage", `--observer ${file}: the module cannot be read`, { file }, error);
    }
  });
  if (!study.sample?.observe) return { modules };
  const { measurements: _, ...observe } = study.sample.observe;
  return { observe, modules };
}

function ownObservers(observe: ObserveSection | undefined, supercell: Supercell) {
  return createObservers(observe ?? { site_map: false }, { supercell, path: "sample.observe" });
}

/** The observers that the study itself names. */
export function makeOwnObservers(
  study: Study,
  supercell: Supercell,
): { readonly maps: readonly LabelledMap[] } {
  return ownObservers(study.sample?.observe, supercell);
}

/** @throws {EcitonError} "study" or "data" for what cannot be measured, "usage" for two observers of one name */
export async function makeObservers(plan: ObserverPlan, supercell: Supercell): Promise<MadeObservers> {
  const own = ownObservers(plan.observe, supercell);
  const series: Observer[] = [...own.series];
  const maps: (MapObserver | LabelledMap)[] = [...own.maps];
  const names = new Set([
    ...series.flatMap(({ columns }) => columns.map(({ name }) => name)),
    ...maps.map(({ name }) => name),
  ]);
  for (const { file } of plan.modules) {
    const made = await loadUserObserver(file, { lattice: supercell.lattice, supercell });
    const added = [...made.series.flatMap(({ columns }) => columns), ...made.maps].map(({ name }) => name);
    for (const name of added) {
      if (names.has(name))
        throw new EcitonError(
          "usage",
          `--observer ${file}: "${name}" is already measured; choose another name`,
          {
            file,
          },
        );
      names.add(name);
    }
    series.push(...made.series);
    maps.push(...made.maps);
  }
  return { series, maps };
}
