/** What input.nn says of a training, and the same lines written. */
import { dataError } from "../../core/errors.ts";
import { numberText } from "../../data/formats/tokens.ts";
import type { AdamSettings, KalmanSettings, TrainingSettings } from "../training/training-settings.ts";
import { countAt, type InputNn, lineOf, numberAt } from "./input-nn.ts";

export interface N2p2Training {
  readonly settings: TrainingSettings;
  /** random_seed */
  readonly seed: number | null;
  /** test_fraction */
  readonly testFraction: number | null;
  /** normalize_data_set: which units nnp-train is to choose (stats-only, ref, force); null: those of the file. */
  readonly normaliseDataSet: string | null;
  /** What is done otherwise than n2p2 would. */
  readonly remarks: readonly string[];
}

/** Numbers that stand in n2p2's examples, for keywords that do not apply; etatau's is ln 10 there. */
const EXAMPLE = { lambda: 0.96, nu: 0.9995, eta: 0.01, etatau: Math.LN10, etamax: 1 };

const modes = ["random", "sorted", "threshold"] as const;

/**
 * So that a training may go on from an input.nn of n2p2.
 * @throws {EcitonError} "data" with file and line for keywords that are missing or wrong, and for gradient descent of fixed
 *   step size and filters decoupled further than by elements, which this program does not have
 */
export function trainingSettingsOf(input: InputNn): N2p2Training {
  const read = keywordReader(input);
  const remarks: string[] = [];
  const useForces = read.has("use_short_forces");
  const initial = read.has("nguyen_widrow_weights_short") ? "nguyen-widrow" : "glorot";
  const [least, most] = [read.number("weights_min", -1), read.number("weights_max", 1)];
  if (least !== -1 || most !== 1)
    remarks.push(
      `initial weights are scaled from numbers of -1 to 1, and not of ${least} to ${most} (weights_min, weights_max)`,
    );
  if (read.has("force_energy_ratio"))
    remarks.push("force_energy_ratio is not taken into account: force_fraction is");
  const settings: TrainingSettings = {
    optimiser: readOptimiser(input, remarks),
    epochs: read.count("epochs", null),
    energyFraction: read.number("energy_fraction", null),
    forceFraction: useForces ? read.number("force_fraction", null) : 0,
    stressFraction: 0,
    forceWeight: useForces ? read.number("force_weight", 1) : 1,
    stressWeight: 1,
    selection: readSelection(input, remarks),
    initialWeights: { kind: initial },
    patience: null,
    keep: "last",
  };
  return {
    settings,
    seed: read.has("random_seed") ? read.count("random_seed", null) : null,
    testFraction: read.has("test_fraction") ? read.number("test_fraction", null) : null,
    normaliseDataSet: lineOf(input, "normalize_data_set")?.values[0] ?? null,
    remarks,
  };
}

interface KeywordReader {
  has(keyword: string): boolean;
  /** @param fallback null: the keyword is required */
  number(keyword: string, fallback: number | null): number;
  count(keyword: string, fallback: number | null): number;
}

function keywordReader(input: InputNn): KeywordReader {
  const value = (keyword: string, fallback: number | null, whole: boolean): number => {
    const line = lineOf(input, keyword);
    if (line !== undefined)
      return whole ? countAt(input, line, 0, "value", 0) : numberAt(input, line, 0, "value");
    if (fallback === null)
      throw dataError(input.file, null, `keyword "${keyword}" is missing, which a training needs`);
    return fallback;
  };
  return {
    has: (keyword) => lineOf(input, keyword) !== undefined,
    number: (keyword, fallback) => value(keyword, fallback, false),
    count: (keyword, fallback) => value(keyword, fallback, true),
  };
}

function readOptimiser(input: InputNn, remarks: string[]): KalmanSettings | AdamSettings {
  const read = keywordReader(input);
  const batches = {
    energyBatch: read.count("task_batch_size_energy", 1),
    forceBatch: read.count("task_batch_size_force", 1),
  };
  const one = (keyword: string, fallback: number, allowed: readonly number[], what: string): number => {
    const found = read.count(keyword, fallback);
    if (!allowed.includes(found))
      throw dataError(
        input.file,
        lineOf(input, keyword)?.line ?? null,
        `${keyword} ${found} is not supported: expected ${what}`,
      );
    return found;
  };
  const summed = read.count("jacobian_mode", 1) !== 2;
  const several = batches.energyBatch !== 1 || batches.forceBatch !== 1;
  if (one("updater_type", 1, [0, 1], "0 (gradient descent) or 1 (Kalman filter)") === 0) {
    one("gradient_type", 0, [1], "1 (Adam), since steps of fixed size are not there");
    return {
      method: "adam",
      eta: read.number("gradient_adam_eta", null),
      beta1: read.number("gradient_adam_beta1", null),
      beta2: read.number("gradient_adam_beta2", null),
      epsilon: read.number("gradient_adam_epsilon", null),
      ...batches,
    };
  }
  if (several && summed)
    remarks.push(
      "n2p2 sums the gradients of a batch (jacobian_mode 0 and 1); here each candidate is a row of the Jacobian (2)",
    );
  const perUpdater = one("update_strategy", 0, [0, 1], "0 (one filter) or 1 (one for each element)");
  const alone = (lineOf(input, "elements")?.values.length ?? 1) === 1;
  if (perUpdater === 1 && !alone)
    remarks.push(
      "update_strategy 1: n2p2's filters of the elements know nothing of each other; here they share the matrix that is inverted (decoupling_type 1)",
    );
  const decoupling = one("decoupling_type", 0, [0, 1], "0 (none) or 1 (by elements)");
  const fading = one("kalman_type", 0, [0, 1], "0 (standard) or 1 (fading memory)") === 1;
  const eta = read.number("kalman_eta", fading ? EXAMPLE.eta : null);
  // Without both of these n2p2 keeps eta as it is.
  const grows = read.has("kalman_etatau") && read.has("kalman_etamax");
  return {
    method: "kalman",
    type: fading ? "fading-memory" : "standard",
    strategy: !alone && (perUpdater === 1 || decoupling === 1) ? "element-decoupled" : "global",
    epsilon: read.number("kalman_epsilon", null),
    q0: read.number("kalman_q0", null),
    qtau: read.number("kalman_qtau", null),
    qmin: read.number("kalman_qmin", null),
    eta,
    etatau: grows ? read.number("kalman_etatau", null) : EXAMPLE.etatau,
    etamax: grows ? read.number("kalman_etamax", null) : fading ? EXAMPLE.etamax : eta,
    lambda: read.number("kalman_lambda_short", fading ? null : EXAMPLE.lambda),
    nu: read.number("kalman_nue_short", fading ? null : EXAMPLE.nu),
    ...batches,
  };
}

function readSelection(input: InputNn, remarks: string[]): TrainingSettings["selection"] {
  const read = keywordReader(input);
  const line = lineOf(input, "selection_mode") ?? lineOf(input, "selection_mode_energy");
  const mode = line === undefined ? 0 : countAt(input, line, 0, "mode", 0);
  if (modes[mode] === undefined)
    throw dataError(input.file, line?.line ?? null, `selection_mode: expected 0, 1 or 2, found ${mode}`);
  if (line !== undefined && line.values.length > 1)
    remarks.push(`selection_mode changes with the epoch (${line.values.join(" ")}): ${modes[mode]} is kept`);
  const force = lineOf(input, "selection_mode_force");
  if (force !== undefined && force.values[0] !== String(mode))
    remarks.push(`selection_mode_force ${force.values.join(" ")}: forces are selected as energies are`);
  const forAll = read.number("rmse_threshold", 0);
  return {
    mode: modes[mode],
    energyThreshold: read.number("rmse_threshold_energy", forAll),
    forceThreshold: read.number("rmse_threshold_force", forAll),
    trials: read.count("rmse_threshold_trials", 1),
  };
}

/** nnp-train demands a seed and a share of test structures, which are no part of the settings of a training. */
const DEMANDED: readonly [string, number][] = [
  ["random_seed", 1],
  ["test_fraction", 0.1],
];

/**
 * Lines of input.nn with which nnp-train goes on from the weights beside it.
 * @returns remarks on what n2p2 has no keywords for, too
 */
export function trainingLines(settings: TrainingSettings): {
  readonly lines: readonly string[];
  readonly remarks: readonly string[];
} {
  const { optimiser, selection } = settings;
  const remarks: string[] = [];
  const lines: [string, number?][] = [
    ...DEMANDED,
    ["epochs", settings.epochs],
    ["use_old_weights_short"],
    ["short_energy_fraction", settings.energyFraction],
    ["short_force_fraction", settings.forceFraction],
    ["selection_mode", modes.indexOf(selection.mode)],
    ["short_energy_error_threshold", selection.energyThreshold],
    ["short_force_error_threshold", selection.forceThreshold],
    ["rmse_threshold_trials", selection.trials],
    ["parallel_mode", 0],
    ["memorize_symfunc_results"],
    ["weights_min", settings.initialWeights.kind === "uniform" ? settings.initialWeights.min : -1],
    ["weights_max", settings.initialWeights.kind === "uniform" ? settings.initialWeights.max : 1],
  ];
  if (settings.forceFraction > 0) lines.push(["use_short_forces"], ["force_weight", settings.forceWeight]);
  if (settings.initialWeights.kind === "nguyen-widrow") lines.push(["nguyen_widrow_weights_short"]);
  if (settings.stressFraction > 0) remarks.push("n2p2 does not train with stresses");
  if (optimiser.method === "l-bfgs") remarks.push("n2p2 has no L-BFGS; a Kalman filter has to be set up");
  else {
    lines.push(
      ["update_strategy", 0],
      ["task_batch_size_energy", optimiser.energyBatch],
      ["task_batch_size_force", optimiser.forceBatch],
    );
    lines.push(...(optimiser.method === "adam" ? adamLines(optimiser) : kalmanLines(optimiser)));
  }
  return {
    lines: lines.map(([keyword, value]) =>
      value === undefined ? keyword : `${keyword} ${numberText(value)}`,
    ),
    remarks,
  };
}

function adamLines({ eta, beta1, beta2, epsilon }: AdamSettings): [string, number][] {
  return [
    ["updater_type", 0],
    ["jacobian_mode", 0],
    ["gradient_type", 1],
    ["gradient_adam_eta", eta],
    ["gradient_adam_beta1", beta1],
    ["gradient_adam_beta2", beta2],
    ["gradient_adam_epsilon", epsilon],
  ];
}

function kalmanLines(kalman: KalmanSettings): [string, number][] {
  return [
    ["updater_type", 1],
    ["jacobian_mode", 2],
    ["decoupling_type", kalman.strategy === "global" ? 0 : 1],
    ["kalman_type", kalman.type === "standard" ? 0 : 1],
    ["kalman_epsilon", kalman.epsilon],
    ["kalman_q0", kalman.q0],
    ["kalman_qtau", kalman.qtau],
    ["kalman_qmin", kalman.qmin],
    ["kalman_eta", kalman.eta],
    ["kalman_etatau", kalman.etatau],
    ["kalman_etamax", kalman.etamax],
    ["kalman_lambda_short", kalman.lambda],
    ["kalman_nue_short", kalman.nu],
  ];
}
