/** Which sites hold which species, kept up to date while their numbers change. */
import type { Supercell } from "../../lattice/supercell.ts";
import { type ExchangeGroup, groupSites } from "../exchange-groups.ts";

/**
 * The sites of each group, sorted by species: a draw and a change of one site take a time that does not grow with
 * the cell. Moves that share these lists must change the occupation only through `change`.
 */
export class SiteLists {
  readonly groups: readonly ExchangeGroup[];
  /** Number of species of each group. */
  readonly #numSpecies: readonly number[];
  /** Sites of one group after those of another, within a group by species. */
  readonly #members: Int32Array;
  /** Place of every supercell site among the members. */
  readonly #place: Int32Array;
  /** Group of every supercell site; -1 where nothing can change. */
  readonly #groupOf: Int16Array;
  /** First entry of each group in #start. */
  readonly #row: Int32Array;
  /** Beginning of each list, by group and species; each group has one more entry for its end. */
  readonly #start: Int32Array;

  constructor(supercell: Supercell, groups: readonly ExchangeGroup[], occupation: Uint8Array) {
    this.groups = groups;
    const sitesOf = groups.map((group) => groupSites(group, supercell));
    this.#numSpecies = groups.map((group) => group.species.length);
    this.#members = new Int32Array(sitesOf.reduce((sum, sites) => sum + sites.length, 0));
    this.#place = new Int32Array(supercell.numSites).fill(-1);
    this.#groupOf = new Int16Array(supercell.numSites).fill(-1);
    this.#row = new Int32Array(groups.length);
    this.#start = new Int32Array(this.#numSpecies.reduce((sum, k) => sum + k + 1, 0));
    let filled = 0;
    let entry = 0;
    sitesOf.forEach((sites, g) => {
      this.#row[g] = entry;
      for (const site of sites) this.#groupOf[site] = g;
      for (let k = 0; k < this.#numSpecies[g]; k++) {
        this.#start[entry++] = filled;
        for (const site of sites) if (occupation[site] === k) this.#members[filled++] = site;
      }
      this.#start[entry++] = filled;
    });
    this.#findPlaces();
  }

  #findPlaces(): void {
    for (let i = 0; i < this.#members.length; i++) this.#place[this.#members[i]] = i;
  }

  /** Number of sites of a group that hold a species. */
  count(group: number, species: number): number {
    const entry = this.#row[group] + species;
    return this.#start[entry + 1] - this.#start[entry];
  }

  /** Number of sites of a group. */
  size(group: number): number {
    const first = this.#row[group];
    return this.#start[first + this.#numSpecies[group]] - this.#start[first];
  }

  /** The site at one of the places 0 .. count - 1 of a list. */
  site(group: number, species: number, place: number): number {
    return this.#members[this.#start[this.#row[group] + species] + place];
  }

  /** Puts a species on a site, in the occupation and in the lists. */
  change(occupation: Uint8Array, site: number, species: number): void {
    const row = this.#row[this.#groupOf[site]];
    let before = occupation[site];
    // From list to neighbouring list: the site goes to the border, and the border moves past it.
    for (; before < species; before++) this.#moveTo(site, --this.#start[row + before + 1]);
    for (; before > species; before--) this.#moveTo(site, this.#start[row + before]++);
    occupation[site] = species;
  }

  /** Exchanges the species of two sites of one group. */
  exchange(occupation: Uint8Array, i: number, j: number): void {
    const species = occupation[i];
    this.change(occupation, i, occupation[j]);
    this.change(occupation, j, species);
  }

  #moveTo(site: number, place: number): void {
    const old = this.#place[site];
    const other = this.#members[place];
    this.#members[old] = other;
    this.#place[other] = old;
    this.#members[place] = site;
    this.#place[site] = place;
  }

  /** Order and borders of the lists: they decide which site a random number means. */
  state(): Int32Array {
    const state = new Int32Array(this.#members.length + this.#start.length);
    state.set(this.#members);
    state.set(this.#start, this.#members.length);
    return state;
  }

  restore(state: Int32Array): void {
    this.#members.set(state.subarray(0, this.#members.length));
    this.#start.set(state.subarray(this.#members.length));
    this.#findPlaces();
  }
}
