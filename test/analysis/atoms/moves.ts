/** Copies of atoms that are turned, shifted, renumbered and shaken. */

import { type Mat3, mul3 } from "../../../src/core/linalg.ts";
import type { RandomStream } from "../../../src/core/random.ts";
import { randomRotation } from "../../rotations.ts";
import type { Molecule } from "./molecules.ts";

export function rotated(positions: Float64Array, rotation: Mat3): Float64Array {
  const out = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const column = mul3(rotation, [positions[i], 0, 0, positions[i + 1], 0, 0, positions[i + 2], 0, 0]);
    for (let k = 0; k < 3; k++) out[i + k] = column[3 * k];
  }
  return out;
}

/** Turned, shifted and renumbered at random; each atom moved by up to `noise`, evenly in a ball. */
export function moved({ species, positions }: Molecule, random: RandomStream, noise = 0): Molecule {
  const turned = rotated(positions, randomRotation(random));
  const shift = [0, 0, 0].map(() => 20 * random.nextFloat() - 10);
  const order = random.shuffle(species.map((_, i) => i));
  const out = new Float64Array(positions.length);
  order.forEach((from, to) => {
    const step = inBall(random, noise);
    for (let k = 0; k < 3; k++) out[3 * to + k] = turned[3 * from + k] + shift[k] + step[k];
  });
  return { species: order.map((from) => species[from]), positions: out };
}

function inBall(random: RandomStream, radius: number): number[] {
  for (;;) {
    const step = [0, 0, 0].map(() => 2 * random.nextFloat() - 1);
    if (Math.hypot(...step) <= 1) return step.map((x) => radius * x);
  }
}
