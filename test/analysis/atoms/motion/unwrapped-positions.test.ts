import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnwrappedPositions } from "../../../../src/analysis/atoms/motion/unwrapped-positions.ts";
import { rowTimes } from "../../../../src/core/linalg.ts";
import { RandomStream } from "../../../../src/core/random.ts";

type Periodic = [boolean, boolean, boolean];

const atoms = 12;

/** A walk in fractions of the cell, which may breathe. */
function walk(seed: number, frames: number, step: number, breathing: number) {
  const random = new RandomStream(seed, 0);
  const cell0 = [4, 0.3, -0.2, 0.5, 5, 0.4, -0.7, 0.2, 6];
  const fractions = Float64Array.from({ length: 3 * atoms }, () => random.nextFloat());
  return Array.from({ length: frames }, (_, f) => {
    if (f > 0) for (let i = 0; i < fractions.length; i++) fractions[i] += step * (2 * random.nextFloat() - 1);
    const scale = 1 + breathing * Math.sin(f);
    return { cell: Float64Array.from(cell0, (x) => scale * x), fractions: fractions.slice() };
  });
}

function cartesian(fractions: Float64Array, cell: Float64Array): Float64Array {
  const out = new Float64Array(fractions.length);
  for (let at = 0; at < out.length; at += 3) out.set(rowTimes(fractions.subarray(at, at + 3), cell), at);
  return out;
}

const species = new Array<string>(atoms).fill("Cu");

describe("UnwrappedPositions", () => {
  it("gives back the walk that was wrapped, in cells of any shape that change, periodic in any directions", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        (seed, flags) => {
          const periodic = flags as Periodic;
          const follow = new UnwrappedPositions();
          for (const { cell, fractions } of walk(seed, 40, 0.2, 0.02)) {
            const wrapped = fractions.map((x, i) => (periodic[i % 3] ? x - Math.floor(x) : x));
            const positions = follow.next({ positions: cartesian(wrapped, cell), cell, periodic, species });
            // The first frame decides which image is followed: the walk begins inside of the cell.
            const expected = cartesian(fractions, cell);
            for (let i = 0; i < positions.length; i++) expect(positions[i]).toBeCloseTo(expected[i], 9);
          }
          // Steps of up to a fifth of a cell are never in doubt.
          expect(follow.doubtful).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("leaves a file as it is whose atoms are spread over more than one cell, however far they jump", () => {
    const follow = new UnwrappedPositions();
    for (const { cell, fractions } of walk(7, 30, 0.9, 0)) {
      const spread = fractions.map((x, i) => x + (i < 3 ? 2 : 0));
      const positions = cartesian(spread, cell);
      expect(follow.next({ positions, cell, periodic: [true, true, true], species })).toBe(positions);
    }
    expect(follow.wrapped).toBe(false);
  });

  it("says where moves are so long that the nearest image may be the wrong one", () => {
    const follow = new UnwrappedPositions();
    const cell = Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4);
    const add = (x: number) =>
      follow.next({
        positions: Float64Array.of(0, 0, 0, 4 * x, 0, 0),
        cell,
        periodic: [true, true, true],
        species: ["Cu", "Cu"],
      });
    add(0.7);
    expect(Array.from(add(0.15)).slice(3)).toEqual([4 * 1.15, 0, 0].map((v) => expect.closeTo(v, 12)));
    expect([follow.wrapped, follow.doubtful]).toEqual([true, true]);
  });

  it("has nothing to do for clusters", () => {
    const follow = new UnwrappedPositions();
    const positions = Float64Array.of(0, 0, 0);
    const frame = {
      positions,
      cell: new Float64Array(9),
      periodic: [false, false, false] as Periodic,
      species: ["Cu"],
    };
    expect(follow.next(frame)).toBe(positions);
  });
});
