/** What a training needs of every frame comes through every format: energy, forces and, where there is a place for it, stress. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { readExtxyz } from "../../../src/data/formats/extxyz.ts";
import { writeExtxyz } from "../../../src/data/formats/extxyz-write.ts";
import { readN2p2Data } from "../../../src/data/formats/n2p2-data.ts";
import { writeN2p2Data } from "../../../src/data/formats/n2p2-data-write.ts";
import { readOutcar } from "../../../src/data/formats/outcar.ts";
import { readVasprun } from "../../../src/data/formats/vasprun.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { outcarText } from "./outcar-text.ts";
import { type Run, runs } from "./vasp-run.ts";
import { vasprunText } from "./vasprun-text.ts";

const KBAR = 1e8 / 1.602176634e11;

const atomic = { length: "bohr", energy: "hartree" } as const;
const vasp = (run: Run) => readVasprun(vasprunText(run), "vasprun.xml").structures;

const formats: readonly [string, boolean, (run: Run) => readonly Structure[]][] = [
  ["vasprun.xml", true, vasp],
  ["OUTCAR", true, (run) => readOutcar(outcarText(run, { moments: "none" }), "OUTCAR").structures],
  ["extended XYZ", true, (run) => readExtxyz(writeExtxyz(vasp(run)), "a.xyz").structures],
  ["input.data", false, (run) => readN2p2Data(writeN2p2Data(vasp(run)), "input.data").structures],
  [
    "input.data in atomic units",
    false,
    (run) => readN2p2Data(writeN2p2Data(vasp(run), { units: atomic }), "a", { units: atomic }).structures,
  ],
];

it.each(formats)("%s", (_, holdsStress, through) => {
  fc.assert(
    fc.property(runs, (run) => {
      const structures = through(run);
      expect(structures.length).toBe(run.steps.length);
      structures.forEach((structure, k) => {
        const { sigma0, dispersion, forces, stressKbar } = run.steps[k];
        // Files have six digits or more after the point.
        expect(Math.abs(structure.energy! - sigma0 - dispersion)).toBeLessThan(2e-6);
        forces.forEach((f, i) => void expect(Math.abs(structure.forces![i] - f)).toBeLessThan(1e-6));
        if (holdsStress)
          stressKbar.forEach(
            (s, i) => void expect(Math.abs(structure.stress![i] + s * KBAR)).toBeLessThan(1e-8),
          );
        else expect(structure.stress).toBeUndefined();
      });
    }),
    { numRuns: 20 },
  );
});
