import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readN2p2Potential } from "../../src/nn/n2p2/read-potential.ts";
import * as train from "../../src/workflows/train/train.ts";
import { scratch } from "../cli/eciton.ts";
import { differencesBetween } from "./kill-harness.ts";
import { type PartOptions, planOfText, runPartStudy } from "./part-study.ts";
import { toyClusters, toyCrystals, toyStudy, toyText } from "./toy-training-data.ts";

const clusters = toyText(toyClusters(20));
const crystals = toyText(toyCrystals(20));

const runToy = (keys: object = {}, data = clusters, options: PartOptions = {}) =>
  runPartStudy(train, toyStudy(keys), { "toy.xyz": data }, options);

type Run = Awaited<ReturnType<typeof runToy>>;

function curve({ rows }: Run) {
  return rows("learning-curve.csv").map((row) => ({
    energy: Number(row.train_energy_rmse_eV_per_atom),
    test: Number(row.test_energy_rmse_eV_per_atom),
    force: Number(row.train_force_rmse_eV_per_A),
    stress: Number(row.train_stress_rmse_GPa),
  }));
}

describe("a training", () => {
  it("makes errors small, and writes what it predicts for every structure", async () => {
    const run = await runToy({ epochs: 8 });
    const errors = curve(run);
    expect(errors).toHaveLength(9);
    // Energies of the set scatter by about 0.2 eV an atom and forces by 5 eV/Å.
    expect(errors[8].energy).toBeLessThan(0.02);
    expect(errors[8].force).toBeLessThan(0.4);
    expect(errors[8].force).toBeLessThan(0.1 * errors[0].force);
    const predictions = run.rows("predictions.csv");
    expect(predictions).toHaveLength(20);
    expect(predictions.filter(({ set }) => set === "test")).toHaveLength(2);
    // The printed errors are those of the kept potential, computed here from the table.
    const rmse = (set: string) => {
      const own = predictions.filter((row) => row.set === set);
      const squares = own.map(
        (r) => (Number(r.predicted_eV_per_atom) - Number(r.reference_eV_per_atom)) ** 2,
      );
      return Math.sqrt(squares.reduce((a, b) => a + b, 0) / own.length);
    };
    const { document } = run.result;
    expect(document.errors.training!.energy_rmse_eV_per_atom).toBeCloseTo(rmse("training"), 12);
    expect(document.errors.test!.energy_rmse_eV_per_atom).toBeCloseTo(rmse("test"), 12);
    const kept = curve(run)[document.epochs_kept[0]];
    expect(kept.test).toBeCloseTo(rmse("test"), 12);
    expect(run.finished()).toBe(true);
  });

  it("gives the same files for any number of workers", async () => {
    const home = scratch({ "toy.xyz": clusters });
    const run = (workers: number) =>
      runToy({ members: 2, epochs: 2 }, "", { home, workers, folder: join(home, String(workers)) });
    const [here, two] = [await run(0), await run(2)];
    expect(differencesBetween(here.outDir, two.outDir)).toEqual([]);
    expect(readdirSync(join(here.outDir, "potential"))).toEqual(["member-01", "member-02"]);
  });

  it("goes on where it was interrupted, to the same files", async () => {
    const keys = { members: 2, epochs: 20, checkpoint_every_s: 0.05 };
    const home = scratch({ "toy.xyz": clusters });
    const whole = await runToy(keys, "", { home });
    const stop = new AbortController();
    const folder = join(home, "stopped");
    const interrupted = runToy(keys, "", { home, folder, workers: 1, signal: stop.signal });
    const checkpoints = join(folder, "checkpoints");
    const timer = setInterval(() => {
      if (existsSync(checkpoints) && readdirSync(checkpoints).length > 0) stop.abort();
    }, 5);
    await interrupted.then(
      () => expect.unreachable("it ended before it was interrupted"),
      (error) => expect(error).toMatchObject({ code: "cancelled" }),
    );
    clearInterval(timer);
    expect(readdirSync(folder)).not.toContain("potential");
    await runToy(keys, "", { home, folder, resume: true });
    expect(differencesBetween(whole.outDir, folder)).toEqual([]);
  });

  it.each([
    ["adam", { method: "adam", eta: 0.02 }],
    ["l-bfgs", { method: "l-bfgs" }],
    ["a filter for each element", { method: "kalman", strategy: "element-decoupled" }],
    ["fading memory", { method: "kalman", type: "fading-memory" }],
    ["batches", { method: "kalman", energy_batch: 3, force_batch: 10 }],
  ])("learns with %s", async (_, optimiser) => {
    const alloy = toyText(toyClusters(20, 3, 4));
    const errors = curve(await runToy({ optimiser, epochs: 4 }, alloy));
    expect(errors[4].force).toBeLessThan(0.5 * errors[0].force);
    expect(errors[4].energy).toBeLessThan(0.2 * errors[0].energy);
  });

  it("learns stresses where it is asked to, and is the better for it", async () => {
    const run = await runToy({ use: { stress: true }, epochs: 6 }, crystals);
    const errors = curve(run);
    // Strains of some percent make stresses of some GPa.
    expect(errors[6].stress).toBeLessThan(0.05 * errors[0].stress);
    expect(errors[6].stress).toBeLessThan(1.5);
    expect(run.rows("learning-curve.csv")[6].stress_updates).toBe(String(6 * 18));
    expect(run.result.lines[0]).toMatch(/stresses [\d.]+ GPa/);
    const without = await runToy({ epochs: 1 }, crystals);
    expect(without.rows("learning-curve.csv")[1]).toMatchObject({
      train_stress_rmse_GPa: "",
      stress_updates: "0",
    });
  });

  it("begins with a potential, whose errors are those of epoch 0", async () => {
    const first = await runToy({ epochs: 3, keep: "last" });
    const start = join(first.outDir, "potential");
    const keys = { descriptors: undefined, network: undefined, start, epochs: 1 };
    const second = await runToy(keys);
    const [before, after] = [curve(first)[3], curve(second)[0]];
    // Both sums go over the same numbers in the same order.
    expect(after).toEqual(before);
  });

  it("takes functions, networks and settings from an input.nn, and keys of the study before them", async () => {
    const first = await runToy({ epochs: 2, force_weight: 3, test: { fraction: 0.2 } });
    const setup = join(first.outDir, "potential", "input.nn");
    const keys = { descriptors: undefined, network: undefined, setup };
    const files = { "toy.xyz": clusters };
    const own = planOfText(train, toyStudy({ ...keys, epochs: undefined }), files);
    expect(own.settings).toMatchObject({
      epochs: 2,
      forceWeight: 3,
      initialWeights: { kind: "nguyen-widrow" },
    });
    const model = readN2p2Potential(join(first.outDir, "potential"));
    expect(own.setup.elements[0].functions).toEqual(model.elements[0].functions);
    expect(own.setup.elements[0].shape.hidden).toEqual([6]);
    expect(own.setup.normalisation).toEqual(model.normalisation);
    // A mean energy in the file belongs to its energies of atoms, and to none where it has none.
    const bare = readFileSync(setup, "utf8").replaceAll(/^atom_energy.*\n/gm, "");
    const meanOnly = planOfText(train, toyStudy({ ...keys, setup: "input.nn" }), {
      ...files,
      "input.nn": bare,
    });
    expect(meanOnly.setup.atomicEnergies).toEqual(new Map([["Cu", 0]]));
    const changed = { epochs: 7, force_weight: 1, use: { forces: false }, optimiser: { method: "adam" } };
    const { settings } = planOfText(train, toyStudy({ ...keys, ...changed }), files);
    expect(settings).toMatchObject({
      epochs: 7,
      forceWeight: 1,
      forceFraction: 0,
      optimiser: { method: "adam" },
    });
  });

  it("says that nothing was learned where no epoch is better than the beginning", async () => {
    const { result, read } = await runToy({ optimiser: { method: "adam", eta: 1e12 } });
    expect(result.failure).toMatchObject({ code: "not-converged" });
    expect(result.verdict).toMatchObject({ level: "problem" });
    expect(result.verdict.text).toMatch(/^Nothing was learned/);
    expect(read("report.html")).toContain("Nothing was learned");
  });

  it("tells errors class by class and, for several elements, of the forces on each", async () => {
    const [plain, alloy] = [toyClusters(12, 1), toyClusters(12, 1, 5)];
    const marked = [...plain, ...alloy].map((one, k) => ({
      ...one,
      info: { config_type: k < 12 ? "copper" : "alloy" },
    }));
    const { read, rows } = await runToy({ epochs: 2 }, toyText(marked));
    const predictions = rows("predictions.csv");
    expect(predictions.filter((row) => row.class === "alloy")).toHaveLength(12);
    for (const word of ["forces on Cu", "forces on Ag", "copper", "alloy"])
      expect(read("report.html")).toContain(`>${word}</td>`);
  });
});

describe("the plan of a training", () => {
  const describeToy = (keys: object) =>
    train.describe(planOfText(train, toyStudy(keys), { "toy.xyz": clusters }), 2).join("\n");

  it("tells sizes, updates, memory and time", () => {
    const text = describeToy({ members: 3, network: { hidden: [10, 10] } });
    expect(text).toContain("train: 18 structures, 702 force components; test: 2 structures");
    expect(text).toMatch(/networks: Cu \d+-10-10-1; \d+ weights, 3 members/);
    // 18 energies, and ten force components of each structure.
    expect(text).toContain("Kalman filter, 4 epochs, 198 updates each");
  });

  it("keeps other structures for the test with another seed, and the same with the same", () => {
    const testOf = (seed: number) =>
      planOfText(train, toyStudy({}, { seed }), { "toy.xyz": clusters }).test.map(
        ({ structure }) => structure.name,
      );
    expect(testOf(5)).toEqual(testOf(5));
    expect(testOf(5)).not.toEqual(testOf(7));
  });
});
