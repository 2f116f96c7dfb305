/** A potential written as n2p2's folder: what n2p2 and the HDNNP pair style of LAMMPS read. */
import { join } from "node:path";
import { EcitonError } from "../../core/errors.ts";
import { atomicNumberOf } from "../../data/elements.ts";
import {
  type Conversions,
  conversions,
  energyUnit,
  type FileUnits,
  fileUnits,
  lengthUnit,
  unconverted,
} from "../../data/formats/n2p2-units.ts";
import { numberText } from "../../data/formats/tokens.ts";
import { writeFileAtomic } from "../../exec/atomic-file.ts";
import type { ElementModel, HdnnpModel, Scaling } from "../hdnnp/model.ts";
import { activationLetters } from "../networks/activations.ts";
import { numWeights } from "../networks/network.ts";
import { inElementOrder, inFunctionOrder } from "../symmetry-functions/order.ts";
import { type CutoffFunction, cutoffForms } from "../symmetry-functions/symmetry-function.ts";
import type { TrainingSettings } from "../training/training-settings.ts";
import { scalingDataText } from "./scaling-data.ts";
import { functionLine } from "./symmetry-function-lines.ts";
import { trainingLines } from "./training-keywords.ts";
import { weightsFileName, weightsText } from "./weights.ts";

export interface WriteOptions {
  /** Å and eV where left out. */
  readonly units?: Partial<FileUnits>;
  /** So that nnp-train can go on. */
  readonly training?: TrainingSettings;
}

/**
 * Writes input.nn, scaling.data and weights.NNN.data, each whole or not at all, input.nn last. They read back to the same
 * bits where units are Å and eV, or the model was read from files of the same units; to one unit of the last digit otherwise.
 * @returns remarks: what n2p2 will not take as it stands here
 * @throws {EcitonError} "data" for a model that n2p2's files cannot hold: several cut-off functions, nodes that are normalised
 *   in some networks only, an order that is not n2p2's, a number that is not finite
 */
export function writeN2p2Potential(folder: string, model: HdnnpModel, options: WriteOptions = {}): string[] {
  const { text, remarks } = inputNnText(model, options);
  for (const { element, network } of model.elements) {
    const path = join(folder, weightsFileName(atomicNumberOf(element)!));
    writeFileAtomic(path, weightsText(network.nodes, network.weights));
  }
  writeFileAtomic(join(folder, "scaling.data"), scalingDataText(model.elements.map((one) => one.ranges)));
  writeFileAtomic(join(folder, "input.nn"), text);
  return remarks;
}

const scalingKeywords: Readonly<Record<Scaling, readonly string[]>> = {
  none: [],
  scale: ["scale_symmetry_functions"],
  center: ["center_symmetry_functions"],
  "scale-center": ["scale_symmetry_functions", "center_symmetry_functions"],
  sigma: ["scale_symmetry_functions_sigma"],
};

function inputNnText(
  model: HdnnpModel,
  options: WriteOptions,
): { readonly text: string; readonly remarks: string[] } {
  const units = fileUnits(options.units);
  const convert = conversions(units);
  const { elements, scaling, scalingRange } = model;
  checkModel(model);
  const cutoff = cutoffOf(model);
  const networks = networkLines(elements);
  const training = options.training === undefined ? null : trainingLines(options.training);
  const lines = [
    ...header(model, units),
    `number_of_elements ${elements.length}`,
    `elements ${elements.map((one) => one.element).join(" ")}`,
    ...elements
      .filter((one) => !Object.is(one.energy, 0))
      .map((one) => `atom_energy ${one.element} ${numberText(unconverted(one.energy, convert.energy))}`),
    ...normalisationLines(model, convert),
    `cutoff_type ${cutoffForms.indexOf(cutoff.form)} ${numberText(cutoff.alpha)}`,
    ...scalingKeywords[scaling],
    `scale_min_short ${numberText(scalingRange[0])}`,
    `scale_max_short ${numberText(scalingRange[1])}`,
    ...networks.lines,
    ...(training === null ? [] : ["", "# Training", ...training.lines]),
    "",
    "# Symmetry functions",
    ...elements.flatMap(({ element, functions }) =>
      functions.map((fn) => functionLine(element, fn, convert)),
    ),
  ];
  return { text: `${lines.join("\n")}\n`, remarks: [...networks.remarks, ...(training?.remarks ?? [])] };
}

/** Comments: where it comes from, its units, and how LAMMPS takes it. */
function header(model: HdnnpModel, units: FileUnits): string[] {
  const radius = Math.max(...model.elements.flatMap((one) => one.functions.map((fn) => fn.radius)));
  // LAMMPS (units metal) demands a cut-off that is not smaller than the largest one here.
  const outer = (Math.floor(radius * 100) + 1) / 100;
  return [
    "# High-dimensional neural network potential written by Eciton for n2p2 and LAMMPS",
    `# Units: ${units.length === "A" ? "Angstrom" : "bohr"}, ${units.energy === "eV" ? "eV" : "Hartree"}`,
    ...model.notes.map((note) => `# note: ${note.replace(/[\r\n]+/g, " ")}`),
    "# LAMMPS (units metal):",
    `#   pair_style hdnnp ${outer} dir "." showew no showewsum 100 resetew no maxew 100 cflength ${1 / lengthUnit(units)} cfenergy ${1 / energyUnit(units)}`,
    `#   pair_coeff * * ${model.elements.map((one) => one.element).join(" ")}`,
    "",
  ];
}

/** No header where the networks speak the units of the file. */
function normalisationLines({ normalisation }: HdnnpModel, convert: Conversions): string[] {
  const { meanEnergy, perEnergy, perLength } = normalisation;
  const [energy, length] = [
    unconverted(perEnergy, convert.perEnergy),
    unconverted(perLength, convert.perLength),
  ];
  if (meanEnergy === 0 && energy === 1 && length === 1) return [];
  return [
    `mean_energy ${numberText(unconverted(meanEnergy, convert.energy))}`,
    `conv_energy ${numberText(energy)}`,
    `conv_length ${numberText(length)}`,
  ];
}

/** Global keywords for the first element's network, those of elements for networks that differ from it. */
function networkLines(elements: readonly ElementModel[]): {
  readonly lines: readonly string[];
  readonly remarks: readonly string[];
} {
  const shapes = elements.map(({ element, network: { nodes, activations } }) => ({
    element,
    layers: nodes.length - 2,
    nodes: nodes.slice(1, -1).join(" "),
    lastHidden: nodes.at(-2),
    output: activations.at(-1),
    letters: activations.map((name) => activationLetters[name]).join(" "),
  }));
  const [first] = shapes;
  const lines = [
    `global_hidden_layers_short ${first.layers}`,
    `global_nodes_short ${first.nodes}`.trimEnd(),
    `global_activation_short ${first.letters}`,
    ...(elements[0].network.normaliseNodes ? ["normalize_nodes"] : []),
  ];
  const remarks: string[] = [];
  for (const { element, layers, nodes, lastHidden, output, letters } of shapes.slice(1)) {
    if (layers !== first.layers) lines.push(`element_hidden_layers_short ${element} ${layers}`);
    if (nodes !== first.nodes) lines.push(`element_nodes_short ${element} ${nodes}`.trimEnd());
    if (letters !== first.letters) lines.push(`element_activation_short ${element} ${letters}`);
    if (layers !== first.layers || (layers > 0 && lastHidden !== first.lastHidden) || output !== first.output)
      remarks.push(
        `n2p2 (2.3 and before) cannot read the network of ${element}: it takes the number of hidden layers, the nodes of the last of them and the output's activation from the global keywords`,
      );
  }
  return { lines, remarks };
}

/** The one that n2p2 knows for all functions; any, where all are of compact support. */
function cutoffOf(model: HdnnpModel): CutoffFunction {
  const found = model.elements
    .flatMap((one) => one.functions)
    .flatMap((fn) => ("cutoff" in fn ? [fn.cutoff] : []));
  const first = found[0] ?? { form: "cos", alpha: 0 };
  const other = found.find((one) => one.form !== first.form || one.alpha !== first.alpha);
  if (other !== undefined)
    throw unfit(
      `n2p2 knows one cut-off function for all symmetry functions, found ${first.form} (alpha ${first.alpha}) and ${other.form} (alpha ${other.alpha})`,
    );
  return first;
}

function checkModel({ elements, normalisation, scalingRange }: HdnnpModel): void {
  if (elements.length === 0) throw unfit("it has no elements");
  const names = elements.map((one) => one.element);
  if (inElementOrder(names, (name) => name).join() !== names.join())
    throw unfit(`its elements are not in the order of their atomic numbers: ${names.join(" ")}`);
  if (new Set(elements.map((one) => one.network.normaliseNodes)).size > 1)
    throw unfit("nodes are normalised in the networks of some elements only");
  const numbers = [...Object.values(normalisation), ...scalingRange, ...elements.map((one) => one.energy)];
  if (!numbers.every(Number.isFinite)) throw unfit("a number of it is not finite");
  for (const { element, functions, network, ranges } of elements) {
    if (inFunctionOrder(functions).some((fn, g) => fn !== functions[g]))
      throw unfit(`the functions of ${element} are not in the order of n2p2's files`);
    const { nodes, weights } = network;
    if (nodes[0] !== functions.length || nodes.at(-1) !== 1 || weights.length !== numWeights(nodes))
      throw unfit(
        `the network of ${element} (${nodes.join("-")}, ${weights.length} weights) does not fit its ${functions.length} functions`,
      );
    if (Object.values(ranges).some((values: Float64Array) => values.length !== functions.length))
      throw unfit(`the ranges of ${element} are not those of its ${functions.length} functions`);
  }
}

function unfit(message: string): EcitonError {
  return new EcitonError("data", `the potential cannot be written for n2p2: ${message}`);
}
