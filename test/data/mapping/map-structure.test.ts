import { describe, expect, test } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { speciesCounts } from "../../../src/data/configuration.ts";
import { checkCharge } from "../../../src/data/mapping/charge-balance.ts";
import { mapDataset, mapStructure } from "../../../src/data/mapping/map-structure.ts";
import { type MappingResult, mappingLine } from "../../../src/data/mapping/report.ts";
import { createParentLattice, type ParentLattice } from "../../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import { cube, fcc, fccCell, perovskite, rocksalt, rocksaltAtoms, structureOf } from "./fixtures.ts";

type Atom = readonly [string, number, number, number];

function accepted(result: MappingResult) {
  if (!result.accepted) throw new Error(`${result.code}: ${result.reason}`);
  return result;
}

function rejected(result: MappingResult) {
  if (result.accepted) throw new Error("was accepted");
  return result;
}

const counts = (result: MappingResult) => Object.fromEntries(speciesCounts(accepted(result).configuration));

describe("rocksalt", () => {
  const a = 5.6;
  const half = [a / 4, a / 4, a / 4];
  const salt = rocksalt(a, ["Na", "K"], ["Cl", "Br"]);

  test("shifted by a quarter or half of the cell's diagonal, every ion is on its own sublattice", () => {
    // Half the cubic diagonal carries cations onto anion sites: without the rigid shift a perfect wrong match.
    for (const factor of [0, 1, 2]) {
      const atoms: Atom[] = rocksaltAtoms(
        a,
        "Na",
        "Cl",
        half.map((x) => x * factor),
      );
      atoms[2] = ["K", atoms[2][1], atoms[2][2], atoms[2][3]];
      atoms[5] = ["Br", atoms[5][1], atoms[5][2], atoms[5][3]];
      const result = mapStructure(structureOf(cube(a), atoms), salt);
      expect(counts(result)).toEqual({ Na: 3, K: 1, Cl: 3, Br: 1 });
      expect(result.report.largestDisplacement_A).toBeLessThan(1e-9);
    }
  });

  test("with an anion and a cation exchanged it is refused, with or without a shift", () => {
    for (const factor of [0, 1, 2]) {
      const atoms: Atom[] = rocksaltAtoms(
        a,
        "Na",
        "Cl",
        half.map((x) => x * factor),
      );
      const [sodium, chlorine] = [atoms[0], atoms[4]];
      atoms[0] = ["Cl", sodium[1], sodium[2], sodium[3]];
      atoms[4] = ["Na", chlorine[1], chlorine[2], chlorine[3]];
      expect(["displacement", "crowded"]).toContain(
        rejected(mapStructure(structureOf(cube(a), atoms), salt)).code,
      );
    }
  });

  test("with the names of all ions exchanged it is the same crystal", () => {
    const result = mapStructure(structureOf(cube(a), rocksaltAtoms(a, "Cl", "Na")), salt);
    expect(counts(result)).toEqual({ Na: 4, Cl: 4 });
  });

  const twoLayers = (names: readonly [string, string]) =>
    createParentLattice({
      cell: fccCell(a),
      coordinates: "fractional",
      sites: [
        { name: "first", position: [0, 0, 0], species: ["A", "B"], layer: names[0] },
        { name: "second", position: [0.5, 0.5, 0.5], species: ["A", "B"], layer: names[1] },
      ],
    });

  test("where nothing tells two sublattices apart, two equally good mappings are an ambiguity", () => {
    const structure = structureOf(cube(a), rocksaltAtoms(a, "A", "B"));
    expect(rejected(mapStructure(structure, twoLayers(["odd", "even"]))).code).toBe("ambiguous");
    // With equivalent sublattices both mappings are one configuration.
    expect(counts(mapStructure(structure, twoLayers(["", ""])))).toEqual({ A: 4, B: 4 });
  });
});

describe("other crystals do not pass for this one", () => {
  const a = 5.4;
  const zincblende: Atom[] = [
    ["Zn", 0, 0, 0],
    ["S", a / 4, a / 4, a / 4],
  ];
  const zincblendeLattice = createParentLattice({
    cell: fccCell(a),
    coordinates: "fractional",
    sites: [
      { name: "Zn", position: [0, 0, 0], species: ["Zn"] },
      { name: "S", position: [0.25, 0.25, 0.25], species: ["S", "Se"] },
    ],
  });

  test("zincblende on rocksalt", () => {
    const structure = structureOf(fccCell(a), zincblende);
    expect(rejected(mapStructure(structure, rocksalt(a, ["Zn"], ["S"]))).code).toBe("displacement");
    expect(counts(mapStructure(structure, zincblendeLattice))).toEqual({ Zn: 1, S: 1 });
  });

  test("wurtzite on zincblende", () => {
    // Ideal wurtzite has the same bonds, the same volume, and the hexagonal cell of a stacking fault.
    const ah = a / Math.SQRT2;
    const c = ah * Math.sqrt(8 / 3);
    const cell = [ah, 0, 0, -ah / 2, (ah * Math.sqrt(3)) / 2, 0, 0, 0, c];
    const at = (u: number, v: number, w: number) => [
      u * ah - (v * ah) / 2,
      (v * ah * Math.sqrt(3)) / 2,
      w * c,
    ];
    const place = (name: string, x: readonly number[]): Atom => [name, x[0], x[1], x[2]];
    const atoms = [
      place("Zn", at(1 / 3, 2 / 3, 0)),
      place("Zn", at(2 / 3, 1 / 3, 0.5)),
      place("S", at(1 / 3, 2 / 3, 3 / 8)),
      place("S", at(2 / 3, 1 / 3, 7 / 8)),
    ];
    expect(rejected(mapStructure(structureOf(cell, atoms), zincblendeLattice)).accepted).toBe(false);
    const doubled: Atom[] = [...atoms, ...atoms.map(([s, x, y, z]) => [s, x, y, z + c] as const)];
    const tall = [...cell.slice(0, 8), 2 * c];
    expect(rejected(mapStructure(structureOf(tall, doubled), zincblendeLattice)).accepted).toBe(false);
  });

  test("hcp and bcc on fcc", () => {
    const alloy = fcc(4, ["Ag", "Au"]);
    const d = 4 / Math.SQRT2;
    const hcp = structureOf(
      [d, 0, 0, -d / 2, (d * Math.sqrt(3)) / 2, 0, 0, 0, d * Math.sqrt(8 / 3)],
      [
        ["Ag", 0, 0, 0],
        ["Au", 0, d / Math.sqrt(3), d * Math.sqrt(2 / 3)],
      ],
    );
    expect(rejected(mapStructure(hcp, alloy)).accepted).toBe(false);
    // Bain's path: c/a of bcc is 1/√2 of fcc's, a shape strain of 0.3.
    const b = 4 / 2 ** (1 / 3);
    // Four layers can be sheared and shuffled into fcc: a strain of 0.125, 0.26 of the atomic distance for each atom.
    const z = d * Math.sqrt(2 / 3);
    const fourLayers = structureOf(
      [d, 0, 0, -d / 2, (d * Math.sqrt(3)) / 2, 0, 0, 0, 4 * z],
      [0, 1, 2, 3].map((i) => [i < 2 ? "Ag" : "Au", 0, i % 2 ? d / Math.sqrt(3) : 0, i * z] as const),
    );
    expect(rejected(mapStructure(fourLayers, alloy)).code).toBe("strain");
    expect(rejected(mapStructure(fourLayers, alloy, { max_strain: 0.2 })).code).toBe("displacement");
    const bcc = structureOf(cube(b), [
      ["Ag", 0, 0, 0],
      ["Au", b / 2, b / 2, b / 2],
    ]);
    expect(rejected(mapStructure(bcc, alloy)).code).toBe("strain");
  });

  test("the mirror image of a lattice that has a hand", () => {
    const corners: Atom[] = [
      ["A", 0, 0, 0],
      ["B", 1.6, 0, 0],
      ["C", 1.6, 1.4, 0],
      ["D", 1.6, 1.4, 1.2],
    ];
    const lattice = createParentLattice({
      cell: cube(5),
      coordinates: "cartesian",
      sites: corners.map(([name, x, y, z]) => ({ name, position: [x, y, z], species: [name] })),
    });
    const turned: Atom[] = corners.map(([name, x, y, z]) => [name, -y, x, z]);
    const mirrored: Atom[] = corners.map(([name, x, y, z]) => [name, x, y, -z]);
    expect(mapStructure(structureOf(cube(5), turned), lattice).accepted).toBe(true);
    expect(mapStructure(structureOf(cube(5), mirrored), lattice).accepted).toBe(false);
  });

  test("random atoms in a box of the right size", () => {
    const lattice = perovskite(4);
    for (let seed = 0; seed < 20; seed++) {
      const random = new RandomStream(seed, 1);
      const names = ["Sr", "Sr", "Cu", "Cu", "O", "O", "O", "O", "O"];
      const atoms = names.map(
        (name) => [name, 8 * random.nextFloat(), 4 * random.nextFloat(), 4 * random.nextFloat()] as const,
      );
      expect(mapStructure(structureOf([8, 0, 0, 0, 4, 0, 0, 0, 4], atoms), lattice).accepted).toBe(false);
    }
  });
});

describe("counts and volumes", () => {
  test("an absent atom is a vacancy only where the lattice has one", () => {
    const a = 4;
    const three = structureOf(cube(a), [
      ["Ag", 0, 0, 0],
      ["Ag", 2, 2, 0],
      ["Pd", 2, 0, 2],
    ]);
    expect(rejected(mapStructure(three, fcc(a, ["Ag", "Pd"]))).code).toBe("volume");
    const result = mapStructure(three, fcc(a, ["Ag", "Pd", "Va"]));
    expect(counts(result)).toEqual({ Ag: 2, Pd: 1, Va: 1 });
    expect(result.report.vacancies).toEqual({ X: 1 });
  });

  test("vacancies that the file lists as atoms are vacancies", () => {
    const atoms: Atom[] = [
      ["Ag", 0, 0, 0],
      ["X", 2, 2, 0],
      ["Pd", 2, 0, 2],
      ["Ag", 0, 2, 2],
    ];
    const result = mapStructure(structureOf(cube(4), atoms), fcc(4, ["Ag", "Pd", "Va"]), {
      species: { X: "Va" },
    });
    expect(counts(result)).toEqual({ Ag: 2, Pd: 1, Va: 1 });
    expect(result.report.notes.join()).toContain("1 vacancies listed");
  });

  test("uniform scaling up to a quarter of the volume is strain, more is refused", () => {
    const lattice = fcc(4, ["Ag"]);
    const at = (scale: number) =>
      mapStructure(structureOf(fccCell(4 * scale), [["Ag", 0.3, 0.1, 0.7]]), lattice);
    const larger = accepted(at(1.07));
    expect(larger.report.strain!.volumeRatio).toBeCloseTo(1.07 ** 3, 9);
    expect(larger.report.strain!.shape).toBeCloseTo(0, 9);
    expect(rejected(at(1.1)).code).toBe("volume");
  });

  test("the shape strain is the deviation of the stretch from its isotropic part", () => {
    const stretch = [1.03, 0.99, 1.01];
    const cell = cube(4).map((x, i) => x * stretch[Math.floor(i / 3)]);
    const lattice = createParentLattice({
      cell: cube(4),
      coordinates: "fractional",
      sites: [{ name: "X", position: [0, 0, 0], species: ["A", "B"] }],
    });
    const { report } = accepted(mapStructure(structureOf(cell, [["A", 0, 0, 0]]), lattice));
    const isotropic = Math.cbrt(1.03 * 0.99 * 1.01);
    expect(report.strain!.shape).toBeCloseTo(Math.hypot(...stretch.map((x) => x / isotropic - 1)), 9);
  });

  test("a species that no site holds, and a composition that no cell can hold", () => {
    const lattice = perovskite(4);
    const atoms: Atom[] = [
      ["Sr", 0, 0, 0],
      ["Cu", 2, 2, 2],
      ["O", 2, 2, 0],
    ];
    expect(counts(mapStructure(structureOf(cube(4), atoms), lattice))).toEqual({ Sr: 1, Cu: 1, O: 1, Va: 2 });
    const foreign: Atom[] = [...atoms.slice(0, 2), ["F", 2, 2, 0]];
    const unknown = rejected(mapStructure(structureOf(cube(4), foreign), lattice));
    expect([unknown.code, unknown.reason]).toEqual(["species", expect.stringContaining("no site holds F")]);
    const excess: Atom[] = [...atoms, ["Cu", 1, 1, 1]];
    expect(rejected(mapStructure(structureOf(cube(4), excess), lattice)).code).toBe("composition");
  });

  test("two atoms that want one site are refused as such", () => {
    const atoms: Atom[] = [
      ["Sr", 0, 0, 0],
      ["Cu", 2, 2, 2],
      ["O", 2.2, 2, 0],
      ["O", 1.8, 2, 0],
    ];
    const result = rejected(mapStructure(structureOf(cube(4), atoms), perovskite(4)));
    expect(result.code).toBe("crowded");
    // The next free oxygen site is 2√2 Å from the one that both want; the rigid shift of four atoms takes a quarter.
    expect(result.report.largestDisplacement_A).toBeGreaterThan(1.9);
    expect(result.report.largestDisplacement_A).toBeLessThan(2.9);
  });

  test("an atom too far from every site is named with its distance", () => {
    const atoms: Atom[] = [
      ["Sr", 0, 0, 0],
      ["Sr", 4, 0, 0],
      ["Cu", 2, 2, 2],
      ["Cu", 6, 2, 2],
      ["O", 2, 2, 0],
      ["O", 6.6, 2.6, 0.6],
    ];
    const result = rejected(
      mapStructure(structureOf([8, 0, 0, 0, 4, 0, 0, 0, 4], atoms), perovskite(4), {
        max_displacement_A: 0.5,
      }),
    );
    expect(result.code).toBe("displacement");
    expect(result.reason).toContain("atom 6 (O)");
    // The rigid shift takes off a sixth of the one displacement of 0.6 √3 Å.
    expect(result.report.largestDisplacement_A).toBeCloseTo(0.6 * Math.sqrt(3) * (5 / 6), 6);
  });
});

test("a parent cell that is not primitive has equivalent shifts, which are no ambiguity", () => {
  const lattice = createParentLattice({
    cell: cube(4),
    coordinates: "cartesian",
    sites: [
      { name: "X1", position: [0, 0, 0], species: ["Ag", "Pd"], kind: "X" },
      { name: "X2", position: [0, 2, 2], species: ["Ag", "Pd"], kind: "X" },
      { name: "X3", position: [2, 0, 2], species: ["Ag", "Pd"], kind: "X" },
      { name: "X4", position: [2, 2, 0], species: ["Ag", "Pd"], kind: "X" },
    ],
  });
  const atoms: Atom[] = [
    ["Ag", 0, 0, 0],
    ["Ag", 2, 2, 0],
    ["Ag", 2, 0, 2],
    ["Pd", 0.1, 2, 2],
  ];
  expect(counts(mapStructure(structureOf(cube(4), atoms), lattice))).toEqual({ Ag: 3, Pd: 1 });
});

describe("supercell given in the study", () => {
  const lattice = fcc(4, ["Ag", "Pd"]);
  const conventional = structureOf(cube(4), [
    ["Ag", 0, 0, 0],
    ["Ag", 2, 2, 0],
    ["Ag", 2, 0, 2],
    ["Pd", 0, 2, 2],
  ]);

  test("is used as it stands", () => {
    const matrix = [-1, 1, 1, 1, -1, 1, 1, 1, -1];
    const result = mapStructure(conventional, lattice, { supercell: matrix });
    expect(accepted(result).configuration.supercell.matrix).toEqual(matrix);
    expect(counts(result)).toEqual({ Ag: 3, Pd: 1 });
  });

  test("and refused if the cell is another", () => {
    expect(rejected(mapStructure(conventional, lattice, { supercell: [4, 1, 1] })).code).toBe("strain");
    expect(rejected(mapStructure(conventional, lattice, { supercell: [2, 2, 2] })).code).toBe("composition");
  });
});

describe("species told by moments, formal charges and balance", () => {
  const lattice = rocksalt(5.4, ["Ce4+", "Ce3+"], ["O", "V"]);
  const atoms = rocksaltAtoms(5.4, "Ce", "O");
  const options = {
    vacancy: ["V"],
    magnetic: [
      {
        element: "Ce",
        states: [
          { species: "Ce3+", moment: [0.8, 1.1] as [number, number] },
          { species: "Ce4+", moment: [0, 0.3] as [number, number] },
        ],
      },
    ],
    charges: { V: 2, "Ce3+": -1 },
  };
  const withMoments = (moments: number[], missing = 1) =>
    structureOf(cube(5.4), atoms.slice(0, 8 - missing), {
      magneticMoments: Float64Array.from(moments.slice(0, 8 - missing)),
    });

  test("|moment| decides, whatever its sign, and the site is the atom's own", () => {
    const result = mapStructure(withMoments([0.97, -0.95, 0.01, -0.02, 0, 0, 0]), lattice, options);
    expect(counts(result)).toEqual({ "Ce4+": 2, "Ce3+": 2, O: 3, V: 1 });
    expect(result.report.charge).toBe(0);
  });

  test("a moment between the windows is ambiguous: refused, with the atom", () => {
    const result = rejected(mapStructure(withMoments([0.97, 0.55, 0, 0, 0, 0, 0]), lattice, options));
    expect(result.code).toBe("moment");
    expect(result.report.ambiguousAtoms).toEqual([{ atom: 1, element: "Ce", moment: 0.55 }]);
    expect(mappingLine(result)).toContain("atom 2 (Ce)");
  });

  test("no moments at all", () => {
    expect(rejected(mapStructure(structureOf(cube(5.4), atoms), lattice, options)).code).toBe("moment");
  });

  test("charges that do not add up", () => {
    const result = rejected(mapStructure(withMoments([0.97, 0, 0, 0, 0, 0, 0]), lattice, options));
    expect([result.code, result.report.charge]).toEqual(["charge", 1]);
    const required = mapStructure(withMoments([0.97, 0, 0, 0, 0, 0, 0]), lattice, {
      ...options,
      total_charge: 1,
    });
    expect(required.accepted).toBe(true);
  });

  test("formal charges of the file", () => {
    const rules = {
      vacancy: ["V"],
      oxidation_states: [
        { element: "Ce", charge: 3, species: "Ce3+" },
        { element: "Ce", charge: 4, species: "Ce4+" },
      ],
    };
    const withCharges = (first: number) =>
      structureOf(cube(5.4), atoms, { charges: Float64Array.of(first, 4, 4, 3, -2, -2, -2, -2) });
    expect(counts(mapStructure(withCharges(3), lattice, rules))).toEqual({ "Ce3+": 2, "Ce4+": 2, O: 4 });
    const other = rejected(mapStructure(withCharges(2), lattice, rules));
    expect([other.code, other.reason]).toEqual(["oxidation-state", expect.stringContaining("charge 2")]);
    expect(rejected(mapStructure(structureOf(cube(5.4), atoms), lattice, rules)).code).toBe(
      "oxidation-state",
    );
  });

  test("checkCharge adds all sites and knows its species", () => {
    const supercell = new Supercell(lattice, [2, 1, 1]);
    // Two cations, then two anions: Ce4+, Ce3+, O, V.
    const occupation = Uint8Array.of(0, 1, 0, 1);
    const formal = { "Ce4+": 4, "Ce3+": 3, O: -2 };
    expect(checkCharge({ supercell, occupation }, formal)).toEqual({ total: 5, balanced: false });
    expect(checkCharge({ supercell, occupation }, formal, 5).balanced).toBe(true);
    expect(() => checkCharge({ supercell, occupation }, { Pr: 3 })).toThrow('no site holds "Pr"');
  });
});

describe("options", () => {
  const lattice: ParentLattice = fcc(4, ["Ag", "Va"]);
  test.each([
    [{ vacancy: ["Vac"] }, "vacancy[0]"],
    [{ max_displacement_A: 2 }, "max_displacement_A"],
    [{ max_strain: 0 }, "max_strain"],
    [{ max_volume_change: Number.NaN }, "max_volume_change"],
    [{ charges: { Au: 1 } }, "charges.Au"],
    [{ oxidation_states: [{ element: "Ag", charge: 1, species: "Ag+" }] }, "oxidation_states[0].species"],
    [
      { magnetic: [{ element: "Ag", states: [{ species: "Ag", moment: [1, 0.5] as [number, number] }] }] },
      "magnetic[0].states[0].moment",
    ],
    [{ leave_out: { below_A: 3 } }, "leave_out.below_A"],
    [{ supercell: [1, 2] }, "supercell"],
  ])("%j is a fault of the study", (options, path) => {
    expect(() => mapStructure(structureOf(fccCell(4), [["Ag", 0, 0, 0]]), lattice, options)).toThrow(path);
  });
});

test("a dataset gives one result for each structure, in order, with the energy and the source", () => {
  const lattice = fcc(4, ["Ag", "Pd"]);
  const structures = ["Ag", "Au", "Pd"].map((name, i) =>
    structureOf(fccCell(4), [[name, 0, 0, 0]], {
      name: `s${i}`,
      energy: -i,
      source: { file: "f.xyz", line: 3 * i + 1 },
    }),
  );
  const results = [...mapDataset(structures, lattice)];
  expect(results.map((r) => [r.report.id, r.accepted])).toEqual([
    ["s0", true],
    ["s1", false],
    ["s2", true],
  ]);
  const { configuration } = accepted(results[2]);
  expect([configuration.energy, configuration.source.line, configuration.occupation[0]]).toEqual([-2, 7, 1]);
  // Both have the same translations, so what is built for a supercell is built once.
  expect(configuration.supercell).toBe(accepted(results[0]).configuration.supercell);
  expect(mappingLine(results[2])).toMatch(/^s2: mapped \| 1 cells .*0\.000 Å at most.*volume x 1\.0000/);
});
