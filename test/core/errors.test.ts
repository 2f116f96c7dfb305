import { describe, expect, it } from "vitest";
import { dataError, EcitonError, errorCodes, exitCodeOf, studyError } from "../../src/core/errors.ts";
import { BOLTZMANN_EV_PER_K, KBAR_EV_PER_A3 } from "../../src/core/units.ts";

describe("EcitonError", () => {
  it("keeps code, details and cause", () => {
    const cause = new Error("below");
    const error = new EcitonError("memory", "too much", { bytes: 3 }, cause);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual(["EcitonError", "memory", "too much"]);
    expect(error.details).toEqual({ bytes: 3 });
    expect(error.cause).toBe(cause);
    expect("cause" in new EcitonError("io", "x")).toBe(false);
  });

  it("says where: file and line, or the path in the study", () => {
    expect(dataError("a.csv", 3, "bad").message).toBe("a.csv:3: bad");
    expect(dataError("a.csv", null, "bad")).toMatchObject({ message: "a.csv: bad", code: "data" });
    expect(studyError("fit.lambda", "bad")).toMatchObject({ message: "fit.lambda: bad", code: "study" });
  });

  it("has the exit codes of the command line", () => {
    // 2 wrong usage or study, 3 bad input, 4 did not converge, 5 partly done, 130 interrupted.
    const expected = {
      usage: 2,
      study: 2,
      data: 3,
      mapping: 3,
      "not-converged": 4,
      partial: 5,
      cancelled: 130,
    };
    for (const [code, exit] of Object.entries(expected))
      expect(exitCodeOf(code as keyof typeof expected)).toBe(exit);
    for (const code of errorCodes) expect(exitCodeOf(code)).toBeGreaterThan(0);
  });
});

describe("constants", () => {
  it("follow from the exact SI values", () => {
    // k_B / e with k_B = 1.380649e-23 J/K, e = 1.602176634e-19 C; ten digits are given.
    expect(BOLTZMANN_EV_PER_K / (1.380649e-23 / 1.602176634e-19)).toBeCloseTo(1, 9);
    // 1 eV/Å^3 = 160.2176634 GPa = 1602.176634 kbar
    expect(1602.176634 * KBAR_EV_PER_A3).toBeCloseTo(1, 12);
  });
});
