import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { parseStudy } from "../../../src/data/study/load-study.ts";

const analysisOf = (text: string) => parseStudy(`analysis: ${text}\n`, "s.yaml").analysis;

function problem(text: string): string {
  try {
    analysisOf(text);
  } catch (error) {
    if (error instanceof EcitonError) return error.message;
    throw error;
  }
  throw new Error("the study was accepted");
}

describe("the section analysis", () => {
  it("needs no key at all", () => {
    expect(analysisOf("{}")).toEqual({
      frames: { every: 1, skip: 0, cluster: false },
      bonded: "covalent-radii",
    });
  });

  it("fills each measurement with its defaults", () => {
    const analysis = analysisOf(
      "{ bonds: {}, coordination: {}, rdf: {}, angles: {}, cna: {}, shells: {}, point_group: {}, rmsd: {}, equivalence: {} }",
    );
    expect(analysis).toMatchObject({
      bonds: { width_A: 0.1 },
      rdf: { cutoff_A: 10, width_A: 0.05 },
      angles: { width_degrees: 2 },
      shells: { by: "probe", width_A: 0.5 },
      point_group: { tolerance_A: 0.1 },
      rmsd: { superpose: "none" },
    });
    expect(analysis?.cna).toEqual({});
  });

  it("takes lengths with units and for pairs of species", () => {
    const analysis = analysisOf(
      '{ bonded: { pairs_A: { Ce-O: "0.28 nm" }, cutoff_A: 1.6 }, bonds: { window_A: [2.2, 2.4] }, frames: { files: ["*.xyz"], every: 10 } }',
    );
    expect(analysis?.bonded).toEqual({ pairs_A: { "Ce-O": expect.closeTo(2.8, 12) }, cutoff_A: 1.6 });
    expect(analysis?.bonds?.window_A).toEqual([2.2, 2.4]);
    expect(analysis?.frames).toEqual({ files: ["*.xyz"], every: 10, skip: 0, cluster: false });
  });

  it("refuses what cannot be meant", () => {
    expect(problem("{ rdff: {} }")).toContain("rdf");
    expect(problem("{ bonds: { window_A: [2.4, 2.2] } }")).toContain("the smaller length first");
    expect(problem("{ shells: { by: coordination, probe_A: 3 } }")).toContain("belongs to by: probe");
    expect(problem("{ shells: { most_bonds: 9 } }")).toContain("belongs to by: coordination");
    expect(problem("{ bonded: { factor: 1.2, cutoff_A: 3 } }")).toContain("give factor or cutoff_A");
    expect(problem("{ angles: { width_degrees: 200 } }")).toContain("at most 180");
    expect(problem("{ point_group: { tolerance_A: 0 } }")).toContain("above zero");
  });
});
