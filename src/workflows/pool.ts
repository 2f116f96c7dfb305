/** The pool of a study: what there is to fit, and what it becomes on a supercell. */
import { type Folding, foldPool } from "../clusters/fold.ts";
import { type ClusterPool, countBySize } from "../clusters/pool.ts";
import type { Study } from "../data/study/schema.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { cutoffsOfStudy, latticeOfStudy, poolOfStudy, supercellAt } from "./study-lattice.ts";

export interface PoolResult {
  readonly pool: ClusterPool;
  readonly supercell: Supercell | null;
  readonly folding: Folding | null;
  readonly seconds: number;
}

/** The pool, folded onto `clusters.supercell` where the study has one. */
export function buildStudyPool(study: Study): PoolResult {
  const start = performance.now();
  const pool = poolOfStudy(study, latticeOfStudy(study));
  const matrix = study.clusters?.supercell;
  const supercell = matrix ? supercellAt(pool.lattice, matrix, "clusters.supercell") : null;
  const folding = supercell ? foldPool(pool, supercell) : null;
  return { pool, supercell, folding, seconds: (performance.now() - start) / 1000 };
}

/** The document that `eciton pool --json` prints. */
export function poolDocument(study: Study, { pool, folding, seconds }: PoolResult) {
  const cutoffs = cutoffsOfStudy(study);
  const distinct = [...new Set(Object.values(cutoffs))];
  const label = (i: number) => pool.orbits[i].label;
  return {
    ...(distinct.length === 1 ? { cutoff_A: distinct[0] } : { cutoffs_A: cutoffs }),
    infinite: countBySize(pool.orbits),
    total_infinite: pool.orbits.length,
    ...(folding
      ? {
          folded: countBySize(folding.clusters),
          total_folded: folding.clusters.length,
          merged: folding.clusters
            .filter((c) => c.merged.length > 0)
            .map((c) => ({ kept: label(c.kept), merged: c.merged.map(label) })),
          self_meeting: folding.selfMeeting.map(label),
        }
      : {}),
    symmetry: {
      space_group: pool.symmetry.spaceGroup.symbol,
      operations: pool.symmetry.operations.length,
    },
    seconds: Number(seconds.toFixed(3)),
  };
}
