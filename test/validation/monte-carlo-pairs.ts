/**
 * Pair models on small periodic cells, enumerated by code that shares nothing with the project: positions and pairs are
 * found by distance here, states are counted up one by one, and every mean is a sum over all of them.
 */
export interface PlainSite {
  /** Name of the site in the parent cell, also its layer. */
  readonly name: string;
  /** Sites of one kind exchange species and count distances together. */
  readonly kind: string;
  readonly position: readonly [number, number, number];
  /** The first is background. */
  readonly species: readonly string[];
}

export interface PlainModel {
  /** In-plane lattice vectors, Å. */
  readonly vectors: readonly [readonly [number, number], readonly [number, number]];
  readonly sites: readonly PlainSite[];
  /** eV of a species on a site of that name (or kind). */
  readonly points: readonly { readonly site: string; readonly species: string; readonly energy: number }[];
  /** eV of two species at the n-th distance between two kinds; sites restrict it further where given. */
  readonly pairs: readonly {
    readonly sites: readonly [string, string];
    readonly species: readonly [string, string];
    readonly shell: number;
    readonly energy: number;
  }[];
}

/** Two sites of the cell, once for each way of joining them across the boundaries. */
interface Bond {
  readonly i: number;
  readonly j: number;
  readonly shell: number;
}

export interface PlainState {
  readonly energy: number;
  /** Species of each site by name. */
  readonly held: readonly string[];
}

export class PlainCell {
  /** Name and kind of every site. */
  readonly sites: readonly PlainSite[];
  readonly cells: number;
  readonly #model: PlainModel;
  readonly #bonds: readonly Bond[];
  readonly #byShell = new Map<number, Bond[]>();

  constructor(model: PlainModel, repetitions: readonly [number, number], reach: number) {
    this.#model = model;
    this.cells = repetitions[0] * repetitions[1];
    const [a, b] = model.vectors;
    const at = (site: PlainSite, m: number, n: number) => [
      site.position[0] + m * a[0] + n * b[0],
      site.position[1] + m * a[1] + n * b[1],
      site.position[2],
    ];
    const sites: (PlainSite & { m: number; n: number })[] = [];
    for (const site of model.sites)
      for (let m = 0; m < repetitions[0]; m++)
        for (let n = 0; n < repetitions[1]; n++) sites.push({ ...site, m, n });
    this.sites = sites;
    // Shells: all different distances between two kinds in the infinite lattice.
    const far = 8;
    const distance = (p: readonly number[], q: readonly number[]) =>
      Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
    const shells = new Map<string, number[]>();
    for (const one of model.sites)
      for (const other of model.sites) {
        const key = [one.kind, other.kind].sort().join();
        const known = shells.get(key) ?? [];
        for (let m = -far; m <= far; m++)
          for (let n = -far; n <= far; n++) {
            const d = distance(at(one, 0, 0), at(other, m, n));
            if (d > 1e-6 && d <= reach && !known.some((x) => Math.abs(x - d) < 1e-3)) known.push(d);
          }
        shells.set(key, known);
      }
    for (const known of shells.values()) known.sort((x, y) => x - y);
    const bonds: Bond[] = [];
    sites.forEach((one, i) => {
      sites.forEach((other, j) => {
        if (j < i) return;
        for (let m = -far; m <= far; m++)
          for (let n = -far; n <= far; n++) {
            const d = distance(
              at(one, one.m, one.n),
              at(other, other.m + m * repetitions[0], other.n + n * repetitions[1]),
            );
            if (d < 1e-6 || d > reach) continue;
            // A site and its own image: +v and -v are the same bond.
            if (i === j && (m < 0 || (m === 0 && n < 0))) continue;
            const known = shells.get([one.kind, other.kind].sort().join())!;
            bonds.push({ i, j, shell: 1 + known.findIndex((x) => Math.abs(x - d) < 1e-3) });
          }
      });
    });
    this.#bonds = bonds;
    for (const bond of bonds) this.#byShell.set(bond.shell, [...(this.#byShell.get(bond.shell) ?? []), bond]);
  }

  energy(held: readonly string[]): number {
    let energy = 0;
    const is = (i: number, where: string, species: string) =>
      held[i] === species && (this.sites[i].name === where || this.sites[i].kind === where);
    for (const { site, species, energy: value } of this.#model.points)
      for (let i = 0; i < held.length; i++) if (is(i, site, species)) energy += value;
    for (const { i, j, shell } of this.#bonds)
      for (const pair of this.#model.pairs) {
        if (pair.shell !== shell) continue;
        const [s, t] = pair.sites;
        const [p, q] = pair.species;
        if ((is(i, s, p) && is(j, t, q)) || (is(i, t, q) && is(j, s, p))) energy += pair.energy;
      }
    return energy;
  }

  /** Number of bonds of a shell with the two species on sites of that name or kind. */
  countPairs(
    held: readonly string[],
    sites: readonly [string, string],
    species: readonly [string, string],
    shell: number,
  ): number {
    const is = (i: number, where: string, s: string) =>
      (s === "*" || held[i] === s) && (this.sites[i].name === where || this.sites[i].kind === where);
    let count = 0;
    for (const bond of this.#byShell.get(shell) ?? [])
      if (
        (is(bond.i, sites[0], species[0]) && is(bond.j, sites[1], species[1])) ||
        (is(bond.i, sites[1], species[1]) && is(bond.j, sites[0], species[0]))
      )
        count++;
    return count;
  }

  /** All states that `keep` accepts by the number of each species. */
  states(keep: (counts: ReadonlyMap<string, number>) => boolean): PlainState[] {
    const held = this.sites.map(({ species }) => species[0]);
    const digits = this.sites.map(() => 0);
    const counts = new Map<string, number>();
    const add = (species: string, change: number) => counts.set(species, (counts.get(species) ?? 0) + change);
    for (const species of held) add(species, 1);
    const found: PlainState[] = [];
    for (;;) {
      if (keep(counts)) found.push({ held: [...held], energy: this.energy(held) });
      let at = 0;
      for (; at < held.length; at++) {
        const { species } = this.sites[at];
        add(held[at], -1);
        digits[at] = (digits[at] + 1) % species.length;
        held[at] = species[digits[at]];
        add(held[at], 1);
        if (digits[at] > 0) break;
      }
      if (at === held.length) return found;
    }
  }
}

/** ⟨f⟩ over states with weights e^lnWeight; f as one number for each state. */
export class PlainMeans {
  readonly #weights: Float64Array;
  readonly lnZ: number;

  constructor(lnWeights: Float64Array) {
    const top = lnWeights.reduce((a, x) => Math.max(a, x), Number.NEGATIVE_INFINITY);
    const weights = lnWeights.map((x) => Math.exp(x - top));
    const sum = weights.reduce((a, x) => a + x, 0);
    this.#weights = weights.map((w) => w / sum);
    this.lnZ = top + Math.log(sum);
  }

  mean(values: Float64Array): number {
    return values.reduce((sum, value, i) => sum + this.#weights[i] * value, 0);
  }

  variance(values: Float64Array): number {
    const mean = this.mean(values);
    return this.mean(values.map((value) => (value - mean) ** 2));
  }
}

/** One number for each state, computed when it is asked for first. */
export class StateTable {
  readonly states: readonly PlainState[];
  readonly #columns = new Map<string, Float64Array>();

  constructor(states: readonly PlainState[]) {
    this.states = states;
  }

  column(name: string, of: (state: PlainState) => number): Float64Array {
    const known = this.#columns.get(name) ?? Float64Array.from(this.states, of);
    this.#columns.set(name, known);
    return known;
  }
}

/** Number of sites that hold a species; of one name of sites where that is given. */
export function countHeld(
  cell: PlainCell,
  { held }: Pick<PlainState, "held">,
  species: string,
  site?: string,
): number {
  return held.reduce(
    (sum, s, i) => sum + (s === species && (site === undefined || cell.sites[i].name === site) ? 1 : 0),
    0,
  );
}

const L = 15.45 / 4;
const d = (L * Math.SQRT2) / Math.sqrt(3);
const t = L / (2 * Math.sqrt(3));

/** CeO2(111) with the interactions of configs/ceria-111-published.yaml, written down anew. */
export const plainCeria: PlainModel = {
  vectors: [
    [L, 0],
    [L / 2, (L * Math.sqrt(3)) / 2],
  ],
  sites: [
    { name: "O1", kind: "O", position: [-L / 2, -t, d / 4], species: ["O", "V"] },
    { name: "Ce1", kind: "Ce", position: [0, 0, 0], species: ["Ce4+", "Ce3+"] },
    { name: "O2", kind: "O", position: [-L / 2, t, -d / 4], species: ["O", "V"] },
    { name: "O3", kind: "O", position: [0, 0, (-3 * d) / 4], species: ["O", "V"] },
    { name: "Ce2", kind: "Ce", position: [-L / 2, t, -d], species: ["Ce4+", "Ce3+"] },
  ],
  points: [
    { site: "O1", species: "V", energy: 0.4 },
    { site: "O2", species: "V", energy: 0.22 },
    { site: "O3", species: "V", energy: 0.43 },
    { site: "Ce1", species: "Ce3+", energy: 0.82 },
    { site: "Ce2", species: "Ce3+", energy: 1.03 },
  ],
  pairs: [
    { sites: ["O1", "O2"], species: ["V", "V"], shell: 1, energy: 0.28 },
    { sites: ["O2", "O3"], species: ["V", "V"], shell: 1, energy: 0.19 },
    { sites: ["O2", "O3"], species: ["V", "V"], shell: 5, energy: -0.16 },
    { sites: ["Ce1", "Ce1"], species: ["Ce3+", "Ce3+"], shell: 1, energy: 0.13 },
    { sites: ["Ce2", "Ce2"], species: ["Ce3+", "Ce3+"], shell: 1, energy: 0.06 },
    { sites: ["O2", "Ce1"], species: ["V", "Ce3+"], shell: 2, energy: -0.1 },
    { sites: ["O3", "Ce2"], species: ["V", "Ce3+"], shell: 2, energy: -0.08 },
    { sites: ["O1", "Ce1"], species: ["V", "Ce3+"], shell: 2, energy: -0.05 },
    { sites: ["O1", "O3"], species: ["V", "V"], shell: 2, energy: 0.23 },
    { sites: ["O2", "Ce2"], species: ["V", "Ce3+"], shell: 2, energy: -0.01 },
  ],
};

/** Three species on the square lattice of constant 3 Å. */
export const plainAlloy: PlainModel = {
  vectors: [
    [3, 0],
    [0, 3],
  ],
  sites: [{ name: "s", kind: "s", position: [0, 0, 0], species: ["A", "B", "C"] }],
  points: [
    { site: "s", species: "B", energy: 0.02 },
    { site: "s", species: "C", energy: -0.03 },
  ],
  pairs: [
    { sites: ["s", "s"], species: ["B", "B"], shell: 1, energy: 0.03 },
    { sites: ["s", "s"], species: ["B", "C"], shell: 1, energy: -0.035 },
    { sites: ["s", "s"], species: ["C", "C"], shell: 2, energy: 0.02 },
    { sites: ["s", "s"], species: ["B", "B"], shell: 2, energy: -0.015 },
  ],
};

/** The alloy as the lattice, clusters and model of a study. */
export const alloyStudy = `
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 20]]
  periodic: [true, true, false]
  sites:
    - { name: s, layer: s, position: [0, 0, 0], species: [A, B, C], labels: { B: B, C: C } }
clusters: { basis: indicator, cutoff_A: 5, max_points: 2 }
model:
  terms:
    - { label: B, energy_eV: 0.02 }
    - { label: C, energy_eV: -0.03 }
    - { label: BB_1N, energy_eV: 0.03 }
    - { label: BC_1N, energy_eV: -0.035 }
    - { label: CC_2N, energy_eV: 0.02 }
    - { label: BB_2N, energy_eV: -0.015 }
`;

export const BOLTZMANN = 8.617333262e-5;
