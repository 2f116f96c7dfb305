import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { NeighbourKernel, type NeighbourPlan } from "../../src/kernels/neighbours.ts";
import { neighbourList } from "../../src/lattice/neighbour-list.ts";
import { type Periodic, periodicities, randomCell, randomPositions } from "../lattice/brute-neighbours.ts";
import { type KernelEntry, kernelEntries } from "./kernel-list.ts";

const all: Periodic = [true, true, true];
/** No pair within any cut-off here feels anything. */
const parameters = new Float64Array(16);

function kernelFor(atoms: number, periodic: Periodic, cutoff: number, rest: Partial<NeighbourPlan> = {}) {
  return new NeighbourKernel({
    kernel: "pair",
    kinds: new Uint8Array(atoms),
    periodic,
    cutoff,
    skin: 0.5,
    list: "half",
    parameters,
    ...rest,
  });
}

/** Directed pairs within a distance as sorted text; coordinates to 1e-6 Å, where rounding is below 1e-12. */
function texts(entries: readonly KernelEntry[], cutoff: number): string[] {
  return entries
    .filter(({ distance }) => distance <= cutoff)
    .map(({ i, j, vector }) => `${i} ${j} ${vector.map((x) => Math.round(x * 1e6) + 0).join(" ")}`)
    .sort();
}

function bothWays(entries: readonly KernelEntry[]): KernelEntry[] {
  return entries.flatMap((entry) => [
    entry,
    { ...entry, i: entry.j, j: entry.i, vector: entry.vector.map((x) => -x) as KernelEntry["vector"] },
  ]);
}

/** All pairs of the general list (which is held against sums over images itself), each with its opposite. */
function expectComplete(
  kernel: NeighbourKernel,
  positions: Float64Array,
  cell: Float64Array,
  periodic: Periodic,
  cutoff: number,
  list: "half" | "full" = "half",
) {
  const { first, index, vectors, distances } = neighbourList(positions, cell, periodic, cutoff);
  const expected = Array.from(first.subarray(1)).flatMap((end, i) =>
    Array.from({ length: end - first[i] }, (_, k): KernelEntry => {
      const m = first[i] + k;
      return {
        i,
        j: index[m],
        vector: [vectors[3 * m], vectors[3 * m + 1], vectors[3 * m + 2]],
        distance: distances[m],
      };
    }),
  );
  const entries = kernelEntries(kernel);
  expect(texts(list === "half" ? bothWays(entries) : entries, cutoff)).toEqual(texts(expected, cutoff));
}

describe("lists of kernels", () => {
  it.each(periodicities)("have every pair in random cells, periodic %s %s %s", (...periodic) => {
    const random = new RandomStream(
      21,
      periodicities.findIndex((p) => p.join() === periodic.join()),
    );
    for (const list of ["half", "full"] as const)
      for (const [atoms, length, cutoff, drift] of [
        [1, 3, 7, 0],
        [2, 4, 6, 2],
        [12, 6, 4, 1],
        [1, 0.9, 2.7, 1],
        [40, 12, 3, 3],
        [60, 25, 4, 0],
      ]) {
        const cell = randomCell(random, length);
        const positions = randomPositions(random, atoms, cell, drift);
        const kernel = kernelFor(atoms, periodic, cutoff, { list });
        kernel.place(positions, cell);
        expectComplete(kernel, positions, cell, periodic, cutoff, list);
        expectComplete(kernel, positions, cell, periodic, cutoff + 0.5 - 1e-9, list);
      }
  });

  it("stay complete on a walk with changes of the cell, and are not built in every step", () => {
    const random = new RandomStream(22, 0);
    for (const periodic of periodicities)
      for (const list of ["half", "full"] as const) {
        const atoms = 30;
        const cutoff = 2.5;
        const cell = randomCell(random, 7);
        const positions = randomPositions(random, atoms, cell);
        const kernel = kernelFor(atoms, periodic, cutoff, { list });
        for (let step = 0; step < 24; step++) {
          for (let m = 0; m < positions.length; m++) positions[m] += 0.03 * random.nextNormal();
          if (step % 3 === 0) {
            // A strain of half a percent, of cell and positions alike as barostats make it.
            const strain = Array.from(
              { length: 9 },
              (_, m) => (m % 4 === 0 ? 1 : 0) + 0.005 * random.nextNormal(),
            );
            for (const vectors of [cell, positions])
              for (let m = 0; m < vectors.length; m += 3) {
                const [x, y, z] = vectors.subarray(m, m + 3);
                for (let k = 0; k < 3; k++)
                  vectors[m + k] = x * strain[k] + y * strain[3 + k] + z * strain[6 + k];
              }
          }
          // The cell alone: atoms keep their places, images move.
          if (step % 7 === 0) for (let m = 0; m < 9; m++) cell[m] += 0.01 * random.nextNormal();
          kernel.place(positions, cell);
          expectComplete(kernel, positions, cell, periodic, cutoff, list);
        }
        expect(kernel.builds).toBeLessThan(16);
        expect(kernel.builds).toBeGreaterThan(2);
      }
  });

  it("are built exactly when twice the largest displacement passes the skin", () => {
    const cell = Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9);
    const start = randomPositions(new RandomStream(23, 0), 20, cell);
    const kernel = kernelFor(20, all, 3);
    kernel.place(start, cell);
    const moved = start.slice();
    for (const [shift, builds] of [
      [0.2499, 1],
      [-0.2499, 1],
      [0.2501, 2],
    ]) {
      moved[17] = start[17] + shift;
      kernel.place(moved, cell);
      expect(kernel.builds).toBe(builds);
    }
    // All atoms moved by whole cells look the same from inside, but their displacement is real.
    kernel.place(
      moved.map((x) => x + 18),
      cell,
    );
    expect(kernel.builds).toBe(3);
    // Atoms that follow the strain of the cell have no displacement: 9 Å x 1% at the far side is no 0.25 Å.
    const swollen = cell.map((x) => 1.04 * x);
    kernel.place(
      moved.map((x) => 1.04 * (x + 18)),
      swollen,
    );
    expect(kernel.builds).toBe(3);
  });

  it("have the order of the last build: a kernel that is given its reference repeats the list", () => {
    const random = new RandomStream(24, 0);
    const cell = randomCell(random, 9);
    const positions = randomPositions(random, 50, cell, 2);
    const kernel = kernelFor(50, all, 3);
    kernel.place(positions, cell);
    for (let m = 0; m < positions.length; m++) positions[m] += 0.1 * (random.nextFloat() - 0.5);
    kernel.place(positions, cell);
    const { positions: at, cell: then } = kernel.reference()!;
    const other = kernelFor(50, all, 3);
    other.build(at, then);
    other.place(positions, cell);
    expect(other.builds).toBe(1);
    expect(kernelEntries(other)).toEqual(kernelEntries(kernel));
  });

  it("grow with the crowd and keep what they had", () => {
    // A gas that contracts into a tenth of its volume: more ghosts and more neighbours than there was room for.
    const random = new RandomStream(25, 0);
    const cell = Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20);
    const positions = randomPositions(random, 60, cell);
    const kernel = kernelFor(60, all, 4);
    const before = kernel.memory.buffer.byteLength;
    for (let step = 0; step < 6; step++) {
      kernel.place(positions, cell);
      expectComplete(kernel, positions, cell, all, 4);
      for (const vectors of [cell, positions]) for (let m = 0; m < vectors.length; m++) vectors[m] *= 0.75;
    }
    expect(kernel.memory.buffer.byteLength).toBeGreaterThan(before);
  });

  it("have all pairs in the caller's order without a cut-off", () => {
    for (const list of ["half", "full"] as const) {
      const positions = randomPositions(
        new RandomStream(26, 0),
        7,
        Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9),
      );
      const kernel = kernelFor(7, [false, false, false], Infinity, { list });
      kernel.place(positions, new Float64Array(9));
      const pairs = kernelEntries(kernel).map(({ i, j }) => [i, j]);
      const expected = Array.from({ length: 49 }, (_, m) => [Math.floor(m / 7), m % 7]);
      expect(pairs).toEqual(expected.filter(([i, j]) => (list === "half" ? i < j : i !== j)));
      expect(kernel.reference()).toBeNull();
      kernel.place(
        positions.map((x) => 100 * x),
        new Float64Array(9),
      );
      expect(kernel.builds).toBe(1);
    }
    expect(() => kernelFor(7, all, Infinity)).toThrow("cut-off");
  });

  it("take no atoms, one atom, and atoms on top of each other", () => {
    for (const positions of [new Float64Array(0), new Float64Array(3), new Float64Array(300)]) {
      const atoms = positions.length / 3;
      for (const periodic of [all, [false, false, false] as Periodic]) {
        const kernel = kernelFor(atoms, periodic, 3);
        const cell = Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9);
        kernel.place(positions, cell);
        expect(kernelEntries(kernel)).toHaveLength((atoms * (atoms - 1)) / 2);
        expect(kernel.closest()?.distance ?? null).toBe(atoms > 1 ? 0 : null);
      }
    }
  });

  it("refuse atoms that are astray, flat cells and cells too small, and go on afterwards", () => {
    const cell = Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9);
    const positions = randomPositions(new RandomStream(27, 0), 20, cell);
    const kernel = kernelFor(20, all, 3);
    for (const wrong of [Number.NaN, Infinity, -1e12]) {
      const bad = positions.slice();
      bad[3 * 12 + 1] = wrong;
      expect(() => kernel.place(bad, cell)).toThrow("atom 13");
      kernel.place(positions, cell);
      expectComplete(kernel, positions, cell, all, 3);
      expect(() => kernel.place(bad, cell)).toThrow("atom 13");
      expect(() => kernel.build(bad, cell)).toThrow("atom 13");
    }
    expect(() => kernel.build(positions, new Float64Array(9))).toThrow("no volume");
    expect(() =>
      kernel.build(
        positions,
        cell.map((x) => x / 1000),
      ),
    ).toThrow("periodic images");
    kernel.place(positions, cell);
    expectComplete(kernel, positions, cell, all, 3);
  });
});
