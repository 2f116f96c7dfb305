/** From structures to configurations on the parent lattice, or a reason why not. Never guesses. */
import { EcitonError } from "../../core/errors.ts";
import type { ParentLattice } from "../../lattice/parent-lattice.ts";
import { findSymmetry, type SymmetryOperation } from "../../lattice/symmetry.ts";
import type { Configuration } from "../configuration.ts";
import type { Structure } from "../structure.ts";
import { type AtomsInCell, atomsInCell } from "./atoms-in-cell.ts";
import { checkCharge } from "./charge-balance.ts";
import { areEquivalent } from "./equivalence.ts";
import { type Attempt, MAX_CANDIDATES, MappingSearch } from "./mapping-search.ts";
import { type MappingOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import type { MappingReport, MappingResult } from "./report.ts";
import { labelAtoms, type Refusal } from "./species-states.ts";

type ReportFields = Partial<Omit<MappingReport, "id" | "source">>;

/**
 * Maps structures to one lattice with one set of options; keeps what does not change between structures.
 *
 * An accepted structure has every atom closer to its site than half the distance to any other site that it could
 * have (resolveOptions refuses larger limits), so for a given supercell and shift no other assignment is
 * possible. What is left to doubt is the supercell and the shift, and all that come near the best are compared.
 */
export class StructureMapper {
  readonly lattice: ParentLattice;
  readonly #options: ResolvedOptions;
  readonly #operations: readonly SymmetryOperation[];
  readonly #search: MappingSearch;
  /** Species that atoms can be. */
  readonly #known: ReadonlySet<string>;

  /** @throws {EcitonError} "study" for options that do not suit the lattice */
  constructor(lattice: ParentLattice, options: MappingOptions = {}) {
    this.lattice = lattice;
    this.#options = resolveOptions(options, lattice);
    this.#operations = findSymmetry(lattice).operations;
    this.#search = new MappingSearch(lattice, this.#options, this.#operations);
    const species = lattice.sites.flatMap((site) => site.species);
    this.#known = new Set(species.filter((name) => !this.#options.vacancy.has(name)));
  }

  /**
   * Maps one structure. Faults of the structure are told in the result; nothing is thrown for them.
   * @param id what the configuration and the report are called; default the structure's name, or file and line
   */
  map(structure: Structure, id = nameOf(structure)): MappingResult {
    const notes: string[] = [];
    const report = (fields: ReportFields): MappingReport => ({
      id,
      source: structure.source,
      supercell: null,
      numCells: null,
      largestDisplacement_A: null,
      meanDisplacement_A: null,
      strain: null,
      vacancies: {},
      charge: null,
      ambiguousAtoms: [],
      notes,
      ...fields,
    });
    const reject = (
      { code, reason, ambiguousAtoms = [] }: Refusal,
      fields: ReportFields = {},
    ): MappingResult => ({
      accepted: false,
      code,
      reason,
      report: report({ ambiguousAtoms, ...fields }),
    });

    const labelled = labelAtoms(structure, this.#known, this.#options);
    if ("code" in labelled) return reject(labelled);
    notes.push(...labelled.notes);
    let inCell: AtomsInCell;
    try {
      inCell = atomsInCell(structure, this.lattice);
    } catch (error) {
      if (error instanceof EcitonError && error.code === "mapping")
        return reject({ code: "cell", reason: error.message });
      throw error;
    }
    const kept = this.#aboveSubstrate(labelled.atoms, inCell, notes);
    const atoms = kept.map((i) => labelled.atoms[i]);
    const species = kept.map((i) => labelled.species[i]);
    const sizes = this.#search.sizes(species, inCell.frame);
    if ("code" in sizes) return reject(sizes);

    const coordinates = Float64Array.from(
      atoms.flatMap((atom) => Array.from(inCell.coordinates.subarray(3 * atom, 3 * atom + 3))),
    );
    const { best, rivals, nearest, capped } = this.#search.run(inCell, coordinates, species, sizes);
    if (capped) notes.push(`only the ${MAX_CANDIDATES} least strained supercells were tried`);
    if (!nearest)
      return reject({
        code: "strain",
        reason: `no supercell of ${sizes.join(" or ")} cells has this shape within a strain of ${this.#options.maxStrain}`,
      });
    if (!best) return reject(this.#whyNot(nearest, atoms, species), geometry(nearest));

    const configuration: Configuration = {
      id,
      supercell: best.supercell,
      occupation: this.#occupation(best, species),
      energy: structure.energy,
      weight: 1,
      source: structure.source,
    };
    const fields: ReportFields = { ...geometry(best), vacancies: this.#vacancies(best) };
    for (const rival of rivals) {
      const { supercell } = rival;
      const other = { supercell, occupation: this.#occupation(rival, species) };
      if (supercell === best.supercell && areEquivalent(configuration, other, this.#operations)) continue;
      return reject(
        {
          code: "ambiguous",
          reason: `two different mappings fit about as well: misfits ${best.misfit.toFixed(4)} and ${rival.misfit.toFixed(4)} (displacement over site distance, plus strain)`,
        },
        fields,
      );
    }
    const { charges, totalCharge } = this.#options;
    if (!charges) return { accepted: true, configuration, report: report(fields) };
    const { total, balanced } = checkCharge(configuration, charges, totalCharge);
    if (balanced) return { accepted: true, configuration, report: report({ ...fields, charge: total }) };
    return reject(
      { code: "charge", reason: `the charge is ${total} e, expected ${totalCharge}` },
      { ...fields, charge: total },
    );
  }

  /** Which of the atoms are not substrate. */
  #aboveSubstrate(atoms: Int32Array, { heights }: AtomsInCell, notes: string[]): number[] {
    const all = Array.from(atoms, (_, i) => i);
    const limit = this.#options.leaveOutBelow;
    if (limit === null || !heights) return all;
    const kept = all.filter((i) => heights[atoms[i]] >= limit);
    if (kept.length < all.length) notes.push(`${all.length - kept.length} atoms of the substrate left out`);
    return kept;
  }

  #occupation({ supercell, fit }: Attempt, species: readonly string[]): Uint8Array {
    const { sites } = this.lattice;
    const { vacancy } = this.#options;
    const empty = sites.map((site) => site.species.findIndex((name) => vacancy.has(name)));
    // Sites that may not be empty are all matched, so that what stands there first does not matter.
    const occupation = Uint8Array.from({ length: supercell.numSites }, (_, i) =>
      Math.max(0, empty[supercell.sublatticeOf(i)]),
    );
    fit.siteOf.forEach((site, i) => {
      occupation[site] = sites[supercell.sublatticeOf(site)].species.indexOf(species[i]);
    });
    return occupation;
  }

  #vacancies({ supercell, fit }: Attempt): Record<string, number> {
    const taken = new Set(fit.siteOf);
    const vacancies: Record<string, number> = {};
    for (let site = 0; site < supercell.numSites; site++) {
      if (taken.has(site)) continue;
      const { name } = this.lattice.sites[supercell.sublatticeOf(site)];
      vacancies[name] = (vacancies[name] ?? 0) + 1;
    }
    return vacancies;
  }

  #whyNot({ fit }: Attempt, atoms: readonly number[], species: readonly string[]): Refusal {
    const limit = this.#options.maxDisplacement.toFixed(3);
    const worst = fit.distances.indexOf(fit.largest);
    const atom = `atom ${atoms[worst] + 1} (${species[worst]})`;
    const distance = `${fit.largest.toFixed(3)} Å`;
    if (fit.displaced > 0)
      return {
        code: "crowded",
        reason: `${fit.displaced} atoms want sites that are taken; with one atom to a site, ${atom} would be ${distance} from its own, and up to ${limit} Å is allowed`,
      };
    return {
      code: "displacement",
      reason: `${atom} is ${distance} from the nearest site that it may have; up to ${limit} Å is allowed`,
    };
  }
}

function geometry({ supercell, candidate, fit }: Attempt): ReportFields {
  return {
    supercell: [...supercell.matrix],
    numCells: supercell.numCells,
    largestDisplacement_A: fit.largest,
    meanDisplacement_A: fit.distances.reduce((sum, d) => sum + d, 0) / fit.distances.length,
    strain: { volumeRatio: candidate.volumeRatio, shape: candidate.shape },
  };
}

function nameOf({ name, source }: Structure): string {
  return name || (source.line === null ? source.file : `${source.file}:${source.line}`);
}

/**
 * Maps one structure.
 * @throws {EcitonError} "study" for options that do not suit the lattice; faults of the structure are in the result
 */
export function mapStructure(
  structure: Structure,
  lattice: ParentLattice,
  options: MappingOptions = {},
): MappingResult {
  return new StructureMapper(lattice, options).map(structure);
}

/**
 * Maps structures one after the other; results come in their order. A name that was there before is completed
 * with the file and the line, so that configurations can be told apart.
 */
export function* mapDataset(
  structures: Iterable<Structure>,
  lattice: ParentLattice,
  options: MappingOptions = {},
): Generator<MappingResult> {
  const mapper = new StructureMapper(lattice, options);
  const names = new Set<string>();
  for (const structure of structures) {
    const name = nameOf(structure);
    const { file, line } = structure.source;
    yield mapper.map(
      structure,
      names.has(name) ? `${name} (${file}${line === null ? "" : `:${line}`})` : name,
    );
    names.add(name);
  }
}
