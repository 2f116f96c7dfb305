/** Options of the mapping, under the names that they have in a study (`data.structures.mapping`). */
import { studyError } from "../../core/errors.ts";
import { norm3 } from "../../core/linalg.ts";
import { neighbourPairs, type ParentLattice } from "../../lattice/parent-lattice.ts";

/** A species told by the magnitude of the magnetic moment: Ce3+ by about one electron, Ce4+ by none. */
export interface MagneticRule {
  /** Species in the file, after renaming. */
  readonly element: string;
  /** Windows of |moment|, Bohr magnetons; a moment in no window, or in two, is ambiguous. */
  readonly states: readonly { readonly species: string; readonly moment: readonly [number, number] }[];
}

/** A species told by the formal charge that the file gives: Ni with charge 3 is Ni3+. */
export interface ChargeStateRule {
  /** Species in the file, after renaming. */
  readonly element: string;
  readonly charge: number;
  readonly species: string;
}

export interface MappingOptions {
  /** Species in the file -> species of the lattice; names that are not here stay. */
  readonly species?: Readonly<Record<string, string>>;
  /** Lattice species that stand for an absent atom; default Va and vacancy. */
  readonly vacancy?: readonly string[];
  readonly magnetic?: readonly MagneticRule[];
  readonly oxidation_states?: readonly ChargeStateRule[];
  /** Largest distance of an atom from its site, Å; default a quarter of the shortest distance between sites. */
  readonly max_displacement_A?: number;
  /** Largest change of shape: Frobenius norm of V/s - 1, V the stretch, s its isotropic part; default 0.1. */
  readonly max_strain?: number;
  /** Volume (area, length) of a parent cell may differ by this fraction, in either sense; default 0.25. */
  readonly max_volume_change?: number;
  /** Cell = supercell x parent cell up to strain and rotation, three or nine integers; default: searched for. */
  readonly supercell?: readonly number[];
  /** Charges of lattice species, e, 0 where not given; with them an accepted structure must have the total. */
  readonly charges?: Readonly<Record<string, number>>;
  readonly total_charge?: number;
  /** Atoms of the file that the lattice does not describe. */
  readonly leave_out?: {
    /** Species in the file, before renaming: adsorbates. */
    readonly species?: readonly string[];
    /** Slabs: the substrate, atoms lower than this above the lowest atom, Å. */
    readonly below_A?: number;
  };
}

export interface ResolvedOptions {
  readonly species: ReadonlyMap<string, string>;
  readonly vacancy: ReadonlySet<string>;
  readonly magnetic: readonly MagneticRule[];
  readonly chargeStates: readonly ChargeStateRule[];
  readonly maxDisplacement: number;
  readonly maxStrain: number;
  readonly maxVolumeChange: number;
  readonly supercell: readonly number[] | null;
  readonly charges: Readonly<Record<string, number>> | null;
  readonly totalCharge: number;
  readonly leaveOutSpecies: ReadonlySet<string>;
  readonly leaveOutBelow: number | null;
}

/**
 * Of the shortest distance between two sites. Relaxation around defects stays below it; the shuffles that turn one
 * crystal into another do not (hcp to fcc: 0.26 for every atom, with a shape strain of 0.125), and such a
 * structure must not pass for an ordering on the wrong lattice.
 */
const DISPLACEMENT_FRACTION = 0.25;
const DEFAULT_STRAIN = 0.1;

/**
 * Defaults filled in and checked against the lattice.
 * @throws {EcitonError} "study" for a species that no site has, a number out of range, or a rule that cannot hold
 */
export function resolveOptions(options: MappingOptions, lattice: ParentLattice): ResolvedOptions {
  const fail = (path: string, message: string): never => {
    throw studyError(`data.structures.mapping.${path}`, message);
  };
  const known = new Set(lattice.sites.flatMap((site) => site.species));
  const checkSpecies = (path: string, name: string) => {
    if (!known.has(name)) fail(path, `no site holds "${name}"; the lattice has ${[...known].join(", ")}`);
  };
  const positive = (path: string, value: number, limit: number) => {
    if (!(value > 0 && value <= limit))
      fail(path, `expected a number above 0 and up to ${limit}, found ${value}`);
    return value;
  };
  for (const [index, name] of (options.vacancy ?? []).entries()) checkSpecies(`vacancy[${index}]`, name);
  const vacancy = new Set(options.vacancy ?? ["Va", "vacancy"]);
  for (const site of lattice.sites)
    if (site.species.filter((name) => vacancy.has(name)).length > 1)
      fail("vacancy", `site "${site.name}" has two of these species, so an empty site could be either`);
  for (const [i, rule] of (options.magnetic ?? []).entries())
    for (const [j, { species, moment }] of rule.states.entries()) {
      checkSpecies(`magnetic[${i}].states[${j}].species`, species);
      if (!(moment[0] >= 0 && moment[1] > moment[0]))
        fail(`magnetic[${i}].states[${j}].moment`, `expected 0 <= low < high, found ${moment.join(", ")}`);
    }
  for (const [i, rule] of (options.oxidation_states ?? []).entries())
    checkSpecies(`oxidation_states[${i}].species`, rule.species);
  for (const { element } of options.magnetic ?? [])
    if ((options.oxidation_states ?? []).some((rule) => rule.element === element))
      fail("magnetic", `"${element}" is also under oxidation_states; only one of them can decide`);
  for (const name of Object.keys(options.charges ?? {})) checkSpecies(`charges.${name}`, name);
  if (options.leave_out?.below_A !== undefined && lattice.periodic.filter(Boolean).length !== 2)
    fail("leave_out.below_A", "only a slab, periodic in two directions, has a height");
  return {
    species: new Map(Object.entries(options.species ?? {})),
    vacancy,
    magnetic: options.magnetic ?? [],
    chargeStates: options.oxidation_states ?? [],
    // Beyond half the exchange distance an atom is nearer to a wrong site than to its own.
    maxDisplacement: positive(
      "max_displacement_A",
      options.max_displacement_A ?? DISPLACEMENT_FRACTION * shortestDistance(lattice, () => true),
      exchangeDistance(lattice, vacancy) / 2,
    ),
    maxStrain: positive("max_strain", options.max_strain ?? DEFAULT_STRAIN, 0.5),
    maxVolumeChange: positive("max_volume_change", options.max_volume_change ?? 0.25, 1),
    supercell: options.supercell ?? null,
    charges: options.charges ?? null,
    totalCharge: options.total_charge ?? 0,
    leaveOutSpecies: new Set(options.leave_out?.species ?? []),
    leaveOutBelow: options.leave_out?.below_A ?? null,
  };
}

/**
 * Shortest distance between two sites that an atom could be put on by mistake: they share a species that is not
 * a vacancy. The shortest distance of all if no two sites do.
 */
export function exchangeDistance(lattice: ParentLattice, vacancy: ReadonlySet<string>): number {
  const { sites } = lattice;
  const shared = shortestDistance(lattice, (a, b) =>
    sites[a].species.some((name) => !vacancy.has(name) && sites[b].species.includes(name)),
  );
  return Number.isFinite(shared) ? shared : shortestDistance(lattice, () => true);
}

/** Å; of a cluster of one site, which has no distances, 2 Å. Infinity if no pair counts. */
function shortestDistance(lattice: ParentLattice, counts: (a: number, b: number) => boolean): number {
  if (!lattice.periodic.some(Boolean) && lattice.sites.length === 1) return 2;
  // Every site meets its own image or, in a cluster, all others within this radius.
  const extent = [0, 1, 2].reduce((sum, k) => {
    const values = lattice.sites.map((_, s) => lattice.cartesian[3 * s + k]);
    return sum + Math.max(...values) - Math.min(...values);
  }, 0);
  const vectors = [0, 1, 2].filter((k) => lattice.periodic[k]);
  const longest = Math.max(0, ...vectors.map((k) => norm3(lattice.cell.subarray(3 * k, 3 * k + 3))));
  for (let radius = 2; ; radius *= 1.5) {
    const pairs = neighbourPairs(lattice, radius).filter(({ from, to }) => counts(from, to));
    if (pairs.length > 0) return pairs.reduce((least, { distance }) => Math.min(least, distance), radius + 1);
    if (radius > extent + longest) return Number.POSITIVE_INFINITY;
  }
}
