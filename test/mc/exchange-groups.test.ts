import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { countsByGroup, randomOccupation } from "../../src/mc/composition.ts";
import { exchangeGroups, groupSites } from "../../src/mc/exchange-groups.ts";
import { ceriaLattice } from "./ceria.ts";

function lattice(second: string[] = ["A", "B"]) {
  return createParentLattice({
    cell: [3, 0, 0, 0, 3, 0, 0, 0, 3],
    coordinates: "fractional",
    sites: [
      { name: "p", position: [0, 0, 0], species: ["A", "B"] },
      { name: "q", position: [0.5, 0.5, 0.5], species: second },
      { name: "s", position: [0.5, 0, 0], species: ["S"] },
    ],
  });
}

const messageOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof EcitonError && error.code === "study") return error.message;
    throw error;
  }
  throw new Error("no error was thrown");
};

describe("exchangeGroups", () => {
  it("joins sublattices that allow the same species and leaves spectators out", () => {
    expect(exchangeGroups(ceriaLattice())).toEqual([
      { name: "O/V", species: ["O", "V"], sublattices: [0, 2, 3] },
      { name: "Ce4+/Ce3+", species: ["Ce4+", "Ce3+"], sublattices: [1, 4] },
    ]);
    expect(exchangeGroups(lattice()).map((group) => group.sublattices)).toEqual([[0, 1]]);
    expect(exchangeGroups(lattice(["A", "C"])).map((group) => group.sublattices)).toEqual([[0], [1]]);
  });

  it("takes the study's groups", () => {
    const groups = exchangeGroups(lattice(), { top: ["q"], bottom: ["p"] });
    expect(groups.map((group) => [group.name, group.sublattices])).toEqual([
      ["top", [1]],
      ["bottom", [0]],
    ]);
    const supercell = new Supercell(lattice(), [2, 1, 1]);
    expect([...groupSites(groups[0], supercell)]).toEqual([2, 3]);
  });

  it("refuses lists in another order, which would mix up species", () => {
    expect(messageOf(() => exchangeGroups(lattice(["B", "A"])))).toMatch(
      /^lattice\.sites\[1\]\.species: .*same order/,
    );
  });

  it.each([
    [{ g: ["p", "z"] }, 'x.g[1]: no site "z"; the lattice has p, q, s'],
    [{ g: ["p", "s"] }, 'x.g[1]: "s" holds only S'],
    [{ g: ["p"], h: ["q", "p"] }, 'x.h[1]: "p" is already in the group "g"'],
    [{ g: ["p"] }, "x: in no group: q"],
    [{ g: ["p", "q"], h: [] }, "x.h: expected at least one site"],
  ] as [Record<string, string[]>, string][])("refuses %j", (named, message) => {
    expect(messageOf(() => exchangeGroups(lattice(), named, "x"))).toContain(message);
  });
});

describe("compositions", () => {
  const two = lattice();
  const supercell = new Supercell(two, [2, 2, 2]);

  it("fill up with background, which may also be stated", () => {
    const groups = exchangeGroups(two);
    expect(countsByGroup({ B: 3 }, groups, supercell, "c")).toEqual([[13, 3]]);
    expect(countsByGroup({ B: 3, A: 13 }, groups, supercell, "c")).toEqual([[13, 3]]);
    expect(countsByGroup({}, groups, supercell, "c")).toEqual([[16, 0]]);
    expect(messageOf(() => countsByGroup({ B: 3, A: 12 }, groups, supercell, "c"))).toContain(
      "A and B add up to 15, but A/B has 16 sites",
    );
    expect(messageOf(() => countsByGroup({ B: 17 }, groups, supercell, "c"))).toContain(
      "17 of B do not fit on the 16 sites of A/B",
    );
    expect(messageOf(() => countsByGroup({ B: 1.5 }, groups, supercell, "c"))).toContain(
      "c.B: expected a whole",
    );
  });

  it("name the group of a species that is in several", () => {
    const groups = exchangeGroups(two, { top: ["q"], bottom: ["p"] });
    expect(messageOf(() => countsByGroup({ B: 3 }, groups, supercell, "c"))).toContain(
      'write "B@top" or "B@bottom"',
    );
    expect(countsByGroup({ "B@bottom": 3 }, groups, supercell, "c")).toEqual([
      [8, 0],
      [5, 3],
    ]);
  });

  it("are arranged uniformly at random", () => {
    const groups = exchangeGroups(two);
    const small = new Supercell(two, [2, 1, 1]);
    const random = new RandomStream(1, 0);
    const seen = new Map<string, number>();
    const trials = 6000;
    for (let k = 0; k < trials; k++) {
      const occupation = randomOccupation(small, groups, [[2, 2]], random);
      expect([...occupation.slice(4)]).toEqual([0, 0]);
      const key = occupation.join();
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    // Six arrangements of two among four; χ² with five degrees of freedom, 20.5 is the 0.1% point.
    expect(seen.size).toBe(6);
    let chi2 = 0;
    for (const visits of seen.values()) chi2 += (visits - trials / 6) ** 2 / (trials / 6);
    expect(chi2).toBeLessThan(20.5);
  });
});
