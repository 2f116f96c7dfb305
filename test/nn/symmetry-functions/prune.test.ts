import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { correlationsOf } from "../../../src/nn/symmetry-functions/correlation.ts";
import { curSelection } from "../../../src/nn/symmetry-functions/cur.ts";
import { pruneFunctions, pruneText, usualPruning } from "../../../src/nn/symmetry-functions/prune.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { failureOf } from "../../failure.ts";

function normals(rows: number, columns: number, stream: number): Matrix {
  const random = new RandomStream(11, stream);
  return new Matrix(
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.nextNormal())),
  );
}

const gramOf = (x: Matrix) => Float64Array.from(x.transpose().mmul(x).to1DArray());
const columnOf = (x: Matrix, c: number) => x.getColumn(c);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** The published steps on the matrix itself: SVD, highest score, projection of the columns. */
function bruteForce(matrix: Matrix, most: number, rank: number): number[] {
  const x = matrix.clone();
  const order: number[] = [];
  while (order.length < most) {
    const { rightSingularVectors: v } = new SingularValueDecomposition(x, { autoTranspose: true });
    const scores = Array.from({ length: x.columns }, (_, c) =>
      order.includes(c)
        ? -1
        : Array.from({ length: rank }, (_, j) => v.get(c, j) ** 2).reduce((sum, s) => sum + s, 0),
    );
    const taken = scores.indexOf(Math.max(...scores));
    order.push(taken);
    const t = columnOf(x, taken);
    for (let c = 0; c < x.columns; c++) {
      const part = dot(t, columnOf(x, c)) / dot(t, t);
      x.setColumn(
        c,
        columnOf(x, c).map((value, i) => (c === taken ? 0 : value - part * t[i])),
      );
    }
  }
  return order;
}

/** Part of the squares of all columns that least squares on some of them leave. */
function leftBy(x: Matrix, chosen: readonly number[]): number {
  const basis = new SingularValueDecomposition(x.subMatrixColumn([...chosen]), { autoTranspose: true })
    .leftSingularVectors;
  const projected = basis.mmul(basis.transpose().mmul(x));
  return (Matrix.sub(x, projected).norm("frobenius") / x.norm("frobenius")) ** 2;
}

describe("curSelection", () => {
  it.each([1, 2])("takes the columns that leverage scores of the matrix itself give, k = %i", (rank) => {
    for (let stream = 0; stream < 8; stream++) {
      const x = normals(20, 7, stream);
      // Columns of different sizes that resemble each other.
      for (let c = 1; c < 7; c++)
        x.setColumn(
          c,
          columnOf(x, c).map((value, i) => (value + 2 * x.get(i, c - 1)) * (1 + 0.3 * c)),
        );
      const { order, unexplained, residuals } = curSelection(gramOf(x), 7, 5, rank);
      expect(order).toEqual(bruteForce(x, 5, rank));
      for (let k = 1; k <= 5; k++) expect(unexplained[k - 1]).toBeCloseTo(leftBy(x, order.slice(0, k)), 10);
      for (let c = 0; c < 7; c++) {
        const own = x.subMatrixColumn([c]);
        const both = x.subMatrixColumn([...order, c]);
        const whole =
          leftBy(
            both,
            order.map((_, k) => k),
          ) *
          both.norm("frobenius") ** 2;
        expect(residuals[c]).toBeCloseTo(whole / own.norm("frobenius") ** 2, 10);
      }
    }
  });

  it("ends with as many columns as the matrix has rank, which hold all of it", () => {
    for (const rank of [1, 3, 5]) {
      const x = normals(30, rank, 20 + rank).mmul(normals(rank, 12, 40 + rank));
      const { order, unexplained } = curSelection(gramOf(x), 12, 12);
      expect(order.length).toBe(rank);
      expect(new Set(order).size).toBe(rank);
      expect(unexplained.at(-1)).toBeLessThan(1e-12);
      expect(leftBy(x, order)).toBeLessThan(1e-20);
    }
  });

  it("takes the first of equal columns, and none that is zero", () => {
    const x = normals(10, 2, 60);
    const twice = new Matrix(10, 5);
    [1, 0, 1, 0].forEach((from, c) => {
      twice.setColumn(c, columnOf(x, from));
    });
    expect([...curSelection(gramOf(twice), 5, 5).order].sort()).toEqual([0, 1]);
    expect(curSelection(new Float64Array(9), 3, 3)).toMatchObject({ order: [], unexplained: [] });
  });
});

const radial = (eta: number): SymmetryFunction => ({
  type: 2,
  neighbour: "O",
  eta,
  shift: 0,
  radius: 6,
  cutoff: { form: "cos", alpha: 0 },
});
const angular = (type: 3 | 9, zeta: number): SymmetryFunction => ({
  type,
  neighbours: ["O", "O"],
  eta: 0.1,
  shift: 0,
  lambda: 1,
  zeta,
  radius: 6,
  cutoff: { form: "cos", alpha: 0 },
});

describe("pruneFunctions", () => {
  const random = new RandomStream(12, 0);
  const base = Array.from({ length: 200 }, () => Array.from({ length: 3 }, () => random.nextNormal()));
  const correlationsFrom = (row: (x: readonly number[]) => number[]) => {
    const rows = base.map(row);
    return correlationsOf(Float64Array.from(rows.flat()), rows[0].length);
  };

  it("says of each function why it goes, and keeps the cheaper of two", () => {
    const functions = [angular(9, 4), radial(1), angular(3, 1), radial(2), angular(9, 1), radial(3)];
    // The first is a copy of a radial one turned round; the fifth resembles the third, which is narrow.
    const correlations = correlationsFrom(([a, b, c]) => [
      5 - 2 * a,
      a,
      b,
      0.25,
      b + 1e-3 * c,
      1 + 1e-8 * Math.abs(Math.sin(c)),
    ]);
    const result = pruneFunctions(functions, correlations, usualPruning);
    expect(result.kept).toEqual([1, 2]);
    expect(result.dropped.map(({ index }) => index)).toEqual([0, 3, 4, 5]);
    const [first, constant, similar, still] = result.dropped.map(({ reason }) => reason);
    expect(first).toMatchObject({ kind: "correlated", with: 1 });
    expect(constant).toEqual({ kind: "constant", value: 0.25 });
    expect(similar).toMatchObject({ kind: "correlated", with: 2 });
    expect(still.kind).toBe("small-range");
    const text = pruneText("Ce", functions, result);
    expect(text[0]).toMatch(/^G9 O-Ce-O.*: correlated by -1\.000000 with G2 Ce-O, η = 1\/Å²/);
    expect(text[1]).toMatch(/^G2 Ce-O, η = 2\/Å².*: the same for all atoms, 0\.25$/);
    expect(text[2]).toMatch(/correlated by (0\.99999|1\.0000)\d* with G3/);
    expect(text[3]).toMatch(
      /differ by no more than (9\.\d+e-9|1e-8), where one neighbour or pair can add 1$/,
    );
  });

  it("judges ranges by what one neighbour can add", () => {
    const correlations = correlationsFrom(([a, b]) => [1e-4 * a, 1e-4 * b]);
    const kept = (terms?: number[]) =>
      pruneFunctions([radial(1), radial(2)], correlations, { ...usualPruning, smallestRange: 1e-2 }, terms)
        .kept;
    // Normal deviates of 200 atoms span about 5.5 sigma: 5.5e-4.
    expect(kept([1e-3, 1e-3])).toEqual([0, 1]);
    expect(kept([1e-3, 1])).toEqual([0]);
    expect(failureOf(() => kept()).message).toContain("none of 2 symmetry functions varies");
    expect(failureOf(() => kept([1])).code).toBe("shape");
  });

  it("keeps what is correlated less than the threshold, and copies under none", () => {
    const functions = [radial(1), radial(2), radial(3)];
    // b/√(b² + …): correlation 1/√1.01 = 0.995.
    const correlations = correlationsFrom(([a, b]) => [a, a + 0.1 * b, a]);
    expect(pruneFunctions(functions, correlations, usualPruning).kept).toEqual([0, 1]);
    expect(pruneFunctions(functions, correlations, { ...usualPruning, correlation: 0.99 }).kept).toEqual([0]);
    expect(pruneFunctions(functions, correlations, { ...usualPruning, correlation: 1 }).kept).toEqual([0, 1]);
  });

  it("leaves as many as asked for, of which the others follow", () => {
    const functions = [1, 2, 3, 4, 5].map(radial);
    const correlations = correlationsFrom(([a, b, c]) => [a + b, a - b, b + 0.5 * c, a, c]);
    const result = pruneFunctions(functions, correlations, { ...usualPruning, keep: 3 });
    expect(result.kept.length).toBe(3);
    for (const { reason } of result.dropped) {
      expect(reason.kind).toBe("cur");
      // Three numbers make all five functions.
      if (reason.kind === "cur") expect(reason.residual).toBeLessThan(1e-10);
    }
    expect(pruneText("Ce", functions, result)[0]).toContain("100% of its variance follow from those kept");
    expect(pruneFunctions(functions, correlations, { ...usualPruning, keep: 9 }).kept.length).toBe(5);
    const two = pruneFunctions(functions, correlations, { ...usualPruning, keep: 2 });
    expect(two.kept.length).toBe(2);
    expect(two.dropped.some(({ reason }) => reason.kind === "cur" && reason.residual > 0.01)).toBe(true);
  });

  it("refuses what it cannot work with", () => {
    const same = correlationsFrom(() => [1, 2]);
    const error = failureOf(() => pruneFunctions([radial(1), radial(2)], same, usualPruning));
    expect(error.code).toBe("data");
    expect(error.message).toContain("none of 2 symmetry functions varies over 200 atoms");
    expect(failureOf(() => pruneFunctions([radial(1)], same, usualPruning)).code).toBe("shape");
    const varied = correlationsFrom(([a]) => [a]);
    for (const change of [{ smallestRange: -1 }, { correlation: 0 }, { correlation: 1.1 }, { keep: 0 }])
      expect(failureOf(() => pruneFunctions([radial(1)], varied, { ...usualPruning, ...change })).code).toBe(
        "study",
      );
  });
});
