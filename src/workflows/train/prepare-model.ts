/** From examples to untrained models and the set that trains them. */
import { RandomStream } from "../../core/random.ts";
import type { Structure } from "../../data/structure.ts";
import type { TrainSection } from "../../data/study/train-schema.ts";
import { atomicEnergyRemarks, fitAtomicEnergies } from "../../nn/hdnnp/atomic-energies.ts";
import type { HdnnpModel, Normalisation } from "../../nn/hdnnp/model.ts";
import { newModel } from "../../nn/hdnnp/new-model.ts";
import { dataStatistics, normalisationOf } from "../../nn/hdnnp/normalisation.ts";
import { StructureEvaluator } from "../../nn/training/structure-evaluator.ts";
import { TrainingSet, type TrainingStructure } from "../../nn/training/training-set.ts";
import type { RunContext } from "../context.ts";
import { seedOfPart } from "../streams.ts";
import type { ModelSetup } from "./model-setup.ts";
import type { TrainPlan } from "./train-plan.ts";
import type { Example } from "./training-data.ts";

export interface Prepared {
  /** Untrained, one for each member. */
  readonly models: readonly HdnnpModel[];
  /** Training structures, then those of the test. */
  readonly set: TrainingSet;
  readonly numTraining: number;
  readonly remarks: readonly string[];
}

/**
 * @throws {EcitonError} "data" for structures that cannot be described, and where units cannot be found
 */
export async function prepareModels(
  { section, setup, settings, training, test, loaded }: Omit<TrainPlan, "inputs" | "warnings" | "updates">,
  context: Pick<RunContext, "executor" | "signal">,
  onProgress: (done: number, all: number) => void,
): Promise<Prepared> {
  const { use, memory_GiB } = section;
  const set = await TrainingSet.create(
    setup.elements,
    [...training, ...test].map(({ structure, structureClass }) => ({
      structure: { ...structure, stress: use.stress ? structure.stress : undefined },
      structureClass,
    })),
    { budget: memory_GiB * 2 ** 30, executor: context.executor, signal: context.signal, onProgress },
  );
  const remarks: string[] = [];
  const energies = atomicEnergiesOf(section, setup, training, remarks);
  const ranges = set.store.ranges(training.keys());
  const part = seedOfPart(loaded.study.seed, "training");
  const modelOf = (member: number, normalisation: Normalisation | undefined) =>
    newModel(
      {
        elements: setup.elements.map(({ element, functions, shape }, k) => ({
          element,
          energy: energies.get(element) ?? 0,
          functions,
          ranges: setup.start?.elements[k].ranges ?? ranges[k],
          shape,
        })),
        scaling: setup.scaling,
        scalingRange: setup.scalingRange,
        normalisation,
        normaliseNodes: setup.normaliseNodes,
        weights: settings.initialWeights,
      },
      new RandomStream(part, WEIGHT_STREAM + member),
    );
  const normalisation =
    setup.normalisation ??
    normalisationFor(
      section,
      training.map(({ structure }) => structure),
      energies,
      () => untrainedForceSigma(modelOf(0, undefined), set.structures.slice(0, training.length), set),
    );
  return {
    models: Array.from(
      { length: section.members },
      (_, member) => setup.start ?? modelOf(member, normalisation),
    ),
    set,
    numTraining: training.length,
    remarks,
  };
}

/** Streams of the seed of the part "training": a trainer of member m has seedOfMember and streams of its own. */
const WEIGHT_STREAM = 2 ** 40;

/** Seed of the updates of a member. */
export function seedOfMember(seed: number, member: number): number {
  return new RandomStream(seedOfPart(seed, "training"), WEIGHT_STREAM * 2 + member).nextUint32();
}

function atomicEnergiesOf(
  { atomic_energies_eV: given }: TrainSection,
  { atomicEnergies, elements }: ModelSetup,
  training: readonly Example[],
  remarks: string[],
): ReadonlyMap<string, number> {
  if (atomicEnergies) return atomicEnergies;
  if (given === "none") return new Map();
  if (given !== "fit") return new Map(Object.entries(given));
  const fitted = fitAtomicEnergies(
    training.map(({ structure }) => structure),
    elements.map(({ element }) => element),
  );
  remarks.push(...atomicEnergyRemarks(fitted));
  return fitted.energies;
}

/** Forces that are so small, eV/Å, are forbidden by symmetry, and what programs print of them is rounding: no scale. */
const NOISE_OF_FORCES = 1e-5;

function normalisationFor(
  { normalise, use }: TrainSection,
  structures: readonly Structure[],
  energies: ReadonlyMap<string, number>,
  untrained: () => number,
): Normalisation {
  const statistics = dataStatistics(structures, energies);
  if (normalise === "none") return { meanEnergy: statistics.meanEnergy, perEnergy: 1, perLength: 1 };
  // Without forces only energies can set the scale.
  if (!use.forces || (statistics.forceSigma ?? 0) < NOISE_OF_FORCES)
    return normalisationOf({ ...statistics, forceComponents: 0 }, { kind: "energy-and-force" });
  if (normalise === "energy-and-force") return normalisationOf(statistics, { kind: "energy-and-force" });
  if (normalise === "force") return normalisationOf(statistics, { kind: "force" });
  return normalisationOf(statistics, { kind: "network-force", untrainedForceSigma: untrained() });
}

/** Standard deviation of the forces of a model that has learned nothing, in its own units. */
function untrainedForceSigma(
  model: HdnnpModel,
  structures: readonly TrainingStructure[],
  set: TrainingSet,
): number {
  const evaluator = new StructureEvaluator(model, set.store.dependence);
  let [count, sum, squares] = [0, 0, 0];
  for (const structure of structures) {
    const forces = new Float64Array(3 * structure.numAtoms);
    evaluator.forces(structure.descriptors(), forces);
    for (const f of forces) {
      count++;
      sum += f;
      squares += f * f;
    }
  }
  return Math.sqrt((squares - (sum * sum) / count) / (count - 1));
}
