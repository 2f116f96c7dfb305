/** Files that other programs wrote, against what is known of them independently. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { det3 } from "../../../src/core/linalg.ts";
import { parseCif } from "../../../src/data/formats/cif-parse.ts";
import { readExtxyz } from "../../../src/data/formats/extxyz.ts";
import { writeExtxyz } from "../../../src/data/formats/extxyz-write.ts";
import { readStructures } from "../../../src/data/formats/index.ts";
import { readPoscar } from "../../../src/data/formats/poscar.ts";
import { writePoscar } from "../../../src/data/formats/poscar-write.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { withoutSource } from "./arbitrary-structure.ts";
import { dataErrorOf } from "./errors-of.ts";

const data = "../shared/data";
const skip = !existsSync(data);
if (skip) console.warn(`skipped: tests of reference files, since ${data} is not here`);

const counts = (species: readonly string[]) => {
  const found = new Map<string, number>();
  for (const name of species) found.set(name, (found.get(name) ?? 0) + 1);
  return Object.fromEntries(found);
};
const csv = (path: string) => {
  const [head, ...rows] = readFileSync(join(data, path), "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, i) => [names[i], cell])));
};
const structuresOf = (path: string, options = {}) => readStructures(join(data, path), options).structures;
/** "Cu1O3Sr1" and "Ni4+:6 O2-:12" alike. */
const formulaOf = (text: string, pattern: RegExp) =>
  Object.fromEntries([...text.matchAll(pattern)].map(([, name, count]) => [name, Number(count)]));

describe.skipIf(skip)("reference POSCARs", () => {
  const folder = "reference/poscar";
  // Volumes by hand from the scale and the vectors of each file.
  it.each<[string, Record<string, number>, number]>([
    ["POSCAR_BCC", { Si: 1 }, 4 * 216],
    ["POSCAR_FCC", { Si: 1 }, 2 * 216],
    ["POSCAR_CUB", { Si: 1 }, 27],
    ["POSCAR_Diamond", { Si: 2 }, 16],
    ["POSCAR_Zincblende", { Ga: 1, As: 1 }, 16],
    ["POSCAR_Niccolite", { Ni: 2, As: 2 }, 27 * Math.sqrt(3)],
    ["POSCAR_FCC-tetra", { Zr: 1, H: 2 }, 4.821393 ** 3 / 4],
    ["POSCAR_BRONZE-TiO2", { Li: 10, Ti: 8, O: 16 }, 12.1787 * 3.7412 * 6.237992],
  ])("%s", (name, species, volume) => {
    const [structure] = structuresOf(`${folder}/${name}`);
    expect(counts(structure.species)).toEqual(species);
    // The files give nine digits.
    expect(Math.abs(det3(structure.cell))).toBeCloseTo(volume, 6);
  });

  it("reads them all, and what it writes reads back exactly", () => {
    const names = readdirSync(join(data, folder));
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const [structure] = structuresOf(`${folder}/${name}`);
      const back = readPoscar(writePoscar(structure), name).structures[0];
      expect([back.species, back.positions, back.cell]).toEqual([
        structure.species,
        structure.positions,
        structure.cell,
      ]);
    }
  });

  it("counts the palladium of the CONTCARs that their names tell", () => {
    for (const folder of ["iteration_1", "validation"]) {
      const path = `ce/pd-on-ceria111/contcar/${folder}`;
      for (const name of readdirSync(join(data, path))) {
        const [structure] = structuresOf(`${path}/${name}`);
        expect(counts(structure.species)).toEqual({ Ce: 32, O: 64, Pd: Number(/\d+/.exec(name)![0]) });
        expect(structure.info["atom.selective_dynamics"]).toHaveLength(3 * structure.species.length);
        // Ce-O distances of the slab are 2.3 to 2.4 Å: no two atoms are on each other.
        expect(smallestDistance(structure)).toBeGreaterThan(1.9);
      }
    }
  });
});

function smallestDistance({ positions, cell }: Structure): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < positions.length; i += 3)
    for (let j = i + 3; j < positions.length; j += 3)
      for (let n = 0; n < 9; n++) {
        const [a, b] = [Math.floor(n / 3) - 1, (n % 3) - 1];
        const d = [0, 1, 2].map((k) => positions[j + k] - positions[i + k] + a * cell[k] + b * cell[3 + k]);
        smallest = Math.min(smallest, Math.hypot(d[0], d[1], d[2]));
      }
  return smallest;
}

describe.skipIf(skip)("reference extended XYZ", () => {
  it.each(["ag-au-pyclupan", "srcuox-vacancies-pyclupan"])("%s agrees with its table", (folder) => {
    const rows = csv(`ce/${folder}/energies.csv`);
    for (const name of ["initial", "final"]) {
      const structures = structuresOf(`ce/${folder}/${name}.extxyz`);
      expect(structures.map((s) => s.name)).toEqual(rows.map((row) => row.id));
      expect(structures.map((s) => counts(s.species))).toEqual(
        rows.map((row) => formulaOf(row.formula, /([A-Z][a-z]?)(\d+)/g)),
      );
      if (name === "final")
        expect(structures.map((s) => s.energy)).toEqual(rows.map((row) => Number(row.e_fr_energy)));
    }
  });

  it("Ag-Pd agrees with its table, and only gives energies under a chosen key", () => {
    const path = "ce/ag-pd-icet/reference_data.extxyz";
    const rows = csv("ce/ag-pd-icet/reference_data.csv");
    const structures = structuresOf(path, { energyKey: "mixing_energy" });
    expect(structures.map((s) => [s.name, s.energy])).toEqual(
      rows.map((row) => [row.tag, Number(row.mixing_energy)]),
    );
    expect(structures.map((s) => s.species.filter((name) => name === "Pd").length)).toEqual(
      rows.map((row) => Number(row.nPd)),
    );
    expect(structuresOf(path).every((s) => s.energy === undefined)).toBe(true);
  });

  it("LiNiO2 agrees with its table, charges included", () => {
    const rows = csv("ce/linio2-smol/lno_entries.csv");
    const structures = structuresOf("ce/linio2-smol/lno_entries.extxyz");
    expect(structures.map((s) => s.energy)).toEqual(rows.map((row) => Number(row.energy_eV)));
    const charged = ({ species, charges }: Structure) =>
      counts(
        species.map((name, i) => {
          const size = Math.abs(charges![i]);
          return `${name}${size === 1 ? "" : size}${charges![i] < 0 ? "-" : "+"}`;
        }),
      );
    expect(structures.map(charged)).toEqual(
      rows.map((row) => formulaOf(row.composition, /([A-Z][a-z]?\d*[+-]):(\d+)/g)),
    );
  });

  it("reads clusters without a cell, and what it writes reads back exactly", () => {
    const clusters = structuresOf("clusters/mg-gupta/mg_gupta_minima.xyz");
    expect(clusters[0]).toMatchObject({ energy: -177.409533, periodic: [false, false, false] });
    for (const path of [
      "clusters/mg-gupta/mg_gupta_minima.xyz",
      "ce/srcuox-vacancies-pyclupan/final.extxyz",
    ]) {
      const structures = structuresOf(path);
      const back = readExtxyz(writeExtxyz(structures), path).structures;
      expect(back.map(withoutSource)).toEqual(structures.map(withoutSource));
    }
  });
});

describe.skipIf(skip)("reference CIFs", () => {
  const path = (name: string) => `reference/cif/${name}.cif`;

  // Formula units in the files, lattice parameters, and distances that the files list.
  it.each<[string, Record<string, number>, number]>([
    ["1011031", { Si: 4, C: 4 }, (Math.sqrt(3) / 4) * 4.358],
    ["2013551", { Mg: 1, I: 2 }, 2.9183],
    ["2242624", { Fe: 1, N: 4 }, 1.277],
  ])("%s", (name, species, nearest) => {
    const { structures, warnings } = readStructures(join(data, path(name)));
    expect(counts(structures[0].species)).toEqual(species);
    // Listed bonds have three or four digits.
    expect(nearestNeighbour(structures[0])).toBeCloseTo(nearest, 2);
    expect(warnings).toEqual([]);
  });

  it("agrees with the multiplicity that the file states for every site of SiC, and its charges", () => {
    const [sic] = structuresOf(path("1011031"));
    expect([...sic.charges!]).toEqual([4, 4, 4, 4, -4, -4, -4, -4]);
  });

  it("flags the disordered chloride, and keeps it when asked", () => {
    expect(dataErrorOf(() => structuresOf(path("4003024")))).toMatch(/Sn2 \(0.9\), In \(0.0672\)/);
    const [structure] = structuresOf(path("4003024"), { partialOccupancies: "keep" });
    expect(counts(structure.species)).toEqual({ Cs: 1, Sn: 1, Cl: 3, In: 1 });
  });

  it.each(["SO3", "cc12-hkl", "ener_lib", "eol-test", "misc"])("%s parses, but holds no crystal", (name) => {
    expect(dataErrorOf(() => structuresOf(path(name)))).toMatch(/no crystal structure/);
  });

  it("reads the values of the quoting and number cases", () => {
    const blocks = parseCif(readFileSync(join(data, path("misc")), "utf8"), "misc.cif");
    expect(blocks.map((block) => block.name)).toEqual(["Strings", "numbers", "loops", "frames"]);
    const texts = Object.fromEntries([...blocks[0].items].map(([tag, { text }]) => [tag, text]));
    expect(texts).toMatchObject({
      _singleq: "str",
      _doubleq: "str",
      _in_next_line: "str",
      _with_hash: "s#t#r#",
      _semicolonq: "str",
    });
    expect(blocks[2].loops[0].rows.map((row) => row.map(({ text }) => text))).toEqual([
      ["1", "0", "1"],
      ["4.1", "3.2", "2.0"],
    ]);
    expect(blocks[2].loops[1].rows.map(([{ text }]) => text)).toEqual(["tomato", "carrot", "ginger"]);
    expect(blocks[3].frames.map((frame) => frame.name)).toEqual(["fr", "anoTHer"]);
  });
});

function nearestNeighbour({ positions, cell }: Structure): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < positions.length; i += 3)
    for (let j = 0; j < positions.length; j += 3)
      for (let n = 0; n < 27; n++) {
        const shift = [Math.floor(n / 9) - 1, (Math.floor(n / 3) % 3) - 1, (n % 3) - 1];
        const d = [0, 1, 2].map(
          (k) =>
            positions[j + k] -
            positions[i + k] +
            shift[0] * cell[k] +
            shift[1] * cell[3 + k] +
            shift[2] * cell[6 + k],
        );
        const length = Math.hypot(d[0], d[1], d[2]);
        if (length > 1e-6) nearest = Math.min(nearest, length);
      }
  return nearest;
}
