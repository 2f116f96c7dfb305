/** From a study's sections to the objects that they describe: lattice, pool, and the study's own model. */
import { distance } from "fastest-levenshtein";
import type { Cutoffs } from "../clusters/cluster.ts";
import type { ClusterExpansion, Term } from "../clusters/expansion.ts";
import { buildPool, type ClusterPool } from "../clusters/pool.ts";
import { EcitonError, studyError } from "../core/errors.ts";
import { det3, faceSpacings } from "../core/linalg.ts";
import { pathFromStudy } from "../data/study/load-study.ts";
import type { Study } from "../data/study/schema.ts";
import { activeSites, createParentLattice, type ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { readModelFile } from "./model-file.ts";
import { inStudyTerms } from "./study-paths.ts";

/** Cells outside these are lengths in another unit. */
const NARROWEST_A = 0.1;
const WIDEST_A = 1e5;
const MOST_PAIRS = 1e7;

/** @throws {EcitonError} "study" when the study has no lattice, or the lattice is impossible */
export function latticeOfStudy(study: Study): ParentLattice {
  if (!study.lattice) throw studyError("lattice", "this command needs the section lattice");
  const { sites, charges = {} } = study.lattice;
  const species = new Set(sites.flatMap((site) => site.species));
  for (const name of Object.keys(charges))
    if (!species.has(name))
      throw studyError(
        `lattice.charges.${name}`,
        `no site holds "${name}"; there are ${[...species].join(", ")}`,
      );
  const cell = study.lattice.cell_A.flat();
  if (Math.abs(det3(cell)) > 0)
    faceSpacings(cell).forEach((spacing, k) => {
      if (!(spacing >= NARROWEST_A && spacing <= WIDEST_A))
        throw studyError(
          "lattice.cell_A",
          `cells are ${Number(spacing.toPrecision(3))} Å apart along vector ${k + 1}; expected ${NARROWEST_A} to ${WIDEST_A} ` +
            "(lengths without a unit are in Å)",
        );
    });
  return createParentLattice({
    cell,
    periodic: study.lattice.periodic,
    coordinates: study.lattice.coordinates,
    sites,
  });
}

/** @param path of the matrix in the study, for errors */
export function supercellAt(lattice: ParentLattice, matrix: readonly number[], path: string): Supercell {
  try {
    return new Supercell(lattice, matrix);
  } catch (error) {
    throw inStudyTerms(error, { supercell: path });
  }
}

/** Cut-off for each number of points, however the study gives them. */
export function cutoffsOfStudy(study: Study): Cutoffs {
  const section = study.clusters;
  if (!section)
    throw studyError("clusters", "this command needs the section clusters (cutoff_A, max_points)");
  if (section.cutoffs_A)
    return Object.fromEntries(
      Object.entries(section.cutoffs_A).map(([size, cutoff]) => [Number(size), cutoff]),
    );
  const cutoffs: Record<number, number> = {};
  for (let size = 2; size <= (section.max_points ?? 2); size++) cutoffs[size] = section.cutoff_A!;
  return cutoffs;
}

export function poolOfStudy(study: Study, lattice: ParentLattice): ClusterPool {
  const cutoffs = cutoffsOfStudy(study);
  const { basis, cutoff_A, memory_GiB: limit } = study.clusters!;
  try {
    for (const [size, cutoff] of Object.entries(cutoffs)) refuseEndless(lattice, cutoff, Number(size));
    return buildPool(lattice, basis, cutoffs, limit === undefined ? undefined : limit * 2 ** 30);
  } catch (error) {
    if (cutoff_A === undefined) throw error;
    const names = Object.keys(cutoffs).map((size) => [`clusters.cutoffs_A.${size}`, "clusters.cutoff_A"]);
    throw inStudyTerms(error, Object.fromEntries(names));
  }
}

/** Even to count the neighbours within some cut-offs would take hours: metres typed where Å are meant, say. */
function refuseEndless(lattice: ParentLattice, cutoff: number, size: number): void {
  const spacings = faceSpacings(lattice.cell);
  const cells = spacings.reduce(
    (product, spacing, k) => product * (lattice.periodic[k] ? (2 * cutoff) / spacing + 1 : 1),
    1,
  );
  const pairs = cells * activeSites(lattice).length ** 2;
  if (pairs > MOST_PAIRS)
    throw new EcitonError(
      "memory",
      `clusters.cutoffs_A.${size}: about ${pairs.toExponential(1)} pairs of sites lie within ${cutoff} Å, ` +
        `more than the ${MOST_PAIRS.toExponential(0)} that can be handled; lower this cut-off`,
      { path: `clusters.cutoffs_A.${size}`, pairs },
    );
}

/**
 * The model that the study states itself, by the labels of its pool or as a model file.
 * @throws {EcitonError} "study" for a label that the pool does not have, naming the nearest
 */
export function modelOfStudy(study: Study, folder: string, pool: () => ClusterPool): ClusterExpansion {
  if (!study.model) throw studyError("model", "this command needs the section model (terms or a file)");
  if (study.model.potential !== undefined)
    throw studyError("model.potential", "a potential moves atoms; on a lattice the model is terms or a file");
  if (study.model.file !== undefined) return readModelFile(pathFromStudy(folder, study.model.file)).expansion;
  const { lattice, basis, orbits } = pool();
  const seen = new Set<string>();
  const terms = study.model.terms!.map((given, i): Term => {
    const path = `model.terms[${i}].label`;
    if (seen.has(given.label)) throw studyError(path, `"${given.label}" is given twice`);
    seen.add(given.label);
    const orbit = orbits.find((o) => o.label === given.label);
    if (!orbit) {
      const labels = orbits.map((o) => o.label);
      throw studyError(
        path,
        `the pool has no cluster "${given.label}"; the nearest labels are ${nearestLabels(given.label, labels)} ` +
          `(eciton pool --list prints them all; a larger cut-off may be needed)`,
      );
    }
    return { ...orbit, coefficient: given.energy_eV };
  });
  return { lattice, basis, terms };
}

/** The three labels most like one that does not exist, "A, B, C". */
export function nearestLabels(wanted: string, labels: readonly string[]): string {
  const sorted = [...labels].sort((a, b) => distance(a, wanted) - distance(b, wanted));
  return sorted.slice(0, 3).join(", ");
}
