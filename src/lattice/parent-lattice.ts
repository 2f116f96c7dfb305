/** The ideal lattice that configurations live on: a cell, its sites, and who may sit where. */
import { EcitonError } from "../core/errors.ts";
import { det3, faceSpacings, inv3, rowTimes, type Vec3 } from "../core/linalg.ts";

export interface LatticeSite {
  /** Unique name of the site in the parent cell, for example "O1". */
  readonly name: string;
  /**
   * Species allowed here. The first is the background: indicator functions count the others. A site with one
   * species is a spectator: it counts for symmetry and never changes.
   */
  readonly species: readonly string[];
  /** Sites of one kind (all oxygen sites, say) share shells: "2N" counts distances between two kinds. */
  readonly kind: string;
  /** Layer or group name; symmetry never maps a site to another layer. Empty where layers mean nothing. */
  readonly layer: string;
  /** Short label of a species on this site, for example V -> "VO1"; default is species + "@" + name. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ParentLattice {
  /** Lattice vectors as rows, Å. Along a non-periodic direction the vector is only a box for pictures. */
  readonly cell: Float64Array; // 9
  readonly periodic: readonly [boolean, boolean, boolean];
  readonly sites: readonly LatticeSite[];
  /** Fractional coordinates, wrapped into the cell along periodic directions. */
  readonly fractional: Float64Array; // 3 * sites
  readonly cartesian: Float64Array; // 3 * sites, Å
}

export interface SiteInput {
  readonly name: string;
  readonly position: readonly [number, number, number];
  readonly species: readonly string[];
  readonly kind?: string;
  readonly layer?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface LatticeInput {
  readonly cell: ArrayLike<number>;
  readonly periodic?: readonly [boolean, boolean, boolean];
  readonly coordinates: "fractional" | "cartesian";
  readonly sites: readonly SiteInput[];
}

/** Sites closer than this are a mistake in the input, Å. */
const TOO_CLOSE_A = 0.05;

/**
 * Builds and checks a parent lattice.
 * @throws {EcitonError} "study" for a cell without volume, no site, a repeated name or species, or two sites
 *   at the same place; details.path is the path below `lattice`
 */
export function createParentLattice(input: LatticeInput): ParentLattice {
  const fail = (path: string, message: string): never => {
    throw new EcitonError("study", `lattice.${path}: ${message}`, { path: `lattice.${path}` });
  };
  const cell = Float64Array.from(input.cell);
  if (cell.length !== 9 || !cell.every(Number.isFinite))
    fail("cell_A", "expected three vectors of three numbers");
  if (Math.abs(det3(cell)) < 1e-8) fail("cell_A", "the three vectors have no volume");
  const periodic = input.periodic ?? ([true, true, true] as const);
  if (input.sites.length === 0) fail("sites", "a lattice needs at least one site");
  const inverse = inv3(cell);
  const fractional = new Float64Array(3 * input.sites.length);
  const cartesian = new Float64Array(3 * input.sites.length);
  const names = new Map<string, number>();
  const sites = input.sites.map((site, index): LatticeSite => {
    const path = `sites[${index}]`;
    const earlier = names.get(site.name);
    if (earlier !== undefined) fail(`${path}.name`, `"${site.name}" is also the name of sites[${earlier}]`);
    names.set(site.name, index);
    if (site.species.length === 0) fail(`${path}.species`, "expected at least one species");
    if (new Set(site.species).size !== site.species.length)
      fail(`${path}.species`, "a species is listed twice");
    for (const species of Object.keys(site.labels ?? {}))
      if (!site.species.includes(species))
        fail(`${path}.labels.${species}`, `not allowed here; this site holds ${site.species.join(", ")}`);
    if (site.position.length !== 3 || !site.position.every(Number.isFinite))
      fail(`${path}.position`, `expected three numbers, found ${site.position.join(", ")}`);
    const f: Vec3 =
      input.coordinates === "fractional" ? ([...site.position] as Vec3) : rowTimes(site.position, inverse);
    for (let k = 0; k < 3; k++) if (periodic[k]) f[k] = wrapFraction(f[k]);
    fractional.set(f, 3 * index);
    cartesian.set(rowTimes(f, cell), 3 * index);
    return {
      name: site.name,
      species: [...site.species],
      kind: site.kind ?? site.species.join("/"),
      layer: site.layer ?? "",
      labels: { ...site.labels },
    };
  });
  const lattice: ParentLattice = { cell, periodic, sites, fractional, cartesian };
  for (const pair of neighbourPairs(lattice, TOO_CLOSE_A))
    fail(`sites[${pair.to}]`, `"${sites[pair.to].name}" stands where "${sites[pair.from].name}" is`);
  return lattice;
}

/** A fraction in [0, 1), with values a rounding error below 1 taken as 0. */
function wrapFraction(x: number): number {
  const wrapped = x - Math.floor(x);
  return wrapped > 1 - 1e-9 ? 0 : wrapped;
}

/** Sites that can change, as indices. */
export function activeSites(lattice: ParentLattice): number[] {
  return lattice.sites.flatMap((site, index) => (site.species.length > 1 ? [index] : []));
}

/** Label of a species on a site: the study's own, or species@site. */
export function occupantLabel(site: LatticeSite, species: string): string {
  return site.labels[species] ?? `${species}@${site.name}`;
}

export interface NeighbourPair {
  readonly from: number;
  readonly to: number;
  /** Parent cell of `to`; `from` stands in cell 0. */
  readonly cell: Vec3;
  readonly distance: number;
}

/**
 * Every ordered pair of distinct sites no farther apart than the cut-off, `from` in the home cell.
 * @param cutoff Å; distances up to and including it count (see DISTANCE_TOLERANCE_A)
 * @param among indices of the sites to look at; default all
 */
export function neighbourPairs(
  lattice: ParentLattice,
  cutoff: number,
  among: readonly number[] = lattice.sites.map((_, i) => i),
): NeighbourPair[] {
  const { cell, cartesian, fractional, periodic } = lattice;
  const limit = cutoff + DISTANCE_TOLERANCE_A;
  const reach = faceSpacings(cell).map((spacing) => limit / spacing);
  const pairs: NeighbourPair[] = [];
  for (const from of among)
    for (const to of among) {
      // Planes of cells farther off than the cut-off are skipped; rounding must not lose one at the edge.
      const first: Vec3 = [0, 0, 0];
      const last: Vec3 = [0, 0, 0];
      for (let k = 0; k < 3; k++) {
        if (!periodic[k]) continue;
        const apart = fractional[3 * to + k] - fractional[3 * from + k];
        first[k] = Math.ceil(-reach[k] - apart - 1e-9);
        last[k] = Math.floor(reach[k] - apart + 1e-9);
      }
      const dx = cartesian[3 * to] - cartesian[3 * from];
      const dy = cartesian[3 * to + 1] - cartesian[3 * from + 1];
      const dz = cartesian[3 * to + 2] - cartesian[3 * from + 2];
      for (let u = first[0]; u <= last[0]; u++)
        for (let v = first[1]; v <= last[1]; v++)
          for (let w = first[2]; w <= last[2]; w++) {
            if (from === to && u === 0 && v === 0 && w === 0) continue;
            const distance = Math.hypot(
              dx + u * cell[0] + v * cell[3] + w * cell[6],
              dy + u * cell[1] + v * cell[4] + w * cell[7],
              dz + u * cell[2] + v * cell[5] + w * cell[8],
            );
            if (distance <= limit) pairs.push({ from, to, cell: [u, v, w], distance });
          }
    }
  return pairs;
}

/** Two distances closer than this are one shell, Å: far above rounding, far below any two real shells. */
export const DISTANCE_TOLERANCE_A = 1e-4;
