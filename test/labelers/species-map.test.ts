import { describe, expect, it } from "vitest";
import { speciesMap } from "../../src/labelers/species-map.ts";
import { failureOf } from "../failure.ts";

const ions = ["Ce3+", "Ce4+", "O2-", "C4+"];

describe("names of species in a potential", () => {
  it("stay where the potential knows them", () => {
    expect(speciesMap(["Cu", "Au", "Cu"], ["Au", "Cu"])).toEqual({ Cu: "Cu", Au: "Au" });
    expect(speciesMap(["Ce3+", "O2-"], ions)).toEqual({ "Ce3+": "Ce3+", "O2-": "O2-" });
  });

  it("are those of the ions of highest charge for elements", () => {
    expect(speciesMap(["Ce", "O"], ions)).toEqual({ Ce: "Ce4+", O: "O2-" });
    expect(speciesMap(["Na", "Cl"], ["Cl-", "Na+"])).toEqual({ Na: "Na+", Cl: "Cl-" });
  });

  it("are those that were given", () => {
    expect(speciesMap(["Ce", "O"], ions, { Ce: "Ce3+" })).toEqual({ Ce: "Ce3+", O: "O2-" });
    expect(speciesMap(["H"], ions, { H: "C4+" })).toEqual({ H: "C4+" });
  });

  it("are asked for where there are none", () => {
    const error = failureOf(() => speciesMap(["Cu"], ions));
    expect(error.code).toBe("data");
    expect(error.message).toContain("no species for Cu; it has Ce3+, Ce4+, O2-, C4+");
    expect(failureOf(() => speciesMap(["Ce"], ions, { Ce: "Ce2+" })).message).toContain(
      "Ce is to be Ce2+, which the potential does not have",
    );
  });
});
