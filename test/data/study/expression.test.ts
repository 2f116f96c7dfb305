import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { type Constants, evaluateExpression, type Quantity } from "../../../src/data/study/expression.ts";

function refusal(text: string, quantity: Quantity = "number", constants: Constants = {}): string {
  try {
    evaluateExpression(text, quantity, constants);
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    expect((error as EcitonError).code).toBe("study");
    return (error as EcitonError).message;
  }
  throw new Error(`${text} was evaluated`);
}

describe("arithmetic", () => {
  it("agrees with the same arithmetic written here", () => {
    expect(evaluateExpression("15.45/4*sqrt(2)", "length", {})).toBeCloseTo((15.45 / 4) * Math.sqrt(2), 14);
    expect(evaluateExpression("-L/(2*sqrt(3))", "length", { L: 3 })).toBeCloseTo(-3 / (2 * Math.sqrt(3)), 14);
    expect(evaluateExpression("2^3^2 - max(1, 2) + abs(-4)", "number", {})).toBe(2 ** 9 - 2 + 4);
    expect(evaluateExpression("cos(pi/3)", "number", {})).toBeCloseTo(0.5, 15);
    expect(evaluateExpression("1e-3", "energy", {})).toBe(1e-3);
  });

  it("is exact for every number that can be written", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        // -0 is written "0".
        expect(evaluateExpression(String(x), "number", {})).toBe(x + 0);
      }),
    );
  });

  it("takes a study's constant before a unit of the same name", () => {
    expect(evaluateExpression("L", "length", { L: 2.5 })).toBe(2.5);
  });
});

describe("units", () => {
  // CODATA 2018, exact: 1 eV = 1.602176634e-19 J, N_A = 6.02214076e23 / mol.
  const eV = 1.602176634e-19;
  const mole = 6.02214076e23;

  it("turns lengths, energies and temperatures into those used inside", () => {
    expect(evaluateExpression("2 nm", "length", {})).toBeCloseTo(20, 12);
    expect(evaluateExpression("1.5 angstrom", "length", {})).toBeCloseTo(1.5, 14);
    expect(evaluateExpression("25 meV", "energy", {})).toBeCloseTo(0.025, 14);
    expect(evaluateExpression("0.5 kJ/mol", "energy", {})).toBeCloseTo(500 / (mole * eV), 10);
    expect(evaluateExpression("0.5 kJ/mol", "energy", {})).toBeCloseTo(0.0051821, 7);
    expect(evaluateExpression("1 electronvolt", "energy", {})).toBeCloseTo(1, 14);
    expect(evaluateExpression("1 keV - 1e-16 J", "energy", {})).toBeCloseTo(1000 - 1e-16 / eV, 9);
    expect(evaluateExpression("0 degC", "temperature", {})).toBeCloseTo(273.15, 9);
  });

  it("takes each of them where any is expected", () => {
    expect(evaluateExpression("2 nm", "any", {})).toBeCloseTo(20, 12);
    expect(evaluateExpression("25 meV", "any", {})).toBeCloseTo(0.025, 14);
    expect(evaluateExpression("0.5 kJ/mol", "any", {})).toBeCloseTo(500 / (mole * eV), 10);
    expect(evaluateExpression("300 K", "any", {})).toBe(300);
  });

  it("refuses a unit of another dimension", () => {
    expect(refusal("2 nm", "energy")).toContain("dimension of an energy (eV)");
    expect(refusal("2 eV", "temperature")).toContain("dimension of a temperature (K)");
    expect(refusal("2 eV", "number")).toContain("has a unit where a plain number is expected");
    expect(refusal("2 kg", "any")).toContain("a length (angstrom) or an energy (eV) or a temperature (K)");
    expect(refusal("2 nm + 3", "length")).toContain("cannot be evaluated");
  });
});

describe("what is no arithmetic", () => {
  it.each([
    ["import('fs')", 'the function "import"'],
    ["evaluate('1+1')", 'the function "evaluate"'],
    ["createUnit('x')", 'the function "createUnit"'],
    ["parse('1')", 'the function "parse"'],
    ["config({})", 'the function "config"'],
    ["f(x) = x", "not plain arithmetic"],
    ["a = 3", "not plain arithmetic"],
    ["1; 2", "not plain arithmetic"],
    ["[1, 2]", "not plain arithmetic"],
    ["{a: 1}", "not plain arithmetic"],
    ["cos.constructor", "not plain arithmetic"],
    ['cos.constructor("return process")', "uses the function"],
    ["L.x", "not plain arithmetic"],
    ["L[1]", "not plain arithmetic"],
    ['"text"', "not a number"],
    ["true ? 1 : 2", "not plain arithmetic"],
    ["1 < 2", 'uses "<"'],
    ["5!", 'uses "!"'],
    ["2 m to cm", 'uses "to"'],
    ["constructor", "no unit and no constant"],
    ["__proto__", "no unit and no constant"],
    ["toString", "no unit and no constant"],
    ["hasOwnProperty(1)", 'the function "hasOwnProperty"'],
    ["i", "no unit and no constant"],
    ["", "is empty"],
    ["   ", "is empty"],
    ["1 +", "not an expression"],
    ["1,5", "not an expression"],
    ["(((", "not an expression"],
  ])("%s is refused", (text, reason) => {
    expect(refusal(text, "number", { L: 1 })).toContain(reason);
  });

  it.each(["1/0", "0/0", "10^400", "sqrt(-1)", "log(-1)", "log(0)", "9^9^9^9"])("%s is no number", (text) => {
    expect(refusal(text)).toMatch(/not a finite number|not a real number/);
  });

  it("names the constants that there are", () => {
    expect(refusal("LL", "length", { L: 1, a: 2 })).toContain("it has L, a");
  });

  it("refuses what is too long without repeating it", () => {
    const message = refusal(`1${"+1".repeat(5000)}`);
    expect(message).toContain("too long");
    expect(message.length).toBeLessThan(100);
  });

  it("never gives anything but a finite number, whatever the text", () => {
    const word = fc.constantFrom(
      ..."+-*/^()[]{}.,;:='\"<>! ",
      "1",
      "2e3",
      "sqrt",
      "cos",
      "eV",
      "m",
      "L",
      "constructor",
      "__proto__",
      "import",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          expect(Number.isFinite(evaluateExpression(words.join(""), "any", { L: 2 }))).toBe(true);
        } catch (error) {
          if (!(error instanceof EcitonError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
