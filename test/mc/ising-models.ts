/** Ising models as cluster expansions, E = -J Σ σ_i σ_j over nearest neighbours, and what is known of them exactly. */
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { RandomStream } from "../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { MetropolisChain } from "../../src/mc/engines/metropolis.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";
import { FlipMoves } from "../../src/mc/moves/flip-moves.ts";

/** eV; energies below are in units of it. */
export const J = 0.01;

const cells = {
  square: [1, 0, 0, 0, 1, 0, 0, 0, 10],
  fcc: [0, 1, 1, 1, 0, 1, 1, 1, 0].map((x) => x * Math.SQRT1_2),
};

/** L repetitions of the primitive cell along each periodic direction. */
export function isingModel(kind: keyof typeof cells, size: number) {
  const lattice = createParentLattice({
    cell: cells[kind],
    periodic: [true, true, kind === "fcc"],
    coordinates: "fractional",
    sites: [{ name: "s", position: [0, 0, 0], species: ["down", "up"] }],
  });
  // In the trigonometric basis of two species the site function is -1 and 1.
  const { orbits } = buildPool(lattice, "trigonometric", { 2: 1 });
  const pair = orbits.find((orbit) => orbit.size === 2)!;
  const supercell = new Supercell(lattice, [size, size, kind === "fcc" ? size : 1]);
  const expansion = { lattice, basis: "trigonometric" as const, terms: [{ ...pair, coefficient: -J }] };
  const model = new CompiledExpansion(expansion, supercell);
  return {
    expansion,
    model,
    supercell,
    groups: exchangeGroups(lattice),
    neighbours: 2 * pair.instances.length,
  };
}

/** A chain of single flips at reduced coupling K = J / k_B T, from all spins down. */
export function isingChain(kind: keyof typeof cells, size: number, coupling: number, seed: number) {
  const { model, supercell, groups } = isingModel(kind, size);
  const occupation = new Uint8Array(supercell.numSites);
  const moves = new FlipMoves(model, supercell, groups);
  const temperature = J / (coupling * BOLTZMANN_EV_PER_K);
  return new MetropolisChain(model, moves, occupation, temperature, new RandomStream(seed, 0));
}

/** ln Z of an n x n torus. @see Kaufman, Phys. Rev. 76, 1232 (1949) */
export function kaufmanLogZ(n: number, coupling: number): number {
  const c = Math.cosh(2 * coupling) / Math.tanh(2 * coupling);
  const gamma = (l: number) =>
    l === 0 ? 2 * coupling + Math.log(Math.tanh(coupling)) : Math.acosh(c - Math.cos((l * Math.PI) / n));
  const logCosh = (x: number) => Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x)));
  const logSinh = (x: number) => Math.abs(x) + Math.log1p(-Math.exp(-2 * Math.abs(x)));
  const logs = [0, 0, 0, 0];
  let sign = 1;
  for (let r = 0; r < n; r++) {
    const odd = (n * gamma(2 * r + 1)) / 2;
    const even = (n * gamma(2 * r)) / 2;
    logs[0] += logCosh(odd);
    logs[1] += logSinh(odd);
    logs[2] += logCosh(even);
    logs[3] += logSinh(even);
    if (even < 0) sign = -sign;
  }
  const top = Math.max(...logs);
  const sum = logs.reduce((total, log, i) => total + (i === 3 ? sign : 1) * Math.exp(log - top), 0);
  return -Math.LN2 + (n * n * Math.log(2 * Math.sinh(2 * coupling))) / 2 + top + Math.log(sum);
}

/** Energy for each spin of the n x n torus, in J, and heat capacity for each spin, in k_B. */
export function torusExact(n: number, coupling: number): { energy: number; heatCapacity: number } {
  // Steps chosen so that rounding (1e-16 ln Z / h or h²) and the next term of the difference are both below 1e-6.
  const first = (h: number) => (kaufmanLogZ(n, coupling + h) - kaufmanLogZ(n, coupling - h)) / (2 * h);
  const second = (h: number) =>
    (kaufmanLogZ(n, coupling + h) - 2 * kaufmanLogZ(n, coupling) + kaufmanLogZ(n, coupling - h)) / (h * h);
  return { energy: -first(1e-5) / n ** 2, heatCapacity: (coupling ** 2 * second(3e-4)) / n ** 2 };
}

/**
 * Energy for each spin of the infinite square lattice, in J: -coth 2K [1 + (2/π) (2 tanh² 2K - 1) K1(κ)],
 * κ = 2 sinh 2K / cosh² 2K, with the complete elliptic integral by the arithmetic-geometric mean.
 * @see Onsager, Phys. Rev. 65, 117 (1944)
 */
export function onsagerEnergy(coupling: number): number {
  const kappa = (2 * Math.sinh(2 * coupling)) / Math.cosh(2 * coupling) ** 2;
  let a = 1;
  let b = Math.sqrt(1 - kappa * kappa);
  while (Math.abs(a - b) > 1e-15) [a, b] = [(a + b) / 2, Math.sqrt(a * b)];
  const integral = Math.PI / (2 * a);
  const t = Math.tanh(2 * coupling);
  return -(1 + (2 / Math.PI) * (2 * t * t - 1) * integral) / t;
}

/** Closed walks without self-crossing on the fcc lattice, as polygons for each site, by direct counting. */
export function fccPolygons(length: number): number {
  const steps: [number, number, number][] = [];
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ])
    for (const a of [-1, 1])
      for (const b of [-1, 1]) {
        const step: [number, number, number] = [0, 0, 0];
        step[i] = a;
        step[j] = b;
        steps.push(step);
      }
  const key = (x: number, y: number, z: number) => (x + 16) * 1024 + (y + 16) * 32 + z + 16;
  const visited = new Uint8Array(32 * 1024);
  const walk = (x: number, y: number, z: number, left: number): number => {
    const reach = Math.max(
      Math.abs(x),
      Math.abs(y),
      Math.abs(z),
      (Math.abs(x) + Math.abs(y) + Math.abs(z)) / 2,
    );
    if (reach > left) return 0;
    if (left === 1) return reach === 1 ? 1 : 0;
    let count = 0;
    for (const [dx, dy, dz] of steps) {
      const next = key(x + dx, y + dy, z + dz);
      if (visited[next]) continue;
      visited[next] = 1;
      count += walk(x + dx, y + dy, z + dz, left - 1);
      visited[next] = 0;
    }
    return count;
  };
  visited[key(0, 0, 0)] = 1;
  visited[key(1, 1, 0)] = 1;
  // All twelve first steps are equivalent; each polygon is met from every site and in both directions.
  return (12 * walk(1, 1, 0, length - 1)) / (2 * length);
}

/** J / k_B T_c of the fcc lattice. @see Lundow, Markström, Rosengren, Phil. Mag. 89, 2009 (2009) */
export const FCC_CRITICAL_COUPLING = 0.1020707;

/**
 * Energy for each spin of the infinite fcc lattice at high temperature, in J, from
 * ln Z / N = ln 2 + 6 ln cosh K + Σ g_n v^n, v = tanh K. The g_n count edge sets of which every site has an even
 * number, the part proportional to N: polygons p_n up to n = 5; for n = 6, 7 unions of two edge-disjoint polygons
 * come in through minus the pairs that are not disjoint:
 *   g_6 = p_6 - 8/2 - 36: a triangle with itself (half of p_3), and 6 edges x C(4, 2) pairs of the triangles on one edge;
 *   g_7 = p_7 - 456: 6 edges x 4 triangles x 22 squares, less 72 pairs that share two edges and were counted twice.
 * @param polygons p_3 .. p_7
 * @returns value, and a bound of what is left out: coefficients grow by less than the factor 1 / v_c from one to the next
 */
export function fccSeriesEnergy(coupling: number, polygons: readonly number[]) {
  const [p3, p4, p5, p6, p7] = polygons;
  const g = [p3, p4, p5, p6 - 40, p7 - 456];
  const v = Math.tanh(coupling);
  const terms = g.map((count, i) => (i + 3) * count * v ** (i + 2) * (1 - v * v));
  const ratio = v / Math.tanh(FCC_CRITICAL_COUPLING);
  return {
    energy: -(6 * v + terms.reduce((a, x) => a + x, 0)),
    remainder: (terms[4] * ratio) / (1 - ratio),
  };
}
