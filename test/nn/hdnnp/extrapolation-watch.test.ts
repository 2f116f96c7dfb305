/** The watch around the calculator of a published potential. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { ExtrapolationWatch } from "../../../src/nn/hdnnp/extrapolation-watch.ts";
import { hdnnpPotential } from "../../../src/nn/hdnnp/hdnnp-potential.ts";
import { readN2p2Potential } from "../../../src/nn/n2p2/read-potential.ts";
import { Descriptors } from "../../../src/nn/symmetry-functions/descriptors.ts";
import { failureOf } from "../../failure.ts";
import { hasMlearn, mlearnStructures } from "../mlearn.ts";

const folder = "../shared/data/nn/reference/mlearn_potentials/Mo";
const here = hasMlearn() && existsSync(folder);
if (!here) console.warn(`skipped: a published potential outside its training set, there is no ${folder}`);

describe.skipIf(!here)("ExtrapolationWatch around a published potential", () => {
  it("reports just the values that lie outside the ranges of scaling.data", () => {
    const model = readN2p2Potential(folder, { units: { length: "bohr", energy: "hartree" } });
    const structure = mlearnStructures("Mo", "test")[0];
    const spec = { kind: "hdnnp", title: "Mo", members: [model], extrapolation: "ignore" } as const;
    const watch = new ExtrapolationWatch(hdnnpPotential(spec).calculator(structure), model, {
      most: 5,
      spacing: 1,
    });
    const out = evaluationFor(structure.species.length);
    // Compressed by a fifth, no atom is where training saw one.
    for (const scale of [1, 0.8]) {
      const positions = structure.positions.map((x) => scale * x);
      const cell = structure.cell.map((x) => scale * x);
      const before = watch.tally();
      watch.evaluate(positions, cell, out);
      const { ranges, functions } = model.elements[0];
      const { values } = new Descriptors(model.elements).describe(
        { ...structure, positions, cell },
        { gradients: false },
      );
      const outside = Array.from(values).filter((value, at) => {
        const g = at % functions.length;
        return value < ranges.min[g] || value > ranges.max[g];
      });
      const count = (tally: typeof before) => tally.functions.reduce((sum, one) => sum + one.values, 0);
      expect(count(watch.tally()) - count(before)).toBe(outside.length);
      if (scale < 1) expect(watch.tally().atoms.length).toBe(structure.species.length);
    }
    expect(watch.kept().at(-1)?.evaluation).toBe(2);
    const stopping = hdnnpPotential({ ...spec, extrapolation: "stop" }).calculator(structure);
    const stopped = new ExtrapolationWatch(stopping, model, { most: 1, spacing: 1 });
    const squeezed = structure.positions.map((x) => 0.8 * x);
    const cell = structure.cell.map((x) => 0.8 * x);
    expect(failureOf(() => stopped.evaluate(squeezed, cell, out)).message).toContain(
      "outside the training set",
    );
    expect(stopped.tally().outside).toBe(1);
    expect(stopped.kept()[0].positions).toEqual(squeezed);
  });
});
