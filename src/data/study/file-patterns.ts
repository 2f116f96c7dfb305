/** Files that a study names one by one, or many at once by a pattern. */
import { globSync } from "tinyglobby";
import { studyError } from "../../core/errors.ts";
import { pathFromStudy } from "./load-study.ts";

/**
 * The file of a plain name, which may or may not exist; all that match a pattern (* ? [ {), in alphabetical order.
 * @param folder that relative names start from
 * @param at path of the pattern in the study, for errors
 * @throws {EcitonError} "study" for a pattern that no file matches
 */
export function filesMatching(pattern: string, folder: string, at: string): string[] {
  if (!/[*?[{]/.test(pattern)) return [pathFromStudy(folder, pattern)];
  const found = globSync(pattern, { cwd: folder, expandDirectories: false })
    .map((file) => pathFromStudy(folder, file))
    .sort();
  if (found.length === 0) throw studyError(at, `no file matches "${pattern}" below the study's folder`);
  return found;
}
