/** What a model is before its training: symmetry functions and shapes of networks, made for the data or read from files. */
import { EcitonError, studyError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import { pathFromStudy } from "../../data/study/load-study.ts";
import type { TrainSection } from "../../data/study/train-schema.ts";
import type { HdnnpModel, Normalisation, Scaling } from "../../nn/hdnnp/model.ts";
import { type NetworkShape, networkShape } from "../../nn/hdnnp/new-model.ts";
import { readN2p2Potential } from "../../nn/n2p2/read-potential.ts";
import { type N2p2Setup, readN2p2Setup } from "../../nn/n2p2/setup.ts";
import { CorrelationAccumulator } from "../../nn/symmetry-functions/correlation.ts";
import type { ElementFunctions } from "../../nn/symmetry-functions/dependence.ts";
import { describeFunction } from "../../nn/symmetry-functions/describe-function.ts";
import { Descriptors } from "../../nn/symmetry-functions/descriptors.ts";
import { type FunctionKind, generateFunctions } from "../../nn/symmetry-functions/generate.ts";
import { shortestDistances } from "../../nn/symmetry-functions/generate-distances.ts";
import { largestTerm } from "../../nn/symmetry-functions/largest-term.ts";
import { pruneFunctions, pruneText, usualPruning } from "../../nn/symmetry-functions/prune.ts";
import { membersIn, potentialFiles } from "../atoms/trained-potential.ts";

export interface ElementPlan extends ElementFunctions {
  readonly shape: NetworkShape;
  /** "G2 ...: the same for all atoms". */
  readonly dropped: readonly string[];
}

export interface ModelSetup {
  readonly elements: readonly ElementPlan[];
  readonly scaling: Scaling;
  readonly scalingRange: readonly [number, number];
  readonly normaliseNodes: boolean;
  /** Decided by a file; null: by the data. */
  readonly normalisation: Normalisation | null;
  /** By element; null: by the study. */
  readonly atomicEnergies: ReadonlyMap<string, number> | null;
  /** A trained model to go on from; null: weights are drawn. */
  readonly start: HdnnpModel | null;
  readonly remarks: readonly string[];
}

/** What files say of the model; read before any work. */
export type SetupFiles =
  | {
      readonly kind: "start";
      readonly folder: string;
      readonly paths: readonly string[];
      readonly model: HdnnpModel;
    }
  | { readonly kind: "setup"; readonly file: string; readonly setup: N2p2Setup }
  | { readonly kind: "generate" };

/**
 * @param folder that paths in the study start from
 * @throws {EcitonError} "study" where files contradict each other; "data" as the readers do
 */
export function readSetupFiles(section: TrainSection, folder: string): SetupFiles {
  const { setup, start, setup_units } = section;
  if (setup !== undefined && start !== undefined)
    throw studyError("train.start", "a potential to start from has its own setup: leave out train.setup");
  if (start !== undefined) {
    const [path, ...others] = membersIn(
      pathFromStudy(folder, start),
      "train.start",
      "a potential is a folder with input.nn, scaling.data and weights.NNN.data",
    );
    if (others.length > 0)
      throw studyError(
        "train.start",
        `${start} holds a committee of ${others.length + 1}; name the folder of one member, such as ${path}`,
      );
    const model = readN2p2Potential(path, { units: setup_units });
    return { kind: "start", folder: path, paths: potentialFiles(path), model };
  }
  if (setup !== undefined) {
    const file = pathFromStudy(folder, setup);
    return { kind: "setup", file, setup: readN2p2Setup(file, setup_units) };
  }
  return { kind: "generate" };
}

/**
 * @param training structures of the training set, species by elements
 * @throws {EcitonError} "data" where the data have elements that a file lacks, or functions that tell nothing apart
 */
export function modelSetup(
  section: TrainSection,
  files: SetupFiles,
  training: readonly Structure[],
): ModelSetup {
  const elements = [...new Set(training.flatMap(({ species }) => species))];
  switch (files.kind) {
    case "start":
      requireElements(elements, files.model.elements, files.folder);
      return setupOfModel(files.model);
    case "setup": {
      const { setup, file } = files;
      requireElements(elements, setup.elements, file);
      return {
        elements: setup.elements.map(({ element, functions, nodes, activations }) => ({
          element,
          functions,
          shape: { hidden: nodes.slice(1, -1), activations },
          dropped: [],
        })),
        scaling: setup.scaling,
        scalingRange: setup.scalingRange,
        normaliseNodes: setup.normaliseNodes,
        normalisation: setup.normalised ? setup.normalisation : null,
        atomicEnergies: decidesEnergies(setup)
          ? new Map(setup.elements.map(({ element, energy }) => [element, energy]))
          : null,
        start: null,
        remarks: setup.remarks,
      };
    }
    case "generate":
      return generated(section, elements, training);
    default:
      return files satisfies never;
  }
}

/** A mean energy was taken with the energies of atoms as they stand in the file, zero or not. */
export function decidesEnergies({ elements, normalised }: N2p2Setup): boolean {
  return normalised || elements.some(({ energy }) => energy !== 0);
}

/** Everything as in a trained model. */
export function setupOfModel(model: HdnnpModel): ModelSetup {
  return {
    elements: model.elements.map(({ element, functions, network }) => ({
      element,
      functions,
      shape: { hidden: network.nodes.slice(1, -1), activations: network.activations },
      dropped: [],
    })),
    scaling: model.scaling,
    scalingRange: model.scalingRange,
    normaliseNodes: model.elements[0].network.normaliseNodes,
    normalisation: model.normalisation,
    atomicEnergies: new Map(model.elements.map(({ element, energy }) => [element, energy])),
    start: model,
    remarks: [],
  };
}

function requireElements(
  elements: readonly string[],
  known: readonly { readonly element: string }[],
  file: string,
): void {
  const names = known.map(({ element }) => element);
  const missing = elements.filter((element) => !names.includes(element));
  const idle = names.filter((name) => !elements.includes(name));
  if (missing.length > 0)
    throw new EcitonError(
      "data",
      `${file}: the data hold ${missing.join(", ")}; it knows ${names.join(", ")}`,
    );
  if (idle.length > 0)
    throw new EcitonError(
      "data",
      `${file}: it has networks for ${idle.join(", ")}, of which the training structures hold no atom`,
    );
}

function generated(
  { descriptors, network }: TrainSection,
  elements: readonly string[],
  training: readonly Structure[],
): ModelSetup {
  const { cutoff_A: radius, cutoff_function: form, inner, kinds, level, correlation, keep } = descriptors;
  const distances = shortestDistances(training, radius);
  const candidates = generateFunctions(elements, {
    radius,
    cutoff: { form, alpha: inner },
    kinds: kinds as readonly FunctionKind[],
    counts: level,
    distances,
  });
  const accumulators = candidates.map(({ functions }) => new CorrelationAccumulator(functions.length));
  const all = new Descriptors(candidates);
  for (const structure of training) {
    const { kinds: kindOf, values, valueOffsets } = all.describe(structure, { gradients: false });
    for (let i = 0; i < kindOf.length; i++) accumulators[kindOf[i]].add(values, valueOffsets[i]);
  }
  return {
    elements: candidates.map(({ element, functions }, k) => {
      const settings = { ...usualPruning, correlation, keep: keep ?? null };
      const terms = functions.map((one) => largestTerm(one, element, candidates, distances));
      const pruned = ofElement(element, () =>
        pruneFunctions(functions, accumulators[k].correlations(), settings, terms),
      );
      const own = network.elements?.[element];
      return {
        element,
        functions: pruned.kept.map((g) => functions[g]),
        shape: networkShape(own?.hidden ?? network.hidden, own?.activation ?? network.activation),
        dropped: pruneText(element, functions, pruned),
      };
    }),
    scaling: descriptors.scaling,
    scalingRange: [0, 1],
    normaliseNodes: false,
    normalisation: null,
    atomicEnergies: null,
    start: null,
    remarks: [],
  };
}

/** Errors say which element they are about. */
function ofElement<Result>(element: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    throw new EcitonError(error.code, `${element}: ${error.message}`, error.details, error);
  }
}

/** A line for each symmetry function that stayed, for people. */
export function functionLines({ element, functions }: ElementFunctions): string[] {
  return functions.map((one) => describeFunction(one, element));
}
