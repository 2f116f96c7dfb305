import { describe, expect, it } from "vitest";
import { type CifBlock, parseCif } from "../../../src/data/formats/cif-parse.ts";
import { dataErrorOf } from "./errors-of.ts";

const parse = (text: string) => parseCif(text, "C");
const errorOf = (text: string) => dataErrorOf(() => parse(text));
const items = (block: CifBlock) => Object.fromEntries([...block.items].map(([tag, { text }]) => [tag, text]));

describe("CIF text", () => {
  it("reads bare, quoted and multi-line values", () => {
    const [block] = parse(`#\\#CIF_1.1
data_Strings   # the first block
_bare str
_single 'str'
_double "a 'b' c"
_inner 'it's one # value'
_next_line # comment

  str
_hash s#t#r
_field
;first
 second line
;
_after_field 1 _Upper.Case 2
`);
    expect(block.name).toBe("Strings");
    expect(items(block)).toEqual({
      _bare: "str",
      _single: "str",
      _double: "a 'b' c",
      _inner: "it's one # value",
      _next_line: "str",
      _hash: "s#t#r",
      _field: "first\n second line",
      _after_field: "1",
      _upper_case: "2",
    });
    expect(block.items.get("_field")).toMatchObject({ quoted: true, line: 12 });
    expect(block.items.get("_upper_case")).toMatchObject({ quoted: false, line: 15 });
  });

  it("tells ? and . from their quoted forms", () => {
    const [block] = parse("data_x _a ? _b '?' _c .");
    expect([...block.items.values()].map(({ quoted }) => quoted)).toEqual([false, true, false]);
  });

  it("reads loops, also with several rows on a line and text fields in them", () => {
    const [block] = parse("data_x\nloop_\n_a _b\n1 'x y' 3\n;field\n;\nLOOP_ _c\n_d 5 6");
    expect(
      block.loops.map(({ tags, rows }) => [tags, rows.map((row) => row.map(({ text }) => text))]),
    ).toEqual([
      [
        ["_a", "_b"],
        [
          ["1", "x y"],
          ["3", "field"],
        ],
      ],
      [["_c", "_d"], [["5", "6"]]],
    ]);
  });

  it("does not care which line ends are used", () => {
    const text = "data_x\n_a\n;one\ntwo\n;\nloop_\n_b\n1\n2\n";
    expect(parse(text.replaceAll("\n", "\r\n"))).toEqual(parse(text));
    expect(parse(text.replaceAll("\n", "\r"))).toEqual(parse(text));
  });

  it("keeps save frames apart from their block", () => {
    const [block] = parse("data_x\nsave_one\n_a 1\nsave_\nsave_two\n_a 2\nsave_\n_a 3");
    expect(items(block)).toEqual({ _a: "3" });
    expect(block.frames.map((frame) => [frame.name, items(frame)._a])).toEqual([
      ["one", "1"],
      ["two", "2"],
    ]);
  });

  it.each([
    ["nothing", "# only a comment\n", /^C:1: no data block/],
    ["items before a block", "_a 1", /^C:1: expected data_/],
    ["an open quote", "data_x\n_a 'abc\n_b 1", /^C:2: ' is not closed on its line/],
    ["an open text field", "data_x\n_a\n;abc\n", /^C:3: the text field that begins here is never closed/],
    ["a tag without a value", "data_x\n_a\n_b 1", /^C:2: _a has no value/],
    ["a tag without a value at the end", "data_x _a", /^C:1: _a has no value/],
    ["a value without a tag", "data_x\n_a 1 2", /^C:2: the value "2" has no tag/],
    ["a tag twice", "data_x\n_a 1\n_A 2", /^C:3: _A is also at line 2/],
    ["a tag in an item and a loop", "data_x\n_a 1\nloop_ _a 1", /^C:3: _a is also at line 2/],
    ["a block twice", "data_x\n_a 1\ndata_X\n", /^C:3: a data block "X" is also at line 1/],
    ["a cut loop", "data_x\nloop_ _a _b\n1 2\n3\n", /^C:4: the loop at line 2 has 2 tags, but 3 values/],
    ["a loop without tags", "data_x\nloop_\n1\n", /^C:2: loop_ without tags/],
    ["an open save frame", "data_x\nsave_a\n_b 1\n", /^C:2: the save frame "a" is not closed/],
    ["a save frame within another", "data_x\nsave_a\nsave_b\n", /^C:3: a save frame within another/],
    ["reserved words", "data_x\nglobal_\n", /^C:2: global_ is not allowed/],
  ])("refuses %s", (_, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });
});
