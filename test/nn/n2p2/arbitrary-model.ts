/** Any model that n2p2's files can hold. */
import fc from "fast-check";
import { type ElementModel, type HdnnpModel, scalings } from "../../../src/nn/hdnnp/model.ts";
import { activations, numWeights } from "../../../src/nn/networks/network.ts";
import {
  compareFunctions,
  inElementOrder,
  inFunctionOrder,
} from "../../../src/nn/symmetry-functions/order.ts";
import {
  type CutoffFunction,
  compactForms,
  cutoffForms,
  type SymmetryFunction,
} from "../../../src/nn/symmetry-functions/symmetry-function.ts";

const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
const lambda = fc.constantFrom(1 as const, -1 as const);

function functionOf(elements: readonly string[], cutoff: CutoffFunction): fc.Arbitrary<SymmetryFunction> {
  const element = fc.constantFrom(...elements);
  const pair = fc
    .tuple(element, element)
    .map((two) => inElementOrder(two, (name) => name) as [string, string]);
  const gaussian = { eta: positive, shift: number, radius: positive, cutoff: fc.constant(cutoff) };
  const angular = { ...gaussian, lambda, zeta: positive };
  const compact = fc
    .record({
      left: fc.double({ min: -5, max: 5, noNaN: true }),
      width: positive,
      form: fc.constantFrom(...compactForms),
    })
    .map(({ left, width, form }) => ({ form, left, radius: Math.max(left, 0) + width }));
  const angles = fc
    .tuple(fc.double({ min: 0, max: 89, noNaN: true }), fc.double({ min: 90, max: 180, noNaN: true }))
    .map(([angleLeft, angleRight]) => ({ angleLeft, angleRight }));
  return fc.oneof<fc.Arbitrary<SymmetryFunction>[]>(
    fc.record({ type: fc.constant(2 as const), neighbour: element, ...gaussian }),
    fc.record({ type: fc.constantFrom(3 as const, 9 as const), neighbours: pair, ...angular }),
    fc.record({ type: fc.constant(12 as const), ...gaussian }),
    fc.record({ type: fc.constant(13 as const), ...angular }),
    fc.tuple(compact, element).map(([form, neighbour]) => ({ type: 20 as const, neighbour, ...form })),
    fc
      .tuple(fc.constantFrom(21 as const, 22 as const), compact, angles, pair)
      .map(([type, form, between, neighbours]) => ({ type, neighbours, ...form, ...between })),
    compact.map((form) => ({ type: 23 as const, ...form })),
    fc
      .tuple(fc.constantFrom(24 as const, 25 as const), compact, angles)
      .map(([type, form, between]) => ({ type, ...form, ...between })),
  );
}

function elementModel(
  element: string,
  elements: readonly string[],
  cutoff: CutoffFunction,
  normaliseNodes: boolean,
): fc.Arbitrary<ElementModel> {
  const functions = fc
    .array(functionOf(elements, cutoff), { minLength: 1, maxLength: 6 })
    .map((some) =>
      inFunctionOrder(some).filter((fn, g, all) => g === 0 || compareFunctions(all[g - 1], fn) !== 0),
    );
  const hidden = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 });
  return fc
    .tuple(functions, hidden, number, fc.infiniteStream(number))
    .chain(([own, layers, energy, stream]) => {
      const nodes = [own.length, ...layers, 1];
      const next = () => stream.next().value as number;
      const take = (count: number) => Float64Array.from({ length: count }, next);
      const min = take(own.length);
      const widths = take(own.length).map((x) => Math.abs(x) + 1e-3);
      return fc
        .array(fc.constantFrom(...activations), { minLength: nodes.length - 1, maxLength: nodes.length - 1 })
        .map((letters) => ({
          element,
          energy,
          functions: own,
          ranges: {
            min,
            max: min.map((low, g) => low + widths[g]),
            mean: min.map((low, g) => low + widths[g] / 3),
            sigma: widths.map((width) => width / 5),
          },
          network: { nodes, activations: letters, normaliseNodes, weights: take(numWeights(nodes)) },
        }));
    });
}

export const anyModel: fc.Arbitrary<HdnnpModel> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom("H", "O", "S", "Cu", "Ce"), { minLength: 1, maxLength: 3 }),
    cutoff: fc.record({
      form: fc.constantFrom(...cutoffForms),
      alpha: fc.double({ min: 0, max: 0.99, noNaN: true }),
    }),
    normaliseNodes: fc.boolean(),
    scaling: fc.constantFrom(...scalings),
    scalingRange: fc.tuple(fc.double({ min: -2, max: 0, noNaN: true }), positive),
    normalisation: fc.record({ meanEnergy: number, perEnergy: positive, perLength: positive }),
    notes: fc.array(fc.constantFrom("made by hand", "3 epochs; RMSE 1 meV/atom"), { maxLength: 2 }),
  })
  .chain(({ names, cutoff, normaliseNodes, ...rest }) => {
    const sorted = inElementOrder(names, (name) => name);
    return fc
      .tuple(...sorted.map((name) => elementModel(name, sorted, cutoff, normaliseNodes)))
      .map((elements) => ({ ...rest, elements }));
  });
