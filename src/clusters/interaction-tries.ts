/** The interaction tables ordered for fast search: pair energies by species, larger clusters as tries. */
import { EcitonError } from "../core/errors.ts";
import type { InteractionTables } from "./interaction-tables.ts";

/**
 * Own rows are (sublattice, species c = 1 ..): row s * (maxSpecies - 1) + c - 1.
 *
 * A literal is a neighbour of the first `manyBody` with the species that it holds. A trie holds clusters as ascending
 * lists of literals; a node's energy counts when all literals on the way to it are live. The bits of its mask are its
 * children, so that only live ones are ever visited.
 *
 * A record is (number of the first child's energy, number of the first child's record or 0, mask in 64-bit words, low
 * half first); children stand in the order of their literals. Record 0 is empty.
 */
export interface InteractionTries {
  readonly words: number;
  readonly records: Uint32Array;
  readonly energies: Float64Array;
  /** Record of the trie of all clusters with two or more other points, by own row; 0 for none. */
  readonly roots: Int32Array;
  /** The same for those through a literal, without it: at own row, then neighbour * (maxSpecies - 1) + species - 1. */
  readonly pairRoots: readonly Int32Array[];
  /** Energy of the site alone, by own row. */
  readonly pointEnergy: Float64Array;
  /** Energy of pairs by own row, then neighbour * maxSpecies + species. */
  readonly pairEnergy: readonly Float64Array[];
}

interface Node {
  energy: number;
  readonly children: Map<number, Node>;
}

const newNode = (): Node => ({ energy: 0, children: new Map() });

/** Neighbours for each 64-bit word: their literals do not straddle words. */
const neighboursPerWord = (tables: InteractionTables) => Math.floor(64 / (tables.maxSpecies - 1));

/** @throws {EcitonError} "memory" for sites of more species than a mask has bits */
export function buildTries(tables: InteractionTables): InteractionTries {
  const { maxSpecies, manyBody, neighbourStart, entryStart, entryEnergy } = tables;
  const kinds = maxSpecies - 1;
  if (kinds > 64)
    throw new EcitonError("memory", `a site has ${maxSpecies} species; at most 65 are supported here`);
  const perWord = neighboursPerWord(tables);
  const words = Math.ceil(Math.max(0, ...manyBody) / perWord);
  const writer = new TrieWriter(words);
  const rows = manyBody.length * kinds;
  const roots = new Int32Array(rows);
  const pointEnergy = new Float64Array(rows);
  const pairEnergy: Float64Array[] = [];
  const pairRoots: Int32Array[] = [];
  for (let row = 0; row < rows; row++) {
    const s = Math.floor(row / kinds);
    const pairs = new Float64Array((neighbourStart[s + 1] - neighbourStart[s]) * maxSpecies);
    const whole = newNode();
    const through = new Map<number, Node>();
    for (let entry = entryStart[row]; entry < entryStart[row + 1]; entry++) {
      const energy = entryEnergy[entry];
      const points = pointsOf(tables, entry);
      if (points.length === 0) pointEnergy[row] += energy;
      else if (points.length === 1) pairs[points[0].neighbour * maxSpecies + points[0].species] += energy;
      else {
        const literals = points.map((point) => literalOf(point, kinds, perWord)).sort((x, y) => x - y);
        insert(whole, literals, energy);
        for (const point of points) {
          const at = point.neighbour * kinds + point.species - 1;
          const without = literalOf(point, kinds, perWord);
          let node = through.get(at);
          if (!node) {
            node = newNode();
            through.set(at, node);
          }
          insert(
            node,
            literals.filter((literal) => literal !== without),
            energy,
          );
        }
      }
    }
    // A neighbour that is also in larger clusters is met in the trie, so its pair energy waits there too.
    if (manyBody[s] > 0)
      for (let k = 0; k < manyBody[s]; k++)
        for (let species = 1; species < maxSpecies; species++) {
          const energy = pairs[k * maxSpecies + species];
          if (energy !== 0) insert(whole, [literalOf({ neighbour: k, species }, kinds, perWord)], energy);
        }
    pairEnergy.push(pairs);
    roots[row] = whole.children.size === 0 ? 0 : writer.write(whole);
    const list = new Int32Array(manyBody[s] * kinds);
    for (const [at, node] of through) list[at] = writer.write(node);
    pairRoots.push(list);
  }
  return { words, roots, pairRoots, pointEnergy, pairEnergy, ...writer.finish() };
}

interface Point {
  readonly neighbour: number;
  readonly species: number;
}

function pointsOf(tables: InteractionTables, entry: number): Point[] {
  const points: Point[] = [];
  for (let p = tables.entryPoint[entry]; p < tables.entryPoint[entry + 1]; p++)
    points.push({ neighbour: tables.pointNeighbour[p], species: tables.pointSpecies[p] });
  return points;
}

function literalOf({ neighbour, species }: Point, kinds: number, perWord: number): number {
  return 64 * Math.floor(neighbour / perWord) + (neighbour % perWord) * kinds + species - 1;
}

function insert(root: Node, literals: readonly number[], energy: number): void {
  let node = root;
  for (const literal of literals) {
    let child = node.children.get(literal);
    if (!child) {
      child = newNode();
      node.children.set(literal, child);
    }
    node = child;
  }
  node.energy += energy;
}

/** Writes tries one after the other; equal layouts of records and energies keep siblings together. */
class TrieWriter {
  readonly #stride: number;
  readonly #energies: number[] = [];
  readonly #records: number[];

  constructor(words: number) {
    this.#stride = 2 + 2 * words;
    this.#records = new Array<number>(this.#stride).fill(0);
  }

  /** @returns number of the root's record; the root's own energy is not kept */
  write(root: Node): number {
    const record = this.#reserve(1);
    this.#fill(record, root);
    return record;
  }

  #reserve(count: number): number {
    const first = this.#records.length / this.#stride;
    for (let i = 0; i < count * this.#stride; i++) this.#records.push(0);
    return first;
  }

  #fill(record: number, node: Node): void {
    const children = [...node.children].sort((a, b) => a[0] - b[0]);
    const at = record * this.#stride;
    this.#records[at] = this.#energies.length;
    for (const [literal, child] of children) {
      this.#records[at + 2 + Math.floor(literal / 32)] |= 1 << (literal % 32);
      this.#energies.push(child.energy);
    }
    if (children.every(([, child]) => child.children.size === 0)) return;
    const first = this.#reserve(children.length);
    this.#records[at + 1] = first;
    children.forEach(([, child], i) => {
      this.#fill(first + i, child);
    });
  }

  finish(): { records: Uint32Array; energies: Float64Array } {
    return { records: Uint32Array.from(this.#records), energies: Float64Array.from(this.#energies) };
  }
}
