/** A cluster expansion compiled for one supercell: energies and energy changes of single moves. */
import { EcitonError } from "../core/errors.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { CountsEvaluator, checkOccupation } from "./counts.ts";
import type { ClusterExpansion } from "./expansion.ts";
import { compileTables, type InteractionTables } from "./interaction-tables.ts";
import { latticeGas } from "./lattice-gas.ts";
import { type SharedModel, shareTables } from "./shared-model.ts";

/**
 * Energies are counted with the coefficients as they are. Energy changes come from the interaction tables, whose
 * energies are rounded so that their sums are exact: a change is the same to the last bit whoever computes it.
 */
export class CompiledExpansion {
  readonly supercell: Supercell;
  readonly #expansion: ClusterExpansion;
  readonly #counts: CountsEvaluator;
  readonly #coefficients: Float64Array;
  readonly #countBuffer: Float64Array;
  #tables: InteractionTables | undefined;
  #shared: SharedModel | undefined;
  /** Species at the neighbours of the site at hand. */
  #around = new Uint8Array(0);

  /**
   * @param shared tables that compileSharedModel made for this expansion and supercell, here or in another thread;
   *   without them they are compiled when they are first needed
   * @throws {EcitonError} "shape" for tables of another supercell
   */
  constructor(expansion: ClusterExpansion, supercell: Supercell, shared?: SharedModel) {
    const { basis, terms } = expansion;
    this.supercell = supercell;
    this.#expansion = expansion;
    this.#counts = new CountsEvaluator(supercell, basis, terms);
    this.#coefficients = Float64Array.from(terms, (term) => term.coefficient);
    this.#countBuffer = new Float64Array(terms.length);
    if (shared) this.#share(shared);
  }

  #share(shared: SharedModel): void {
    const { cells, sublatticeOf } = shared.interactions;
    const { numCells, lattice } = this.supercell;
    if (cells.home.length !== numCells || sublatticeOf.length !== lattice.sites.length)
      throw new EcitonError(
        "shape",
        `the shared tables are for ${cells.home.length} cells of ${sublatticeOf.length} sites, the supercell has ` +
          `${numCells} cells of ${lattice.sites.length}`,
      );
    this.#shared = shared;
    this.#tables = shared.interactions;
    this.#around = new Uint8Array(this.#tables.neighbourStep.length);
  }

  /** The tables in the form that threads and compiled code share, compiled when they are first needed. */
  get shared(): SharedModel {
    this.#shared ??= shareTables(this.tables, this.supercell);
    return this.#shared;
  }

  /** Compiled when they are first needed: energies alone do without. */
  get tables(): InteractionTables {
    if (!this.#tables) {
      this.#tables = compileTables(latticeGas(this.#expansion), this.supercell);
      this.#around = new Uint8Array(this.#tables.neighbourStep.length);
    }
    return this.#tables;
  }

  /** Energy of a configuration by counting every cluster, eV for the whole supercell. */
  energy(occupation: Uint8Array): number {
    this.#counts.counts(occupation, this.#countBuffer);
    let sum = 0;
    for (let t = 0; t < this.#coefficients.length; t++) sum += this.#coefficients[t] * this.#countBuffer[t];
    return sum;
  }

  /** @throws {EcitonError} "shape" for an occupation that is not one of this supercell */
  check(occupation: Uint8Array): void {
    checkOccupation(this.supercell, occupation);
  }

  /**
   * Energy change of putting another species on a site.
   *   ΔE = Σ_{c ∋ i} J_c [Φ_c(σ') − Φ_c(σ)]
   * @param occupation Uint8Array(numSites), not modified
   * @returns eV, a multiple of the unit of the lattice gas
   */
  changeOfSite(occupation: Uint8Array, index: number, species: number): number {
    const { sites, sublatticeOf, cells, neighbourStart, neighbourStep, neighbourSublattice } = this.tables;
    const { numCells } = this.supercell;
    const site = Math.floor(index / numCells);
    const s = sublatticeOf[site];
    if (s < 0) return 0;
    const home = cells.home[index - site * numCells];
    const first = neighbourStart[s];
    const last = neighbourStart[s + 1];
    const around = this.#around;
    for (let k = first; k < last; k++)
      around[k - first] =
        occupation[sites[neighbourSublattice[k]] * numCells + cells.cellOf[home + neighbourStep[k]]];
    return this.#energyOf(s, species) - this.#energyOf(s, occupation[index]);
  }

  /** Energy of all clusters through a site that holds a species, with #around its neighbours. */
  #energyOf(sublattice: number, species: number): number {
    if (species === 0) return 0;
    const { maxSpecies, entryStart, entryEnergy, entryPoint, pointNeighbour, pointSpecies } = this.tables;
    const around = this.#around;
    const row = sublattice * (maxSpecies - 1) + species - 1;
    const end = entryStart[row + 1];
    let sum = 0;
    for (let entry = entryStart[row]; entry < end; entry++) {
      const last = entryPoint[entry + 1];
      let p = entryPoint[entry];
      while (p < last && around[pointNeighbour[p]] === pointSpecies[p]) p++;
      if (p === last) sum += entryEnergy[entry];
    }
    return sum;
  }

  /**
   * Energy change of exchanging the species of two sites; both must allow both species.
   * @param occupation Uint8Array(numSites); the same on return
   * @returns eV
   */
  changeOfSwap(occupation: Uint8Array, i: number, j: number): number {
    const a = occupation[i];
    const b = occupation[j];
    const first = this.changeOfSite(occupation, i, b);
    occupation[i] = b;
    const second = this.changeOfSite(occupation, j, a);
    occupation[i] = a;
    return first + second;
  }
}
