/** Studies whose runs are long enough to be killed in the middle, one for each way of sampling. */
import { stringify } from "yaml";

export interface KillCase {
  readonly name: string;
  readonly command: "sample" | "relax" | "dynamics" | "hop" | "train";
  /** The last file that the command writes before its report. */
  readonly results: string;
  /** Text of the study. */
  readonly study: string;
  /** Files beside it. */
  readonly files: Readonly<Record<string, string>>;
  /** Of the command line. */
  readonly args: readonly string[];
}

/** Counts on a module of the user's own. */
export const countingObserver = `
export function createObserver({ supercell }) {
  return {
    columns: [{ name: "mine", unit: "", description: "sites taken in the first half" }],
    measure(occupation, out, at) {
      let sum = 0;
      for (let site = 0; site < supercell.numSites / 2; site++) sum += occupation[site];
      out[at] = sum;
    },
  };
}
`;

const base = {
  name: "killed",
  seed: 17,
  lattice: {
    cell_A: [
      [3, 0, 0],
      [0.5, 3, 0],
      [0, 0, 15],
    ],
    periodic: [true, true, false],
    vacancies: ["vac"],
    sites: [
      { name: "low", position: [0, 0, 0], species: ["vac", "A"], layer: "low", labels: { A: "Al" } },
      { name: "top", position: [0, 0, 0.3], species: ["vac", "A"], layer: "top", labels: { A: "At" } },
    ],
  },
  clusters: { cutoff_A: 3.2, max_points: 2 },
  model: {
    terms: [
      { label: "AtAt_1N", energy_eV: 0.05 },
      { label: "AlAl_1N", energy_eV: 0.03 },
      { label: "At", energy_eV: -0.05 },
    ],
  },
  report: { pictures: false },
};

const records = { samples: 2000, snapshots: 2 };
const observe = { measurements: 400, motifs: { neighbours: ["AtAt_1N"] }, site_map: true };
const half = [{ label: "half", per_cell: { A: 1 } }];
const quarter = [{ label: "quarter", per_cell: { A: "1/2" } }];
const gas = { replace: [{ from: "vac", to: "A" }], delta_mu_eV: [0.02, -0.05] };

/** Workers that each case runs on. */
export const KILL_WORKERS = 2;

/**
 * @param size factor on the length of all runs; at 1 each takes some seconds of two cores
 * @param names which of them; default: all
 */
export function killCases(size: number): KillCase[] {
  const steps = (million: number) => {
    const count = Math.round(million * size * 100) * 10_000;
    return { steps: count, checkpoint_every_steps: Math.round(count / 12) };
  };
  const make = (name: string, sample: object, observer = false): KillCase => ({
    name,
    command: "sample",
    results: "sampling.json",
    study: stringify({ ...base, sample: { supercells: [[10, 10, 1]], ...records, ...sample } }),
    files: observer ? { "mine.mjs": countingObserver } : {},
    args: observer ? ["--observer", "mine.mjs"] : [],
  });
  return [
    make(
      "canonical",
      {
        ...steps(8),
        temperatures_K: [300, 900],
        compositions: half,
        replicas: 3,
        trajectory: 3000,
        observe,
        until: { observable: "energy_eV_per_cell", error: 0.00005 },
      },
      true,
    ),
    make("reservoir", {
      ...steps(8),
      ensemble: "reservoir",
      reservoir: gas,
      temperatures_K: [300, 900],
      trajectory: 1000,
    }),
    make("nfold", {
      ...steps(1.5),
      engine: "nfold",
      temperatures_K: [150, 300],
      compositions: quarter,
      replicas: 2,
      trajectory: 1000,
      observe,
    }),
    make(
      "tempering",
      {
        ...steps(5),
        method: "tempering",
        temperatures_K: [200, 300, 450, 700],
        compositions: half,
        trajectory: 1000,
        observe,
      },
      true,
    ),
    make("wang-landau", {
      ...steps(1.5),
      supercells: [[4, 4, 1]],
      method: "wang-landau",
      wang_landau: { final_ln_f: 1e-8 },
      temperatures_K: [300, 600],
      compositions: half,
      replicas: 3,
    }),
    make("anneal", {
      ...steps(5),
      method: "anneal",
      anneal: { from_K: 1500, to_K: 60, restarts: 5 },
      compositions: half,
    }),
  ];
}
