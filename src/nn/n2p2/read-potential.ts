/** Trained potentials of n2p2: a folder with input.nn, scaling.data and weights.NNN.data for each element. */
import { join } from "node:path";
import { dataError, EcitonError } from "../../core/errors.ts";
import { atomicNumberOf } from "../../data/elements.ts";
import type { FileUnits } from "../../data/formats/n2p2-units.ts";
import { readTextFile } from "../../data/read-text.ts";
import type { ElementModel, HdnnpModel } from "../hdnnp/model.ts";
import { describeFunction } from "../symmetry-functions/describe-function.ts";
import { scalingOf } from "../symmetry-functions/scaling.ts";
import { parseScalingData, rangesOf } from "./scaling-data.ts";
import { readN2p2Setup } from "./setup.ts";
import { parseWeights, weightsFileName } from "./weights.ts";

/**
 * @param options.units of the files, which do not tell them; Å and eV where left out
 * @param options.epoch of a training of n2p2, which writes weights.NNN.EEEEEE.out; the weights chosen, where left out
 * @throws {EcitonError} "data" with file and line for files that are missing, wrong or of different potentials, for terms
 *   that are not supported, and for functions without a range to scale
 */
export function readN2p2Potential(
  folder: string,
  options: { readonly units?: Partial<FileUnits>; readonly epoch?: number } = {},
): HdnnpModel {
  const setup = readN2p2Setup(join(folder, "input.nn"), options.units);
  const { scaling, scalingRange, normaliseNodes, normalisation } = setup;
  const scalingFile = join(folder, "scaling.data");
  const rows = parseScalingData(readTextFile(scalingFile), scalingFile);
  const ranges = rangesOf(
    rows,
    setup.elements.map(({ element, functions }) => ({ element, functions: functions.length })),
    scaling === "sigma",
    scalingFile,
  );
  let row = 0;
  const elements = setup.elements.map(
    ({ element, energy, functions, nodes, activations }, k): ElementModel => {
      const own = rows.slice(row, (row += functions.length));
      checkScaling(
        () => scalingOf(scaling, scalingRange, ranges[k], (g) => describeFunction(functions[g], element)),
        scalingFile,
        own,
      );
      const file = join(folder, weightsFileName(atomicNumberOf(element)!, options.epoch));
      const weights = parseWeights(readTextFile(file), file, nodes);
      return {
        element,
        energy,
        functions,
        ranges: ranges[k],
        network: { nodes, activations, normaliseNodes, weights },
      };
    },
  );
  return { elements, scaling, scalingRange, normalisation, notes: [...setup.input.notes, ...setup.remarks] };
}

/** Puts file and line before what is wrong with the range of a function. */
function checkScaling(scale: () => unknown, file: string, rows: readonly { readonly line: number }[]): void {
  try {
    scale();
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    const { function: g } = error.details;
    throw dataError(file, typeof g === "number" ? rows[g].line : null, error.message, error);
  }
}
