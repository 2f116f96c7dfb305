/** From a trial structure to a minimum that may be kept, or to the reason why there is none. */

import type { Calculator } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { relax } from "../minimise/relax.ts";
import type { RelaxResult, RelaxSettings } from "../minimise/relax-settings.ts";
import type { MovingAtoms } from "../moving-atoms.ts";
import { connectedParts, nearestImage, neighbourSpacing, numPairs, pairDistances } from "./distances.ts";
import { centreOf } from "./move-subject.ts";

/** "evaporated": in parts although they were pulled together; "failed": the energy model refused the atoms. */
export type Refusal = "evaporated" | "collapsed" | "outside" | "failed";

export interface Quench {
  /** eV; null where the result is refused. */
  readonly energy: number | null;
  readonly refused: Refusal | null;
  /** Of the last relaxation; null if the energy model failed. */
  readonly ended: RelaxResult["ended"] | null;
  readonly evaluations: number;
  /** How often parts of a broken cluster were pulled together and relaxed again. */
  readonly pulls: number;
  /** Distance between neighbours in the result, Å. */
  readonly spacing: number;
}

export interface QuenchPlan {
  readonly relax: RelaxSettings;
  readonly container: number | null;
  readonly minDistance: number;
}

/** Atoms are joined up to so many times the usual distance between neighbours: second neighbours of a crystal are at 1.41. */
const LINK = 1.5;
const MOST_PULLS = 3;

/**
 * Relaxes the atoms in place. A structure without periodic directions that falls apart is pulled together and relaxed
 * again: each part moves as it is towards the largest until they are neighbours.
 * @throws {EcitonError} whatever is no fault of these atoms: everything but "data"
 */
export function quench(calculator: Calculator, atoms: MovingAtoms, plan: QuenchPlan): Quench {
  const count = atoms.species.length;
  const pairs = new Float64Array(numPairs(count));
  const bound = !atoms.periodic.some(Boolean) && count > 1;
  let evaluations = 0;
  let spacing = 0;
  for (let pulls = 0; ; pulls++) {
    let result: RelaxResult;
    try {
      result = relax(calculator, atoms, plan.relax);
    } catch (error) {
      if (!(error instanceof EcitonError) || error.code !== "data") throw error;
      return { energy: null, refused: "failed", ended: null, evaluations, pulls, spacing };
    }
    evaluations += result.evaluations;
    const { ended } = result;
    const refuse = (refused: Refusal): Quench => ({
      energy: null,
      refused,
      ended,
      evaluations,
      pulls,
      spacing,
    });
    pairDistances(atoms.positions, atoms.cell, atoms.periodic, pairs);
    if (pairs.some((d) => d < plan.minDistance)) return refuse("collapsed");
    spacing = count > 1 ? neighbourSpacing(pairs, count) : 1;
    if (bound) {
      const parts = connectedParts(pairs, count, LINK * spacing);
      if (parts.some((part) => part > 0)) {
        if (pulls === MOST_PULLS) return refuse("evaporated");
        pullTogether(atoms.positions, parts, spacing);
        continue;
      }
    }
    if (plan.container !== null && farthest(atoms) > plan.container) return refuse("outside");
    return { energy: result.energy, refused: null, ended, evaluations, pulls, spacing };
  }
}

/** Each part, the largest aside, moves along the line to the nearest atom of the largest part until they are `spacing` apart. */
function pullTogether(positions: Float64Array, parts: Int32Array, spacing: number): void {
  const members = Array.from({ length: Math.max(...parts) + 1 }, (_, part) =>
    Array.from(parts.keys()).filter((i) => parts[i] === part),
  );
  const largest = members.reduce((a, b) => (b.length > a.length ? b : a));
  for (const part of members) {
    if (part === largest) continue;
    let nearest = Number.POSITIVE_INFINITY;
    const way = new Float64Array(3);
    for (const i of part)
      for (const j of largest) {
        const d = [0, 1, 2].map((c) => positions[3 * j + c] - positions[3 * i + c]);
        const length = Math.hypot(d[0], d[1], d[2]);
        if (length >= nearest) continue;
        nearest = length;
        way.set(d);
      }
    for (const i of part)
      for (let c = 0; c < 3; c++) positions[3 * i + c] += way[c] * (1 - spacing / nearest);
  }
}

/** Largest distance of an atom from the centre, to the nearest image in periodic directions, Å. */
function farthest({ positions, cell, periodic, species }: MovingAtoms): number {
  const centre = centreOf(positions, Array.from(species.keys()));
  const image = periodic.some(Boolean) ? nearestImage(cell, periodic) : null;
  const v = new Float64Array(3);
  let most = 0;
  for (let i = 0; i < species.length; i++) {
    for (let c = 0; c < 3; c++) v[c] = positions[3 * i + c] - centre[c];
    image?.(v);
    most = Math.max(most, Math.hypot(v[0], v[1], v[2]));
  }
  return most;
}
