/** The part of an OUTCAR before the first iteration: species and settings. */
import { dataError } from "../../core/errors.ts";
import { elementOfTitle } from "./vasp-values.ts";

export interface OutcarHeader {
  /** Element of every atom. */
  readonly species: readonly string[];
  readonly nsw: number | undefined;
  readonly ibrion: number | undefined;
  readonly spinPolarised: boolean;
  readonly noncollinear: boolean;
}

/**
 * @param lines every line before the first "Iteration"
 * @throws {EcitonError} "data" if the species are not told, or their numbers disagree with each other
 */
export function readOutcarHeader(lines: readonly string[], file: string): OutcarHeader {
  const matches = (pattern: RegExp) =>
    lines.flatMap((text, index) => {
      const match = pattern.exec(text);
      return match ? [{ line: index + 1, value: match[1] }] : [];
    });
  const integer = (name: string): number | undefined => {
    const value = matches(new RegExp(`^\\s*${name}\\s*=\\s*(-?\\d+)\\b`))[0]?.value;
    return value === undefined ? undefined : Number(value);
  };

  const perType = matches(/^\s*ions per type\s*=\s*(\S.*)$/)[0];
  if (perType === undefined)
    throw dataError(file, lines.length || 1, 'no "ions per type" line: not an OUTCAR, or cut off before it');
  const counts = perType.value.trim().split(/\s+/).map(Number);
  const total = matches(/number of ions\s+NIONS\s*=\s*(\d+)/)[0];
  const sum = counts.reduce((a, b) => a + b, 0);
  if (!counts.every((n) => Number.isInteger(n) && n > 0) || (total && Number(total.value) !== sum))
    throw dataError(
      file,
      perType.line,
      `expected ions per type that add up to NIONS = ${total?.value ?? "?"}, found "${perType.value.trim()}"`,
    );

  const titles = matches(/^\s*TITEL\s*=\s*(\S.*)$/);
  const valences = matches(/^\s*VRHFIN\s*=\s*([A-Za-z]+)\s*:/);
  const potentials = titles.length > 0 ? titles : valences;
  if (potentials.length !== counts.length)
    throw dataError(
      file,
      perType.line,
      `expected one TITEL or VRHFIN line for each of ${counts.length} types of ions, found ${potentials.length}`,
    );
  const elements = potentials.map(({ line, value }, type) => {
    const element = elementOfTitle(value) ?? elementOfTitle(valences[type]?.value ?? "");
    if (element === null)
      throw dataError(file, line, `no element is named by the pseudopotential "${value.trim()}"`);
    return element;
  });
  return {
    species: counts.flatMap((count, type) => new Array<string>(count).fill(elements[type])),
    nsw: integer("NSW"),
    ibrion: integer("IBRION"),
    spinPolarised: integer("ISPIN") === 2,
    noncollinear: matches(/^\s*LNONCOLLINEAR\s*=\s*([TF])/)[0]?.value === "T",
  };
}
