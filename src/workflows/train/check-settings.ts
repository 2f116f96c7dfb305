/** Keys of a training that contradict each other, and settings that cannot be carried out: found before any work. */
import { EcitonError, studyError } from "../../core/errors.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import { numWeights } from "../../nn/networks/network.ts";
import { countUpdates } from "../../nn/training/selection.ts";
import type { TrainingSettings } from "../../nn/training/training-settings.ts";
import { integer } from "../../report/numbers.ts";
import { decidesEnergies, type ElementPlan, type ModelSetup, type SetupFiles } from "./model-setup.ts";
import type { Example } from "./training-data.ts";

/**
 * What a file decides the study cannot decide too.
 * @throws {EcitonError} "study" for the first such key
 */
export function requireOneSource({ given }: Pick<LoadedStudy, "given">, files: SetupFiles): void {
  if (files.kind === "generate") return;
  const { kind } = files;
  const decided = ["descriptors", "network"];
  if (kind === "start" || files.setup.normalised) decided.push("normalise");
  if (kind === "start" || decidesEnergies(files.setup)) decided.push("atomic_energies_eV");
  const key = decided.find((name) => given(`train.${name}`));
  if (key === undefined) return;
  throw studyError(
    `train.${key}`,
    `${kind === "start" ? `the potential in ${files.folder}` : files.file} decides this already, which train.${kind} names; ` +
      `leave out one of the two`,
  );
}

/** Updates of an epoch. */
export interface UpdateCounts {
  readonly energy: number;
  readonly force: number;
  readonly stress: number;
}

/**
 * @throws {EcitonError} "study" where something that is to be fitted gets no update
 */
export function updatesOfEpoch(settings: TrainingSettings, training: readonly Example[]): UpdateCounts {
  const { optimiser, energyFraction, forceFraction, stressFraction } = settings;
  const sum = (of: (example: Example) => number) => training.reduce((all, one) => all + of(one), 0);
  const batches = optimiser.method === "l-bfgs" ? { energyBatch: 0, forceBatch: 0 } : { ...optimiser };
  const kinds = [
    ["energy", training.length, energyFraction, batches.energyBatch],
    ["force", sum(({ structure }) => structure.forces?.length ?? 0), forceFraction, batches.forceBatch],
    ["stress", sum(({ structure }) => (structure.stress ? 6 : 0)), stressFraction, batches.forceBatch],
  ] as const;
  const counts = kinds.map(([kind, components, fraction, batch]) => {
    const { updates } = countUpdates(components, fraction, batch);
    if (components > 0 && fraction > 0 && updates === 0)
      throw studyError(
        `train.${kind}_fraction`,
        `${fraction} of ${integer(components)} ${kind === "energy" ? "energies" : `${kind} components`} make no update of ` +
          `${batch <= 1 ? "1" : integer(batch)}: raise the fraction${batch > 1 ? `, or lower train.optimiser.${kind === "energy" ? "energy" : "force"}_batch` : ""}`,
      );
    return updates;
  });
  const [energy, force, stress] = counts;
  if (energy + force + stress === 0)
    throw studyError(
      "train.energy_fraction",
      "nothing would be fitted: the shares of energies, forces and stresses that an epoch uses are 0",
    );
  return { energy, force, stress };
}

export function numWeightsOf({ functions, shape }: ElementPlan): number {
  return numWeights([functions.length, ...shape.hidden, 1]);
}

/** Bytes of the covariance of a member: the lower triangle of each filter, and columns that a batch works on. */
export function covarianceBytes({ optimiser }: TrainingSettings, { elements }: ModelSetup): number {
  if (optimiser.method !== "kalman") return 0;
  const blocks = filterSizes(optimiser.strategy, elements);
  return blocks.reduce((bytes, n) => bytes + 4 * n * n, 0);
}

function filterSizes(strategy: "global" | "element-decoupled", elements: readonly ElementPlan[]): number[] {
  const sizes = elements.map(numWeightsOf);
  return strategy === "global" ? [sizes.reduce((a, b) => a + b, 0)] : sizes;
}

/** A kernel's memory. */
const MOST_BYTES = 2 ** 31;

/** @throws {EcitonError} "memory" for more weights than a Kalman filter can hold */
export function requireMemory(settings: TrainingSettings, { elements }: ModelSetup): void {
  const { optimiser } = settings;
  if (optimiser.method !== "kalman") return;
  const n = Math.max(...filterSizes(optimiser.strategy, elements));
  if (4 * n * n <= MOST_BYTES) return;
  const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  const most = integer(Math.floor(Math.sqrt(MOST_BYTES / 4) / 100) * 100);
  const decouple =
    optimiser.strategy === "global" && elements.length > 1
      ? "a filter for each element (train.optimiser: {method: kalman, strategy: element-decoupled}), "
      : "";
  throw new EcitonError(
    "memory",
    `the covariance of ${integer(n)} weights needs ${gigabytes(4 * n * n)} GiB; ${gigabytes(MOST_BYTES)} GiB hold some ${most} weights: ` +
      `take ${decouple}fewer nodes (train.network.hidden), or train.optimiser: {method: adam}`,
  );
}
