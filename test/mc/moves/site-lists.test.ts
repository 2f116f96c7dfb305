import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { groupSites } from "../../../src/mc/exchange-groups.ts";
import { SiteLists } from "../../../src/mc/moves/site-lists.ts";
import { alloy } from "../small-systems.ts";

const { supercell, groups } = alloy([3, 2, 1]);

/** Whether the lists hold each site of every group once, under its species. */
function expectConsistent(lists: SiteLists, occupation: Uint8Array): void {
  groups.forEach((group, g) => {
    const sites = groupSites(group, supercell);
    expect(lists.size(g)).toBe(sites.length);
    group.species.forEach((_, k) => {
      const listed = Array.from({ length: lists.count(g, k) }, (_, place) => lists.site(g, k, place));
      const holding = Array.from(sites).filter((site) => occupation[site] === k);
      expect(listed.sort((a, b) => a - b)).toEqual(holding.sort((a, b) => a - b));
    });
  });
}

describe("lists of sites by species", () => {
  it("follow any changes, and come back bit for bit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.nat(60), (seed, changes) => {
        const random = new RandomStream(seed, 0);
        const speciesAt = (site: number) =>
          supercell.lattice.sites[supercell.sublatticeOf(site)].species.length;
        const occupation = Uint8Array.from({ length: supercell.numSites }, (_, site) =>
          random.nextIndex(speciesAt(site)),
        );
        const lists = new SiteLists(supercell, groups, occupation);
        const change = (on: SiteLists, state: Uint8Array, source: RandomStream) => {
          const site = source.nextIndex(supercell.numSites);
          on.change(state, site, source.nextIndex(speciesAt(site)));
        };
        expectConsistent(lists, occupation);
        for (let n = 0; n < changes; n++) change(lists, occupation, random);
        expectConsistent(lists, occupation);

        const kept = lists.state();
        const other = new SiteLists(supercell, groups, new Uint8Array(supercell.numSites));
        const copy = occupation.slice();
        other.restore(kept);
        const again = RandomStream.restore(random.state());
        for (let n = 0; n < 20; n++) {
          change(lists, occupation, random);
          change(other, copy, again);
        }
        expect(other.state()).toEqual(lists.state());
        expect(copy).toEqual(occupation);
        expectConsistent(other, copy);
        // What was kept does not follow later changes.
        other.restore(kept);
        expect(other.state()).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  });
});
