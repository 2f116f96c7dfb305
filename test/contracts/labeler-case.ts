/** Structures to label, folders to keep labels in, and a process that labels and can be killed. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import type { Structure } from "../../src/data/structure.ts";

export function structureOf(
  name: string,
  species: readonly string[],
  positions: ArrayLike<number>,
  cell?: ArrayLike<number>,
): Structure {
  const periodic = cell !== undefined;
  return {
    name,
    species,
    positions: Float64Array.from(positions),
    cell: Float64Array.from(cell ?? new Float64Array(9)),
    periodic: [periodic, periodic, periodic],
    info: {},
    source: { file: "test", line: null },
  };
}

/** Copies with every coordinate moved by up to `length`, Å. */
export function rattledCopies(structure: Structure, count: number, length: number): Structure[] {
  return Array.from({ length: count }, (_, k) => {
    const random = new RandomStream(11, k);
    const positions = structure.positions.map((x) => x + length * (2 * random.nextFloat() - 1));
    return { ...structure, name: `${structure.name}-${k}`, positions };
  });
}

/** Removed after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "eciton-labels-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Names of the entries of an archive, and of files that should not be there. */
export function entriesIn(archive: string): { entries: string[]; others: string[] } {
  let files: string[];
  try {
    files = readdirSync(join(archive, "entries"), { recursive: true, encoding: "utf8" });
  } catch {
    return { entries: [], others: [] };
  }
  const named = files.filter((name) => name.includes("."));
  return {
    entries: named.filter((name) => name.endsWith(".json")).sort(),
    others: named.filter((name) => !/\.(json|log\.gz)$/.test(name)),
  };
}
