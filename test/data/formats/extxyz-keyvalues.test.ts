import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { infoValue, keyValueText, parseKeyValues } from "../../../src/data/formats/extxyz-keyvalues.ts";
import { dataErrorOf } from "./errors-of.ts";

const parse = (text: string) =>
  Object.fromEntries([...parseKeyValues(text, "F", 2)].map(([key, value]) => [key, infoValue(value)]));
const errorOf = (text: string) => dataErrorOf(() => parseKeyValues(text, "F", 2));

describe("extended XYZ key=value text", () => {
  // The cases of the specification and of libAtoms/extxyz's list of what should work.
  it.each<[string, unknown]>([
    ["12", 12],
    ["-012", -12],
    ["+12.0", 12],
    [".5", 0.5],
    ["5.", 5],
    ["1.2e7", 1.2e7],
    ["5d-6", 5e-6],
    ["12E+0", 12],
    ["T", true],
    ["FALSE", false],
    ["True", true],
    ["TRuE", "TRuE"],
    ["1.3k7", "1.3k7"],
    ["a/b@c", "a/b@c"],
    ["a_to_Z_$%%^&*", "a_to_Z_$%%^&*"],
    ["2-0-0", "2-0-0"],
    ["nan", "nan"],
    ["1e999", "1e999"],
    ["a\\=b", "a=b"],
    ['"quoted value"', "quoted value"],
    ["'it is \"so\"'", 'it is "so"'],
    ['"esc\\"aped"', 'esc"aped'],
    ['"abc\\\\def"', "abc\\def"],
    ['"line one\\nline two"', "line one\nline two"],
    ['""', ""],
    ['"\\5"', "5"],
    ['"5"', 5],
    ["{1}", 1],
    ['"1 2.0 3"', [1, 2, 3]],
    ["'F F F'", [false, false, false]],
    ['" T, F, T "', [true, false, true]],
    ['"7, 4, -1"', [7, 4, -1]],
    ["{T F True FALSE}", [true, false, true, false]],
    ['"1.2 3.4 text"', "1.2 3.4 text"],
    ["{one two}", ["one", "two"]],
    ["[1, 2, 3]", [1, 2, 3]],
    ["[ 1 2 3 ]", [1, 2, 3]],
    ["[5]", [5]],
    ["[]", []],
    ['["a",b, "c"]', ["a", "b", "c"]],
    ['["a, b", "c]"]', ["a, b", "c]"]],
    ["[T, F, bob]", ["T", "F", "bob"]],
    ['["1", "2"]', ["1", "2"]],
    ["[[1, 2], [3, 4.5]]", [1, 2, 3, 4.5]],
    ["[[T, F],[a, b]]", ["T", "F", "a", "b"]],
    ['"[[1, 2], [3, 4]]"', "[[1, 2], [3, 4]]"],
  ])("reads key=%s", (text, value) => {
    expect(parse(`key=${text}`)).toEqual({ key: value });
    expect(parse(` key  =\t${text} next=1 `)).toEqual({ key: value, next: 1 });
  });

  it("tells nested lists by their shape", () => {
    expect(parseKeyValues("m=[[1,2,3],[4,5,6]]", "F", 2).get("m")).toEqual({
      values: [1, 2, 3, 4, 5, 6],
      shape: [2, 3],
    });
  });

  it("reads bare keys as true, quoted keys, and keys with hyphens and digits", () => {
    expect(parse('flag 2body=3 hyphen-ated=x "with space"="a value" last')).toEqual({
      flag: true,
      "2body": 3,
      "hyphen-ated": "x",
      "with space": "a value",
      last: true,
    });
    expect(parse("  ")).toEqual({});
  });

  it.each([
    ["a=b=c", /column 4: "=" within a value/],
    ['a=b"c', /column 4: """ within a value/],
    ['a="b', /column 3: " is never closed/],
    ["a='b", /column 3: ' is never closed/],
    ["a={1 2", /never closed by }/],
    ["a=[1, 2", /never closed by \]/],
    ['a="b"c', /expected a space after the value of "a"/],
    ["a=[1,,2]", /cannot read the list entry/],
    ["a=[1,2,]", /ends with a comma/],
    ["a=[[1,2],[3]]", /rows differ in length/],
    ["a=[[1,2],3]", /expected rows in brackets/],
    ["a=", /the key "a" has no value/],
    ["=3", /expected a key, found "=3"/],
    ["a=1 b=2 a=3", /column 9: the key "a" is given twice/],
    ["a{b=3", /"{" within a key/],
  ])("refuses %s, with the place", (text, message) => {
    expect(errorOf(text)).toMatch(/^F:2: column \d+: /);
    expect(errorOf(text)).toMatch(message);
  });

  it("reads back what it writes", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme-ascii" }),
      fc.constantFrom("1", "T F", "\n5", "a\nb", "'"),
    );
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const value = fc.oneof(
      text,
      number,
      fc.boolean(),
      fc.array(text),
      fc.array(number),
      fc.array(fc.boolean()),
    );
    fc.assert(
      fc.property(
        text.filter((key) => key !== ""),
        value,
        (key, given) => {
          const back = parseKeyValues(keyValueText(key, given), "F", 2);
          expect([...back.keys()]).toEqual([key]);
          expect(infoValue(back.get(key)!)).toEqual(given);
        },
      ),
    );
  });

  it("does not write mixed lists, NaN or Infinity", () => {
    expect(dataErrorOf(() => keyValueText("a", [1, "b"]))).toMatch(/several types/);
    expect(dataErrorOf(() => keyValueText("a", Number.NaN))).toMatch(/NaN/);
    expect(dataErrorOf(() => keyValueText("a", [1, Number.POSITIVE_INFINITY]))).toMatch(/Infinity/);
  });
});
