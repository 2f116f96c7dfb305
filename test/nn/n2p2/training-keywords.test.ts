import { describe, expect, it } from "vitest";
import { parseInputNn } from "../../../src/nn/n2p2/input-nn.ts";
import { trainingSettingsOf } from "../../../src/nn/n2p2/training-keywords.ts";
import { dataErrorOf } from "../../data/formats/errors-of.ts";

/** The keywords of n2p2's example H2O_RPBE-D3. */
const example = `elements H O
epochs 25
updater_type 1
parallel_mode 4
update_strategy 0
selection_mode 2
memorize_symfunc_results
random_seed 2
test_fraction 0.1
use_short_forces
force_weight 10.0
short_energy_fraction 1.000
short_force_fraction 0.041
short_energy_error_threshold 1.00
short_force_error_threshold 1.00
rmse_threshold_trials 3
weights_min -1.0
weights_max 1.0
kalman_type 0
kalman_epsilon 1.0E-2
kalman_q0 0.01
kalman_qtau 2.302
kalman_qmin 1.0E-6
kalman_eta 0.01
kalman_etatau 2.302
kalman_etamax 1.0
gradient_type 1
gradient_adam_eta 1.0E-3
gradient_adam_beta1 0.9
gradient_adam_beta2 0.999
gradient_adam_epsilon 1.0E-8
`;
const read = (text: string) => trainingSettingsOf(parseInputNn(text, "input.nn"));

describe("the training of an input.nn", () => {
  it("is n2p2's", () => {
    const { settings, seed, testFraction, normaliseDataSet, remarks } = read(example);
    expect([seed, testFraction, normaliseDataSet, remarks]).toEqual([2, 0.1, null, []]);
    expect(settings).toEqual({
      optimiser: {
        method: "kalman",
        type: "standard",
        strategy: "global",
        epsilon: 0.01,
        q0: 0.01,
        qtau: Number("2.302"),
        qmin: 1e-6,
        eta: 0.01,
        etatau: Number("2.302"),
        etamax: 1,
        lambda: 0.96,
        nu: 0.9995,
        energyBatch: 1,
        forceBatch: 1,
      },
      epochs: 25,
      energyFraction: 1,
      forceFraction: 0.041,
      stressFraction: 0,
      forceWeight: 10,
      stressWeight: 1,
      selection: { mode: "threshold", energyThreshold: 1, forceThreshold: 1, trials: 3 },
      initialWeights: { kind: "glorot" },
      patience: null,
      keep: "last",
    });
  });

  it("without use_short_forces no forces", () => {
    expect(read(example.replace("use_short_forces\n", "")).settings.forceFraction).toBe(0);
  });

  it("Adam", () => {
    const { optimiser } = read(example.replace("updater_type 1", "updater_type 0")).settings;
    expect(optimiser).toEqual({
      method: "adam",
      eta: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      energyBatch: 1,
      forceBatch: 1,
    });
  });

  it("the learning rate stays where its growth is not told", () => {
    const { optimiser } = read(example.replace("kalman_etamax 1.0\n", "")).settings;
    expect(optimiser.method === "kalman" && optimiser.etamax).toBe(0.01);
  });

  it.each([
    [
      "selection_mode 2",
      "selection_mode 2 10 1 15 2",
      /changes with the epoch \(2 10 1 15 2\): threshold is kept/,
    ],
    ["update_strategy 0", "update_strategy 1", /filters of the elements know nothing of each other/],
    ["epochs 25", "epochs 25\ntask_batch_size_energy 10", /sums the gradients of a batch/],
    ["epochs 25", "epochs 25\nforce_energy_ratio 4", /force_energy_ratio is not taken into account/],
    ["epochs 25", "epochs 25\nselection_mode_force 0", /forces are selected as energies are/],
    ["weights_min -1.0", "weights_min -0.5", /-1 to 1, and not of -0.5 to 1 \(weights_min, weights_max\)/],
  ])("%s → %s is remarked on", (from, to, message) => {
    expect(read(example.replace(from, to)).remarks.join()).toMatch(message);
  });

  it("one element has one filter either way", () => {
    const text = example
      .replace("elements H O", "elements H")
      .replace("update_strategy 0", "update_strategy 1");
    const { settings, remarks } = read(text);
    expect(settings.optimiser.method === "kalman" && settings.optimiser.strategy).toBe("global");
    expect(remarks).toEqual([]);
  });

  it("decoupling by elements, newer names, initial weights", () => {
    const { settings, normaliseDataSet } = read(
      `${example.replace("short_energy_fraction", "energy_fraction")}decoupling_type 1\nnguyen_widrow_weights_short\nnormalize_data_set force\n`,
    );
    expect(settings.optimiser.method === "kalman" && settings.optimiser.strategy).toBe("element-decoupled");
    expect(settings.initialWeights.kind).toBe("nguyen-widrow");
    expect(normaliseDataSet).toBe("force");
  });

  it.each([
    ["epochs 25\n", "", /^input\.nn: keyword "epochs" is missing, which a training needs/],
    ["kalman_q0 0.01\n", "", /^input\.nn: keyword "kalman_q0" is missing/],
    ["kalman_q0 0.01", "kalman_q0 x", /^input\.nn:21: kalman_q0: value: expected a number, found "x"/],
    ["updater_type 1", "updater_type 2", /^input\.nn:3: updater_type 2 is not supported/],
    ["updater_type 1", "updater_type 0\ngradient_eta 1", null],
    ["update_strategy 0", "decoupling_type 3", /^input\.nn:5: decoupling_type 3 is not supported/],
    ["selection_mode 2", "selection_mode 3", /^input\.nn:6: selection_mode: expected 0, 1 or 2, found 3/],
  ])("%j → %j", (from, to, message) => {
    const run = () => read(example.replace(from, to));
    if (message === null) expect(run().settings.optimiser.method).toBe("adam");
    else expect(dataErrorOf(run)).toMatch(message);
  });

  it("steps of fixed size are refused", () => {
    const text = example
      .replace("updater_type 1", "updater_type 0")
      .replace("gradient_type 1", "gradient_type 0");
    expect(dataErrorOf(() => read(text))).toMatch(
      /^input\.nn:27: gradient_type 0 is not supported: expected 1/,
    );
  });
});
