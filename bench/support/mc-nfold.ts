/** Cold chains: skipping rejections against the table of fields. */
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { RandomStream } from "../../src/core/random.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { randomOccupation } from "../../src/mc/composition.ts";
import { type ChainState, MetropolisChain } from "../../src/mc/engines/metropolis.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";
import { SwapMoves } from "../../src/mc/moves/swap-moves.ts";
import { largeModel, smallModel } from "./mc-models.ts";
import { stepsPerSecond, sumOf } from "./mc-speed.ts";
import type { BenchResult } from "./measure.ts";

/** From hot to cold, so that each state starts from one that is nearly settled; only the cold ones are timed. */
const COOLING_K = [1100, 700, 500, 400, 300];
const TIMED_K = [200, 150, 100];
/** Vacancies for each cell of the surface. */
const COVERAGES = { "": 1 / 4, ".sparse": 1 / 16 };
/** Names end in ".sparse" where the coverage is 1/16; it is 1/4 elsewhere, as in all other results. */
export function nfoldResults(): BenchResult[] {
  const results: BenchResult[] = [];
  for (const [name, expansion, sizes, sweeps] of [
    ["small", smallModel(), [8, 64], 300],
    ["large", largeModel(), [8], 60],
  ] as const)
    for (const size of sizes)
      for (const [suffix, coverage] of Object.entries(COVERAGES)) {
        const supercell = new Supercell(expansion.lattice, [size, size, 1]);
        const model = new CompiledExpansion(expansion, supercell);
        const groups = exchangeGroups(expansion.lattice);
        const vacancies = coverage * size ** 2;
        const counts = [
          [3 * size ** 2 - vacancies, vacancies],
          [2 * size ** 2 - 2 * vacancies, 2 * vacancies],
        ];
        const start = (temperature: number, engine: "auto" | "field" | "nfold", state: ChainState | null) => {
          const random = new RandomStream(1, 0);
          const occupation = randomOccupation(supercell, groups, counts, random);
          const moves = new SwapMoves(model, supercell, groups, occupation);
          const chain = new MetropolisChain(model, moves, occupation, temperature, random, engine);
          if (state) chain.restore(state);
          return chain;
        };
        let state: ChainState | null = null;
        for (const temperature of [...COOLING_K, ...TIMED_K]) {
          const cooling = start(temperature, "auto", state);
          cooling.run(sweeps * supercell.numSites);
          state = cooling.state();
          cooling.close();
          if (!TIMED_K.includes(temperature)) continue;
          const chains = (["field", "nfold"] as const).map((engine) => start(temperature, engine, state));
          const [field, nfold] = chains.map(stepsPerSecond);
          const acceptance =
            (sumOf(chains[1].accepted) - sumOf(state.accepted)) / (chains[1].step - state.step);
          const label = `mc.${name}.${size}x${size}.${temperature}K${suffix}`;
          results.push(
            { name: `${label}.acceptance`, value: 100 * acceptance, unit: "%" },
            { name: `${label}.field`, value: field, unit: "steps/s" },
            { name: `${label}.nfold`, value: nfold, unit: "steps/s" },
          );
          console.log(
            `${label}: acceptance ${(100 * acceptance).toPrecision(2)}%, field ${(field / 1e6).toFixed(1)} M, ` +
              `nfold ${(nfold / 1e6).toFixed(1)} M`,
          );
        }
      }
  return results;
}
