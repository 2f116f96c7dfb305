/** States outside the training set of a potential, written by the calculations that met them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { readStructures } from "../../../src/data/formats/index.ts";
import { networkShape, newModel } from "../../../src/nn/hdnnp/new-model.ts";
import { writeN2p2Potential } from "../../../src/nn/n2p2/write-potential.ts";
import { Descriptors } from "../../../src/nn/symmetry-functions/descriptors.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import * as dynamics from "../../../src/workflows/atoms/dynamics.ts";
import * as relax from "../../../src/workflows/atoms/relax.ts";
import { scratch } from "../../cli/eciton.ts";
import { runPartStudy } from "../part-study.ts";

const cutoff = { form: "poly2", alpha: 0 } as const;
const radial = (shift: number): SymmetryFunction => ({
  type: 2,
  neighbour: "Cu",
  eta: 4,
  shift,
  radius: 4,
  cutoff,
});
const functions = [radial(1.8), radial(2.6)];
/** Three atoms at distances that the ranges cover, and with them as the only ones: whatever moves leaves them. */
const start = "3\nProperties=species:S:1:pos:R:3\nCu 0 0 0\nCu 2.4 0 0\nCu 0 2.5 0\n";

function study(policy: string): { text: string; home: string } {
  const home = scratch({ "start.xyz": start });
  const [structure] = readStructures(join(home, "start.xyz")).structures;
  const { values } = new Descriptors([{ element: "Cu", functions }]).describe(structure, {
    gradients: false,
  });
  const of = (g: number) => [0, 1, 2].map((atom) => values[2 * atom + g]);
  const column = (f: (numbers: number[]) => number) => Float64Array.of(f(of(0)), f(of(1)));
  const model = newModel(
    {
      elements: [
        {
          element: "Cu",
          energy: 0,
          functions,
          ranges: {
            min: column((x) => Math.min(...x)),
            max: column((x) => Math.max(...x)),
            mean: column((x) => (x[0] + x[1] + x[2]) / 3),
            sigma: Float64Array.of(0.1, 0.1),
          },
          shape: networkShape([3], "tanh"),
        },
      ],
    },
    new RandomStream(1, 1),
  );
  writeN2p2Potential(join(home, "nnp"), model);
  const text = `
name: outside
model: {potential: {kind: hdnnp, folder: nnp, extrapolation: ${policy}}}
atoms: {file: start.xyz}
relax: {max_evaluations: 60}
dynamics: {time_step_fs: 1, segments: [{duration_ps: 0.1, temperature_K: 300}]}
`;
  return { text, home };
}

it.each([["dynamics", dynamics] as const, ["relax", relax] as const])(
  "%s writes them for labeling where it is asked to, and tells of them",
  async (_, part) => {
    const { text, home } = study("collect");
    const { result, outDir } = await runPartStudy(part as typeof relax, text, {}, { home });
    const { structures } = readStructures(join(outDir, "outside.extxyz"));
    expect(structures.length).toBeGreaterThan(1);
    const described = new Descriptors([{ element: "Cu", functions }]);
    const ranges = (atoms: (typeof structures)[number]) =>
      described.describe(atoms, { gradients: false }).values;
    const first = ranges(readStructures(join(home, "start.xyz")).structures[0]);
    for (const structure of structures) {
      expect(structure.energy).toBeUndefined();
      const outside = [...ranges(structure)].some((value, at) => {
        const trained = [0, 1, 2].map((atom) => first[2 * atom + (at % 2)]);
        return value > Math.max(...trained) || value < Math.min(...trained);
      });
      expect(outside).toBe(true);
    }
    expect(result.warnings.join()).toMatch(/atoms outside the training set/);
  },
);

it("writes none without the wish, but tells of them", async () => {
  const { text, home } = study("warn");
  const { result, outDir } = await runPartStudy(dynamics as unknown as typeof relax, text, {}, { home });
  expect(existsSync(join(outDir, "outside.extxyz"))).toBe(false);
  expect(result.warnings.join()).toMatch(/atoms outside the training set/);
});

it("says nothing where it is to be ignored", async () => {
  const { text, home } = study("ignore");
  const { result } = await runPartStudy(dynamics as unknown as typeof relax, text, {}, { home });
  expect(result.warnings.join()).not.toMatch(/outside the training set/);
});
