/** The search over supercells and shifts for the best mapping of one structure, and for its rivals. */
import { hermiteNormalForm, type Mat3, mul3 } from "../../core/linalg.ts";
import type { ParentLattice } from "../../lattice/parent-lattice.ts";
import type { Supercell } from "../../lattice/supercell.ts";
import type { SymmetryOperation } from "../../lattice/symmetry.ts";
import { SupercellCache } from "../configuration.ts";
import type { AtomsInCell } from "./atoms-in-cell.ts";
import { CompositionTest } from "./composition.ts";
import { exchangeDistance, type ResolvedOptions } from "./options.ts";
import { fitSites, type SiteFit } from "./site-fit.ts";
import type { Refusal } from "./species-states.ts";
import { type SupercellCandidate, SupercellMatcher } from "./supercell-match.ts";

/** A rival mapping is as good if its misfit is below this multiple of the best one's plus the constant. */
const RIVAL_FACTOR = 1.25;
const RIVAL_MISFIT = 1e-3;
/** Supercells are searched within these shape strains in turn, so that well-shaped structures are quick. */
const STRAIN_STAGES = [0.01, 0.03, 0.06];
/** Supercells tried, least strained first, for a structure that none of them suits. */
export const MAX_CANDIDATES = 300;

export interface Attempt {
  readonly supercell: Supercell;
  readonly candidate: SupercellCandidate;
  readonly fit: SiteFit;
  /** Root mean square displacement over the exchange distance, plus the shape strain. */
  readonly misfit: number;
}

export interface SearchOutcome {
  /** The acceptable attempt with the least misfit. */
  readonly best: Attempt | undefined;
  /** Other acceptable ones that come near it. */
  readonly rivals: readonly Attempt[];
  /** The least misfit of all, acceptable or not. */
  readonly nearest: Attempt | undefined;
  /** Whether supercells were left untried because there were too many. */
  readonly capped: boolean;
}

export class MappingSearch {
  readonly #options: ResolvedOptions;
  readonly #matcher: SupercellMatcher;
  readonly #composition: CompositionTest;
  readonly #cache: SupercellCache;
  readonly #given: Supercell | null;
  readonly #bulk: boolean;
  readonly #exchange: number;
  readonly #mayBeEmpty: readonly boolean[];
  readonly #allowed = new Map<string, readonly number[]>();

  constructor(lattice: ParentLattice, options: ResolvedOptions, operations: readonly SymmetryOperation[]) {
    const { vacancy } = options;
    this.#options = options;
    this.#matcher = new SupercellMatcher(lattice, operations);
    this.#composition = new CompositionTest(lattice, vacancy);
    this.#cache = new SupercellCache(lattice);
    this.#given = options.supercell ? this.#cache.get(options.supercell) : null;
    this.#bulk = lattice.periodic.some(Boolean);
    this.#exchange = exchangeDistance(lattice, vacancy);
    this.#mayBeEmpty = lattice.sites.map((site) => site.species.some((name) => vacancy.has(name)));
    for (const name of new Set(lattice.sites.flatMap((site) => site.species)))
      this.#allowed.set(
        name,
        lattice.sites.flatMap((site, s) => (site.species.includes(name) ? [s] : [])),
      );
  }

  /**
   * Numbers of parent cells that suit composition and volume.
   * @param species lattice species of each atom
   */
  sizes(species: readonly string[], frame: Float64Array): number[] | Refusal {
    if (species.length === 0)
      return { code: "composition", reason: "no atom is left to map, so nothing tells where the lattice is" };
    const counts = new Map<string, number>();
    for (const name of species) counts.set(name, (counts.get(name) ?? 0) + 1);
    const formula = [...counts].map(([name, n]) => `${n} ${name}`).join(", ");
    const fits = (cells: number) => this.#composition.fits(counts, cells);
    const volume = this.#bulk ? this.#matcher.cellsOf(frame) : 1;
    const change = this.#bulk ? this.#options.maxVolumeChange : 0;
    const inVolume = (cells: number) =>
      cells >= volume / (1 + change) - 1e-9 && cells <= volume * (1 + change) + 1e-9;
    if (this.#given) {
      const { numCells } = this.#given;
      if (!fits(numCells)) return { code: "composition", reason: `${formula} cannot fill ${numCells} cells` };
      if (inVolume(numCells)) return [numCells];
      return {
        code: "volume",
        reason: `the cell is as large as ${volume.toFixed(3)} parent cells, not ${numCells}`,
      };
    }
    const last = Math.floor(volume * (1 + change) + 1e-9);
    const sizes: number[] = [];
    for (let cells = 1; cells <= last; cells++) if (inVolume(cells) && fits(cells)) sizes.push(cells);
    if (sizes.length > 0) return sizes;
    const elsewhere: number[] = [];
    for (let cells = 1; cells <= Math.max(2 * last, species.length) && elsewhere.length < 3; cells++)
      if (fits(cells)) elsewhere.push(cells);
    if (elsewhere.length > 0 && this.#bulk)
      return {
        code: "volume",
        reason: `${formula} fits ${elsewhere.join(" or ")} parent cells, but the cell is as large as ${volume.toFixed(3)} of them; a change of up to ${change} is allowed`,
      };
    return { code: "composition", reason: `no number of parent cells can hold ${formula} on allowed sites` };
  }

  /**
   * Tries supercells, least strained first, until no other can come near the best mapping found.
   * @param coordinates of the atoms to be mapped, as atomsInCell gives them
   */
  run(
    { frame, transform }: AtomsInCell,
    coordinates: Float64Array,
    species: readonly string[],
    sizes: readonly number[],
  ): SearchOutcome {
    const { maxStrain, maxDisplacement } = this.#options;
    let best: Attempt | undefined;
    let nearest: Attempt | undefined;
    const acceptable: Attempt[] = [];
    let tried = 0;
    // The misfit is at least the strain, so supercells strained beyond this bound need no look.
    const bound = () => (best ? RIVAL_FACTOR * best.misfit + RIVAL_MISFIT : Number.POSITIVE_INFINITY);
    const attempt = (candidate: SupercellCandidate) => {
      tried++;
      // One object for all cells with the same translations: what is built for a supercell is built once.
      const supercell = this.#given ?? this.#cache.get(hermiteNormalForm(candidate.matrix));
      for (const fit of this.#fits(candidate, supercell, coordinates, species, bound())) {
        const misfit = fit.rms / this.#exchange + candidate.shape;
        const found: Attempt = { supercell, candidate, fit, misfit };
        if (fit.complete && fit.largest <= maxDisplacement) {
          acceptable.push(found);
          if (!best || misfit < best.misfit) best = found;
        }
        if (!nearest || misfit < nearest.misfit) nearest = found;
      }
    };
    if (this.#given) {
      const candidate = this.#matcher.measure(mul3(transform, this.#given.matrix) as Mat3, frame);
      if (candidate.shape <= maxStrain) attempt(candidate);
    } else {
      let done = -1;
      for (const stage of [...STRAIN_STAGES.filter((t) => t < maxStrain), maxStrain]) {
        const limit = Math.min(stage, bound());
        const candidates = sizes
          .flatMap((cells) => this.#matcher.search(frame, cells, limit))
          .filter(({ shape }) => shape > done)
          .sort((a, b) => a.shape - b.shape);
        for (const candidate of candidates)
          if (candidate.shape <= bound() && (best || tried < MAX_CANDIDATES)) attempt(candidate);
        if (bound() <= limit) break;
        done = limit;
      }
    }
    const rivals = acceptable.filter((other) => other !== best && other.misfit <= bound());
    return { best, rivals, nearest, capped: !best && tried >= MAX_CANDIDATES };
  }

  #fits(
    { frame, shape }: SupercellCandidate,
    supercell: Supercell,
    coordinates: Float64Array,
    species: readonly string[],
    bound: number,
  ): SiteFit[] {
    const positions = new Float64Array(coordinates.length);
    for (let i = 0; i < coordinates.length; i += 3)
      for (let k = 0; k < 3; k++)
        positions[i + k] =
          coordinates[i] * frame[k] + coordinates[i + 1] * frame[3 + k] + coordinates[i + 2] * frame[6 + k];
    return fitSites({
      supercell,
      parent: this.#matcher.parent,
      positions,
      allowed: species.map((name) => this.#allowed.get(name)!),
      mayBeEmpty: this.#mayBeEmpty,
      limit: Math.min(this.#options.maxDisplacement, (bound - shape) * this.#exchange),
      shiftTolerance: 0.05 * this.#exchange,
    });
  }
}
