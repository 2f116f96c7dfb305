/** A training table with a known answer: a model evaluated on random configurations, with noise. */
import { CompiledExpansion } from "../clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { RandomStream } from "../core/random.ts";
import type { Configuration } from "../data/configuration.ts";
import type { Study } from "../data/study/schema.ts";
import { checkNeutral, compositionFromPerCell, countsByGroup, randomOccupation } from "../mc/composition.ts";
import { exchangeGroups } from "../mc/exchange-groups.ts";
import { SYNTHETIC_STREAM } from "./streams.ts";
import { supercellAt } from "./study-lattice.ts";

type SyntheticSection = NonNullable<NonNullable<Study["data"]>["synthetic"]>;

export interface SyntheticOptions {
  readonly section: SyntheticSection;
  readonly charges: Readonly<Record<string, number>> | undefined;
  readonly seed: number;
}

/**
 * Random configurations at the section's compositions (each drawn with equal chance), their energy by the model plus
 * Gaussian noise. Every configuration has a stream of its own, so a longer table begins with the shorter one.
 * @throws {EcitonError} "study" for a composition that does not fit the supercell or is not neutral
 */
export function syntheticTable(model: ClusterExpansion, options: SyntheticOptions): Configuration[] {
  const { section, charges, seed } = options;
  const supercell = supercellAt(model.lattice, section.supercell, "data.synthetic.supercell");
  const compiled = new CompiledExpansion(model, supercell);
  const groups = exchangeGroups(model.lattice);
  const counts = section.compositions.map((composition, i) => {
    const path = `data.synthetic.compositions[${i}].per_cell`;
    const numbers = countsByGroup(
      compositionFromPerCell(composition.per_cell, supercell, path),
      groups,
      supercell,
      path,
    );
    if (charges) checkNeutral(numbers, groups, supercell, charges, path);
    return numbers;
  });
  return Array.from({ length: section.configurations }, (_, i): Configuration => {
    const random = new RandomStream(seed, SYNTHETIC_STREAM + i);
    const occupation = randomOccupation(supercell, groups, counts[random.nextIndex(counts.length)], random);
    const energy = compiled.energy(occupation) + section.noise_eV * random.nextNormal();
    return {
      id: `synthetic-${String(i + 1).padStart(4, "0")}`,
      supercell,
      occupation,
      energy,
      weight: 1,
      source: { file: "synthetic", line: null },
    };
  });
}
