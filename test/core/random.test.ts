import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { philox4x32, RandomStream } from "../../src/core/random.ts";

/** Pearson's chi-square of observed counts against equal expectation. */
function chiSquare(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  const expected = total / counts.length;
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/**
 * Chi-square with k degrees of freedom has mean k and variance 2k; five standard deviations above it happen by
 * chance about once in 1e5 for the k used here, and the seeds are fixed, so a failure means a fault.
 */
function expectUniform(counts: ArrayLike<number>): void {
  const k = counts.length - 1;
  expect(chiSquare(counts)).toBeLessThan(k + 5 * Math.sqrt(2 * k));
  expect(chiSquare(counts)).toBeGreaterThan(k - 5 * Math.sqrt(2 * k));
}

describe("Philox4x32-10", () => {
  // Known-answer vectors published with Random123 (kat_vectors).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("gives the published words for counter %j", (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox4x32(Uint32Array.from(counter), key[0], key[1], out);
    expect(Array.from(out)).toEqual(expected);
  });

  it("agrees with the definition in arbitrary precision", () => {
    const mask = 0xffffffffn;
    const reference = (counter: readonly number[], key: readonly number[]) => {
      let [c0, c1, c2, c3] = counter.map(BigInt);
      let [k0, k1] = key.map(BigInt);
      for (let round = 0; round < 10; round++) {
        const p0 = 0xd2511f53n * c0;
        const p1 = 0xcd9e8d57n * c2;
        [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
        k0 = (k0 + 0x9e3779b9n) & mask;
        k1 = (k1 + 0xbb67ae85n) & mask;
      }
      return [c0, c1, c2, c3].map(Number);
    };
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        const out = new Uint32Array(4);
        philox4x32(Uint32Array.from(counter), key[0], key[1], out);
        expect(Array.from(out)).toEqual(reference(counter, key));
      }),
    );
  });

  it("is what a stream gives: key = seed, counter = (block, stream)", () => {
    const seed = 7 * 2 ** 32 + 5;
    const stream = 3 * 2 ** 32 + 11;
    const random = new RandomStream(seed, stream);
    const out = new Uint32Array(4);
    for (let block = 0; block < 3; block++) {
      philox4x32(Uint32Array.of(block, 0, 11, 3), 5, 7, out);
      expect([0, 1, 2, 3].map(() => random.nextUint32())).toEqual(Array.from(out));
    }
  });
});

describe("RandomStream", () => {
  it("is uniform in every byte of a word", () => {
    const random = new RandomStream(1, 0);
    const counts = [0, 1, 2, 3].map(() => new Uint32Array(256));
    for (let i = 0; i < 100_000; i++) {
      const word = random.nextUint32();
      for (let b = 0; b < 4; b++) counts[b][(word >>> (8 * b)) & 255]++;
    }
    for (const bytes of counts) expectUniform(bytes);
  });

  it("has independent neighbours, lanes and streams", () => {
    // Uniform pairs are what independence of two words means at this resolution.
    const successive = new Uint32Array(256);
    const lanes = new Uint32Array(256);
    const streams = new Uint32Array(256);
    const random = new RandomStream(2, 0);
    const other = new RandomStream(2, 1);
    let previous = random.nextUint32() >>> 28;
    for (let i = 0; i < 100_000; i++) {
      const word = random.nextUint32() >>> 28;
      successive[16 * previous + word]++;
      previous = word;
      streams[16 * word + (other.nextUint32() >>> 28)]++;
    }
    const block = new Uint32Array(4);
    for (let i = 0; i < 100_000; i++) {
      philox4x32(Uint32Array.of(i, 0, 0, 0), 9, 0, block);
      lanes[16 * (block[0] >>> 28) + (block[2] >>> 28)]++;
    }
    for (const counts of [successive, lanes, streams]) expectUniform(counts);
  });

  it("gives other words for another seed or stream, also where only the high half differs", () => {
    const first = (seed: number, stream: number) => {
      const random = new RandomStream(seed, stream);
      return [0, 1, 2, 3, 4].map(() => random.nextUint32()).join();
    };
    const far = 2 ** 32;
    const seen = new Set([first(0, 0), first(1, 0), first(0, 1), first(far, 0), first(0, far), first(1, 1)]);
    expect(seen.size).toBe(6);
  });

  it("has floats in [0, 1) with mean 1/2, variance 1/12 and no correlation", () => {
    const random = new RandomStream(3, 4);
    const n = 200_000;
    let sum = 0;
    let square = 0;
    let product = 0;
    let previous = random.nextFloat();
    for (let i = 0; i < n; i++) {
      const x = random.nextFloat();
      expect(x >= 0 && x < 1).toBe(true);
      sum += x;
      square += (x - 0.5) ** 2;
      product += (x - 0.5) * (previous - 0.5);
      previous = x;
    }
    // Standard errors: sqrt(1/12n), sqrt((1/80 - 1/144)/n), (1/12)/sqrt(n); five of each.
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(square / n - 1 / 12)).toBeLessThan(5 * Math.sqrt((1 / 80 - 1 / 144) / n));
    expect(Math.abs(product / n)).toBeLessThan(5 / 12 / Math.sqrt(n));
  });

  it("has float bits down to the last of 53", () => {
    const random = new RandomStream(4, 0);
    const bits = new Uint32Array(2);
    for (let i = 0; i < 10_000; i++) bits[(random.nextFloat() * 2 ** 53) % 2]++;
    expectUniform(bits);
  });

  it.each([1, 2, 3, 7, 10, 256, 1000])("has uniform indices below %i", (n) => {
    const random = new RandomStream(5, n);
    const counts = new Uint32Array(n);
    for (let i = 0; i < 100 * n + 1000; i++) counts[random.nextIndex(n)]++;
    if (n === 1) expect(counts[0]).toBe(1100);
    else expectUniform(counts);
  });

  it("has unbiased indices where a plain remainder would be far off", () => {
    // n = 3 * 2^30: word % n would give the first third twice the weight of the others.
    const n = 3 * 2 ** 30;
    const random = new RandomStream(6, 0);
    const thirds = new Uint32Array(3);
    for (let i = 0; i < 30_000; i++) thirds[Math.floor(random.nextIndex(n) / 2 ** 30)]++;
    expectUniform(thirds);
    // The scaled product without rejection would favour every third residue instead.
    const residues = new Uint32Array(3);
    for (let i = 0; i < 30_000; i++) residues[random.nextIndex(n) % 3]++;
    expectUniform(residues);
  });

  it("refuses an empty or impossible choice, and seeds that are no integers", () => {
    const random = new RandomStream(0, 0);
    for (const n of [0, -1, Number.NaN, 2 ** 32]) expect(() => random.nextIndex(n)).toThrow(RangeError);
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => new RandomStream(bad, 0)).toThrow(RangeError);
      expect(() => new RandomStream(0, bad)).toThrow(RangeError);
    }
  });

  it("has normal deviates with the moments 0, 1, 0, 3 and the tails of the normal law", () => {
    const random = new RandomStream(7, 0);
    const n = 200_000;
    const moments = [0, 0, 0, 0];
    let beyondTwo = 0;
    for (let i = 0; i < n; i++) {
      const x = random.nextNormal();
      for (let k = 0; k < 4; k++) moments[k] += x ** (k + 1) / n;
      if (Math.abs(x) > 2) beyondTwo++;
    }
    // Var(x^k) = E x^2k - (E x^k)^2: 1, 2, 15, 96.
    const expected = [0, 1, 0, 3];
    const variance = [1, 2, 15, 96];
    for (let k = 0; k < 4; k++)
      expect(Math.abs(moments[k] - expected[k])).toBeLessThan(5 * Math.sqrt(variance[k] / n));
    const tail = 0.0455002638963584; // 1 - erf(sqrt 2)
    expect(Math.abs(beyondTwo / n - tail)).toBeLessThan(5 * Math.sqrt((tail * (1 - tail)) / n));
  });

  it("shuffles every permutation equally often and keeps the items", () => {
    const random = new RandomStream(8, 0);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.shuffle([0, 1, 2, 3]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expectUniform([...counts.values()]);
    expect(Array.from(random.shuffle(Float64Array.of(3, 1, 2))).sort()).toEqual([1, 2, 3]);
  });

  it("goes on exactly from a stored state, at every lane and after any kind of draw", () => {
    const draw = fc.constantFrom("word", "float", "index", "normal");
    const take = (random: RandomStream, kind: string) => {
      if (kind === "word") return random.nextUint32();
      if (kind === "float") return random.nextFloat();
      return kind === "index" ? random.nextIndex(3 * 2 ** 30) : random.nextNormal();
    };
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.maxSafeNat(),
        fc.array(draw, { maxLength: 9 }),
        fc.array(draw, { minLength: 6, maxLength: 9 }),
        (seed, stream, before, after) => {
          const original = new RandomStream(seed, stream);
          for (const kind of before) take(original, kind);
          const restored = RandomStream.restore(JSON.parse(JSON.stringify(original.state())));
          expect(restored.state()).toEqual(original.state());
          expect(after.map((kind) => take(restored, kind))).toEqual(
            after.map((kind) => take(original, kind)),
          );
        },
      ),
    );
    for (let drawn = 0; drawn < 9; drawn++) {
      const original = new RandomStream(9, 1);
      for (let i = 0; i < drawn; i++) original.nextUint32();
      expect(RandomStream.restore(original.state()).nextUint32()).toBe(original.nextUint32());
    }
  });

  it("goes on where the block number needs more than 32 bits", () => {
    const drawn = 4 * (2 ** 32 + 2) + 1;
    const random = RandomStream.restore({ seed: 1, stream: 2, drawn });
    const out = new Uint32Array(4);
    philox4x32(Uint32Array.of(2, 1, 2, 0), 1, 0, out);
    expect([random.nextUint32(), random.nextUint32()]).toEqual([out[1], out[2]]);
  });
});
