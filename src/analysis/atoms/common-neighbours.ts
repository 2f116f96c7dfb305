/** Common neighbour analysis: which crystal, or none, each atom's surroundings are like. */
import { EcitonError } from "../../core/errors.ts";
import { type AtomFrame, neighboursOf, typicalDistance } from "./frame.ts";
import { type Averaged, RatioAverages } from "./ratio-averages.ts";

export const localStructures = ["other", "fcc", "hcp", "bcc", "icosahedral"] as const;
export type LocalStructure = (typeof localStructures)[number];

export interface CommonNeighbours {
  /** For each atom its place in `localStructures`. */
  readonly structure: Uint8Array;
  /** How many bonds have each signature, "421" for example; each bond once. */
  readonly signatures: Readonly<Record<string, number>>;
}

/** Neighbours of one atom are kept as the bits of a number. */
const MOST_NEIGHBOURS = 31;

/**
 * Signature jkl of each bond: its ends have j neighbours in common, among which there are k bonds, of which the largest
 * connected group has l (in crystals the longest chain). An atom is of the structure whose bonds it has:
 *   fcc 12 × 421; hcp 6 × 421 and 6 × 422; bcc 8 × 666 and 6 × 444 (second neighbours are bonds there);
 *   icosahedral 12 × 555.
 * @param cutoff longest bond, Å: between the first and second shell for fcc and hcp, second and third for bcc
 * @throws {EcitonError} "data" for an atom with more than 31 bonds
 * @see Honeycutt, Andersen, J. Phys. Chem. 91, 4950 (1987); Faken, Jónsson, Comput. Mater. Sci. 2, 279 (1994)
 */
export function commonNeighbours(frame: AtomFrame, cutoff: number): CommonNeighbours {
  const { first, index, vectors } = neighboursOf(frame, cutoff);
  const structure = new Uint8Array(frame.species.length);
  const signatures: Record<string, number> = {};
  for (let i = 0; i < structure.length; i++) {
    const bonds = first[i + 1] - first[i];
    if (bonds > MOST_NEIGHBOURS)
      throw new EcitonError(
        "data",
        `common neighbours: atom ${i + 1} has ${bonds} bonds up to ${cutoff} Å, at most ${MOST_NEIGHBOURS} are ` +
          "expected: take a cut-off below the third shell",
        { atom: i, bonds, cutoff_A: cutoff },
      );
    const own = signaturesAround(vectors.subarray(3 * first[i], 3 * first[i + 1]), cutoff);
    structure[i] = localStructures.indexOf(classify(own));
    for (let n = 0; n < bonds; n++) {
      // A bond is met from both ends; the bond to an own image too.
      if (index[first[i] + n] >= i)
        signatures[own[n]] = (signatures[own[n]] ?? 0) + (index[first[i] + n] === i ? 0.5 : 1);
    }
  }
  return { structure, signatures };
}

/** Between the first and the second shell of fcc, of which the distances are 1 and √2. */
const MIDDLE = (1 + Math.SQRT2) / 2;
/** Reach of the search for 14 neighbours in typical distances: the third shell of fcc begins at 1.73. */
const REACH = 1.7;

/**
 * The same classes without any cut-off: each atom takes the distances of its own neighbours as the measure. For fcc, hcp
 * and icosahedral these are the 12 nearest, of mean distance d, and bonds reach to (1 + √2)/2 d; for bcc the 14 nearest,
 * of which the eight first at √3/2 a and the six next at a give a lattice constant, and bonds reach to (1 + √2)/2 a.
 * So it works under strain, at any density, and where phases meet.
 * @returns for each atom its place in `localStructures`
 * @see Stukowski, Model. Simul. Mater. Sci. Eng. 20, 045021 (2012)
 */
export function adaptiveCommonNeighbours(frame: AtomFrame): Uint8Array {
  const structure = new Uint8Array(frame.species.length);
  if (frame.species.length === 1 && !frame.periodic.some(Boolean)) return structure;
  const { first, vectors, distances } = neighboursOf(frame, REACH * typicalDistance(frame));
  for (let i = 0; i < structure.length; i++) {
    const order = Array.from({ length: first[i + 1] - first[i] }, (_, n) => first[i] + n).sort(
      (a, b) => distances[a] - distances[b],
    );
    const sorted = Float64Array.from(
      { length: 3 * order.length },
      (_, k) => vectors[3 * order[Math.floor(k / 3)] + (k % 3)],
    );
    const far = order.map((n) => distances[n]);
    structure[i] = localStructures.indexOf(closePacked(sorted, far) ?? centred(sorted, far) ?? "other");
  }
  return structure;
}

function closePacked(vectors: Float64Array, distances: readonly number[]): LocalStructure | null {
  if (distances.length < 12) return null;
  const reach = (MIDDLE * sum(distances, 0, 12)) / 12;
  // A thirteenth neighbour within reach would be a bond too.
  if (distances[11] > reach || (distances.length > 12 && distances[12] <= reach)) return null;
  return known(classify(signaturesAround(vectors.subarray(0, 36), reach)));
}

function centred(vectors: Float64Array, distances: readonly number[]): LocalStructure | null {
  if (distances.length < 14) return null;
  const edge = ((2 / Math.sqrt(3)) * sum(distances, 0, 8) + sum(distances, 8, 14)) / 14;
  const reach = MIDDLE * edge;
  if (distances[13] > reach || (distances.length > 14 && distances[14] <= reach)) return null;
  return known(classify(signaturesAround(vectors.subarray(0, 42), reach)));
}

function known(structure: LocalStructure): LocalStructure | null {
  return structure === "other" ? null : structure;
}

function sum(values: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += values[i];
  return total;
}

/**
 * Signatures of the bonds of one atom. Its surroundings alone decide: neighbours are told by where they are, so that
 * images in a small cell are different ones.
 * @param vectors to its neighbours, at most 31
 */
function signaturesAround(vectors: Float64Array, cutoff: number): string[] {
  const count = vectors.length / 3;
  const bonded = new Int32Array(count);
  const square = cutoff * cutoff;
  for (let a = 0; a < count; a++)
    for (let b = 0; b < a; b++) {
      const x = vectors[3 * a] - vectors[3 * b];
      const y = vectors[3 * a + 1] - vectors[3 * b + 1];
      const z = vectors[3 * a + 2] - vectors[3 * b + 2];
      if (x * x + y * y + z * z > square) continue;
      bonded[a] |= 1 << b;
      bonded[b] |= 1 << a;
    }
  return Array.from(bonded, (common) => {
    let bonds = 0;
    let largest = 0;
    let open = common;
    while (open !== 0) {
      // Everything that is connected with the first atom that is left.
      let group = 0;
      let growing = open & -open;
      let ends = 0;
      while (growing !== 0) {
        const atom = 31 - Math.clz32(growing & -growing);
        growing &= growing - 1;
        group |= 1 << atom;
        const next = bonded[atom] & common;
        ends += bitCount(next);
        growing |= next & ~group;
      }
      bonds += ends / 2;
      largest = Math.max(largest, ends / 2);
      open &= ~group;
    }
    return `${bitCount(common)}${bonds}${largest}`;
  });
}

function classify(signatures: readonly string[]): LocalStructure {
  const times = (name: string) => signatures.filter((own) => own === name).length;
  if (signatures.length === 12) {
    const [one, two] = [times("421"), times("422")];
    if (one === 12) return "fcc";
    if (one === 6 && two === 6) return "hcp";
    if (times("555") === 12) return "icosahedral";
  }
  if (signatures.length === 14 && times("666") === 8 && times("444") === 6) return "bcc";
  return "other";
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** Part of the atoms in each structure, over all atoms of all frames. */
export class StructureFractions {
  readonly #averages = new RatioAverages();

  /** @param structure of each atom of a frame */
  add(structure: Uint8Array): void {
    const counts = new Float64Array(localStructures.length);
    for (const kind of structure) counts[kind]++;
    this.#averages.add(counts, structure.length);
  }

  /** null without any frame. */
  result(): Record<LocalStructure, Averaged> | null {
    if (this.#averages.weight === 0) return null;
    return Object.fromEntries(
      localStructures.map((name, column) => [name, this.#averages.average(column)!]),
    ) as Record<LocalStructure, Averaged>;
  }
}
