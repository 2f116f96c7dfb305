/** Sections `atoms` as text, and plain measurements of what they make. */
import { parse } from "yaml";
import { createAtoms } from "../../../src/data/generators/create-atoms.ts";
import type { Structure } from "../../../src/data/structure.ts";
import type { AtomsSpec } from "../../../src/data/study/atoms-schema.ts";
import { studySchema } from "../../../src/data/study/schema.ts";

const schema = studySchema();

/** @param section YAML of the section, in braces */
export function spec(section: string): AtomsSpec {
  return schema.parse({ name: "a", atoms: parse(section) }).atoms!;
}

export function atoms(section: string, index = 0, seed = 1): Structure {
  return createAtoms(spec(section), { seed, index });
}

export function count(structure: Structure, name: string): number {
  return structure.species.filter((s) => s === name).length;
}

/** Vectors to all others, images included: every cell within `images` of the own one. Å. */
export function neighbours(structure: Structure, atom: number, cutoff: number, images = 3): number[] {
  const { positions, cell, periodic } = structure;
  const found: number[] = [];
  const range = periodic.map((is) => (is ? images : 0));
  for (let j = 0; j < positions.length / 3; j++)
    for (let u = -range[0]; u <= range[0]; u++)
      for (let v = -range[1]; v <= range[1]; v++)
        for (let w = -range[2]; w <= range[2]; w++) {
          if (j === atom && u === 0 && v === 0 && w === 0) continue;
          const d = [0, 1, 2].map(
            (k) =>
              positions[3 * j + k] -
              positions[3 * atom + k] +
              u * cell[k] +
              v * cell[3 + k] +
              w * cell[6 + k],
          );
          if (Math.hypot(...d) <= cutoff) found.push(j);
        }
  return found;
}

export function coordination(structure: Structure, cutoff: number): number[] {
  return structure.species.map((_, i) => neighbours(structure, i, cutoff).length);
}

/** Shortest distance between two atoms of a cluster, Å. */
export function shortest({ positions }: Structure): number {
  let least = Infinity;
  for (let i = 0; i < positions.length; i += 3)
    for (let j = 0; j < i; j += 3)
      least = Math.min(least, Math.hypot(...[0, 1, 2].map((k) => positions[i + k] - positions[j + k])));
  return least;
}

/** Largest distance of a turned atom to the nearest one of the same species: 0 for an operation of the point group. */
export function misfit({ positions, species }: Structure, matrix: readonly number[]): number {
  let worst = 0;
  for (let i = 0; i < species.length; i++) {
    const turned = [0, 1, 2].map(
      (r) =>
        matrix[3 * r] * positions[3 * i] +
        matrix[3 * r + 1] * positions[3 * i + 1] +
        matrix[3 * r + 2] * positions[3 * i + 2],
    );
    let nearest = Infinity;
    for (let j = 0; j < species.length; j++)
      if (species[j] === species[i])
        nearest = Math.min(nearest, Math.hypot(...turned.map((x, k) => x - positions[3 * j + k])));
    worst = Math.max(worst, nearest);
  }
  return worst;
}

/** Rotation by an angle about an axis (Rodrigues), row-major. */
export function rotation(axis: readonly number[], angle: number): number[] {
  const length = Math.hypot(...axis);
  const [x, y, z] = axis.map((t) => t / length);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const t = 1 - c;
  return [
    t * x * x + c,
    t * x * y - s * z,
    t * x * z + s * y,
    t * x * y + s * z,
    t * y * y + c,
    t * y * z - s * x,
    t * x * z - s * y,
    t * y * z + s * x,
    t * z * z + c,
  ];
}

/** Operations that generate the full cubic group m-3m with axes along x, y and z. */
export const cubicGenerators: readonly number[][] = [
  [0, -1, 0, 1, 0, 0, 0, 0, 1],
  [0, 0, 1, 1, 0, 0, 0, 1, 0],
  [-1, 0, 0, 0, -1, 0, 0, 0, -1],
];
export const inversion = [-1, 0, 0, 0, -1, 0, 0, 0, -1];
