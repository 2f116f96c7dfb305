/** A large sampling study of the ceria surface as a report shows it: every part of the sampling model, seeded. */
import type { ReportModel } from "../../src/report/model.ts";
import type {
  ObservedState,
  PlaneCell,
  SamplingMethods,
  SnapshotMap,
  SnapshotMaps,
} from "../../src/report/sampling-model.ts";
import { gaussian, generator } from "./seeded.ts";

const random = generator(3);
const normal = gaussian(random);

const temperatures = [300, 500, 700, 900, 1100];
const conditions: readonly [string, number][] = [
  ["Θ = 1/16", 1 / 16],
  ["Θ = 1/8", 1 / 8],
  ["Θ = 3/16", 3 / 16],
  ["Θ = 1/4", 1 / 4],
];
const length_A = 3.8625;
export const parentCell: PlaneCell = [length_A, 0, -length_A / 2, (length_A * Math.sqrt(3)) / 2];

/** Positions of the five layers in the plane, Å. */
const layers = {
  O1: [-length_A / 2, -length_A / (2 * Math.sqrt(3))],
  Ce1: [0, 0],
  O2: [-length_A / 2, length_A / (2 * Math.sqrt(3))],
  O3: [0, 0],
  Ce2: [-length_A / 2, length_A / (2 * Math.sqrt(3))],
} as const;

export function superCell(n: number): PlaneCell {
  const [ax, ay, bx, by] = parentCell;
  return [n * ax, n * ay, n * bx, n * by];
}

/** x and y in turn, of one layer. */
export function layerSites(layer: keyof typeof layers, n: number): number[] {
  const [ax, ay, bx, by] = parentCell;
  const [x, y] = layers[layer];
  return Array.from({ length: n * n }, (_, site) => {
    const [i, j] = [Math.floor(site / n), site % n];
    return [x + i * ax + j * bx, y + i * ay + j * by];
  }).flat();
}

const marks: SnapshotMaps["marks"] = [
  { species: "V", layer: "O1" },
  { species: "V", layer: "O2" },
  { species: "V", layer: "O3" },
  { species: "Ce3+", layer: "Ce1" },
  { species: "Ce3+", layer: "Ce2" },
];

/** A configuration with occupations like those of the paper's Fig. 7, but without order. */
export function configuration(n: number, row: string, column: string, theta: number, T: number): SnapshotMap {
  const shares = [0.00004 * T, 0.8 - 0.0002 * T - theta, 0.2 + 0.0001 * T, 0.7, 0.3];
  const points = marks.flatMap(({ species, layer }, mark) => {
    const sites = layerSites(layer as keyof typeof layers, n);
    const probability = theta * shares[mark] * (species === "V" ? 1 : 2);
    return Array.from({ length: n * n }, (_, i) => ({ x: sites[2 * i], y: sites[2 * i + 1], mark })).filter(
      () => random() < probability,
    );
  });
  const sites = Object.keys(layers).flatMap((layer) => layerSites(layer as keyof typeof layers, n));
  return { row, column, cell: superCell(n), points, sites };
}

export function finalMaps(n: number): SnapshotMaps {
  return {
    title: `Final configurations, ${n} × ${n} cell`,
    rows: conditions.map(([name]) => name),
    columns: temperatures.map((T) => `${T} K`),
    marks,
    panels: conditions.flatMap(([name, theta]) =>
      temperatures.map((T) => configuration(n, name, `${T} K`, theta, T)),
    ),
  };
}

/** Five states of one chain for each condition, as in Fig. S15. */
function chainMaps(): SnapshotMaps {
  const steps = [1, 2, 3, 4, 5].map((million) => `step ${million} 000 000`);
  return {
    title: "Configurations along the chains, 500 K, 8 × 8 cell",
    rows: conditions.slice(0, 2).map(([name]) => name),
    columns: steps,
    marks,
    panels: conditions
      .slice(0, 2)
      .flatMap(([name, theta]) => steps.map((step) => configuration(8, name, step, theta, 500))),
    note: "Evenly spaced in the chain.",
  };
}

const cells = ["8 × 8", "16 × 16"];

function observations(): ReportModel["observations"] {
  const observables = [
    { name: "VO2VO3_5N per vacancy", group: "Motifs" },
    { name: "VO2VO2_3N per vacancy", group: "Motifs" },
    { name: "2 × 2 order of V in O2", group: "Motifs" },
    ...[1, 2, 3].map((shell) => ({
      name: `α(V, V) in O2, shell ${shell}`,
      group: "Warren-Cowley parameters",
    })),
    { name: "heat capacity", unit: "k_B per cell", group: "Other observables" },
  ];
  const states = cells.flatMap((cell) =>
    conditions.flatMap(([condition, theta]) =>
      temperatures.map(
        (temperature_K): ObservedState => ({
          condition,
          cell,
          temperature_K,
          equilibrated: temperature_K > 300 || theta < 0.2 || cell === "8 × 8",
          values: observables.map((_, i) => ({
            mean: 0.2 + i * theta - 0.0001 * temperature_K * (1 + i / 3) + 0.003 * normal(),
            error: cell === "8 × 8" ? 0.012 : 0.006,
          })),
        }),
      ),
    ),
  );
  const n = 8;
  const k = Array.from({ length: n * n }, (_, i) => [Math.floor(i / n) / n, (i % n) / n]).flat();
  return {
    observables,
    states,
    clusterSizes: [
      {
        title: "Groups of V connected by the third O shell, 8 × 8 cell",
        valueLabel: "groups per cell",
        sizes: ["1", "2", "3", "4 to 7", "8 and more"],
        states: conditions.flatMap(([condition, theta]) =>
          temperatures.map((temperature_K) => ({
            condition,
            temperature_K,
            values: [1, 2, 3, 5, 10].map((size) => ({
              mean: (20 * theta * Math.exp(-size / (1 + 0.002 * temperature_K + 6 * theta))) / size,
              error: 0.02,
            })),
          })),
        ),
      },
    ],
    siteMaps: [
      {
        title: "V on every site, 8 × 8 cell",
        valueLabel: "share of time with V",
        rows: ["Θ = 1/16, 300 K", "Θ = 1/4, 1100 K"],
        columns: ["O1", "O2", "O3"],
        panels: ["Θ = 1/16, 300 K", "Θ = 1/4, 1100 K"].flatMap((row, r) =>
          (["O1", "O2", "O3"] as const).map((column, c) => ({
            row,
            column,
            cell: superCell(n),
            positions: layerSites(column, n),
            values: Array.from(
              { length: n * n },
              () => [0.002, 0.06, 0.01][c] * (1 + 3 * r) * (0.8 + 0.4 * random()),
            ),
          })),
        ),
      },
    ],
    structureFactors: [
      {
        title: "Structure factor of V in O2, 8 × 8 cell",
        valueLabel: "S(k) of V in O2",
        scale: "log",
        rows: ["Θ = 1/16", "Θ = 1/4"],
        columns: ["300 K", "700 K", "1100 K"],
        panels: ["Θ = 1/16", "Θ = 1/4"].flatMap((row) =>
          [300, 700, 1100].map((T) => ({
            row,
            column: `${T} K`,
            parentCell,
            cell: superCell(n),
            k,
            values: Array.from({ length: n * n }, (_, i) => {
              const [h, l] = [2 * Math.PI * k[2 * i], 2 * Math.PI * k[2 * i + 1]];
              const shape = Math.cos(h) + Math.cos(l) + Math.cos(h + l);
              return i === 0 ? undefined : Math.exp((-shape * 300) / T);
            }),
          })),
        ),
      },
    ],
  };
}

function methods(): SamplingMethods {
  const rungs = [300, 340, 386, 438, 497, 564, 640, 726, 824, 935, 1060];
  return {
    tempering: [
      {
        name: "Θ = 1/8, 8 × 8",
        temperatures_K: rungs,
        exchanges: rungs.slice(1).map((T) => ({ attempted: 5000, accepted: Math.round(1200 + 2 * T) })),
        roundTrips: 214,
        roundTrip_steps: { mean: 231_000, error: 9_000 },
        flow: rungs.map((_, i) => (1 - i / (rungs.length - 1)) ** 1.4),
      },
    ],
    wangLandau: [
      {
        name: "Θ = 1/8, 4 × 4",
        energyUnit: "eV per cell",
        heatCapacityUnit: "k_B per cell",
        energies: Array.from({ length: 300 }, (_, i) => 0.9 + i * 0.002),
        lnG: Array.from({ length: 300 }, (_, i) => 40 * Math.sin(((i + 1) * Math.PI) / 310)),
        finalLnF: 9.5e-7,
        steps: 41_200_000,
        converged: true,
        thermodynamics: Array.from({ length: 100 }, (_, i) => {
          const T = 100 + 12 * i;
          const x = 600 / T;
          const heatCapacity = x ** 2 * (Math.exp(x) / (1 + Math.exp(x)) ** 2);
          return {
            temperature_K: T,
            energy: 0.9 + 0.05 / (1 + Math.exp(x)),
            heatCapacity,
            freeEnergy: 0.9 - 0.00001 * T,
            entropy: Math.log(1 + Math.exp(-x)),
          };
        }),
      },
    ],
    annealing: [
      {
        name: "Θ = 1/4, 8 × 8",
        energyUnit: "eV per cell",
        energies: [0.412, 0.4101, 0.41, 0.4133, 0.41, 0.4116, 0.41, 0.4109, 0.4101, 0.4127],
        lowest: [
          { energy: 0.41, found: 3, description: "12 V in O2, 4 in O3", file: "ground-1.vasp" },
          { energy: 0.4101, found: 2, description: "13 V in O2, 3 in O3", file: "ground-2.vasp" },
        ],
      },
    ],
  };
}

export function samplingParts(): Omit<ReportModel, "header"> {
  const layerStates = (cell: string) =>
    conditions.flatMap(([label, condition]) =>
      temperatures.map((temperature_K) => {
        const surface = 0.00003 * temperature_K;
        const third = 0.1 + condition + 0.0001 * temperature_K + (cell === "8 × 8" ? 0.01 : 0);
        return {
          cell,
          condition,
          conditionLabel: label.replace("Θ = ", ""),
          temperature_K,
          fractions: [
            { mean: surface, error: 0.004 },
            { mean: 1 - surface - third, error: 0.02 },
            { mean: third, error: 0.02 },
          ],
        };
      }),
    );
  return {
    claims: {
      source: "Zhang et al., CeO2(111) cluster expansion, Figs. 6 and 7",
      claims: [
        {
          text: "At low temperature and concentration vacancies stay in the subsurface.",
          relation: "share of V in O2 > 0.90 at Θ = 1/16, 300 K",
          outcome: "holds",
          measured: cells.map((cell) => ({
            state: `Θ = 1/16, 300 K, ${cell}`,
            value: { mean: 0.962, error: 0.004 },
            outcome: "holds" as const,
          })),
        },
        {
          text: "Vacancies prefer the third layer to the surface.",
          relation: "share in O3 > share in O1 at every Θ ≥ 1/8 and T ≥ 500 K",
          outcome: "open",
          measured: conditions.slice(1).flatMap(([name]) =>
            temperatures.slice(1).map((T) => ({
              state: `${name}, ${T} K, 8 × 8`,
              name: "O3",
              value: { mean: 0.21, error: 0.02 },
              against: { name: "O1", mean: T === 1100 ? 0.18 : 0.03, error: 0.02 },
              outcome: T === 1100 ? ("open" as const) : ("holds" as const),
            })),
          ),
        },
        {
          text: "Ce3+ fill about a quarter of the surface Ce sites, the rest goes to the second layer.",
          relation: "0.25 ≤ occupation of Ce1 ≤ 0.35 at Θ = 1/4",
          outcome: "fails",
          measured: [
            { state: "Θ = 1/4, 500 K, 8 × 8", value: { mean: 0.395, error: 0.006 }, outcome: "fails" },
          ],
          note: "The published model has no term for Ce1–Ce2 pairs.",
        },
      ],
    },
    mc: {
      energyUnit: "eV per cell",
      layers: [
        {
          title: "Share of V in each layer",
          layers: ["O1", "O2", "O3"],
          conditionName: "Θ",
          states: cells.flatMap(layerStates),
        },
      ],
      averages: {
        energyUnit: "eV per cell",
        heatCapacityUnit: "k_B per cell",
        rows: [
          {
            state: "Δμ(O) = −2.1 eV, 8 × 8",
            temperature_K: 900,
            energy: { mean: 1.23, error: 0.01 },
            heatCapacity: { mean: 0.51, error: 0.02 },
          },
        ],
      },
    },
    methods: methods(),
    snapshotMaps: [finalMaps(8), finalMaps(16), chainMaps()],
    observations: observations(),
    comparisons: [
      {
        title: "Share of V in each layer: 8 × 8 and 16 × 16 cells",
        quantity: "share in the layer",
        cells: ["8 × 8", "16 × 16"],
        points: layerStates("8 × 8").flatMap((state, i) =>
          ["V in O1", "V in O2", "V in O3"].map((group, layer) => {
            const first = state.fractions[layer];
            const shift = i === 3 && layer === 2 ? 0.15 : 0.02 * normal();
            return {
              state: `Θ = ${state.conditionLabel}, ${state.temperature_K} K`,
              group,
              first,
              second: { mean: Math.max(0, first.mean + shift), error: first.error * 0.7 },
            };
          }),
        ),
      },
    ],
  };
}
