/**
 * The mlearn benchmark (Zuo et al., J. Phys. Chem. A 124, 731 (2020)) as structures: pymatgen's JSON, eV, Å, kB. Used by
 * tests alone.
 */
import { existsSync, readFileSync } from "node:fs";
import { stressFromKbar } from "../../src/data/formats/vasp-values.ts";
import { checkStructure, type Structure } from "../../src/data/structure.ts";

const folder = "../shared/data/nn/mlearn";

export type MlearnElement = "Mo" | "Si";
export type MlearnPart = "training" | "test";

export function hasMlearn(): boolean {
  return existsSync(folder);
}

/**
 * Which numbers of virial_stress are xy, yz, xz. Both from the sheared cells of the group Elastic, whose largest component off
 * the diagonal must be that of the shear: Si has VASP's order XX YY ZZ XY YZ ZX, Mo that with the last two exchanged.
 */
const offDiagonal: Readonly<Record<MlearnElement, readonly [xy: number, yz: number, xz: number]>> = {
  Mo: [3, 5, 4],
  Si: [3, 4, 5],
};

interface Entry {
  readonly group: string;
  readonly description: string;
  readonly structure: {
    readonly lattice: { readonly matrix: number[][] };
    readonly sites: readonly {
      readonly species: readonly { readonly element: string }[];
      readonly xyz: number[];
    }[];
  };
  readonly outputs: {
    readonly energy: number;
    readonly forces: number[][];
    /** VASP's sign: positive under pressure. */
    readonly virial_stress: number[];
  };
}

/** With the group (AIMD-NVT, Elastic, Surface, Vacancy) as info.class. */
export function mlearnStructures(element: MlearnElement, part: MlearnPart): Structure[] {
  const file = `${folder}/${element}/${part}.json`;
  const entries = JSON.parse(readFileSync(file, "utf8")) as Entry[];
  const [xy, yz, xz] = offDiagonal[element];
  return entries.map(({ group, description, structure, outputs }) => {
    const s = outputs.virial_stress;
    return checkStructure({
      cell: Float64Array.from(structure.lattice.matrix.flat()),
      periodic: [true, true, true],
      species: structure.sites.map((site) => site.species[0].element),
      positions: Float64Array.from(structure.sites.flatMap((site) => site.xyz)),
      energy: outputs.energy,
      forces: Float64Array.from(outputs.forces.flat()),
      stress: stressFromKbar([s[0], s[xy], s[xz], s[xy], s[1], s[yz], s[xz], s[yz], s[2]]),
      name: description,
      info: { class: group },
      source: { file, line: null },
    });
  });
}
