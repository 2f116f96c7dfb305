/** Generated sets beside published ones on data: Mo and Si of the mlearn benchmark. */
import { existsSync } from "node:fs";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { readN2p2Setup } from "../../../src/nn/n2p2/setup.ts";
import { correlationsOf, type FunctionCorrelations } from "../../../src/nn/symmetry-functions/correlation.ts";
import type { ElementFunctions } from "../../../src/nn/symmetry-functions/dependence.ts";
import { Descriptors } from "../../../src/nn/symmetry-functions/descriptors.ts";
import { generateFunctions } from "../../../src/nn/symmetry-functions/generate.ts";
import { shortestDistances } from "../../../src/nn/symmetry-functions/generate-distances.ts";
import { largestTerm } from "../../../src/nn/symmetry-functions/largest-term.ts";
import { pruneFunctions, pruneText, usualPruning } from "../../../src/nn/symmetry-functions/prune.ts";
import { hasMlearn, mlearnStructures } from "../mlearn.ts";

const potentials = "../shared/data/nn/reference/mlearn_potentials";
const here = hasMlearn() && existsSync(potentials);
if (!here) console.warn(`skipped: generated beside published sets, there is no ${potentials}`);

describe.skipIf(!here).each([["Mo", 5.2] as const, ["Si", 5.5] as const])(
  "sets for %s",
  (element, radius) => {
    const structures = here ? mlearnStructures(element, "training").filter((_, k) => k % 12 === 0) : [];
    const generated = (counts: "small" | "usual" | "large") =>
      generateFunctions([element], {
        radius,
        cutoff: { form: "tanh3", alpha: 0 },
        kinds: ["radial", "narrow", "wide"],
        counts,
        distances: shortestDistances(structures, radius),
      });
    const correlations = (elements: readonly ElementFunctions[]) => {
      const descriptors = new Descriptors(elements);
      const rows = structures.map((one) => descriptors.describe(one, { gradients: false }).values);
      return correlationsOf(Float64Array.from(rows.flatMap((row) => [...row])), elements[0].functions.length);
    };
    /** Independent directions whose variance is above 1e-6 of the largest one's: what a network can use. */
    const directions = ({ matrix, numFunctions: n }: FunctionCorrelations) => {
      const rows = Array.from({ length: n }, (_, g) => Array.from(matrix.subarray(g * n, (g + 1) * n)));
      const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
      return realEigenvalues.filter((value) => value > 1e-6 * Math.max(...realEigenvalues)).length;
    };

    it("tell more apart than the published one, with no more functions than that of Mo", () => {
      const file = `${potentials}/${element}/input.nn`;
      const published = readN2p2Setup(file, { length: "bohr", energy: "hartree" }).elements;
      const [usual, large] = [generated("usual"), generated("large")];
      expect(usual[0].functions.length).toBeLessThan(39);
      expect(directions(correlations(usual))).toBeGreaterThan(directions(correlations(published)));
      expect(directions(correlations(large))).toBeGreaterThan(directions(correlations(usual)));
    });

    it("shrink by correlation, then by CUR to what still holds nearly all", () => {
      const [{ functions }] = generated("large");
      const elements = [{ element, functions }];
      const found = correlations(elements);
      const distances = shortestDistances(structures, radius);
      const terms = functions.map((one) => largestTerm(one, element, elements, distances));
      const distinct = pruneFunctions(functions, found, usualPruning, terms);
      expect(distinct.kept.length).toBeLessThan(functions.length);
      for (const { reason } of distinct.dropped) expect(reason.kind).toBe("correlated");
      const { kept, dropped } = pruneFunctions(functions, found, { ...usualPruning, keep: 28 }, terms);
      expect(kept.length).toBe(28);
      for (const g of kept) expect(distinct.kept).toContain(g);
      const residuals = dropped.flatMap(({ reason }) => (reason.kind === "cur" ? [reason.residual] : []));
      expect(residuals.length).toBe(distinct.kept.length - 28);
      // Any 28 functions of a dozen strong directions hold the bulk; a choice that was not one would leave tens of per cent.
      expect(Math.max(...residuals)).toBeLessThan(0.02);
      expect(pruneText(element, functions, { kept, dropped }).length).toBe(functions.length - 28);
    });
  },
);
