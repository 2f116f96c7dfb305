/** The chemical potential that a study of the variance-constrained ensemble reports, against the exact one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { runFile } from "./run-study.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-constrained-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("reports Δμ of an ideal alloy as e + k_B T ln[c / (1 - c)]", async () => {
  const file = join(folder, "ideal.yaml");
  writeFileSync(
    file,
    `
seed: 3
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 3]]
  sites: [{ name: m, position: [0, 0, 0], species: [A, B], labels: { B: B } }]
clusters: { cutoff_A: 1, max_points: 1 }
model: { terms: [{ label: B, energy_eV: 0.07 }] }
sample:
  ensemble: variance-constrained
  variance_constraint: { kappa: 50, phi: [{ phi: { B: -0.5 } }, { phi: { B: -1.2 } }] }
  supercells: [[10, 10, 10]]
  temperatures_K: [800]
  steps: 400000
`,
  );
  const run = await runFile(file);
  const kT = BOLTZMANN_EV_PER_K * 800;
  for (const { fractions } of run.result.states) {
    const [background, solute] = fractions;
    expect(background).not.toHaveProperty("deltaMu_eV");
    const c = solute.fraction.value;
    // On 1000 sites the mean differs from the maximum of the distribution by less than 1 / (N c (1 - c)).
    const finite = kT / (1000 * c * (1 - c));
    const { value, error } = solute.deltaMu_eV!;
    expect(Math.abs(value - (0.07 + kT * Math.log(c / (1 - c))))).toBeLessThan(4 * error + finite);
    expect(error).toBeLessThan(0.01 * kT);
  }
  const [header, , solute] = run.read("fractions.csv").trim().split("\n");
  expect(header.endsWith(",delta_mu_eV,delta_mu_error_eV")).toBe(true);
  expect(Number(solute.split(",").at(-2))).toBe(run.result.states[0].fractions[1].deltaMu_eV!.value);
  // The report draws Δμ against the share, and its table has the numbers of fractions.csv.
  const curve = run.read(join("report-csv", "curve-chemical-potential-of-b-against-its-share.csv"));
  const points = curve
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  expect(points.map(([name, x, y]) => [name, Number(x), Number(y)])).toEqual(
    run.result.states.map(({ fractions: [, { fraction, deltaMu_eV }] }) => [
      "800 K",
      fraction.value,
      deltaMu_eV!.value,
    ]),
  );
  run.remove();
});
