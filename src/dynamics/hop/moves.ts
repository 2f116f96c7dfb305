/** The moves that make a trial structure of a minimum. Each changes positions in place. */
import type { RandomStream } from "../../core/random.ts";
import { nearestImage } from "./distances.ts";
import type { MoveKind } from "./hop-settings.ts";
import { centreOf, type MoveSubject, randomDirection } from "./move-subject.ts";
import { moveSurfaceAtoms } from "./surface-move.ts";

/** @throws {EcitonError} "data" from the energy model */
export function makeMove(kind: MoveKind, subject: MoveSubject, random: RandomStream): void {
  moves[kind](subject, random);
}

type Move = (subject: MoveSubject, random: RandomStream) => void;

const moves: Readonly<Record<MoveKind, Move>> = {
  displace: (subject, random) => {
    for (const i of subject.mobile) displaceAtom(i, subject, random);
  },
  displace_some: displaceSome,
  exchange: exchangeSpecies,
  surface: moveSurfaceAtoms,
  twist,
};

/** To anywhere in a cube of half edge `step` about where it was (Wales and Doye 1997). */
function displaceAtom(i: number, { atoms, step }: MoveSubject, random: RandomStream): void {
  for (let c = 0; c < 3; c++) atoms.positions[3 * i + c] += step * (2 * random.nextFloat() - 1);
}

/** An atom and some of those nearest to it: from one atom to half of them. */
function displaceSome(subject: MoveSubject, random: RandomStream): void {
  const { mobile } = subject;
  const { positions, cell, periodic } = subject.atoms;
  const centre = mobile[random.nextIndex(mobile.length)];
  const count = 1 + random.nextIndex(Math.max(1, Math.floor(mobile.length / 2)));
  const image = periodic.some(Boolean) ? nearestImage(cell, periodic) : null;
  const v = new Float64Array(3);
  const near = Array.from(mobile, (i) => {
    for (let c = 0; c < 3; c++) v[c] = positions[3 * i + c] - positions[3 * centre + c];
    image?.(v);
    return { i, distance: Math.hypot(v[0], v[1], v[2]) };
  }).sort((a, b) => a.distance - b.distance || a.i - b.i);
  for (const { i } of near.slice(0, count)) displaceAtom(i, subject, random);
}

/** Two atoms of different species change places; every such pair is as likely. */
function exchangeSpecies({ atoms, mobile }: MoveSubject, random: RandomStream): void {
  const { positions, species } = atoms;
  for (;;) {
    const i = mobile[random.nextIndex(mobile.length)];
    const j = mobile[random.nextIndex(mobile.length)];
    if (species[i] === species[j]) continue;
    for (let c = 0; c < 3; c++) {
      const held = positions[3 * i + c];
      positions[3 * i + c] = positions[3 * j + c];
      positions[3 * j + c] = held;
    }
    return;
  }
}

/** Smallest part of a cluster that is turned against the rest. */
const SMALLEST_PART = 0.2;

/** A cut by a plane of any direction; what lies beyond turns by any angle about the plane's normal through the centre. */
function twist({ atoms, mobile }: MoveSubject, random: RandomStream): void {
  const { positions } = atoms;
  const axis = randomDirection(random);
  const centre = centreOf(positions, mobile);
  const heights = Array.from(mobile, (i) => ({
    i,
    height: [0, 1, 2].reduce((sum, c) => sum + axis[c] * (positions[3 * i + c] - centre[c]), 0),
  })).sort((a, b) => b.height - a.height || a.i - b.i);
  const least = Math.max(1, Math.ceil(SMALLEST_PART * mobile.length));
  const most = Math.max(least, Math.floor(mobile.length / 2));
  const count = least + random.nextIndex(most - least + 1);
  const angle = 2 * Math.PI * random.nextFloat();
  for (const { i } of heights.slice(0, count)) turn(positions, i, centre, axis, angle);
}

/** Rodrigues' formula. */
function turn(
  positions: Float64Array,
  i: number,
  centre: Float64Array,
  axis: Float64Array,
  angle: number,
): void {
  const [x, y, z] = [0, 1, 2].map((c) => positions[3 * i + c] - centre[c]);
  const [u, v, w] = axis;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const along = (u * x + v * y + w * z) * (1 - cos);
  positions[3 * i] = centre[0] + cos * x + sin * (v * z - w * y) + along * u;
  positions[3 * i + 1] = centre[1] + cos * y + sin * (w * x - u * z) + along * v;
  positions[3 * i + 2] = centre[2] + cos * z + sin * (u * y - v * x) + along * w;
}
