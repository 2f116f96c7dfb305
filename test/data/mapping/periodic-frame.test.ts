import fc from "fast-check";
import { expect, test } from "vitest";
import { det3 } from "../../../src/core/linalg.ts";
import { completeFrame, PeriodicFrame, reduceFrame } from "../../../src/data/mapping/periodic-frame.ts";

const number = fc.double({ min: -6, max: 6, noNaN: true });
const cells = fc
  .array(number, { minLength: 9, maxLength: 9 })
  // Thin cells have nearest images far away in the brute-force search below, which must stay small.
  .filter((cell) => Math.abs(det3(cell)) > 40);
const flags = fc.constantFrom(
  [true, true, true] as const,
  [true, true, false] as const,
  [false, true, false] as const,
  [true, false, true] as const,
  [false, false, false] as const,
);

test("the nearest lattice point is the nearest of all near ones", () => {
  fc.assert(
    fc.property(cells, flags, fc.tuple(number, number, number), (cell, periodic, x) => {
      const rows = completeFrame(cell, periodic);
      const frame = new PeriodicFrame(rows, periodic);
      const found = frame.nearest(...x);
      const reach = periodic.map((p) => (p ? 12 : 0));
      let best = Number.POSITIVE_INFINITY;
      for (let a = -reach[0]; a <= reach[0]; a++)
        for (let b = -reach[1]; b <= reach[1]; b++)
          for (let c = -reach[2]; c <= reach[2]; c++)
            best = Math.min(
              best,
              [0, 1, 2].reduce(
                (sum, k) => sum + (x[k] - a * rows[k] - b * rows[3 + k] - c * rows[6 + k]) ** 2,
                0,
              ),
            );
      expect(found).toBeCloseTo(best, 9);
      // The point and the residual that are reported belong together.
      for (let k = 0; k < 3; k++)
        expect(
          frame.point[0] * rows[k] +
            frame.point[1] * rows[3 + k] +
            frame.point[2] * rows[6 + k] +
            frame.residual[k],
        ).toBeCloseTo(x[k], 9);
    }),
    { numRuns: 150 },
  );
});

test("reduction is a unimodular change of basis and undoes skewing", () => {
  const skewed = [1, 0, 0, 57, 1, 0, -133, 41, 1];
  const { rows, transform } = reduceFrame(skewed, [true, true, true]);
  expect(Math.abs(det3(transform))).toBe(1);
  // A skewed cube has the cube's own vectors as its shortest.
  for (let k = 0; k < 3; k++) expect(Math.hypot(...rows.subarray(3 * k, 3 * k + 3))).toBeCloseTo(1, 9);
});

test("the normal of a slab is a unit vector on the side of the free vector", () => {
  for (const sign of [1, -1]) {
    const frame = completeFrame([3, 0, 0, 1, 2, 0, 5, 4, 20 * sign], [true, true, false]);
    expect(Array.from(frame.subarray(6), (x) => x + 0)).toEqual([0, 0, sign]);
  }
});
