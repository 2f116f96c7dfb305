import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { readVasprun } from "../../../src/data/formats/vasprun.ts";
import type { Dataset } from "../../../src/data/structure.ts";
import { atomsOf, cartesian, exampleRun, type Run, runs } from "./vasp-run.ts";
import { type VasprunStyle, vasprunText } from "./vasprun-text.ts";

// 1 kB = 1e8 Pa and 1 eV/Å³ = 1.602176634e11 Pa.
const KBAR = 1e8 / 1.602176634e11;

/** The numbers of the first `count` steps are those the file was written from; printed with 8 decimals, so
 * energies (a sum of three rounded numbers) agree to 1.5e-8 and products of order 10 to about 1e-12. */
function expectSteps(data: Dataset, run: Run, count: number) {
  expect(data.structures.length).toBe(count);
  data.structures.forEach((s, k) => {
    const step = run.steps[k];
    expect(s.species).toEqual(atomsOf(run));
    expect([...s.cell]).toEqual(step.cell);
    const positions = cartesian(step);
    s.positions.forEach((x, i) => void expect(Math.abs(x - positions[i])).toBeLessThan(1e-11));
    expect([...s.forces!]).toEqual(step.forces);
    s.stress!.forEach((x, i) => void expect(Math.abs(x + step.stressKbar[i] * KBAR)).toBeLessThan(1e-12));
    const close = (actual: unknown, expected: number) =>
      expect(Math.abs(Number(actual) - expected)).toBeLessThan(2e-8);
    close(s.energy, step.sigma0 + step.dispersion);
    close(s.info.free_energy, step.free + step.dispersion);
    close(s.info.energy_without_entropy, step.withoutEntropy + step.dispersion);
    close(s.info.energy_sigma_0, step.sigma0 + step.dispersion);
    expect(s.magneticMoments).toBeUndefined();
    expect(s.info.electronic_converged).toBe(step.electronicSteps < run.nelm);
  });
}

/** What may become of a file cut at `length`: the steps that it holds whole, or a clean refusal. */
function expectSalvage(text: string, run: Run, length: number) {
  const cut = text.slice(0, length);
  const complete = cut.split("</calculation>").length - 1;
  let data: Dataset;
  try {
    data = readVasprun(cut, "vasprun.xml");
  } catch (error) {
    expect(complete).toBe(0);
    expect(error).toBeInstanceOf(EcitonError);
    expect((error as EcitonError).code).toBe("data");
    expect((error as EcitonError).message).toMatch(
      /^vasprun\.xml:\d+: (the file ends before|not a vasprun\.xml)/,
    );
    return;
  }
  expectSteps(data, run, complete);
  if (cut.includes("</modeling>")) return;
  expect(data.warnings).toHaveLength(1);
  const lines = cut.trimEnd().split("\n").length;
  expect(data.warnings[0]).toMatch(
    new RegExp(`^vasprun\\.xml:${lines}: interrupted .* ${complete} complete ionic step`),
  );
  // A relaxation whose end was not seen has not converged, whatever its electrons did.
  expect(data.structures.at(-1)!.converged).toBe(false);
}

const styles = fc.constantFrom<VasprunStyle>({ version: 5 }, { version: 6 });

describe("readVasprun", () => {
  it("gives every ionic step with the numbers of the file, in the words of VASP 5 and 6", () => {
    fc.assert(
      fc.property(runs, styles, (run, style) => {
        const data = readVasprun(vasprunText(run, style), "vasprun.xml");
        expect(data.warnings).toEqual([]);
        expectSteps(data, run, run.steps.length);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps exactly the complete steps of a file cut at any tag", () => {
    const text = vasprunText(exampleRun);
    const boundaries = [...text.matchAll(/[<>]/g)].flatMap((m) => [m.index, m.index + 1]);
    expect(boundaries.length).toBeGreaterThan(1000);
    for (const length of boundaries) expectSalvage(text, exampleRun, length);
  });

  it("keeps exactly the complete steps of any run cut anywhere", () => {
    fc.assert(
      fc.property(runs, styles, fc.double({ min: 0, max: 1, noNaN: true }), (run, style, where) => {
        const text = vasprunText(run, style);
        expectSalvage(text, run, Math.floor(where * text.length));
      }),
      { numRuns: 300 },
    );
  });

  it("never turns a damaged number into another one", () => {
    const text = vasprunText(exampleRun);
    const numbers = [...text.matchAll(/-?\d+\.\d{8}/g)].filter(
      (m) => m.index > text.indexOf("<calculation>"),
    );
    const whole = readVasprun(text, "v");
    let refused = 0;
    for (const { 0: number, index } of numbers) {
      const bad = text.slice(0, index) + "*".repeat(number.length) + text.slice(index + number.length);
      const line = text.slice(0, index).split("\n").length;
      const step = text.slice(0, index).split("<calculation>").length - 1;
      try {
        // Numbers that are not read (earlier electronic steps, finalpos) change nothing.
        expect(readVasprun(bad, "v")).toEqual(whole);
      } catch (error) {
        expect(error).toBeInstanceOf(EcitonError);
        expect((error as EcitonError).message).toMatch(
          new RegExp(`^v:${line}: ionic step ${step}: .*expected .*found .*\\*\\*`),
        );
        refused++;
      }
    }
    // Per step: cell 9, positions 9, forces 9, stress 9, one energy of the step and three of its electrons.
    expect(refused).toBe(3 * 40);
  });

  describe("convergence", () => {
    const still = { ...exampleRun.steps[0], forces: new Array(9).fill(0.001), electronicSteps: 3 };
    const of = (changes: Partial<Run>, style?: VasprunStyle) => {
      const text = vasprunText({ ...exampleRun, steps: [still, still], ...changes }, style);
      return readVasprun(text, "v").structures.map((s) => s.converged);
    };

    it("asks electrons for fewer than NELM steps", () => {
      expect(of({ nelm: 3 })).toEqual([false, false]);
      expect(of({ nelm: 4 })).toEqual([true, true]);
    });

    it("trusts a relaxation that stopped before NSW", () => {
      expect(of({ nsw: 3, ediffg: -1e-9 })).toEqual([true, true]);
    });

    it("checks EDIFFG where the relaxation ran to NSW", () => {
      const moving = { ...still, forces: [0.5, ...new Array(8).fill(0)] };
      expect(of({ nsw: 2, ediffg: -0.02 })).toEqual([true, true]);
      expect(of({ nsw: 2, steps: [moving, moving] })).toEqual([true, false]);
      expect(
        of({ nsw: 2, steps: [moving, moving] }, { version: 6, selective: ["F F F", "T T T", "T T T"] }),
      ).toEqual([true, true]);
      expect(of({ nsw: 2, ediffg: 1e-3 })).toEqual([true, true]);
      expect(of({ nsw: 2, ediffg: 1e-3, steps: [still, { ...still, free: still.free - 0.002 }] })).toEqual([
        true,
        false,
      ]);
    });

    it("asks nothing of the ions in a static run or in molecular dynamics", () => {
      expect(of({ ibrion: 0, nsw: 2 })).toEqual([true, true]);
      expect(of({ ibrion: -1, nsw: 0, steps: [still] })).toEqual([true]);
    });
  });

  it("takes P*V off the enthalpies of a run with PSTRESS", () => {
    const text = vasprunText(exampleRun, { version: 6, pstress: 100 });
    const plain = readVasprun(vasprunText(exampleRun), "v");
    const data = readVasprun(text, "v");
    const [a, b, c, d, e, f, g, h, i] = exampleRun.steps[0].cell;
    const volume = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    expect(data.structures[0].energy!).toBeCloseTo(plain.structures[0].energy! - 100 * KBAR * volume, 9);
    expect(data.warnings[0]).toMatch(/PSTRESS = 100 kB/);
  });

  it.each([
    ["an empty file", () => "", /^v:1: not a vasprun\.xml/],
    [
      "a run without steps",
      (t: string) => t.replace(/<calculation>[\s\S]*<\/calculation>/, ""),
      /no <calculation>/,
    ],
    [
      "a missing atom",
      (t: string) => t.replace(/<rc><c>O .*\n/, ""),
      /^v:\d+: <atominfo>: expected 3 atoms, found 2/,
    ],
    [
      "an unknown element",
      (t: string) => t.replace("<c>Ce</c>", "<c>? </c>").replace("PAW_PBE Ce_s", ""),
      /element of atom 1 is "\?"/,
    ],
    [
      "a missing force",
      (t: string) => t.replace(/(<varray name="forces" >\n).*\n/, "$1"),
      /ionic step 1: forces: expected 3 rows, found 2/,
    ],
    [
      "a step without energy",
      (t: string) => t.replace(/\n {2}<energy>\n[\s\S]*?<\/energy>\n {2}<time name="totalsc">/, "\n<time>"),
      /ionic step 1: no <energy>/,
    ],
    [
      "electronic steps left out",
      (t: string) => t.replace(/<scstep>[\s\S]*?<\/scstep>/g, ""),
      /ionic step 1: no electronic step/,
    ],
    [
      "two runs in one file",
      (t: string) => t.slice(0, t.lastIndexOf("</calculation>")) + t,
      /begins before the last one is closed/,
    ],
  ])("refuses %s, saying where and what", (_, damage, message) => {
    const bad = damage(vasprunText(exampleRun));
    expect(() => readVasprun(bad, "v")).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringMatching(message) }),
    );
  });
});
