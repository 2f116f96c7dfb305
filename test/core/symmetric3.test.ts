import fc from "fast-check";
import { expect, it } from "vitest";
import { eigenSymmetric3 } from "../../src/core/symmetric3.ts";

const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const symmetric = fc
  .tuple(number, number, number, number, number, number)
  .map(([a, b, c, d, e, f]) => [a, b, c, b, d, e, c, e, f]);

it("eigenvectors are normal to each other, and give the matrix back with the eigenvalues", () => {
  const values = new Float64Array(3);
  const v = new Float64Array(9);
  const cases = fc.oneof(
    symmetric,
    fc.constant([1, 0, 0, 0, 1, 0, 0, 0, 1]),
    fc.constant(new Array<number>(9).fill(1)),
    symmetric.map((m) => m.map((x) => x * 1e-150)),
  );
  fc.assert(
    fc.property(cases, (m) => {
      eigenSymmetric3(m, values, v);
      const scale = Math.max(...m.map(Math.abs));
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const overlap = v[3 * i] * v[3 * j] + v[3 * i + 1] * v[3 * j + 1] + v[3 * i + 2] * v[3 * j + 2];
          expect(Math.abs(overlap - (i === j ? 1 : 0))).toBeLessThan(1e-14 * 10);
          let back = 0;
          for (let k = 0; k < 3; k++) back += values[k] * v[3 * k + i] * v[3 * k + j];
          expect(Math.abs(back - m[3 * i + j])).toBeLessThanOrEqual(1e-14 * 10 * scale);
        }
    }),
  );
});
