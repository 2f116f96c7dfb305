/** Parameters of the kernel hdnnp from the models of a committee; see kernels/hdnnp-block.ts for what stands where. */
import { EcitonError } from "../../core/errors.ts";
import * as block from "../../kernels/hdnnp-block.ts";
import { activations } from "../networks/network.ts";
import { describeFunction } from "../symmetry-functions/describe-function.ts";
import { scalingOf } from "../symmetry-functions/scaling.ts";
import {
  type FunctionTables,
  functionTables,
  type GroupTables,
  type PatchTables,
} from "./function-tables.ts";
import type { ElementModel, HdnnpModel } from "./model.ts";
import { squareTable } from "./square-table.ts";

export interface HdnnpPlan {
  readonly parameters: Float64Array;
  /** The longest radius of all functions, Å. */
  readonly cutoff: number;
}

/** Values outside their ranges that are kept for reports; more are only counted. */
export const MOST_OUTSIDE = 4096;

/** Of a value of a symmetry function, a sum of thousands of terms. */
const ROUNDING = 1e-12;

/** Numbers one after another; parts begin at even places, so that they can be read by two. */
class Parameters {
  readonly numbers: number[] = new Array<number>(block.HEAD).fill(0);

  /** @returns where they begin */
  put(numbers: Iterable<number>): number {
    const at = this.numbers.length;
    for (const number of numbers) this.numbers.push(number);
    if (this.numbers.length % 2 === 1) this.numbers.push(0);
    return at;
  }

  room(count: number): number {
    return this.put(new Array<number>(count).fill(0));
  }
}

/**
 * @throws {EcitonError} "data" for functions or networks that make no sense, and for members whose functions differ
 */
export function hdnnpPlan(members: readonly HdnnpModel[]): HdnnpPlan {
  const [model] = members;
  requireSameFunctions(members);
  const { elements } = model;
  const tables = elements.map(({ functions }) => functionTables(functions, elements));
  const to = new Parameters();
  const head = to.numbers;
  const most = (of: (table: FunctionTables) => number) => Math.max(1, ...tables.map(of));
  const angles = most(({ groups }) => Math.max(0, ...groups.map((group) => group.angles.length)));
  const functions = Math.max(1, ...elements.map((element) => element.functions.length));
  const nodes = members.flatMap((one) => one.elements.map(({ network }) => nodeRoom(network.nodes)));
  head[block.ELEMENTS] = elements.length;
  head[block.FACTOR_ROWS] = most(({ near }) => Math.max(...near.map(({ factors }) => factors.length)));
  head[block.ROWS_AT] = to.room((block.OWN_ROWS + 2 * angles) * block.CHUNK);
  head[block.ANGLE_ROWS] = angles;
  head[block.WEIGHTS_OF_PATCH_AT] = to.room(angles * (1 + block.MOST_CHANNELS));
  head[block.VALUES_AT] = to.room(functions);
  head[block.SLOPES_AT] = to.room(functions);
  head[block.NODES_AT] = to.room(Math.max(...nodes));
  head[block.KINDS_AT] = to.room((elements.length * block.KIND_FIELDS) / 2);
  head[block.GROUPS_AT] = to.room(most(({ groups }) => groups.length) * (block.GROUP_FIELDS / 2));
  head[block.OUTSIDE_AT] = to.room(MOST_OUTSIDE * block.OUTSIDE_FIELDS);
  head[block.OUTSIDE_ROOM] = MOST_OUTSIDE;
  const squares = new SquareTables(to);
  head[block.ELEMENTS_AT] = to.put(
    elements.flatMap((_, kind) => elementRow(to, members, kind, tables[kind], squares)),
  );
  return { parameters: Float64Array.from(head), cutoff: most(({ reach }) => reach) };
}

function requireSameFunctions(members: readonly HdnnpModel[]): void {
  const [first, ...others] = members.map(({ elements }) =>
    JSON.stringify(elements.map(({ element, functions }) => [element, functions])),
  );
  if (first === undefined) throw new EcitonError("data", "a potential needs at least one model");
  const other = others.findIndex((one) => one !== first);
  if (other >= 0)
    throw new EcitonError(
      "data",
      `members of a committee have the same elements and symmetry functions, but those of member ${other + 2} differ ` +
        "from those of the first",
    );
}

function elementRow(
  to: Parameters,
  members: readonly HdnnpModel[],
  kind: number,
  tables: FunctionTables,
  squares: SquareTables,
): number[] {
  const models = members.map(({ elements }) => elements[kind]);
  const networks = members.map((member) => networkRow(to, member, kind, members.length));
  const near = tables.near.flatMap(({ factors, radials }) => [
    factors.length,
    to.put(factorRows(factors)),
    radials.length,
    to.put(radials.flatMap((row) => filled(row, block.RADIAL))),
  ]);
  const groups = tables.groups.map((group) => {
    const row = new Array<number>(block.GROUP).fill(0);
    [row[block.KIND_A], row[block.KIND_B]] = group.kinds;
    row[block.NARROW2] = group.narrow ** 2;
    row[block.ANGLES] = group.angles.length;
    row[block.ANGLES_AT] = to.put(angleRows(group.angles));
    row[block.NARROW_CHANNELS] = group.narrowChannels.length;
    row[block.WIDE_CHANNELS] = group.wideChannels.length;
    row[block.CHANNELS_AT] = to.put([...group.narrowChannels, ...group.wideChannels].flat());
    row[block.BETWEEN_AT] = to.put(factorRows(group.between));
    row[block.NARROW_PATCHES] = group.narrowPatches.length;
    row[block.WIDE_PATCHES] = group.widePatches.length;
    row.splice(block.TABLE_AT, 4, ...squares.fields(group));
    const patches = [...group.narrowPatches, ...group.widePatches].map((patch) => patchRow(to, patch));
    row[block.PATCHES_AT] = to.put(patches.flat());
    return row;
  });
  const extreme = (of: (model: ElementModel) => Float64Array, choose: (...x: number[]) => number) =>
    Array.from(of(models[0]), (_, g) => choose(...models.map((model) => of(model)[g])));
  const row = new Array<number>(block.ELEMENT).fill(0);
  row[block.REACH2] = tables.reach ** 2;
  row[block.ANGLE_REACH2] = tables.angleReach ** 2;
  row[block.FUNCTIONS] = models[0].functions.length;
  row[block.ENERGY_OF_ATOM] = mean(members.map((one, m) => models[m].energy + one.normalisation.meanEnergy));
  row[block.NEAR_AT] = to.put(near);
  row[block.GROUPS] = groups.length;
  row[block.GROUP_TABLES_AT] = to.put(groups.flat());
  row[block.NETWORKS] = networks.length;
  row[block.NETWORKS_AT] = to.put(networks.flat());
  // A committee knows what all of its members know. Atoms that set a range are within it, however sums were rounded.
  const lowest = extreme(({ ranges }) => ranges.min, Math.max);
  const highest = extreme(({ ranges }) => ranges.max, Math.min);
  const rounding = lowest.map((low, g) => ROUNDING * Math.max(Math.abs(low), Math.abs(highest[g])));
  row[block.LOWEST_AT] = to.put(lowest.map((low, g) => low - rounding[g]));
  row[block.HIGHEST_AT] = to.put(highest.map((high, g) => high + rounding[g]));
  return row;
}

/** Groups often have the same factors. */
class SquareTables {
  readonly #to: Parameters;
  readonly #known = new Map<string, readonly number[]>();

  constructor(to: Parameters) {
    this.#to = to;
  }

  /** Fields of a group from TABLE_AT on. */
  fields({ between, betweenCurves }: GroupTables): readonly number[] {
    const key = JSON.stringify(between);
    const known = this.#known.get(key);
    if (known) return known;
    const table = squareTable(betweenCurves);
    const fields =
      table === null
        ? [0, 0, 0, 0]
        : [this.#to.put(table.coefficients), table.shift, table.first, table.lowest];
    this.#known.set(key, fields);
    return fields;
  }
}

function patchRow(to: Parameters, { channels, angles, members }: PatchTables): number[] {
  const row = new Array<number>(block.PATCH).fill(0);
  row[block.PATCH_CHANNELS] = channels.length;
  channels.forEach((channel, n) => {
    row[block.FIRST_CHANNEL + n] = channel;
  });
  row[block.PATCH_ANGLES] = angles.length;
  row[block.PATCH_ANGLES_AT] = to.put(angles);
  row[block.MEMBERS_AT] = to.put(members.flat());
  return row;
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const filled = (row: readonly number[], length: number) => [
  ...row,
  ...new Array<number>(length - row.length).fill(0),
];

/** Each says whether its cut-off function is that of the one before. */
function factorRows(factors: readonly (readonly number[])[]): number[] {
  const fields = [block.FACTOR_KIND, block.FORM, block.INNER, block.OUTER];
  let before: readonly number[] | null = null;
  return factors.flatMap((row) => {
    const gaussian = row[block.FACTOR_KIND] === block.GAUSSIAN;
    const same: boolean = gaussian && before !== null && fields.every((f) => row[f] === before![f]);
    if (gaussian) before = row;
    return row.with(block.SAME_CUTOFF, same ? 1 : 0);
  });
}

/** Squarings go on from the largest power of two before, of the same λ; angles are sorted. */
function angleRows(angles: readonly (readonly number[])[]): number[] {
  return angles.flatMap((row, n) => {
    const [kind, lambda, zeta] = row;
    if (kind !== block.SQUARINGS) return row;
    const before = angles.findLastIndex(
      (other, m) => m < n && other[block.ANGLE_KIND] === kind && other[block.LAMBDA] === lambda,
    );
    const from = before < 0 ? 1 : angles[before][block.ZETA];
    return [kind, lambda, Math.round(Math.log2(zeta / from)), before < 0 ? 0 : n - before];
  });
}

const even = (count: number) => count + (count % 2);

/** Inputs, values and slopes of all layers, then slopes with the inputs. */
function nodeRoom(nodes: readonly number[]): number {
  return even(nodes[0]) * 2 + nodes.slice(1).reduce((sum, count) => sum + 2 * even(count), 0);
}

function networkRow(to: Parameters, member: HdnnpModel, kind: number, of: number): number[] {
  const { element, functions, ranges, network } = member.elements[kind];
  const { nodes, normaliseNodes, weights } = network;
  if (nodes[0] !== functions.length || nodes[nodes.length - 1] !== 1)
    throw new EcitonError(
      "data",
      `the network of ${element} needs ${functions.length} inputs, one for each symmetry function, and 1 output; ` +
        `it has nodes ${nodes.join(", ")}`,
    );
  const scaling = scalingOf(member.scaling, member.scalingRange, ranges, (g) =>
    describeFunction(functions[g], element),
  );
  let from = 0;
  const layers = nodes.slice(1).map((outputs, l) => {
    const inputs = nodes[l];
    const rows: number[] = [];
    // The biases are one more row.
    for (let source = 0; source <= inputs; source++, from += outputs)
      rows.push(...filled(Array.from(weights.subarray(from, from + outputs)), even(outputs)));
    const row = new Array<number>(block.LAYER).fill(0);
    row[block.INPUTS] = inputs;
    row[block.OUTPUTS] = outputs;
    row[block.ACTIVATION] = activations.indexOf(network.activations[l]);
    row[block.NODE_SCALE] = normaliseNodes ? 1 / inputs : 1;
    row[block.WEIGHTS_AT] = to.put(rows);
    return row;
  });
  const row = new Array<number>(block.NETWORK).fill(0);
  row[block.LAYERS] = layers.length;
  row[block.LAYERS_AT] = to.put(layers.flat());
  row[block.BASE] = scaling.base;
  row[block.FACTORS_AT] = to.put(scaling.factor);
  row[block.ORIGINS_AT] = to.put(scaling.origin);
  row[block.UNIT] = 1 / (member.normalisation.perEnergy * of);
  return row;
}
