import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readTextFile } from "../../src/data/read-text.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-text-"));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, typeof bytes === "string" ? bytes : new Uint8Array(bytes));
  return path;
}

describe("readTextFile", () => {
  const text = "Å and Θ\r\nsecond line\n";

  it("reads UTF-8 as it is, plain, gzipped and with a byte order mark", () => {
    expect(readTextFile(put("plain.txt", text))).toBe(text);
    expect(readTextFile(put("packed.txt.gz", gzipSync(text)))).toBe(text);
    expect(readTextFile(put("misnamed.txt", gzipSync(text)))).toBe(text);
    expect(readTextFile(put("bom.txt", `\ufeff${text}`))).toBe(text);
    expect(readTextFile(put("empty.txt", ""))).toBe("");
  });

  it("honours the ISO-8859-1 declaration of XML", () => {
    const xml = `<?xml version="1.0" encoding="ISO-8859-1"?>\n<i>Å</i>\n`;
    expect(readTextFile(put("latin.xml", Buffer.from(xml, "latin1")))).toBe(xml);
  });

  it.each([
    ["a missing file", () => join(folder, "absent"), /absent: there is no such file/],
    ["a folder", () => folder, /expected a file, found a folder/],
    [
      "bytes that are not UTF-8",
      () => put("bad", Buffer.from("one\ntwo \xe5\n", "latin1")),
      /bad:2: not UTF-8/,
    ],
    [
      "a cut gzip",
      () => put("cut.gz", gzipSync(text.repeat(50)).subarray(0, 40)),
      /cut\.gz: gzip file cannot/,
    ],
  ])("names the fault of %s", (_, path, message) => {
    expect(() => readTextFile(path())).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringMatching(message) }),
    );
  });
});
