/** An engine or temperatures that do not belong to a study's method or ensemble are refused before anything runs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { planRun } from "../../src/workflows/plan.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-engine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lattice = `
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 15]]
  sites: [{ name: s, position: [0, 0, 0], species: [vac, A] }]
clusters: { cutoff_A: 3, max_points: 2 }
model: { terms: [{ label: "A@sA@s_1N", energy_eV: 0.05 }] }
`;

function planWith(sample: string, temperatures = "300, 400", engine = "nfold") {
  const file = join(folder, "study.yaml");
  writeFileSync(
    file,
    `${lattice}sample: { supercells: [[4, 4, 1]], temperatures_K: [${temperatures}], steps: 1000, engine: ${engine}, ${sample} }\n`,
  );
  return planRun(loadStudy(file), { fit: false, sample: true });
}

const half = "compositions: [{ per_cell: { A: 1/2 } }]";

describe("engine: nfold", () => {
  it("is taken where only swaps over any distance are made", async () => {
    expect((await planWith(half)).chains).toBe(2);
    expect((await planWith(`${half}, moves: { swap: 2, neighbour_swap: 0 }`)).chains).toBe(2);
    expect((await planWith(`${half}, method: anneal, anneal: { restarts: 3 }`)).chains).toBe(3);
  });

  it.each([
    ["method: tempering", half],
    ["method: wang-landau", half],
    ["moves: { swap: 1, neighbour_swap: 1 }", half],
    ["ensemble: semi-grand", "chemical_potentials: [{ mu_eV: { A: 0.1 } }]"],
  ])("is refused with %s", async (setting, what) => {
    await expect(planWith(`${setting}, ${what}`)).rejects.toMatchObject({
      code: "study",
      message: expect.stringMatching(/^sample\.engine: nfold .*take auto$/),
    });
  });
});

describe("method: tempering", () => {
  it("needs two temperatures", async () => {
    await expect(planWith(`method: tempering, ${half}`, "300", "auto")).rejects.toMatchObject({
      code: "study",
      message: "sample.temperatures_K: parallel tempering needs at least two temperatures",
    });
    expect((await planWith(`method: tempering, ${half}`, "300, 310", "auto")).chains).toBe(2);
  });
});
