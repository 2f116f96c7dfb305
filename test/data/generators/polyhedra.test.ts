import { describe, expect, it } from "vitest";
import { atoms, coordination, cubicGenerators, inversion, misfit, rotation, shortest } from "./atoms.ts";

/** Rounding of sums of some numbers of order 10 Å. */
const EXACT = 1e-9;
const bonds = (section: string, cutoff: number) =>
  coordination(atoms(section), cutoff).reduce((sum, n) => sum + n, 0) / 2;

describe("icosahedra", () => {
  // T. P. Martin, Phys. Rep. 273, 199 (1996), table of Mackay icosahedra and cuboctahedra.
  it.each([
    [1, 13],
    [2, 55],
    [3, 147],
    [4, 309],
    [5, 561],
    [6, 923],
  ])("of %i shells have %i atoms, as cuboctahedra have", (shells, number) => {
    expect(atoms(`{icosahedron: {species: Au, shells: ${shells}}}`).species).toHaveLength(number);
    expect(atoms(`{cuboctahedron: {species: Au, shells: ${shells}}}`).species).toHaveLength(number);
  });

  it("have the distances of Mackay: one in a shell, sin 72° of it between shells", () => {
    const cluster = atoms("{icosahedron: {species: Au, shells: 3, distance_A: 2.8}}");
    expect(shortest(cluster)).toBeCloseTo(2.8 * Math.sin((72 * Math.PI) / 180), 9);
    // In the outermost shell, whose edges are 3 steps of 2.8 Å; its corners lie 3 sin 72° steps from the centre.
    const distances = cluster.species.map((_, i) =>
      Math.hypot(...cluster.positions.subarray(3 * i, 3 * i + 3)),
    );
    expect(Math.max(...distances)).toBeCloseTo(3 * 2.8 * Math.sin((72 * Math.PI) / 180), 9);
  });

  it("have the point group Ih", () => {
    const cluster = atoms("{icosahedron: {species: Au, shells: 3}}");
    // The atoms of the first shell lie on the five-fold axes; two of these and the inversion generate the group.
    const [p, q] = [1, 2].map((i) => Array.from(cluster.positions.subarray(3 * i, 3 * i + 3)));
    for (const axis of [p, q]) expect(misfit(cluster, rotation(axis, (2 * Math.PI) / 5))).toBeLessThan(EXACT);
    expect(misfit(cluster, inversion)).toBeLessThan(EXACT);
    // The measure can tell: a tenth of a turn is no operation.
    expect(misfit(cluster, rotation(p, (2 * Math.PI) / 7))).toBeGreaterThan(0.1);
  });

  // Numbers of nearest neighbours: Doye, Wales, J. Chem. Soc., Faraday Trans. 93, 4233 (1997), table 1.
  it.each([
    [1, 42],
    [2, 234],
  ])("of %i shells have %i pairs of neighbours", (shells, pairs) => {
    expect(bonds(`{icosahedron: {species: Au, shells: ${shells}, distance_A: 2.8}}`, 2.8 * 1.1)).toBe(pairs);
  });
});

describe("cuboctahedra", () => {
  it("have the distance of the crystal and the group m-3m", () => {
    const cluster = atoms("{cuboctahedron: {species: Cu, shells: 3}}");
    // a = 3.61 Å (Kittel)
    expect(shortest(cluster)).toBeCloseTo(3.61 / Math.SQRT2, 9);
    for (const matrix of cubicGenerators) expect(misfit(cluster, matrix)).toBeLessThan(EXACT);
  });
});

describe("octahedra", () => {
  // Truncated octahedra: Baletto, Ferrando, Rev. Mod. Phys. 77, 371 (2005), sec. II; 201, 405: the copper clusters.
  it.each([
    [4, 1, 38],
    [5, 1, 79],
    [6, 2, 116],
    [6, 1, 140],
    [7, 2, 201],
    [8, 2, 314],
    [9, 3, 405],
    [10, 3, 586],
    [13, 4, 1289],
    // Whole ones: (2 n³ + n) / 3.
    [2, 0, 6],
    [3, 0, 19],
    [7, 0, 231],
  ])(
    "with edge %i and cut %i have %i atoms, the lattice's distance and the group m-3m",
    (edge, cut, number) => {
      const cluster = atoms(`{octahedron: {species: Cu, edge: ${edge}, cut: ${cut}, distance_A: 2.5}}`);
      expect(cluster.species).toHaveLength(number);
      if (number > 600) return;
      expect(shortest(cluster)).toBeCloseTo(2.5, 9);
      for (const matrix of cubicGenerators) expect(misfit(cluster, matrix)).toBeLessThan(EXACT);
    },
  );

  it("of 38 atoms have 144 pairs of neighbours, as LJ38 has (Doye, Wales 1997)", () => {
    expect(bonds("{octahedron: {species: Cu, edge: 4, cut: 1, distance_A: 2.5}}", 2.6)).toBe(144);
  });
});

/** Number of atoms of a decahedron (m, n, p): Marks, J. Cryst. Growth 61, 556 (1983), as in Martin (1996). */
function marks(m: number, n: number, p: number): number {
  return (
    (30 * p ** 3 - 135 * p ** 2 + 207 * p - 102) / 6 +
    (5 * m ** 3 + (30 * p - 45) * m ** 2 + (60 * (p ** 2 - 3 * p) + 136) * m) / 6 +
    (n * (15 * m ** 2 + (60 * p - 75) * m + 3 * (10 * p ** 2 - 30 * p) + 66)) / 6 -
    1
  );
}

describe("decahedra", () => {
  it("have the numbers of atoms of Marks' formula", () => {
    for (let m = 2; m <= 6; m++)
      for (let n = 1; n <= 6; n++)
        for (let p = 1; p <= 4; p++)
          expect(
            atoms(`{decahedron: {species: Cu, width: ${m}, height: ${n}, reentrance: ${p - 1}}}`).species,
          ).toHaveLength(marks(m, n, p));
  });

  // Magic decahedra: Baletto, Ferrando (2005); bipyramids 7, 23, 54: Martin (1996); 1103: the copper nanoparticle.
  it.each([
    [2, 1, 0, 7],
    [3, 1, 0, 23],
    [4, 1, 0, 54],
    [2, 2, 0, 13],
    [3, 3, 0, 55],
    [2, 2, 1, 75],
    [2, 3, 1, 101],
    [3, 2, 1, 146],
    [3, 3, 1, 192],
    [6, 6, 1, 1103],
  ])("(%i, %i, %i) have %i atoms", (width, height, reentrance, number) => {
    const section = `{decahedron: {species: Cu, width: ${width}, height: ${height}, reentrance: ${reentrance}, distance_A: 2.5}}`;
    const cluster = atoms(section);
    expect(cluster.species).toHaveLength(number);
    expect(shortest(cluster)).toBeCloseTo(2.5, 9);
    if (number > 200) return;
    // D5h: the axis along z, a mirror through a corner, and the one across the axis.
    expect(misfit(cluster, rotation([0, 0, 1], (2 * Math.PI) / 5))).toBeLessThan(EXACT);
    expect(misfit(cluster, [1, 0, 0, 0, -1, 0, 0, 0, 1])).toBeLessThan(EXACT);
    expect(misfit(cluster, [1, 0, 0, 0, 1, 0, 0, 0, -1])).toBeLessThan(EXACT);
  });

  it("of 75 atoms have 319 pairs of neighbours, as LJ75 has (Doye, Wales 1997)", () => {
    const section = "{decahedron: {species: Cu, width: 2, height: 2, reentrance: 1, distance_A: 2.5}}";
    expect(bonds(section, 2.7)).toBe(319);
  });
});

describe("clusters", () => {
  it("lie around the origin, without a cell, and are named by what they are", () => {
    const cluster = atoms("{decahedron: {species: Cu, width: 2, height: 2, reentrance: 1}}");
    expect(cluster.name).toBe("Cu75-decahedron");
    expect(cluster.periodic).toEqual([false, false, false]);
    expect(cluster.cell.every((x) => x === 0)).toBe(true);
    for (let k = 0; k < 3; k++)
      expect(cluster.positions.filter((_, i) => i % 3 === k).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
  });

  it("of a species without a known crystal need a distance", () => {
    expect(() => atoms("{icosahedron: {species: X, shells: 1}}")).toThrow(
      "atoms.icosahedron.distance_A: the distance of neighbours in X is not known here; give it",
    );
    expect(shortest(atoms("{cuboctahedron: {species: X, shells: 1, distance_A: 1}}"))).toBeCloseTo(1, 12);
  });
});
