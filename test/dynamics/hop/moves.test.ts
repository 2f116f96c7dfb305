import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import type { MoveKind } from "../../../src/dynamics/hop/hop-settings.ts";
import type { MoveSubject } from "../../../src/dynamics/hop/move-subject.ts";
import { makeMove } from "../../../src/dynamics/hop/moves.ts";
import type { MovingAtoms } from "../../../src/dynamics/moving-atoms.ts";

/** A cube of 4 × 4 × 4 atoms, 1 Å apart, in a cell where it is periodic. */
function cube(
  species: (i: number) => string,
  periodic: MovingAtoms["periodic"],
  fixed: Uint8Array | null,
): MovingAtoms {
  const positions = new Float64Array(192);
  for (let i = 0; i < 64; i++) positions.set([i % 4, (i >> 2) % 4, i >> 4], 3 * i);
  return {
    species: Array.from({ length: 64 }, (_, i) => species(i)),
    periodic,
    positions,
    cell: Float64Array.from([4, 0, 0, 0, 4, 0, 0, 0, 30]),
    fixed,
  };
}

interface Options {
  readonly species?: (i: number) => string;
  readonly periodic?: MovingAtoms["periodic"];
  readonly fixed?: Uint8Array;
  readonly energies?: Float64Array;
  readonly energyNow?: (atoms: MovingAtoms) => number;
}

function subjectOf(options: Options = {}): MoveSubject {
  const { species = () => "A", periodic = [false, false, false], fixed = null } = options;
  const atoms = cube(species, periodic, fixed);
  return {
    atoms,
    mobile: Int32Array.from({ length: 64 }, (_, i) => i).filter((i) => fixed?.[i] !== 1),
    energies: options.energies ?? new Float64Array(64),
    spacing: 1,
    step: 0.3,
    energyNow: () => options.energyNow?.(atoms) ?? 0,
  };
}

/** Atoms that a move has moved, and the positions before. */
function movedBy(kind: MoveKind, subject: MoveSubject, random: RandomStream) {
  const before = subject.atoms.positions.slice();
  makeMove(kind, subject, random);
  const now = subject.atoms.positions;
  const moved = Array.from(subject.atoms.species.keys()).filter((i) =>
    [0, 1, 2].some((c) => before[3 * i + c] !== now[3 * i + c]),
  );
  return { before, now, moved };
}

const lowest16 = () => Uint8Array.from({ length: 64 }, (_, i) => (i < 16 ? 1 : 0));

describe("moves", () => {
  it("displace every mobile atom within the step, evenly in each direction", () => {
    const random = new RandomStream(1, 0);
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (let trial = 0; trial < 50; trial++) {
      const { before, now, moved } = movedBy("displace", subjectOf({ fixed: lowest16() }), random);
      expect(moved).toEqual(Array.from({ length: 48 }, (_, i) => i + 16));
      for (let i = 48; i < 192; i++) {
        const d = now[i] - before[i];
        expect(Math.abs(d)).toBeLessThanOrEqual(0.3);
        sum += d;
        squares += d * d;
        count++;
      }
    }
    // Uniform on (−s, s): variance s²/3, and (4/45) s⁴ that of the squares.
    expect(Math.abs(sum / count)).toBeLessThan(4 * Math.sqrt(0.03 / count));
    expect(Math.abs(squares / count - 0.03)).toBeLessThan(4 * Math.sqrt(((4 / 45) * 0.3 ** 4) / count));
  });

  it("displace_some moves an atom and those nearest to it, at most half", () => {
    const random = new RandomStream(2, 0);
    const sizes = new Set<number>();
    for (let trial = 0; trial < 200; trial++) {
      const { before, moved } = movedBy("displace_some", subjectOf({ fixed: lowest16() }), random);
      sizes.add(moved.length);
      expect(moved.length).toBeLessThanOrEqual(24);
      expect(Math.min(...moved)).toBeGreaterThanOrEqual(16);
      const at = (i: number) => before.subarray(3 * i, 3 * i + 3);
      const d = (i: number, j: number) => Math.hypot(...[0, 1, 2].map((c) => at(i)[c] - at(j)[c]));
      const rest = Array.from({ length: 48 }, (_, k) => k + 16).filter((i) => !moved.includes(i));
      // There is a centre from which every atom that moved is as near as any that did not.
      const centred = moved.some((centre) => {
        const farthest = Math.max(...moved.map((i) => d(centre, i)));
        return rest.every((i) => d(centre, i) >= farthest - 1e-12);
      });
      expect(centred).toBe(true);
    }
    expect(sizes.size).toBeGreaterThan(20);
  });

  it("exchange swaps two unlike mobile atoms, every such pair as often", () => {
    const random = new RandomStream(3, 0);
    const species = (i: number) => (i % 16 < 3 ? "B" : "A");
    const fixed = Uint8Array.from({ length: 64 }, (_, i) => (i % 16 < 6 && i < 16 ? 0 : 1));
    const counts = new Map<string, number>();
    const trials = 3600;
    for (let trial = 0; trial < trials; trial++) {
      const { before, now, moved } = movedBy("exchange", subjectOf({ species, fixed }), random);
      const [i, j] = moved;
      expect(moved).toHaveLength(2);
      expect([species(i), species(j)].sort()).toEqual(["A", "B"]);
      expect([...now.subarray(3 * i, 3 * i + 3)]).toEqual([...before.subarray(3 * j, 3 * j + 3)]);
      expect([...now.subarray(3 * j, 3 * j + 3)]).toEqual([...before.subarray(3 * i, 3 * i + 3)]);
      counts.set(`${i} ${j}`, (counts.get(`${i} ${j}`) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    const expected = trials / 9;
    const chi2 = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // Eight degrees of freedom: mean 8, standard deviation 4.
    expect(chi2).toBeLessThan(8 + 4 * 4);
  });

  it("surface puts the least bound atoms into contact from outside", () => {
    const random = new RandomStream(4, 0);
    const energies = new Float64Array(64);
    // A corner and the atoms next to it are bound least.
    const weak = [63, 62, 59, 47];
    weak.forEach((i, k) => {
      energies[i] = 4 - k;
    });
    const often = new Map<number, number>();
    for (let trial = 0; trial < 300; trial++) {
      const subject = subjectOf({ energies });
      const { now, moved } = movedBy("surface", subject, random);
      expect(moved.length).toBeGreaterThan(0);
      expect(moved.length).toBeLessThanOrEqual(9);
      for (const i of moved) often.set(i, (often.get(i) ?? 0) + 1);
      // In contact: at the usual distance of one atom, no closer to any other.
      for (const i of moved) {
        const distances = Array.from({ length: 64 }, (_, j) =>
          Math.hypot(...[0, 1, 2].map((c) => now[3 * i + c] - now[3 * j + c])),
        );
        distances.splice(i, 1);
        expect(Math.min(...distances)).toBeCloseTo(1, 9);
      }
    }
    for (const i of weak) expect(often.get(i)!).toBeGreaterThan(300 / 4);
    expect([...often.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(300);
  });

  it("surface takes the place of the lowest energy of those that it tried", () => {
    const random = new RandomStream(5, 0);
    const tried: number[] = [];
    const energies = new Float64Array(64);
    energies[63] = 10;
    const subject = subjectOf({
      energies,
      energyNow: ({ positions }) => {
        // The lower the atoms, the better.
        tried.push(Array.from({ length: 64 }, (_, i) => positions[3 * i + 2]).reduce((a, b) => a + b));
        return tried[tried.length - 1];
      },
    });
    const { now } = movedBy("surface", subject, random);
    const heights = Array.from({ length: 64 }, (_, i) => now[3 * i + 2]).reduce((a, b) => a + b);
    expect(heights).toBe(Math.min(...tried.slice(-12)));
  });

  it("surface stays above fixed atoms on a slab", () => {
    const random = new RandomStream(6, 0);
    for (let trial = 0; trial < 100; trial++) {
      const { now, moved } = movedBy(
        "surface",
        subjectOf({ periodic: [true, true, false], fixed: lowest16() }),
        random,
      );
      // A contact with an atom of the layers at 0 to 3 Å is at most 1 Å above it, or on top of another that was put down.
      for (const i of moved) expect(now[3 * i + 2]).toBeGreaterThan(3);
    }
  });

  it("twist turns what lies beyond a plane and leaves both parts as they are", () => {
    const random = new RandomStream(7, 0);
    for (let trial = 0; trial < 50; trial++) {
      const { before, now, moved } = movedBy("twist", subjectOf(), random);
      expect(moved.length).toBeGreaterThanOrEqual(13);
      expect(moved.length).toBeLessThanOrEqual(32);
      const inside = (p: Float64Array, some: readonly number[]) =>
        some.flatMap((i) =>
          some.map((j) => Math.hypot(...[0, 1, 2].map((c) => p[3 * i + c] - p[3 * j + c]))),
        );
      const [was, is] = [inside(before, moved), inside(now, moved)];
      was.forEach((d, k) => {
        expect(is[k]).toBeCloseTo(d, 10);
      });
    }
  });
});
