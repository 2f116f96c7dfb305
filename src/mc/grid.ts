/** The grid of a study: supercells x conditions x temperatures x replicas, each point one chain. */
import { EcitonError, studyError } from "../core/errors.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { type Composition, checkNeutral, compositionFromPerCell, countsByGroup } from "./composition.ts";
import type { Ensemble } from "./ensemble.ts";
import { exchangeGroups } from "./exchange-groups.ts";

/** A composition as numbers per parent cell, or as numbers in the whole supercell. */
export type CompositionInput = { readonly per_cell: Composition } | { readonly counts: Composition };

/** What is held fixed beside the temperature: a composition, or potentials. */
export interface Condition {
  /** Fixed in the canonical ensemble, what a chain begins with in the others. */
  readonly composition: CompositionInput;
  readonly ensemble: (temperature_K: number) => Ensemble;
  /** Of the composition in the study, for errors. */
  readonly path: string;
}

export interface GridInput {
  readonly temperatures_K: readonly number[];
  readonly conditions: readonly Condition[];
  /** Three or nine integers each. */
  readonly supercells: readonly (readonly number[])[];
  /** Chains that differ by their random numbers only. */
  readonly replicas: number;
  /** Names of the sites of each exchange group; default: by equal species. */
  readonly exchange?: Readonly<Record<string, readonly string[]>>;
  /** e, by species; checked for neutrality where given. */
  readonly charges?: Readonly<Record<string, number>>;
}

export interface GridPoint {
  /**
   * Position in the expanded grid, and the number of the chain's random stream. Supercells vary slowest, then
   * conditions, then temperatures, then replicas; adding a point in the middle renumbers those after it.
   */
  readonly index: number;
  readonly supercell: readonly number[];
  /** Whole numbers in the supercell; what a chain begins with where the ensemble lets them change. */
  readonly composition: Composition;
  readonly ensemble: Ensemble;
  readonly temperature_K: number;
  readonly replica: number;
  /** Positions in the study's own lists. */
  readonly supercellIndex: number;
  readonly conditionIndex: number;
  readonly temperatureIndex: number;
}

/**
 * Expands and checks a grid.
 * @param path of the grid in the study, for errors
 * @throws {EcitonError} "study" naming the entry
 */
export function expandGrid(lattice: ParentLattice, input: GridInput, path = "sample"): GridPoint[] {
  const { temperatures_K, conditions, supercells, replicas } = input;
  temperatures_K.forEach((temperature, t) => {
    if (!Number.isFinite(temperature) || temperature <= 0)
      throw studyError(`${path}.temperatures_K[${t}]`, `expected a number above 0, found ${temperature}`);
  });
  if (!Number.isSafeInteger(replicas) || replicas < 1)
    throw studyError(`${path}.replicas`, `expected a whole number of at least 1, found ${replicas}`);
  const groups = exchangeGroups(lattice, input.exchange, `${path}.exchange`);
  const points: GridPoint[] = [];
  supercells.forEach((matrix, supercellIndex) => {
    const supercell = supercellAt(lattice, matrix, `${path}.supercells[${supercellIndex}]`);
    conditions.forEach(({ composition: given, ensemble, path: at }, conditionIndex) => {
      const where = `${at}.${"per_cell" in given ? "per_cell" : "counts"}`;
      const composition =
        "per_cell" in given ? compositionFromPerCell(given.per_cell, supercell, where) : given.counts;
      const counts = countsByGroup(composition, groups, supercell, where);
      const single = counts.every((group) => group.filter((n) => n > 0).length < 2);
      if (input.charges) checkNeutral(counts, groups, supercell, input.charges, where);
      temperatures_K.forEach((temperature_K, temperatureIndex) => {
        const here = ensemble(temperature_K);
        if (single && here.kind === "canonical")
          throw studyError(where, "nothing can exchange: every group of sites holds a single species");
        for (let replica = 0; replica < replicas; replica++)
          points.push({
            index: points.length,
            supercell: matrix,
            composition,
            ensemble: here,
            temperature_K,
            replica,
            supercellIndex,
            conditionIndex,
            temperatureIndex,
          });
      });
    });
  });
  return points;
}

function supercellAt(lattice: ParentLattice, matrix: readonly number[], path: string): Supercell {
  try {
    return new Supercell(lattice, matrix);
  } catch (error) {
    // The lattice does not know where in the study the matrix stands.
    if (error instanceof EcitonError && error.code === "study") throw studyError(path, error.message);
    throw error;
  }
}
