import { describe, expect, it } from "vitest";
import { parseStudy } from "../../../src/data/study/load-study.ts";
import { labelerOf } from "../../../src/workflows/atoms/labeler.ts";
import { failureOf } from "../../failure.ts";

function chosen(section: string, species: readonly string[], periodic = false) {
  const study = parseStudy(`name: test\nlabeler: ${section}\n`, "test.yaml");
  return labelerOf({ study, folder: "/studies", outDir: "/studies/out" }, { species, periodic });
}

describe("the labeler of a study", () => {
  it("is the ion potential of ceria, with elements as their usual ions", () => {
    const study = parseStudy("name: test\n", "test.yaml");
    const place = { study, folder: "/studies", outDir: "/studies/out" };
    const { spec, leastDistance, largestForce, archive } = labelerOf(place, {
      species: ["Ce", "O"],
      periodic: false,
    });
    expect(spec).toEqual(chosen("{ kind: calculator }", ["Ce", "O"]).spec);
    expect(spec).toMatchObject({
      kind: "calculator",
      potential: { kind: "buckingham", charges_e: { "Ce4+": 4, "O2-": -2 }, coulomb: { method: "bare" } },
      species: { Ce: "Ce4+", O: "O2-" },
    });
    expect({ leastDistance, largestForce, archive }).toEqual({
      leastDistance: 0.4,
      largestForce: 200,
      archive: null,
    });
  });

  it("can be any potential", () => {
    const { spec, archive } = chosen("{ kind: calculator, potential: { kind: gupta }, archive: labels }", [
      "Cu",
    ]);
    expect(spec).toMatchObject({ potential: { kind: "gupta" }, species: { Cu: "Cu" } });
    expect(archive).toBe("/studies/labels");
    expect(
      chosen("{ kind: calculator, potential: { kind: buckingham }, species: { Ce: Ce3+ } }", ["Ce", "O"])
        .spec,
    ).toMatchObject({ species: { Ce: "Ce3+", O: "O2-" } });
  });

  it.each<[string, readonly string[], string, string]>([
    ["{ kind: calculator }", ["Cu"], "labeler", "no species for Cu"],
    [
      "{ kind: calculator, potential: { kind: gupta } }",
      ["Ce"],
      "labeler.potential",
      "labeler.potential: no gupta set describes Ce",
    ],
    [
      "{ kind: calculator, potential: { kind: buckingham, set: other } }",
      ["Ce"],
      "labeler.potential",
      "labeler.potential: ",
    ],
    [
      "{ kind: xtb, command: no-such-program }",
      ["Ce"],
      "labeler",
      'labeler: labels by xtb need the program xtb, looked for as "no-such-program"',
    ],
  ])("%s for %s is refused", (section, species, path, message) => {
    const error = failureOf(() => chosen(section, species));
    expect(error.code).toBe("study");
    expect(error.details.path).toBe(path);
    expect(error.message).toContain(message);
  });
});
