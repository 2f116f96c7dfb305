/** Potentials that were trained: from folders that a study names, or from what an earlier command left in the results. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { studyError } from "../../core/errors.ts";
import { pathFromStudy } from "../../data/study/load-study.ts";
import type { Study } from "../../data/study/schema.ts";
import type { HdnnpModel, HdnnpSpec } from "../../nn/hdnnp/model.ts";
import { readN2p2Potential } from "../../nn/n2p2/read-potential.ts";
import { POTENTIAL, potentialPattern } from "../output-files.ts";
import { hashFile, type InputFile } from "../provenance.ts";
import type { StudyPotential } from "./potential-place.ts";

/** Stands in for `model.potential` of a study that trains its own. */
export function trainedPotential(study: Study): StudyPotential | undefined {
  if (study.model || !study.train) return undefined;
  return { kind: study.train.kind, extrapolation: study.train.extrapolation };
}

/**
 * @throws {EcitonError} "study" where there is no potential in a folder, or where members of a committee differ in their
 *   symmetry functions; "data" for files that cannot be used
 */
export function trainedSpec(
  { folder: named, units, extrapolation }: StudyPotential,
  folder: string,
  outDir: string,
): { spec: HdnnpSpec; inputs: InputFile[] } {
  const given = named === undefined ? [] : [named].flat();
  const folders =
    named === undefined
      ? membersIn(
          join(outDir, POTENTIAL),
          "train",
          "neither `eciton train` nor `eciton learn` has been run for this study",
        )
      : given.flatMap((path, k) =>
          membersIn(
            pathFromStudy(folder, path),
            typeof named === "string" ? "model.potential.folder" : `model.potential.folder[${k}]`,
            "a potential is a folder with input.nn, scaling.data and weights.NNN.data",
          ),
        );
  const members = folders.map((path) => readN2p2Potential(path, { units }));
  requireSameFunctions(members, folders);
  const files = folders.flatMap(potentialFiles).map(hashFile);
  // As the study names it: results say the same wherever its folder lies.
  const place = named === undefined ? POTENTIAL : given.join(", ");
  const title = members.length === 1 ? place : `${place}, a committee of ${members.length}`;
  return {
    spec: { kind: "hdnnp", title, members, extrapolation: extrapolation ?? "warn" },
    inputs: files,
  };
}

/** Paths of the files of a potential, in order. */
export function potentialFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => potentialPattern.test(file))
    .sort()
    .map((file) => join(folder, file));
}

/** The folder itself, or the members of a committee in it. */
export function membersIn(folder: string, at: string, otherwise: string): string[] {
  if (existsSync(join(folder, "input.nn"))) return [folder];
  const members = statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder)
        .filter((name) => existsSync(join(folder, name, "input.nn")))
        .sort()
    : [];
  if (members.length === 0) throw studyError(at, `there is no potential in ${folder}: ${otherwise}`);
  return members.map((name) => join(folder, name));
}

function requireSameFunctions(members: readonly HdnnpModel[], folders: readonly string[]): void {
  const keyOf = ({ elements }: HdnnpModel) =>
    JSON.stringify(elements.map(({ element, functions }) => [element, functions]));
  const first = keyOf(members[0]);
  const other = members.findIndex((model) => keyOf(model) !== first);
  if (other > 0)
    throw studyError(
      "model.potential.folder",
      `members of a committee have the same symmetry functions; those of ${folders[other]} differ from those of ${folders[0]}`,
    );
}
