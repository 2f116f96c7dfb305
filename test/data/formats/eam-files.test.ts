import { describe, expect, it } from "vitest";
import { parseFuncfl } from "../../../src/data/formats/eam-funcfl.ts";
import { parseSetfl, type Setfl, setflText } from "../../../src/data/formats/eam-setfl.ts";

const table = (length: number, seed: number) => Array.from({ length }, (_, k) => Math.sin(seed + k) / 3);

const two: Setfl = {
  comments: ["first", " second with  spaces", ""],
  nrho: 7,
  drho: 0.1,
  nr: 6,
  dr: 0.75,
  cutoff: 3.5,
  elements: [
    {
      name: "Cu",
      atomicNumber: 29,
      mass: 63.546,
      latticeConstant: 3.615,
      lattice: "fcc",
      embedding: table(7, 1),
      density: table(6, 2),
    },
    {
      name: "Ta",
      atomicNumber: 73,
      mass: 180.9479,
      latticeConstant: 3.3026,
      lattice: "bcc",
      embedding: table(7, 3),
      density: table(6, 4),
    },
  ],
  pairs: [table(6, 5), table(6, 6), table(6, 7)],
};

const line = (text: string, number: number, change: (line: string) => string) =>
  text
    .split("\n")
    .map((one, n) => (n === number - 1 ? change(one) : one))
    .join("\n");

describe("setfl files", () => {
  const text = setflText(two);

  it("read back as they were written, to the last bit", () => {
    expect(parseSetfl(text, "two.eam.alloy")).toEqual(two);
  });

  it("may have their numbers on any lines, with Fortran's exponents and other line ends", () => {
    const lines = text.split("\n");
    const body = lines.slice(0, 6);
    // The first table in one number a line.
    const values = lines.slice(6, 8).join(" ").trim().split(/\s+/);
    const other = [...body, ...values.map((value) => value.replace("e", "D")), ...lines.slice(8)].join(
      "\r\n",
    );
    expect(parseSetfl(other, "two")).toEqual(two);
  });

  it("are refused with the line where they end too early", () => {
    const lines = text.trimEnd().split("\n");
    for (const kept of [0, 1, 3, 4, 5, 6, 7, 9, lines.length - 1])
      expect(() => parseSetfl(lines.slice(0, kept).join("\n"), "cut.eam.alloy")).toThrow(
        /^cut\.eam\.alloy:\d+: the file ends before/,
      );
    // Within a number, too: the last line loses its last value.
    const torn = line(text.trimEnd(), lines.length, (one) => one.split(" ").slice(0, -1).join(" "));
    expect(() => parseSetfl(torn, "torn")).toThrow(/the file ends before|read\)/);
  });

  it("are refused for wrong counts and what is no number, each with its line", () => {
    const refused = (changed: string, pattern: RegExp) =>
      expect(() => parseSetfl(changed, "a.eam.alloy")).toThrow(pattern);
    refused(
      line(text, 4, () => "3 Cu Ta"),
      /^a\.eam\.alloy:4: expected 3 different element names, found 2/,
    );
    refused(
      line(text, 4, () => "2 Cu Cu"),
      /:4: expected 2 different/,
    );
    refused(
      line(text, 4, () => "Cu Ta"),
      /:4: number of elements: expected a number, found "Cu"/,
    );
    refused(
      line(text, 5, () => "7 0.1 6 0.75"),
      /:5: nrho drho nr dr cutoff: expected 5 words, found 4/,
    );
    refused(
      line(text, 5, () => "7 0.1 6.5 0.75 3.5"),
      /:5: nr: expected a whole number/,
    );
    refused(
      line(text, 5, () => "7 0 6 0.75 3.5"),
      /:5: drho: expected a positive number/,
    );
    refused(
      line(text, 5, () => "8 0.1 6 0.75 3.5"),
      /:\d+: embedding energy of Cu: expected 8 numbers, found/,
    );
    refused(
      line(text, 7, (one) => one.replace(/^\S+/, "NaN")),
      /:7: embedding energy of Cu: .*"NaN"/,
    );
    refused(
      line(text, 9, (one) => one.replace(/^\S+/, "1e999")),
      /:9: density of Cu: .*"1e999"/,
    );
    refused(`${text}0.5\n`, /:\d+: expected the end of the file, found "0\.5"/);
  });

  it("are not written with numbers that are not finite", () => {
    expect(() => setflText({ ...two, pairs: [[Number.NaN, 0, 0, 0, 0, 0], ...two.pairs.slice(1)] })).toThrow(
      /not finite/,
    );
    expect(() => setflText({ ...two, comments: ["a\nb", "", ""] })).toThrow(/more than one line/);
  });
});

describe("funcfl files", () => {
  const text = [
    "Cu by hand",
    "29 63.55 3.615 FCC",
    "6 0.5 5 1.0 4.0",
    "0 -1 -1.5 -1.75 -1.8 -1.7",
    "11 9 6",
    "2 0",
    "0.5 0.4 0.2 0.1 0",
    "",
  ].join("\n");

  it("are read as they stand", () => {
    expect(parseFuncfl(text, "cu.eam")).toEqual({
      comment: "Cu by hand",
      atomicNumber: 29,
      mass: 63.55,
      latticeConstant: 3.615,
      lattice: "FCC",
      nrho: 6,
      drho: 0.5,
      nr: 5,
      dr: 1,
      cutoff: 4,
      embedding: [0, -1, -1.5, -1.75, -1.8, -1.7],
      charge: [11, 9, 6, 2, 0],
      density: [0.5, 0.4, 0.2, 0.1, 0],
    });
  });

  it("are refused with file and line", () => {
    expect(() => parseFuncfl(text.split("\n").slice(0, 6).join("\n"), "cu.eam")).toThrow(
      /^cu\.eam:6: the file ends before density \(0 of 5/,
    );
    expect(() => parseFuncfl(text.replace("2 0\n", "2 x\n"), "cu.eam")).toThrow(
      /^cu\.eam:6: effective charge: expected a number, found "x"/,
    );
    expect(() => parseFuncfl(text.replace("29 63.55", "29 -1"), "cu.eam")).toThrow(/:2: mass/);
    expect(() => parseFuncfl(`${text}1\n`, "cu.eam")).toThrow(/:8: expected the end/);
  });
});
