import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchedRmsd, rmsd, superposedRmsd } from "../../../src/analysis/atoms/rmsd.ts";
import { rotationFromCorrelation } from "../../../src/analysis/atoms/superposition.ts";
import { det3, mul3 } from "../../../src/core/linalg.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { randomRotation } from "../../rotations.ts";
import { type Molecule, mackay, molecule } from "./molecules.ts";
import { moved, rotated } from "./moves.ts";

function randomCluster(random: RandomStream, count: number): Molecule {
  return {
    species: Array.from({ length: count }, () => ["Ag", "Au"][random.nextIndex(2)]),
    positions: Float64Array.from({ length: 3 * count }, () => 3 * random.nextNormal()),
  };
}

describe("root mean square distance", () => {
  it("as it is counts shifts and turns", () => {
    const reference = Float64Array.of(0, 0, 0, 1, 0, 0);
    expect(rmsd(reference, Float64Array.of(0, 0, 0, 1, 0, 0))).toBe(0);
    expect(rmsd(reference, Float64Array.of(3, 4, 0, 4, 4, 0))).toBeCloseTo(5, 12);
    // One atom by 3, the other by 4: sqrt((9 + 16) / 2).
    expect(rmsd(reference, Float64Array.of(3, 0, 0, 1, 0, 4))).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(() => rmsd(reference, new Float64Array(9))).toThrow(
      "as many atoms as in the reference, 2; found 3",
    );
  });

  it("superposed is zero for a moved copy, with the rotation that was made", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new RandomStream(seed, 0);
        const { positions } = randomCluster(random, 3 + random.nextIndex(20));
        const rotation = randomRotation(random);
        const found = superposedRmsd(
          positions,
          rotated(positions, rotation).map((x, i) => x + (i % 3)),
        );
        expect(found.rmsd).toBeLessThan(1e-12 * 100);
        const product = mul3(found.rotation, rotation);
        [1, 0, 0, 0, 1, 0, 0, 0, 1].forEach((one, k) => {
          expect(product[k]).toBeCloseTo(one, 10);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("superposed is no larger for any other rotation, and stationary", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new RandomStream(seed, 0);
        const one = randomCluster(random, 12).positions;
        const two = one.map((x) => x + random.nextNormal());
        const best = superposedRmsd(one, two);
        const mean = (p: Float64Array) =>
          [0, 1, 2].map((k) => p.reduce((s, x, i) => s + (i % 3 === k ? x : 0), 0) / 12);
        const [m1, m2] = [mean(one), mean(two)];
        const c1 = one.map((x, i) => x - m1[i % 3]);
        const c2 = two.map((x, i) => x - m2[i % 3]);
        expect(rmsd(c1, rotated(c2, best.rotation))).toBeCloseTo(best.rmsd, 10);
        for (let k = 0; k < 20; k++)
          expect(rmsd(c1, rotated(c2, randomRotation(random)))).toBeGreaterThanOrEqual(best.rmsd - 1e-12);
        // A small turn about any axis, both ways, changes it in second order, and upwards.
        for (const [i, j] of [
          [0, 1],
          [1, 2],
          [2, 0],
        ] as const)
          for (const angle of [1e-3, -1e-3]) {
            const turn = [1, 0, 0, 0, 1, 0, 0, 0, 1] as ReturnType<typeof randomRotation>;
            turn[4 * i] = turn[4 * j] = Math.cos(angle);
            turn[3 * i + j] = Math.sin(angle);
            turn[3 * j + i] = -Math.sin(angle);
            expect(rmsd(c1, rotated(c2, mul3(turn, best.rotation)))).toBeGreaterThan(best.rmsd);
          }
      }),
      { numRuns: 30 },
    );
  });

  it("superposed does not turn left hands into right ones", () => {
    const hand = molecule(
      ["C", [[0, 0, 0]]],
      ["H", [[1, 0, 0]]],
      ["F", [[0, 1.4, 0]]],
      ["Cl", [[0, 0, 1.8]]],
    );
    const mirrored = hand.positions.map((x, i) => (i % 3 === 0 ? -x : x));
    const found = superposedRmsd(hand.positions, mirrored);
    expect(found.rmsd).toBeGreaterThan(0.3);
    expect(det3(found.rotation)).toBeCloseTo(1, 10);
  });

  it("takes flat, straight and single molecules", () => {
    const line = Float64Array.of(0, 0, 0, 0, 0, 1, 0, 0, 3);
    expect(superposedRmsd(line, Float64Array.of(0, 0, 0, 1, 0, 0, 3, 0, 0)).rmsd).toBeCloseTo(0, 10);
    expect(superposedRmsd(Float64Array.of(1, 2, 3), Float64Array.of(3, 2, 1)).rmsd).toBe(0);
  });
});

describe("best orthogonal matrix", () => {
  it("is improper on demand: the mirror itself", () => {
    const mirror = [1, 0, 0, 0, 1, 0, 0, 0, -1];
    // Points (1,0,0), (0,2,0), (0,0,3) and their mirror images.
    const correlation = [1, 0, 0, 0, 4, 0, 0, 0, -9];
    rotationFromCorrelation(correlation, -1).forEach((x, k) => {
      expect(x).toBeCloseTo(mirror[k], 12);
    });
    expect(det3(rotationFromCorrelation(correlation, 1))).toBeCloseTo(1, 12);
  });
});

describe("distance with like atoms exchanged", () => {
  it("is zero for a turned, shifted and renumbered copy, and tells which atom is which", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new RandomStream(seed, 0);
        const reference = randomCluster(random, 25);
        const copy = moved(reference, random);
        const found = matchedRmsd(reference, copy);
        expect(found.rmsd).toBeLessThan(1e-10);
        found.image.forEach((j, i) => {
          expect(reference.species[j]).toBe(copy.species[i]);
        });
        expect(new Set(found.image).size).toBe(25);
      }),
      { numRuns: 15 },
    );
  });

  it("finds symmetric clusters again, shaken, and never more than without exchange", () => {
    const ordered = mackay(2, 2.7);
    const reference = molecule(["Ag", ordered.slice(0, 13)], ["Au", ordered.slice(13)]);
    for (let seed = 0; seed < 3; seed++) {
      const random = new RandomStream(seed, 7);
      const copy = moved(reference, random, 0.2);
      const found = matchedRmsd(reference, copy);
      // Each atom is within 0.2 Å of a place; the best superposition is no worse than the one that was made.
      expect(found.rmsd).toBeLessThan(0.2);
      const shaken = reference.positions.map((x) => x + 0.3 * random.nextNormal());
      const alike = { species: reference.species, positions: shaken };
      expect(matchedRmsd(reference, alike).rmsd).toBeLessThanOrEqual(
        superposedRmsd(reference.positions, shaken).rmsd + 1e-12,
      );
    }
  });

  it("equals the smallest over all permutations of five atoms", () => {
    const permutations = (items: number[]): number[][] =>
      items.length === 0
        ? [[]]
        : items.flatMap((x, i) => permutations(items.toSpliced(i, 1)).map((rest) => [x, ...rest]));
    for (let seed = 0; seed < 10; seed++) {
      const random = new RandomStream(seed, 3);
      const species = Array(5).fill("Cu");
      const one = Float64Array.from({ length: 15 }, () => 2 * random.nextNormal());
      const two = one.map((x) => x + 0.3 * random.nextNormal());
      const smallest = Math.min(
        ...permutations([0, 1, 2, 3, 4]).map(
          (order) =>
            superposedRmsd(
              one,
              two.map((_, k) => two[3 * order[Math.floor(k / 3)] + (k % 3)]),
            ).rmsd,
        ),
      );
      const found = matchedRmsd(
        { positions: one, species },
        { positions: rotated(two, randomRotation(random)), species },
      );
      expect(found.rmsd).toBeCloseTo(smallest, 9);
    }
  });

  it("refuses another composition", () => {
    const [one, two] = [
      molecule([
        "Ag",
        [
          [0, 0, 0],
          [1, 0, 0],
        ],
      ]),
      molecule(["Ag", [[0, 0, 0]]], ["Au", [[1, 0, 0]]]),
    ];
    expect(() => matchedRmsd(one, two)).toThrow("as many Ag atoms as in the reference, 2; found 1");
  });
});
