/** The Monte Carlo part of the model report. */
import type { McChain, ReportModel, SnapshotFrame } from "../../src/report/model.ts";
import { gaussian, generator } from "./seeded.ts";

const random = generator(111);
const normal = gaussian(random);

const temperatures = [300, 500, 700, 900, 1100];
const concentrations: readonly [number, string][] = [
  [1 / 16, "1/16"],
  [1 / 8, "1/8"],
  [3 / 16, "3/16"],
  [1 / 4, "1/4"],
];

export function monteCarlo(): ReportModel["mc"] {
  const states = concentrations.flatMap(([condition, conditionLabel]) =>
    temperatures.map((temperature_K) => ({ condition, conditionLabel, temperature_K })),
  );
  const chains: McChain[] = states.map(({ condition, conditionLabel, temperature_K }) => {
    const vacancies = 64 * condition;
    const step = Array.from({ length: 2001 }, (_, i) => i * 2500);
    const level = 1.55 * vacancies + vacancies * temperature_K * 0.00015;
    const slow = temperature_K === 300 && condition > 0.15;
    return {
      name: `Θ = ${conditionLabel}, ${temperature_K} K`,
      panel: `Θ = ${conditionLabel}, 8 × 8`,
      series: `${temperature_K} K`,
      temperature_K,
      steps: 5_000_000,
      moves: [
        { move: "V–O swap", attempted: 2_500_000, accepted: Math.round(12 * temperature_K ** 1.4) },
        { move: "Ce3+–Ce4+ swap", attempted: 2_500_000, accepted: Math.round(30 * temperature_K ** 1.4) },
      ],
      equilibrated: !slow,
      averagedFrom: 1_000_000,
      note: slow
        ? "the mean of the last third differs from that of the middle third by 4.2 standard errors"
        : undefined,
      trace: {
        step,
        energy: step.map(
          (s) =>
            level + vacancies * 0.4 * Math.exp(-s / (slow ? 2e6 : 1e5)) + 0.0008 * temperature_K * normal(),
        ),
      },
    };
  });
  return {
    method:
      "Canonical Metropolis on an 8 × 8 cell, swaps within each exchangeable group, 5 million steps a chain.",
    energyUnit: "eV per cell",
    chains,
    layers: [
      {
        title: "Oxygen vacancies, 8 × 8 cell",
        conditionName: "Θ",
        layers: ["surface O", "subsurface O", "third layer O"],
        states: states.map((state) => {
          const surface = 0.00002 * state.temperature_K * (1 + 2 * state.condition);
          const third = 0.05 + 1.2 * state.condition + 0.0001 * state.temperature_K;
          return {
            ...state,
            fractions: [
              { mean: surface, error: 0.1 * surface },
              { mean: 1 - surface - third, error: 0.02 },
              { mean: third, error: 0.02 },
            ],
          };
        }),
      },
      {
        title: "Ce3+, 8 × 8 cell",
        conditionName: "Θ",
        layers: ["surface Ce", "subsurface Ce"],
        states: states.map((state) => {
          const sub = 0.9 * state.condition + 0.00008 * state.temperature_K;
          return {
            ...state,
            fractions: [
              { mean: 1 - sub, error: 0.012 },
              { mean: sub, error: 0.012 },
            ],
          };
        }),
      },
    ],
    averages: {
      energyUnit: "eV per cell",
      heatCapacityUnit: "k_B per cell",
      rows: states.map((state) => ({
        state: `Θ = ${state.conditionLabel}, 8 × 8`,
        temperature_K: state.temperature_K,
        energy: { mean: 100 * state.condition + 0.01 * state.temperature_K, error: 0.0123 },
        heatCapacity: { mean: 3 + 20 * state.condition, error: 0.4 },
        effectiveSamples: 812.4,
      })),
    },
    curves: [
      {
        title: "Pairs VO2VO3_5N for each vacancy",
        xLabel: "temperature (K)",
        yLabel: "pairs per vacancy",
        series: concentrations.map(([theta, label]) => ({
          name: `Θ = ${label}`,
          points: temperatures.map((T) => ({ x: T, y: 0.3 + 2 * theta - 0.0002 * T, error: 0.02 })),
        })),
      },
    ],
  };
}

export function snapshots(): ReportModel["snapshots"] {
  return {
    styles: [
      { species: "Ce4+", color: "#e8e8e8", radius_A: 0.9 },
      { species: "Ce3+", color: "#0072B2", radius_A: 1.0 },
      { species: "O", color: "#f2c4c4", radius_A: 0.6 },
      { species: "V", label: "vacancy", color: "#111111", radius_A: 0.8 },
    ],
    frames: temperatures.flatMap((T) => [
      snapshot(`Θ = 1/8, ${T} K`, "step 2 500 000"),
      snapshot(`Θ = 1/8, ${T} K`, "final, step 5 000 000"),
    ]),
  };
}

function snapshot(chain: string, label: string): SnapshotFrame {
  const length = 3.8625;
  const cells = 8;
  const species: string[] = [];
  const positions: number[] = [];
  const layers: [number, number, number, boolean][] = [
    [-length / 2, -length / (2 * Math.sqrt(3)), 0.7884, true],
    [0, 0, 0, false],
    [-length / 2, length / (2 * Math.sqrt(3)), -0.7884, true],
    [0, 0, -2.3652, true],
    [-length / 2, length / (2 * Math.sqrt(3)), -3.1536, false],
  ];
  for (const [x, y, z, oxygen] of layers)
    for (let i = 0; i < cells; i++)
      for (let j = 0; j < cells; j++) {
        species.push(oxygen ? (random() < 0.05 ? "V" : "O") : random() < 0.12 ? "Ce3+" : "Ce4+");
        positions.push(x + length * (i - j / 2), y + length * j * (Math.sqrt(3) / 2), z);
      }
  const side = cells * length;
  return {
    chain,
    label,
    species,
    positions,
    cell: [side, 0, 0, -side / 2, (side * Math.sqrt(3)) / 2, 0, 0, 0, 12],
  };
}
