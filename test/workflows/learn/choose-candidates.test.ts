import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Choosable, chooseCandidates } from "../../../src/workflows/learn/choose-candidates.ts";

const of = (system: number, deviation: number, outside = 0): Choosable => ({ system, deviation, outside });

describe("candidates of a round", () => {
  it("are all chosen where there are few", () => {
    expect(chooseCandidates([of(0, 1), of(1, 2), of(0, 3)], 5)).toEqual([0, 1, 2]);
    expect(chooseCandidates([], 5)).toEqual([]);
    expect(chooseCandidates([of(0, 1)], 0)).toEqual([]);
  });

  it("are shared equally, what one system does not need going to the others", () => {
    const many = Array.from({ length: 30 }, (_, k) => of(k < 2 ? 0 : k < 16 ? 1 : 2, k));
    const chosen = chooseCandidates(many, 12).map((k) => many[k].system);
    const countOf = (system: number) => chosen.filter((one) => one === system).length;
    expect([countOf(0), countOf(1), countOf(2)]).toEqual([2, 5, 5]);
  });

  it("are spread over the deviations, those outside the training set first", () => {
    const inside = Array.from({ length: 8 }, (_, k) => of(0, k));
    // In the order of doubt: 7, 6 ... 0; every second from the first on.
    expect(chooseCandidates(inside, 4)).toEqual([1, 3, 5, 7]);
    expect(chooseCandidates([...inside, of(0, 0, 3)], 1)).toEqual([8]);
  });

  it("are as many as wanted, each once, for any candidates", () => {
    const candidate = fc.record({
      system: fc.nat(3),
      deviation: fc.double({ min: 0, max: 10, noNaN: true }),
      outside: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 60 }), fc.nat(80), (candidates, most) => {
        const chosen = chooseCandidates(candidates, most);
        expect(chosen).toHaveLength(Math.min(most, candidates.length));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
        // The most doubtful of each system that has a share is among them.
        for (const system of new Set(chosen.map((k) => candidates[k].system))) {
          const own = candidates.filter((one) => one.system === system);
          const outside = own.some((one) => one.outside > 0);
          const doubt = Math.max(
            ...own.filter((one) => !outside || one.outside > 0).map((one) => one.deviation),
          );
          const taken = chosen.map((k) => candidates[k]).filter((one) => one.system === system);
          expect(taken.some((one) => one.deviation === doubt && one.outside > 0 === outside)).toBe(true);
        }
      }),
    );
  });
});
