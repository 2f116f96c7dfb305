/** Which atom is which species: random alloys, cores and shells, two halves, ordered compounds. */
import { studyError } from "../../core/errors.ts";
import { dot } from "../../core/linalg.ts";
import type { RandomStream } from "../../core/random.ts";
import type { AtomsPart } from "../study/atoms-schema.ts";
import type { Built } from "./built.ts";
import { layersFromCentre, shortestDistances } from "./layers.ts";

type OrderingSpec = AtomsPart<"ordering">;

/** Heights along a direction that differ by less are equal, Å. */
const SAME_HEIGHT_A = 0.01;
/** An atom farther from its lattice point than this part of half a lattice constant does not belong to the lattice. */
const OFF_LATTICE = 0.25;

/**
 * The same atoms with new species, numbers exact. Where the pattern leaves a choice, it is random.
 * @throws {EcitonError} "study" at `atoms.ordering` for numbers that do not add up, or a lattice that the pattern does
 *   not exist on
 */
export function ordered(built: Built, spec: OrderingSpec, random: RandomStream): Built {
  const of = spec.of ? new Set(spec.of) : null;
  const atoms = built.species.flatMap((name, i) => (of === null || of.has(name) ? [i] : []));
  if (atoms.length === 0) throw studyError("atoms.ordering.of", `there is no ${spec.of?.join(", ")}`);
  const species = [...built.species];
  if (spec.shells) fillShells(built, spec.shells, atoms, species, random);
  else {
    const counts = countsOf(spec, atoms.length);
    let next = 0;
    const sequence = sequenceOf(built, spec, atoms, counts, random);
    for (const [name, number] of counts) for (let i = 0; i < number; i++) species[sequence[next++]] = name;
  }
  return { ...built, species };
}

/** Atoms of each species, in the order of the study. */
function countsOf({ composition }: OrderingSpec, atoms: number): [string, number][] {
  const entries = Object.entries(composition!);
  const given = entries.reduce((sum, [, n]) => sum + (n === "rest" ? 0 : n), 0);
  const hasRest = entries.some(([, n]) => n === "rest");
  if (hasRest ? given > atoms : given !== atoms)
    throw studyError(
      "atoms.ordering.composition",
      `${given} atoms are named, there are ${atoms}${hasRest ? "" : "; one species can be the rest"}`,
    );
  return entries.map(([name, n]) => [name, n === "rest" ? atoms - given : n]);
}

/** The atoms in the order in which species are given out: the first ones are of the first species. */
function sequenceOf(
  built: Built,
  { pattern, direction }: OrderingSpec,
  atoms: readonly number[],
  counts: readonly (readonly [string, number])[],
  random: RandomStream,
): readonly number[] {
  const shuffled = random.shuffle([...atoms]);
  switch (pattern) {
    case "random":
      return shuffled;
    case "core-shell": {
      const layers = layersFromCentre(built);
      return shuffled.sort((i, j) => layers[i] - layers[j]);
    }
    case "janus": {
      const along = direction ?? [0, 0, 1];
      const length = Math.hypot(...along);
      const height = (i: number) =>
        Math.round(dot(built.positions.subarray(3 * i, 3 * i + 3), along) / length / SAME_HEIGHT_A);
      return shuffled.sort((i, j) => height(i) - height(j));
    }
    case "L1_0":
    case "L1_2": {
      if (counts.length !== 2)
        throw studyError("atoms.ordering.composition", `${pattern} has two species; found ${counts.length}`);
      const points = latticePoints(built, atoms);
      const even = (t: number) => t % 2 === 0;
      if (pattern === "L1_0") {
        const axis = axisOf(direction ?? [0, 0, 1]);
        return shuffled.sort(
          (i, j) => Number(even(points[3 * j + axis])) - Number(even(points[3 * i + axis])),
        );
      }
      // One site of four, the corner of the cubic cell, belongs to the rarer species.
      const isCorner = (i: number) => Number([0, 1, 2].every((k) => even(points[3 * i + k])));
      const sign = counts[0][1] <= counts[1][1] ? 1 : -1;
      return shuffled.sort((i, j) => sign * (isCorner(j) - isCorner(i)));
    }
    default:
      return pattern satisfies never;
  }
}

function axisOf(direction: readonly number[]): number {
  const axis = direction.findIndex((x) => x !== 0);
  if (direction.some((x, k) => k !== axis && x !== 0))
    throw studyError("atoms.ordering.direction", `L1_0 needs one of the axes; found ${direction.join(", ")}`);
  return axis;
}

/** Coordinates of atoms on an fcc lattice with cubic axes, in halves of the lattice constant from the first atom. */
function latticePoints(built: Built, atoms: readonly number[]): Int32Array {
  const { positions, cell, periodic } = built;
  const nearest = shortestDistances(positions, cell, periodic).reduce((a, b) => Math.min(a, b));
  const half = nearest / Math.SQRT2;
  const points = new Int32Array(positions.length);
  const fail = (): never => {
    throw studyError(
      "atoms.ordering.pattern",
      "this order exists on an fcc lattice with its axes along x, y and z (crystal, cuboctahedron, octahedron, wulff)",
    );
  };
  if (!Number.isFinite(half)) fail();
  for (const atom of atoms) {
    let sum = 0;
    for (let k = 0; k < 3; k++) {
      const exact = (positions[3 * atom + k] - positions[3 * atoms[0] + k]) / half;
      const whole = Math.round(exact);
      if (Math.abs(exact - whole) > OFF_LATTICE) fail();
      points[3 * atom + k] = whole;
      sum += whole;
    }
    if (sum % 2 !== 0) fail();
  }
  return points;
}

/** Each entry takes the next atoms from the centre out, layer by layer, and mixes its species among them. */
function fillShells(
  built: Built,
  shells: readonly Readonly<Record<string, number>>[],
  atoms: readonly number[],
  species: string[],
  random: RandomStream,
): void {
  const total = shells.flatMap((shell) => Object.values(shell)).reduce((sum, n) => sum + n, 0);
  if (total !== atoms.length)
    throw studyError("atoms.ordering.shells", `${total} atoms are named, there are ${atoms.length}`);
  const layers = layersFromCentre(built);
  const outward = random.shuffle([...atoms]).sort((i, j) => layers[i] - layers[j]);
  let next = 0;
  for (const shell of shells) {
    const names = Object.entries(shell).flatMap(([name, n]) => new Array<string>(n).fill(name));
    for (const name of random.shuffle(names)) species[outward[next++]] = name;
  }
}
