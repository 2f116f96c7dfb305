/** Mapping of published structures: ../shared/data/ce, not part of the project. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { speciesCounts } from "../../src/data/configuration.ts";
import { readExtxyz } from "../../src/data/formats/extxyz.ts";
import { readPoscar } from "../../src/data/formats/poscar.ts";
import { areEquivalent } from "../../src/data/mapping/equivalence.ts";
import { mapDataset } from "../../src/data/mapping/map-structure.ts";
import { type MappingResult, mappingLine } from "../../src/data/mapping/report.ts";
import type { Structure } from "../../src/data/structure.ts";
import { createParentLattice, type SiteInput } from "../../src/lattice/parent-lattice.ts";
import { findSymmetry } from "../../src/lattice/symmetry.ts";

const root = "../shared/data/ce";
const missing = !existsSync(root);
if (missing) console.warn(`skipped: ${root} is absent`);

const read = (path: string) => readExtxyz(readFileSync(`${root}/${path}`, "utf8"), path).structures;

const fccLattice = (a: number, species: string[]) =>
  createParentLattice({
    cell: [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
    coordinates: "fractional",
    sites: [{ name: "X", position: [0, 0, 0], species }],
  });

function accepted(results: readonly MappingResult[]) {
  const refused = results.filter((result) => !result.accepted);
  expect(refused.map(mappingLine)).toEqual([]);
  return results.flatMap((result) => (result.accepted ? [result] : []));
}

describe.skipIf(missing)("published structures", () => {
  test("Ag-Pd: 625 ideal structures, their own composition", () => {
    const structures = read("ag-pd-icet/reference_data.extxyz");
    const start = performance.now();
    const results = accepted([...mapDataset(structures, fccLattice(4.09, ["Ag", "Pd"]))]);
    const seconds = (performance.now() - start) / 1000;
    console.log(`Ag-Pd: ${structures.length} structures mapped in ${seconds.toFixed(2)} s`);
    expect(results.length).toBe(625);
    results.forEach(({ configuration, report }, i) => {
      const { species, info } = structures[i];
      expect(report.numCells).toBe(species.length);
      expect(report.largestDisplacement_A).toBeLessThan(1e-6);
      const palladium = speciesCounts(configuration).get("Pd") ?? 0;
      expect(palladium / species.length).toBeCloseTo(info.concentration as number, 9);
    });
    expect(seconds).toBeLessThan(10);
  });

  test("Ag-Au: 135 relaxed structures", () => {
    const structures = read("ag-au-pyclupan/final.extxyz");
    const results = accepted([...mapDataset(structures, fccLattice(4.16, ["Ag", "Au"]))]);
    expect(results.length).toBe(135);
    results.forEach(({ configuration, report }, i) => {
      const { species, info } = structures[i];
      // The identifier begins with the number of cells in the enumeration.
      expect(report.numCells).toBe(Number(String(info.config_id ?? structures[i].name).split("-")[0]));
      expect(speciesCounts(configuration).get("Au")).toBe(species.filter((s) => s === "Au").length);
    });
  });

  const perovskite = createParentLattice({
    cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
    coordinates: "fractional",
    sites: [
      { name: "Sr", position: [0, 0, 0], species: ["Sr"] },
      { name: "Cu", position: [0.5, 0.5, 0.5], species: ["Cu"] },
      { name: "O1", position: [0.5, 0.5, 0], species: ["O", "Va"] },
      { name: "O2", position: [0, 0.5, 0.5], species: ["O", "Va"] },
      { name: "O3", position: [0.5, 0, 0.5], species: ["O", "Va"] },
    ],
  });

  test("SrCuOx: 513 orderings of absent oxygen, before and after the calculation", () => {
    const [initial, final] = ["initial", "final"].map((stage) => {
      const structures = read(`srcuox-vacancies-pyclupan/${stage}.extxyz`);
      const results = accepted([...mapDataset(structures, perovskite)]);
      results.forEach(({ configuration, report }, i) => {
        const { species } = structures[i];
        const count = (name: string) => species.filter((s) => s === name).length;
        expect(report.numCells).toBe(count("Sr"));
        const counts = speciesCounts(configuration);
        expect(counts.get("O")).toBe(count("O"));
        expect(counts.get("Va") ?? 0).toBe(3 * count("Sr") - count("O"));
        // Static calculations on the ideal lattice; the files have eight decimals.
        expect(report.largestDisplacement_A).toBeLessThan(1e-6);
      });
      return results;
    });
    expect(final.length).toBe(513);
    const { operations } = findSymmetry(perovskite);
    const byName = new Map(initial.map((result) => [result.report.id, result.configuration]));
    for (const { configuration } of final) {
      const before = byName.get(configuration.id)!;
      expect(before.supercell.matrix).toEqual(configuration.supercell.matrix);
      expect(areEquivalent(before, configuration, operations)).toBe(true);
    }
  });

  test("LiNiO2: the same 27 of 31 relaxed structures on the same sites as the published mapping", () => {
    const json = (name: string) => JSON.parse(readFileSync(`${root}/linio2-smol/${name}`, "utf8"));
    const prim = json("lno_prim.json");
    const names: SiteInput[] = [
      { name: "Li", position: [0, 0, 0], species: ["Li+", "Va"] },
      { name: "Ni", position: [0.5, 0.5, 0.5], species: ["Ni3+", "Ni4+"] },
      { name: "O1", position: [0.75, 0.75, 0.75], species: ["O2-"] },
      { name: "O2", position: [0.25, 0.25, 0.25], species: ["O2-"] },
    ];
    expect(prim.sites.map((site: { abc: number[] }) => site.abc)).toEqual(names.map((site) => site.position));
    const lattice = createParentLattice({
      cell: prim.lattice.matrix.flat(),
      coordinates: "fractional",
      sites: names,
    });
    const options = {
      species: { Li: "Li+", O: "O2-" },
      oxidation_states: [
        { element: "Ni", charge: 3, species: "Ni3+" },
        { element: "Ni", charge: 4, species: "Ni4+" },
      ],
      charges: { "Li+": 1, "Ni3+": 3, "Ni4+": 4, "O2-": -2 },
    };
    const structures = read("linio2-smol/lno_entries.extxyz");
    const results = [...mapDataset(structures, lattice, options)];
    console.log(results.map(mappingLine).join("\n"));
    const mapped = results.flatMap((result) => (result.accepted ? [result] : []));

    interface Entry {
      energy_eV: number;
      size_prims: number;
      refined_structure: {
        lattice: number[][];
        sites: { species: { element: string; oxidation_state: number }[]; abc: number[] }[];
      };
    }
    const entries: Entry[] = json("lno_ce_reference.json").entries;
    const byEnergy = (a: { e: number }, b: { e: number }) => a.e - b.e;
    expect(mapped.map(({ configuration }) => ({ e: configuration.energy! })).sort(byEnergy)).toEqual(
      entries.map((entry) => ({ e: entry.energy_eV })).sort(byEnergy),
    );

    // The published sites, as ideal structures, mapped by the same code: no displacement, so no choice.
    const refined = entries.map(({ energy_eV, refined_structure: { lattice: cell, sites } }): Structure => {
      const charges = sites.map((site) => site.species[0].oxidation_state);
      return {
        cell: Float64Array.from(cell.flat()),
        periodic: [true, true, true],
        species: sites.map((site) => site.species[0].element),
        positions: Float64Array.from(
          sites.flatMap(({ abc }) =>
            [0, 1, 2].map((k) => abc[0] * cell[0][k] + abc[1] * cell[1][k] + abc[2] * cell[2][k]),
          ),
        ),
        charges: Float64Array.from(charges),
        energy: energy_eV,
        name: String(energy_eV),
        info: {},
        source: { file: "lno_ce_reference.json", line: null },
      };
    });
    const ideal = accepted([...mapDataset(refined, lattice, options)]);
    const { operations } = findSymmetry(lattice);
    ideal.forEach(({ configuration, report }, i) => {
      expect(report.largestDisplacement_A).toBeLessThan(1e-4);
      const ours = mapped.find((result) => result.configuration.energy === entries[i].energy_eV)!;
      expect(ours.report.numCells).toBe(entries[i].size_prims);
      expect(speciesCounts(ours.configuration)).toEqual(speciesCounts(configuration));
      expect(ours.configuration.supercell.matrix).toEqual(configuration.supercell.matrix);
      expect(areEquivalent(ours.configuration, configuration, operations)).toBe(true);
    });
  });

  test("Pd clusters on CeO2(111): the slab below them maps without a vacancy", () => {
    const L = 15.5281 / 4;
    const d = (L * Math.SQRT2) / Math.sqrt(3);
    const [x, y] = [-L / 2, L / (2 * Math.sqrt(3))];
    const site = (name: string, position: [number, number, number], species: string[]): SiteInput => ({
      name,
      position,
      species,
      layer: name,
    });
    const lattice = createParentLattice({
      cell: [L, 0, 0, -L / 2, (L * Math.sqrt(3)) / 2, 0, 0, 0, 20],
      periodic: [true, true, false],
      coordinates: "cartesian",
      sites: [
        site("O1", [x, -y, d / 4], ["O", "V"]),
        site("Ce1", [0, 0, 0], ["Ce"]),
        site("O2", [x, y, -d / 4], ["O", "V"]),
        site("O3", [0, 0, (-3 * d) / 4], ["O", "V"]),
        site("Ce2", [x, y, -d], ["Ce"]),
        site("O4", [x, -y, (-5 * d) / 4], ["O", "V"]),
      ],
    });
    const folder = `${root}/pd-on-ceria111/contcar/iteration_1`;
    const structures = readdirSync(folder).flatMap(
      (name) => readPoscar(readFileSync(`${folder}/${name}`, "utf8"), name).structures,
    );
    const options = { vacancy: ["V"], leave_out: { species: ["Pd"] } };
    const results = [...mapDataset(structures, lattice, options)];
    console.log(results.map(mappingLine).join("\n"));
    expect(results.length).toBeGreaterThan(0);
    for (const { configuration, report } of accepted(results)) {
      expect(report.numCells).toBe(16);
      expect(Object.fromEntries(speciesCounts(configuration))).toEqual({ Ce: 32, O: 64 });
    }
    // The clusters themselves stand on no site of the slab.
    expect([...mapDataset(structures, lattice, { vacancy: ["V"] })].some((r) => r.accepted)).toBe(false);
  });
});
