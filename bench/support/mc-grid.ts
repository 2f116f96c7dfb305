/** Whole chains on threads: the paper's sampling, and how much a second worker helps. */
import { expansionRecord } from "../../src/clusters/expansion.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { type ChainPayload, chainTask } from "../../src/mc/chain-task.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";
import { layerNames } from "../../src/mc/layer-counts.ts";
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
      layers: layerNames(groups, new Supercell(expansion.lattice, [size, size, 1])),
      checkpoint: null,
    };
  });
}

/** Wall time of chains on a number of workers that have already begun. */
async function wallSeconds(chains: readonly ChainPayload[], workers: number): Promise<number> {
  const executor = createExecutor(workers);
  try {
    const short = Array.from({ length: workers }, () => ({ ...chains[0], steps: 200_000, samples: 100 }));
    await executor.map(chainTask, short);
    const begun = performance.now();
    await executor.map(chainTask, chains);
    return (performance.now() - begun) / 1000;
  } finally {
    await executor.close();
  }
}

/** Wall times: other work on the machine shows in them. */
export async function gridResults(): Promise<BenchResult[]> {
  const alike = Array.from({ length: 8 }, (_, index) => ({ ...paperChains([8])[12], index }));
  const one = await wallSeconds(alike, 1);
  const two = await wallSeconds(alike, 2);
  return [
    { name: "mc.two_workers.ratio", value: one / two, unit: "" },
    { name: "mc.paper.2e8.s", value: await wallSeconds(paperChains([8, 16]), 2), unit: "s" },
  ];
}
