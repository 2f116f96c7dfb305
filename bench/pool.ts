/** The pool of the ceria surface, and the counts of a training set on its 4x4 cell. */
import { CountsEvaluator } from "../src/clusters/counts.ts";
import { foldPool } from "../src/clusters/fold.ts";
import { buildPool } from "../src/clusters/pool.ts";
import { RandomStream } from "../src/core/random.ts";
import { createParentLattice } from "../src/lattice/parent-lattice.ts";
import { Supercell } from "../src/lattice/supercell.ts";
import { ceriaInput } from "../test/lattice/lattices.ts";
import { type BenchResult, medianSeconds } from "./support/measure.ts";

const CONFIGURATIONS = 221;

/** One to four vacancies, two Ce3+ for each. */
function chargeBalanced(supercell: Supercell, random: RandomStream): Uint8Array {
  const occupation = new Uint8Array(supercell.numSites);
  const sitesOf = (kind: string) =>
    Array.from(supercell.active).filter(
      (i) => supercell.lattice.sites[supercell.sublatticeOf(i)].kind === kind,
    );
  const vacancies = 1 + random.nextIndex(4);
  for (const i of random.shuffle(sitesOf("O")).slice(0, vacancies)) occupation[i] = 1;
  for (const i of random.shuffle(sitesOf("Ce")).slice(0, 2 * vacancies)) occupation[i] = 1;
  return occupation;
}

export async function run(): Promise<BenchResult[]> {
  const lattice = createParentLattice(ceriaInput);
  const supercell = new Supercell(lattice, [4, 4, 1]);
  const build = (cutoff: number) => {
    const pool = buildPool(lattice, "indicator", { 2: cutoff, 3: cutoff, 4: cutoff });
    return foldPool(pool, supercell).clusters.map(({ kept }) => pool.orbits[kept]);
  };
  const orbits = build(8);
  const occupations = Array.from({ length: CONFIGURATIONS }, (_, i) =>
    chargeBalanced(supercell, new RandomStream(1, i)),
  );
  const count = () => {
    const evaluator = new CountsEvaluator(supercell, "indicator", orbits);
    for (const occupation of occupations) evaluator.counts(occupation);
  };
  return [
    { name: "pool.8A.s", value: medianSeconds(5, () => build(8)), unit: "s" },
    { name: "pool.9A.s", value: medianSeconds(5, () => build(9)), unit: "s" },
    { name: "counts.221.s", value: medianSeconds(5, count), unit: "s" },
  ];
}
