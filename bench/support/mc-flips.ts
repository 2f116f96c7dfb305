/** Speed of other moves: flips in a binary alloy, vacancies of ceria with a reservoir and among neighbours. */
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../../src/clusters/expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { MetropolisChain } from "../../src/mc/engines/metropolis.ts";
import type { Ensemble, MoveWeights } from "../../src/mc/ensemble.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";
import { createMoves } from "../../src/mc/moves/create-moves.ts";
import { smallModel } from "./mc-models.ts";
import { stepsPerSecond, sumOf } from "./mc-speed.ts";
import type { BenchResult } from "./measure.ts";

const ENGINES = ["direct", "field", "reference"] as const;

/** A binary alloy on an fcc lattice: pairs of four shells, or clusters of up to four sites beside them. */
function alloy(cutoffs: Readonly<Record<number, number>>): ClusterExpansion {
  const lattice = createParentLattice({
    cell: [0, 2, 2, 2, 0, 2, 2, 2, 0],
    coordinates: "fractional",
    sites: [{ name: "m", position: [0, 0, 0], species: ["A", "B"] }],
  });
  const random = new RandomStream(9, 0);
  const terms = buildPool(lattice, "chebyshev", cutoffs).orbits.map((orbit) => ({
    ...orbit,
    coefficient: (0.02 * random.nextNormal()) / Math.max(1, orbit.size) ** 2,
  }));
  return { lattice, basis: "chebyshev", terms };
}

const vacancies = (deltaMu: number): Ensemble => ({
  kind: "reservoir",
  replace: [
    { from: "O", to: "V", count: 1 },
    { from: "Ce4+", to: "Ce3+", count: 2 },
  ],
  deltaMu,
});

/** Trial steps of such moves, by every engine that gives the same chain. */
export function flipResults(): BenchResult[] {
  const semiGrand: Ensemble = { kind: "semi-grand", chemicalPotentials: { B: 0.01 } };
  const constrained: Ensemble = { kind: "variance-constrained", kappa: 200, phi: { B: -1 } };
  const pairs = alloy({ 2: 5.7 });
  const larger = alloy({ 2: 5.7, 3: 4.1, 4: 2.9 });
  const cases: [string, ClusterExpansion, number[], Ensemble, number, MoveWeights?][] = [
    ["flip.pairs", pairs, [12, 12, 12], semiGrand, 300],
    ["flip.larger", larger, [12, 12, 12], semiGrand, 300],
    ["flip.constrained.pairs", pairs, [12, 12, 12], constrained, 700],
    ["reaction.small", smallModel(), [16, 16, 1], vacancies(-1.6), 700],
    ["neighbours.small", smallModel(), [16, 16, 1], vacancies(-1.6), 700, { reaction: 1, neighbourSwap: 9 }],
  ];
  return cases.flatMap(([name, expansion, size, ensemble, temperature, weights]) => {
    const supercell = new Supercell(expansion.lattice, size);
    const model = new CompiledExpansion(expansion, supercell);
    const groups = exchangeGroups(expansion.lattice);
    const start = (engine: (typeof ENGINES)[number]) => {
      const occupation = new Uint8Array(supercell.numSites);
      const moves = createMoves(ensemble, weights, model, supercell, groups, occupation);
      const chain = new MetropolisChain(
        model,
        moves,
        occupation,
        temperature,
        new RandomStream(1, 0),
        engine,
      );
      chain.run(200_000);
      return chain;
    };
    const prefix = `mc.${name}.${size.join("x")}.${temperature}K`;
    const settled = start("direct");
    const acceptance = { name: `${prefix}.acceptance`, value: 0, unit: "%" };
    acceptance.value = (100 * sumOf(settled.accepted)) / settled.step;
    settled.close();
    const speeds = ENGINES.map((engine) => ({
      name: `${prefix}.${engine}`,
      value: stepsPerSecond(start(engine)),
      unit: "steps/s",
    }));
    const millions = speeds.map(({ value }, k) => `${ENGINES[k]} ${(value / 1e6).toFixed(2)} M`).join(", ");
    console.log(`${prefix}: acceptance ${acceptance.value.toFixed(2)}%, ${millions}`);
    return [acceptance, ...speeds];
  });
}
