/** Clusters of atoms at random places, with bounds of their distances. */
import { EcitonError, studyError } from "../../core/errors.ts";
import type { RandomStream } from "../../core/random.ts";
import { covalentRadius } from "../element-data.ts";
import type { AtomsPart } from "../study/atoms-schema.ts";
import { type Built, cluster } from "./built.ts";

/** Of the sum of two covalent radii: what is closer, and farther, than atoms usually are when bonded. */
const CLOSEST = 0.8;
const FARTHEST = 1.25;
/** Room for each atom in units of its sphere's share of a close packing: loose enough for random placing to end. */
const ROOM = 1.5;
const MOST_TRIES_FOR_AN_ATOM = 20_000;
const MOST_STARTS = 50;

/**
 * Atoms are put down one after the other, in an order that mixes the species, each at a uniformly random point of the
 * shape where it is no closer to any other than the lower bound and no farther from one of them than the upper bound.
 * So the cluster holds together. If an atom finds no place, all is begun anew. Searches for minima begin with such clusters,
 * whose distances lie within boundaries from below and above.
 * @throws {EcitonError} "study" for a species without a known radius where a bound needs one; "not-converged" where the
 *   atoms do not fit
 */
export function randomCluster(spec: AtomsPart<"random">, random: RandomStream): Built {
  const names = Object.keys(spec.composition).filter((name) => spec.composition[name] > 0);
  const kinds = names.flatMap((name, kind) => new Array<number>(spec.composition[name]).fill(kind));
  const limits = limitsOf(spec, names);
  const atoms = kinds.length;
  const volume = kinds.reduce((sum, kind) => sum + limits.volume[kind], 0);
  const radius = spec.within === "sphere" ? Math.cbrt((3 * volume) / (4 * Math.PI)) : Math.cbrt(volume) / 2;
  for (let start = 1; start <= MOST_STARTS; start++) {
    const order = random.shuffle(Int32Array.from(kinds));
    const placed = place(order, limits, radius, spec.within, random);
    if (!placed) continue;
    const sorted = Array.from(order, (kind, i) => ({ kind, i })).sort((p, q) => p.kind - q.kind || p.i - q.i);
    const positions = Float64Array.from(
      sorted.flatMap(({ i }) => Array.from(placed.subarray(3 * i, 3 * i + 3))),
    );
    return cluster(
      sorted.map(({ kind }) => names[kind]),
      positions,
      { starts: start },
    );
  }
  throw new EcitonError(
    "not-converged",
    `atoms.random: ${atoms} atoms found no place in a ${spec.within} of ${volume.toFixed(1)} Å³ in ${MOST_STARTS} attempts; ` +
      "a larger volume_A3, a smaller min_A or a larger max_A makes it easier",
    { path: "atoms.random", atoms, volume_A3: volume },
  );
}

interface Limits {
  readonly kinds: number;
  /** Å, kinds × kinds. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Å³ for an atom of each kind. */
  readonly volume: Float64Array;
}

function limitsOf(spec: AtomsPart<"random">, names: readonly string[]): Limits {
  const { min_A, max_A, volume_A3 } = spec;
  const radii = names.map((name) => {
    const radius = covalentRadius(name);
    if (radius === null && (min_A === undefined || max_A === undefined || volume_A3 === undefined))
      throw studyError(
        "atoms.random",
        `no covalent radius is known for ${name}; give min_A, max_A and volume_A3`,
      );
    return radius ?? 0;
  });
  const n = names.length;
  const pair = (given: number | undefined, factor: number) =>
    Float64Array.from(
      { length: n * n },
      (_, k) => given ?? factor * (radii[Math.floor(k / n)] + radii[k % n]),
    );
  const min = pair(min_A, CLOSEST);
  const max = pair(max_A, FARTHEST);
  if (max.some((x, k) => x <= min[k]))
    throw studyError(
      "atoms.random",
      `the upper bound, ${Math.min(...max).toFixed(2)} Å, has to be above the lower one, ${Math.max(...min).toFixed(2)} Å; give both`,
    );
  const volume = Float64Array.from(radii, (r) => volume_A3 ?? (ROOM * (2 * r) ** 3) / Math.SQRT2);
  return { kinds: n, min, max, volume };
}

/** @returns positions around the middle of the shape; null where an atom finds no place */
function place(
  order: Int32Array,
  { kinds, min, max }: Limits,
  radius: number,
  within: "sphere" | "cube",
  random: RandomStream,
): Float64Array | null {
  const positions = new Float64Array(3 * order.length);
  for (let atom = 0; atom < order.length; atom++) {
    let tries = 0;
    for (;;) {
      if (++tries > MOST_TRIES_FOR_AN_ATOM) return null;
      const x = radius * (2 * random.nextFloat() - 1);
      const y = radius * (2 * random.nextFloat() - 1);
      const z = radius * (2 * random.nextFloat() - 1);
      if (within === "sphere" && x * x + y * y + z * z > radius * radius) continue;
      let bonded = atom === 0;
      let free = true;
      for (let other = 0; other < atom && free; other++) {
        const dx = x - positions[3 * other];
        const dy = y - positions[3 * other + 1];
        const dz = z - positions[3 * other + 2];
        const distance2 = dx * dx + dy * dy + dz * dz;
        const pair = kinds * order[atom] + order[other];
        if (distance2 < min[pair] * min[pair]) free = false;
        else if (distance2 <= max[pair] * max[pair]) bonded = true;
      }
      if (!free || !bonded) continue;
      positions[3 * atom] = x;
      positions[3 * atom + 1] = y;
      positions[3 * atom + 2] = z;
      break;
    }
  }
  return positions;
}
