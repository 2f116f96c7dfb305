/** Point group of a molecule or cluster whose atoms are a little off their symmetric places. */
import { EcitonError } from "../../core/errors.ts";
import { type Mat3, norm3 } from "../../core/linalg.ts";
import { checkAtoms } from "./frame.ts";
import { linearGroup } from "./point-group-linear.ts";
import {
  nameGroup,
  nameOperation,
  type PointGroupOperation,
  type PointGroupResult,
} from "./point-group-name.ts";
import { centroid, correlationOf, rotationFromCorrelation } from "./superposition.ts";
import { type Candidate, type Candidates, candidateOperations } from "./symmetry-candidates.ts";

/** Å; relaxed structures are far better, snapshots of dynamics far worse. */
const POINT_GROUP_TOLERANCE_A = 0.1;

const MOST_AVERAGES = 50;

/**
 * Point group of atoms that are all within `tolerance` of a structure that has it exactly.
 *
 * Isometries that bring each atom within 2 tolerance of one of its species are collected: a structure within tolerance
 * of a symmetric one has all operations of it among them. From the best to the worst each joins the group if what they
 * generate together is among them too, and if the average of the structure over the generated group is within
 * tolerance of the structure. So the result is a group in every case, its matrices are exact (to about 1e-12: they are
 * fitted to the average), and atoms displaced by up to half the tolerance never hide a group.
 * @param positions Float64Array(3N), Å, not wrapped by any cell
 * @param species only atoms of one name are exchanged
 * @param tolerance Å, at most a quarter of the shortest distance between two atoms of a species
 * @throws {EcitonError} "data" for no atoms, positions that are not finite, or a tolerance too large for the atoms
 */
export function pointGroup(
  positions: Float64Array,
  species: readonly string[],
  tolerance: number = POINT_GROUP_TOLERANCE_A,
): PointGroupResult {
  checkAtoms(positions, species);
  checkTolerance(positions, species, tolerance);
  const centre = centroid(positions);
  const about = positions.map((x, i) => x - centre[i % 3]);
  const linear = linearGroup(about, species, tolerance);
  if (linear !== null) return { ...linear, centre };
  const candidates = candidateOperations(about, species, 2 * tolerance);
  const { members, deviation } = largestGroup(about, candidates, tolerance);
  const operations = members.map(
    ({ matrix, image }): PointGroupOperation => ({ ...nameOperation(matrix), matrix, image }),
  );
  return {
    name: nameGroup(members.map(({ matrix }) => matrix)),
    order: members.length,
    operations,
    centre,
    deviation,
  };
}

function checkTolerance(positions: Float64Array, species: readonly string[], tolerance: number): void {
  let shortest = Number.POSITIVE_INFINITY;
  let pair: [number, number] = [0, 0];
  for (let i = 0; i < species.length; i++)
    for (let j = 0; j < i; j++) {
      const away = Math.hypot(
        positions[3 * i] - positions[3 * j],
        positions[3 * i + 1] - positions[3 * j + 1],
        positions[3 * i + 2] - positions[3 * j + 2],
      );
      if (away < shortest && species[i] === species[j]) {
        shortest = away;
        pair = [j, i];
      }
    }
  if (tolerance > 0 && 4 * tolerance <= shortest) return;
  throw new EcitonError(
    "data",
    `point group: expected a tolerance above zero and up to a quarter of the shortest distance between atoms of a ` +
      `species, ${shortest} Å between ${species[pair[0]]} atoms ${pair[0] + 1} and ${pair[1] + 1}; found ${tolerance} Å`,
    { tolerance_A: tolerance, distance_A: shortest, atoms: pair },
  );
}

interface FittedGroup {
  readonly members: readonly { readonly matrix: Mat3; readonly image: Int32Array }[];
  readonly deviation: number;
}

function largestGroup(positions: Float64Array, candidates: Candidates, tolerance: number): FittedGroup {
  const { operations } = candidates;
  const count = positions.length / 3;
  const identity = operations.findIndex(
    ({ image, handed }) => handed === 1 && image.every((j, i) => j === i),
  );
  const byDeviation = operations
    .map((_, index) => index)
    .filter((index) => index !== identity)
    .sort((a, b) => operations[a].deviation - operations[b].deviation);
  const product = productTable(candidates);
  let inside = new Set([identity]);
  let generators: number[] = [];
  let best: FittedGroup = {
    members: [
      { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], image: Int32Array.from({ length: count }, (_, i) => i) },
    ],
    deviation: 0,
  };
  for (const index of byDeviation) {
    if (inside.has(index)) continue;
    const larger = generate(identity, [...generators, index], product);
    if (larger === null) continue;
    const fitted = fitGroup(
      positions,
      [...larger].map((k) => operations[k]),
    );
    if (fitted === null || fitted.deviation > tolerance) continue;
    inside = larger;
    generators = [...generators, index];
    best = fitted;
  }
  return best;
}

/** Index of "first b, then a", undefined where that is no candidate. */
type Product = (a: number, b: number) => number | undefined;

function productTable({ operations, find, frame }: Candidates): Product {
  return (a, b) => {
    const one = operations[a];
    const two = operations[b];
    const found = find(
      one.image[two.image[frame[0]]],
      one.image[two.image[frame[1]]],
      (one.handed * two.handed) as 1 | -1,
    );
    // The frame decides where an exact operation takes the other atoms, but not where an inexact one does.
    if (found === undefined || !operations[found].image.every((j, i) => j === one.image[two.image[i]]))
      return undefined;
    return found;
  };
}

/** All products of the generators, null if one of them is no candidate. */
function generate(identity: number, generators: readonly number[], product: Product): Set<number> | null {
  const members = new Set([identity]);
  const open = [identity];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const generator of generators) {
      const made = product(generator, next);
      if (made === undefined) return null;
      if (members.has(made)) continue;
      members.add(made);
      open.push(made);
    }
  return members;
}

/**
 * The structure averaged over the group, its exact matrices, and its distance from the atoms. Matrices fitted to
 * inexact atoms give an average that is not quite symmetric, but more so than before: repeating that converges.
 */
function fitGroup(positions: Float64Array, members: readonly Candidate[]): FittedGroup | null {
  let average = positions;
  for (let pass = 0; pass < MOST_AVERAGES; pass++) {
    const matrices = members.map(({ image, handed }) =>
      rotationFromCorrelation(correlationOf(average, average, image), handed),
    );
    const next = new Float64Array(positions.length);
    members.forEach(({ image }, k) => {
      const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = matrices[k];
      for (let i = 0; i < image.length; i++) {
        const x = average[3 * image[i]];
        const y = average[3 * image[i] + 1];
        const z = average[3 * image[i] + 2];
        // Back by the transposed matrix.
        next[3 * i] += (xx * x + yx * y + zx * z) / members.length;
        next[3 * i + 1] += (xy * x + yy * y + zy * z) / members.length;
        next[3 * i + 2] += (xz * x + yz * y + zz * z) / members.length;
      }
    });
    const change = farthest(next, average);
    const size = farthest(next, new Float64Array(next.length));
    average = next;
    if (change < 1e-13 * size * members.length)
      return {
        members: members.map(({ image }, k) => ({ matrix: matrices[k], image })),
        deviation: farthest(average, positions),
      };
  }
  return null;
}

function farthest(a: Float64Array, b: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i += 3)
    most = Math.max(most, norm3([a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]]));
  return most;
}
