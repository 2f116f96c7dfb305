/**
 * A seeded stand-in for the ceria counts: 16 x (O1, O2, O3) sites with n = 1..4 vacancies, 16 x (Ce1, Ce2)
 * with 2n Ce3+, and columns that count products of one to four indicators over orbits of 16 translations times
 * six shapes (drawn at random in place of the six operations of p3m1).
 */
import { RandomStream } from "../src/core/random.ts";
import { createProblem, type LinearProblem } from "../src/fitting/problem.ts";

const CELLS = 4;
const SHAPES = 6;
const LAYERS = ["VO1", "VO2", "VO3", "Ce1", "Ce2"];
const ENERGIES = [0.4, 0.22, 0.43, 0.82, 1.03];

export function syntheticCounts(rows = 221, columns = 3144, seed = 7): LinearProblem {
  const random = new RandomStream(seed, 0);
  const perLayer = CELLS * CELLS;
  const configurations = Array.from({ length: rows }, () => {
    const occupied = new Uint8Array(LAYERS.length * perLayer);
    const vacancies = 1 + random.nextIndex(4);
    place(occupied, 0, 3 * perLayer, vacancies);
    place(occupied, 3 * perLayer, 2 * perLayer, 2 * vacancies);
    return occupied;
  });
  function place(occupied: Uint8Array, first: number, sites: number, count: number) {
    for (let placed = 0; placed < count; ) {
      const site = first + random.nextIndex(sites);
      if (occupied[site]) continue;
      occupied[site] = 1;
      placed += 1;
    }
  }
  const clusters: number[][][] = [[[]], ...LAYERS.map((_, layer) => [[layer * perLayer]])];
  const pairs = 47;
  const triplets = 430;
  while (clusters.length < columns) {
    const size = clusters.length < 6 + pairs ? 2 : clusters.length < 6 + pairs + triplets ? 3 : 4;
    const layers = Array.from({ length: size }, () => random.nextIndex(LAYERS.length));
    const shapes = Array.from({ length: SHAPES }, () =>
      layers.map((layer, k) => layer * perLayer + (k === 0 ? 0 : random.nextIndex(perLayer))),
    );
    if (shapes.every((sites) => new Set(sites).size === size)) clusters.push(shapes);
  }
  const X = new Float64Array(rows * columns);
  clusters.forEach((cluster, j) => {
    configurations.forEach((occupied, i) => {
      X[j * rows + i] =
        j === 0 ? 1 : cluster.reduce((sum, sites) => sum + countTranslations(occupied, sites), 0);
    });
  });
  const pairEnergy = [0.28, 0.19, -0.16, 0.13, 0.06, -0.1, -0.08, -0.05, 0.23];
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = 0.07 * random.nextNormal();
    for (let j = 0; j < 5; j++) y[i] += ENERGIES[j] * X[(1 + j) * rows + i];
    pairEnergy.forEach((energy, k) => {
      y[i] += energy * X[(6 + 3 * k) * rows + i];
    });
  }
  return createProblem({
    rows,
    columns,
    X,
    y,
    names: ["1", ...LAYERS, ...Array.from({ length: columns - 6 }, (_, k) => `c${k}`)],
    unpenalised: [0, 1, 2, 3, 4, 5],
    complexity: Float64Array.from(clusters, (cluster, j) => cluster[0].length * 1e6 + j),
  });
}

function countTranslations(occupied: Uint8Array, cluster: readonly number[]): number {
  let count = 0;
  for (let dx = 0; dx < CELLS; dx++)
    for (let dy = 0; dy < CELLS; dy++) {
      let all = 1;
      for (const site of cluster) {
        const layer = Math.floor(site / (CELLS * CELLS));
        const x = (Math.floor((site % (CELLS * CELLS)) / CELLS) + dx) % CELLS;
        const y = ((site % CELLS) + dy) % CELLS;
        all &= occupied[layer * CELLS * CELLS + x * CELLS + y];
      }
      count += all;
    }
  return count;
}
