import { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { startProgress, startTaskProgress } from "../../src/exec/progress.ts";
import { durationText, TaskRate } from "../../src/exec/task-rate.ts";

describe("startProgress", () => {
  it("writes nothing where stderr is no terminal", () => {
    const terminal = process.stderr.isTTY;
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    process.stderr.isTTY = false;
    try {
      const progress = startProgress("fit", 10);
      progress.update(5);
      progress.end();
      expect(write).not.toHaveBeenCalled();
    } finally {
      process.stderr.isTTY = terminal;
      write.mockRestore();
    }
  });
});

/** A stream that keeps what is written, as a terminal or not. */
function keepingStream(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let text = "";
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += String(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY, columns: 120, rows: 40 }) as unknown as NodeJS.WriteStream,
    text: () => text,
  };
}

describe("startTaskProgress", () => {
  const options = { label: "Monte Carlo", noun: "chains", steps: 2_000_000, resumed: false };

  it("writes a line every 30 s where there is no terminal, with rate and time left", () => {
    const { stream, text } = keepingStream(false);
    let time = 0;
    const progress = startTaskProgress({ ...options, names: ["a", "b"], stream, now: () => time });
    for (time = 0; time <= 60; time += 5) progress.update(Int32Array.of(10 * time, 5 * time));
    progress.end();
    // 15 thousandths a second of 2 million steps are 30,000. What is left takes 1550 / 15 = 103 s after 30 s, and
    // 1100 / 15 = 73.3 s, rounded up, after 60 s.
    expect(text().split("\n")).toEqual([
      "Monte Carlo: 23%, 0 of 2 chains done, 30,000 steps/s, 2 min left",
      "Monte Carlo: 45%, 0 of 2 chains done, 30,000 steps/s, 74 s left",
      "",
    ]);
  });

  it("shows a bar for each of few tasks on a terminal, and one for all of many", async () => {
    for (const [count, named] of [
      [3, true],
      [40, false],
    ] as const) {
      const { stream, text } = keepingStream(true);
      const names = Array.from({ length: count }, (_, i) => `chain ${i}`);
      let time = 0;
      const progress = startTaskProgress({ ...options, names, stream, now: () => time });
      progress.update(new Int32Array(count));
      time = 10;
      progress.update(new Int32Array(count).fill(500));
      // The terminal is drawn ten times a second.
      await vi.waitFor(() => expect(text()).toContain("Monte Carlo"));
      progress.end();
      expect(text().includes("chain 2")).toBe(named);
    }
  });
});

describe("TaskRate", () => {
  it("gives the rate of the last minute", () => {
    const rate = new TaskRate(1, false);
    // 1 thousandth a second for 100 s, then 5.
    let progress = 0;
    for (let time = 0; time <= 160; time++) {
      const report = rate.update(Int32Array.of(progress), time);
      if (time === 100) expect(report.tasksPerSecond).toBeCloseTo(0.001, 12);
      if (time === 160) {
        expect(report.tasksPerSecond).toBeCloseTo(0.005, 12);
        expect(report.secondsLeft).toBeCloseTo((1000 - progress) / 5, 9);
      }
      progress += time < 100 ? 1 : 5;
    }
  });

  it("does not take the work of an earlier run for its own", () => {
    const [fresh, resumed] = [new TaskRate(2, false), new TaskRate(2, true)];
    for (const rate of [fresh, resumed]) rate.update(Int32Array.of(0, 0), 0);
    expect(fresh.update(Int32Array.of(900, 0), 1).tasksPerSecond).toBeCloseTo(0.9, 12);
    expect(resumed.update(Int32Array.of(900, 0), 1)).toMatchObject({ tasksPerSecond: 0, secondsLeft: null });
    expect(resumed.update(Int32Array.of(910, 800), 2).tasksPerSecond).toBeCloseTo(0.005, 12);
  });

  it("counts finished tasks and is done when all are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }), (list) => {
        const report = new TaskRate(list.length, false).update(Int32Array.from(list), 0);
        expect(report.finished).toBe(list.filter((p) => p === 1000).length);
        expect(report.fraction).toBeCloseTo(list.reduce((a, b) => a + b, 0) / 1000 / list.length, 12);
        expect(report.secondsLeft).toBe(report.finished === list.length ? 0 : null);
      }),
    );
  });
});

describe("durationText", () => {
  it.each([
    [0, "0 s"],
    [59.2, "60 s"],
    [600, "10 min"],
    [7200, "2.0 h"],
    [5 * 86400, "5.0 days"],
  ])("says %d s as people do", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
