/** The sites on which a species is looked for. */
import { studyError } from "../core/errors.ts";
import { activeSites } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";

/** Sites of one sublattice: `first` to `first + numCells - 1` in the supercell. */
export interface SpeciesSublattice {
  /** Parent site. */
  readonly site: number;
  readonly first: number;
  /** Number of the species in the site's list. */
  readonly species: number;
}

/** A species, everywhere or in some layers; `layers` are names of layers. */
export interface SpeciesChoice {
  readonly species: string;
  readonly layers?: readonly string[];
}

/**
 * The sublattices that can change and allow the species, ascending.
 * @param path of the choice in the study, for errors
 * @throws {EcitonError} "study" for an unknown species or layer, or a layer in which the species has no place
 */
export function speciesSublattices(
  supercell: Supercell,
  { species, layers }: SpeciesChoice,
  path: string,
): SpeciesSublattice[] {
  const { sites } = supercell.lattice;
  const active = activeSites(supercell.lattice);
  const allowed = active.filter((s) => sites[s].species.includes(species));
  if (allowed.length === 0) {
    const known = [...new Set(active.flatMap((s) => sites[s].species))];
    throw studyError(
      `${path}.species`,
      `no site that can change holds "${species}"; there are ${known.join(", ")}`,
    );
  }
  if (layers?.length === 0) throw studyError(`${path}.layers`, "expected at least one layer");
  layers?.forEach((layer, i) => {
    if (allowed.some((s) => sites[s].layer === layer)) return;
    const known = [...new Set(allowed.map((s) => sites[s].layer).filter((name) => name !== ""))];
    throw studyError(
      `${path}.layers[${i}]`,
      `"${species}" has no place in a layer "${layer}"; ` +
        (known.length > 0 ? `it can be in ${known.join(", ")}` : "its sites have no names of layers"),
    );
  });
  return allowed
    .filter((s) => layers === undefined || layers.includes(sites[s].layer))
    .map((s) => ({ site: s, first: s * supercell.numCells, species: sites[s].species.indexOf(species) }));
}

/** Words for the choice in names of columns: the species, then the layers joined by +. */
export function choiceWords({ species, layers }: SpeciesChoice): string[] {
  return layers ? [species, layers.join("+")] : [species];
}
