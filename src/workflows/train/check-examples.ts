/** What is wrong, or strange, with the structures of a training as a whole. */
import { dataError, EcitonError, studyError } from "../../core/errors.ts";
import type { TrainSection } from "../../data/study/train-schema.ts";
import { CLOSEST_ATOMS } from "../../nn/symmetry-functions/descriptors.ts";
import { requireApart } from "../../nn/symmetry-functions/generate-distances.ts";
import { count } from "../../report/numbers.ts";
import type { Example } from "./training-data.ts";

/**
 * @returns warnings
 * @throws {EcitonError} "data" where nothing can be learned, or a structure cannot be right; "study" for what the data lack
 */
export function checkExamples(
  training: readonly Example[],
  test: readonly Example[],
  { use, test: given }: TrainSection,
): string[] {
  const all = [...training, ...test];
  if (all.length < 2)
    throw new EcitonError(
      "data",
      `${count(all.length, "structure")} with an energy: nothing can be learned from so few`,
    );
  if (training.length === 0)
    throw studyError(
      "fraction" in given ? "train.test.fraction" : "train.data",
      `all ${all.length} structures are kept for the test, and none is left to learn from`,
    );
  requireElementsKnown(training, test);
  for (const example of all) requirePossible(example);
  requireApart(
    all.map(({ structure }) => structure),
    CLOSEST_ATOMS,
  );
  const warnings: string[] = [];
  if ("fraction" in given && given.fraction > 0 && test.length === 0)
    warnings.push(
      `a share of ${given.fraction} of ${all.length} structures is none: there are no test errors; raise train.test.fraction`,
    );
  const without = all.filter(({ structure }) => structure.forces === undefined).length;
  if (use.forces && without > 0)
    warnings.push(
      without === all.length
        ? "the data have no forces: the potential is fitted to energies alone, and its forces will be poor"
        : `${without} of ${count(all.length, "structure")} have no forces; their energies are used`,
    );
  if (use.stress && training.every(({ structure }) => structure.stress === undefined))
    throw studyError("train.use.stress", "the training structures have no stresses");
  return [...warnings, ...doublesIn(training, test)];
}

/** A potential says nothing of elements that it has not seen. */
function requireElementsKnown(training: readonly Example[], test: readonly Example[]): void {
  const known = new Set(training.flatMap(({ structure }) => structure.species));
  for (const { structure } of test) {
    const unknown = structure.species.find((element) => !known.has(element));
    if (unknown !== undefined)
      throw dataError(
        structure.source.file,
        structure.source.line,
        `${structure.name || "the structure"} is kept for the test and has ${unknown}, but no training structure has; they have ` +
          `${[...known].join(", ")}: give more structures with ${unknown}, or other test structures`,
      );
  }
}

/** Energies of all electrons of the heaviest atoms are below, eV, and forces of atoms that nearly coincide, eV/Å. */
const LARGEST = 1e8;

function requirePossible({ structure: { name, source, energy, forces, species } }: Example): void {
  const refuse = (what: string) => {
    throw dataError(
      source.file,
      source.line,
      `${name || "the structure"}: ${what}; no calculation gives that`,
    );
  };
  if (Math.abs(energy!) > LARGEST * species.length)
    refuse(`an energy of ${energy} eV for ${count(species.length, "atom")}`);
  const k = forces?.findIndex((f) => Math.abs(f) > LARGEST) ?? -1;
  if (k >= 0) refuse(`a force of ${forces![k]} eV/Å on atom ${Math.floor(k / 3) + 1}`);
}

/** Energies of the same atoms that are farther apart contradict each other, eV/atom; others differ by convergence. */
const SAME_ENERGY = 1e-3;

function doublesIn(training: readonly Example[], test: readonly Example[]): string[] {
  const seen = new Map<string, Example>();
  let doubles = 0;
  let known = 0;
  for (const [set, examples] of [training, test].entries()) {
    const learned = new Set(set === 1 ? seen.keys() : []);
    for (const example of examples) {
      const { species, positions, cell, energy, name, source } = example.structure;
      const key = `${species.join()} ${positions.join()} ${cell.join()}`;
      const other = seen.get(key);
      if (!other) seen.set(key, example);
      else if (!(Math.abs(other.structure.energy! - energy!) <= SAME_ENERGY * species.length))
        throw dataError(
          source.file,
          source.line,
          `${name || "the structure"} has the atoms of that at ${placeOf(other)}, but another energy: ` +
            `${energy} and ${other.structure.energy} eV`,
        );
      else if (learned.has(key)) known++;
      else doubles++;
    }
  }
  const warnings: string[] = [];
  if (doubles > 0)
    warnings.push(
      doubles === 1
        ? "1 structure is in the data twice, and counts twice"
        : `${count(doubles, "structure")} are in the data twice, and count twice`,
    );
  if (known > 0)
    warnings.push(
      `${known} of ${count(test.length, "test structure")} ${known === 1 ? "is" : "are"} in the training too: test errors are too small`,
    );
  return warnings;
}

function placeOf({ structure: { source } }: Example): string {
  return source.line === null ? source.file : `${source.file}:${source.line}`;
}
