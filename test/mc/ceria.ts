/** The five active sites of CeO2(111) and the published interactions, for tests and benchmarks. */
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../../src/clusters/expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";

const L = 15.45 / 4;
const d = (L * Math.SQRT2) / Math.sqrt(3);

export function ceriaLattice(): ParentLattice {
  const third = L / (2 * Math.sqrt(3));
  const oxygen = (name: string, position: [number, number, number]) => ({
    name,
    kind: "O",
    layer: name,
    position,
    species: ["O", "V"],
    labels: { V: `V${name}` },
  });
  const cerium = (name: string, position: [number, number, number]) => ({
    name,
    kind: "Ce",
    layer: name,
    position,
    species: ["Ce4+", "Ce3+"],
    labels: { "Ce3+": name },
  });
  return createParentLattice({
    cell: [L, 0, 0, L / 2, (L * Math.sqrt(3)) / 2, 0, 0, 0, 25],
    periodic: [true, true, false],
    coordinates: "cartesian",
    sites: [
      oxygen("O1", [-L / 2, -third, d / 4]),
      cerium("Ce1", [0, 0, 0]),
      oxygen("O2", [-L / 2, third, -d / 4]),
      oxygen("O3", [0, 0, (-3 * d) / 4]),
      cerium("Ce2", [-L / 2, third, -d]),
    ],
  });
}

/**
 * eV; "Decoupling many-body interactions in the CeO2(111) oxygen vacancy structure with statistical learning and
 * cluster expansion", text. VO1VO3_2N and VO2Ce2_2N are not in the text and are assumed.
 */
export const publishedTerms: Readonly<Record<string, number>> = {
  VO1: 0.4,
  VO2: 0.22,
  VO3: 0.43,
  Ce1: 0.82,
  Ce2: 1.03,
  VO1VO2_1N: 0.28,
  VO2VO3_1N: 0.19,
  VO2VO3_5N: -0.16,
  Ce1Ce1_1N: 0.13,
  Ce2Ce2_1N: 0.06,
  VO2Ce1_2N: -0.1,
  VO3Ce2_2N: -0.08,
  VO1Ce1_2N: -0.05,
  VO1VO3_2N: 0.23,
  VO2Ce2_2N: -0.01,
};

export function publishedExpansion(): ClusterExpansion {
  const lattice = ceriaLattice();
  const { orbits } = buildPool(lattice, "indicator", { 2: 6.2 });
  const terms = Object.entries(publishedTerms).map(([label, coefficient]) => {
    const orbit = orbits.find((candidate) => candidate.label === label);
    if (!orbit) throw new Error(`the pool has no cluster ${label}`);
    return { ...orbit, coefficient };
  });
  return { lattice, basis: "indicator", terms };
}

/** The published model on a supercell, with n vacancies and 2n Ce3+ as counts[group][species]. */
export function publishedCeria(cells: readonly [number, number, number], vacancies: number) {
  const expansion = publishedExpansion();
  const { lattice } = expansion;
  const supercell = new Supercell(lattice, cells);
  const groups = exchangeGroups(lattice);
  const oxygen = 3 * supercell.numCells;
  const cerium = 2 * supercell.numCells;
  const counts = [
    [oxygen - vacancies, vacancies],
    [cerium - 2 * vacancies, 2 * vacancies],
  ];
  return {
    expansion,
    lattice,
    supercell,
    groups,
    counts,
    model: new CompiledExpansion(expansion, supercell),
  };
}
