import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { readOutcar } from "../../../src/data/formats/outcar.ts";
import type { Dataset } from "../../../src/data/structure.ts";
import { type OutcarStyle, outcarText } from "./outcar-text.ts";
import { atomsOf, cartesian, exampleRun, type Run, runs } from "./vasp-run.ts";

// 1 kB = 1e8 Pa and 1 eV/Å³ = 1.602176634e11 Pa.
const KBAR = 1e8 / 1.602176634e11;

/** The first `count` steps hold the numbers that the file was written from, to the decimals that it prints. */
function expectSteps(data: Dataset, run: Run, count: number) {
  expect(data.structures.length).toBe(count);
  data.structures.forEach((s, k) => {
    const step = run.steps[k];
    expect(s.species).toEqual(atomsOf(run));
    expect([...s.cell]).toEqual(step.cell);
    const positions = cartesian(step);
    // Half a unit of the fifth decimal, and a little for the binary fractions.
    s.positions.forEach((x, i) => void expect(Math.abs(x - positions[i])).toBeLessThan(5.001e-6));
    expect([...s.forces!]).toEqual(step.forces);
    s.stress!.forEach((x, i) => void expect(Math.abs(x + step.stressKbar[i] * KBAR)).toBeLessThan(1e-12));
    const close = (actual: unknown, expected: number) =>
      expect(Math.abs(Number(actual) - expected)).toBeLessThan(6e-9);
    close(s.energy, step.sigma0 + step.dispersion);
    close(s.info.free_energy, step.free + step.dispersion);
    close(s.info.energy_without_entropy, step.withoutEntropy + step.dispersion);
    close(s.info.energy_sigma_0, step.sigma0 + step.dispersion);
    expect(s.info.electronic_converged).toBe(step.electronicSteps < run.nelm);
  });
}

function expectMoments(data: Dataset, run: Run, style: OutcarStyle) {
  data.structures.forEach((s, k) => {
    const has = style.moments === "every" || (style.moments === "last" && k === run.steps.length - 1);
    if (style.noncollinear || !has) expect(s.magneticMoments).toBeUndefined();
    else expect([...s.magneticMoments!]).toEqual(run.steps[k].moments);
  });
}

const styles: fc.Arbitrary<OutcarStyle> = fc.record({
  moments: fc.constantFrom("every" as const, "last" as const, "none" as const),
  noncollinear: fc.boolean(),
  f: fc.boolean(),
  accurate: fc.boolean(),
});

/** A step is there when the line of its last energies is there, line end included. */
function expectSalvage(text: string, run: Run, style: OutcarStyle, length: number) {
  const cut = text.slice(0, length);
  const complete = [...cut.matchAll(/energy {2}without entropy.*\n/g)].length;
  let data: Dataset;
  try {
    data = readOutcar(cut, "OUTCAR");
  } catch (error) {
    expect(complete).toBe(0);
    expect(error).toBeInstanceOf(EcitonError);
    expect((error as EcitonError).code).toBe("data");
    expect((error as EcitonError).message).toMatch(/^OUTCAR:\d+: /);
    return;
  }
  expectSteps(data, run, complete);
  data.structures.forEach((s, k) => {
    if (s.magneticMoments) expect([...s.magneticMoments]).toEqual(run.steps[k].moments);
    if (style.noncollinear) expect(s.magneticMoments).toBeUndefined();
  });
  if (/General timing and accounting.*\n/.test(cut)) return;
  expect(data.warnings.at(-1)).toMatch(
    new RegExp(`^OUTCAR:\\d+: interrupted .* ${complete} complete ionic step`),
  );
  if (!cut.includes("reached required accuracy")) expect(data.structures.at(-1)!.converged).toBe(false);
}

describe("readOutcar", () => {
  it("gives every ionic step with the numbers of the file", () => {
    fc.assert(
      fc.property(runs, styles, (run, style) => {
        const data = readOutcar(outcarText(run, style), "OUTCAR");
        expectSteps(data, run, run.steps.length);
        expectMoments(data, run, style);
        const last = run.steps[run.steps.length - 1];
        expect(data.structures.at(-1)!.converged).toBe(last.electronicSteps < run.nelm && style.accurate);
        const warning = style.noncollinear
          ? /non-collinear/
          : style.moments === "none"
            ? /LORBIT = 10 or 11/
            : null;
        expect(data.warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
      }),
      { numRuns: 100 },
    );
  });

  it.each<OutcarStyle>([
    { moments: "every", f: true },
    { moments: "last" },
    { moments: "every", noncollinear: true },
  ])("keeps exactly the complete steps of a file cut at any character of its last steps: %j", (style) => {
    const text = outcarText({ ...exampleRun, steps: exampleRun.steps.slice(0, 2) }, style);
    const run = { ...exampleRun, steps: exampleRun.steps.slice(0, 2) };
    const begin = text.lastIndexOf("aborting loop");
    for (let length = begin; length <= text.length; length++) expectSalvage(text, run, style, length);
  });

  it("keeps exactly the complete steps of any run cut anywhere", () => {
    fc.assert(
      fc.property(runs, styles, fc.double({ min: 0, max: 1, noNaN: true }), (run, style, where) => {
        const text = outcarText(run, style);
        expectSalvage(text, run, style, Math.floor(where * text.length));
      }),
      { numRuns: 300 },
    );
  });

  it("never turns an overflowing column into a number", () => {
    const style: OutcarStyle = { moments: "every" };
    const text = outcarText(exampleRun, style);
    const whole = readOutcar(text, "O");
    const from = text.indexOf("Iteration");
    let refused = 0;
    for (const { 0: number, index } of text.matchAll(/-?\d+\.\d{3,}/g)) {
      if (index < from) continue;
      const bad = text.slice(0, index) + "*".repeat(number.length) + text.slice(index + number.length);
      const line = text.slice(0, index).split("\n").length;
      try {
        expect(readOutcar(bad, "O")).toEqual(whole);
      } catch (error) {
        expect(error).toBeInstanceOf(EcitonError);
        expect((error as EcitonError).message).toMatch(
          new RegExp(`^O:${line}: ionic step \\d: .*expected .*found .*\\*\\*`),
        );
        refused++;
      }
    }
    // Per step: 18 of the lattice table, 18 of positions and forces, stress 6, energies 3, moments 3 x 4; and the
    // table of moments after the last step.
    expect(refused).toBe(3 * (18 + 18 + 6 + 3 + 12) + 12);
  });

  it("separates columns that touch", () => {
    const text = outcarText(exampleRun, { moments: "none" });
    const joined = text.replace(/(\d) +(-\d+\.\d{6})/g, "$1$2");
    expect(joined).not.toBe(text);
    expect(readOutcar(joined, "O")).toEqual(readOutcar(text, "O"));
  });

  it("reads Windows line ends", () => {
    const text = outcarText(exampleRun, { moments: "every" });
    expect(readOutcar(text.replaceAll("\n", "\r\n"), "O")).toEqual(readOutcar(text, "O"));
  });

  it("warns when only the last step lacks its moments", () => {
    const text = outcarText(exampleRun, { moments: "every" });
    const at = text.indexOf(" magnetization (x)", text.lastIndexOf("aborting loop"));
    const data = readOutcar(
      `${text.slice(0, at)}${text.slice(at).replaceAll("magnetization (x)", "other")}`,
      "O",
    );
    expect(data.structures[2].magneticMoments).toBeUndefined();
    expect(data.warnings).toEqual([expect.stringMatching(/last step has no magnetic moments/)]);
  });

  it("leaves out, with a warning, a step in the middle that has no forces", () => {
    const text = outcarText(exampleRun, { moments: "every" });
    const data = readOutcar(text.replace("TOTAL-FORCE (eV/Angst)", ""), "O");
    expect(data.structures.map((s) => s.name)).toEqual(["step 2", "step 3"]);
    expect(data.warnings).toEqual([expect.stringMatching(/^O:\d+: ionic step 1 has no energy or no forces/)]);
  });

  it.each([
    ["an empty file", () => "", /^O:1: not an OUTCAR/],
    ["another file", () => "some text\nof many\nlines\n", /^O:1: not an OUTCAR/],
    [
      "a run that never iterated",
      (t: string) => t.slice(0, t.indexOf("-----")),
      /^O:\d+: the file ends before its first iteration/,
    ],
    [
      "counts that disagree",
      (t: string) => t.replace(/(NIONS = +)3/, "$14"),
      /expected ions per type that add up to NIONS = 4, found "1 {3}2"/,
    ],
    [
      "a missing pseudopotential",
      (t: string) => t.replace(/.*TITEL.*O_s.*\n/, ""),
      /expected one TITEL or VRHFIN line for each of 2 types of ions, found 1/,
    ],
    [
      "an unknown element",
      (t: string) => t.replace("PAW_PBE O_s", "PAW_PBE q").replace("VRHFIN =O", "VRHFIN =q"),
      /no element is named by the pseudopotential "PAW_PBE q/,
    ],
    [
      "a row of moments left out",
      (t: string) => t.replace(/(# of ion.*\n-+\n).*\n/, "$1"),
      /expected the row of atom 1, found that of 2/,
    ],
    ["a second run", (t: string) => t + t, /a second run begins in the same file/],
  ])("refuses %s, saying where and what", (_, damage, message) => {
    const bad = damage(outcarText(exampleRun, { moments: "every" }));
    expect(() => readOutcar(bad, "O")).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringMatching(message) }),
    );
  });
});
