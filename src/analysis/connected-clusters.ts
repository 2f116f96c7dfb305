/**
 * Sizes and shapes of connected groups of a species, columns `clusters SPECIES [LAYERS] NEIGHBOURS ...` with the
 * neighbours as `3N` (exactly the third shell) or `4.1A` (everything up to 4.1 Å).
 *
 * Shells are counted over the distances between the sites that are looked at. Within one layer they are so the
 * neighbours in the plane: `layers: [O2], shell: 3` joins third neighbours of the plane, although the label of this
 * pair counts the distances to other layers, too.
 *
 *   number           clusters, single atoms included
 *   mean size        members of a cluster, averaged over clusters
 *   weighted size    members of the cluster that an atom is in, averaged over atoms: Σ s² / Σ s
 *   largest          members of the largest cluster
 *   in 1 .. in 4+    share of the atoms that are in clusters of this size
 *   chains           clusters of three and more in a line, straight or bent: no ring, and either each member has at
 *                    most two neighbours or all lie on one straight line
 *   straight         clusters of three and more on one straight line, percolating ones included
 *   compact          clusters of three and more that are no chain: they have a branch or a ring
 *   percolating      clusters that join their own periodic image, counted neither as chain nor as compact
 *
 * Without an atom all of them are 0.
 */

import { studyError } from "../core/errors.ts";
import { cross, norm3, rowTimes, type Vec3 } from "../core/linalg.ts";
import type { Observer, ObserverColumn } from "../lattice/observer.ts";
import type { NeighbourPair } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { compileNeighbours, type NeighbourLists, pairsOfShell, pairsWithin } from "./neighbour-lists.ts";
import { columnName } from "./observer.ts";
import {
  choiceWords,
  type SpeciesChoice,
  type SpeciesSublattice,
  speciesSublattices,
} from "./species-sites.ts";

/** Either a distance or the number of a shell. */
export interface ClusterChoice extends SpeciesChoice {
  /** Å. */
  readonly cutoff_A?: number;
  /** From 1. */
  readonly shell?: number;
}

const quantities = [
  ["number", "number of clusters, single ones included"],
  ["mean size", "mean number of members of a cluster"],
  ["weighted size", "members of the cluster that one is in, averaged over all of them"],
  ["largest", "members of the largest cluster"],
  ["in 1", "share that has no neighbour"],
  ["in 2", "share in clusters of two"],
  ["in 3", "share in clusters of three"],
  ["in 4+", "share in clusters of four or more"],
  [
    "chains",
    "clusters of three and more in a line, straight or bent, without branch, ring or periodic image",
  ],
  ["straight", "clusters of three and more on one straight line, percolating ones included"],
  ["compact", "clusters of three and more with a branch or a ring"],
  ["percolating", "clusters that join their own periodic image"],
] as const;

const IN_ONE = 4;
const CHAINS = 8;
const STRAIGHT = 9;
const COMPACT = 10;
const PERCOLATING = 11;

/** States of a site in a measurement. */
const EMPTY = 0;
const WAITING = 1;
const REACHED = 2;

export class ConnectedClusters implements Observer {
  readonly columns: readonly ObserverColumn[];
  readonly #cells: number;
  readonly #sublattices: readonly SpeciesSublattice[];
  readonly #lists: NeighbourLists;
  /** Cell offset of each neighbour of the lists, three numbers. */
  readonly #step: Int32Array;
  /** Number of the direction in which each neighbour lies; opposite ones have the same. */
  readonly #line: Int32Array;
  readonly #state: Uint8Array;
  /** Cell of every member reached, counted from where its cluster was begun, without wrapping. */
  readonly #cell: Int32Array;
  readonly #stack: Int32Array;
  // Of the cluster at hand:
  #size = 0;
  #chain = false;
  #straight = false;
  #wraps = false;

  /**
   * @param path of the choice in the study, for errors
   * @throws {EcitonError} "study" for an unknown species or layer, neither or both of cutoff_A and shell, or a
   *   distance at which no site has a neighbour; "memory" for a distance with too many neighbours
   */
  constructor(supercell: Supercell, choice: ClusterChoice, path: string) {
    this.#cells = supercell.numCells;
    this.#sublattices = speciesSublattices(supercell, choice, path);
    const sites = this.#sublattices.map(({ site }) => site);
    const { pairs, word } = chosenPairs(supercell, sites, choice, path);
    this.#lists = compileNeighbours(supercell, pairs);
    this.#step = Int32Array.from(this.#lists.pairs.flatMap(({ cell }) => cell));
    this.#line = directions(supercell, this.#lists.pairs);
    this.#state = new Uint8Array(supercell.numSites);
    this.#cell = new Int32Array(3 * supercell.numSites);
    this.#stack = new Int32Array(sites.length * supercell.numCells);
    const distances = [...new Set(pairs.map(({ distance }) => distance.toFixed(3)))].map(Number);
    const where = `${choice.species}${choice.layers ? ` in ${choice.layers.join(", ")}` : ""}`;
    this.columns = quantities.map(([name, description]) => ({
      name: columnName("clusters", ...choiceWords(choice), word, ...name.split(" ")),
      unit: "",
      description: `${where}, neighbours at ${distances.sort((a, b) => a - b).join(", ")} Å: ${description}`,
    }));
  }

  measure(occupation: Uint8Array, out: Float64Array, at: number): void {
    const cells = this.#cells;
    const state = this.#state;
    let atoms = 0;
    for (let k = 0; k < this.#sublattices.length; k++) {
      const { first, species } = this.#sublattices[k];
      for (let i = first; i < first + cells; i++) {
        const present = occupation[i] === species;
        state[i] = present ? WAITING : EMPTY;
        if (present) atoms++;
      }
    }
    for (let k = 0; k < quantities.length; k++) out[at + k] = 0;
    if (atoms === 0) return;
    let number = 0;
    let squares = 0;
    let largest = 0;
    for (let k = 0; k < this.#sublattices.length; k++) {
      const { first } = this.#sublattices[k];
      for (let i = first; i < first + cells; i++) {
        if (state[i] !== WAITING) continue;
        this.#follow(i);
        const size = this.#size;
        number++;
        squares += size * size;
        if (size > largest) largest = size;
        out[at + IN_ONE + Math.min(size, 4) - 1] += size;
        if (this.#wraps) out[at + PERCOLATING]++;
        if (size < 3) continue;
        if (this.#straight) out[at + STRAIGHT]++;
        if (!this.#wraps) out[at + (this.#chain ? CHAINS : COMPACT)]++;
      }
    }
    out[at] = number;
    out[at + 1] = atoms / number;
    out[at + 2] = squares / atoms;
    out[at + 3] = largest;
    for (let k = IN_ONE; k < IN_ONE + 4; k++) out[at + k] /= atoms;
  }

  /** Reaches all members of a cluster from one of them, and notes its size and shape. */
  #follow(begin: number): void {
    const { start, first, table, shift } = this.#lists;
    const cells = this.#cells;
    const step = this.#step;
    const line = this.#line;
    const state = this.#state;
    const cell = this.#cell;
    const stack = this.#stack;
    let depth = 1;
    let size = 1;
    let bondEnds = 0;
    let mostNeighbours = 0;
    let oneLine = -1;
    let straight = true;
    let wraps = false;
    stack[0] = begin;
    state[begin] = REACHED;
    cell[3 * begin] = 0;
    cell[3 * begin + 1] = 0;
    cell[3 * begin + 2] = 0;
    while (depth > 0) {
      const i = stack[--depth];
      const s = Math.floor(i / cells);
      const c = i - s * cells;
      let neighbours = 0;
      for (let k = start[s]; k < start[s + 1]; k++) {
        const j = first[k] + shift[table[k] + c];
        if (state[j] === EMPTY) continue;
        neighbours++;
        if (oneLine < 0) oneLine = line[k];
        else if (oneLine !== line[k]) straight = false;
        const u = cell[3 * i] + step[3 * k];
        const v = cell[3 * i + 1] + step[3 * k + 1];
        const w = cell[3 * i + 2] + step[3 * k + 2];
        if (state[j] === WAITING) {
          state[j] = REACHED;
          size++;
          cell[3 * j] = u;
          cell[3 * j + 1] = v;
          cell[3 * j + 2] = w;
          stack[depth++] = j;
        } else if (cell[3 * j] !== u || cell[3 * j + 1] !== v || cell[3 * j + 2] !== w)
          // Two ways to the same member end at different images of it.
          wraps = true;
      }
      bondEnds += neighbours;
      if (neighbours > mostNeighbours) mostNeighbours = neighbours;
    }
    this.#size = size;
    this.#wraps = wraps;
    this.#straight = straight;
    // A connected graph with one bond less than members has no ring.
    this.#chain = straight || (mostNeighbours <= 2 && bondEnds === 2 * (size - 1));
  }
}

function chosenPairs(
  supercell: Supercell,
  sites: readonly number[],
  { cutoff_A, shell }: ClusterChoice,
  path: string,
): { pairs: NeighbourPair[]; word: string } {
  if (shell !== undefined && cutoff_A === undefined)
    return { pairs: pairsOfShell(supercell, shell, sites, `${path}.shell`), word: `${shell}N` };
  if (cutoff_A === undefined || shell !== undefined)
    throw studyError(
      path,
      `give either cutoff_A or shell; found ${shell === undefined ? "neither" : "both"}`,
    );
  const pairs = pairsWithin(supercell, cutoff_A, sites, `${path}.cutoff_A`);
  if (pairs.length === 0) {
    const nearest = pairsOfShell(supercell, 1, sites, `${path}.cutoff_A`)[0].distance;
    throw studyError(
      `${path}.cutoff_A`,
      `no two sites are within ${cutoff_A} Å; the nearest are ${nearest.toFixed(3)} Å apart`,
    );
  }
  return { pairs, word: `${Number(cutoff_A.toFixed(3))}A` };
}

/** A number for every direction of pairs; pairs along one straight line have the same. */
function directions({ lattice }: Supercell, pairs: readonly NeighbourPair[]): Int32Array {
  const known: Vec3[] = [];
  return Int32Array.from(pairs, ({ from, to, cell, distance }) => {
    const vector = rowTimes(cell, lattice.cell).map(
      (x, k) => (x + lattice.cartesian[3 * to + k] - lattice.cartesian[3 * from + k]) / distance,
    ) as Vec3;
    const found = known.findIndex((other) => norm3(cross(other, vector)) < 1e-4);
    return found >= 0 ? found : known.push(vector) - 1;
  });
}
