/** From the energies of a file to those of whole supercells, by `data.energy_per`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { loadTrainingData } from "../../src/workflows/configurations.ts";
import { latticeOfStudy } from "../../src/workflows/study-lattice.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-energies-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(data: string, files: Record<string, string>) {
  const study = `
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 3]]
  sites:
    - { name: M, position: [0, 0, 0], species: [Cu] }
    - { name: O, position: [0.5, 0.5, 0.5], species: [O, Va] }
data: ${data}
`;
  for (const [name, text] of Object.entries({ ...files, "study.yaml": study }))
    writeFileSync(join(folder, name), text);
  const loaded = loadStudy(join(folder, "study.yaml"));
  const { configurations } = loadTrainingData(loaded, latticeOfStudy(loaded.study), () => {
    throw new Error("no model is needed");
  });
  return configurations.map(({ energy }) => energy);
}

test("an empty site that the file writes as X is no atom", () => {
  const header = 'Lattice="6 0 0 0 3 0 0 0 3" Properties=species:S:1:pos:R:3 energy=-2';
  const atoms = "Cu 0 0 0\nCu 3 0 0\nO 1.5 1.5 1.5\n";
  const text = `4\n${header}\n${atoms}X 4.5 1.5 1.5\n3\n${header}\n${atoms}`;
  const energies = load("{ structures: { files: [s.extxyz] }, energy_per: atom }", { "s.extxyz": text });
  expect(energies).toEqual([-6, -6]);
});

test("an energy per vacancy of a crystal without one is refused, unless it is zero", () => {
  const data = "{ table: { file: t.csv }, energy_per: Va }";
  const table = (perfect: string) =>
    `id,supercell,occupants,energy_eV\ntwo,"2,2,1","Va@O[0,0,0]; Va@O[1,1,0]",1.5\nperfect,"1,1,1",,${perfect}\n`;
  expect(load(data, { "t.csv": table("0") })).toEqual([3, 0]);
  expect(() => load(data, { "t.csv": table("-7.5") })).toThrow(
    /t\.csv:3: perfect: its energy is -7\.5 eV per Va, but it holds no Va/,
  );
});
