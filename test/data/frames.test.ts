import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readExtxyz } from "../../src/data/formats/extxyz.ts";
import { type FrameOptions, framesOf } from "../../src/data/frames.ts";
import { failureOf } from "../failure.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-frames-"));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const xyz = (step: number, atoms = 2) =>
  `${atoms}\nstep=${step} name="µ ${step}"\n${Array.from({ length: atoms }, (_, i) => `Cu ${i} ${step} 0.5\n`).join("")}`;
const dump = (step: number) =>
  `ITEM: TIMESTEP\n${step}\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n0 3\n0 3\n0 3\nITEM: ATOMS id element x y z\n1 Cu 0 0 ${step}\n`;
const all = (path: string, options: FrameOptions = {}) => [...framesOf(path, options)];

/** Frames until the error, and the error. */
function until(path: string) {
  const steps: unknown[] = [];
  const error = failureOf(() => {
    for (const frame of framesOf(path)) steps.push(frame.info.step);
  });
  return { steps, error };
}

describe("frames of a file", () => {
  it("are those that the readers of whole files give", () => {
    const text = xyz(1) + xyz(2, 3) + xyz(3);
    expect(all(write("a.xyz", text))).toEqual(readExtxyz(text, join(folder, "a.xyz")).structures);
    expect(all(write("a.dump", dump(4) + dump(5))).map((s) => s.positions[2])).toEqual([4, 5]);
  });

  it("may be gzipped, have CR LF, a byte order mark, or another name", () => {
    const text = xyz(1) + xyz(2);
    const steps = (path: string, options = {}) => all(path, options).map((s) => s.info.step);
    expect(steps(write("b.xyz.gz", gzipSync(text)))).toEqual([1, 2]);
    expect(steps(write("c.xyz", `\ufeff${text.replaceAll("\n", "\r\n")}`))).toEqual([1, 2]);
    expect(steps(write("d.txt", text), { format: "extxyz" })).toEqual([1, 2]);
    expect(failureOf(() => all(join(folder, "d.txt"))).message).toContain(
      "the name does not tell the format",
    );
    expect(failureOf(() => all(join(folder, "POSCAR"))).message).toContain("expected a trajectory of atoms");
  });

  it("larger than the pieces that are read, with letters of two bytes on the seams", () => {
    const one = xyz(7, 1200);
    const count = 400;
    const path = write("long.xyz", one.repeat(count));
    let frames = 0;
    for (const frame of framesOf(path)) {
      expect(frame.name).toBe("µ 7");
      expect(frame.positions[3599]).toBe(0.5);
      frames++;
    }
    expect(frames).toBe(count);
    expect(count * one.length).toBeGreaterThan(6e6);
  });

  it.each([
    ["xyz", xyz],
    ["dump", dump],
  ] as const)(
    "of a %s file that is cut anywhere: whole ones first, then an error that counts them",
    (ending, frame) => {
      const two = frame(1) + frame(2);
      const third = frame(3);
      for (let cut = 1; cut < third.length; cut++) {
        const path = write(`cut.${ending}`, two + third.slice(0, cut));
        const { steps, error } = until(path);
        expect(steps).toEqual([1, 2]);
        expect(error.code).toBe("data");
        expect(error.message).toMatch(
          /cut\.\w+:\d+: .*: the file is cut within its last frame, after 2 whole frames$/,
        );
        expect(error.details).toMatchObject({ whole: 2 });
        const warnings: string[] = [];
        expect(all(path, { cut: "warn", warn: (text) => warnings.push(text) })).toHaveLength(2);
        expect(warnings.join()).toContain("after 2 whole frames, which are used");
      }
    },
  );

  it("a single structure whose last line is open is read, with a warning", () => {
    const warnings: string[] = [];
    const path = write("open.xyz", xyz(1).trimEnd());
    expect(all(path, { warn: (text) => warnings.push(text) })).toHaveLength(1);
    expect(warnings.join()).toMatch(/open\.xyz:4: the last line has no line end/);
  });

  it("an error in the middle is no cut", () => {
    const { steps, error } = until(write("middle.xyz", `${xyz(1)}x\n${xyz(2)}`));
    expect(steps).toEqual([1]);
    expect(error.message).toMatch(/middle\.xyz:5: expected the number of atoms of a frame, found "x"/);
    expect(error.message).not.toContain("cut within");
  });

  it("no file, an empty file, a file that is no text", () => {
    expect(failureOf(() => all(join(folder, "none.xyz"))).message).toContain("there is no such file");
    expect(failureOf(() => all(write("empty.xyz", ""))).message).toContain("there are no structures");
    expect(failureOf(() => all(write("bytes.xyz", Uint8Array.of(49, 10, 0xff, 0xfe, 10)))).message).toContain(
      "not UTF-8",
    );
    expect(failureOf(() => all(write("half.xyz", "2\n\nCu 0 0 0\n"))).message).toMatch(
      /the file ends after 1 of the 2 atoms/,
    );
  });
});
