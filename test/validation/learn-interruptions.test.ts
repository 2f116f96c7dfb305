/** Learning that is interrupted again and again; the quick tests kill it at some points (test/cli/learn.test.ts). */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EcitonError } from "../../src/core/errors.ts";
import { scratch } from "../cli/eciton.ts";
import { argon, expectSame, type Run, study } from "../workflows/learn/argon-study.ts";

describe("a potential that asks for its structures", () => {
  it("is the same however often it is interrupted", async () => {
    const run = await study(argon);
    const place = scratch();
    const folder = join(place, "out");
    let interruptions = 0;
    let resumed: Run | null = null;
    for (let pause = 300; resumed === null; pause *= 2.5) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), pause);
      try {
        resumed = await study(argon, {
          home: place,
          folder,
          resume: interruptions > 0,
          signal: controller.signal,
          workers: 1,
        });
      } catch (error) {
        expect((error as EcitonError).code).toBe("cancelled");
        interruptions++;
      } finally {
        clearTimeout(timer);
      }
    }
    expect(interruptions).toBeGreaterThan(0);
    expectSame(run, resumed);
  });
});
