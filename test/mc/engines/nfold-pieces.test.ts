/** What the rejection-free engine is made of: classes, bounds, draws in proportion, waiting times. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lnComplement, lnUnit } from "../../../src/core/logarithm.ts";
import { RandomStream } from "../../../src/core/random.ts";
import {
  CLASS_MARGIN,
  CLASS_WIDTH,
  CLASSES,
  FAR_BOUNDS,
  NEAR_WIDTH,
} from "../../../src/kernels/nfold-scheme.ts";
import { ClassPairs } from "../../../src/mc/engines/class-pairs.ts";
import { ClassedSites } from "../../../src/mc/engines/classed-sites.ts";
import { boundsFor, waitingSteps } from "../../../src/mc/engines/nfold-bounds.ts";
import { SumTree } from "../../../src/mc/engines/sum-tree.ts";

describe("logarithms", () => {
  it("are those of the standard library to the last bits", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1, noNaN: true }), (x) => {
        expect(lnUnit(x)).toBeLessThanOrEqual(0);
        // Three units of the last place, and the same at 1, where the logarithm is as small as the distance from it.
        expect(Math.abs(lnUnit(x) - Math.log(x))).toBeLessThanOrEqual(3 * 2.3e-16 * Math.abs(Math.log(x)));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 0.999, noNaN: true }), (p) => {
        expect(Math.abs(lnComplement(p) / Math.log1p(-p) - 1)).toBeLessThan(1e-15);
      }),
    );
    expect(lnUnit(1)).toBe(0);
  });
});

describe("waiting steps", () => {
  it.each([1e-9, 0.003, 0.2])("are geometric for p = %f", (p) => {
    const random = new RandomStream(3, 1);
    const draws = 40_000;
    // Ten ranges of nearly equal probability P(N > n) = (1 - p)^n.
    const borders = Array.from({ length: 11 }, (_, k) =>
      k === 10 ? Number.POSITIVE_INFINITY : Math.floor(Math.log1p(-k / 10) / Math.log1p(-p)),
    );
    const counts = new Array<number>(10).fill(0);
    for (let n = 0; n < draws; n++) {
      const steps = waitingSteps(p, random);
      expect(Number.isSafeInteger(steps) && steps >= 1).toBe(true);
      counts[borders.findLastIndex((border) => border < steps)]++;
    }
    const beyond = (n: number) => (n === Number.POSITIVE_INFINITY ? 0 : Math.exp(n * Math.log1p(-p)));
    let sum = 0;
    let ranges = 0;
    counts.forEach((count, k) => {
      const expected = draws * (beyond(borders[k]) - beyond(borders[k + 1]));
      if (expected === 0) return;
      sum += (count - expected) ** 2 / expected;
      ranges++;
    });
    expect(ranges).toBeGreaterThan(4);
    // χ² has the mean d and the variance 2 d.
    expect(Math.abs(sum - (ranges - 1))).toBeLessThan(4 * Math.sqrt(2 * (ranges - 1)));
  });
});

describe("bounds", () => {
  it("are whole, fall, and cover the acceptance of every pair of their class", () => {
    const { one, far, near } = boundsFor(11_264 * 1024);
    for (const [bounds, width] of [
      [far, CLASS_WIDTH],
      [near, NEAR_WIDTH],
    ] as const) {
      expect(bounds[0]).toBe(one);
      bounds.forEach((bound, n) => {
        expect(Number.isSafeInteger(bound)).toBe(true);
        // The largest acceptance of a class is that of its lower edge.
        expect(bound / one).toBeGreaterThan(Math.exp(-width * n) * (n === 0 ? 0.999 : 1));
        expect(bound / one).toBeLessThan(Math.exp(-width * n) * (1 + 1e-5) + 2 / one);
      });
    }
    expect(11_264 * 1024 * one).toBeLessThanOrEqual(2 ** 52);
  });
});

describe("SumTree", () => {
  it("finds every number as often as its size says", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 700 }), fc.nat(1000), (sizes, seed) => {
        const tree = new SumTree(sizes.length);
        const random = new RandomStream(seed, 0);
        for (let n = 0; n < 50; n++) tree.set(random.nextIndex(sizes.length), random.nextIndex(1000));
        sizes.forEach((size, k) => {
          tree.set(k, size);
        });
        expect(tree.total).toBe(sizes.reduce((a, b) => a + b, 0));
        const found = sizes.map(() => 0);
        for (let drawn = 0; drawn < tree.total; drawn++) {
          const { index, rest } = tree.find(drawn);
          expect(rest).toBe(found[index]++);
        }
        expect(found).toEqual(sizes);
      }),
      { numRuns: 40 },
    );
  });
});

const classList = fc.array(fc.integer({ min: -3, max: 30 }), { minLength: 1, maxLength: 12 });

/** A list of sites first, first + 1 .. in the given absolute classes, after some moves. */
function listOf(classes: readonly number[], first: number, seed: number): ClassedSites {
  const list = new ClassedSites(classes.length, first + classes.length);
  list.order.set(classes.map((_, k) => first + k));
  list.origin = ClassedSites.originFor(-3);
  const random = new RandomStream(seed, 0);
  list.sort(Float64Array.from(classes, () => random.nextIndex(CLASSES)));
  for (let n = 0; n < 20; n++) list.move(first + random.nextIndex(classes.length), random.nextIndex(CLASSES));
  classes.forEach((c, k) => {
    list.move(first + k, list.localClass(c));
  });
  return list;
}

describe("ClassedSites", () => {
  it("keep every site in its class through moves, replacements and sorting", () => {
    fc.assert(
      fc.property(classList, fc.nat(1000), (classes, seed) => {
        const list = listOf(classes, 4, seed);
        const check = () => {
          expect(list.begin[CLASSES]).toBe(classes.length);
          for (let c = 0; c < CLASSES; c++)
            for (let at = list.begin[c]; at < list.begin[c + 1]; at++)
              expect(list.classOf(list.order[at])).toBe(c);
        };
        check();
        expect([...list.order].sort((a, b) => a - b)).toEqual(classes.map((_, k) => 4 + k));
        classes.forEach((c, k) => {
          expect(list.classOf(4 + k)).toBe(c + 3 + CLASS_MARGIN);
        });
        const before = list.order.slice();
        list.sort(Float64Array.from(list.order, (site) => classes[site - 4]));
        expect(list.order).toEqual(before);
        list.replace(4, 0);
        expect(list.classOf(0)).toBe(classes[0] + 3 + CLASS_MARGIN);
        expect(list.order.includes(0) && !list.order.includes(4)).toBe(true);
        check();
      }),
      { numRuns: 60 },
    );
  });
});

describe("ClassPairs", () => {
  it("give every pair as many whole numbers as its bound has units", () => {
    // Small bounds, so that every number below the total can be tried.
    const bounds = Float64Array.from({ length: FAR_BOUNDS + 1 }, (_, n) => Math.max(1, 9 - n));
    fc.assert(
      fc.property(classList, classList, fc.nat(1000), (fewClasses, manyClasses, seed) => {
        const few = listOf(fewClasses, 0, seed);
        const many = listOf(manyClasses, 100, seed + 1);
        const pairs = new ClassPairs(few, many, bounds);
        pairs.sum();
        const expected = (i: number, j: number) =>
          bounds[Math.max(0, Math.min(FAR_BOUNDS, fewClasses[i] + manyClasses[j]))];
        const counts = fewClasses.map(() => manyClasses.map(() => 0));
        for (let drawn = 0; drawn < pairs.total; drawn++) {
          const pair = pairs.at(drawn);
          expect(pair.bound).toBe(expected(pair.few, pair.many - 100));
          counts[pair.few][pair.many - 100]++;
        }
        expect(counts).toEqual(fewClasses.map((_, i) => manyClasses.map((__, j) => expected(i, j))));
      }),
      { numRuns: 40 },
    );
  });
});
