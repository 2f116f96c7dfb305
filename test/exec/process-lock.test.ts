import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { acquireLock, refuseWhileLocked } from "../../src/exec/process-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-lock-"));
const path = join(folder, "running.json");
const plan = { path, silence_s: 100, refusal: "somebody works here" };

afterEach(() => rmSync(path, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const leave = (owner: object, age_s = 0) => {
  writeFileSync(path, JSON.stringify(owner));
  const time = Date.now() / 1000 - age_s;
  utimesSync(path, time, time);
};

function refusal(): EcitonError {
  try {
    acquireLock(plan).release();
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    return error as EcitonError;
  }
  throw new Error("it was not refused");
}

describe("acquireLock", () => {
  it("keeps others out until it is released, and says who has it", () => {
    const lock = acquireLock(plan);
    const error = refusal();
    expect(error.code).toBe("usage");
    expect(error.message).toBe(
      `somebody works here (process ${process.pid} on ${hostname()}); wait for its end or end it first`,
    );
    expect(() => refuseWhileLocked(plan)).toThrow("somebody works here");
    lock.release();
    expect(existsSync(path)).toBe(false);
    expect(() => refuseWhileLocked(plan)).not.toThrow();
  });

  it("takes over the lock of a process that died", () => {
    // Linux gives no process a number above 2^22.
    leave({ host: hostname(), pid: 2 ** 30, begun: "1" });
    const lock = acquireLock(plan);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it.skipIf(!existsSync("/proc/self/stat"))("knows a number that was given to another process", () => {
    leave({ host: hostname(), pid: process.pid, begun: "1" });
    acquireLock(plan).release();
    expect(existsSync(path)).toBe(false);
  });

  it("believes a process that lives, however long it was silent", () => {
    const lock = acquireLock(plan);
    const begun = (JSON.parse(readFileSync(path, "utf8")) as { begun: string | null }).begun;
    if (begun !== null) {
      leave({ host: hostname(), pid: process.pid, begun }, 1000);
      expect(refusal().message).toContain(String(process.pid));
    }
    // Where the system does not tell when a process began, silence decides.
    leave({ host: hostname(), pid: process.pid, begun: null }, 50);
    expect(refusal().message).toContain(String(process.pid));
    leave({ host: hostname(), pid: process.pid, begun: null }, 1000);
    acquireLock(plan).release();
    lock.release();
  });

  it("waits for the silence of a process on another machine, and says what to do if it is dead", () => {
    leave({ host: "elsewhere", pid: 1, begun: "1" }, 90);
    expect(refusal().message.replace(/in \d+ s/, "in 10 s")).toBe(
      `somebody works here (process 1 on elsewhere); wait for its end or end it first; if it is dead, try again in 10 s or delete ${path}`,
    );
    leave({ host: "elsewhere", pid: 1, begun: "1" }, 110);
    acquireLock(plan).release();
  });

  it("is renewed by signs of life", () => {
    const lock = acquireLock(plan);
    const owner = { host: "elsewhere", pid: 1 };
    leave(owner, 110);
    lock.renew();
    expect(refusal().message).toContain("elsewhere");
    // It belongs to another process by now.
    lock.release();
    expect(existsSync(path)).toBe(true);
  });

  it("gives a process time to write its name, but not long", () => {
    writeFileSync(path, "");
    expect(refusal().message).toContain("it has just begun");
    const time = Date.now() / 1000 - 5;
    utimesSync(path, time, time);
    acquireLock(plan).release();
  });

  it.skipIf(!existsSync("/proc/self/stat"))(
    "passes over a process that has ended but is still listed",
    async () => {
      // The shell becomes sleep, which takes no notice of the end of its child.
      const parent = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 20"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const pid = Number(
          await new Promise<string>((done) => parent.stdout.once("data", (data) => done(String(data)))),
        );
        const stat = () =>
          readFileSync(`/proc/${pid}/stat`, "utf8")
            .replace(/^.*\) /s, "")
            .split(" ");
        while (stat()[0] !== "Z") await new Promise((done) => setTimeout(done, 10));
        leave({ host: hostname(), pid, begun: stat()[19] });
        acquireLock(plan).release();
        expect(existsSync(path)).toBe(false);
      } finally {
        parent.kill();
      }
    },
  );

  it("names a folder that is not there", () => {
    expect(() => acquireLock({ ...plan, path: join(folder, "none", "running.json") })).toThrow(
      "cannot write",
    );
  });
});
