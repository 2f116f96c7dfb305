import { describe, expect, it } from "vitest";
import { atoms, cubicGenerators, misfit, rotation, shortest } from "./atoms.ts";

const distances = (section: string) => {
  const { positions, species } = atoms(section);
  return species.map((_, i) => Math.hypot(...positions.subarray(3 * i, 3 * i + 3))).sort((p, q) => p - q);
};
const wulff = (species: string, surfaces: readonly (readonly [string, number])[], number: number) =>
  `{wulff: {crystal: {species: ${species}}, atoms: ${number}, surfaces: [${surfaces
    .map(([miller, energy]) => `{miller: [${miller}], energy: ${energy}}`)
    .join(", ")}]}}`;

/** Of the numbers of bcc points with max((|x| + |y|) / √2, |x| / 1.1) up to some value, x and y the largest two: the nearest one. */
function nearestClosed(wanted: number): number {
  const sizes: number[] = [];
  for (let x = -20; x <= 20; x++)
    for (let y = -20; y <= 20; y++)
      for (let z = -20; z <= 20; z++) {
        if ((x + y) % 2 !== 0 || (y + z) % 2 !== 0) continue;
        const [p, q] = [x, y, z].map(Math.abs).sort((a, b) => b - a);
        sizes.push(Math.round(1e6 * Math.max((p + q) / Math.SQRT2, p / 1.1)));
      }
  sizes.sort((a, b) => a - b);
  const closed = sizes.flatMap((size, i) => (i > 0 && size > sizes[i - 1] ? [i] : []));
  return closed.reduce((best, n) => (Math.abs(n - wanted) < Math.abs(best - wanted) ? n : best));
}

describe("Wulff shapes", () => {
  it.each([
    ["1, 1, 1", 38, "{octahedron: {species: Cu, edge: 4, cut: 1}}", 1.15],
    ["1, 1, 1", 201, "{octahedron: {species: Cu, edge: 7, cut: 2}}", 1.15],
    ["1, 1, 1", 405, "{octahedron: {species: Cu, edge: 9, cut: 3}}", 1.1],
    ["1, 1, 1", 147, "{cuboctahedron: {species: Cu, shells: 3}}", 0.87],
    // (100) is nowhere to be seen when its energy is more than √3 times that of (111).
    ["1, 1, 1", 44, "{octahedron: {species: Cu, edge: 4}}", 1.8],
  ])("of Cu with %s cheapest and %i atoms are %s", (miller, number, same, ratio) => {
    const section = wulff(
      "Cu",
      [
        [miller, 1],
        ["1, 0, 0", ratio],
      ],
      number,
    );
    const [found, expected] = [distances(section), distances(same)];
    expect(found).toHaveLength(number);
    found.forEach((d, i) => {
      expect(d).toBeCloseTo(expected[i], 9);
    });
  });

  // The sizes of the copper nanoparticles. Faces at i/2, j/(2√2) and k/(2√3) lattice constants from an atom hold them, with
  // the energies halfway to the next plane.
  it.each([
    [1103, 7, 11, 12],
    [1865, 9, 13, 14],
    [2531, 10, 14, 16],
    [3535, 11, 16, 18],
  ])("with (100), (110) and (111) faces have %i atoms", (number, i, j, k) => {
    const cluster = atoms(
      wulff(
        "Cu",
        [
          ["1, 0, 0", i + 0.5],
          ["1, 1, 0", (j + 0.5) / Math.SQRT2],
          ["1, 1, 1", (k + 0.5) / Math.sqrt(3)],
        ],
        number,
      ),
    );
    expect(cluster.species).toHaveLength(number);
    expect(cluster.info.wanted_atoms).toBe(number);
  });

  it("have the symmetry of the crystal and the distance of its neighbours", () => {
    const iron = atoms(
      wulff(
        "Fe",
        [
          ["1, 1, 0", 1],
          ["1, 0, 0", 1.1],
        ],
        300,
      ),
    );
    // a = 2.87 Å (Kittel)
    expect(shortest(iron)).toBeCloseTo((2.87 * Math.sqrt(3)) / 2, 9);
    for (const matrix of cubicGenerators) expect(misfit(iron, matrix)).toBeLessThan(1e-9);
    expect(iron.species).toHaveLength(nearestClosed(300));

    const magnesium = atoms(
      wulff(
        "Mg",
        [
          ["0, 0, 0, 1", 1],
          ["1, 0, -1, 0", 1.1],
          ["1, 0, -1, 1", 1.15],
        ],
        300,
      ),
    );
    // Through an atom goes a three-fold axis, and a mirror across it.
    expect(misfit(magnesium, rotation([0, 0, 1], (2 * Math.PI) / 3))).toBeLessThan(1e-9);
  });

  it("are refused where faces enclose nothing, or their family is not known", () => {
    expect(() => atoms(wulff("Mg", [["0, 0, 0, 1", 1]], 100))).toThrow(
      "atoms.wulff.surfaces: these faces enclose no finite shape; name more families",
    );
    expect(() => atoms(wulff("Cu", [["1, 0, -1, 0", 1]], 100))).toThrow(
      "atoms.wulff.surfaces[0].miller: four indices belong to hexagonal cells",
    );
    expect(() =>
      atoms("{wulff: {crystal: {file: a.cif}, atoms: 10, surfaces: [{miller: [1, 1, 1], energy: 1}]}}"),
    ).toThrow("for the named crystals only");
  });
});
