import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkCell,
  latticeVectors,
  overlap,
  type Point,
  reciprocal,
  shortest,
  wignerSeitz,
  wrapped,
} from "../../src/report/plane.ts";
import type { PlaneCell } from "../../src/report/sampling-model.ts";
import { parentCell, superCell } from "./ceria-sampling.ts";

const areaOf = ([ax, ay, bx, by]: PlaneCell) => Math.abs(ax * by - ay * bx);

/** Shoelace formula; positive for corners counter-clockwise. */
function polygonArea(polygon: readonly Point[]): number {
  return polygon.reduce((sum, [x, y], i) => {
    const [nx, ny] = polygon[(i + 1) % polygon.length];
    return sum + (x * ny - y * nx) / 2;
  }, 0);
}

/** Oblique cells, some of them far from reduced. */
const cells = fc
  .tuple(
    fc.double({ min: 1, max: 10, noNaN: true }),
    fc.double({ min: 1, max: 10, noNaN: true }),
    fc.double({ min: 0.3, max: 2.8, noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.double({ min: 0, max: 6, noNaN: true }),
  )
  .map(([a, b, angle, shear, turn]): PlaneCell => {
    const first = [a * Math.cos(turn), a * Math.sin(turn)];
    const second = [b * Math.cos(turn + angle), b * Math.sin(turn + angle)];
    return [first[0], first[1], second[0] + shear * first[0], second[1] + shear * first[1]];
  });

describe("Wigner-Seitz polygon", () => {
  it("is a hexagon for a triangular lattice, also where the cell's angle is 60 or 120 degrees", () => {
    const obtuse = wignerSeitz(parentCell);
    const acute = wignerSeitz([1, 0, 0.5, Math.sqrt(3) / 2]);
    for (const hexagon of [obtuse, acute]) {
      expect(hexagon.length).toBe(6);
      const radii = hexagon.map((p) => Math.hypot(...p));
      for (const radius of radii) expect(radius).toBeCloseTo(radii[0], 9);
    }
    expect(wignerSeitz([2, 0, 0, 2]).length).toBe(4);
  });

  it("has the cell's area, and no lattice point is nearer to its corners than the origin", () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const polygon = wignerSeitz(cell);
        expect(polygonArea(polygon) / areaOf(cell)).toBeCloseTo(1, 6);
        const far = Math.max(...polygon.map((p) => Math.hypot(...p)));
        for (const [x, y] of polygon)
          for (const [gx, gy] of latticeVectors(cell, 2.1 * far))
            expect(Math.hypot(x - gx, y - gy)).toBeGreaterThanOrEqual(Math.hypot(x, y) * (1 - 1e-6));
      }),
    );
  });

  it("is cut by its neighbours into nothing: tiles cover the plane once", () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const polygon = wignerSeitz(cell);
        const far = Math.max(...polygon.map((p) => Math.hypot(...p)));
        const shared = latticeVectors(cell, 2.1 * far)
          .filter((g) => Math.hypot(...g) > 1e-9)
          .map(([gx, gy]) =>
            polygonArea(
              overlap(
                polygon.map(([x, y]): Point => [x + gx, y + gy]),
                polygon,
              ),
            ),
          );
        // Neighbours share edges; slivers there are of the size of the rounding that the cuts allow for.
        for (const area of shared) expect(Math.abs(area) / areaOf(cell)).toBeLessThan(1e-6);
      }),
    );
  });
});

describe("lattices in the plane", () => {
  it("gives the shortest vectors, in a hexagonal cell too, whatever the rounding", () => {
    for (const n of [1, 2, 3, 5, 7, 8, 16, 33]) {
      const [a, b] = shortest(reciprocal(superCell(n)));
      expect(Math.hypot(...a) / Math.hypot(...b)).toBeCloseTo(1, 9);
    }
    fc.assert(
      fc.property(cells, (cell) => {
        const [a, b] = shortest(cell);
        const all = latticeVectors(cell, Math.hypot(...b) * (1 + 1e-6)).map((g) => Math.hypot(...g));
        const nonZero = all.filter((length) => length > 1e-9);
        expect(Math.min(...nonZero)).toBeCloseTo(Math.hypot(...a), 9);
        expect(Math.abs(a[0] * b[1] - a[1] * b[0])).toBeCloseTo(areaOf(cell), 6);
      }),
    );
  });

  it("lists all vectors up to a length", () => {
    // Square lattice: 1, 4 of length 1, 4 of √2, 4 of 2.
    expect(latticeVectors([1, 0, 0, 1], 2).length).toBe(13);
    // Triangular lattice: 1, 6 of length 1, 6 of √3, 6 of 2.
    expect(latticeVectors([1, 0, -0.5, Math.sqrt(3) / 2], 2.01).length).toBe(19);
  });

  it("has a reciprocal cell: a_i · b_j = 2π δ_ij", () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const b = reciprocal(cell);
        for (const i of [0, 1])
          for (const j of [0, 1]) {
            const product = cell[2 * i] * b[2 * j] + cell[2 * i + 1] * b[2 * j + 1];
            expect(product).toBeCloseTo(i === j ? 2 * Math.PI : 0, 9);
          }
      }),
    );
  });

  it("wraps points into the cell by lattice vectors", () => {
    fc.assert(
      fc.property(
        cells,
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        (cell, x, y) => {
          const [u, v] = wrapped(cell, x, y);
          const b = reciprocal(cell);
          for (const i of [0, 1]) {
            const moved = ((x - u) * b[2 * i] + (y - v) * b[2 * i + 1]) / (2 * Math.PI);
            // A point within 1e-6 of the far edge moves to the near one.
            expect(Math.abs(moved - Math.round(moved))).toBeLessThan(2e-6);
            const inside = (u * b[2 * i] + v * b[2 * i + 1]) / (2 * Math.PI);
            expect(inside).toBeGreaterThan(-1e-9);
            expect(inside).toBeLessThan(1 - 0.9e-6);
          }
        },
      ),
    );
  });

  it("refuses a cell without area", () => {
    expect(() => checkCell("map", [1, 0, 2, 0])).toThrow("map: expected two finite vectors");
    expect(() => checkCell("map", [1, 0, Number.NaN, 1])).toThrow("map");
  });
});
