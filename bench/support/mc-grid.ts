/** Whole chains on threads: the paper's sampling, and how much a second worker helps. */
import { expansionRecord } from "../../src/clusters/expansion.ts";
import { compileSharedModel } from "../../src/clusters/shared-model.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";
import { type ChainPayload, chainTask } from "../../src/mc/methods/chain-task.ts";
import { layerNames } from "../../src/mc/records/layer-counts.ts";
import { smallModel } from "./mc-models.ts";
import type { BenchResult } from "./measure.ts";

const STEPS = 5_000_000;
const TEMPERATURES_K = [300, 500, 700, 900, 1100];
/** Vacancies for each cell of the surface. */
const COVERAGES = [1 / 16, 1 / 8, 3 / 16, 1 / 4];

/** Five million steps at five temperatures and four coverages on the cells of the given sizes. */
function paperChains(sizes: readonly number[]): ChainPayload[] {
  const expansion = smallModel();
  const record = expansionRecord(expansion);
  const groups = exchangeGroups(expansion.lattice);
  const cells = new Map(sizes.map((size) => [size, new Supercell(expansion.lattice, [size, size, 1])]));
  const shared = new Map(sizes.map((size) => [size, compileSharedModel(expansion, cells.get(size)!)]));
  const points = sizes.flatMap((size) =>
    COVERAGES.flatMap((coverage) =>
      TEMPERATURES_K.map((temperature_K) => ({ size, coverage, temperature_K })),
    ),
  );
  return points.map(({ size, coverage, temperature_K }, index) => {
    const vacancies = coverage * size ** 2;
    return {
      expansion: record,
      supercell: [size, size, 1],
      composition: { V: vacancies, "Ce3+": 2 * vacancies },
      temperature_K,
      steps: STEPS,
      seed: 1,
      index,
      samples: 10_000,
      snapshots: 5,
      layers: layerNames(groups, cells.get(size)!),
      shared: shared.get(size)!,
      checkpoint: null,
    };
  });
}

interface Times {
  readonly wall: number;
  readonly cpu: number;
}

/** Seconds for chains on a number of workers that have already begun. */
async function secondsFor(chains: readonly ChainPayload[], workers: number): Promise<Times> {
  const executor = createExecutor(workers);
  try {
    const short = Array.from({ length: workers }, () => ({ ...chains[0], steps: 200_000, samples: 100 }));
    await executor.map(chainTask, short);
    const begun = performance.now();
    const before = process.cpuUsage();
    await executor.map(chainTask, chains);
    const { user, system } = process.cpuUsage(before);
    return { wall: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6 };
  } finally {
    await executor.close();
  }
}

const ROUNDS = 3;
/** Long enough that the start of chains does not count. */
const LONG_STEPS = 40_000_000;

/**
 * Other work on the machine shows in wall times, so one and two workers take turns and the shortest time of each counts.
 * CPU times hardly show it: what two workers take more than one is what they lose to each other.
 */
export async function gridResults(): Promise<BenchResult[]> {
  const alike = Array.from({ length: 4 }, (_, index) => ({
    ...paperChains([8])[12],
    steps: LONG_STEPS,
    index,
  }));
  const times: Times[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++)
    for (const workers of [1, 2]) times[workers - 1].push(await secondsFor(alike, workers));
  const [one, two] = times.map((rounds) => ({
    wall: Math.min(...rounds.map(({ wall }) => wall)),
    cpu: Math.min(...rounds.map(({ cpu }) => cpu)),
  }));
  return [
    { name: "mc.two_workers.ratio", value: one.wall / two.wall, unit: "" },
    { name: "mc.two_workers.cpu", value: two.cpu / one.cpu, unit: "" },
    { name: "mc.paper.2e8.s", value: (await secondsFor(paperChains([8, 16]), 2)).wall, unit: "s" },
  ];
}
