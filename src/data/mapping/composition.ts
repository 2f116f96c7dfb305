/** Which numbers of parent cells can hold given atoms. */
import type { ParentLattice } from "../../lattice/parent-lattice.ts";

interface SiteClass {
  readonly species: readonly string[];
  readonly mayBeEmpty: boolean;
  /** Sites of this class in a parent cell. */
  perCell: number;
}

/**
 * Tests whether all atoms can be put on allowed sites of N parent cells, one to a site, with no site left empty
 * that may not be. By Hall's theorem the atoms find places if every set of species has enough sites, the sites that
 * must be filled find atoms if every set of their classes has enough atoms, and by Mendelsohn and Dulmage's both
 * are then possible at once.
 */
export class CompositionTest {
  readonly #classes: SiteClass[] = [];

  constructor(lattice: ParentLattice, vacancy: ReadonlySet<string>) {
    const known = new Map<string, SiteClass>();
    for (const { species } of lattice.sites) {
      const key = [...species].sort().join("\n");
      const found = known.get(key);
      if (found) found.perCell++;
      else known.set(key, { species, mayBeEmpty: species.some((name) => vacancy.has(name)), perCell: 1 });
    }
    this.#classes = [...known.values()];
  }

  /** @param counts atoms by lattice species */
  fits(counts: ReadonlyMap<string, number>, cells: number): boolean {
    const species = [...counts.keys()];
    for (const chosen of subsets(species)) {
      const atoms = chosen.reduce((sum, name) => sum + counts.get(name)!, 0);
      const sites = this.#classes.filter((c) => chosen.some((name) => c.species.includes(name)));
      if (atoms > cells * sites.reduce((sum, c) => sum + c.perCell, 0)) return false;
    }
    for (const chosen of subsets(this.#classes.filter((c) => !c.mayBeEmpty))) {
      const sites = cells * chosen.reduce((sum, c) => sum + c.perCell, 0);
      const able = species.filter((name) => chosen.some((c) => c.species.includes(name)));
      if (sites > able.reduce((sum, name) => sum + counts.get(name)!, 0)) return false;
    }
    return true;
  }
}

/** All subsets but the empty one. There are few species and few classes of sites. */
function* subsets<T>(items: readonly T[]): Generator<T[]> {
  for (let mask = 1; mask < 2 ** items.length; mask++)
    yield items.filter((_, i) => Math.floor(mask / 2 ** i) % 2 === 1);
}
