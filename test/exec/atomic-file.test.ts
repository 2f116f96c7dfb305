import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ioError, strictJson, writeFileAtomic } from "../../src/exec/atomic-file.ts";
import { failureOf } from "../failure.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-atomic-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A disk of 64 KiB, where this user may mount one; otherwise why not. */
function mountSmallDisk(): { path: string; reason: string | null } {
  const path = join(folder, "small-disk");
  mkdirSync(path);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path], { stdio: "pipe" });
    return { path, reason: null };
  } catch (error) {
    return { path, reason: String(error).split("\n")[0] };
  }
}

describe("writeFileAtomic", () => {
  it("writes text and bytes, makes folders, replaces what was there, leaves nothing else", () => {
    const path = join(folder, "a", "b", "file.txt");
    writeFileAtomic(path, "Å and more\n");
    expect(readFileSync(path, "utf8")).toBe("Å and more\n");
    writeFileAtomic(path, Uint8Array.of(1, 2, 255));
    expect(Array.from(readFileSync(path))).toEqual([1, 2, 255]);
    writeFileAtomic(path, "");
    expect(readFileSync(path).length).toBe(0);
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["file.txt"]);
  });

  it("leaves the old file whole, and no part of the new one, when it fails", () => {
    const directory = join(folder, "taken");
    mkdirSync(join(directory, "file.txt"), { recursive: true });
    // A folder stands where the file should go, so the renaming fails after the writing.
    const error = failureOf(() => writeFileAtomic(join(directory, "file.txt"), "x"));
    expect(error.code).toBe("io");
    expect(error.message).toContain("file.txt: cannot write");
    expect(readdirSync(directory)).toEqual(["file.txt"]);
  });

  it("says so when a parent is a file", () => {
    writeFileSync(join(folder, "plain"), "x");
    expect(failureOf(() => writeFileAtomic(join(folder, "plain", "file.txt"), "x")).code).toBe("io");
    expect(readFileSync(join(folder, "plain"), "utf8")).toBe("x");
  });
});

const disk = mountSmallDisk();
if (disk.reason) console.warn(`skipped: writeFileAtomic on a full disk, which needs mount (${disk.reason})`);

describe.skipIf(disk.reason !== null)("writeFileAtomic on a full disk", () => {
  afterAll(() => execFileSync("umount", [disk.path]));

  it("names the cause and leaves the old file and nothing half-written", () => {
    const path = join(disk.path, "result.json");
    writeFileAtomic(path, "old");
    const error = failureOf(() => writeFileAtomic(path, "x".repeat(200_000)));
    expect(error.code).toBe("io");
    expect(error.details.system).toBe("ENOSPC");
    expect(error.message).toContain("the disk is full");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(disk.path)).toEqual(["result.json"]);
    // The space is free again.
    writeFileAtomic(path, "y".repeat(20_000));
    expect(readFileSync(path, "utf8").length).toBe(20_000);
  });
});

describe("ioError", () => {
  it("turns system errors into advice: reading is bad data, writing an i/o fault", () => {
    const system = (code: string) => Object.assign(new Error(code), { code });
    expect(ioError("read", "a", system("ENOENT"))).toMatchObject({
      code: "data",
      details: { system: "ENOENT" },
    });
    expect(ioError("read", "a", system("ENOENT")).message).toContain("no such file");
    expect(ioError("write", "a", system("EACCES"))).toMatchObject({ code: "io" });
    expect(ioError("write", "a", system("EROFS")).message).toContain("permission");
    expect(ioError("write", "a", new Error("odd")).message).toContain("odd");
  });
});

describe("strictJson", () => {
  it("is JSON for finite numbers", () => {
    const value = { a: [1, 2.5e-300, -0.1], b: { c: null, d: "NaN", e: true } };
    expect(JSON.parse(strictJson(value))).toEqual(value);
    expect(strictJson(value, 2)).toBe(JSON.stringify(value, null, 2));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %s and says where",
    (bad) => {
      const error = failureOf(() => strictJson({ fit: { errors: [1, { rmse: bad }] }, cv: 1 }));
      expect(error.code).toBe("io");
      expect(error.message).toContain("fit.errors[1].rmse");
      expect(error.message).toContain(String(bad));
      expect(failureOf(() => strictJson(bad)).code).toBe("io");
      expect(failureOf(() => strictJson({ values: Float64Array.of(1, bad) })).message).toContain("values.1");
    },
  );
});
