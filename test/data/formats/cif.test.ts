import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { det3, mul3, transpose3 } from "../../../src/core/linalg.ts";
import { readCif } from "../../../src/data/formats/cif.ts";
import { writeCif } from "../../../src/data/formats/cif-write.ts";
import { periodicStructure } from "./arbitrary-structure.ts";
import { dataErrorOf } from "./errors-of.ts";

const cubic = (edge: number) =>
  ["a", "b", "c"]
    .map((x) => `_cell_length_${x} ${edge}`)
    .concat(["alpha", "beta", "gamma"].map((x) => `_cell_angle_${x} 90`));
const sites = (...rows: string[]) => [
  "loop_",
  "_atom_site_label",
  "_atom_site_fract_x",
  "_atom_site_fract_y",
  "_atom_site_fract_z",
  ...rows,
];
const typedSites = (extra: string[], ...rows: string[]) => [
  ...sites("_atom_site_type_symbol", ...extra.map((tag) => `_atom_site_${tag}`), ...rows),
];
const cif = (...parts: (string | string[])[]) => `${["data_test", ...parts.flat()].join("\n")}\n`;
const read = (text: string, options = {}) => readCif(text, "C", options);
const one = (text: string, options = {}) => read(text, options).structures[0];
const errorOf = (text: string, options = {}) => dataErrorOf(() => read(text, options));
const P1 = "_space_group_IT_number 1";
const counts = (species: readonly string[]) => {
  const found: Record<string, number> = {};
  for (const name of species) found[name] = (found[name] ?? 0) + 1;
  return found;
};

describe("CIF structures", () => {
  it("reads a P1 cell, uncertainties dropped", () => {
    const text = cif(
      cubic(4).join("\n").replaceAll(" 4", " 4.00(2)"),
      P1,
      sites("Sr1 0 0 0", "Ti1 0.5000(3) .5 .5"),
    );
    const { structures, warnings } = read(text);
    expect(structures[0].species).toEqual(["Sr", "Ti"]);
    expect([...structures[0].cell]).toEqual([4, 0, 0, 0, 4, 0, 0, 0, 4]);
    expect([...structures[0].positions]).toEqual([0, 0, 0, 2, 2, 2]);
    expect(structures[0].name).toBe("test");
    expect(structures[0].info["atom.label"]).toEqual(["Sr1", "Ti1"]);
    expect(warnings).toEqual([]);
  });

  it("builds the cell of the edges and angles", () => {
    const [a, b, c, alpha, beta, gamma] = [3, 4, 5, 75, 95, 112];
    const text = cif(
      `_cell_length_a ${a}`,
      `_cell_length_b ${b}`,
      `_cell_length_c ${c}`,
      `_cell_angle_alpha ${alpha}`,
      `_cell_angle_beta ${beta}`,
      `_cell_angle_gamma ${gamma}`,
      P1,
      sites("O1 0 0 0"),
    );
    const { cell } = one(text);
    const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
    const metric = [a * a, a * b * cos(gamma), a * c * cos(beta), 0, b * b, b * c * cos(alpha), 0, 0, c * c];
    const found = mul3(cell, transpose3(cell));
    // Rounding of products of size 25.
    for (const i of [0, 1, 2, 4, 5, 8]) expect(found[i]).toBeCloseTo(metric[i], 12);
    expect(det3(cell)).toBeGreaterThan(0);
    expect(errorOf(text.replace("alpha 75", "alpha 10"))).toMatch(/^C:1: no cell has the angles 10, 95, 112/);
    expect(errorOf(text.replace("alpha 75", "alpha 190"))).toMatch(
      /^C:5: _cell_angle_alpha: expected 0 to 180/,
    );
    expect(errorOf(text.replace("length_b 4", "length_b -4"))).toMatch(
      /^C:3: _cell_length_b: expected a positive/,
    );
    expect(errorOf(text.replace("_cell_length_b 4\n", ""))).toMatch(/^C:1: _cell_length_b is missing/);
    expect(read(`${text}_cell_volume 99`).warnings.join()).toMatch(/_cell_volume is 99/);
  });

  it("reads charges of type symbols, or from the table of oxidation numbers", () => {
    const symbols = (...types: string[]) =>
      one(cif(cubic(9), P1, typedSites([], ...types.map((type, i) => `s${i} 0 0 0.${i} ${type}`))));
    const charged = symbols("Ce3+", "O2-", "Na+", "Fe+2", "CL-", "Fe0+");
    expect(charged.species).toEqual(["Ce", "O", "Na", "Fe", "Cl", "Fe"]);
    expect([...charged.charges!]).toEqual([3, -2, 1, 2, -1, 0]);
    expect(symbols("Ce", "O").charges).toBeUndefined();
    const table = ["loop_", "_atom_type_symbol", "_atom_type_oxidation_number", "Ce 4", "O -2"];
    expect([...one(cif(cubic(9), P1, table, sites("Ce1 0 0 0", "O1 0 0 .5"))).charges!]).toEqual([4, -2]);
    const some = read(cif(cubic(9), P1, typedSites([], "a 0 0 0 Ce3+", "b 0 0 .5 O")));
    expect(some.structures[0].charges).toBeUndefined();
    expect(some.warnings.join()).toMatch(/charges are left out/);
    expect(errorOf(cif(cubic(9), P1, typedSites([], "a 0 0 0 Xq")))).toMatch(
      /^C:15: type symbol: .*found "Xq"/,
    );
  });

  it("takes elements from labels only where one reading is possible", () => {
    const species = (label: string, formula = "?") =>
      one(cif(cubic(9), P1, `_chemical_formula_sum ${formula}`, sites(`${label} 0 0 0`))).species[0];
    expect(species("Ce1")).toBe("Ce");
    expect(species("O1A")).toBe("O");
    expect(species("OW1")).toBe("O");
    expect(species("AL2")).toBe("Al");
    expect(species("CE1", "'Ce O2'")).toBe("Ce");
    expect(species("CA1", "'C2 H6'")).toBe("C");
    expect(() => species("CE1")).toThrow(/C:15: which element is "CE1"\? It may be Ce or C/);
    expect(() => species("Q1")).toThrow(/It begins with none/);
  });

  it("skips dummy sites and refuses unknown coordinates", () => {
    const flag = typedSites(["calc_flag"], "O1 0 0 0 O d", "Q1 ? ? ? O dum");
    const { structures, warnings } = read(cif(cubic(4), P1, flag));
    expect(structures[0].species).toEqual(["O"]);
    expect(warnings.join()).toMatch(/dummy site Q1 is skipped/);
    expect(errorOf(cif(cubic(4), P1, sites("O1 0 ? 0")))).toMatch(
      /^C:14: fractional y of site O1: .*found "\?"/,
    );
    expect(errorOf(cif(cubic(4), P1, sites("O1 0 nan 0")))).toMatch(/^C:14: .*found "nan"/);
    expect(errorOf(cif(cubic(4), P1, sites()))).toMatch(/^C:9: there are no sites/);
  });

  it("refuses partial occupancies unless they are to be kept", () => {
    const text = cif(
      cubic(4),
      P1,
      typedSites(["occupancy"], "Sn1 0 0 0 Sn 0.9", "In1 0 0 0 In 0.1", "Cl1 0.5 0 0 Cl 1"),
    );
    expect(errorOf(text)).toMatch(/^C:16: sites occupied in part: Sn1 \(0.9\), In1 \(0.1\)/);
    const structure = one(text, { partialOccupancies: "keep" });
    expect(structure.species).toEqual(["Sn", "In", "Cl"]);
    expect(structure.info["atom.occupancy"]).toEqual([0.9, 0.1, 1]);
    expect(errorOf(text.replace("Cl 1", "Cl 1.2"))).toMatch(
      /^C:18: site Cl1: expected an occupancy .* found 1.2/,
    );
    expect(errorOf(text.replace("Cl 1", "Cl 0"))).toMatch(/found 0$/);
  });

  it("reads every block with a structure, or the one asked for", () => {
    const block = (name: string, symbol: string) =>
      cif(cubic(4), P1, sites(`${symbol}1 0 0 0`)).replace("data_test", `data_${name}`);
    const text = `data_global\n_author 'A B'\n${block("one", "O")}${block("two", "Ce")}`;
    expect(read(text).structures.map((s) => [s.name, s.species[0], s.source.line])).toEqual([
      ["one", "O", 3],
      ["two", "Ce", 17],
    ]);
    expect(read(text).warnings).toEqual(["C: data blocks without a structure: global"]);
    expect(read(text, { block: "two" })).toMatchObject({ structures: [{ species: ["Ce"] }], warnings: [] });
    expect(errorOf(text, { block: "three" })).toMatch(/no data block "three"; there are global, one, two/);
    expect(errorOf("data_global\n_author x\n")).toMatch(/^C:1: no crystal structure: .*\(global\)/);
  });
});

describe("CIF symmetry", () => {
  const operations = (...texts: string[]) => [
    "loop_",
    "_symmetry_equiv_pos_as_xyz",
    ...texts.map((text) => `'${text}'`),
  ];

  it("applies the operations of the file and merges special positions", () => {
    const text = cif(cubic(4), operations("x,y,z", "-x,-y,-z"), sites("Ce1 0 0 0", "O1 0.2 0.3 0.4"));
    const structure = one(text);
    expect(structure.species).toEqual(["Ce", "O", "O"]);
    expect(structure.positions[6]).toBeCloseTo(3.2, 14);
  });

  it("reads numbered loops of the newer dictionary, and a single operation outside a loop", () => {
    const numbered = [
      "loop_",
      "_space_group_symop_id",
      "_space_group_symop_operation_xyz",
      "1 x,y,z",
      "2 -x,y,-z",
    ];
    expect(one(cif(cubic(4), numbered, sites("O1 0.1 0 0.2"))).species).toHaveLength(2);
    expect(one(cif(cubic(4), "_symmetry_equiv_pos_as_xyz 'x,y,z'", sites("O1 0 0 0"))).species).toHaveLength(
      1,
    );
  });

  it("refuses incomplete lists, operations that the cell does not have, and images listed twice", () => {
    expect(errorOf(cif(cubic(4), operations("x,y,z", "y,z,x"), sites("O1 0 0 0")))).toMatch(
      /^C:8: .*not a group/,
    );
    const hexagonal = operations("x,y,z", "-y,x-y,z", "-x+y,-x,z");
    expect(errorOf(cif(cubic(4), hexagonal, sites("O1 0 0 0")))).toMatch(/^C:8: .*do not keep the lengths/);
    const twice = cif(cubic(4), operations("x,y,z", "-x,-y,-z"), sites("O1 .1 .2 .3", "O2 .9 .8 .7"));
    expect(errorOf(twice)).toMatch(/^C:18: sites O1 \(line 17\) and O2 come to lie on each other/);
  });

  it("refuses to decide close calls next to a special position", () => {
    const fourfold = operations("x,y,z", "-y,x,z", "-x,-y,z", "y,-x,z");
    const text = cif(cubic(5), fourfold, sites("O1 0.006 0.003 0.2"));
    expect(errorOf(text)).toMatch(/^C:19: site O1 lies about 0.05 Å from a special position/);
    // Images are 0.047 and 0.067 Å apart.
    expect(one(text, { mergeDistance: 0.1 }).species).toHaveLength(1);
    expect(one(text, { mergeDistance: 0.01 }).species).toHaveLength(4);
  });

  // Multiplicities from the International Tables, volume A.
  const named = (cell: string[], names: string[], ...rows: string[]) => one(cif(cell, names, sites(...rows)));
  const hexagonalCell = (a: number, c: number) =>
    cubic(a).map((line) => line.replace(/_c \d.*/, `_c ${c}`).replace("gamma 90", "gamma 120"));

  it("finds the operations of a named group", () => {
    const fluorite = named(
      cubic(5.41),
      ["_symmetry_space_group_name_H-M 'F m -3 m'"],
      "Ce1 0 0 0",
      "O1 .25 .25 .25",
    );
    expect(counts(fluorite.species)).toEqual({ Ce: 4, O: 8 });
    const perovskite = named(
      cubic(3.9),
      ["_space_group_IT_number 221"],
      "Sr1 0 0 0",
      "Ti1 .5 .5 .5",
      "O1 .5 .5 0",
    );
    expect(counts(perovskite.species)).toEqual({ Sr: 1, Ti: 1, O: 3 });
    const wurtzite = named(
      hexagonalCell(3.25, 5.2),
      ["_symmetry_space_group_name_Hall 'P 6c -2c'"],
      "Zn1 .3333 .6667 0",
      "O1 .3333 .6667 .38",
    );
    expect(counts(wurtzite.species)).toEqual({ Zn: 2, O: 2 });
  });

  it("puts the atoms of R-3c corundum where they are: Al 12c, O 18e, hexagonal axes", () => {
    const structure = named(
      hexagonalCell(4.759, 12.99),
      ["_symmetry_space_group_name_H-M 'R -3 c'"],
      "Al1 0 0 0.352",
      "O1 0.306 0 0.25",
    );
    expect(counts(structure.species)).toEqual({ Al: 12, O: 18 });
    // Each Al has six O within 2 Å (1.86 and 1.97 Å in corundum): the rotations are the right way round.
    const at = (i: number) => structure.positions.subarray(3 * i, 3 * i + 3);
    let near = 0;
    for (let o = 12; o < 30; o++)
      for (let n = 0; n < 27; n++) {
        const shift = [Math.floor(n / 9) - 1, (Math.floor(n / 3) % 3) - 1, (n % 3) - 1];
        const image = [0, 1, 2].map(
          (k) =>
            at(o)[k] +
            shift[0] * structure.cell[k] +
            shift[1] * structure.cell[3 + k] +
            shift[2] * structure.cell[6 + k],
        );
        if (Math.hypot(image[0] - at(0)[0], image[1] - at(0)[1], image[2] - at(0)[2]) < 2) near++;
      }
    expect(near).toBe(6);
  });

  it("never guesses origins or axes", () => {
    const spinel = (name: string) =>
      named(cubic(8.08), [`_symmetry_space_group_name_H-M '${name}'`], "Mg1 .125 .125 .125");
    // Tetrahedral sites: 8a of origin choice 2, but 16c of origin choice 1.
    expect(spinel("F d -3 m :2").species).toHaveLength(8);
    expect(spinel("F d -3 m :1").species).toHaveLength(16);
    expect(() => spinel("F d -3 m")).toThrow(/C:8: .*several settings.*"F 4d 2 3 -1d", "-F 4vw 2vw 3"/);
    const monoclinic = (name: string) =>
      named(
        cubic(4).map((line) => line.replace("beta 90", "beta 110")),
        [name],
        "O1 .1 .2 .3",
      ).positions;
    expect(monoclinic("_symmetry_space_group_name_H-M 'P 21/c'")).toHaveLength(12);
    expect(monoclinic("_symmetry_space_group_name_H-M 'P 1 21/n 1'")).not.toEqual(
      monoclinic("_symmetry_space_group_name_H-M 'P 21/c'"),
    );
    expect(() => monoclinic("_space_group_IT_number 14")).toThrow(/several settings/);
    expect(() => monoclinic("_symmetry_space_group_name_H-M 'F m -3 m'")).toThrow(
      /cell does not have the symmetry/,
    );
    expect(() => monoclinic("_symmetry_space_group_name_H-M 'X 2'")).toThrow(
      /no space group is known by X 2/,
    );
    expect(() => monoclinic("_space_group_IT_number 231")).toThrow(/expected 1 to 230, found 231/);
    expect(() => monoclinic("_space_group_IT_number 14\n_symmetry_space_group_name_H-M 'F m -3 m'")).toThrow(
      /no space group is known by F m -3 m, 14/,
    );
  });

  it("does not fall back on the number when a symbol is unknown", () => {
    const triclinic = cubic(4).map((line) => line.replace("90", "85"));
    const text = (symbol: string) =>
      cif(
        triclinic,
        "_space_group_IT_number 2",
        `_symmetry_space_group_name_H-M '${symbol}'`,
        sites("O1 .1 .2 .3"),
      );
    expect(one(text("P -1")).species).toHaveLength(2);
    // P -1 with a centred cell has twice the atoms.
    expect(errorOf(text("C -1"))).toMatch(/^C:9: no space group is known by C -1, 2; write the operations/);
  });

  it("tells rhombohedral from hexagonal axes by the cell", () => {
    const rhombohedral = cubic(5).map((line) => line.replace("90", "55"));
    const name = ["_symmetry_space_group_name_H-M 'R -3 m'"];
    expect(named(rhombohedral, name, "Bi1 .2 .2 .2").species).toHaveLength(2);
    expect(named(hexagonalCell(4.5, 11.8), name, "Bi1 0 0 .2").species).toHaveLength(6);
    expect(
      named(hexagonalCell(4.5, 11.8), ["_symmetry_space_group_name_H-M 'R -3 m H'"], "Bi1 0 0 .2").species,
    ).toHaveLength(6);
  });

  it("says when it takes a file without symmetry as P 1, and when the formula does not fit", () => {
    expect(read(cif(cubic(4), sites("O1 0 0 0"))).warnings.join()).toMatch(/taken as all there are \(P 1\)/);
    const formula = ["_chemical_formula_sum 'Ce O2'", "_cell_formula_units_Z 1"];
    expect(read(cif(cubic(4), P1, formula, sites("Ce1 0 0 0", "O1 0 0 .5"))).warnings.join()).toMatch(
      /should hold "Ce O2" 1 times; it holds 1 O/,
    );
  });
});

describe("writeCif", () => {
  it("reads back with the same species, charges and distances", () => {
    const crystals = periodicStructure.map((structure) => ({
      ...structure,
      species: structure.species.map((_, i) => (i % 2 ? "O" : "Ce")),
      charges: Float64Array.from(structure.species, (_, i) => (i % 2 ? -2 : 3.5)),
      // Apart from each other, so that no two atoms coincide.
      positions: Float64Array.from(
        structure.positions,
        (_, i) => 0.45 * structure.cell[0] * ((i * 0.137 + Math.floor(i / 3) * 0.31) % 1),
      ),
    }));
    fc.assert(
      fc.property(crystals, (structure) => {
        // Flat cells amplify the rounding of their angles.
        fc.pre(det3(structure.cell) > 1);
        const back = one(writeCif(structure), { mergeDistance: 1e-6 });
        expect(back.species).toEqual(structure.species);
        expect(back.charges).toEqual(structure.charges);
        const wanted = mul3(structure.cell, transpose3(structure.cell));
        const found = mul3(back.cell, transpose3(back.cell));
        // Angles near 0 lose half the digits in acos.
        found.forEach((x, i) => {
          expect(Math.abs(x - wanted[i])).toBeLessThan(1e-6);
        });
      }),
    );
  });

  it("refuses left-handed cells and species that are no elements", () => {
    const structure = one(cif(cubic(4), P1, sites("O1 0 0 0")));
    const refuse = (change: object) => dataErrorOf(() => writeCif({ ...structure, ...change }));
    expect(refuse({ cell: Float64Array.of(-4, 0, 0, 0, 4, 0, 0, 0, 4) })).toMatch(/left-handed/);
    expect(refuse({ species: ["Va"] })).toMatch(/"Va" is not an element/);
  });
});
