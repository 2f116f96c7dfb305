/** Semi-grand canonical moves: one site changes its species at given chemical potentials. */
import { EcitonError } from "../../core/errors.ts";
import type { FlipProgram, MoveProgram } from "../../kernels/move-programs.ts";
import type { Supercell } from "../../lattice/supercell.ts";
import { speciesValues } from "../ensemble.ts";
import { type ExchangeGroup, groupSites } from "../exchange-groups.ts";
import type { LatticeModel, Moves, RandomSource } from "../lattice-model.ts";
import type { SiteLists } from "./site-lists.ts";

/**
 * A proposal is a uniformly random site of all groups and a uniformly random other species of its list. Both
 * numbers of choices are the same before and after the change, so a proposal and its reverse are equally probable.
 */
export class FlipMoves implements Moves {
  readonly kinds: readonly string[];
  readonly logRatio = 0;
  kind = 0;
  energyChange = 0;
  /** The site of the last proposal, and its species to be. */
  site = 0;
  species = 0;
  readonly #model: LatticeModel;
  readonly #groups: readonly ExchangeGroup[];
  readonly #lists: SiteLists | null;
  readonly #sites: Int32Array;
  /** Group of each entry of #sites. */
  readonly #groupOf: Uint8Array;
  /** Chemical potential by group and species, eV. */
  readonly #potential: readonly Float64Array[];

  /**
   * @param chemicalPotentials eV by species, or by "species@group"; 0 where not given. Only differences within a group
   *   matter.
   * @param lists kept up to date where other moves need them; their state is not part of this one's
   * @throws {EcitonError} "usage" for a chemical potential that is not a finite number
   */
  constructor(
    model: LatticeModel,
    supercell: Supercell,
    groups: readonly ExchangeGroup[],
    chemicalPotentials: Readonly<Record<string, number>> = {},
    lists: SiteLists | null = null,
  ) {
    for (const [species, value] of Object.entries(chemicalPotentials))
      if (!Number.isFinite(value))
        throw new EcitonError(
          "usage",
          `the chemical potential of ${species} is ${value}, expected a number in eV`,
        );
    this.#model = model;
    this.#groups = groups;
    this.#lists = lists;
    this.kinds = groups.map((group) => `flip ${group.name}`);
    const siteLists = groups.map((group) => groupSites(group, supercell));
    this.#sites = Int32Array.from(siteLists.flatMap((list) => Array.from(list)));
    this.#groupOf = Uint8Array.from(siteLists.flatMap((list, g) => new Array<number>(list.length).fill(g)));
    this.#potential = speciesValues(chemicalPotentials, groups).map((values) =>
      Float64Array.from(values, (value) => value ?? 0),
    );
  }

  /** As a part of mixed moves in compiled code. */
  part(): FlipProgram {
    return { move: "flip", sites: this.#sites, potentials: this.#potential, constraint: null };
  }

  /** For compiled code; null where lists of others must be kept up to date. */
  program(): MoveProgram | null {
    if (this.#lists) return null;
    const groups = this.#groups.map(({ sublattices, species }) => ({ sublattices, species: species.length }));
    const parts = [{ part: this.part(), weight: 1, firstKind: 0 }];
    return { parts, kinds: this.kinds.length, groups, lists: false };
  }

  propose(occupation: Uint8Array, random: RandomSource): number {
    const place = random.nextIndex(this.#sites.length);
    const site = this.#sites[place];
    this.kind = this.#groupOf[place];
    const potential = this.#potential[this.kind];
    const before = occupation[site];
    // One of the other species: the numbers from `before` on are moved up by one.
    const draw = potential.length === 2 ? 0 : random.nextIndex(potential.length - 1);
    const species = draw < before ? draw : draw + 1;
    this.site = site;
    this.species = species;
    this.energyChange = this.#model.changeOfSite(occupation, site, species);
    return this.energyChange - (potential[species] - potential[before]);
  }

  commit(occupation: Uint8Array): void {
    if (this.#lists) this.#lists.change(occupation, this.site, this.species);
    else occupation[this.site] = this.species;
  }

  state(): Int32Array {
    return new Int32Array(0);
  }

  restore(): void {}
}
