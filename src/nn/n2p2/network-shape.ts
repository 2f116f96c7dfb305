/** Layers, nodes and activation functions of the networks, as input.nn tells them. */
import { dataError } from "../../core/errors.ts";
import { quoteToken } from "../../data/formats/tokens.ts";
import { activationLetters, activationOfLetter } from "../networks/activations.ts";
import type { Activation } from "../networks/network.ts";
import { countAt, type InputNn, type InputNnLine, lineOf, linesOf, requireWords } from "./input-nn.ts";

export interface HiddenShape {
  /** Of each hidden layer. */
  readonly nodes: readonly number[];
  /** Of each hidden layer and of the output. */
  readonly activations: readonly Activation[];
}

/**
 * Global keywords, and those of single elements in their place. `element_nodes_short` is read in the form of n2p2 from 2.2
 * on, nodes of all hidden layers; "<layer> <nodes>", the form of n2p2 before and of RuNNer, where that is not possible
 * otherwise: another number of hidden layers than two, or several lines for the element.
 * @throws {EcitonError} "data" with file and line
 */
export function readShape(input: InputNn, element: string): HiddenShape {
  const own = (keyword: string) => linesOf(input, keyword).filter((line) => line.values[0] === element);
  const [ownLayers, ...more] = own("element_hidden_layers_short");
  if (more.length > 0) throw again(input, more[0], element);
  const globalLayers = lineOf(input, "global_hidden_layers_short");
  const layersLine = ownLayers ?? globalLayers;
  if (layersLine === undefined)
    throw dataError(input.file, null, 'keyword "global_hidden_layers_short" is missing');
  if (ownLayers !== undefined) requireWords(input, ownLayers, 2, 2, "<element> <layers>");
  else requireWords(input, layersLine, 1, 1, "<layers>");
  const layers = countAt(input, layersLine, ownLayers === undefined ? 0 : 1, "hidden layers", 0);
  return { nodes: readNodes(input, element, layers), activations: readActivations(input, element, layers) };
}

function again(input: InputNn, line: InputNnLine, element: string) {
  return dataError(input.file, line.line, `${line.keyword} again for ${element}; keep one line`);
}

function readNodes(input: InputNn, element: string, layers: number): readonly number[] {
  const global = lineOf(input, "global_nodes_short");
  const own = linesOf(input, "element_nodes_short").filter((line) => line.values[0] === element);
  const whole = own.length === 1 && own[0].values.length === layers + 1;
  if (whole) return Array.from({ length: layers }, (_, k) => countAt(input, own[0], k + 1, "nodes", 1));
  const nodes =
    global !== undefined && global.values.length === layers
      ? Array.from({ length: layers }, (_, k) => countAt(input, global, k, "nodes", 1))
      : new Array<number>(layers).fill(0);
  for (const line of own) {
    requireWords(input, line, 3, 3, `${element} <nodes of ${layers} hidden layers>`);
    const layer = countAt(input, line, 1, "hidden layer", 1);
    if (layer > layers)
      throw dataError(
        input.file,
        line.line,
        `element_nodes_short: hidden layer ${layer} of ${layers} of ${element}`,
      );
    nodes[layer - 1] = countAt(input, line, 2, "nodes", 1);
  }
  if (nodes.includes(0))
    throw dataError(
      input.file,
      global?.line ?? null,
      `global_nodes_short: expected the nodes of ${layers} hidden layers for ${element}, found ${global === undefined ? "no such keyword" : global.values.length}`,
    );
  return nodes;
}

function readActivations(input: InputNn, element: string, layers: number): readonly Activation[] {
  const own = linesOf(input, "element_activation_short").filter((line) => line.values[0] === element);
  if (own.length > 1) throw again(input, own[1], element);
  const line = own[0] ?? lineOf(input, "global_activation_short");
  if (line === undefined) throw dataError(input.file, null, 'keyword "global_activation_short" is missing');
  const letters = own.length > 0 ? line.values.slice(1) : line.values;
  if (letters.length !== layers + 1)
    throw dataError(
      input.file,
      line.line,
      `${line.keyword}: expected ${layers + 1} letters for ${layers} hidden layers and the output of ${element}, found ${letters.length}`,
    );
  return letters.map((letter) => {
    const found = activationOfLetter(letter);
    if (found === undefined)
      throw dataError(
        input.file,
        line.line,
        `${line.keyword}: expected letters of ${Object.values(activationLetters).join(" ")}, found ${quoteToken(letter)}`,
      );
    return found;
  });
}
