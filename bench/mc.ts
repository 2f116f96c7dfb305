/** Speed of canonical Metropolis chains at Θ = 1/4: the published ceria model and a large one, by every engine. */
import { CompiledExpansion } from "../src/clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../src/clusters/expansion.ts";
import { RandomStream } from "../src/core/random.ts";
import { Supercell } from "../src/lattice/supercell.ts";
import { randomOccupation } from "../src/mc/composition.ts";
import type { EngineName } from "../src/mc/engines/compiled-engine.ts";
import { type ChainState, MetropolisChain } from "../src/mc/engines/metropolis.ts";
import { exchangeGroups } from "../src/mc/exchange-groups.ts";
import { SwapMoves } from "../src/mc/moves/swap-moves.ts";
import { flipResults } from "./support/mc-flips.ts";
import { gridResults } from "./support/mc-grid.ts";
import { instancesPerSite, largeModel, smallModel } from "./support/mc-models.ts";
import { nfoldResults } from "./support/mc-nfold.ts";
import { cpuSeconds, stepsPerSecond, sumOf } from "./support/mc-speed.ts";
import type { BenchResult } from "./support/measure.ts";

const SIZES = [8, 16, 64];
/** From hot to cold, so that each state starts from one that is nearly settled. */
const TEMPERATURES_K = [1100, 1000, 700, 300];
const ENGINES = ["direct", "field", "nfold", "reference"] as const;
/** Trial steps for each site and temperature before anything is timed. */
const SETTLING_SWEEPS = { small: 150, large: 30 };

function setUp(expansion: ClusterExpansion, size: number) {
  const supercell = new Supercell(expansion.lattice, [size, size, 1]);
  const model = new CompiledExpansion(expansion, supercell);
  const groups = exchangeGroups(expansion.lattice);
  const vacancies = size ** 2 / 4;
  const counts = [
    [3 * size ** 2 - vacancies, vacancies],
    [2 * size ** 2 - 2 * vacancies, 2 * vacancies],
  ];
  return (temperature: number, engine: EngineName, state?: ChainState) => {
    const random = new RandomStream(1, 0);
    const occupation = randomOccupation(supercell, groups, counts, random);
    const moves = new SwapMoves(model, supercell, groups, occupation);
    const chain = new MetropolisChain(model, moves, occupation, temperature, random, engine);
    if (state) chain.restore(state);
    return chain;
  };
}

/** What the project wants to reach at least, in trial steps per second. */
const TARGETS = {
  small: "15 M direct, 40 M by fields where acceptance is under 5%",
  large: "1 M at the acceptance of 1000 K, 8 M where it is under 3%, by the better engine",
};

/** What other programs do on the same work (canonical, 1000 K, one core of such a machine), in trial steps per second. */
const PEERS = {
  small: "ATAT 1.9 M, icet 0.07 M, smol 0.035 M, CELL 0.014 M",
  large: "ATAT 0.076 M, smol 0.009 M, icet 0.001 M, CELL 0.0001 M",
};

/** A cell of 448 x 448 cells has 1,003,520 sites. */
function millionSites(): BenchResult[] {
  const size = 448;
  const begun = cpuSeconds();
  const chain = setUp(smallModel(), size)(1000, "direct");
  const prefix = `mc.small.${size}x${size}`;
  return [
    { name: `${prefix}.setup`, value: cpuSeconds() - begun, unit: "s" },
    { name: `${prefix}.1000K.direct`, value: stepsPerSecond(chain), unit: "steps/s" },
  ];
}

export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const [name, expansion] of [
    ["small", smallModel()],
    ["large", largeModel()],
  ] as const) {
    const { terms } = expansion;
    console.log(
      `${name}: ${terms.length} terms, ${instancesPerSite(expansion).toFixed(0)} instances a site; wanted: ${TARGETS[name]}`,
    );
    console.log(`${name}, other programs at 1000 K: ${PEERS[name]}`);
    for (const size of SIZES) {
      const begun = cpuSeconds();
      const start = setUp(expansion, size);
      let state = start(TEMPERATURES_K[0], "direct").state();
      const prefix = `mc.${name}.${size}x${size}`;
      results.push({ name: `${prefix}.setup`, value: cpuSeconds() - begun, unit: "s" });
      for (const temperature of TEMPERATURES_K) {
        const settling = start(temperature, "auto", state);
        settling.run(SETTLING_SWEEPS[name] * 5 * size ** 2);
        const before = [sumOf(settling.accepted), settling.step];
        settling.run(100_000);
        state = settling.state();
        const acceptance = (sumOf(settling.accepted) - before[0]) / (settling.step - before[1]);
        const label = `${prefix}.${temperature}K`;
        results.push({ name: `${label}.acceptance`, value: 100 * acceptance, unit: "%" });
        settling.close();
        const speeds = ENGINES.map((engine) => stepsPerSecond(start(temperature, engine, state)));
        ENGINES.forEach((engine, k) => {
          results.push({ name: `${label}.${engine}`, value: speeds[k], unit: "steps/s" });
        });
        const millions = speeds.map((speed, k) => `${ENGINES[k]} ${(speed / 1e6).toFixed(2)} M`).join(", ");
        console.log(`${label}: acceptance ${(100 * acceptance).toFixed(2)}%, ${millions}`);
      }
    }
  }
  results.push(...millionSites(), ...nfoldResults(), ...flipResults(), ...(await gridResults()), {
    name: "mc.peak_memory",
    value: process.resourceUsage().maxRSS / 1024,
    unit: "MiB",
  });
  return results;
}
