/** Clusters taken at random out of a crystal. */
import { EcitonError, studyError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import type { RandomStream } from "../../core/random.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import type { AtomsPart } from "../study/atoms-schema.ts";
import { type Built, cluster } from "./built.ts";
import { type Ball, crystalBall } from "./crystal-ball.ts";
import type { Crystal } from "./crystals.ts";
import { displaced } from "./modify.ts";

type ExtractSpec = AtomsPart<"extract">;

/** Bonds of a cluster are up to so many times as long as the shortest of the crystal: far below second neighbours. */
const LONGEST_BOND = 1.3;
/** The moving sphere holds so many times the wanted number of every species: Ce14O28 has 19 Ce and 56 O to choose from. */
const CHOICE = 1.3;
/** Shells of neighbours are this far apart at least, Å. */
const SAME_SHELL_A = 0.05;

/**
 * Gives clusters of the wanted composition on sites of a crystal, every atom moved at random a little. Atoms must be
 * connected by bonds between neighbours (of unlike species, where the crystal has several); a cluster with outliers is
 * drawn again, and `info.tries` says how often.
 *
 * shells: a central atom, its nearest shell of neighbours whole, and the rest of each species at random from as few of
 * its further shells as hold enough. For Ce14O28 these are 8 O at 2.34 Å, 20 of the 24 O at 4.48 Å, and 13 of the 18 Ce
 * at 3.83 and 5.41 Å.
 *
 * uniform: every atom of a sphere is taken with the same probability; the centre of the sphere moves to the taken atom
 * that lies nearest to the mean of all that are taken.
 * @throws {EcitonError} "study" for a species that the crystal lacks, "not-converged" after too many tries
 * @see Cai, Ren, Gao, Nanoscale Adv. 6, 2623 (2024)
 */
export function clusterExtractor(spec: ExtractSpec, crystal: Crystal): (random: RandomStream) => Built {
  const names = Object.keys(spec.composition).filter((name) => spec.composition[name] > 0);
  for (const name of names)
    if (!crystal.species.includes(name))
      throw studyError(`atoms.extract.composition.${name}`, `the crystal has no ${name}`);
  const bonds = bondsOf(crystal, spec.bond_A);
  const balls = crystal.species.flatMap((name, i) =>
    name === spec.center ? [ballFor(spec, crystal, crystal.positions.subarray(3 * i, 3 * i + 3))] : [],
  );
  const radius = spec.radius_A ?? Math.max(...balls.map((ball) => radiusFor(spec, ball)));
  return (random) => {
    for (let tries = 1; tries <= spec.tries; tries++) {
      const ball = balls[random.nextIndex(balls.length)];
      const chosen =
        spec.strategy === "shells" ? fromShells(spec, ball, random) : fromSphere(spec, ball, radius, random);
      if (!chosen) continue;
      // By species in the order of the composition, the nearest to the centre first.
      chosen.sort((i, j) => names.indexOf(ball.species[i]) - names.indexOf(ball.species[j]) || i - j);
      const positions = Float64Array.from(
        chosen.flatMap((i) => Array.from(ball.positions.subarray(3 * i, 3 * i + 3))),
      );
      const species = chosen.map((i) => ball.species[i]);
      const built = displaced(cluster(species, positions, { tries }), spec.displacement_A, random);
      if (isConnected(built, bonds)) return built;
    }
    throw new EcitonError(
      "not-converged",
      `atoms.extract: none of ${spec.tries} clusters was connected by bonds of up to ${bonds.longest.toFixed(2)} Å; ` +
        "a larger bond_A, more tries or the other strategy makes it easier",
      { path: "atoms.extract", tries: spec.tries },
    );
  };
}

interface Bonds {
  /** Å. */
  readonly longest: number;
  /** Whether bonds join unlike species only. */
  readonly unlike: boolean;
}

function bondsOf(crystal: Crystal, given: number | undefined): Bonds {
  const unlike = new Set(crystal.species).size > 1;
  return { longest: given ?? LONGEST_BOND * shortestBetween(crystal, (a, b) => !unlike || a !== b), unlike };
}

/** Shortest distance in the crystal between atoms of two species that a test accepts, Å. */
function shortestBetween(crystal: Crystal, accept: (a: string, b: string) => boolean): number {
  const { positions, cell, periodic, species } = crystal;
  for (let cutoff = 3; ; cutoff *= 1.5) {
    const { first, index, distances } = neighbourList(positions, cell, periodic, cutoff);
    let shortest = Infinity;
    for (let i = 0; i < species.length; i++)
      for (let n = first[i]; n < first[i + 1]; n++)
        if (accept(species[i], species[index[n]])) shortest = Math.min(shortest, distances[n]);
    if (shortest < Infinity) return shortest;
  }
}

/** The smallest sphere around the centre that holds enough of every species, with some to choose from. */
function radiusFor({ composition }: ExtractSpec, { species, distances }: Ball): number {
  let radius = 0;
  for (const [name, number] of Object.entries(composition)) {
    const own = distances.filter((_, i) => species[i] === name);
    radius = Math.max(radius, own[Math.ceil(CHOICE * number) - 1] ?? 0);
  }
  return radius + SAME_SHELL_A;
}

/** A ball that surely holds enough atoms of every species for either strategy. */
function ballFor(spec: ExtractSpec, crystal: Crystal, from: ArrayLike<number>): Ball {
  const cellVolume = Math.abs(det3(crystal.cell));
  const radius = Math.max(
    ...Object.entries(spec.composition).map(([name, n]) => {
      const density = crystal.species.filter((s) => s === name).length / cellVolume;
      return Math.cbrt((3 * n) / (4 * Math.PI * density));
    }),
  );
  return crystalBall(crystal, from, 2 * radius + 6);
}

/** @returns null where the piece of crystal holds too few atoms of a species */
function fromShells(spec: ExtractSpec, ball: Ball, random: RandomStream): number[] | null {
  const left = new Map(Object.entries(spec.composition));
  const chosen = [0];
  left.set(spec.center, left.get(spec.center)! - 1);
  // The nearest neighbours of the centre, whatever they are.
  const nearest = ball.distances[1];
  const firstShell = shellOf(ball, nearest, (i) => i > 0);
  const neighbour = ball.species[1];
  const taken = random.shuffle(firstShell.filter((i) => ball.species[i] === neighbour));
  const room = left.get(neighbour) ?? 0;
  chosen.push(...taken.slice(0, room));
  left.set(neighbour, Math.max(0, room - taken.length));
  for (const [name, number] of left) {
    const candidates: number[] = [];
    let reached = name === neighbour ? nearest + SAME_SHELL_A : SAME_SHELL_A;
    while (candidates.length < number) {
      const next = ball.distances.findIndex((d, i) => ball.species[i] === name && d > reached);
      if (next < 0) return null;
      const shell = shellOf(ball, ball.distances[next], (i) => ball.species[i] === name);
      candidates.push(...shell);
      reached = ball.distances[next] + SAME_SHELL_A;
    }
    chosen.push(...random.shuffle(candidates).slice(0, number));
  }
  return chosen;
}

function shellOf(ball: Ball, distance: number, accept: (i: number) => boolean): number[] {
  const out: number[] = [];
  for (let i = 0; i < ball.distances.length; i++)
    if (Math.abs(ball.distances[i] - distance) <= SAME_SHELL_A && accept(i)) out.push(i);
  return out;
}

/** @returns null where the sphere holds no atom any more that is still wanted */
function fromSphere(
  { composition }: ExtractSpec,
  { species, positions }: Ball,
  radius: number,
  random: RandomStream,
): number[] | null {
  const names = Object.keys(composition);
  const left = Int32Array.from(names, (name) => composition[name]);
  const total = left.reduce((sum, n) => sum + n, 0);
  // Species by number in the composition; -1 for what is not wanted, or taken already.
  const kinds = Int32Array.from(species, (name) => names.indexOf(name));
  const chosen: number[] = [];
  const sums = [0, 0, 0];
  const squareTo = (i: number, x: number, y: number, z: number) =>
    (positions[3 * i] - x) ** 2 + (positions[3 * i + 1] - y) ** 2 + (positions[3 * i + 2] - z) ** 2;
  const take = (i: number) => {
    chosen.push(i);
    left[kinds[i]]--;
    kinds[i] = -1;
    for (let k = 0; k < 3; k++) sums[k] += positions[3 * i + k];
  };
  take(0);
  while (chosen.length < total) {
    const [x, y, z] = sums.map((sum) => sum / chosen.length);
    let centre = chosen[0];
    for (const i of chosen) if (squareTo(i, x, y, z) < squareTo(centre, x, y, z)) centre = i;
    const candidates: number[] = [];
    for (let i = 0; i < species.length; i++) {
      if (kinds[i] < 0 || left[kinds[i]] === 0) continue;
      const square = squareTo(i, positions[3 * centre], positions[3 * centre + 1], positions[3 * centre + 2]);
      if (square <= radius * radius) candidates.push(i);
    }
    if (candidates.length === 0) return null;
    take(candidates[random.nextIndex(candidates.length)]);
  }
  return chosen;
}

/** Whether bonds lead from the first atom to every other. */
function isConnected({ species, positions, cell, periodic }: Built, { longest, unlike }: Bonds): boolean {
  const { first, index } = neighbourList(positions, cell, periodic, longest);
  const seen = new Uint8Array(species.length);
  const open = [0];
  seen[0] = 1;
  let reached = 1;
  for (let atom = open.pop(); atom !== undefined; atom = open.pop())
    for (let n = first[atom]; n < first[atom + 1]; n++) {
      const other = index[n];
      if (seen[other] || (unlike && species[other] === species[atom])) continue;
      seen[other] = 1;
      reached++;
      open.push(other);
    }
  return reached === species.length;
}
