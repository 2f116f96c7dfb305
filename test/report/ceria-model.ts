/**
 * A model of a report with the size and the numbers of the ceria study: 221 structures, 15 clusters, five
 * temperatures, four concentrations. Noise comes from a seeded generator written here.
 */
import type { EciRow, ReportModel } from "../../src/report/model.ts";
import { monteCarlo, snapshots } from "./ceria-monte-carlo.ts";
import { gaussian, generator } from "./seeded.ts";

const random = generator(221);
const normal = gaussian(random);

const published: readonly [string, number, number, number, number][] = [
  // label, points, diameter (Å), multiplicity, value (eV)
  ["VO1", 1, 0, 1, 0.4],
  ["VO2", 1, 0, 1, 0.22],
  ["VO3", 1, 0, 1, 0.43],
  ["Ce1", 1, 0, 1, 0.82],
  ["Ce2", 1, 0, 1, 1.03],
  ["VO1VO2_1N", 2, 2.731, 3, 0.28],
  ["VO2VO3_1N", 2, 2.731, 3, 0.19],
  ["VO1VO3_2N", 2, 3.862, 3, 0.23],
  ["VO2VO3_5N", 2, 6.107, 6, -0.16],
  ["Ce1Ce1_1N", 2, 3.862, 3, 0.13],
  ["Ce2Ce2_1N", 2, 3.862, 3, 0.06],
  ["VO2Ce1_2N", 2, 4.529, 3, -0.1],
  ["VO3Ce2_2N", 2, 4.529, 3, -0.08],
  ["VO1Ce1_2N", 2, 4.529, 3, -0.05],
  ["VO2Ce2_2N", 2, 4.529, 6, -0.01],
];

export function ceriaModel(): ReportModel {
  return {
    header: {
      study: "CeO2(111): oxygen vacancies and Ce3+ on five layers",
      verdict: {
        level: "warning",
        text: "The fit recovers the interactions that the data determine; two of 20 chains had not reached equilibrium.",
      },
      warnings: [
        { level: "ok", text: "λ path: the minimum lies inside the path." },
        { level: "warning", text: "Monte Carlo: two chains at 300 K had not reached equilibrium." },
        {
          level: "warning",
          text: "Charge balance ties the one-body terms: only VO_i + 2c and Ce_j − c are determined.",
        },
      ],
      provenance: {
        version: "0.1.0",
        seed: 20240221,
        date: "2024-02-21 10:00 UTC",
        command: "eciton run configs/ceria-111.yaml",
        cores: 2,
        wallTime_s: 218.4,
        inputs: [
          {
            file: "configs/ceria-111.yaml",
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          },
        ],
        resolvedStudy: "lattice:\n  cell_A: ...\nclusters:\n  cutoff_A: 8\n",
      },
    },
    lattice: lattice(),
    data: data(),
    fit: fitPart(),
    mc: monteCarlo(),
    snapshots: snapshots(),
  };
}

function lattice(): ReportModel["lattice"] {
  return {
    sites: [
      { name: "O1", species: ["O", "V"], position_A: [-1.9313, -1.115, 0.7884] },
      { name: "Ce1", species: ["Ce4+", "Ce3+"], position_A: [0, 0, 0] },
      { name: "O2", species: ["O", "V"], position_A: [-1.9313, 1.115, -0.7884] },
      { name: "O3", species: ["O", "V"], position_A: [0, 0, -2.3652] },
      { name: "Ce2", species: ["Ce4+", "Ce3+"], position_A: [-1.9313, 1.115, -3.1536] },
    ],
    symmetry: { group: "p3m1", groupKind: "layer group", operationsKept: 6, operationsFound: 12 },
    pool: {
      cutoff: "8 Å",
      basis: "indicator",
      supercell: "4 × 4 × 1",
      rows: [
        { points: 0, infinite: 1, folded: 1 },
        { points: 1, infinite: 5, folded: 5 },
        { points: 2, infinite: 47, folded: 47 },
        { points: 3, infinite: 435, folded: 430 },
        { points: 4, infinite: 2661, folded: 2661 },
      ],
      merged: [{ kept: "VO1VO1VO1_3N", merged: ["VO1VO1VO1_3N'"] }],
      seconds: 1.73,
    },
  };
}

function data(): ReportModel["data"] {
  const rejected = [
    { name: "run_017", rejection: "site O2[5]: no atom within 0.8 Å and no vacancy allowed" },
    { name: "run_102", rejection: "charge +2 e, expected 0" },
  ];
  const accepted = Array.from({ length: 221 }, (_, i) => ({
    name: `config_${String(i + 1).padStart(3, "0")}`,
    displacementMax_A: 0.2 + 0.3 * random(),
    displacementMean_A: 0.05 + 0.05 * random(),
    strain: 0.002 * random(),
    charge: 0,
  }));
  return {
    source: "configs/ceria-111.yaml",
    syntheticNotice:
      "The published DFT energies are not public. The 221 energies were computed from the published interactions, with " +
      "Gaussian noise of 0.07 eV for each configuration, to show that the fit recovers what was put in.",
    accepted: 221,
    rejected: 2,
    structures: [...rejected, ...accepted],
    coverage: {
      label: "vacancies in the cell",
      bins: [
        { label: "1", count: 41 },
        { label: "2", count: 62 },
        { label: "3", count: 60 },
        { label: "4", count: 58 },
      ],
    },
  };
}

function fitPart(): ReportModel["fit"] {
  const ecis: EciRow[] = published.map(([label, points, diameter_A, multiplicity, known]) => {
    const standardError = points === 1 ? 0.02 : 0.006 + 0.012 * random();
    const value = known + 0.8 * standardError * normal();
    return {
      label,
      points,
      diameter_A,
      multiplicity,
      value,
      standardError,
      interval: [value - 1.96 * standardError, value + 1.96 * standardError],
      known,
      note: label === "VO1VO3_2N" || label === "VO2Ce2_2N" ? "known value assumed" : undefined,
    };
  });
  const path = Array.from({ length: 50 }, (_, i) => {
    const lambda = 0.3 * 10 ** ((-3 * i) / 49);
    const u = Math.log10(lambda) + 2.6;
    return {
      lambda,
      cvRmse: 0.062 + 0.035 * u ** 2 * (u > 0 ? 1.6 : 0.6),
      standardError: 0.004 + 0.002 * Math.abs(u),
      nonZero: Math.round(5 + 150 * (i / 49) ** 3),
    };
  });
  const minimum = path.reduce((best, p, i) => (p.cvRmse < path[best].cvRmse ? i : best), 0);
  return {
    method:
      "LASSO with exact leave-one-out cross-validation over 3144 clusters; the 15 dominant clusters refitted by least squares.",
    energyUnit: "eV per vacancy",
    eciUnit: "eV",
    path: {
      points: path,
      lambdaUnit: "eV",
      minimum,
      oneStandardError: path.findIndex((p) => p.cvRmse < path[minimum].cvRmse + path[minimum].standardError),
    },
    parity: Array.from({ length: 221 }, (_, i) => {
      const reference = 1.7 + 0.9 * random() ** 1.5;
      const noise = 0.06 * normal();
      return {
        name: `config_${String(i + 1).padStart(3, "0")}`,
        reference,
        training: reference + noise,
        cv: reference + 1.12 * noise,
      };
    }),
    errors: [
      {
        model: "LASSO at the minimum",
        terms: 63,
        rmse: 0.041,
        mae: 0.033,
        max: 0.14,
        cvRmse: 0.062,
        cvMae: 0.05,
        cvMax: 0.21,
      },
      {
        model: "least squares, 15 kept",
        terms: 15,
        rmse: 0.0465,
        mae: 0.0371,
        max: 0.152,
        cvRmse: 0.0502,
        cvMae: 0.0401,
        cvMax: 0.169,
      },
    ],
    ecis,
    unsampled: Array.from({ length: 240 }, (_, i) => ({
      label: `unsampled ${i + 1}`,
      points: 4,
      diameter_A: [2.731, 3.862, 4.529, 5.462, 6.107, 6.69, 7.225, 7.724][i % 8],
    })),
    errorsByTerms: {
      chosen: 15,
      rows: Array.from({ length: 12 }, (_, i) => {
        const terms = 5 + 2 * i;
        const bias = 0.16 * Math.exp(-(terms - 5) / 4);
        return {
          terms,
          rmse: 0.047 - 0.0003 * i + bias,
          mae: 0.037 + 0.8 * bias,
          max: 0.15 + 2 * bias,
          cvRmse: 0.049 + 0.0006 * i + bias,
          cvMae: 0.039 + 0.8 * bias,
          cvMax: 0.165 + 2.1 * bias,
        };
      }),
    },
    dependencies: [
      {
        relation: "2 (N_VO1 + N_VO2 + N_VO3) = N_Ce1 + N_Ce2",
        consequence:
          "Charge balance: VO_i + 2c and Ce_j − c give the same energies for every c; the minimum-norm solution is reported.",
      },
    ],
    aliases: [{ kept: "VO1VO1_7N", merged: ["VO1VO1VO1_7N", "VO1VO1VO1VO1_7N"] }],
    hull: hull(),
  };
}

function hull(): NonNullable<ReportModel["fit"]>["hull"] {
  const points = Array.from({ length: 120 }, (_, i) => {
    const composition = 0.02 + 0.96 * random();
    const reference = -240 * composition * (1 - composition) + 60 * random() ** 2;
    return { name: `alloy ${i + 1}`, composition, reference, predicted: reference + 3 * normal() };
  });
  const line = [0, 0.25, 0.5, 0.75, 1];
  return {
    compositionLabel: "x in Ag(1−x)Pd(x)",
    energyLabel: "formation energy (meV per atom)",
    points,
    referenceHull: line.map((composition) => ({
      composition,
      energy: -248 * composition * (1 - composition),
    })),
    predictedHull: line.map((composition) => ({
      composition,
      energy: -245 * composition * (1 - composition),
    })),
  };
}
