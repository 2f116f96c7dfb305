import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { MinimaArchive, type Minimum, mergeArchives } from "../../../src/dynamics/hop/archive.ts";

const same = { energy: 1e-3, distance: 0.02 };
const dimer = { species: ["A", "A"], periodic: [false, false, false] } as const;
const noCell = new Float64Array(9);

/** A dimer of some length: its length is all that a fingerprint sees of it. */
function found(energy: number, length: number, changes: Partial<Minimum> = {}): Minimum {
  const positions = Float64Array.from([1, 2, 3, 1, 2, 3 + length]);
  return { energy, positions, cell: noCell, visits: 1, path: 0, step: 1, converged: true, ...changes };
}

const ranks = (archive: MinimaArchive) => archive.minima.map(({ energy, visits }) => [energy, visits]);

describe("an archive of minima", () => {
  it("ranks by energy and counts what is found again", () => {
    const archive = new MinimaArchive(dimer, 10, same);
    archive.add(found(-1, 2));
    archive.add(found(-3, 1));
    archive.add(found(-1.0004, 2.01, { step: 5 }));
    archive.add(found(-2, 1.5));
    expect(ranks(archive)).toEqual([
      [-3, 1],
      [-2, 1],
      [-1.0004, 2],
    ]);
    // The lower of the two stays, with the step of the first.
    expect(archive.minima[2].step).toBe(1);
    expect(archive.minima[2].positions[5]).toBe(3 + 2.01);
  });

  it("keeps apart what differs in energy or in shape alone", () => {
    const archive = new MinimaArchive(dimer, 10, same);
    archive.add(found(-1, 2));
    archive.add(found(-1.002, 2));
    archive.add(found(-1, 2.03));
    expect(archive.minima).toHaveLength(3);
  });

  it("forgets the highest beyond its capacity, and does not take higher ones", () => {
    const archive = new MinimaArchive(dimer, 2, same);
    for (const energy of [-1, -2, -3, -1.5, -0.5]) archive.add(found(energy, -energy));
    expect(ranks(archive)).toEqual([
      [-3, 1],
      [-2, 1],
    ]);
  });

  it("goes on from its minima as if it had never stopped", () => {
    const random = new RandomStream(1, 0);
    const whole = new MinimaArchive(dimer, 20, same);
    let stopped = new MinimaArchive(dimer, 20, same);
    for (let step = 1; step <= 300; step++) {
      const well = random.nextIndex(40);
      const next = found(-well + 1e-4 * random.nextFloat(), 1 + well + 0.004 * random.nextFloat(), { step });
      whole.add(next);
      const other = new MinimaArchive(dimer, 20, same);
      other.restore(stopped.minima);
      other.add(next);
      stopped = other;
    }
    expect(stopped.minima).toEqual(whole.minima);
    expect(whole.size).toBe(20);
  });

  it("of several paths holds each minimum once, with all visits and the earliest discovery", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(8), { maxLength: 20 }), { minLength: 1, maxLength: 4 }),
        (visits) => {
          const archives = visits.map((wells, path) => {
            const archive = new MinimaArchive(dimer, 100, same);
            for (const [i, well] of wells.entries())
              archive.add(found(-well, 1 + well, { path, step: i + 1 }));
            return archive.minima;
          });
          const merged = mergeArchives(dimer, 100, same, archives);
          const all = visits.flatMap((wells, path) => wells.map((well, i) => ({ well, path, step: i + 1 })));
          const distinct = [...new Set(all.map(({ well }) => well))].sort((a, b) => b - a);
          expect(merged.map(({ energy }) => energy)).toEqual(distinct.map((well) => -well));
          merged.forEach(({ energy, visits: count, path, step }) => {
            const mine = all.filter(({ well }) => well === -energy);
            expect(count).toBe(mine.length);
            const first = mine.sort((a, b) => a.step - b.step || a.path - b.path)[0];
            expect({ path, step }).toEqual({ path: first.path, step: first.step });
          });
        },
      ),
    );
  });
});
