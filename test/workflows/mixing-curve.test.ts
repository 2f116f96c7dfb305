import { expect, test } from "vitest";
import { parseStudy } from "../../src/data/study/load-study.ts";
import { mixingCurves } from "../../src/workflows/mixing-curve.ts";
import type { SampledState } from "../../src/workflows/sample-states.ts";
import { latticeOfStudy, modelOfStudy, poolOfStudy } from "../../src/workflows/study-lattice.ts";

const study = parseStudy(
  `
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 3]]
  sites:
    - { name: a, position: [0, 0, 0], species: [A, B], layer: a, labels: { B: Ba } }
    - { name: b, position: [0.5, 0.5, 0.5], species: [A, B], layer: b, labels: { B: Bb } }
clusters: { cutoff_A: 2.6, max_points: 2 }
model:
  terms:
    - { label: empty, energy_eV: 0.7 }
    - { label: Ba, energy_eV: 0.3 }
    - { label: Bb, energy_eV: 0.1 }
    - { label: BaBb_1N, energy_eV: -0.02 }
`,
  "alloy.yaml",
);

/** Two cells, so four sites. */
function state(composition: Record<string, number>, energy: number): SampledState {
  return {
    supercell: [2, 1, 1],
    supercellText: "2 × 1 × 1",
    conditionLabel: "",
    conditionIndex: 0,
    composition,
    temperature_K: 300,
    replicas: 1,
    numCells: 2,
    energy_eV: { value: energy, error: 0.004 },
    heatCapacity_kB: { value: 0, error: 0 },
    layers: [],
    fractions: [],
    observations: [],
    maps: [],
    effectiveSamples: 100,
    acceptance: 0.5,
    equilibrated: true,
  };
}

test("a composition is the same in every way that a study can write it", () => {
  const lattice = latticeOfStudy(study);
  const expansion = modelOfStudy(study, ".", () => poolOfStudy(study, lattice));
  const curves = mixingCurves(expansion, [
    state({ B: 1 }, 1.5),
    state({ "B@A/B": 2 }, 1.6),
    state({ A: 1, "B@A/B": 3 }, 1.74),
    state({ A: 4 }, 1.4),
  ]);
  // Per site: A 0.7 / 2, B (0.7 + 0.3 + 0.1 - 8 * 0.02) / 2 by hand.
  const [pureA, pureB] = [0.35, 0.47];
  const expected = [
    [0, 0],
    [0, 1.4 / 4 - pureA],
    [0.25, 1.5 / 4 - (0.75 * pureA + 0.25 * pureB)],
    [0.5, 1.6 / 4 - (0.5 * pureA + 0.5 * pureB)],
    [0.75, 1.74 / 4 - (0.25 * pureA + 0.75 * pureB)],
    [1, 0],
  ];
  const points = curves[0].series[0].points;
  expect(points.map(({ x }) => x)).toEqual(expected.map(([x]) => x));
  points.forEach(({ y }, i) => {
    // Sums of a few numbers of size one.
    expect(y).toBeCloseTo(expected[i][1], 12);
  });
});
