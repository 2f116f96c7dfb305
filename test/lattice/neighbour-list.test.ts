import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { faceSpacings } from "../../src/core/linalg.ts";
import { RandomStream } from "../../src/core/random.ts";
import { type NeighbourList, neighbourList } from "../../src/lattice/neighbour-list.ts";
import {
  bruteNeighbours,
  type Entry,
  type Periodic,
  periodicities,
  randomCell,
  randomPositions,
} from "./brute-neighbours.ts";

function entriesOf(list: NeighbourList): Entry[] {
  const found: Entry[] = [];
  for (let i = 0; i + 1 < list.first.length; i++)
    for (let m = list.first[i]; m < list.first[i + 1]; m++)
      found.push({
        i,
        j: list.index[m],
        vector: [list.vectors[3 * m], list.vectors[3 * m + 1], list.vectors[3 * m + 2]],
        distance: list.distances[m],
      });
  return found;
}

/** Entries as sorted text, coordinates to 1e-6 Å: the sum over images rounds at 1e-13 and no two entries are as near. */
function texts(entries: readonly Entry[]): string[] {
  return entries
    .map(
      ({ i, j, vector }) => `${i} ${j} ${vector.map((x) => (Math.round(x * 1e6) + 0).toString()).join(" ")}`,
    )
    .sort();
}

const cube = (a: number) => Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a);
const all: Periodic = [true, true, true];

function codeOf(action: () => unknown): EcitonError {
  try {
    action();
  } catch (error) {
    if (error instanceof EcitonError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("neighbour list", () => {
  it.each(periodicities)("equals the sum over images in random cells, periodic %s %s %s", (...periodic) => {
    const random = new RandomStream(
      11,
      periodicities.findIndex((p) => p.join() === periodic.join()),
    );
    for (const [atoms, length, cutoff, drift] of [
      [1, 3, 7, 0],
      [2, 4, 6, 2],
      [12, 6, 4, 1],
      [30, 12, 3, 1],
      [40, 25, 4, 0],
    ]) {
      const cell = randomCell(random, length);
      const positions = randomPositions(random, atoms, cell, drift);
      const brute = bruteNeighbours(
        positions,
        cell,
        periodic,
        cutoff,
        2 * drift + 1 + Math.ceil(cutoff / Math.min(...faceSpacings(cell))),
      );
      const list = neighbourList(positions, cell, periodic, cutoff);
      expect(texts(entriesOf(list))).toEqual(texts(brute));
      for (const { vector, distance } of entriesOf(list))
        expect(distance).toBe(Math.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2));
    }
  });

  it("is exactly opposite from both sides, and ascending", () => {
    const random = new RandomStream(12, 0);
    const cell = randomCell(random, 7);
    const entries = entriesOf(neighbourList(randomPositions(random, 20, cell, 2), cell, all, 6));
    const seen = new Set(entries.map(({ i, j, vector }) => `${i} ${j} ${vector.join(" ")}`));
    for (const { i, j, vector } of entries)
      expect(seen).toContain(`${j} ${i} ${vector.map((x) => -x).join(" ")}`);
    for (let m = 1; m < entries.length; m++)
      if (entries[m].i === entries[m - 1].i) expect(entries[m].j).toBeGreaterThanOrEqual(entries[m - 1].j);
  });

  it.each(periodicities)("half: every pair once, periodic %s %s %s", (...periodic) => {
    const random = new RandomStream(13, 0);
    const cell = randomCell(random, 5);
    const positions = randomPositions(random, 9, cell, 2);
    const full = entriesOf(neighbourList(positions, cell, periodic, 6));
    const half = entriesOf(neighbourList(positions, cell, periodic, 6, "half"));
    expect(half.every(({ i, j }) => i <= j)).toBe(true);
    const opposite = half.map(({ i, j, vector, distance }) => ({
      i: j,
      j: i,
      vector: vector.map((x) => -x) as Entry["vector"],
      distance,
    }));
    expect(texts([...half, ...opposite])).toEqual(texts(full));
  });

  it("counts the shells of simple cubic, fcc and their one-atom cells", () => {
    // Shells of the simple cubic lattice within 3 a: 6, 12, 8, 6, 24, 24, 12, 30.
    const cubic = neighbourList(new Float64Array(3), cube(1), all, 3);
    expect(cubic.index.length).toBe(6 + 12 + 8 + 6 + 24 + 24 + 12 + 30);
    // The primitive cell of fcc, and one of its many skewed descriptions: rows a, b, c + 7a − 5b.
    const h = 0.5;
    const primitive = [0, h, h, h, 0, h, h, h, 0];
    const skewed = primitive.slice();
    for (let k = 0; k < 3; k++) skewed[6 + k] += 7 * primitive[k] - 5 * primitive[3 + k];
    for (const cell of [primitive, skewed]) {
      // 12, 6, 24, 12 at √(1/2), 1, √(3/2), √2, the last at the cut-off up to rounding.
      const list = neighbourList(new Float64Array(3), Float64Array.from(cell), all, Math.SQRT2 + 1e-12);
      expect(list.index.length).toBe(12 + 6 + 24 + 12);
    }
  });

  it("takes atoms on faces, edges and at the cut-off", () => {
    const a = 4;
    const positions = Float64Array.of(0, 0, 0, a, a, a - 1, -a, 2 * a, 2, -1e-17, 3, 8);
    for (const cutoff of [1, 2, a]) {
      const list = neighbourList(positions, cube(a), all, cutoff);
      // Whole numbers: distances have no rounding but for the atom a hair outside, which comes to rest on a face.
      const brute = bruteNeighbours(positions, cube(a), all, cutoff, 5);
      expect(texts(entriesOf(list))).toEqual(texts(brute));
    }
    const open = neighbourList(
      Float64Array.of(0, 0, 0, 3, 0, 0),
      new Float64Array(9),
      [false, false, false],
      3,
    );
    expect(Array.from(open.distances)).toEqual([3, 3]);
    const together = neighbourList(new Float64Array(6), new Float64Array(9), [false, false, false], 1);
    expect(Array.from(together.distances)).toEqual([0, 0]);
  });

  it("does not look at rows of directions that are not periodic", () => {
    const random = new RandomStream(14, 0);
    const cell = randomCell(random, 6);
    const positions = randomPositions(random, 15, cell, 1);
    for (const periodic of periodicities) {
      const zeroed = cell.map((x, m) => (periodic[Math.floor(m / 3)] ? x : 0));
      const list = neighbourList(positions, cell, periodic, 5);
      expect(neighbourList(positions, zeroed, periodic, 5)).toEqual(list);
    }
  });

  it("finds the same pairs for a cell that is flat or far skewed", () => {
    const random = new RandomStream(15, 0);
    // Thin: 0.8 Å between the faces, eight images to each side.
    const thin = Float64Array.of(9, 0, 0, 0, 8, 0, 3, 2, 0.8);
    const skewed = Float64Array.of(6, 0, 0, 17, 5, 0, -11, 13, 6);
    for (const cell of [thin, skewed]) {
      const positions = randomPositions(random, 6, cell);
      const brute = bruteNeighbours(positions, cell, all, 4, 14);
      expect(texts(entriesOf(neighbourList(positions, cell, all, 4)))).toEqual(texts(brute));
    }
  });

  it("keeps a lone atom far away without room for empty bins", () => {
    const positions = Float64Array.of(0, 0, 0, 1, 0, 0, 1e12, 0, 0);
    const list = neighbourList(positions, new Float64Array(9), [false, false, false], 2);
    expect(Array.from(list.index)).toEqual([1, 0]);
  });

  it("gives an empty list for no atoms", () => {
    expect(neighbourList(new Float64Array(0), cube(3), all, 5).first).toEqual(new Int32Array(1));
  });

  it("refuses a position that is not finite, a cell without volume, too many images, a senseless cut-off", () => {
    const bad = codeOf(() => neighbourList(Float64Array.of(0, 0, 0, 1, Number.NaN, 0), cube(3), all, 2));
    expect([bad.code, bad.details.atoms]).toEqual(["data", [1]]);
    expect(bad.message).toContain("atom 2");
    for (const cell of [new Float64Array(9), Float64Array.of(1, 0, 0, 2, 0, 0, 0, 0, 1)])
      expect(codeOf(() => neighbourList(new Float64Array(3), cell, all, 2)).message).toContain("no volume");
    const flat = codeOf(() =>
      neighbourList(new Float64Array(3), cube(3).fill(0, 3, 6), [true, true, false], 2),
    );
    expect(flat.code).toBe("data");
    for (const [atoms, edge] of [
      [1, 0.01],
      [1000, 10],
    ]) {
      const many = codeOf(() =>
        neighbourList(new Float64Array(3 * atoms), cube(edge), all, 100 * Math.cbrt(atoms)),
      );
      expect(many.code).toBe("memory");
      expect(many.message).toContain("shorter cut-off");
    }
    expect(codeOf(() => neighbourList(new Float64Array(3), cube(3), all, Infinity)).code).toBe("shape");
  });
});
