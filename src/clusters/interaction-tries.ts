/** The interaction tables ordered for fast search: pair energies by species, larger clusters as tries. */
import { EcitonError } from "../core/errors.ts";
import type { InteractionTables } from "./interaction-tables.ts";

/**
 * Own rows are (sublattice, species c = 1 ..): row s * (maxSpecies - 1) + c - 1.
 *
 * A literal is a neighbour of the first `manyBody` with the species that it holds. Its position is a bit of a mask of
 * 64-bit words; the literals of a neighbour do not straddle words. A trie holds sets of literals in ascending order; a
 * node counts when all literals on the way to it are live, and its mask tells its children, so that only live ones are
 * ever visited. Roots have a record for each position, so that the first step needs no search.
 */
export interface InteractionTries {
  readonly words: number;
  /** Values are energies of clusters. */
  readonly energies: Trie<number>;
  /** Values are the literals that complete a set to a cluster, with the energy of it. */
  readonly completions: Trie<readonly Completion[]>;
  readonly rows: readonly OwnRow[];
}

export interface OwnRow {
  /** Energy of the site alone. */
  readonly point: number;
  /** Energy of pairs, at neighbour * maxSpecies + species. */
  readonly pairs: Float64Array;
  /** All clusters with two or more other points: record of position 0, or 0 for none, and energies of single literals. */
  readonly root: number;
  readonly singles: Float64Array;
  /** Roots of those through a literal, without it, at neighbour * (maxSpecies - 1) + species - 1; 0 for none. */
  readonly through: Int32Array;
  /** Record of position 0 of the completions, or 0, and completions of single literals. */
  readonly completionRoot: number;
  readonly completionSingles: readonly (readonly Completion[])[];
}

export interface Completion {
  /** neighbour * (maxSpecies - 1) + species - 1 */
  readonly literal: number;
  readonly energy: number;
}

/**
 * A record has for each word of its mask: low half, high half, number of the value of the first child there, number of
 * its record or 0 where no child has children. Record 0 is empty.
 */
export interface Trie<Value> {
  readonly records: Uint32Array;
  readonly values: readonly Value[];
}

interface Node<Value> {
  value: Value;
  readonly children: Map<number, Node<Value>>;
}

interface Point {
  readonly neighbour: number;
  readonly species: number;
}

/** @throws {EcitonError} "memory" for sites of more species than a mask has bits */
export function buildTries(tables: InteractionTables): InteractionTries {
  const { maxSpecies, manyBody } = tables;
  const kinds = maxSpecies - 1;
  if (kinds > 64)
    throw new EcitonError("memory", `a site has ${maxSpecies} species; at most 65 are supported here`);
  const words = Math.ceil(Math.max(0, ...manyBody) / Math.floor(64 / kinds));
  const energies = new TrieWriter<number>(words, () => 0);
  const completions = new TrieWriter<Completion[]>(words, () => []);
  const rows = Array.from({ length: manyBody.length * kinds }, (_, row) =>
    buildRow(tables, row, energies, completions),
  );
  return { words, energies: energies.finish(), completions: completions.finish(), rows };
}

function buildRow(
  tables: InteractionTables,
  row: number,
  energies: TrieWriter<number>,
  completions: TrieWriter<Completion[]>,
): OwnRow {
  const { maxSpecies, manyBody, neighbourStart, entryStart, entryEnergy } = tables;
  const kinds = maxSpecies - 1;
  const perWord = Math.floor(64 / kinds);
  const s = Math.floor(row / kinds);
  const position = ({ neighbour, species }: Point) =>
    64 * Math.floor(neighbour / perWord) + (neighbour % perWord) * kinds + species - 1;
  const literal = ({ neighbour, species }: Point) => neighbour * kinds + species - 1;
  let point = 0;
  const pairs = new Float64Array((neighbourStart[s + 1] - neighbourStart[s]) * maxSpecies);
  const whole = energies.node();
  const through = new Map<number, Node<number>>();
  const completed = completions.node();
  for (let entry = entryStart[row]; entry < entryStart[row + 1]; entry++) {
    const energy = entryEnergy[entry];
    const points = pointsOf(tables, entry).sort((x, y) => position(x) - position(y));
    if (points.length === 0) point += energy;
    else if (points.length === 1) pairs[points[0].neighbour * maxSpecies + points[0].species] += energy;
    else {
      energies.at(whole, points.map(position)).value += energy;
      for (const left of points) {
        const others = points.filter((other) => other !== left).map(position);
        const start = through.get(literal(left)) ?? energies.node();
        through.set(literal(left), start);
        energies.at(start, others).value += energy;
        completions.at(completed, others).value.push({ literal: literal(left), energy });
      }
    }
  }
  // A neighbour that is also in larger clusters is met among the live literals, so its pair energy waits there too.
  for (let neighbour = 0; neighbour < manyBody[s]; neighbour++)
    for (let species = 1; species < maxSpecies; species++) {
      const energy = pairs[neighbour * maxSpecies + species];
      if (energy !== 0) energies.at(whole, [position({ neighbour, species })]).value += energy;
    }
  const roots = new Int32Array(manyBody[s] * kinds);
  for (const [at, node] of through) roots[at] = energies.write(node);
  return {
    point,
    pairs,
    ...(manyBody[s] === 0
      ? { root: 0, singles: new Float64Array(0), completionRoot: 0, completionSingles: [] }
      : {
          root: energies.writeDense(whole),
          singles: Float64Array.from(energies.singles(whole)),
          completionRoot: completions.writeDense(completed),
          completionSingles: completions.singles(completed),
        }),
    through: roots,
  };
}

function pointsOf(tables: InteractionTables, entry: number): Point[] {
  const points: Point[] = [];
  for (let p = tables.entryPoint[entry]; p < tables.entryPoint[entry + 1]; p++)
    points.push({ neighbour: tables.pointNeighbour[p], species: tables.pointSpecies[p] });
  return points;
}

/** Writes tries one after the other; siblings lie together, both their records and their values. */
class TrieWriter<Value> {
  readonly #words: number;
  readonly #nothing: () => Value;
  readonly #values: Value[] = [];
  readonly #records: number[];

  /** @param nothing the value of a node that only leads to others */
  constructor(words: number, nothing: () => Value) {
    this.#words = words;
    this.#nothing = nothing;
    this.#records = new Array<number>(4 * words).fill(0);
  }

  node(): Node<Value> {
    return { value: this.#nothing(), children: new Map() };
  }

  /** The node at the end of a path, made where it is not there. */
  at(root: Node<Value>, positions: readonly number[]): Node<Value> {
    let node = root;
    for (const position of positions) {
      const child = node.children.get(position) ?? this.node();
      node.children.set(position, child);
      node = child;
    }
    return node;
  }

  /** @returns number of the root's record */
  write(root: Node<Value>): number {
    const record = this.#reserve(1);
    this.#fill(record, root);
    return record;
  }

  /** @returns number of the record of position 0, those of the other positions follow */
  writeDense(root: Node<Value>): number {
    const first = this.#reserve(64 * this.#words);
    for (const [position, child] of root.children) this.#fill(first + position, child);
    return first;
  }

  /** Values of the root's children by position. */
  singles(root: Node<Value>): Value[] {
    return Array.from(
      { length: 64 * this.#words },
      (_, position) => root.children.get(position)?.value ?? this.#nothing(),
    );
  }

  #reserve(count: number): number {
    const stride = 4 * this.#words;
    const first = this.#records.length / stride;
    for (let i = 0; i < count * stride; i++) this.#records.push(0);
    return first;
  }

  #fill(record: number, node: Node<Value>): void {
    const children = [...node.children].sort((a, b) => a[0] - b[0]);
    const deeper = children.some(([, child]) => child.children.size > 0);
    const first = deeper ? this.#reserve(children.length) : 0;
    children.forEach(([position, child], i) => {
      const at = 4 * (record * this.#words + Math.floor(position / 64));
      if (this.#records[at] === 0 && this.#records[at + 1] === 0) {
        this.#records[at + 2] = this.#values.length;
        this.#records[at + 3] = deeper ? first + i : 0;
      }
      this.#records[at + (Math.floor(position / 32) % 2)] |= 1 << (position % 32);
      this.#values.push(child.value);
    });
    if (deeper)
      children.forEach(([, child], i) => {
        this.#fill(first + i, child);
      });
  }

  finish(): Trie<Value> {
    return { records: Uint32Array.from(this.#records), values: this.#values };
  }
}
