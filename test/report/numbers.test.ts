import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import {
  count,
  duration,
  fixed,
  integer,
  percent,
  plain,
  requireFinite,
  significant,
  withError,
} from "../../src/report/numbers.ts";

const asNumber = (text: string) => Number(text.replace("−", "-"));

describe("numbers for people", () => {
  it("rounds to significant digits", () => {
    expect(significant(0.0123456, 3)).toBe("0.0123");
    expect(significant(-1234.5, 3)).toBe("−1235");
    expect(significant(0, 3)).toBe("0");
    expect(significant(1.5e-7, 3)).toBe("1.50 × 10⁻⁷");
    expect(significant(undefined)).toBe("–");
  });

  it("stays within half a unit of the last digit", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e5, max: 1e5, noNaN: true }), (x) => {
        // Rounding to 3 decimals moves a number by at most 0.0005, and the parsing adds an ulp.
        expect(Math.abs(asNumber(fixed(x, 3)) - x)).toBeLessThanOrEqual(0.0005 * (1 + 1e-9) + 1e-10);
      }),
    );
  });

  it("never prints minus zero", () => {
    expect(fixed(-0.0001, 2)).toBe("0.00");
    expect(fixed(-0.5, 1)).toBe("−0.5");
    expect(plain(1100)).toBe("1100");
  });

  it("gives errors two digits and means as many decimals", () => {
    expect(withError(1.23456, 0.0123)).toBe("1.235 ± 0.012");
    expect(withError(-250.4, 13)).toBe("−250 ± 13");
    expect(withError(0.00001027, 0.00000033)).toBe("(1.027 ± 0.033) × 10⁻⁵");
    expect(withError(-2e-7, 0.00042)).toBe("(0.0 ± 4.2) × 10⁻⁴");
    expect(withError(0.00123, 0.00004)).toBe("0.001230 ± 0.000040");
    expect(withError(2, undefined)).toBe("2.0000");
    expect(withError(undefined, 1)).toBe("–");
  });

  it("groups digits and counts in English", () => {
    expect(integer(5000000)).toBe("5\u202f000\u202f000");
    expect(integer(999)).toBe("999");
    expect(count(1, "class", "classes")).toBe("1 class");
    expect(count(2, "chain")).toBe("2 chains");
    expect(percent(0.1234)).toBe("12.3 %");
    expect([duration(1.5), duration(300), duration(36000)]).toEqual(["1.50 s", "5.0 min", "10.0 h"]);
  });

  it("refuses what is not finite", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => fixed(bad, 2)).toThrow(EcitonError);
      expect(() => significant(bad)).toThrow(EcitonError);
      expect(() => withError(1, bad)).toThrow(EcitonError);
      expect(() => integer(bad)).toThrow(EcitonError);
      expect(() => requireFinite("plot", [{ x: 1 }, { x: bad }], ["x"])).toThrow("plot, row 2: x is");
    }
    expect(() => requireFinite("plot", [{ x: 1 }, {}], ["x"])).not.toThrow();
  });
});
