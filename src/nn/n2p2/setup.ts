/** What input.nn says of a potential: all but the ranges of its functions and the weights. */
import { dataError } from "../../core/errors.ts";
import { isElement } from "../../data/elements.ts";
import { type Conversions, conversions, type FileUnits, fileUnits } from "../../data/formats/n2p2-units.ts";
import { quoteToken } from "../../data/formats/tokens.ts";
import { readTextFile } from "../../data/read-text.ts";
import type { Normalisation, Scaling } from "../hdnnp/model.ts";
import type { Activation } from "../networks/network.ts";
import { compareFunctions, inElementOrder, inFunctionOrder } from "../symmetry-functions/order.ts";
import type { SymmetryFunction } from "../symmetry-functions/symmetry-function.ts";
import { checkKeywords } from "./foreign-keywords.ts";
import {
  countAt,
  type InputNn,
  lineOf,
  linesOf,
  numberAt,
  parseInputNn,
  requireLine,
  requireWords,
} from "./input-nn.ts";
import { readShape } from "./network-shape.ts";
import { functionInAngstrom, readCutoff, readFunction } from "./symmetry-function-lines.ts";

export interface ElementSetup {
  readonly element: string;
  /** eV */
  readonly energy: number;
  /** Sorted; lengths in Å. */
  readonly functions: readonly SymmetryFunction[];
  /** Of each layer, inputs and output included. */
  readonly nodes: readonly number[];
  /** Of each layer but the inputs. */
  readonly activations: readonly Activation[];
}

export interface N2p2Setup {
  readonly input: InputNn;
  readonly units: FileUnits;
  /** Sorted by atomic number. */
  readonly elements: readonly ElementSetup[];
  readonly normaliseNodes: boolean;
  readonly scaling: Scaling;
  readonly scalingRange: readonly [number, number];
  /** From the header of nnp-norm; where there is none, the units of the file: its networks speak them. */
  readonly normalisation: Normalisation;
  /** Whether there is such a header. */
  readonly normalised: boolean;
  /** What a person should know of how the file was taken. */
  readonly remarks: readonly string[];
}

/**
 * The setup of an input.nn alone, such as one that a training begins with.
 * @throws {EcitonError} "data" with file and line, see setupOf
 */
export function readN2p2Setup(file: string, units: Partial<FileUnits> = {}): N2p2Setup {
  return setupOf(parseInputNn(readTextFile(file), file), units);
}

/**
 * @throws {EcitonError} "data" with file and line for keywords that are missing, contradict each other, or make a potential of
 *   another kind; for elements without functions, and functions that stand twice
 */
export function setupOf(input: InputNn, units: Partial<FileUnits> = {}): N2p2Setup {
  const remarks = checkKeywords(input);
  const filled = fileUnits(units);
  const convert = conversions(filled);
  const names = readElements(input);
  const energies = readAtomEnergies(input, names, convert);
  const functions = readFunctions(input, names, convert);
  const elements = names.map((element): ElementSetup => {
    const { nodes, activations } = readShape(input, element);
    const own = functions.get(element)!;
    return {
      element,
      energy: energies.get(element) ?? 0,
      functions: own,
      nodes: [own.length, ...nodes, 1],
      activations,
    };
  });
  for (const keyword of ["element_hidden_layers_short", "element_nodes_short", "element_activation_short"])
    for (const line of linesOf(input, keyword))
      requireKnown(input, line.line, line.values[0], names, keyword);
  const { scaling, range, remark } = readScaling(input);
  const { normalisation, normalised } = readNormalisation(input, convert);
  const numbers = [
    ...Object.values(normalisation),
    ...elements.flatMap((one) => [one.energy, ...one.functions.flatMap((fn) => Object.values(fn))]),
  ];
  if (numbers.some((x) => typeof x === "number" && !Number.isFinite(x)))
    throw dataError(input.file, null, "a number is too large: converted to Å and eV it is not finite");
  return {
    input,
    units: filled,
    elements,
    normaliseNodes: lineOf(input, "normalize_nodes") !== undefined,
    scaling,
    scalingRange: range,
    normalisation,
    normalised,
    remarks: remark === null ? remarks : [...remarks, remark],
  };
}

function readElements(input: InputNn): string[] {
  const line = requireLine(input, "elements");
  const count = requireLine(input, "number_of_elements");
  const stated = countAt(input, count, 0, "elements", 1);
  for (const name of line.values)
    if (!isElement(name))
      throw dataError(
        input.file,
        line.line,
        `elements: expected symbols such as Cu, found ${quoteToken(name)}`,
      );
  const twice = line.values.find((name, i) => line.values.indexOf(name) !== i);
  if (twice !== undefined) throw dataError(input.file, line.line, `elements: ${twice} stands twice`);
  if (stated !== line.values.length)
    throw dataError(
      input.file,
      count.line,
      `number_of_elements: ${stated}, but line ${line.line} lists ${line.values.length}: ${line.values.join(" ")}`,
    );
  return inElementOrder(line.values, (name) => name);
}

function requireKnown(
  input: InputNn,
  line: number,
  name: string | undefined,
  names: readonly string[],
  keyword: string,
): void {
  if (name === undefined || !names.includes(name))
    throw dataError(
      input.file,
      line,
      `${keyword}: element ${quoteToken(name)} is not among those of the potential: ${names.join(", ")}`,
    );
}

function readAtomEnergies(
  input: InputNn,
  names: readonly string[],
  convert: Conversions,
): Map<string, number> {
  const energies = new Map<string, number>();
  for (const line of linesOf(input, "atom_energy")) {
    requireWords(input, line, 2, 2, "<element> <energy>");
    const [name] = line.values;
    requireKnown(input, line.line, name, names, "atom_energy");
    if (energies.has(name))
      throw dataError(input.file, line.line, `atom_energy of ${name} again; keep one line`);
    energies.set(name, convert.energy(numberAt(input, line, 1, "energy")));
  }
  return energies;
}

/** Sorted as n2p2 does, which sorts before and not after a change of units: equal numbers stay equal. */
function readFunctions(
  input: InputNn,
  names: readonly string[],
  convert: Conversions,
): Map<string, readonly SymmetryFunction[]> {
  const cutoff = readCutoff(input);
  const inFile = new Map(names.map((name) => [name, [] as SymmetryFunction[]]));
  const lines = new Map<SymmetryFunction, number>();
  for (const line of linesOf(input, "symfunction_short")) {
    const { element, fn } = readFunction(input, line, names, cutoff);
    inFile.get(element)!.push(fn);
    lines.set(fn, line.line);
  }
  const sorted = new Map<string, readonly SymmetryFunction[]>();
  for (const [element, unsorted] of inFile) {
    if (unsorted.length === 0)
      throw dataError(input.file, null, `no symfunction_short for element ${element}: it needs at least one`);
    const functions = inFunctionOrder(unsorted);
    functions.forEach((fn, g) => {
      if (g > 0 && compareFunctions(functions[g - 1], fn) === 0)
        throw dataError(
          input.file,
          lines.get(fn)!,
          `the function of ${element} on line ${lines.get(functions[g - 1])} again; remove one of them (and the weights that belong to it)`,
        );
    });
    sorted.set(
      element,
      functions.map((fn) => functionInAngstrom(fn, convert)),
    );
  }
  return sorted;
}

/** n2p2's precedence where several keywords stand together. */
function readScaling(input: InputNn): {
  readonly scaling: Scaling;
  readonly range: readonly [number, number];
  readonly remark: string | null;
} {
  const has = (keyword: string) => lineOf(input, keyword) !== undefined;
  const scale = has("scale_symmetry_functions");
  const center = has("center_symmetry_functions");
  const sigma = has("scale_symmetry_functions_sigma");
  const scaling: Scaling = scale
    ? center
      ? "scale-center"
      : "scale"
    : center
      ? "center"
      : sigma
        ? "sigma"
        : "none";
  const limit = (keyword: string, fallback: number) => {
    const line = lineOf(input, keyword);
    return line === undefined ? fallback : numberAt(input, line, 0, "value");
  };
  const range = [limit("scale_min_short", 0), limit("scale_max_short", 1)] as const;
  if (!(range[0] < range[1]))
    throw dataError(
      input.file,
      (lineOf(input, "scale_max_short") ?? lineOf(input, "scale_min_short"))?.line ?? null,
      `expected scale_min_short < scale_max_short, found ${range[0]} and ${range[1]}`,
    );
  const remark =
    sigma && scaling !== "sigma"
      ? `scale_symmetry_functions_sigma has no effect beside ${scale ? "scale_symmetry_functions" : "center_symmetry_functions"}, as in n2p2: the scaling is "${scaling}"`
      : null;
  return { scaling, range, remark };
}

function readNormalisation(
  input: InputNn,
  convert: Conversions,
): { readonly normalisation: Normalisation; readonly normalised: boolean } {
  const keywords = ["mean_energy", "conv_energy", "conv_length"] as const;
  const found = keywords.map((keyword) => lineOf(input, keyword));
  const given = found.filter((line) => line !== undefined);
  if (given.length > 0 && given.length < 3)
    throw dataError(
      input.file,
      given[0].line,
      `the normalisation needs all of ${keywords.join(", ")}, found ${given.map((line) => line.keyword).join(", ")} alone`,
    );
  const [mean, perEnergy, perLength] = found.map((line, k) => {
    if (line === undefined) return k === 0 ? 0 : 1;
    const value = numberAt(input, line, 0, "value");
    if (k > 0 && !(value > 0))
      throw dataError(input.file, line.line, `${line.keyword}: expected a positive number, found ${value}`);
    return value;
  });
  return {
    normalisation: {
      meanEnergy: convert.energy(mean),
      perEnergy: convert.perEnergy(perEnergy),
      perLength: convert.perLength(perLength),
    },
    normalised: given.length === 3,
  };
}
