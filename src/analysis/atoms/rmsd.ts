/** How far atoms are from a reference: as they are, superposed, and with like atoms exchanged. */
import { EcitonError } from "../../core/errors.ts";
import type { Mat3 } from "../../core/linalg.ts";
import { solveAssignment } from "../../data/mapping/assignment.ts";
import { checkAtoms } from "./frame.ts";
import { centred, correlationOf, rotationFromCorrelation, rotationOfQuaternion } from "./superposition.ts";

/**
 * sqrt(Σ_v |r_v − r_v⁰|² / N) without any superposition: drift and rotation of the whole count.
 * @param reference,positions Float64Array(3N), Å, not wrapped by any cell
 * @returns Å
 * @see eq. 13 of the SANN paper
 */
export function rmsd(reference: Float64Array, positions: Float64Array): number {
  checkLengths(reference, positions);
  let sum = 0;
  for (let i = 0; i < reference.length; i++) sum += (positions[i] - reference[i]) ** 2;
  return Math.sqrt((3 * sum) / reference.length);
}

export interface Superposition {
  /** Å. */
  readonly rmsd: number;
  /** x' = R x about the mean of the positions brings them to the reference, about its mean; row-major, proper. */
  readonly rotation: Mat3;
  /** Atom i is compared with atom image[i] of the reference. */
  readonly image: Int32Array;
}

/**
 * Smallest root mean square distance over all shifts and proper rotations; the mirror image of a chiral cluster does not
 * become the same.
 */
export function superposedRmsd(reference: Float64Array, positions: Float64Array): Superposition {
  checkLengths(reference, positions);
  const image = Int32Array.from({ length: reference.length / 3 }, (_, i) => i);
  return superpose(centred(positions), centred(reference), image);
}

const MOST_PASSES = 50;
/** Orientations that are looked at; neighbouring ones are about 20 degrees apart. */
const STARTS = 1000;
/** Of these, the best that are brought to where the nearest atoms pull them; and of those again, followed to the end. */
const PULLED = 20;
const FOLLOWED = 3;

/**
 * Smallest root mean square distance found over shifts, proper rotations and exchanges of atoms of one species.
 *
 * Best rotation for a given assignment and best assignment for a given rotation alternate; neither can raise the
 * distance, so that they end, but maybe in a local minimum. Hence the starts: as the atoms are numbered, and evenly
 * spread orientations, sorted by the distances to the nearest atoms of a species, which for the best of them also pull
 * the rotation. The result is an upper limit; for distances well below those of neighbours, it is the smallest.
 * @param species of the reference and of the atoms: each may be numbered in its own way
 * @throws {EcitonError} "data" where the two do not have the same composition
 * @see Kuhn, Nav. Res. Logist. Q. 2, 83 (1955) for the assignment, Horn (1987) for the rotation
 */
export function matchedRmsd(
  reference: { readonly positions: Float64Array; readonly species: readonly string[] },
  atoms: { readonly positions: Float64Array; readonly species: readonly string[] },
): Superposition {
  checkLengths(reference.positions, atoms.positions);
  checkAtoms(reference.positions, reference.species);
  checkAtoms(atoms.positions, atoms.species);
  const groups = likeAtoms(reference.species, atoms.species);
  const from = centred(atoms.positions);
  const to = centred(reference.positions);
  const starts = Array.from({ length: STARTS }, (_, i): Start => {
    const rotation = evenRotation(i, STARTS);
    return { rotation, ...nearestAtoms(from, to, rotation, groups) };
  });
  const pulled = best(starts, PULLED).map((start) => pull(from, to, start, groups));
  let nearest: Superposition | null = null;
  const asNumbered = Int32Array.from({ length: atoms.species.length }, (_, i) => i);
  const first = atoms.species.every((name, i) => name === reference.species[i])
    ? [superpose(from, to, asNumbered).rotation]
    : [];
  for (const start of [...first, ...best(pulled, FOLLOWED).map(({ rotation }) => rotation)]) {
    const found = alternate(from, to, start, groups);
    if (nearest === null || found.rmsd < nearest.rmsd) nearest = found;
  }
  return nearest!;
}

interface Start {
  readonly rotation: Mat3;
  /** The nearest atom of each, and the sum of the squared distances to them. */
  readonly image: Int32Array;
  readonly squares: number;
}

function best(starts: readonly Start[], count: number): Start[] {
  return [...starts].sort((a, b) => a.squares - b.squares).slice(0, count);
}

/** Turned towards the nearest atoms as long as that brings them nearer. */
function pull(from: Float64Array, to: Float64Array, start: Start, groups: readonly LikeAtoms[]): Start {
  let now = start;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const rotation = rotationFromCorrelation(correlationOf(from, to, now.image));
    const next = { rotation, ...nearestAtoms(from, to, rotation, groups) };
    if (next.squares >= now.squares * (1 - 1e-6)) break;
    now = next;
  }
  return now;
}

/** Atoms of one species: here, and in the reference. */
interface LikeAtoms {
  readonly own: readonly number[];
  readonly reference: readonly number[];
}

function likeAtoms(reference: readonly string[], own: readonly string[]): LikeAtoms[] {
  const names = [...new Set([...reference, ...own])];
  const members = (species: readonly string[], name: string) =>
    species.flatMap((other, i) => (other === name ? [i] : []));
  return names.map((name) => {
    const group = { own: members(own, name), reference: members(reference, name) };
    if (group.own.length !== group.reference.length)
      throw new EcitonError(
        "data",
        `RMSD: expected as many ${name} atoms as in the reference, ${group.reference.length}; found ${group.own.length}`,
        { species: name },
      );
    return group;
  });
}

function alternate(
  from: Float64Array,
  to: Float64Array,
  start: Mat3,
  groups: readonly LikeAtoms[],
): Superposition {
  let best = superpose(from, to, assign(from, to, start, groups));
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const next = superpose(from, to, assign(from, to, best.rotation, groups));
    if (next.rmsd >= best.rmsd * (1 - 1e-12)) return best;
    best = next;
  }
  return best;
}

/** The best rotation for a given assignment. @param from,to about their means */
function superpose(from: Float64Array, to: Float64Array, image: Int32Array): Superposition {
  const rotation = rotationFromCorrelation(correlationOf(from, to, image));
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum += squareTo(turnedAtom(from, i, rotation), to, image[i]);
  return { rmsd: Math.sqrt(sum / image.length), rotation, image };
}

/** The one-to-one assignment of like atoms with the smallest sum of squares. */
function assign(
  from: Float64Array,
  to: Float64Array,
  rotation: Mat3,
  groups: readonly LikeAtoms[],
): Int32Array {
  const image = new Int32Array(from.length / 3);
  for (const { own, reference } of groups) {
    const count = own.length;
    const cost = new Float64Array(count * count);
    own.forEach((i, row) => {
      const place = turnedAtom(from, i, rotation);
      reference.forEach((j, column) => {
        cost[row * count + column] = squareTo(place, to, j);
      });
    });
    const columns = solveAssignment(cost, count, count)!;
    own.forEach((i, row) => {
      image[i] = reference[columns[row]];
    });
  }
  return image;
}

/** For each atom the nearest like one, which may be nearest to several. */
function nearestAtoms(
  from: Float64Array,
  to: Float64Array,
  rotation: Mat3,
  groups: readonly LikeAtoms[],
): { image: Int32Array; squares: number } {
  const image = new Int32Array(from.length / 3);
  let squares = 0;
  for (const { own, reference } of groups)
    for (const i of own) {
      const place = turnedAtom(from, i, rotation);
      let nearest = Number.POSITIVE_INFINITY;
      for (const j of reference) {
        const square = squareTo(place, to, j);
        if (square >= nearest) continue;
        nearest = square;
        image[i] = j;
      }
      squares += nearest;
    }
  return { image, squares };
}

function turnedAtom(positions: Float64Array, i: number, m: Mat3): [number, number, number] {
  const x = positions[3 * i];
  const y = positions[3 * i + 1];
  const z = positions[3 * i + 2];
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z];
}

function squareTo(place: readonly number[], positions: Float64Array, i: number): number {
  const x = place[0] - positions[3 * i];
  const y = place[1] - positions[3 * i + 1];
  const z = place[2] - positions[3 * i + 2];
  return x * x + y * y + z * z;
}

/**
 * Evenly spread rotations: unit quaternions on a spiral.
 * @see Alexa, Super-Fibonacci spirals: fast, low-discrepancy sampling of SO(3), CVPR 2022, 8281
 */
function evenRotation(i: number, count: number): Mat3 {
  const s = i + 0.5;
  const [inner, outer] = [Math.sqrt(s / count), Math.sqrt(1 - s / count)];
  const [alpha, beta] = [(2 * Math.PI * s) / Math.SQRT2, (2 * Math.PI * s) / 1.5337511687552043];
  return rotationOfQuaternion([
    inner * Math.sin(alpha),
    inner * Math.cos(alpha),
    outer * Math.sin(beta),
    outer * Math.cos(beta),
  ]);
}

function checkLengths(reference: Float64Array, positions: Float64Array): void {
  if (reference.length === positions.length && reference.length > 0) return;
  throw new EcitonError(
    "data",
    `RMSD: expected as many atoms as in the reference, ${reference.length / 3}; found ${positions.length / 3}`,
  );
}
