import { describe, expect, it } from "vitest";
import { namedOperations } from "../../../src/data/formats/cif-space-group.ts";
import {
  applyOperation,
  checkedGroup,
  keepsMetric,
  orbitOf,
  parseOperation,
} from "../../../src/data/formats/cif-symmetry.ts";
import { moyo } from "../../../src/lattice/moyo.ts";
import { dataErrorOf } from "./errors-of.ts";

const operation = (text: string) => parseOperation(text, "C", 7);
const group = (...texts: string[]) => checkedGroup(texts.map(operation), "C", 7);
const cube = [5, 0, 0, 0, 5, 0, 0, 0, 5];
const hexagonal = [3, 0, 0, -1.5, 1.5 * Math.sqrt(3), 0, 0, 0, 5];
const threefold = ["x,y,z", "-y,x-y,z", "-x+y,-x,z"];

describe("symmetry operations as text", () => {
  it.each([
    ["x,y,z", [0.1, 0.2, 0.3]],
    ["X, Y, Z", [0.1, 0.2, 0.3]],
    ["-y, x-y, z+1/3", [-0.2, -0.1, 0.3 + 1 / 3]],
    ["1/2-x,.5+y,z-0.25", [0.4, 0.7, 0.3 + 0.75]],
    ["+x,-1*y,1/2+z", [0.1, -0.2, 0.8]],
    ["x+2/3,y+.3333,z+0.667", [0.1 + 2 / 3, 0.2 + 1 / 3, 0.3 + 2 / 3]],
    ["y,x,-z+5/4", [0.2, 0.1, -0.3 + 0.25]],
  ])("reads %s", (text, image) => {
    // Sums of a few numbers of size 1.
    applyOperation(operation(text), [0.1, 0.2, 0.3]).forEach((x, k) => {
      expect(x).toBeCloseTo(image[k], 14);
    });
  });

  it.each([
    "x,y",
    "x,y,z,x",
    "x,y,",
    "x,y,w",
    "x y,x,z",
    "x,y,1/0",
    "x,y,z+",
    "x+x,y,z",
    "x,x,z",
    "1/2x,y,z",
    "x,y,0",
  ])("refuses %s", (text) => {
    expect(dataErrorOf(() => operation(text))).toMatch(/^C:7: symmetry operation "/);
  });
});

describe("groups of operations", () => {
  it("accepts a group, drops repetitions", () => {
    expect(group(...threefold)).toHaveLength(3);
    expect(group("x,y,z", "-x,-y,-z", "x+1,y,z")).toHaveLength(2);
  });

  it("names what an incomplete list lacks", () => {
    expect(dataErrorOf(() => group("x,y,z", "-y,x-y,z"))).toMatch(
      /^C:7: the 2 symmetry operations are not a group: the product of "-y,x-y,z" and "-y,x-y,z" is missing/,
    );
    // Without the identity too.
    expect(dataErrorOf(() => group("-x,-y,-z"))).toMatch(/is missing/);
    expect(dataErrorOf(() => group("x,y,z", "x+1/4,y,z"))).toMatch(/is missing/);
  });

  it("tells whether a cell has the symmetry", () => {
    expect(keepsMetric(group(...threefold), hexagonal)).toBe(true);
    expect(keepsMetric(group(...threefold), cube)).toBe(false);
    expect(keepsMetric(group("x,y,z", "y,z,x", "z,x,y"), cube)).toBe(true);
  });
});

describe("orbits", () => {
  it("has one image for each operation in general, fewer on special positions", () => {
    expect(orbitOf([0.1, 0.2, 0.3], group(...threefold), hexagonal, 0.05)).toHaveLength(3);
    expect(orbitOf([0, 0, 0.3], group(...threefold), hexagonal, 0.05)).toEqual([[0, 0, 0.3]]);
  });

  it("undoes the rounding of 1/3 and 2/3", () => {
    const [site, ...others] = orbitOf([0.3333, 0.6667, -0.25], group(...threefold), hexagonal, 0.05)!;
    expect(others).toEqual([]);
    // The threefold axis is at (1/3, 2/3) exactly, to the rounding of a mean.
    expect(site[0]).toBeCloseTo(1 / 3, 14);
    expect(site[1]).toBeCloseTo(2 / 3, 14);
    expect(site[2]).toBe(0.75);
  });

  it("merges across the faces of the cell", () => {
    const inverted = orbitOf([0.9999, 0.00005, 1], group("x,y,z", "-x,-y,-z"), cube, 0.05);
    expect(inverted).toHaveLength(1);
    for (const x of inverted![0]) expect(Math.abs(x - Math.round(x))).toBeLessThan(1e-12);
  });

  it("does not decide where some images merge and others do not", () => {
    // Images of a mirror pair 0.06 Å off the axis: the tolerance falls between their distances.
    const site = [0.006, 0.003, 0.2];
    const operations = group("x,y,z", "-x,y,z", "x,-y,z", "-x,-y,z");
    expect(orbitOf(site, operations, cube, 0.05)).toHaveLength(2);
    const fourfold = group("x,y,z", "-y,x,z", "-x,-y,z", "y,-x,z");
    // Neighbouring images are 0.047 Å apart, opposite ones 0.067 Å.
    expect(orbitOf(site, fourfold, cube, 0.05)).toBeNull();
  });
});

describe("named space groups", () => {
  it("gives a group on a fitting cell for every Hall symbol, of the order of its number", () => {
    const orders = new Map<number, Set<number>>();
    for (let hallNumber = 1; hallNumber <= 530; hallNumber++) {
      const { hall_symbol: hall, number, centering } = moyo().hall_symbol_entry(hallNumber);
      const name = { hall, hermannMauguin: null, number: null };
      const trigonal = number >= 143 && number <= 194 && !/^-?P 3\*/.test(hall);
      const operations = namedOperations(name, trigonal ? hexagonal : cube, "C", 7);
      // Matrices read the wrong way round would not close together with their translations.
      expect(checkedGroup(operations, "C", 7)).toHaveLength(operations.length);
      const lattice = { P: 1, A: 2, B: 2, C: 2, I: 2, R: 3, F: 4 }[centering];
      orders.set(number, (orders.get(number) ?? new Set()).add(operations.length / lattice));
    }
    // The order of the point group does not depend on the setting.
    expect([...orders.values()].every((found) => found.size === 1)).toBe(true);
    // mmm, m-3m and 6/mmm of the International Tables.
    expect([62, 225, 194].map((number) => [...orders.get(number)!])).toEqual([[8], [48], [24]]);
  });

  it("tells Hall symbols apart that differ in spaces alone", () => {
    const order = (hall: string) =>
      namedOperations({ hall, hermannMauguin: null, number: null }, hexagonal, "C", 7).length;
    // P 3_2 is cyclic of order 3, P 3 1 2 has twofold axes.
    expect([order("P 32"), order("P 3 2")]).toEqual([3, 6]);
  });
});
