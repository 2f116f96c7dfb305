/**
 * Which species are neighbours of which, against random mixing.
 *
 *   g_AB(n) = (pairs A-B in shell n) / (those expected of random mixing at this composition), column `pair A-B nN`
 *   α_AB(n) = 1 - P(B at shell n of A) / c_B, column `alpha A-B nN`, for two species of one kind of sites
 *
 * Shells are counted over all distances between two kinds of sites, as in the labels of clusters. Only sites that can
 * change are looked at. Random mixing puts a species on each site of its kind that allows it with the same probability,
 * c_A = (A on the kind) / (sites of the kind that allow A). A species on several kinds of sites is written A@kind.
 *
 * At fixed composition on N sites of a kind, a random arrangement gives on average 1 / (1 - 1/N) for unlike species
 * of the kind and (1 - 1/N_A) / (1 - 1/N) for like ones, not exactly 1. Where A or B is absent nothing can be
 * compared: g is then 1 and α is 0, as without correlations.
 * @see Cowley, Phys. Rev. 77, 669 (1950) for α
 */
import { shellOf, shellTable } from "../clusters/labels.ts";
import { studyError } from "../core/errors.ts";
import type { Observer, ObserverColumn } from "../lattice/observer.ts";
import { activeSites, type NeighbourPair } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { compileNeighbours, type NeighbourLists, pairsWithin } from "./neighbour-lists.ts";
import { columnName } from "./observer.ts";

/** The sites of one kind that can change. */
interface Kind {
  readonly name: string;
  readonly species: readonly string[];
  /** Parent sites. */
  readonly sublattices: readonly number[];
  /** Number of sites that allow each species. */
  readonly allowing: Float64Array;
  /** Number of each species in the occupation at hand. */
  readonly counts: Int32Array;
  /** The species with most sites, and the number of sites of the others. */
  common: number;
  rare: number;
}

/** Neighbours that sites of one kind have of another kind, in all shells. */
interface Direction {
  readonly from: Kind;
  readonly to: Kind;
  readonly shells: number;
  /** For each sublattice, the stretch of its list of neighbours that are of the other kind. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
  /**
   * Number of neighbours in shell g: of a site of sublattice s at `from` at [g * sublattices + s], of one at `to` at
   * [(shells + g) * sublattices + s].
   */
  readonly coordination: Int32Array;
  /** Number of neighbours with species a at `from` and b at `to` in shell g, at [(g * from species + a) * to species + b]. */
  readonly found: Float64Array;
}

interface Block {
  readonly forward: Direction;
  /** The same pairs seen from the other kind. */
  readonly backward: Direction;
}

/** One column: of block, shell and species; `perProduct` times N_A N_B is the number that random mixing gives. */
interface Entry {
  readonly block: Block;
  readonly shell: number;
  readonly a: number;
  readonly b: number;
  readonly alpha: boolean;
  readonly perProduct: number;
}

export class PairCorrelations implements Observer {
  readonly columns: readonly ObserverColumn[];
  readonly #cells: number;
  readonly #kinds: readonly Kind[];
  readonly #lists: NeighbourLists;
  /** Shell of each neighbour of the lists, from 0; it is the same from either end. */
  readonly #shell: Int32Array;
  readonly #blocks: readonly Block[];
  readonly #entries: readonly Entry[];
  /** From a site's own species number to the kind's, at [parent site * 256 + number]. */
  readonly #speciesOfKind: Uint8Array;
  /** Number of each species of the kind on each sublattice, at [parent site * 256 + species]. */
  readonly #countOn: Int32Array;
  /** Species of the kind on every site. */
  readonly #codes: Uint8Array;
  /** Cells whose site is not held by the common species, from parent site * numCells on. */
  readonly #rareCells: Int32Array;
  readonly #rareEnd: Int32Array;

  /**
   * @param cutoff largest distance of a pair, Å
   * @param path of the distance in the study, for errors
   * @throws {EcitonError} "study" when no pair is so near, "memory" when there are too many
   */
  constructor(supercell: Supercell, cutoff: number, path: string) {
    const { lattice, numCells, numSites } = supercell;
    this.#cells = numCells;
    this.#kinds = kindsOf(supercell);
    this.#speciesOfKind = new Uint8Array(256 * lattice.sites.length);
    for (const kind of this.#kinds)
      for (const s of kind.sublattices)
        lattice.sites[s].species.forEach((name, k) => {
          this.#speciesOfKind[256 * s + k] = kind.species.indexOf(name);
        });
    this.#countOn = new Int32Array(256 * lattice.sites.length);
    this.#codes = new Uint8Array(numSites);
    this.#rareCells = new Int32Array(numSites);
    this.#rareEnd = new Int32Array(lattice.sites.length);

    const pairs = pairsWithin(supercell, cutoff, activeSites(lattice), path);
    if (pairs.length === 0) throw studyError(path, `no two sites that can change are within ${cutoff} Å`);
    const shells = shellTable(lattice, cutoff);
    const kindOf = (s: number) => this.#kinds.findIndex((kind) => kind.sublattices.includes(s));
    this.#lists = compileNeighbours(
      supercell,
      pairs.sort((a, b) => kindOf(a.to) - kindOf(b.to)),
    );
    this.#shell = Int32Array.from(this.#lists.pairs, ({ from, to, distance }) => {
      const [one, other] = [lattice.sites[from].kind, lattice.sites[to].kind];
      return shellOf(shells, one, other, distance) - 1;
    });
    const blocks: Block[] = [];
    const entries: Entry[] = [];
    const columns: ObserverColumn[] = [];
    this.#kinds.forEach((one, i) => {
      for (const other of this.#kinds.slice(i)) {
        const forward = this.#compileDirection(one, other);
        const backward = one === other ? forward : this.#compileDirection(other, one);
        const block: Block = { forward, backward };
        blocks.push(block);
        for (let shell = 0; shell < forward.shells; shell++) {
          const inShell = this.#lists.pairs.filter(
            (pair, k) =>
              this.#shell[k] === shell &&
              one.sublattices.includes(pair.from) &&
              other.sublattices.includes(pair.to),
          );
          for (const entry of entriesOfShell(supercell, block, shell, inShell)) {
            entries.push(entry);
            columns.push(this.#describe(entry, inShell[0].distance));
          }
        }
      }
    });
    this.#blocks = blocks;
    this.#entries = entries;
    this.columns = columns;
  }

  #compileDirection(from: Kind, to: Kind): Direction {
    const sublattices = this.#rareEnd.length;
    const begin = new Int32Array(sublattices);
    const end = new Int32Array(sublattices);
    const found: number[] = [];
    this.#lists.pairs.forEach((pair, k) => {
      if (!from.sublattices.includes(pair.from) || !to.sublattices.includes(pair.to)) return;
      if (end[pair.from] === 0) begin[pair.from] = k;
      end[pair.from] = k + 1;
      found.push(k);
    });
    const shells = found.reduce((most, k) => Math.max(most, this.#shell[k] + 1), 0);
    const coordination = new Int32Array(2 * shells * sublattices);
    for (const k of found) {
      const pair = this.#lists.pairs[k];
      coordination[this.#shell[k] * sublattices + pair.from]++;
      coordination[(shells + this.#shell[k]) * sublattices + pair.to]++;
    }
    return {
      from,
      to,
      shells,
      begin,
      end,
      coordination,
      found: new Float64Array(shells * from.species.length * to.species.length),
    };
  }

  #describe({ block, shell, a, b, alpha }: Entry, distance: number): ObserverColumn {
    const nameOf = (kind: Kind, k: number) => {
      const name = kind.species[k];
      return this.#kinds.every((other) => other === kind || !other.species.includes(name))
        ? name
        : `${name}@${kind.name}`;
    };
    const { from, to } = block.forward;
    const [first, second] = [nameOf(from, a), nameOf(to, b)];
    const at = `shell ${shell + 1}, ${distance.toFixed(3)} Å`;
    return {
      name: columnName(alpha ? "alpha" : "pair", `${first}-${second}`, `${shell + 1}N`),
      unit: "",
      description: alpha
        ? `Warren-Cowley parameter of ${second} around ${first} (${at}); 0 at random, negative where they attract`
        : `pairs of ${first} and ${second} (${at}) relative to random mixing`,
    };
  }

  measure(occupation: Uint8Array, out: Float64Array, at: number): void {
    for (let k = 0; k < this.#kinds.length; k++) this.#countKind(this.#kinds[k], occupation);
    for (let k = 0; k < this.#blocks.length; k++) {
      const { forward, backward } = this.#blocks[k];
      // From the kind with fewer sites to look at.
      this.#countPairs(forward.from.rare <= backward.from.rare ? forward : backward);
    }
    for (let k = 0; k < this.#entries.length; k++) out[at + k] = this.#value(this.#entries[k]);
  }

  #value({ block, shell, a, b, alpha, perProduct }: Entry): number {
    const { forward, backward } = block;
    const { from, to } = forward;
    const numberA = from.counts[a];
    const numberB = to.counts[b];
    if (numberA === 0 || numberB === 0) return alpha ? 0 : 1;
    const pairs =
      from.rare <= to.rare
        ? forward.found[(shell * from.species.length + a) * to.species.length + b]
        : backward.found[(shell * to.species.length + b) * from.species.length + a];
    if (!alpha) return pairs / (numberA * numberB * perProduct);
    const neighbours = this.#neighboursOf(forward, shell, a);
    return neighbours === 0 ? 0 : 1 - (pairs * to.allowing[b]) / (neighbours * numberB);
  }

  /** Neighbours that all sites with the species have in a shell. */
  #neighboursOf({ from, coordination }: Direction, shell: number, species: number): number {
    const sublattices = this.#rareEnd.length;
    let sum = 0;
    for (let i = 0; i < from.sublattices.length; i++) {
      const s = from.sublattices[i];
      sum += this.#countOn[256 * s + species] * coordination[shell * sublattices + s];
    }
    return sum;
  }

  #countKind(kind: Kind, occupation: Uint8Array): void {
    const cells = this.#cells;
    const codes = this.#codes;
    const countOn = this.#countOn;
    const { sublattices, counts } = kind;
    counts.fill(0);
    for (let i = 0; i < sublattices.length; i++) {
      const s = sublattices[i];
      for (let k = 0; k < counts.length; k++) countOn[256 * s + k] = 0;
      for (let site = s * cells; site < (s + 1) * cells; site++) {
        const code = this.#speciesOfKind[256 * s + occupation[site]];
        codes[site] = code;
        countOn[256 * s + code]++;
      }
      for (let k = 0; k < counts.length; k++) counts[k] += countOn[256 * s + k];
    }
    let common = 0;
    for (let k = 1; k < counts.length; k++) if (counts[k] > counts[common]) common = k;
    kind.common = common;
    kind.rare = sublattices.length * cells - counts[common];
    for (let i = 0; i < sublattices.length; i++) {
      const s = sublattices[i];
      let end = s * cells;
      for (let c = 0; c < cells; c++) if (codes[s * cells + c] !== common) this.#rareCells[end++] = c;
      this.#rareEnd[s] = end;
    }
  }

  /** Counts the neighbours of all sites but those of the common species; these follow from the totals. */
  #countPairs({ from, to, shells, begin, end, coordination, found }: Direction): void {
    const { first, table, shift } = this.#lists;
    const shell = this.#shell;
    const cells = this.#cells;
    const codes = this.#codes;
    const rareCells = this.#rareCells;
    const width = to.species.length;
    const rows = from.species.length;
    found.fill(0);
    for (let i = 0; i < from.sublattices.length; i++) {
      const s = from.sublattices[i];
      const own = s * cells;
      const rareEnd = this.#rareEnd[s];
      for (let k = begin[s]; k < end[s]; k++) {
        const target = first[k];
        const cellAt = table[k];
        const row = shell[k] * rows;
        for (let at = own; at < rareEnd; at++) {
          const c = rareCells[at];
          found[(row + codes[own + c]) * width + codes[target + shift[cellAt + c]]]++;
        }
      }
    }
    // Pairs are as many from either end, so the sites of the common species have those that are left.
    const sublattices = this.#rareEnd.length;
    for (let g = 0; g < shells; g++)
      for (let b = 0; b < width; b++) {
        let left = 0;
        for (let i = 0; i < to.sublattices.length; i++) {
          const t = to.sublattices[i];
          left += this.#countOn[256 * t + b] * coordination[(shells + g) * sublattices + t];
        }
        for (let a = 0; a < rows; a++) if (a !== from.common) left -= found[(g * rows + a) * width + b];
        found[(g * rows + from.common) * width + b] = left;
      }
  }
}

function kindsOf({ lattice, numCells }: Supercell): Kind[] {
  const active = activeSites(lattice);
  return [...new Set(active.map((s) => lattice.sites[s].kind))].map((name) => {
    const sublattices = active.filter((s) => lattice.sites[s].kind === name);
    const species = [...new Set(sublattices.flatMap((s) => lattice.sites[s].species))];
    const allowing = Float64Array.from(
      species,
      (k) => numCells * sublattices.filter((s) => lattice.sites[s].species.includes(k)).length,
    );
    return {
      name,
      species,
      sublattices,
      allowing,
      counts: new Int32Array(species.length),
      common: 0,
      rare: 0,
    };
  });
}

function entriesOfShell(
  { lattice, numCells }: Supercell,
  block: Block,
  shell: number,
  inShell: readonly NeighbourPair[],
): Entry[] {
  const { from, to } = block.forward;
  const allows = (s: number, name: string) => lattice.sites[s].species.includes(name);
  const entries: Entry[] = [];
  from.species.forEach((first, a) => {
    to.species.forEach((second, b) => {
      if (from === to && b < a) return;
      const possible = inShell.filter((pair) => allows(pair.from, first) && allows(pair.to, second)).length;
      if (possible === 0) return;
      const perProduct = (possible * numCells) / (from.allowing[a] * to.allowing[b]);
      entries.push({ block, shell, a, b, alpha: false, perProduct });
      if (from === to && a !== b) entries.push({ block, shell, a, b, alpha: true, perProduct });
    });
  });
  return entries;
}
