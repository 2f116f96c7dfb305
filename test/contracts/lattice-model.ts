/** What every LatticeModel must do, whatever it is compiled from. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import type { LatticeModel } from "../../src/mc/lattice-model.ts";

export interface LatticeModelCase {
  readonly name: string;
  readonly model: LatticeModel;
  /** Number of species on each site. */
  readonly speciesOf: readonly number[];
  /** Sites that may exchange, in groups. */
  readonly groups: readonly ArrayLike<number>[];
  /** Sum of the magnitudes of all terms that one site takes part in, eV: the scale of rounding errors. */
  readonly scale: number;
}

const TRIALS = 60;

function randomOccupation(speciesOf: readonly number[], random: RandomStream): Uint8Array {
  return Uint8Array.from(speciesOf, (count) => random.nextIndex(count));
}

/** Runs the contract against one model. */
export function latticeModelContract(subject: LatticeModelCase): void {
  const { name, model, speciesOf, groups, scale } = subject;
  // Energies are sums over all sites of terms of this scale, each with some units of rounding in the last place.
  const tolerance = 1e-14 * scale * speciesOf.length;

  describe(`LatticeModel: ${name}`, () => {
    it("gives the change of a site as the difference of full energies", () => {
      const random = new RandomStream(1, 0);
      let largest = 0;
      for (let trial = 0; trial < TRIALS; trial++) {
        const before = randomOccupation(speciesOf, random);
        const site = random.nextIndex(before.length);
        const species = random.nextIndex(speciesOf[site]);
        const after = before.slice();
        after[site] = species;
        const change = model.changeOfSite(before, site, species);
        largest = Math.max(largest, Math.abs(change));
        expect(Math.abs(change - (model.energy(after) - model.energy(before)))).toBeLessThanOrEqual(
          tolerance,
        );
      }
      // The comparison means something only where energies do change.
      expect(largest).toBeGreaterThan(1e3 * tolerance);
    });

    it("gives the change of a swap as the difference of full energies", () => {
      const random = new RandomStream(1, 1);
      for (let trial = 0; trial < TRIALS; trial++) {
        const before = randomOccupation(speciesOf, random);
        const group = groups[random.nextIndex(groups.length)];
        const i = group[random.nextIndex(group.length)];
        const j = group[random.nextIndex(group.length)];
        const after = before.slice();
        [after[i], after[j]] = [before[j], before[i]];
        const change = model.changeOfSwap(before, i, j);
        expect(Math.abs(change - (model.energy(after) - model.energy(before)))).toBeLessThanOrEqual(
          tolerance,
        );
      }
    });

    it("gives opposite changes for a swap and its inverse, and none for equal species", () => {
      const random = new RandomStream(1, 2);
      for (let trial = 0; trial < TRIALS; trial++) {
        const occupation = randomOccupation(speciesOf, random);
        const group = groups[random.nextIndex(groups.length)];
        const i = group[random.nextIndex(group.length)];
        const j = group[random.nextIndex(group.length)];
        const there = model.changeOfSwap(occupation, i, j);
        if (occupation[i] === occupation[j]) expect(there).toBe(0);
        expect(model.changeOfSwap(occupation, j, i)).toBeCloseTo(there, 10);
        [occupation[i], occupation[j]] = [occupation[j], occupation[i]];
        expect(Math.abs(model.changeOfSwap(occupation, i, j) + there)).toBeLessThanOrEqual(tolerance);
      }
    });

    it("leaves the occupation as it was", () => {
      const random = new RandomStream(1, 3);
      const occupation = randomOccupation(speciesOf, random);
      const copy = occupation.slice();
      model.energy(occupation);
      for (const group of groups)
        for (let k = 1; k < group.length; k++) {
          model.changeOfSwap(occupation, group[k - 1], group[k]);
          model.changeOfSite(occupation, group[k], random.nextIndex(speciesOf[group[k]]));
        }
      expect(occupation).toEqual(copy);
    });
  });
}
