/** Occupations come back from the files that show them as atoms. */
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { occupationOfAtoms } from "../../src/data/configuration-atoms.ts";
import { structureOfConfiguration } from "../../src/data/configuration-structure.ts";
import { readExtxyz } from "../../src/data/formats/extxyz.ts";
import { writeExtxyz } from "../../src/data/formats/extxyz-write.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { ceriaLattice } from "../mc/ceria.ts";

const supercell = new Supercell(ceriaLattice(), [4, 0, 0, 1, 3, 0, 0, 0, 1]);
const occupation = Uint8Array.from({ length: supercell.numSites }, (_, i) => ((i * i) % 7 < 2 ? 1 : 0));
const atoms = structureOfConfiguration(
  { id: "a", supercell, occupation, energy: -1.5 },
  { vacancies: ["V"], absent: "dummy" },
);

function failure(change: (species: string[], positions: Float64Array) => void): EcitonError {
  const species = [...atoms.species];
  const positions = atoms.positions.slice();
  change(species, positions);
  try {
    occupationOfAtoms({ ...atoms, species, positions }, supercell, ["V"]);
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    return error as EcitonError;
  }
  throw new Error("it did not fail");
}

describe("occupationOfAtoms", () => {
  it("undoes writing to extended XYZ: vacancies by X, Ce3+ and Ce4+ by charges", () => {
    const { structures } = readExtxyz(writeExtxyz([atoms]), "a.extxyz");
    expect(occupationOfAtoms(structures[0], supercell, ["V"])).toEqual(occupation);
    expect(new Set(occupation).size).toBe(2);
  });

  it("names atoms that stand nowhere, twice in one place, or where they may not", () => {
    expect(failure((_, positions) => (positions[0] += 0.3)).message).toMatch(
      /atom 1 \(O\) stands on no site/,
    );
    expect(failure((_, positions) => positions.copyWithin(3, 0, 3)).message).toMatch(/atom 2 .* no site/);
    expect(failure((species) => (species[0] = "N")).message).toMatch(/which allows O, V/);
    expect(failure((species) => species.pop()).message).toMatch(/expected 60 atoms.*found 59/);
  });
});
