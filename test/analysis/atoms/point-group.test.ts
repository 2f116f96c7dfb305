import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pointGroup } from "../../../src/analysis/atoms/point-group.ts";
import { type Mat3, mul3, rowTimes, transpose3 } from "../../../src/core/linalg.ts";
import { RandomStream } from "../../../src/core/random.ts";
import {
  buckyball,
  chiralOctahedral,
  chiralTetrahedral,
  cyclic,
  degree,
  dodecahedron,
  fccPart,
  icosahedron,
  type Molecule,
  mackay,
  molecule,
  octahedron,
  ring,
  scaled,
  signs,
  tetrahedron,
} from "./molecules.ts";
import { moved } from "./moves.ts";

/** Orthogonal matrices, all different, that contain every product and so every inverse. */
function expectGroup(matrices: readonly Mat3[]) {
  const apart = (a: Mat3, b: Mat3) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
  const identity: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  let worst = 0;
  let closest = Number.POSITIVE_INFINITY;
  matrices.forEach((a, i) => {
    worst = Math.max(worst, apart(mul3(a, transpose3(a)), identity));
    for (const b of matrices.slice(0, i)) closest = Math.min(closest, apart(a, b));
    for (const b of matrices) {
      const product = mul3(a, b);
      worst = Math.max(
        worst,
        matrices.reduce((least, c) => Math.min(least, apart(c, product)), 1),
      );
    }
  });
  expect(worst).toBeLessThan(1e-10);
  expect(closest).toBeGreaterThan(1e-3);
}

const cos = (angle: number) => Math.cos(angle * degree);
const sin = (angle: number) => Math.sin(angle * degree);
/** H3C-CH3 seen along z, its ends turned against each other. */
const ethane = (turn: number) =>
  molecule(
    [
      "C",
      [
        [0, 0, 0.77],
        [0, 0, -0.77],
      ],
    ],
    ["H", [...ring(3, 1.02, 1.16), ...ring(3, 1.02, -1.16, turn * degree)]],
  );
const metallocene = (turn: number) =>
  molecule(
    ["Fe", [[0, 0, 0]]],
    ["C", [...ring(5, 1.21, 1.65), ...ring(5, 1.21, -1.65, turn * degree)]],
    ["H", [...ring(5, 2.29, 1.65), ...ring(5, 2.29, -1.65, turn * degree)]],
  );
/** Five tetrahedra about a common edge, repeated: layers of an fcc wedge; here the 7 and 13 atom ones. */
const decahedron13 = molecule([
  "Au",
  [...ring(5, 2.45), ...ring(5, 2.45, 2.88), [0, 0, -1.44], [0, 0, 1.44], [0, 0, 4.32]],
]);
const adamantane = molecule(
  ["C", [...scaled(tetrahedron, 1.54), ...scaled(octahedron, 1.78)]],
  ["H", scaled(tetrahedron, 2.63)],
  [
    "H",
    // Each CH2 lies on a cube axis, its hydrogens in the plane of the two CH that it is not bound to.
    octahedron.flatMap(([x, y, z]): [number, number, number][] => {
      const out = 2.4;
      const side = 0.63;
      if (z !== 0)
        return [
          [-side * z, side, out * z],
          [side * z, -side, out * z],
        ];
      if (x !== 0)
        return [
          [out * x, -side * x, side],
          [out * x, side * x, -side],
        ];
      return [
        [side, out * y, -side * y],
        [-side, out * y, side * y],
      ];
    }),
  ],
);

/** Name, molecule, group and its order. */
const known: [string, Molecule, string, number][] = [
  ["argon atom", molecule(["Ar", [[1, 2, 3]]]), "Kh", Number.POSITIVE_INFINITY],
  ["carbon monoxide", molecule(["C", [[0, 0, 0]]], ["O", [[0, 0, 1.13]]]), "C*v", Number.POSITIVE_INFINITY],
  [
    "carbon dioxide",
    molecule(
      ["C", [[0, 0, 0]]],
      [
        "O",
        [
          [0, 0, 1.16],
          [0, 0, -1.16],
        ],
      ],
    ),
    "D*h",
    Number.POSITIVE_INFINITY,
  ],
  [
    "nitrous oxide",
    molecule(
      [
        "N",
        [
          [0, 0, 0],
          [0, 0, 1.13],
        ],
      ],
      ["O", [[0, 0, -1.19]]],
    ),
    "C*v",
    Number.POSITIVE_INFINITY,
  ],
  [
    "CHFClBr",
    molecule(
      ["C", [[0, 0, 0]]],
      ["H", scaled([tetrahedron[0]], 1.1)],
      ["F", scaled([tetrahedron[1]], 1.36)],
      ["Cl", scaled([tetrahedron[2]], 1.76)],
      ["Br", scaled([tetrahedron[3]], 1.94)],
    ),
    "C1",
    1,
  ],
  [
    "hypochlorous acid",
    molecule(["O", [[0, 0, 0]]], ["H", [[0.96, 0, 0]]], ["Cl", [[-0.4, 1.64, 0]]]),
    "Cs",
    2,
  ],
  [
    "meso-CHFCl-CHFCl, staggered",
    molecule(
      ["C", signs(0.77, 0, 0)],
      [
        "H",
        [
          [1.1, 1, 0],
          [-1.1, -1, 0],
        ],
      ],
      [
        "F",
        [
          [1.2, -0.6, 1.1],
          [-1.2, 0.6, -1.1],
        ],
      ],
      [
        "Cl",
        [
          [1.4, -0.8, -1.5],
          [-1.4, 0.8, 1.5],
        ],
      ],
    ),
    "Ci",
    2,
  ],
  [
    "hydrogen peroxide",
    molecule(
      [
        "O",
        [
          [0.73, 0, 0],
          [-0.73, 0, 0],
        ],
      ],
      [
        "H",
        [
          [0.9, 0.95 * cos(56), 0.95 * sin(56)],
          [-0.9, 0.95 * cos(56), -0.95 * sin(56)],
        ],
      ],
    ),
    "C2",
    2,
  ],
  [
    "water",
    molecule(
      ["O", [[0, 0, 0]]],
      [
        "H",
        [
          [0.757, 0.586, 0],
          [-0.757, 0.586, 0],
        ],
      ],
    ),
    "C2v",
    4,
  ],
  [
    "trans-1,2-dichloroethene",
    molecule(
      ["C", signs(0.66, 0, 0)],
      [
        "H",
        [
          [1.2, 0.95, 0],
          [-1.2, -0.95, 0],
        ],
      ],
      [
        "Cl",
        [
          [1.5, -1.5, 0],
          [-1.5, 1.5, 0],
        ],
      ],
    ),
    "C2h",
    4,
  ],
  ["ammonia", molecule(["N", [[0, 0, 0.38]]], ["H", ring(3, 0.94)]), "C3v", 6],
  [
    "propeller of three blades",
    molecule(["P", [[0, 0, 1]]], ["C", ring(3, 1.5)], ["H", ring(3, 2.3, -0.6, 0.4)]),
    "C3",
    3,
  ],
  [
    "boric acid",
    molecule(["B", [[0, 0, 0]]], ["O", ring(3, 1.37)], ["H", ring(3, 1.95, 0, 25 * degree)]),
    "C3h",
    6,
  ],
  [
    "bromine pentafluoride",
    molecule(["Br", [[0, 0, 0]]], ["F", [...ring(4, 1.77, -0.2), [0, 0, 1.69]]]),
    "C4v",
    8,
  ],
  [
    "bowl of four blades",
    molecule(["P", [[0, 0, 1]]], ["C", ring(4, 1.8)], ["H", ring(4, 2.6, -0.6, 0.3)]),
    "C4",
    4,
  ],
  [
    "two bowls of five",
    molecule(["C", ring(5, 1.2, 1)], ["H", ring(5, 2.2, 1.6, 0.2)], ["O", ring(5, 2.9, 2.4, 0.5)]),
    "C5",
    5,
  ],
  ["corannulene skeleton", molecule(["C", [...ring(5, 1.2), ...ring(5, 2.5, 0.6)]]), "C5v", 10],
  ["ethane, twisted", ethane(25), "D3", 6],
  ["ethane, staggered", ethane(60), "D3d", 12],
  ["ethane, eclipsed", ethane(0), "D3h", 12],
  [
    "twistane-like pair of crossed plates",
    molecule([
      "C",
      [
        ...([
          [1, 0, 0.8],
          [-1, 0, 0.8],
        ] as [number, number, number][]),
        [cos(40), sin(40), -0.8],
        [-cos(40), -sin(40), -0.8],
      ],
    ]),
    "D2",
    4,
  ],
  [
    "allene",
    molecule(
      [
        "C",
        [
          [0, 0, 0],
          [0, 0, 1.31],
          [0, 0, -1.31],
        ],
      ],
      [
        "H",
        [
          [0.93, 0, 1.87],
          [-0.93, 0, 1.87],
          [0, 0.93, -1.87],
          [0, -0.93, -1.87],
        ],
      ],
    ),
    "D2d",
    8,
  ],
  ["ethene", molecule(["C", signs(0.67, 0, 0)], ["H", signs(1.24, 0.93, 0)]), "D2h", 8],
  [
    "phosphorus pentafluoride",
    molecule(["P", [[0, 0, 0]]], ["F", [...ring(3, 1.53), ...signs(0, 0, 1.58)]]),
    "D3h",
    12,
  ],
  ["xenon tetrafluoride", molecule(["Xe", [[0, 0, 0]]], ["F", ring(4, 1.95)]), "D4h", 16],
  [
    "sulphur ring S8",
    molecule(["S", [...ring(4, 2.35, 0.5), ...ring(4, 2.35, -0.5, 45 * degree)]]),
    "D4d",
    16,
  ],
  [
    "two square plates, twisted",
    molecule(["C", [...ring(4, 1.5, 1), ...ring(4, 1.5, -1, 20 * degree)]]),
    "D4",
    8,
  ],
  ["ferrocene, eclipsed", metallocene(0), "D5h", 20],
  ["ferrocene, staggered", metallocene(36), "D5d", 20],
  ["ferrocene, twisted", metallocene(15), "D5", 10],
  ["decahedron of 13 atoms", decahedron13, "D5h", 20],
  ["benzene", molecule(["C", ring(6, 1.39)], ["H", ring(6, 2.48)]), "D6h", 24],
  ["ring of 24", molecule(["C", ring(24, 5.4)]), "D24h", 96],
  ["ring of 11 crowns", molecule(["C", [...ring(11, 4, 1), ...ring(11, 4, -1, Math.PI / 11)]]), "D11d", 44],
  [
    "four-fold rotation-reflection",
    molecule(
      ["C", [[0, 0, 0]]],
      [
        "H",
        [
          [1, 0.3, 0.8],
          [-1, -0.3, 0.8],
          [0.3, -1, -0.8],
          [-0.3, 1, -0.8],
        ],
      ],
      [
        "F",
        [
          [1.9, 0, 0.7],
          [-1.9, 0, 0.7],
          [0, -1.9, -0.7],
          [0, 1.9, -0.7],
        ],
      ],
    ),
    "S4",
    4,
  ],
  [
    "six-fold rotation-reflection",
    molecule(
      ["C", [...ring(3, 1.4, 0.5), ...ring(3, 1.4, -0.5, 60 * degree)]],
      ["H", [...ring(3, 2.3, 0.9, 0.3), ...ring(3, 2.3, -0.9, 0.3 + 60 * degree)]],
    ),
    "S6",
    6,
  ],
  [
    "chiral orbit of the tetrahedron",
    molecule(["C", scaled(tetrahedron, 2)], ["H", chiralTetrahedral(3, 2, 1)]),
    "T",
    12,
  ],
  [
    "hexanitro complex",
    molecule(["Co", [[0, 0, 0]]], ["N", scaled(octahedron, 1.95)], ["O", cyclic(2.5, 1.05, 0)]),
    "Th",
    24,
  ],
  ["methane", molecule(["C", [[0, 0, 0]]], ["H", scaled(tetrahedron, 1.09)]), "Td", 24],
  ["adamantane", adamantane, "Td", 24],
  ["snub cube", molecule(["C", chiralOctahedral(1, 1 / 1.8392867552, 1.8392867552)]), "O", 24],
  ["sulphur hexafluoride", molecule(["S", [[0, 0, 0]]], ["F", scaled(octahedron, 1.56)]), "Oh", 48],
  ["cubane", molecule(["C", scaled(signs(1, 1, 1), 1.36)], ["H", scaled(signs(1, 1, 1), 2.45)]), "Oh", 48],
  [
    "truncated octahedron of 38 atoms",
    molecule([
      "Au",
      fccPart(
        6,
        [1, 0, 0],
        ([x, y, z]) =>
          Math.abs(x) + Math.abs(y) + Math.abs(z) <= 3 &&
          Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= 2,
      ).map(([x, y, z]) => [2 * x, 2 * y, 2 * z]),
    ]),
    "Oh",
    48,
  ],
  [
    "Lennard-Jones icosahedron of 13 atoms",
    molecule(["Ar", [[0, 0, 0], ...scaled(icosahedron, 1.08)]]),
    "Ih",
    120,
  ],
  ["B12H12 2-", molecule(["B", scaled(icosahedron, 1.69)], ["H", scaled(icosahedron, 2.88)]), "Ih", 120],
  [
    "dodecahedrane",
    molecule(["C", scaled(dodecahedron, 2.16)], ["H", scaled(dodecahedron, 3.25)]),
    "Ih",
    120,
  ],
  [
    "buckminsterfullerene",
    molecule(["C", buckyball.map(([x, y, z]) => [0.71 * x, 0.71 * y, 0.71 * z])]),
    "Ih",
    120,
  ],
  ["icosahedron of 147 atoms", molecule(["Cu", mackay(3, 2.6)]), "Ih", 120],
  ["icosahedron of 309 atoms", molecule(["Cu", mackay(4, 2.6)]), "Ih", 120],
];

describe("point groups of known molecules and clusters", () => {
  it("has counted their atoms", () => {
    const size = (name: string) => known.find(([label]) => label === name)?.[1].species.length;
    expect(size("truncated octahedron of 38 atoms")).toBe(38);
    expect(size("buckminsterfullerene")).toBe(60);
    expect(size("icosahedron of 309 atoms")).toBe(309);
    expect(size("adamantane")).toBe(26);
  });

  it.each(known)("%s", (_, { positions, species }, name, order) => {
    // Some of the coordinates above are rounded to 0.01 Å; LJ13 has distances of 1.1.
    const result = pointGroup(positions, species, 0.02);
    expect(result.name).toBe(name);
    expect(result.order).toBe(order);
    expect(result.deviation).toBeLessThan(1e-9);
    if (Number.isFinite(order)) expectGroup(result.operations.map(({ matrix }) => matrix));
  });
});

/** Small enough to try often; every kind of group is among them. */
const light = known.filter(([, { species }]) => species.length <= 60);

describe("point groups of atoms off their places", () => {
  it.each([0.02, 0.1])(
    "do not depend on orientation, numbering and noise of half the tolerance %s Å",
    (tolerance) => {
      fc.assert(
        fc.property(fc.constantFrom(...light), fc.nat(), ([, atoms, name], seed) => {
          const shaken = moved(atoms, new RandomStream(seed, 0), tolerance / 2);
          // A structure within half the tolerance of a symmetric one: the average over the group is within the
          // tolerance. More symmetry can be found if the structure itself is nearer than that to it.
          const ideal = pointGroup(atoms.positions, atoms.species, 1.6 * tolerance).name;
          fc.pre(ideal === name);
          const result = pointGroup(shaken.positions, shaken.species, tolerance);
          expect(result.name).toBe(name);
          expect(result.deviation).toBeLessThanOrEqual(tolerance);
          // Its operations move atoms to where their images are, to within twice the distance from the average.
          const { positions } = shaken;
          let farthest = 0;
          for (const { matrix, image } of result.operations)
            for (let i = 0; i < image.length; i++) {
              const place = Array.from(positions.subarray(3 * i, 3 * i + 3), (x, k) => x - result.centre[k]);
              const target = rowTimes(place, transpose3(matrix));
              const away = target.map((x, k) => x + result.centre[k] - positions[3 * image[i] + k]);
              const alike = shaken.species[image[i]] === shaken.species[i];
              farthest = Math.max(farthest, alike ? Math.hypot(...away) : Number.POSITIVE_INFINITY);
            }
          expect(farthest).toBeLessThanOrEqual(2 * result.deviation + 1e-9);
        }),
        { numRuns: 50 },
      );
    },
  );

  it("are found in a shaken icosahedron of 309 atoms, and lost when it is shaken more", () => {
    const atoms = molecule(["Cu", mackay(4, 2.6)]);
    const random = new RandomStream(5, 0);
    const shaken = moved(atoms, random, 0.08);
    expect(pointGroup(shaken.positions, shaken.species, 0.16).name).toBe("Ih");
    expect(pointGroup(shaken.positions, shaken.species, 0.01).name).toBe("C1");
  });

  it("gain elements only as the tolerance grows past the distortion", () => {
    // SF6 pulled out along z by 0.06 Å and a shift of one F by 0.02 along z: C4v up to about 0.01, D4h up to 0.03.
    const atoms = molecule(["S", [[0, 0, 0]]], ["F", [...ring(4, 1.56), [0, 0, 1.64], [0, 0, -1.62]]]);
    const named = [0.001, 0.02, 0.1].map((t) => pointGroup(atoms.positions, atoms.species, t).name);
    expect(named).toEqual(["C4v", "D4h", "Oh"]);
  });

  it("take the average structure as the measure", () => {
    // One hydrogen of four is 0.04 Å too far out: in the average each carbon-hydrogen distance is 0.01 longer, so
    // that this one moves by 0.03 Å; the centre moves by 0.04 / 5 first.
    const far = scaled(tetrahedron, 1.09);
    const atoms = molecule(["C", [[0, 0, 0]]], ["H", [...scaled([tetrahedron[0]], 1.13), ...far.slice(1)]]);
    const group = (tolerance: number) => pointGroup(atoms.positions, atoms.species, tolerance);
    expect(group(0.05).name).toBe("Td");
    // Displacements about the new centre: u_i − c, of which the average keeps the breathing part b along the radii.
    const shift = 0.04 / 5;
    const breathing = 0.04 / 4;
    expect(group(0.05).deviation).toBeCloseTo(0.04 - shift - breathing, 3);
    expect(group(0.01).name).toBe("C3v");
  });

  it("tell species apart", () => {
    const ring6 = ring(6, 1.39);
    const alternating = molecule(
      ["B", ring6.filter((_, i) => i % 2 === 0)],
      ["N", ring6.filter((_, i) => i % 2 === 1)],
    );
    expect(pointGroup(alternating.positions, alternating.species).name).toBe("D3h");
    const ordered = mackay(2, 2.6);
    const shells = molecule(["Ag", ordered.slice(0, 13)], ["Au", ordered.slice(13)]);
    expect(pointGroup(shells.positions, shells.species).name).toBe("Ih");
    const offCentre = molecule(["Ag", ordered.slice(1, 2)], ["Au", [ordered[0], ...ordered.slice(2)]]);
    expect(pointGroup(offCentre.positions, offCentre.species).name).toBe("C5v");
  });

  it("end in C1 for atoms without order, quickly for several hundred", () => {
    const random = new RandomStream(11, 0);
    const points: [number, number, number][] = [];
    while (points.length < 500) {
      const p: [number, number, number] = [0, 0, 0].map(() => 24 * random.nextFloat()) as never;
      if (points.every((q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) > 1.5)) points.push(p);
    }
    const atoms = molecule(["Cu", points]);
    const before = process.cpuUsage();
    expect(pointGroup(atoms.positions, atoms.species).name).toBe("C1");
    // Trying every pair of atoms as images of two would take minutes.
    expect(process.cpuUsage(before).user).toBeLessThan(2e6);
  });
});

describe("what a point group is not", () => {
  it("refuses no atoms, bad numbers and tolerances that join atoms", () => {
    expect(() => pointGroup(new Float64Array(0), [])).toThrow("at least one atom");
    expect(() => pointGroup(Float64Array.of(0, 0, Number.NaN), ["H"])).toThrow("atom 1");
    expect(() => pointGroup(new Float64Array(5), ["H", "H"])).toThrow("6 coordinates");
    const pair = Float64Array.of(0, 0, 0, 0, 0, 0.74);
    expect(() => pointGroup(pair, ["H", "H"], 0.2)).toThrow(/0\.74 Å between H atoms 1 and 2; found 0\.2 Å/);
    expect(() => pointGroup(pair, ["H", "H"], 0)).toThrow("above zero");
  });
});

const minima = "../shared/data/clusters/mg-gupta/mg_gupta_minima.xyz";
if (!existsSync(minima)) console.warn(`skipped: ${minima} is not there`);
describe.skipIf(!existsSync(minima))("minima of magnesium clusters", () => {
  it("begin with the icosahedron, and are relaxed into exact symmetry", () => {
    const lines = readFileSync(minima, "utf8").split("\n");
    const names: string[] = [];
    for (let at = 0; at < lines.length && lines[at].trim() !== ""; ) {
      const count = Number(lines[at]);
      const rows = lines.slice(at + 2, at + 2 + count).map((line) => line.trim().split(/\s+/));
      const positions = Float64Array.from(rows.flatMap((row) => row.slice(1, 4).map(Number)));
      const species = rows.map((row) => row[0]);
      const { name, deviation } = pointGroup(positions, species, 0.01);
      names.push(name);
      // Relaxed to 1e-6 in energy: if symmetric at all, then to about the root of that.
      expect(deviation).toBeLessThan(2e-3);
      expect(
        pointGroup(moved({ species, positions }, new RandomStream(at, 0)).positions, species, 0.01).name,
      ).toBe(name);
      at += count + 2;
    }
    expect(names).toHaveLength(24);
    expect(names).toContain("C1");
    // Mg13 the icosahedron, Mg14 with one face of it capped, Mg19 the double icosahedron.
    expect([names[0], names[6], names[14]]).toEqual(["Ih", "C3v", "D5h"]);
  });
});
