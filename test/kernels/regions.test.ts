import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createSharedMemory,
  giveRegion,
  Region,
  regionBytes,
  takeRegion,
} from "../../src/kernels/regions.ts";

const TABLES = 70_000;

describe("regions of a shared memory", () => {
  it("never overlap, lie behind the tables and within the memory, and come back whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 200_000 }), fc.nat()), { minLength: 1, maxLength: 60 }),
        (orders) => {
          const memory = createSharedMemory(TABLES);
          const held: { at: number; bytes: number }[] = [];
          for (const [bytes, pick] of orders) {
            if (pick % 3 === 0 && held.length > 0) {
              const [{ at, bytes: size }] = held.splice(pick % held.length, 1);
              giveRegion(memory, at, size);
            } else held.push({ at: takeRegion(memory, bytes), bytes });
            const sorted = [...held].sort((x, y) => x.at - y.at);
            sorted.forEach(({ at, bytes: size }, i) => {
              expect(at).toBeGreaterThanOrEqual(TABLES);
              expect(at % 16).toBe(0);
              expect(at + size).toBeLessThanOrEqual(sorted[i + 1]?.at ?? memory.buffer.byteLength);
            });
            // What the owners write must not reach the list of free stretches.
            for (const { at, bytes: size } of held) new Uint8Array(memory.buffer, at, size).fill(255);
          }
          for (const { at, bytes } of held) giveRegion(memory, at, bytes);
          // With all of them back, the largest fits in one piece without growth.
          const before = memory.buffer.byteLength;
          const whole = before - regionBytes(TABLES);
          if (whole > 0) expect(takeRegion(memory, whole)).toBe(regionBytes(TABLES));
          expect(memory.buffer.byteLength).toBe(before);
        },
      ),
    );
  });

  it("are given back once, however often they are closed", () => {
    const memory = createSharedMemory(TABLES);
    const first = new Region(memory, 5000);
    first.close();
    first.close();
    const second = new Region(memory, 5000);
    const third = new Region(memory, 5000);
    expect(second.at).toBe(first.at);
    expect(third.at).toBeGreaterThanOrEqual(second.at + 5000);
  });

  it("name what to do when the memory cannot hold them", () => {
    const memory = createSharedMemory(TABLES);
    expect(() => takeRegion(memory, 2 ** 32)).toThrow(
      expect.objectContaining({ code: "memory", message: expect.stringContaining("fewer workers") }),
    );
    // The lock is free again.
    expect(takeRegion(memory, 100)).toBe(regionBytes(TABLES));
  });
});
