import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { AppendedFile } from "../../src/exec/appended-file.ts";
import { failureOf } from "../failure.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-appended-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("goes on after as many bytes as the checkpoint tells, whatever stands behind them", () => {
  const path = join(folder, "new", "a.txt");
  const first = AppendedFile.create(path);
  first.append("Å 1\n");
  first.sync();
  const { bytes } = first;
  expect(bytes).toBe(5);
  first.append("lost\n");
  first.close();
  first.close();
  expect(readFileSync(path, "utf8")).toBe("Å 1\nlost\n");
  const second = AppendedFile.resume(path, bytes);
  second.append("2\n");
  expect(second.bytes).toBe(7);
  second.close();
  expect(readFileSync(path, "utf8")).toBe("Å 1\n2\n");
  // A new file replaces the old one.
  AppendedFile.create(path).close();
  expect(readFileSync(path, "utf8")).toBe("");
});

it("writes long texts on its way, in order", () => {
  const path = join(folder, "long.txt");
  const file = AppendedFile.create(path);
  const line = `${"x".repeat(99)}\n`;
  for (let i = 0; i < 30_000; i++) file.append(line);
  expect(readFileSync(path).length).toBeGreaterThan(1e6);
  file.close();
  expect(readFileSync(path, "utf8")).toBe(line.repeat(30_000));
});

it("refuses a file that is shorter or absent, and says where it cannot write", () => {
  const path = join(folder, "short.txt");
  AppendedFile.create(path).close();
  expect(failureOf(() => AppendedFile.resume(path, 1)).message).toContain(
    "after 1 bytes, but the file holds 0",
  );
  expect(failureOf(() => AppendedFile.resume(join(folder, "none"), 0)).message).toContain("is not there");
  expect(failureOf(() => AppendedFile.create("/proc/none/a")).code).toBe("io");
});
