/** From structures to configurations on the parent lattice, or a reason why not. Never guesses. */
import { EcitonError } from "../../core/errors.ts";
import { hermiteNormalForm, type Mat3, mul3 } from "../../core/linalg.ts";
import type { ParentLattice } from "../../lattice/parent-lattice.ts";
import { findSymmetry, type LatticeSymmetry } from "../../lattice/symmetry.ts";
import { type Configuration, SupercellCache } from "../configuration.ts";
import type { Structure } from "../structure.ts";
import { type AtomsInCell, atomsInCell } from "./atoms-in-cell.ts";
import { checkCharge } from "./charge-balance.ts";
import { CompositionTest } from "./composition.ts";
import { areEquivalent } from "./equivalence.ts";
import { exchangeDistance, type MappingOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import type { MappingReport, MappingResult } from "./report.ts";
import { fitSites, type SiteFit } from "./site-fit.ts";
import { labelAtoms, type Refusal } from "./species-states.ts";
import { type SupercellCandidate, SupercellMatcher } from "./supercell-match.ts";

/** A rival mapping is as good if its misfit is below this multiple of the best one's plus the constant. */
const RIVAL_FACTOR = 1.25;
const RIVAL_MISFIT = 1e-3;
/** Supercells are searched within these shape strains in turn, so that well-shaped structures are quick. */
const STRAIN_STAGES = [0.01, 0.03, 0.06];
/** Supercells tried, least strained first, for a structure that none of them suits. */
const MAX_CANDIDATES = 300;

interface Attempt {
  readonly candidate: SupercellCandidate;
  readonly fit: SiteFit;
  /** Root mean square displacement over the exchange distance, plus the shape strain. */
  readonly misfit: number;
}

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
  readonly #symmetry: LatticeSymmetry;
  readonly #matcher: SupercellMatcher;
  readonly #composition: CompositionTest;
  readonly #cache: SupercellCache;
  readonly #known: ReadonlySet<string>;
  readonly #exchange: number;
  readonly #mayBeEmpty: readonly boolean[];
  readonly #allowed = new Map<string, readonly number[]>();

  /** @throws {EcitonError} "study" for options that do not suit the lattice */
  constructor(lattice: ParentLattice, options: MappingOptions = {}) {
    this.lattice = lattice;
    this.#options = resolveOptions(options, lattice);
    const { vacancy } = this.#options;
    this.#symmetry = findSymmetry(lattice);
    this.#matcher = new SupercellMatcher(lattice, this.#symmetry.operations);
    this.#composition = new CompositionTest(lattice, vacancy);
    this.#cache = new SupercellCache(lattice);
    this.#known = new Set(lattice.sites.flatMap((site) => site.species).filter((name) => !vacancy.has(name)));
    this.#exchange = exchangeDistance(lattice, vacancy);
    this.#mayBeEmpty = lattice.sites.map((site) => site.species.some((name) => vacancy.has(name)));
    for (const name of this.#known)
      this.#allowed.set(
        name,
        lattice.sites.flatMap((site, s) => (site.species.includes(name) ? [s] : [])),
      );
    if (this.#options.supercell) this.#cache.get(this.#options.supercell);
  }

  /** One structure. Faults of the structure are told in the result; nothing is thrown for them. */
  map(structure: Structure): MappingResult {
    const id = structure.name || `${structure.source.file}:${structure.source.line ?? ""}`;
    const report = (fields: ReportFields = {}): MappingReport => ({
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
      notes: [],
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
    let inCell: AtomsInCell;
    try {
      inCell = atomsInCell(structure, this.lattice);
    } catch (error) {
      if (error instanceof EcitonError && error.code === "mapping")
        return reject({ code: "cell", reason: error.message });
      throw error;
    }
    const notes = [...labelled.notes];
    const { atoms, species } = this.#withoutSubstrate(labelled.atoms, labelled.species, inCell, notes);
    const coordinates = gatherRows(inCell.coordinates, atoms);
    const sizes = this.#sizes(species, inCell);
    if ("code" in sizes) return reject(sizes, { notes });

    const { best, rivals, nearest, capped } = this.#search(inCell, coordinates, species, sizes);
    if (capped) notes.push(`only the ${MAX_CANDIDATES} least strained supercells were tried`);
    if (!best) {
      if (!nearest)
        return reject(
          {
            code: "strain",
            reason: `no supercell of ${sizes.join(" or ")} cells has this shape within a strain of ${this.#options.maxStrain}`,
          },
          { notes },
        );
      return reject(this.#tooFar(nearest, atoms, species), { notes, ...this.#geometry(nearest) });
    }
    const fields = this.#geometry(best);
    const configuration = this.#configuration(structure, id, best, species);
    for (const rival of rivals) {
      const other = this.#configuration(structure, id, rival, species);
      const same =
        other.supercell === configuration.supercell &&
        areEquivalent(configuration, other, this.#symmetry.operations);
      if (!same)
        return reject(
          {
            code: "ambiguous",
            reason: `two different mappings fit about as well: misfits ${best.misfit.toFixed(4)} and ${rival.misfit.toFixed(4)} (displacement over site distance, plus strain)`,
          },
          { notes, ...fields },
        );
    }
    const vacancies = this.#vacancies(configuration, best.fit);
    let charge: number | null = null;
    if (this.#options.charges) {
      const balance = checkCharge(configuration, this.#options.charges, this.#options.totalCharge);
      charge = balance.total;
      if (!balance.balanced)
        return reject(
          {
            code: "charge",
            reason: `the charge is ${balance.total} e, expected ${this.#options.totalCharge}`,
          },
          { notes, ...fields, vacancies, charge },
        );
    }
    return { accepted: true, configuration, report: report({ notes, ...fields, vacancies, charge }) };
  }

  #withoutSubstrate(
    atoms: Int32Array,
    species: readonly string[],
    { heights }: AtomsInCell,
    notes: string[],
  ): { atoms: Int32Array; species: readonly string[] } {
    const limit = this.#options.leaveOutBelow;
    if (limit === null || !heights) return { atoms, species };
    const kept = atoms.map((_, i) => i).filter((i) => heights[atoms[i]] >= limit);
    if (kept.length < atoms.length)
      notes.push(`${atoms.length - kept.length} atoms of the substrate left out`);
    return { atoms: kept.map((i) => atoms[i]), species: Array.from(kept, (i) => species[i]) };
  }

  /** Numbers of parent cells that suit composition and volume. */
  #sizes(species: readonly string[], { frame }: AtomsInCell): number[] | Refusal {
    const counts = new Map<string, number>();
    for (const name of species) counts.set(name, (counts.get(name) ?? 0) + 1);
    const formula = [...counts].map(([name, n]) => `${n} ${name}`).join(", ");
    if (species.length === 0)
      return { code: "composition", reason: "no atom is left to map, so nothing tells where the lattice is" };
    const bulk = this.lattice.periodic.some(Boolean);
    const volume = bulk ? this.#matcher.cellsOf(frame) : 1;
    const bound = bulk ? 1 + this.#options.maxVolumeChange : 1;
    const given = this.#options.supercell;
    const fits = (cells: number) => this.#composition.fits(counts, cells);
    const inVolume = (cells: number) => cells >= volume / bound - 1e-9 && cells <= volume * bound + 1e-9;
    if (given) {
      const cells = this.#cache.get(given).numCells;
      if (!fits(cells)) return { code: "composition", reason: `${formula} cannot fill ${cells} cells` };
      if (!inVolume(cells))
        return {
          code: "volume",
          reason: `the cell is as large as ${volume.toFixed(3)} parent cells, not ${cells}`,
        };
      return [cells];
    }
    const last = Math.floor(bound * volume + 1e-9);
    const sizes: number[] = [];
    for (let cells = 1; cells <= last; cells++) if (inVolume(cells) && fits(cells)) sizes.push(cells);
    if (sizes.length > 0) return sizes;
    const elsewhere: number[] = [];
    for (let cells = 1; cells <= Math.max(2 * last, species.length) && elsewhere.length < 3; cells++)
      if (fits(cells)) elsewhere.push(cells);
    if (elsewhere.length > 0)
      return {
        code: "volume",
        reason: `${formula} fits ${elsewhere.join(" or ")} parent cells, but the cell is as large as ${volume.toFixed(3)} of them; a change of up to ${this.#options.maxVolumeChange} is allowed`,
      };
    return { code: "composition", reason: `no number of parent cells can hold ${formula} on allowed sites` };
  }

  #search(
    inCell: AtomsInCell,
    coordinates: Float64Array,
    species: readonly string[],
    sizes: readonly number[],
  ) {
    const { maxStrain, maxDisplacement, supercell } = this.#options;
    let best: Attempt | undefined;
    let nearest: Attempt | undefined;
    let accepted: Attempt[] = [];
    let tried = 0;
    let done = 0;
    const bound = () => (best ? RIVAL_FACTOR * best.misfit + RIVAL_MISFIT : Number.POSITIVE_INFINITY);
    const attempt = (candidate: SupercellCandidate) => {
      tried++;
      for (const fit of this.#fits(candidate, coordinates, species, bound())) {
        const misfit = fit.rms / this.#exchange + candidate.shape;
        const current = { candidate, fit, misfit };
        const acceptable = fit.complete && fit.largest <= maxDisplacement;
        if (acceptable && misfit <= bound()) {
          accepted.push(current);
          if (!best || misfit < best.misfit) best = current;
        }
        if (!nearest || misfit < nearest.misfit) nearest = current;
      }
    };
    if (supercell) {
      const matrix = (
        supercell.length === 3 ? [supercell[0], 0, 0, 0, supercell[1], 0, 0, 0, supercell[2]] : supercell
      ) as Mat3;
      const candidate = this.#matcher.measure(mul3(inCell.transform, matrix), inCell.frame);
      if (candidate.shape <= maxStrain) attempt(candidate);
    } else
      for (const stage of [...STRAIN_STAGES.filter((t) => t < maxStrain), maxStrain]) {
        const candidates = sizes
          .flatMap((cells) => this.#matcher.search(inCell.frame, cells, stage))
          .filter((candidate) => candidate.shape > done || (done === 0 && candidate.shape === 0))
          .sort((a, b) => a.shape - b.shape);
        for (const candidate of candidates)
          if (candidate.shape <= bound() && (best || tried < MAX_CANDIDATES)) attempt(candidate);
        done = stage;
        if (bound() <= stage) break;
      }
    accepted = accepted.filter((a) => a !== best && a.misfit <= bound());
    return { best, nearest, rivals: accepted, capped: !best && tried >= MAX_CANDIDATES };
  }

  #fits(
    candidate: SupercellCandidate,
    coordinates: Float64Array,
    species: readonly string[],
    bound: number,
  ): SiteFit[] {
    const { frame } = candidate;
    const positions = new Float64Array(coordinates.length);
    for (let i = 0; i < coordinates.length; i += 3)
      for (let k = 0; k < 3; k++)
        positions[i + k] =
          coordinates[i] * frame[k] + coordinates[i + 1] * frame[3 + k] + coordinates[i + 2] * frame[6 + k];
    return fitSites({
      supercell: this.#supercellOf(candidate),
      parent: this.#matcher.parent,
      positions,
      allowed: species.map((name) => this.#allowed.get(name)!),
      mayBeEmpty: this.#mayBeEmpty,
      limit: Math.min(this.#options.maxDisplacement, (bound - candidate.shape) * this.#exchange),
      shiftTolerance: 0.05 * this.#exchange,
    });
  }

  /**
   * One supercell object for all cells with the same translations, and of those that symmetry relates one is taken:
   * everything that is built for a supercell is then built once. The site numbers depend on the translations alone.
   */
  #supercellOf(candidate: SupercellCandidate) {
    return this.#cache.get(this.#options.supercell ?? hermiteNormalForm(candidate.matrix));
  }

  #configuration(
    structure: Structure,
    id: string,
    attempt: Attempt,
    species: readonly string[],
  ): Configuration {
    const supercell = this.#supercellOf(attempt.candidate);
    const { sites } = this.lattice;
    const { vacancy } = this.#options;
    const occupation = new Uint8Array(supercell.numSites);
    for (let i = 0; i < occupation.length; i++)
      occupation[i] = Math.max(
        0,
        sites[supercell.sublatticeOf(i)].species.findIndex((name) => vacancy.has(name)),
      );
    attempt.fit.siteOf.forEach((site, i) => {
      occupation[site] = sites[supercell.sublatticeOf(site)].species.indexOf(species[i]);
    });
    return { id, supercell, occupation, energy: structure.energy, weight: 1, source: structure.source };
  }

  #geometry({ candidate, fit }: Attempt): ReportFields {
    const supercell = this.#supercellOf(candidate);
    return {
      supercell: [...supercell.matrix],
      numCells: supercell.numCells,
      largestDisplacement_A: fit.largest,
      meanDisplacement_A: fit.distances.reduce((sum, d) => sum + d, 0) / fit.distances.length,
      strain: { volumeRatio: candidate.volumeRatio, shape: candidate.shape },
    };
  }

  #tooFar({ fit }: Attempt, atoms: Int32Array, species: readonly string[]): Refusal {
    const limit = this.#options.maxDisplacement;
    const worst = fit.distances.indexOf(fit.largest);
    const name = (i: number) => `atom ${atoms[i] + 1} (${species[i]})`;
    if (fit.largest > limit && (fit.displaced === 0 || !fit.complete))
      return {
        code: "displacement",
        reason: `${name(worst)} is ${fit.largest.toFixed(3)} Å from the nearest site that it may have; up to ${limit.toFixed(3)} Å is allowed`,
      };
    return {
      code: "crowded",
      reason: fit.complete
        ? `${fit.displaced} atoms want sites that are taken; with one atom to a site, ${name(worst)} would be ${fit.largest.toFixed(3)} Å from its own, and up to ${limit.toFixed(3)} Å is allowed`
        : "several atoms have the same nearest site, or a site that must be filled stays empty",
    };
  }

  #vacancies({ supercell }: Configuration, fit: SiteFit): Record<string, number> {
    const taken = new Uint8Array(supercell.numSites);
    for (const site of fit.siteOf) taken[site] = 1;
    const vacancies: Record<string, number> = {};
    taken.forEach((t, site) => {
      if (t) return;
      const { name } = this.lattice.sites[supercell.sublatticeOf(site)];
      vacancies[name] = (vacancies[name] ?? 0) + 1;
    });
    return vacancies;
  }
}

function gatherRows(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(3 * rows.length);
  rows.forEach((row, i) => {
    out.set(values.subarray(3 * row, 3 * row + 3), 3 * i);
  });
  return out;
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

/** Maps structures one after the other; results come in their order. */
export function* mapDataset(
  structures: Iterable<Structure>,
  lattice: ParentLattice,
  options: MappingOptions = {},
): Generator<MappingResult> {
  const mapper = new StructureMapper(lattice, options);
  for (const structure of structures) yield mapper.map(structure);
}
