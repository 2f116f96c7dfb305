/** Structures from files, chosen by name and frame. */
import { studyError } from "../../core/errors.ts";
import { readStructures } from "../formats/index.ts";
import type { Structure } from "../structure.ts";
import type { AtomsSpec } from "../study/atoms-schema.ts";
import { filesMatching } from "../study/file-patterns.ts";
import { pathFromStudy } from "../study/load-study.ts";

export interface StructureFiles {
  readonly structures: readonly Structure[];
  /** Paths of the files read, in order. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * @param folder that relative paths start from
 * @throws {EcitonError} "study" for a pattern that no file matches, or a frame that a file lacks; "data" as the readers do
 */
export function structuresOfFiles(spec: AtomsSpec, folder: string): StructureFiles {
  const files =
    spec.file !== undefined
      ? [pathFromStudy(folder, spec.file)]
      : spec.files!.flatMap((pattern, i) => filesMatching(pattern, folder, `atoms.files[${i}]`));
  const structures: Structure[] = [];
  const warnings: string[] = [];
  for (const file of files) {
    const read = readStructures(file, { format: spec.format });
    warnings.push(...read.warnings);
    structures.push(...framesOf(read.structures, spec.frames, file));
  }
  return { structures, files, warnings };
}

function framesOf(
  structures: readonly Structure[],
  frames: AtomsSpec["frames"],
  file: string,
): readonly Structure[] {
  if (structures.length === 0) throw studyError("atoms.frames", `${file} holds no structure`);
  if (frames === "all") return structures;
  if (frames === "last") return structures.slice(-1);
  if (frames > structures.length)
    throw studyError(
      "atoms.frames",
      `${file} has ${structures.length} frames; number ${frames} is asked for`,
    );
  return [structures[frames - 1]];
}
