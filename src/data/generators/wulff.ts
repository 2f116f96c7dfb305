/** Clusters in the equilibrium shape of a crystal: Wulff's construction. */
import { type EcitonError, studyError } from "../../core/errors.ts";
import { det3, inv3, norm3, rowTimes } from "../../core/linalg.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import type { AtomsPart } from "../study/atoms-schema.ts";
import { type Built, cluster, keepAtoms } from "./built.ts";
import { type Ball, crystalBall } from "./crystal-ball.ts";
import type { Crystal } from "./crystals.ts";
import { shortestDistances } from "./layers.ts";
import { millerOf } from "./slab.ts";

/** Closed shapes on either side of the wanted number that are looked at for each centre. */
const NEAR = 3;
/** Relative difference below which two atoms lie in the same shell of the shape. */
const SAME = 1e-6;
/** How often the piece of crystal is doubled before the faces are taken to enclose nothing. */
const MOST_DOUBLINGS = 3;

/**
 * All atoms r with max_f (n_f · r / γ_f) up to some value, for faces f with unit normal n_f and energy γ_f around an
 * atom or a hole of the crystal: the closed shape whose number of atoms is nearest to the wanted one. Atoms with fewer
 * than a quarter of the bulk's neighbours are left out.
 * @throws {EcitonError} "study" at `atoms.wulff` for a crystal from a file, or faces that enclose no finite shape
 * @see Wulff, Z. Kristallogr. 34, 449 (1901)
 */
export function wulffCluster(spec: AtomsPart<"wulff">, crystal: Crystal): Built {
  const normals = facesOf(spec, crystal);
  if (!encloses(normals)) throw unbounded();
  const perAtom = Math.abs(det3(crystal.cell)) / crystal.species.length;
  let best: Built | null = null;
  const wrong = (built: Built) => Math.abs(built.species.length - spec.atoms);
  for (const centre of centresOf(crystal)) {
    const from = rowTimes(centre, crystal.conventional);
    for (const shape of shapesNear(crystal, from, normals, spec.atoms, perAtom)) {
      const built = withoutLoose(shape, crystal);
      if (!best || wrong(built) < wrong(best)) best = built;
    }
  }
  return cluster(best!.species, best!.positions, { wanted_atoms: spec.atoms });
}

/** Where shapes are centred, in fractions of the conventional cell: points of the highest symmetry. */
function centresOf({ structure }: Crystal): readonly (readonly number[])[] {
  switch (structure) {
    case "hcp":
      return [
        [1 / 3, 2 / 3, 1 / 4],
        [0, 0, 0],
      ];
    case "bcc":
      return [[0, 0, 0]];
    case "diamond":
      return [
        [0, 0, 0],
        [1 / 8, 1 / 8, 1 / 8],
      ];
    default:
      return [
        [0, 0, 0],
        [1 / 2, 1 / 2, 1 / 2],
      ];
  }
}

/** Normals of all faces, each divided by its energy. */
function facesOf({ surfaces }: AtomsPart<"wulff">, crystal: Crystal): Float64Array {
  const inverse = inv3(crystal.conventional);
  const out: number[] = [];
  surfaces.forEach(({ miller, energy }, i) => {
    const indices = millerOf(miller, crystal, `atoms.wulff.surfaces[${i}].miller`);
    for (const [h, k, l] of equivalents(indices, crystal.structure === "hcp")) {
      const normal = [0, 3, 6].map((row) => h * inverse[row] + k * inverse[row + 1] + l * inverse[row + 2]);
      const scale = 1 / (norm3(normal) * energy);
      out.push(...normal.map((t) => t * scale));
    }
  });
  return Float64Array.from(out);
}

/** Planes of one family: by the Laue group m-3m, or 6/mmm of hexagonal cells. */
function equivalents([h, k, l]: readonly number[], hexagonal: boolean): number[][] {
  const found = new Map<string, number[]>();
  const add = (indices: number[]) => {
    for (const sign of [1, -1]) {
      const own = indices.map((t) => sign * t + 0);
      found.set(own.join(), own);
    }
  };
  const permutations = ([a, b, c]: readonly number[]) => [
    [a, b, c],
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ];
  if (hexagonal)
    for (const [p, q] of permutations([h, k, -h - k])) for (const s of [1, -1]) add([p, q, s * l]);
  else
    for (const [p, q, r] of permutations([h, k, l]))
      for (const s of [1, -1]) for (const t of [1, -1]) add([p, s * q, t * r]);
  return [...found.values()];
}

/** Closed shapes around a centre with numbers of atoms around the wanted one. */
function shapesNear(
  crystal: Crystal,
  from: ArrayLike<number>,
  normals: Float64Array,
  wanted: number,
  perAtom: number,
): Ball[] {
  let radius = 1.5 * Math.cbrt((3 * wanted * perAtom) / (4 * Math.PI)) + 3 * Math.cbrt(perAtom);
  for (let doubling = 0; doubling <= MOST_DOUBLINGS; doubling++, radius *= 2) {
    const ball = crystalBall(crystal, from, radius);
    const size = sizes(ball, normals);
    const order = Array.from(size.keys()).sort((i, j) => size[i] - size[j]);
    // After each of these many atoms, in order of size, a shape is closed.
    const closed: number[] = [];
    for (let n = 1; n < order.length; n++)
      if (size[order[n]] > size[order[n - 1]] * (1 + SAME) + 1e-12) closed.push(n);
    const at = closed.findIndex((n) => n >= wanted);
    if (at < 0) continue;
    const near = closed.slice(Math.max(0, at - NEAR), at + NEAR);
    const largest = near.at(-1)!;
    const outermost = order.slice(0, largest).reduce((max, i) => Math.max(max, ball.distances[i]), 0);
    // Beyond the ball there may be atoms that belong to the shape.
    if (outermost > radius - 2 * Math.cbrt(perAtom)) continue;
    return near.map((n) => {
      const kept = order.slice(0, n).sort((i, j) => i - j);
      return {
        species: kept.map((i) => ball.species[i]),
        positions: Float64Array.from(
          kept.flatMap((i) => Array.from(ball.positions.subarray(3 * i, 3 * i + 3))),
        ),
        distances: Float64Array.from(kept, (i) => ball.distances[i]),
      };
    });
  }
  throw unbounded();
}

/** Whether faces, of which each has its opposite, enclose a finite shape: their normals lie in no one plane. */
function encloses(normals: Float64Array): boolean {
  const longest = normals.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  const at = (f: number) => normals.subarray(f, f + 3);
  for (let f = 0; f < normals.length; f += 3)
    for (let g = 0; g < f; g += 3)
      for (let h = 0; h < g; h += 3)
        if (Math.abs(det3([...at(f), ...at(g), ...at(h)])) > SAME * longest ** 3) return true;
  return false;
}

function unbounded(): EcitonError {
  return studyError("atoms.wulff.surfaces", "these faces enclose no finite shape; name more families");
}

/** max_f n_f · r / γ_f of each atom. */
function sizes({ positions }: Ball, normals: Float64Array): Float64Array {
  const out = new Float64Array(positions.length / 3);
  for (let i = 0; i < out.length; i++) {
    let most = 0;
    for (let f = 0; f < normals.length; f += 3) {
      const along =
        normals[f] * positions[3 * i] +
        normals[f + 1] * positions[3 * i + 1] +
        normals[f + 2] * positions[3 * i + 2];
      if (along > most) most = along;
    }
    out[i] = most;
  }
  return out;
}

/** Without atoms that stick out, again and again until none does. */
function withoutLoose({ species, positions }: Ball, crystal: Crystal): Built {
  const shortest = shortestDistances(crystal.positions, crystal.cell, crystal.periodic).reduce((a, b) =>
    Math.min(a, b),
  );
  const cutoff = 1.1 * shortest;
  const bulk = neighbourList(crystal.positions, crystal.cell, crystal.periodic, cutoff);
  const fewest = Math.max(...crystal.species.map((_, i) => bulk.first[i + 1] - bulk.first[i])) / 4;
  let built = cluster(species, positions);
  for (;;) {
    const { first } = neighbourList(built.positions, built.cell, built.periodic, cutoff);
    const bonded = (i: number) => first[i + 1] - first[i] >= fewest;
    if (built.species.length === 1 || built.species.every((_, i) => bonded(i))) return built;
    const kept = keepAtoms(built, bonded);
    if (kept.species.length === 0) return built;
    built = kept;
  }
}
