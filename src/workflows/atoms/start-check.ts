/** Starts from which no dynamics can come: atoms that overlap. */
import { typicalDistance } from "../../analysis/atoms/frame.ts";
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import type { Particles } from "../../dynamics/md/particles.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";

/** Atoms closer than this part of the usual distance of neighbours overlap, if they push each other away. */
const CLOSE = 0.6;
/** Push times distance from which two atoms count as pushing, eV: bonds near their length are far below. */
const PUSH_EV = 1;
/** No overlap comes with less, eV/Å. */
const WEAK_FORCE = 0.1;

/**
 * @param particles atoms of the structure with the forces of the start
 * @param timeStep fs
 * @param longest that an atom may move in one step, Å
 * @throws {EcitonError} "data" naming two atoms that overlap
 */
export function checkOverlaps(
  structure: Structure,
  particles: Particles,
  timeStep: number,
  longest: number,
): void {
  const { forces, inertia, moving } = particles;
  const sizeOf = (atom: number) => Math.hypot(...forces.subarray(3 * atom, 3 * atom + 3));
  let strongest = 0;
  let farthest = 0;
  let first = -1;
  for (const atom of moving) {
    const force = sizeOf(atom);
    strongest = Math.max(strongest, force);
    const move = (force / inertia[atom]) * (timeStep ** 2 / 2);
    if (move > farthest) {
      farthest = move;
      first = atom;
    }
  }
  if (strongest < WEAK_FORCE) return;
  const reach = CLOSE * typicalDistance(structure);
  const pair = pushingPair(structure, particles, reach);
  if (pair !== null) throw overlap(structure, pair.atoms, pair.distance, pair.push);
  if (farthest <= longest) return;
  const { name, species } = structure;
  throw new EcitonError(
    "data",
    `${name}: the force on atom ${first + 1} (${species[first]}), ${short(sizeOf(first))} eV/Å, would move it by ` +
      `${short(farthest)} Å in the first time step: relax the structure first (eciton relax), or shorten dynamics.time_step_fs`,
    { atom: first + 1, force_eV_per_A: sizeOf(first) },
  );
}

/** The two atoms within `reach` of each other that push hardest, weighed by their distance; null where none do. */
function pushingPair({ cell, periodic }: Structure, particles: Particles, reach: number) {
  const { positions, forces } = particles;
  const { first, index, vectors, distances } = neighbourList(positions, cell, periodic, reach, "half");
  let found: { atoms: readonly [number, number]; distance: number; push: number } | null = null;
  for (let i = 0; i + 1 < first.length; i++)
    for (let n = first[i]; n < first[i + 1]; n++) {
      const j = index[n];
      let along = 0;
      for (let k = 0; k < 3; k++) along += (forces[3 * j + k] - forces[3 * i + k]) * vectors[3 * n + k];
      const distance = distances[n];
      if (along / 2 < PUSH_EV || (found && along / 2 < found.push * found.distance)) continue;
      found = { atoms: [i, j], distance, push: along / 2 / distance };
    }
  return found;
}

function overlap(
  { name, species, source }: Structure,
  [i, j]: readonly [number, number],
  distance: number,
  push: number,
): EcitonError {
  return new EcitonError(
    "data",
    `${name}: atoms ${i + 1} (${species[i]}) and ${j + 1} (${species[j]}) overlap: they are ${short(distance)} Å apart and ` +
      `push each other with ${short(push)} eV/Å; relax the structure first (eciton relax)`,
    { file: source.file, atoms: [i + 1, j + 1], distance_A: distance },
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
