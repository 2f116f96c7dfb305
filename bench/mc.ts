/** Speed of canonical Metropolis chains of the published ceria model, Θ = 1/4. */
import { RandomStream } from "../src/core/random.ts";
import { randomOccupation } from "../src/mc/composition.ts";
import { MetropolisChain } from "../src/mc/metropolis.ts";
import { SwapMoves } from "../src/mc/swap-moves.ts";
import { publishedCeria } from "../test/mc/ceria.ts";

const STEPS = 1_000_000;
/** Brings the chain to its temperature and the code to its compiled form. */
const WARM_UP = 300_000;

/** Trial steps for each second of CPU time, one core. */
export async function run(): Promise<{ name: string; value: number; unit: string }[]> {
  const results: { name: string; value: number; unit: string }[] = [];
  for (const size of [8, 16])
    for (const temperature of [300, 700, 1000, 1100]) {
      const { model, supercell, groups, counts } = publishedCeria([size, size, 1], size ** 2 / 4);
      const random = new RandomStream(1, 0);
      const occupation = randomOccupation(supercell, groups, counts, random);
      const moves = new SwapMoves(model, supercell, groups, occupation);
      const chain = new MetropolisChain(model, moves, occupation, temperature, random);
      chain.run(WARM_UP);
      const before = process.cpuUsage();
      chain.run(STEPS);
      const { user, system } = process.cpuUsage(before);
      const name = `mc.small.${size}x${size}.${temperature}K.reference`;
      results.push({ name, value: STEPS / ((user + system) / 1e6), unit: "steps/s" });
    }
  return results;
}
