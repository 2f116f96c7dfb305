/** The kernel of symmetry functions and their derivatives, one atom a call. */
import {
  ANGLE_RECORD_BYTES,
  ANGLE_RECORDS,
  CHANNEL_ROWS,
  CHOSEN,
  DISTANCES,
  GRADIENT_BYTES,
  GRADIENTS,
  HEADER,
  HEADER_BYTES,
  KIND_BYTES,
  KIND_FUNCTIONS,
  KIND_GROUP_COUNT,
  KIND_GROUPS,
  KIND_STARTS,
  KINDS,
  MEMBER_BYTES,
  MEMBERS,
  NARROW_RECORD_BYTES,
  NEIGHBOUR_BYTES,
  NEIGHBOURS,
  NUM_KINDS,
  ROW,
  STRAINS,
  VALUES,
  WEIGHT_RECORDS,
  WEIGHTS,
  WIDE_RECORD_BYTES,
} from "./descriptor-block.ts";
import { type FunctionGroup, layOutGroups } from "./descriptor-program.ts";
import { Layout } from "./layout.ts";
import { instantiateKernel } from "./load.ts";

/** All elements of a model. */
export interface DescriptorProgram {
  readonly kinds: readonly { readonly numFunctions: number; readonly groups: readonly FunctionGroup[] }[];
  /** Of each kind in weighted functions: its atomic number. */
  readonly weights: readonly number[];
}

export interface DescriptorMemory {
  readonly mostNeighbours: number;
  readonly mostGradients: number;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
  /** Addresses: neighbours (records), numbers of the first one of each kind (u32, one more than kinds), results. */
  readonly neighboursAt: number;
  readonly kindStartsAt: number;
  readonly valuesAt: number;
  readonly gradientsAt: number;
  readonly strainsAt: number;
  /**
   * Computes the functions of an atom from the neighbours that were written.
   * @param gradients doubles of them, the atom's own block and those of its partners
   * @param parts WITH_GRADIENTS, WITH_STRAINS (with gradients only)
   */
  describe(kind: number, gradients: number, parts: number): void;
}

interface DescriptorExports {
  describe(kind: number, parts: number): void;
}

/**
 * A kernel with room for so many neighbours of an atom and so many doubles of gradients.
 * @throws {EcitonError} "memory" when they do not fit into 2 GiB
 */
export function compiledDescriptors(
  program: DescriptorProgram,
  mostNeighbours: number,
  mostGradients: number,
): DescriptorMemory {
  const { kinds, weights } = program;
  const groups = kinds.flatMap((kind) => kind.groups);
  const most = (count: (group: FunctionGroup) => number) => Math.max(1, ...groups.map(count));
  const mostFunctions = Math.max(1, ...kinds.map((kind) => kind.numFunctions));
  // One more than there are neighbours, as odd numbers are filled up; and at least what a result takes.
  const perRow = Math.max(8, (mostNeighbours + 2) & ~1);
  const channels = most((group) => group.channels.length);
  const layout = new Layout("take fewer functions or a smaller radius", HEADER + HEADER_BYTES);
  const kindsAt = layout.take(KIND_BYTES * kinds.length);
  const weightsAt = layout.doubles(weights.length);
  const writers = kinds.map((kind) => layOutGroups(kind.groups, layout));
  const neighboursAt = layout.take(NEIGHBOUR_BYTES * mostNeighbours);
  const kindStartsAt = layout.words(kinds.length + 1);
  const membersAt = layout.take(MEMBER_BYTES * (mostNeighbours + 1));
  const distancesAt = layout.doubles(perRow);
  const channelRowsAt = layout.doubles(perRow * (4 + 4 * channels));
  const chosenAt = layout.doubles(perRow * 10);
  const angleRecordsAt = layout.take(
    ANGLE_RECORD_BYTES * (perRow / 2) * most((group) => group.angles.length),
  );
  const weightRecordsAt = layout.take((WIDE_RECORD_BYTES + NARROW_RECORD_BYTES) * (perRow / 2) * channels);
  const valuesAt = layout.doubles(mostFunctions);
  const strainsAt = layout.doubles(6 * mostFunctions);
  const gradientsAt = layout.doubles(mostGradients);
  const { exports, memory } = instantiateKernel<DescriptorExports>("descriptors", layout.bytes);
  const words = new Uint32Array(memory.buffer);
  const doubles = new Float64Array(memory.buffer);
  const view = new DataView(memory.buffer);
  doubles.set(weights, weightsAt / 8);
  kinds.forEach(({ numFunctions, groups: own }, k) => {
    const at = (kindsAt + KIND_BYTES * k) / 4;
    words[at + KIND_GROUPS / 4] = writers[k].at;
    words[at + KIND_GROUP_COUNT / 4] = own.length;
    words[at + KIND_FUNCTIONS / 4] = numFunctions;
    writers[k].write(view);
  });
  for (const [field, value] of [
    [NUM_KINDS, kinds.length],
    [KINDS, kindsAt],
    [WEIGHTS, weightsAt],
    [NEIGHBOURS, neighboursAt],
    [KIND_STARTS, kindStartsAt],
    [VALUES, valuesAt],
    [GRADIENTS, gradientsAt],
    [STRAINS, strainsAt],
    [ROW, 8 * perRow],
    [MEMBERS, membersAt],
    [DISTANCES, distancesAt],
    [CHANNEL_ROWS, channelRowsAt],
    [CHOSEN, chosenAt],
    [ANGLE_RECORDS, angleRecordsAt],
    [WEIGHT_RECORDS, weightRecordsAt],
  ])
    words[(HEADER + field) / 4] = value;
  return {
    mostNeighbours,
    mostGradients,
    words,
    doubles,
    neighboursAt,
    kindStartsAt,
    valuesAt,
    gradientsAt,
    strainsAt,
    describe: (kind, gradients, parts) => {
      words[(HEADER + GRADIENT_BYTES) / 4] = 8 * gradients;
      exports.describe(kind, parts);
    },
  };
}
