/** Trajectories: what goes in comes out, a killed writer goes on with the same bytes, and damage is named. */
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readExtxyz } from "../../src/data/formats/extxyz.ts";
import { openTrajectory } from "../../src/data/trajectory.ts";
import { trajectoryExtxyz } from "../../src/data/trajectory-extxyz.ts";
import { encodeHeader, FrameCodec, type TrajectoryHeader } from "../../src/data/trajectory-format.ts";
import { TrajectoryWriter } from "../../src/data/trajectory-writer.ts";
import { latticeFromRecord, latticeRecord } from "../../src/lattice/lattice-record.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { randomLattice } from "../clusters/random-lattices.ts";
import { failureOf } from "../failure.ts";
import { frameOf, trajectoryHeader } from "./trajectory-frames.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-trajectory-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newPath = () => join(folder, `${files++}.traj`);

function written(frames: number, header: TrajectoryHeader = trajectoryHeader): string {
  const path = newPath();
  const writer = TrajectoryWriter.create(path, header);
  for (let k = 0; k < frames; k++) {
    const { step, energy, occupation } = frameOf(k);
    writer.append(step, energy, occupation);
  }
  writer.close();
  return path;
}

const frameBytes = new FrameCodec(trajectoryHeader, "test").frameBytes;

describe("a trajectory", () => {
  it("gives back its header and every frame, in order and one by one", () => {
    // More than one buffer of the writer (1 MiB) and than one block of the reader (4 MiB).
    const frames = Math.ceil((2 ** 22 * 1.2) / frameBytes);
    const trajectory = openTrajectory(written(frames));
    expect(trajectory.header).toEqual(trajectoryHeader);
    expect(trajectory.frameCount).toBe(frames);
    expect(trajectory.cut).toBe(false);
    let next = 0;
    const arrays = new Set<Uint8Array>();
    for (const { index, step, energy_eV, occupation } of trajectory.frames()) {
      const expected = frameOf(next);
      expect(index).toBe(next++);
      expect(step).toBe(expected.step);
      expect(energy_eV).toBe(expected.energy);
      if (Buffer.compare(occupation, expected.occupation) !== 0)
        expect(occupation).toEqual(expected.occupation);
      arrays.add(occupation);
    }
    expect(next).toBe(frames);
    expect(arrays.size).toBe(1);
    for (const k of [frames - 1, 0, 17]) {
      const { energy, occupation } = frameOf(k);
      expect(trajectory.frame(k)).toMatchObject({ index: k, energy_eV: energy, occupation });
    }
    expect(Array.from(trajectory.frames(3, 6), ({ index }) => index)).toEqual([3, 4, 5]);
    trajectory.close();
  });

  it("takes two bits a site where a site has three species, and leaves spectators out", () => {
    // 2 changeable sites in each of 75 cells, two bits each; two doubles and a check sum.
    expect(frameBytes).toBe(16 + Math.ceil((2 * 75 * 2) / 8) + 4);
  });

  it("holds any lattice and any occupation", () => {
    fc.assert(
      fc.property(
        randomLattice,
        fc.array(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.infiniteStream(fc.nat())), {
          maxLength: 4,
        }),
        (lattice, frames) => {
          const header: TrajectoryHeader = {
            ...trajectoryHeader,
            lattice: latticeRecord(lattice),
            supercell: lattice.periodic.map((is) => (is ? 2 : 1)),
          };
          const supercell = new Supercell(lattice, header.supercell);
          const path = newPath();
          const writer = TrajectoryWriter.create(path, header);
          const given = frames.map(([energy, numbers], k) => ({
            index: k,
            step: Number.MAX_SAFE_INTEGER - 10 + k,
            energy_eV: energy,
            occupation: Uint8Array.from(
              { length: supercell.numSites },
              (_, i) => numbers.next().value! % lattice.sites[supercell.sublatticeOf(i)].species.length,
            ),
          }));
          for (const frame of given) writer.append(frame.step, frame.energy_eV, frame.occupation);
          writer.close();
          const trajectory = openTrajectory(path);
          expect(
            Array.from(trajectory.frames(), (f) => ({ ...f, occupation: f.occupation.slice() })),
          ).toEqual(given);
          expect(latticeFromRecord(trajectory.header.lattice, path)).toEqual(lattice);
          trajectory.close();
          rmSync(path);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([2, 3, 4, 5, 16, 17, 200])("holds sites with %i species", (count) => {
    const lattice = createParentLattice({
      cell: [3, 0, 0, 0, 3, 0, 0, 0, 3],
      coordinates: "fractional",
      sites: [{ name: "a", position: [0, 0, 0], species: Array.from({ length: count }, (_, k) => `s${k}`) }],
    });
    const header = { ...trajectoryHeader, lattice: latticeRecord(lattice), supercell: [7, 3, 3] };
    const occupation = Uint8Array.from({ length: 63 }, (_, i) => (i * 31) % count);
    const path = newPath();
    const writer = TrajectoryWriter.create(path, header);
    writer.append(1, 0, occupation);
    writer.close();
    const trajectory = openTrajectory(path);
    expect(trajectory.frame(0).occupation).toEqual(occupation);
    trajectory.close();
  });

  it("may have no frames", () => {
    const trajectory = openTrajectory(written(0));
    expect(trajectory.frameCount).toBe(0);
    expect([...trajectory.frames()]).toEqual([]);
    expect(trajectory.firstFrameAt(0)).toBe(0);
    expect(failureOf(() => trajectory.frame(0)).message).toContain("there is no frame 0");
    trajectory.close();
  });

  it("finds the first frame at or after a step", () => {
    const trajectory = openTrajectory(written(40));
    for (const step of [0, 1, 999, 1000, 1001, 20_500, 40_000, 40_001])
      expect(trajectory.firstFrameAt(step)).toBe(Math.min(40, Math.max(0, Math.ceil(step / 1000) - 1)));
    trajectory.close();
  });

  it("that ends within a frame is read up to it, and says so", () => {
    const path = written(10);
    truncateSync(path, statSync(path).size - 3);
    const trajectory = openTrajectory(path);
    expect(trajectory.cut).toBe(true);
    expect(trajectory.frameCount).toBe(9);
    expect([...trajectory.frames()].length).toBe(9);
    trajectory.close();
  });
});

describe("a file that is no good trajectory", () => {
  const bytes = readFileSync(written(5));
  const headerLength = encodeHeader(trajectoryHeader).length;
  const changed = (change: (copy: Buffer) => Buffer | undefined) => {
    const path = newPath();
    const copy = Buffer.from(bytes);
    writeFileSync(path, change(copy) ?? copy);
    return path;
  };
  const set = (offset: number, value: number) => (copy: Buffer) => {
    copy[offset] = value;
    return copy;
  };

  it.each([
    ["an empty file", () => Buffer.alloc(0), /empty/],
    ["a foreign file", () => Buffer.from("12\nLattice=..."), /not a trajectory/],
    ["a newer version", set(8, 2), /version 2 of the format, this program reads version 1.*newer program/],
    ["a version that never was", set(8, 0), /version 0/],
    ["a cut prefix", (b: Buffer) => b.subarray(0, 13), /ends within its header/],
    ["a cut header", (b: Buffer) => b.subarray(0, headerLength - 1), /ends within its header/],
    ["an absurd length", set(15, 255), /absurd length/],
    ["a damaged header", set(40, 0), /check sum/],
    [
      "a header that is no JSON",
      () => {
        const text = Buffer.from("{{");
        const prefix = Buffer.from(bytes.subarray(0, 20));
        prefix.writeUInt32LE(text.length, 12);
        prefix.writeUInt32LE(crc32(text), 16);
        return Buffer.concat([prefix, text]);
      },
      /not JSON/,
    ],
  ])("is named: %s", (_, change, message) => {
    const path = changed(change);
    const error = failureOf(() => openTrajectory(path));
    expect(error.code).toBe("data");
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
  });

  it("is named: an absent file, a folder", () => {
    expect(failureOf(() => openTrajectory(join(folder, "none.traj")))).toMatchObject({ code: "data" });
    expect(failureOf(() => openTrajectory(folder))).toMatchObject({ code: "data" });
  });

  it("is named where any single byte of a frame is another one", () => {
    for (let offset = 0; offset < frameBytes; offset++) {
      const at = headerLength + 2 * frameBytes + offset;
      const path = changed(set(at, bytes[at] ^ 4));
      const trajectory = openTrajectory(path);
      expect(trajectory.frame(1).index).toBe(1);
      const error = failureOf(() => [...trajectory.frames()]);
      expect(error.code).toBe("data");
      expect(error.message).toMatch(/frame 2 of the trajectory is damaged/);
      trajectory.close();
      rmSync(path);
    }
  });

  it("is not written: energies that are no numbers, species that a site does not allow", () => {
    const path = newPath();
    const writer = TrajectoryWriter.create(path, trajectoryHeader);
    const { occupation } = frameOf(0);
    expect(failureOf(() => writer.append(1, Number.NaN, occupation)).code).toBe("data");
    expect(failureOf(() => writer.append(1, 0, occupation.subarray(1))).code).toBe("shape");
    const wrong = occupation.slice();
    wrong[0] = 2;
    expect(failureOf(() => writer.append(1, 0, wrong)).message).toMatch(/site 0 allows 2 species/);
    writer.append(1, 0.5, occupation);
    writer.close();
    const trajectory = openTrajectory(path);
    expect(trajectory.frameCount).toBe(1);
    expect(trajectory.frame(0).energy_eV).toBe(0.5);
    trajectory.close();
  });
});

describe("resuming", () => {
  it("cuts back to the checkpoint and goes on with the same bytes", () => {
    const whole = readFileSync(written(50));
    for (const [have, kept] of [
      [50, 0],
      [50, 30],
      [30, 30],
      [31, 30],
    ]) {
      const path = written(have);
      appendFileSync(path, Buffer.alloc(7, 1)); // part of a frame
      const writer = TrajectoryWriter.resume(path, trajectoryHeader, kept);
      expect(writer.frames).toBe(kept);
      for (let k = kept; k < 50; k++) {
        const { step, energy, occupation } = frameOf(k);
        writer.append(step, energy, occupation);
      }
      writer.close();
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  it("refuses another chain's file, a file that is too short, and an absent one, and changes nothing", () => {
    const path = written(5);
    const before = readFileSync(path);
    const other = { ...trajectoryHeader, about: { ...trajectoryHeader.about, seed: 12 } };
    expect(failureOf(() => TrajectoryWriter.resume(path, other, 2)).message).toMatch(/not of this chain/);
    const short = failureOf(() => TrajectoryWriter.resume(path, trajectoryHeader, 6));
    expect(short.code).toBe("data");
    expect(short.message).toMatch(/after 6 frames, but the trajectory holds 5; begin anew without --resume/);
    const absent = join(folder, "absent.traj");
    expect(failureOf(() => TrajectoryWriter.resume(absent, trajectoryHeader, 0)).message).toMatch(
      /not there; begin anew/,
    );
    expect(existsSync(absent)).toBe(false);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("after kills at any moment gives the bytes of a run that was never killed", async () => {
    const frames = 20_000;
    const whole = readFileSync(written(frames));
    const path = newPath();
    const checkpoint = `${path}.checkpoint`;
    let kills = 0;
    for (let run = 0; ; run++) {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", resolve("test/data/trajectory-child.ts"), path, checkpoint, String(frames)],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      // Killed some frames after its second, third, ... checkpoint: while it writes.
      let lines = 0;
      child.stdout.on("data", (text: Buffer) => {
        lines += text.toString().split("\n").length - 1;
        if (kills < 4 && lines >= 2 + run) child.kill("SIGKILL");
      });
      const signal = await new Promise((done) => child.on("close", (_, by) => done(by)));
      if (signal === null) break;
      kills++;
    }
    expect(kills).toBe(4);
    expect(readFileSync(path).equals(whole)).toBe(true);
  });
});

describe("conversion to extended XYZ", () => {
  it("gives one structure a frame, with energy, step, and absent atoms as X", () => {
    const trajectory = openTrajectory(written(3));
    const text = [...trajectoryExtxyz(trajectory, { vacancies: ["Vac"], absent: "dummy" })].join("");
    trajectory.close();
    const { structures } = readExtxyz(text, "frames.extxyz");
    expect(structures.length).toBe(3);
    structures.forEach((structure, k) => {
      const { step, energy, occupation } = frameOf(k);
      expect(structure.energy).toBe(energy);
      expect(structure.info).toMatchObject({ step, temperature_K: 512.5 });
      const cells = 75;
      const count = (from: number, value: number) =>
        occupation.subarray(from, from + cells).filter((s) => s === value).length;
      const found = (symbol: string) => structure.species.filter((s) => s === symbol).length;
      expect(found("Cu")).toBe(count(0, 0));
      expect(found("Au")).toBe(count(0, 1));
      expect(found("S")).toBe(cells);
      expect(found("X")).toBe(count(2 * cells, 2));
    });
  });
});
