/** Pd clusters on CeO2(111): the lattice and energies of Wang, Su, Hensen, Vlachos, ACS Nano 14, 13995 (2020). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cutoffs } from "../../src/clusters/cluster.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import type { Configuration } from "../../src/data/configuration.ts";
import { createExecutor, type Executor } from "../../src/exec/executor.ts";
import { crossValidate } from "../../src/fitting/cross-validation.ts";
import { createEstimator } from "../../src/fitting/estimator.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { fitProblem } from "../../src/workflows/fit-problem.ts";
import { once, readPublished, skipWithout } from "./published-data.ts";

/** Lengths in nearest-neighbour distances of palladium. */
interface PublishedTable {
  readonly cell: readonly number[][];
  readonly positions: readonly [number, number, number][];
  readonly site_layer_type: readonly string[];
  readonly configs: readonly {
    readonly nPd: number;
    readonly sites: readonly number[];
    readonly energy_eV: number;
    readonly synthetic: boolean;
  }[];
}

const third = 1 / (2 * Math.sqrt(3));
const stackings: Readonly<Record<string, [number, number]>> = {
  a: [0.5, third],
  b: [0, 0],
  c: [0, 2 * third],
};

/** The layer on the oxide has the stackings a, the second b and c, the third and fourth all three. */
function lattice(table: PublishedTable): ParentLattice {
  const height = Math.min(...table.positions.map(([, , z]) => z));
  const kinds = new Set(
    table.positions.map(([, , z], i) => `${table.site_layer_type[i]}${Math.round(z / height)}`),
  );
  return createParentLattice({
    cell: [1, 0, 0, 0.5, Math.sqrt(3) / 2, 0, 0, 0, 20],
    periodic: [true, true, false],
    coordinates: "cartesian",
    sites: [...kinds].map((name) => ({
      name: name.toUpperCase(),
      position: [...stackings[name[0]], Number(name.slice(1)) * height] as [number, number, number],
      species: ["Va", "Pd"],
      kind: "Pd",
      layer: name.toUpperCase(),
    })),
  });
}

/** Sites of the table found by position in the 5 x 5 cell. */
function configurationsOf(table: PublishedTable, supercell: Supercell): Configuration[] {
  const ours = supercell.positions();
  const [a, b] = [supercell.cell.subarray(0, 3), supercell.cell.subarray(3, 6)];
  const siteOf = table.positions.map((at) => {
    for (let i = 0; i < supercell.numSites; i++)
      for (let u = -1; u <= 1; u++)
        for (let v = -1; v <= 1; v++) {
          const distance = Math.hypot(...at.map((x, k) => x - ours[3 * i + k] - u * a[k] - v * b[k]));
          if (distance < 1e-6) return i;
        }
    throw new Error(`no site at ${at.join(", ")}`);
  });
  expect(new Set(siteOf).size).toBe(225);
  return table.configs.map(({ sites, energy_eV, synthetic }, i): Configuration => {
    const occupation = new Uint8Array(supercell.numSites);
    for (const site of sites) occupation[siteOf[site]] = 1;
    return {
      id: `${synthetic ? "far" : "dft"}-${i + 1}`,
      supercell,
      occupation,
      energy: energy_eV,
      weight: 1,
      source: { file: "pdn_ce_table.json", line: null },
    };
  });
}

const CUTOFFS: readonly Cutoffs[] = [{ 2: 1.05 }, { 2: 1.8 }, { 2: 1.8, 3: 1.5 }, { 2: 2.1, 3: 1.8 }];

describe.skipIf(skipWithout("pd-on-ceria111"))("Pd on CeO2(111)", () => {
  const load = once(() => {
    const table = readPublished<PublishedTable>("pd-on-ceria111/pdn_ce_table.json");
    const supercell = new Supercell(lattice(table), [5, 5, 1]);
    return { table, supercell, configurations: configurationsOf(table, supercell) };
  });
  let executor: Executor;
  beforeAll(() => {
    executor = createExecutor(2);
  });
  afterAll(() => executor.close());

  test("225 sites, 93 configurations, every atom on a site of its own", () => {
    const { table, supercell, configurations } = load();
    expect(supercell.numSites).toBe(225);
    expect(configurations.length).toBe(93);
    configurations.forEach(({ occupation }, i) => {
      expect(occupation.reduce((sum, x) => sum + x, 0)).toBe(table.configs[i].nPd);
    });
  });

  test("LASSO with leave-one-out cross-validation", async () => {
    const { configurations } = load();
    for (const [name, taken] of [
      ["49 DFT", configurations.filter(({ id }) => id.startsWith("dft"))],
      ["49 DFT and 44 far-separated", configurations],
    ] as const)
      for (const cutoffs of CUTOFFS) {
        const pool = buildPool(configurations[0].supercell.lattice, "indicator", cutoffs);
        const section = {
          method: "lasso",
          per: "configuration",
          unpenalised_points: 0,
          constant: false,
        } as Parameters<typeof fitProblem>[0];
        const { problem } = fitProblem(section, pool, taken);
        const estimator = createEstimator({ method: "lasso", path: { count: 50, decades: 4 } });
        const cv = await crossValidate(estimator, problem, { kind: "leave-one-out" }, executor);
        const { fits } = estimator.fitPath(problem, cv.path.values);
        const best = fits[cv.minimum];
        const spread = Math.sqrt(
          taken.reduce((sum, c) => sum + (c.energy! - mean(taken)) ** 2, 0) / taken.length,
        );
        console.log(
          `Pd/CeO2(111): ${name}, cut-offs ${JSON.stringify(cutoffs)}, ${problem.columns} clusters, ` +
            `${best.selected.length} kept, LOOCV RMSE ${cv.rmse[cv.minimum].toFixed(3)} eV ` +
            `(${((1000 * cv.rmse[cv.minimum]) / 225).toFixed(2)} meV per lattice site), training ${best.rmse.toFixed(3)} eV, ` +
            `spread of the energies ${spread.toFixed(2)} eV`,
        );
        expect(cv.rmse[cv.minimum]).toBeLessThan(0.1 * spread);
      }
  });
});

function mean(configurations: readonly Configuration[]): number {
  return configurations.reduce((sum, c) => sum + c.energy!, 0) / configurations.length;
}
