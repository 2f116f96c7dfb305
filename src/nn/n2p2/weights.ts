/** n2p2's weights.NNN.data: weights and biases of the network of one element, layer after layer. */
import { dataError } from "../../core/errors.ts";
import { requireDecimal, splitLines, words } from "../../data/formats/tokens.ts";
import { numWeights } from "../networks/network.ts";
import { scientific } from "./numbers.ts";

/** Name of the file of an atomic number; with `epoch`, of those that n2p2 writes while it trains. */
export function weightsFileName(atomicNumber: number, epoch?: number): string {
  const ending = epoch === undefined ? "data" : `${String(epoch).padStart(6, "0")}.out`;
  return `weights.${String(atomicNumber).padStart(3, "0")}.${ending}`;
}

/**
 * The first number of each line, as n2p2 reads it; "a" and "b" behind it, where they stand, must follow the order of n2p2's
 * files (for each source node the weights to all targets, then the biases of the layer).
 * @param nodes of all layers, inputs and output included
 * @throws {EcitonError} "data" with file and line for what is no finite number, or another number of them than the network
 *   has
 */
export function parseWeights(text: string, file: string, nodes: readonly number[]): Float64Array {
  const kinds = connectionKinds(nodes);
  const weights = new Float64Array(kinds.length);
  let count = 0;
  const lines = splitLines(text);
  lines.forEach((raw, index) => {
    const found = words(raw.replace(/#.*$/, ""));
    if (found.length === 0) return;
    const value = requireDecimal(found[0], file, index + 1, "weight");
    if (count < kinds.length) {
      weights[count] = value;
      if (found.length > 1 && found[1] !== kinds[count])
        throw dataError(
          file,
          index + 1,
          `weight ${count + 1}: expected "${kinds[count]}" (a weight, b bias) for layers of ${nodes.join("-")} nodes, found "${found[1]}": is the file of another input.nn, or in another order?`,
        );
    }
    count++;
  });
  if (count !== kinds.length)
    throw dataError(
      file,
      lines.length,
      `expected ${kinds.length} weights and biases for layers of ${nodes.join("-")} nodes, found ${count}: is the file of another input.nn?`,
    );
  return weights;
}

function connectionKinds(nodes: readonly number[]): string {
  let kinds = "";
  for (let layer = 1; layer < nodes.length; layer++)
    kinds += "a".repeat(nodes[layer - 1] * nodes[layer]) + "b".repeat(nodes[layer]);
  return kinds;
}

/** Text of the file; reads back to the same bits. */
export function weightsText(nodes: readonly number[], weights: Float64Array): string {
  if (weights.length !== numWeights(nodes))
    throw new Error(`expected ${numWeights(nodes)} weights, found ${weights.length}`);
  const rule = "#".repeat(60);
  const lines = [
    "# Neural network connection values (weights and biases).",
    "# Columns: value, type (a weight, b bias), index, start layer and node, end layer and node.",
    rule,
  ];
  const columns = (numbers: number[]) => numbers.map((n, i) => String(n).padStart(i === 0 ? 9 : 5)).join(" ");
  let index = 0;
  const add = (kind: "a" | "b", where: number[]) => {
    lines.push(`${scientific(weights[index]).padStart(24)} ${kind} ${columns([++index, ...where])}`);
  };
  for (let layer = 1; layer < nodes.length; layer++) {
    for (let source = 1; source <= nodes[layer - 1]; source++)
      for (let target = 1; target <= nodes[layer]; target++) add("a", [layer - 1, source, layer, target]);
    for (let target = 1; target <= nodes[layer]; target++) add("b", [layer, target]);
  }
  return `${lines.join("\n")}\n`;
}
