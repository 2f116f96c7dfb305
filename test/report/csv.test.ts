import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { toCsv } from "../../src/report/csv.ts";

describe("toCsv", () => {
  it("is read back by a CSV parser, numbers to the last bit", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), finite)), (rows) => {
        const text = toCsv("table", ["name, quoted", "value"], rows);
        const [head, ...body] = parse(text, { record_delimiter: "\n" }) as string[][];
        expect(head).toEqual(["name, quoted", "value"]);
        // String(-0) is "0"; every other double survives the shortest decimal form.
        expect(body.map(([name, value]) => [name, Number(value)])).toEqual(
          rows.map(([name, value]) => [name, value + 0]),
        );
      }),
    );
  });

  it("leaves absent values empty", () => {
    expect(toCsv("table", ["a", "b", "c"], [[1, undefined, true]])).toBe("a,b,c\n1,,true\n");
  });

  it("refuses NaN and Infinity by name and row, and rows of the wrong length", () => {
    const bad = (value: number) => () =>
      toCsv(
        "energies",
        ["T", "E"],
        [
          [300, 1],
          [500, value],
        ],
      );
    expect(bad(Number.NaN)).toThrow("energies, row 2: E is NaN");
    expect(bad(Number.NEGATIVE_INFINITY)).toThrow("energies, row 2: E is -Infinity");
    expect(bad(Number.NaN)).toThrow(EcitonError);
    expect(() => toCsv("energies", ["T", "E"], [[300]])).toThrow("expected 2 values, found 1");
  });
});
