import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cross,
  det3,
  dot,
  faceSpacings,
  hermiteNormalForm,
  inv3,
  modulo,
  mul3,
  norm3,
  rowTimes,
  transpose3,
} from "../../src/core/linalg.ts";

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const integerMatrix = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: 9, maxLength: 9 })
  .filter((m) => det3(m) !== 0);

describe("3x3 matrices", () => {
  it("have the determinant of Leibniz' formula", () => {
    const leibniz = (m: number[]) => {
      let sum = 0;
      for (const [i, j, k] of [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
      ])
        sum += m[i] * m[3 + j] * m[6 + k] - m[k] * m[3 + j] * m[6 + i];
      return sum;
    };
    fc.assert(fc.property(integerMatrix, (m) => det3(m) === leibniz(m)));
  });

  it("times their inverse are the identity, from both sides", () => {
    fc.assert(
      fc.property(integerMatrix, (m) => {
        const inverse = inv3(m);
        // Entries up to 9 and |det| >= 1: entries of the inverse stay below 162, so rounding stays near 1e-12.
        for (const product of [mul3(m, inverse), mul3(inverse, m)])
          product.forEach((x, i) => {
            expect(Math.abs(x - identity[i])).toBeLessThan(1e-11);
          });
      }),
    );
  });

  it("multiply like row vectors one after the other, and transpose in reverse", () => {
    fc.assert(
      fc.property(integerMatrix, integerMatrix, fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), (a, b, v) => {
        // Joined, so that 0 and -0 are one; integers this small are exact.
        expect(rowTimes(rowTimes(v, a), b).join()).toBe(rowTimes(v, mul3(a, b)).join());
        expect(transpose3(mul3(a, b)).join()).toBe(mul3(transpose3(b), transpose3(a)).join());
      }),
    );
  });

  it("have face spacings that are the inverse lengths of the reciprocal vectors", () => {
    fc.assert(
      fc.property(integerMatrix, (m) => {
        const inverse = inv3(m);
        faceSpacings(m).forEach((spacing, k) => {
          const reciprocal = norm3([inverse[k], inverse[3 + k], inverse[6 + k]]);
          expect(spacing * reciprocal).toBeCloseTo(1, 10);
        });
      }),
    );
  });

  it("give a cross product that is normal to both vectors and right-handed", () => {
    expect(cross([1, 0, 0], [0, 1, 0])).toEqual([0, 0, 1]);
    const vector = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -9, max: 9 })));
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const c = cross(a, b);
        expect(dot(a, c) + 0).toBe(0);
        expect(dot(b, c) + 0).toBe(0);
        expect(dot(c, c)).toBe(dot(a, a) * dot(b, b) - dot(a, b) ** 2);
      }),
    );
  });
});

describe("modulo", () => {
  it("is the remainder in 0 .. n-1", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 50 }), (a, n) => {
        const r = modulo(a, n);
        expect(r >= 0 && r < n).toBe(true);
        expect(Number.isInteger((a - r) / n)).toBe(true);
        expect(Object.is(r, -0)).toBe(false);
      }),
    );
  });
});

describe("hermiteNormalForm", () => {
  /** Unimodular integer matrices, as products of elementary ones. */
  const unimodular = fc
    .array(fc.tuple(fc.nat(2), fc.nat(2), fc.integer({ min: -2, max: 2 })), { maxLength: 6 })
    .map((steps) =>
      steps.reduce<number[]>((m, [i, j, k]) => {
        const step = [...identity];
        step[3 * i + j] = i === j ? -1 : k;
        return mul3(step, m);
      }, identity),
    );

  it("is lower triangular with a positive diagonal and reduced entries below it", () => {
    fc.assert(
      fc.property(integerMatrix, (m) => {
        const h = hermiteNormalForm(m);
        expect([h[1], h[2], h[5]]).toEqual([0, 0, 0]);
        for (let column = 0; column < 3; column++) {
          expect(h[4 * column]).toBeGreaterThan(0);
          for (let row = column + 1; row < 3; row++) {
            expect(h[3 * row + column]).toBeGreaterThanOrEqual(0);
            expect(h[3 * row + column]).toBeLessThan(h[4 * column]);
          }
        }
      }),
    );
  });

  it("spans the same lattice: each set of rows is an integer combination of the other", () => {
    fc.assert(
      fc.property(integerMatrix, (m) => {
        const h = hermiteNormalForm(m);
        expect(Math.abs(det3(h))).toBe(Math.abs(det3(m)));
        for (const transform of [mul3(h, inv3(m)), mul3(m, inv3(h))])
          for (const x of transform) expect(Math.abs(x - Math.round(x))).toBeLessThan(1e-9);
      }),
    );
  });

  it("is the same for every basis of a lattice, and for itself", () => {
    fc.assert(
      fc.property(integerMatrix, unimodular, (m, change) => {
        const h = hermiteNormalForm(m);
        expect(hermiteNormalForm(mul3(change, m))).toEqual(h);
        expect(hermiteNormalForm(h)).toEqual(h);
        expect(h.some((x) => Object.is(x, -0))).toBe(false);
      }),
    );
  });
});
