/**
 * The least bound atoms leave their places for others on the surface. Each is set down along a random line towards the
 * centre (clusters) or across the slab, where it comes within the usual distance of the first atom; of some such places
 * that of the lowest energy is taken, before anything is relaxed.
 * @see Wales, Doye, J. Phys. Chem. A 101, 5111 (1997), whose angular moves of the least bound atoms these extend;
 *   Shao, Cheng, Cai, J. Comput. Chem. 25, 1693 (2004) for the choice of the best vacant place
 */
import type { RandomStream } from "../../core/random.ts";
import { nearestImage } from "./distances.ts";
import { centreOf, type MoveSubject, randomDirection } from "./move-subject.ts";

/** Places that an atom is tried at. */
const TRIALS = 12;
/** Largest share of the atoms that move together. */
const MOST_MOVED = 0.15;

export function moveSurfaceAtoms(subject: MoveSubject, random: RandomStream): void {
  const { atoms, mobile } = subject;
  const most = Math.max(1, Math.floor(MOST_MOVED * mobile.length));
  const count = 1 + random.nextIndex(most);
  const weakest = leastBound(subject);
  // Of twice as many candidates, so that the same minimum gives many trials.
  const chosen = random.shuffle(weakest.slice(0, Math.min(weakest.length, 2 * count))).slice(0, count);
  const placer = new Placer(subject);
  const present = new Uint8Array(atoms.species.length).fill(1);
  for (const i of chosen) present[i] = 0;
  for (const i of chosen) {
    placer.place(i, present, random);
    present[i] = 1;
  }
}

/** Mobile atoms, the least bound first; each is held against the mean of its species. */
function leastBound({ atoms, mobile, energies }: MoveSubject): number[] {
  const means = new Map<string, { sum: number; count: number }>();
  for (const i of mobile) {
    const mean = means.get(atoms.species[i]) ?? { sum: 0, count: 0 };
    mean.sum += energies[i];
    mean.count++;
    means.set(atoms.species[i], mean);
  }
  const excess = (i: number) => {
    const { sum, count } = means.get(atoms.species[i])!;
    return energies[i] - sum / count;
  };
  return Array.from(mobile).sort((a, b) => excess(b) - excess(a) || a - b);
}

/** Finds places on the surface of what is present. */
class Placer {
  readonly #subject: MoveSubject;
  readonly #along: readonly Float64Array[];
  readonly #image: ((v: Float64Array) => void) | null;
  readonly #centre: Float64Array;
  readonly #side: Float64Array | null;

  constructor(subject: MoveSubject) {
    const { atoms, mobile } = subject;
    const { periodic, cell, fixed, positions } = atoms;
    this.#subject = subject;
    this.#along = orthonormal([0, 1, 2].filter((k) => periodic[k]).map((k) => cell.slice(3 * k, 3 * k + 3)));
    this.#image = this.#along.length > 0 ? nearestImage(cell, periodic) : null;
    this.#centre = centreOf(positions, mobile);
    const held = fixed ? Array.from(fixed.keys()).filter((i) => fixed[i] === 1) : [];
    // Fixed atoms are those below: new places are looked for on the other side.
    this.#side = held.length > 0 && this.#along.length > 0 ? this.#centre.slice() : null;
    if (this.#side) {
      const below = centreOf(positions, held);
      for (let c = 0; c < 3; c++) this.#side[c] -= below[c];
    }
  }

  place(i: number, present: Uint8Array, random: RandomStream): void {
    const { positions } = this.#subject.atoms;
    const best = new Float64Array(3);
    let lowest = Number.POSITIVE_INFINITY;
    for (let trial = 0; trial < TRIALS; trial++) {
      const spot = this.#spot(present, random);
      positions.set(spot, 3 * i);
      const energy = this.#subject.energyNow();
      if (energy >= lowest) continue;
      lowest = energy;
      best.set(spot);
    }
    positions.set(best, 3 * i);
  }

  /** Where a line from outside first comes within the usual distance of an atom. */
  #spot(present: Uint8Array, random: RandomStream): Float64Array {
    const { atoms, spacing, mobile } = this.#subject;
    for (;;) {
      const out = randomDirection(random);
      removeParts(out, this.#along);
      const length = Math.hypot(out[0], out[1], out[2]);
      const sign = this.#side && out.reduce((sum, x, c) => sum + x * this.#side![c], 0) < 0 ? -1 : 1;
      for (let c = 0; c < 3; c++) out[c] *= sign / length;
      const base = this.#base(mobile[random.nextIndex(mobile.length)], random);
      const height = firstContact(atoms.positions, present, base, out, spacing, this.#image);
      if (height === null) continue;
      for (let c = 0; c < 3; c++) base[c] += height * out[c];
      return base;
    }
  }

  /** A point that the line goes through: the centre, in periodic directions somewhere near an atom. */
  #base(near: number, random: RandomStream): Float64Array {
    const { atoms, spacing } = this.#subject;
    const base = this.#centre.slice();
    for (const direction of this.#along) {
      let shift = spacing * (2 * random.nextFloat() - 1);
      for (let c = 0; c < 3; c++) shift += direction[c] * (atoms.positions[3 * near + c] - this.#centre[c]);
      for (let c = 0; c < 3; c++) base[c] += shift * direction[c];
    }
    return base;
  }
}

/** Height above `base` along `out` at which a point first touches a sphere of radius `reach` about an atom; null: never. */
function firstContact(
  positions: Float64Array,
  present: Uint8Array,
  base: Float64Array,
  out: Float64Array,
  reach: number,
  image: ((v: Float64Array) => void) | null,
): number | null {
  let highest: number | null = null;
  const p = new Float64Array(3);
  for (let j = 0; j < present.length; j++) {
    if (present[j] === 0) continue;
    for (let c = 0; c < 3; c++) p[c] = positions[3 * j + c] - base[c];
    image?.(p);
    const along = p[0] * out[0] + p[1] * out[1] + p[2] * out[2];
    const across2 = p[0] * p[0] + p[1] * p[1] + p[2] * p[2] - along * along;
    if (across2 > reach * reach) continue;
    const height = along + Math.sqrt(reach * reach - across2);
    if (highest === null || height > highest) highest = height;
  }
  return highest;
}

/** Gram-Schmidt. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const v = vector.slice();
    removeParts(v, basis);
    const length = Math.hypot(v[0], v[1], v[2]);
    basis.push(v.map((x) => x / length));
  }
  return basis;
}

/** Takes what lies along the unit vectors out of `v`, in place. */
function removeParts(v: Float64Array, basis: readonly Float64Array[]): void {
  for (const b of basis) {
    const along = v[0] * b[0] + v[1] * b[1] + v[2] * b[2];
    for (let c = 0; c < 3; c++) v[c] -= along * b[c];
  }
}
