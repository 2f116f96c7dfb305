/** Crystals at many volumes: symmetry forbids forces, and what is left of them is 0 or rounding. */
import { expect, it } from "vitest";
import type { Structure } from "../../src/data/structure.ts";
import * as train from "../../src/workflows/train/train.ts";
import { runPartStudy } from "./part-study.ts";
import { labeled, toyStudy, toyText } from "./toy-training-data.ts";

function volumes(sites: readonly (readonly number[])[], smallest: number): Structure[] {
  return Array.from({ length: 24 }, (_, k) => {
    const a = smallest * (1 + 0.01 * k);
    return labeled({
      cell: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
      periodic: [true, true, true],
      positions: Float64Array.from(sites.flat(), (x) => x * a),
      species: sites.map(() => "Cu"),
      name: `volume ${k}`,
      info: {},
      source: { file: "toy", line: null },
    });
  });
}

it.each([
  ["one atom, whose forces are 0", volumes([[0, 0, 0]], 2.2)],
  [
    "two atoms, whose forces are rounding",
    volumes(
      [
        [0.1, 0.2, 0.3],
        [0.6, 0.7, 0.8],
      ],
      2.7,
    ),
  ],
])("energies of cells of %s are learned, and the best epoch is theirs", async (_, structures) => {
  const { result, rows } = await runPartStudy(train, toyStudy({ epochs: 12 }), {
    "toy.xyz": toyText(structures),
  });
  const energies = rows("learning-curve.csv").map((row) => Number(row.test_energy_rmse_eV_per_atom));
  const [kept] = result.document.epochs_kept;
  expect(energies[kept]).toBe(Math.min(...energies));
  // They scatter by some tenths of an eV.
  expect(energies[kept]).toBeLessThan(0.05);
  expect(result.failure).toBeNull();
});
