import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../../src/clusters/expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import type { BasisName } from "../../src/clusters/site-basis.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { exchangeGroups, groupSites } from "../../src/mc/exchange-groups.ts";
import { ceriaLattice, publishedExpansion } from "../mc/ceria.ts";
import { latticeModelContract } from "./lattice-model.ts";

/** Every cluster of the pool with a random energy. */
function randomExpansion(
  lattice: ParentLattice,
  basis: BasisName,
  cutoffs: Record<number, number>,
): ClusterExpansion {
  const random = new RandomStream(7, 0);
  const { orbits } = buildPool(lattice, basis, cutoffs);
  return { lattice, basis, terms: orbits.map((orbit) => ({ ...orbit, coefficient: random.nextNormal() })) };
}

function check(name: string, expansion: ClusterExpansion, cells: readonly number[]): void {
  const supercell = new Supercell(expansion.lattice, cells);
  const { sites } = expansion.lattice;
  latticeModelContract({
    name: `${name}, cell ${cells.join("x")}`,
    model: new CompiledExpansion(expansion, supercell),
    speciesOf: Array.from(
      { length: supercell.numSites },
      (_, site) => sites[supercell.sublatticeOf(site)].species.length,
    ),
    groups: exchangeGroups(expansion.lattice).map((group) => groupSites(group, supercell)),
    scale: expansion.terms.reduce(
      (sum, term) => sum + Math.abs(term.coefficient) * term.instances.length * Math.max(1, term.size),
      0,
    ),
  });
}

/** Two sublattices that share three species, one with two others, and a spectator. */
const mixed = createParentLattice({
  cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
  coordinates: "fractional",
  sites: [
    { name: "a", position: [0, 0, 0], species: ["X", "Y", "Z"] },
    { name: "b", position: [0.5, 0.5, 0], species: ["X", "Y", "Z"] },
    { name: "c", position: [0.5, 0, 0.5], species: ["P", "Q"] },
    { name: "d", position: [0, 0.5, 0.5], species: ["S"] },
  ],
});

const quaternary = createParentLattice({
  cell: [0, 2, 2, 2, 0, 2, 2, 2, 0],
  coordinates: "fractional",
  sites: [{ name: "m", position: [0, 0, 0], species: ["A", "B", "C", "D"] }],
});

check("published ceria", publishedExpansion(), [4, 4, 1]);
check("published ceria", publishedExpansion(), [1, 1, 1]);
check("published ceria", publishedExpansion(), [2, 1, 1]);
check("published ceria, skew cell", publishedExpansion(), [2, 1, 0, -1, 1, 0, 0, 0, 1]);

for (const basis of ["indicator", "chebyshev", "trigonometric"] as const) {
  const ceria = randomExpansion(ceriaLattice(), basis, { 2: 5, 3: 4 });
  check(`ceria with triplets, ${basis}`, ceria, [3, 3, 1]);
  check(`ceria with triplets, ${basis}`, ceria, [1, 1, 1]);
  const several = randomExpansion(mixed, basis, { 2: 4.1, 3: 2.9, 4: 2.9 });
  check(`mixed sublattices, ${basis}`, several, [3, 2, 2]);
  // The cut-off is longer than this cell: pairs and triplets meet their own images.
  check(`mixed sublattices, ${basis}`, several, [1, 1, 1]);
  check(`mixed sublattices, ${basis}`, several, [1, 2, 1]);
  const alloy = randomExpansion(quaternary, basis, { 2: 4.1, 3: 2.9 });
  check(`quaternary alloy, ${basis}`, alloy, [2, 2, 2]);
  check(`quaternary alloy, ${basis}`, alloy, [1, 1, 1]);
  check(`quaternary alloy, ${basis}`, alloy, [1, 1, 2]);
}
