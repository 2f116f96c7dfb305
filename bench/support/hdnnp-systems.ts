/** Potentials and structures whose speed in n2p2 is known, in ../shared/data/nn/reference. */
import { existsSync, readFileSync } from "node:fs";
import { readN2p2Data } from "../../src/data/formats/n2p2-data.ts";
import { ANGSTROM_EV, type FileUnits } from "../../src/data/formats/n2p2-units.ts";
import type { Structure } from "../../src/data/structure.ts";
import type { HdnnpModel } from "../../src/nn/hdnnp/model.ts";
import { readN2p2Potential } from "../../src/nn/n2p2/read-potential.ts";

const ROOT = "../shared/data/nn/reference";

/**
 * µs of CPU for an atom's energy and forces in n2p2 (v2.3.0-108-g61daa0df, gcc 12.2 -O3 -march=native, one core), measured on
 * the kind of machine that these benchmarks run on (EPYC, two cores).
 */
export const n2p2Systems = [
  { name: "cu2s", folder: "n2p2_predict/Cu2S_PBE", units: ANGSTROM_EV, n2p2: 239 },
  {
    name: "h2o",
    folder: "n2p2_predict/H2O_RPBE-D3",
    units: { length: "bohr", energy: "hartree" },
    n2p2: 250,
  },
  { name: "cu55", folder: "cu_clusters/cu_3_6.0_g3", units: ANGSTROM_EV, n2p2: 56 },
  { name: "cu309", folder: "cu_clusters/cu_5_8.0_g39", units: ANGSTROM_EV, n2p2: 1035 },
] as const satisfies readonly { name: string; folder: string; units: FileUnits; n2p2: number }[];

/** Where the data are absent; undefined where they are not. */
export function missingReference(): string | undefined {
  return existsSync(ROOT) ? undefined : ROOT;
}

export function referenceSystem({ folder, units }: (typeof n2p2Systems)[number]): {
  model: HdnnpModel;
  structure: Structure;
} {
  const file = `${ROOT}/${folder}/input.data`;
  return {
    model: readN2p2Potential(`${ROOT}/${folder}`, { units }),
    structure: readN2p2Data(readFileSync(file, "utf8"), file, { units }).structures[0],
  };
}
